"""Bar by bar: a figure is not played the same way twice running. Phrases of four bars, as A, A', A, B.

The first bar of a phrase is the figure itself; the second and sometimes the third differ by a stroke; the
fourth turns, in its second half, to another figure of the genre's stock.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from core.engines.composer.compose.chord_takes import ChordTake, row_of
from core.engines.composer.compose.drums import fitted
from core.engines.composer.model import Bar, dice
from core.engines.composer.stock.chord_stock import STROKES
from core.engines.composer.stock.styles import Style
from core.song import Plan

_CHANGES = (0.0, 0.9, 0.5, 1.0)
"""How often each bar of a phrase differs from its figure."""
_TRIES = 5
"""How often another change is drawn where one was played before."""


def rows_of(plan: Plan, bars: Sequence[Bar], style: Style, take: ChordTake | None, number: int) -> list[str]:
    """Return the strokes of each bar, a sign a sixteenth; what is held is struck again now and then."""
    rng = dice(plan, "variants", number)
    stock = STROKES.get(plan.genre, STROKES["pop"])
    rows: list[str] = []
    for bar in bars:
        row = _written(row_of(bar, style, take), plan.beats_per_bar)
        place = bar.bar_in_section % 4
        if rng.random() < _CHANGES[place]:
            lively = style.lively_chords and bar.section.energy >= 0.6
            others = (stock.lively if lively else ()) or stock.quiet
            row = _changed(row, [_written(one, plan.beats_per_bar) for one in others], place == 3, rows, rng)
        rows.append(row)
    return rows


def _changed(row: str, others: Sequence[str], turns: bool, played: Sequence[str], rng: random.Random) -> str:
    """Return the bar otherwise than written, and than it was ``played`` before where there is a way."""
    for _ in range(_TRIES):
        changed = _turned(row, rng.choice(others), rng) if turns else _touched(row, rng)
        if changed not in played:
            return changed
    return _touched(changed, rng)


def _written(row: str, beats_per_bar: int) -> str:
    return "X" + "." * (4 * beats_per_bar - 1) if row == "hold" else fitted(row, beats_per_bar)


def _turned(row: str, other: str, rng: random.Random) -> str:
    """Return the bar's first half with the second half of ``other``; touched where that is no other."""
    half = len(row) // 2
    turned = row[:half] + other[half:]
    return _touched(row if turned == row else turned, rng)


def _touched(row: str, rng: random.Random) -> str:
    """Return ``row`` with one stroke more, less, or sooner; its first stroke stays."""
    choices = [*_with_one_more(row), *_with_one_less(row), *_with_one_sooner(row)]
    return rng.choice(choices) if choices else row


def _with_one_more(row: str) -> Iterator[str]:
    for at in range(4, len(row), 2):
        if row[at] == ".":
            yield row[:at] + "o" + row[at + 1 :]


def _with_one_less(row: str) -> Iterator[str]:
    for at in range(4, len(row)):
        if row[at] in "xo":
            yield row[:at] + "." + row[at + 1 :]


def _with_one_sooner(row: str) -> Iterator[str]:
    for at in range(6, len(row), 2):
        if row[at] != "." and row[at - 1] == "." and row[at - 2] == ".":
            yield row[: at - 2] + row[at] + "." + "." + row[at + 1 :]
