"""Another take of the bass: other figures for each scene, still on the kick where the genre's bass is.

The root stays on the one wherever the first take has it there, so that the harmony stands on the same ground.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.engines.composer.compose.bass_keys import key_of
from core.engines.composer.compose.drums import fitted, swung
from core.engines.composer.compose.scenes import Scene, in_turn, scene_of
from core.engines.composer.model import Bar, Chord, dice
from core.engines.composer.stock.bass_stock import ROWS, SHAPES, USUAL_SHAPES, WALKS
from core.engines.composer.stock.grooves import Groove
from core.song import Plan

_PICKUPS_BEATS = (0.0, 0.5, 0.5, 1.0)
"""How long before the next bar a note leads into it; 0 for none."""
_ROOM_BEATS = 0.45
"""What a pick-up needs after the note before it."""


@dataclass(frozen=True)
class BassTake:
    """How one take is played: for each scene the figure of an even and of an odd bar."""

    figures: Mapping[Scene, tuple[str, str]]
    shapes: Mapping[Scene, tuple[str, str]]
    """Signs for the kicks after the first, over and over."""
    walks: tuple[str, ...]
    pickup_beats: float


@dataclass(frozen=True)
class BassBar:
    """One bar as a bass player sees it: its chord's root as a key, the next chord, and where the kick is."""

    bar: Bar
    root: int
    following: Chord
    beats: int
    kicks: Sequence[float]

    def key(self, sign: str) -> int:
        """Return the key of a sign here."""
        return key_of(sign, self.bar.chord, self.following, self.root)


def draw_bass_take(plan: Plan, number: int) -> BassTake:
    """Draw a take from the genre's stock; one of pop's for a genre that the band does not know."""
    rng = dice(plan, "bass figures", number)
    rows = ROWS.get(plan.genre, ())
    walks = WALKS.get(plan.genre, ())
    shapes = SHAPES.get(plan.genre, USUAL_SHAPES)
    return BassTake(
        _pairs(rows, plan, number, rng) if rows else {},
        _pairs(shapes, plan, number, rng),
        tuple(rng.sample(walks, min(4, len(walks)))),
        rng.choice(_PICKUPS_BEATS),
    )


def taken_figure(
    here: BassBar, take: BassTake, groove: Groove, style_row: str
) -> list[tuple[float, int, int]]:
    """Return one bar of a take as (beat in bar, key, velocity). ``style_row``: the genre's own figure."""
    if style_row == "walk":
        return list(_walked(here, take))
    if style_row == "kick" or (here.beats % 3 == 0 and here.beats > 3):
        return list(_on_the_kick(here, take))
    return list(_in_rows(here, take, groove))


def _pairs(stock: Sequence[str], plan: Plan, number: int, rng: random.Random) -> dict[Scene, tuple[str, str]]:
    """Draw for each scene a figure and its answer."""
    figures = in_turn(stock, number, dice(plan, "bass figures in turn"))
    return {scene: (figure, rng.choice(stock)) for scene, figure in figures.items()}


def _which(pairs: Mapping[Scene, tuple[str, str]], bar: Bar) -> str:
    """Return the figure of a bar: its scene's, answered in every second bar."""
    return pairs[scene_of(bar.section.kind)][bar.bar_in_section % 2]


def _on_the_kick(here: BassBar, take: BassTake) -> Iterator[tuple[float, int, int]]:
    shape = _which(take.shapes, here.bar)
    places = sorted({0.0, *here.kicks})
    yield 0.0, here.root, 104
    for index, place in enumerate(places[1:]):
        yield place, here.key(shape[index % len(shape)]), 92
    pickup = here.beats - take.pickup_beats
    if take.pickup_beats and here.bar.bar_in_section % 2 and pickup - places[-1] >= _ROOM_BEATS:
        yield pickup, here.key("A"), 88


def _in_rows(here: BassBar, take: BassTake, groove: Groove) -> Iterator[tuple[float, int, int]]:
    row = fitted(_which(take.figures, here.bar), here.beats)
    if "R" not in row[:4] and here.bar.bar_in_section == 0:
        yield 0.0, here.root, 96
    for step, sign in enumerate(row):
        if sign != ".":
            yield swung(step / 4, groove), here.key(sign), 102 if step % 8 == 0 else 90


def _walked(here: BassBar, take: BassTake) -> Iterator[tuple[float, int, int]]:
    """One sign a beat; a bar of another length than four keeps the first signs and the last."""
    walk = take.walks[(here.bar.bar_in_section + here.bar.section_index) % len(take.walks)]
    signs = (walk[:-1] * here.beats)[: here.beats - 1] + walk[-1]
    for beat, sign in enumerate(signs):
        if sign != "-":
            yield float(beat), here.key(sign), 98 if beat % 2 == 0 else 92
