"""What the band plays: a song that it composed, or an uploaded MIDI file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from core.engines.composer.model import Score
from core.engines.composer.play.players import Players
from core.engines.composer.play.render import Played
from core.progress import Report


class Piece(Protocol):
    """One song before it sounds."""

    @property
    def score(self) -> Score:
        """What is sung, by its ``sung`` and ``backing``."""
        ...

    @property
    def duration_s(self) -> float:
        """Length without the last notes' ring."""
        ...

    @property
    def joins_s(self) -> Sequence[float]:
        """Where the song may be cut into clips."""
        ...

    @property
    def played_s(self) -> Mapping[str, Sequence[tuple[float, float]]]:
        """Stretches in which each stem plays."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth telling of how it came about."""
        ...

    def play(self, players: Players, frames: int, sample_rate: int, report: Report) -> Played:
        """Play the instruments; raises EngineOutputError and EngineDiedError."""
        ...

    def opening(self) -> tuple[Piece, float] | None:
        """Return the song's first section and how long its sound lasts; None of a short song."""
        ...

    def reply(self, gains_db: Mapping[str, float]) -> dict[str, Any]:
        """Return the reply's figures; ``gains_db``: what gives each part its place in the balance."""
        ...
