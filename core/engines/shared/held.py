"""A worker's model: loaded at the first call, and again when its files have changed. Python 3.9 syntax."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.engines.weights import fingerprint


class HoldsModel:
    """Base of workers that hold one model, and say where and how exactly it computes."""

    device = "cpu"
    precision = "float32"

    def __init__(self) -> None:
        self._model: Any = None
        self._loaded: tuple[str, ...] = ()

    def _ready(self, load: Callable[..., Any], folder: Path, *how: str) -> Any:
        """Return what ``load(folder, *how)`` makes, which is kept; it has ``device`` and ``precision``."""
        wanted = (str(folder), *how, fingerprint(folder) if folder.is_dir() else "")
        if self._model is None or self._loaded != wanted:
            # What is held is let go first: two models may not fit side by side.
            self._model, self._loaded = None, ()
            self._model = load(folder, *how)
            self._loaded = wanted
            self.device, self.precision = self._model.device, self._model.precision
        return self._model
