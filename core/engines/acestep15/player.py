"""Holds the loaded model, and plays passes on it: once more in float32 where a low precision overflows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.engines.acestep15.estimate import Song
from core.engines.acestep15.settings import Precision
from core.engines.weights import fingerprint
from core.errors import EngineOutputError
from core.progress import Report

if TYPE_CHECKING:
    from core.engines.acestep15.generation import Take
    from core.engines.acestep15.loading import Model
    from core.engines.acestep15.walk import Ask


class Player:
    """One model at a time; it stays loaded until another, or another precision, is asked for."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._loaded: tuple[str, str, str] | None = None
        self._folder = Path()
        self._lora = ("", 0.0)
        self._song = Song(0.0)
        self.events: list[str] = []
        """What happened since the model was asked for that a person should know."""

    @property
    def model(self) -> Model:
        """The model that is loaded; ValueError before :meth:`ready`."""
        if self._model is None:
            raise ValueError("no model is loaded")
        return self._model

    def ready(self, folder: Path, precision: Precision, lora: tuple[str, float], song: Song) -> None:
        """Load the model in ``folder``, unless it is there already, with the LoRA (path, weight).

        A model that lacks the memory for ``song`` is loaded again, its parts in turns. Raises what
        ``loading.load`` and ``lora.put`` do.
        """
        from core.engines.acestep15.loading import has_memory_for

        self._song = song
        wanted = (str(folder), fingerprint(folder) if folder.is_dir() else "", precision.value)
        self.events, self._folder, self._lora = [], folder, lora
        if self._loaded != wanted or not has_memory_for(self.model, song):
            self._load(precision)
            self._loaded = wanted
        self._put_lora()

    def let_go(self) -> None:
        """Free the model's memory for another; :meth:`ready` loads it again."""
        self._model, self._loaded = None, None
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def play(self, ask: Ask, report: Report) -> Take:
        """Play one pass.

        Raises EngineError for weights that are not numbers, EngineOutputError where float32 computes none
        either, and what ``generation.play`` does.
        """
        from core.engines.acestep15.generation import play
        from core.engines.acestep15.loading import broken_weights, refused_weights
        from core.engines.acestep15.walk import NotNumbersError

        try:
            return play(self.model, ask, report)
        except NotNumbersError as error:
            broken = broken_weights(self.model)
            if broken:
                raise refused_weights(self.model, broken) from error
            if self.model.precision == "float32":
                raise self._no_numbers(error.where) from error
            where, low = error.where, self.model.precision
        self._load(Precision.FLOAT32)
        self._put_lora()
        self.events.append(
            f"ACE-Step computed values that are not numbers in {low} ({where}): made again in float32."
        )
        try:
            return play(self.model, ask, report)
        except NotNumbersError as error:
            raise self._no_numbers(error.where) from error

    def _load(self, precision: Precision) -> None:
        from core.engines.acestep15.loading import load

        # What is held is let go first: two models may not fit side by side. And what is loaded for a retry is
        # not what the next song asks for, so it counts as nothing loaded.
        self._model, self._loaded = None, None
        self._model = load(self._folder, precision, self._song)

    def _put_lora(self) -> None:
        from core.engines.acestep15.lora import put

        put(self.model, *self._lora)

    def _no_numbers(self, where: str) -> EngineOutputError:
        model = self.model
        return EngineOutputError(
            f"ACE-Step ({model.name}) computed values that are not numbers ({where}, {model.precision} on "
            f"{model.device}).",
            causes=(
                "a LoRA or a guidance that is too strong",
                "weights that overflow in this precision",
                "a fault of the graphics driver",
            ),
            remedy="Try another seed, less guidance and no LoRA; if it stays, download the model again.",
        )
