"""Percussion that the prompt names, beside the kit or without it, and pieces that a kit is to leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.engines.composer.compose.drums import LEVEL, LIGHT_BELOW, fitted, rests, swung
from core.engines.composer.model import Bar, Note, dice
from core.engines.composer.stock.grooves import Groove
from core.engines.composer.stock.percussion_stock import WAYS, Rows, Ways
from core.song import Plan
from core.writing.percussion import KEYS_OF

_STRAY = 6.0


def kit_and_percussion(
    plan: Plan, bars: Sequence[Bar], groove: Groove, kit: Sequence[Note], take: int
) -> tuple[Note, ...]:
    """Return what is struck: the ``kit`` without what the plan leaves out of it, and the plan's percussion.

    A percussion whose keys the kit strikes in a bar has its player there already.
    """
    unwanted = frozenset[int]().union(*(KEYS_OF.get(name, frozenset()) for name in plan.without))
    played = [] if "drums" in plan.without else [note for note in kit if note.pitch not in unwanted]
    taken = {(note.pitch, int(note.start_beat // plan.beats_per_bar)) for note in played}
    for name in plan.percussion:
        if name not in WAYS or name in plan.without:
            continue
        for note in _struck(plan, name, bars, groove, take):
            bar = int(note.start_beat // plan.beats_per_bar)
            if all((key, bar) not in taken for key in KEYS_OF[name]):
                played.append(note)
    return tuple(sorted(played))


def _struck(plan: Plan, name: str, bars: Sequence[Bar], groove: Groove, take: int) -> Iterator[Note]:
    rng = dice(plan, f"percussion {name}", take)
    for bar in bars:
        ends = bar.index == len(bars) - 1 and not plan.fades_out
        if ends:
            yield Note(bar.start_beat, 0.5, min(KEYS_OF[name]), 78)
        elif not rests(bar):
            for key, row in _rows(WAYS[name], bar, plan.beats_per_bar).items():
                for step, sign in enumerate(fitted(row, plan.beats_per_bar)):
                    if sign != ".":
                        level = 0.8 * LEVEL[sign] * (0.82 + 0.3 * bar.section.energy)
                        velocity = round(min(127.0, max(20.0, level + rng.uniform(-_STRAY, _STRAY))))
                        yield Note(bar.start_beat + swung(step / 4, groove), 0.2, key, velocity)


def _rows(ways: Ways, bar: Bar, beats_per_bar: int) -> Rows:
    if beats_per_bar % 3 == 0:
        return ways.threes
    if bar.section.energy < LIGHT_BELOW:
        return ways.light
    return ways.varied if bar.bar_in_section % 4 == 3 else ways.full
