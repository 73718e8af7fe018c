"""Another way through the same chords: voicings unlike the first take's, by the same rules of voice leading.

The whole row is weighed at once (Viterbi), because a narrow register has bars from which every way on would
move in fifths or octaves with the bass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.engines.composer.compose.harmony import Voicing, close_positions, movement, parallels, voicings
from core.engines.composer.model import Chord

_PARALLEL_PRICE = 1000.0
_SAME_PRICE = 6.0
"""For each key that a voicing shares with the first take's, in semitones of movement."""
_MISPLACED_PRICE = 8.0
"""For a close voicing where an open one is wanted, or the other way round."""
_MIDDLE_PRICE = 0.25


class Position(StrEnum):
    """How a chord lies: within an octave, or with its second voice an octave higher."""

    CLOSE = "close"
    OPEN = "open"


@dataclass(frozen=True)
class Manner:
    """What a take's voicings tend to: a position, and ``lean_semitones`` above the middle of the register."""

    position: Position
    lean_semitones: float


def revoiced(
    chords: Sequence[Chord], low: int, high: int, voices: int, manner: Manner
) -> tuple[Voicing, ...]:
    """Voice ``chords`` between ``low`` and ``high`` unlike :func:`harmony.voicings` does.

    No voice goes from fifth to fifth, or from octave to octave, with the roots in the bass while any way
    through all the chords is without.
    """
    first = voicings(chords, low, high, voices)
    middle = (low + high) / 2 + manner.lean_semitones
    ways: dict[Voicing, tuple[float, tuple[Voicing, ...]]] = {(): (0.0, ())}
    for at, harmony in enumerate(chords):
        roots = (chords[at - 1].root, harmony.root) if at else (0, 0)
        new: dict[Voicing, tuple[float, tuple[Voicing, ...]]] = {}
        for voicing in _choices(harmony, low, high, voices):
            own = _price(voicing, first[at], middle, manner.position)
            cost, before = min(
                (cost + _step(way[-1], voicing, roots) if way else cost, way) for cost, way in ways.values()
            )
            new[voicing] = (cost + own, (*before, voicing))
        ways = new
    return min(ways.values())[1]


def _choices(harmony: Chord, low: int, high: int, voices: int) -> list[Voicing]:
    close = list(close_positions(harmony, low, high, voices))
    return [*close, *(opened for v in close if (opened := _opened(v))[-1] <= high)]


def _opened(voicing: Voicing) -> Voicing:
    return tuple(sorted((voicing[0], voicing[1] + 12, *voicing[2:])))


def _price(voicing: Voicing, first: Voicing, middle: float, wanted: Position) -> float:
    position = Position.CLOSE if voicing[-1] - voicing[0] <= 12 else Position.OPEN
    off_middle = _MIDDLE_PRICE * abs(sum(voicing) / len(voicing) - middle)
    shared = _SAME_PRICE * len(set(voicing) & set(first))
    return off_middle + shared + (0.0 if position is wanted else _MISPLACED_PRICE)


def _step(before: Voicing, after: Voicing, roots: tuple[int, int]) -> float:
    return movement(before, after) + _PARALLEL_PRICE * parallels(before, after, roots)
