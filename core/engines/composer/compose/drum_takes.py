"""Another take of the drums: what a drummer draws from a groove's stock, section by section.

The kick stays the first take's wherever another part moves with it: where the bass plays its notes, or where
players duck under it. So the bass is locked to the audible kick, whichever take of the drums it is.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.engines.composer.compose.scenes import Scene, in_turn, scene_of
from core.engines.composer.model import Bar, dice
from core.engines.composer.stock.drum_layers import FILLS, Layer, Stock
from core.engines.composer.stock.drum_stock import STOCKS
from core.engines.composer.stock.grooves import KICK, Groove
from core.engines.composer.stock.styles import Style
from core.song import Plan


@dataclass(frozen=True)
class DrumTake:
    """How one take is played: its bars in each scene, its fills and where they stand, its crash."""

    grooves: Mapping[Scene, Groove]
    fills: tuple[str, ...]
    closing_beats: float
    """What a fill takes of a section's last bar."""
    phrase_bars: int
    """A short fill comes every so many bars of a loud section; 0 for none."""
    crash: int

    def groove_in(self, bar: Bar) -> Groove:
        """Return what is played in this bar's scene."""
        return self.grooves[scene_of(bar.section.kind)]

    def fill_beats(self, bar: Bar, usual: float, beats_per_bar: int) -> float:
        """Return the beats of a bar's fill, given what the first take has there (0 for none)."""
        if not self.fills:
            return 0.0
        if bar.closes_section:
            return self.closing_beats if 0.0 < usual < beats_per_bar else usual
        loud = bar.section.energy > 0.5 and self.phrase_bars
        return 1.0 if loud and (bar.bar_in_section + 1) % self.phrase_bars == 0 else 0.0

    def fill_in(self, bar: Bar) -> Layer:
        """Return the fill of this bar: they take turns."""
        return FILLS[self.fills[(bar.index // 4) % len(self.fills)]]


def kick_is_free(style: Style, beats_per_bar: int, groove_name: str) -> bool:
    """Return whether nobody else moves with the kick, so that another take may have another."""
    compound = beats_per_bar % 3 == 0 and beats_per_bar > 3
    return style.bass != "kick" and not style.ducks and not compound and bool(STOCKS[groove_name].kicks)


def draw_drum_take(plan: Plan, groove_name: str, groove: Groove, number: int, *, new_kick: bool) -> DrumTake:
    """Draw a take of ``groove`` from its stock; ``new_kick``: the kick's rows, too."""
    rng = dice(plan, "drum figures", number)
    stock = STOCKS[groove_name]
    if new_kick:
        row, variation = rng.choice(stock.kicks)
        groove = replace(groove, full={**groove.full, KICK: row}, kick_variation=variation)
    fills = rng.sample(stock.fills, min(3, len(stock.fills)))
    times = in_turn(stock.times, number, dice(plan, "drum figures in turn"))
    return DrumTake(
        {scene: _drawn(groove, stock, times[scene], rng) for scene in Scene},
        tuple(fills),
        rng.choice((1.0, 1.5, 2.0)),
        rng.choice((0, 4, 4, 8)),
        rng.choice(stock.crashes),
    )


def _drawn(groove: Groove, stock: Stock, time: Layer, rng: random.Random) -> Groove:
    return replace(
        groove,
        full=_over(_kick(groove.full), rng.choice(stock.backs), time),
        light=_over(_kick(groove.light), rng.choice(stock.lights)),
    )


def _kick(layer: Layer) -> Layer:
    return {KICK: layer[KICK]} if KICK in layer else {}


def _over(*layers: Layer) -> Layer:
    """Lay rows together; where two have the same drum, the first is kept and the other fills its gaps."""
    out: Layer = {}
    for key, signs in (row for layer in layers for row in layer.items()):
        before = out.get(key, "." * len(signs))
        out[key] = "".join(new if old == "." else old for old, new in zip(before, signs, strict=True))
    return out
