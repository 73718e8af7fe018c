"""A song that was uploaded as a MIDI file, as values: its players, its words, its form."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from core.song import SectionKind

DRUM_CHANNEL = 9
"""General MIDI's channel 10, counted from 0."""


@dataclass(frozen=True)
class Tempi:
    """The tempo map: (tick, microseconds a quarter) from tick 0 on, in order."""

    ticks_per_quarter: int
    changes: tuple[tuple[int, int], ...]

    def seconds(self, tick: int) -> float:
        """Return when a tick sounds."""
        at = max(0, bisect_right(self._ticks, tick) - 1)
        return self._starts_s[at] + (tick - self._ticks[at]) * self._tick_s(at)

    def tick(self, seconds: float) -> int:
        """Return the tick that sounds at ``seconds``, rounded."""
        at = max(0, bisect_right(self._starts_s, seconds) - 1)
        return self._ticks[at] + round((seconds - self._starts_s[at]) / self._tick_s(at))

    @cached_property
    def _ticks(self) -> list[int]:
        return [tick for tick, _ in self.changes]

    @cached_property
    def _starts_s(self) -> list[float]:
        """When each tempo begins."""
        starts_s = [0.0]
        for at, (tick, following) in enumerate(pairwise(self._ticks)):
            starts_s.append(starts_s[-1] + (following - tick) * self._tick_s(at))
        return starts_s

    def _tick_s(self, at: int) -> float:
        return self.changes[at][1] * 1e-6 / self.ticks_per_quarter

    @property
    def first_bpm(self) -> float:
        """Tempo in quarters a minute at the start."""
        return round(60e6 / self.changes[0][1], 2)


@dataclass(frozen=True, order=True)
class Struck:
    """One note: its ticks, its key and when it sounds."""

    start_tick: int
    stop_tick: int
    pitch: int
    start_s: float
    stop_s: float


@dataclass(frozen=True, eq=False)
class Player:
    """One channel of the file: what it plays, and the messages that say how (tick, mido message)."""

    name: str
    stem: str
    program: int
    channel: int
    track: int
    """Where most of its notes stand in the file."""
    notes: tuple[Struck, ...]
    messages: Sequence[tuple[int, Any]] = field(repr=False)


@dataclass(frozen=True)
class SyllableNote:
    """One note of a sung line, in seconds."""

    start_s: float
    duration_s: float
    pitch: int


@dataclass(frozen=True)
class Phrase:
    """One sung line: its text, and a written syllable for each note."""

    text: str
    syllables: tuple[str, ...]
    notes: tuple[SyllableNote, ...]
    section: int
    """Which section of the file it belongs to, counted from 0."""


@dataclass(frozen=True)
class Mark:
    """Where a section begins, and what the file calls it; ``kind`` None for no name of ours."""

    start_s: float
    text: str
    kind: SectionKind | None


@dataclass(frozen=True, eq=False)
class MidiSong:
    """All that is played again of a file."""

    title: str
    tempi: Tempi
    players: tuple[Player, ...]
    marks: tuple[Mark, ...]
    bars_s: tuple[float, ...]
    """When every bar begins, by the file's time signatures."""
    key: str
    """As the file's key signature says, such as "A minor"; empty without one."""
    duration_s: float
    """Until the last note ends."""
    phrases: tuple[Phrase, ...] = ()
    """Words on notes; empty when the file has none, or they stand on no notes."""
    singer: int | None = None
    """Which of ``players`` has the tune that the words are sung to."""
    notes: tuple[str, ...] = ()
    """What is worth telling of how it was read."""
