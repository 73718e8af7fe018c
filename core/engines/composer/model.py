"""The written music as values: notes, parts, and the score that holds them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from core.engines.composer.stock.sounds import Seat
from core.song import Plan, PlanSection

STEMS = ("vocals", "drums", "bass", "other")
DRUM_CHANNEL = 9


@dataclass(frozen=True, order=True)
class Note:
    """One note: beats from the song's start, MIDI pitch and velocity 1 to 127."""

    start_beat: float
    length_beats: float
    pitch: int
    velocity: int

    @property
    def stop_beat(self) -> float:
        """Where it ends, in beats."""
        return self.start_beat + self.length_beats


BEND = -1
"""The number of a control that is a pitch bend: -8192 to 8191, 4096 a semitone."""


@dataclass(frozen=True, order=True)
class Control:
    """A MIDI controller's ``value`` from ``beat`` on; ``number`` as MIDI numbers them, or :data:`BEND`."""

    beat: float
    number: int
    value: int


@dataclass(frozen=True)
class Part:
    """What one player plays, and its place: ``pan`` -1 left to 1 right, ``reverb`` 0 to 1."""

    name: str
    stem: str
    program: int
    channel: int
    notes: tuple[Note, ...]
    pan: float = 0.0
    level_db: float = 0.0
    """Its place in the balance, against the other parts of its stem."""
    reverb: float = 0.3
    ducks: bool = False
    """Whether it gives way to the kick (sidechain)."""
    seat: Seat = Seat.CHORDS
    """What its tone and width follow."""
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True)
class Chord:
    """One bar's harmony: pitch classes from the root up."""

    numeral: str
    name: str
    root: int
    tones: tuple[int, ...]
    minor: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar of the form: where it starts, its chord, and where in its section it stands."""

    index: int
    start_beat: float
    chord: Chord
    section_index: int
    section: PlanSection
    bar_in_section: int
    key: str

    @property
    def closes_section(self) -> bool:
        """Whether the next bar belongs to another section."""
        return self.bar_in_section == self.section.bars - 1


class Role(StrEnum):
    """Who sings a line: the two voices of a song, and those that stand behind them in its choruses."""

    LEAD = "lead"
    SECOND = "second"
    """The other voice of a duet, where it has the tune to itself."""
    PARTNER = "partner"
    """The other voice of a duet, where both sing together."""
    ABOVE = "harmony above"
    BELOW = "harmony below"
    DOUBLE_LEFT = "double left"
    DOUBLE_RIGHT = "double right"


TUNE = frozenset({Role.LEAD, Role.SECOND})
"""The roles that carry the tune."""


@dataclass(frozen=True)
class SungNoteBeats:
    """One sung syllable in beats."""

    start_beat: float
    length_beats: float
    pitch: int


@dataclass(frozen=True)
class SungLineBeats:
    """One line of lyrics set to notes, one for each written syllable."""

    text: str
    syllables: tuple[str, ...]
    notes: tuple[SungNoteBeats, ...]
    section_index: int
    role: Role = Role.LEAD


@dataclass(frozen=True)
class Score:
    """The whole song in writing."""

    parts: tuple[Part, ...]
    bars: tuple[Bar, ...]
    sung: tuple[SungLineBeats, ...]
    beats_per_bar: int
    tempo_bpm: float
    kicks: tuple[float, ...] = ()
    """Beats at which the kick sounds, for the bass and the ducking."""
    backing: tuple[SungLineBeats, ...] = ()
    """Harmonies, doubles and a duet's partner: lines that sound beside those of ``sung``."""
    genre: str = ""
    """Which room the band plays in."""
    low_voice: bool = False
    """Whether a man's voice leads."""

    @property
    def beats(self) -> float:
        """Length of the form in beats."""
        return float(len(self.bars) * self.beats_per_bar)


def dice(plan: Plan, name: str, take: int = 0) -> random.Random:
    """Return the own random source of one part, so that what one part draws leaves the others alone.

    Take 0 is drawn as it was before there were takes: the songs of earlier runs stay what they are.
    """
    again = f"/take {take}" if take else ""
    return random.Random(f"{plan.seed}/{plan.prompt}/{name}{again}")
