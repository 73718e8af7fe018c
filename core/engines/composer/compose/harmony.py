"""The bars of a plan with their chords, and voicings that move as little as they can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import product

from core.engines.composer.compose.theory import chord
from core.engines.composer.model import Bar, Chord
from core.song import Plan
from core.writing.genres import BY_NAME
from core.writing.keys import MINOR_MODES, shifted
from core.writing.progressions import progressions

Voicing = tuple[int, ...]
_MAX_VOICES = 4
_PARALLEL_PRICE = 40.0
"""In semitones of movement."""


def lay_out(plan: Plan) -> tuple[Bar, ...]:
    """Return every bar of the form with its chord; a section without chords takes its genre's first cycle."""
    bars: list[Bar] = []
    for section_index, section in enumerate(plan.sections):
        numerals = section.chords or _usual_chords(plan)
        key = shifted(plan.key, section.key_shift)
        for bar in range(section.bars):
            harmony = chord(numerals[bar % len(numerals)], key)
            start = float(len(bars) * plan.beats_per_bar)
            bars.append(Bar(len(bars), start, harmony, section_index, section, bar, key))
    return tuple(bars)


def _usual_chords(plan: Plan) -> tuple[str, ...]:
    minor = plan.key.split()[-1] in MINOR_MODES
    genre = BY_NAME.get(plan.genre, BY_NAME["pop"])
    return progressions(genre.harmony, minor)[0]


def voicings(chords: Sequence[Chord], low: int, high: int, voices: int = 4) -> tuple[Voicing, ...]:
    """Voice a row of chords between ``low`` and ``high``, each the nearest to the one before.

    Close position, the third (and seventh, if any) always there; the fifth gives way first. No voice goes
    from fifth to fifth, or from octave to octave, with the roots in the bass while another way is open.
    """
    rows: list[tuple[int, ...]] = []
    middle = (low + high) / 2
    for at, harmony in enumerate(chords):
        choices = list(close_positions(harmony, low, high, voices))
        if at == 0:
            best = min(choices, key=lambda v: abs(sum(v) / len(v) - middle))
        else:
            roots = chords[at - 1].root, harmony.root
            best = min(choices, key=partial(_strain, rows[-1], middle, roots))
        rows.append(best)
    return tuple(rows)


def nearest(pitch_class: int, pitch: int, low: int, high: int) -> int:
    """Return the key of ``pitch_class`` nearest to ``pitch`` in ``low`` to ``high`` (an octave or more)."""
    options = [key for key in range(low, high + 1) if key % 12 == pitch_class % 12]
    return min(options, key=lambda key: (abs(key - pitch), key))


def _essential(harmony: Chord, voices: int) -> tuple[int, ...]:
    tones = list(harmony.tones)
    if len(tones) > voices and len(tones) > 3:
        tones.remove(tones[2])
    return tuple(tones[: max(3, min(voices, _MAX_VOICES))])


def close_positions(harmony: Chord, low: int, high: int, voices: int) -> Iterable[Voicing]:
    """Every inversion in close position within the range; at least one, moved down if the range is tight."""
    tones = _essential(harmony, voices)
    found = False
    for turn, base in product(range(len(tones)), range(low, high - 4)):
        order = [*tones[turn:], *tones[:turn]]
        if base % 12 != order[0]:
            continue
        keys = [base]
        for tone in sorted((t - base) % 12 for t in order[1:]):
            keys.append(base + tone)
        if keys[-1] <= high:
            found = True
            yield tuple(keys)
    if not found:
        base = nearest(tones[0], low, low, low + 12)
        yield tuple(sorted({base, *(base + (tone - base) % 12 for tone in tones[1:])}))


def _strain(before: Sequence[int], middle: float, roots: tuple[int, int], after: Sequence[int]) -> float:
    found = parallels(before, after, roots)
    return movement(before, after) + 0.25 * abs(sum(after) / len(after) - middle) + _PARALLEL_PRICE * found


def parallels(before: Sequence[int], after: Sequence[int], roots: tuple[int, int]) -> int:
    """Count the voices that stand a fifth or an octave over the roots, and move with them."""
    if roots[0] == roots[1]:
        return 0
    apart = (
        ((here - roots[0]) % 12, (there - roots[1]) % 12) for here, there in zip(before, after, strict=False)
    )
    return sum(here == there and here in (0, 7) for here, there in apart)


def movement(before: Sequence[int], after: Sequence[int]) -> float:
    """Semitones moved in all: every note to the nearest of the other chord, both ways."""
    there = sum(min(abs(a - b) for b in after) for a in before)
    back = sum(min(abs(a - b) for a in before) for b in after)
    return there + back
