"""Holds the planner between songs where there is memory for that; on a GPU it takes turns with the player."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.engines.planner.codes import Codes, checked, read
from core.engines.planner.layout import CODES_HZ
from core.engines.planner.prompt import Brief
from core.engines.weights import fingerprint
from core.errors import EngineMemoryError
from core.machine.resources import memory
from core.progress import Report

if TYPE_CHECKING:
    from core.engines.planner.answer import Understood
    from core.engines.planner.loading import Model

PROMPT_TOKENS = 4096
"""Tokens of a long prompt, for the memory that is asked for before it is read."""
SPARE = 3
"""It stays in main memory where that has so many times its size free."""


class Planner:
    """One planner at a time."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._loaded: tuple[str, str] = ("", "")
        self.name = ""
        self.notes: tuple[str, ...] = ()
        self.untrained = False

    def plan(
        self, folder: Path, brief: Brief, seed: int, make_room: Callable[[], None], report: Report
    ) -> Codes:
        """Return the codes of a song, five a second.

        ``make_room``: frees memory that another model holds; called when there is too little. Raises
        EngineOutputError for a planner that is stuck, and what ``loading.load`` and ``drawing.draw`` do.
        """
        from core.engines.planner.drawing import draw

        count = math.ceil(round(brief.duration_s * CODES_HZ, 3))
        report(0.0, "Loading the planner")
        model = self._ready(folder, PROMPT_TOKENS + count, make_room)
        self.name, self.notes, self.untrained = model.name, model.notes, model.untrained
        try:
            codes = read(draw(model, brief, count, seed, report))
        finally:
            self._rest(model)
        return checked(codes, model.name, count)

    def understand(
        self,
        folder: Path,
        codes: Sequence[int],
        brief: Brief | None,
        make_room: Callable[[], None],
        report: Report,
        *,
        in_words: bool = True,
    ) -> tuple[Understood | None, float | None]:
        """Return what the planner makes of a song's codes, and their match with a brief, in nats a code.

        Without ``in_words`` the match alone, which takes one pass. Raises what ``loading.load`` and
        ``hearing.understand`` do.
        """
        from core.engines.planner.hearing import match, understand

        report(0.0, "Loading the planner")
        model = self._ready(folder, PROMPT_TOKENS + len(codes), make_room)
        self.name, self.notes, self.untrained = model.name, model.notes, model.untrained
        try:
            said = understand(model, codes, report) if in_words else None
            return said, None if brief is None else match(model, brief, codes)
        finally:
            self._rest(model)

    def _ready(self, folder: Path, tokens: int, make_room: Callable[[], None]) -> Model:
        try:
            return self._on_device(folder, tokens)
        except EngineMemoryError:
            make_room()
            return self._on_device(folder, tokens)

    def _on_device(self, folder: Path, tokens: int) -> Model:
        from core.engines.planner.loading import check_room, load

        wanted = (str(folder), fingerprint(folder) if folder.is_dir() else "")
        if self._model is None or self._loaded != wanted:
            # What is held is let go first: two may not fit side by side.
            self._model = None
            self._model = load(folder, tokens)
            self._loaded = wanted
        else:
            check_room(self._model, tokens)
            self._model.network.to(self._model.device)
        return self._model

    def _rest(self, model: Model) -> None:
        """Free the GPU for what plays; main memory as well where it is not plentiful."""
        model.network.to("cpu")
        free = memory().available
        held = sum(part.numel() * part.element_size() for part in model.network.parameters())
        if free is None or free < SPARE * held:
            self._model = None
