"""What a drummer can play instead: for each groove other timekeepers, backbeats, kicks, light bars and fills.

Rows as in :mod:`grooves` (one sign a sixteenth). None of them is the groove's own. Pure data.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.composer.stock.grooves import (
    BELL,
    CLAP,
    CONGA_HIGH,
    CONGA_LOW,
    CRASH,
    HAT,
    HIGH_TOM,
    LOW_TOM,
    MID_TOM,
    OPEN_HAT,
    PEDAL,
    RIDE,
    RIM,
    SHAKER,
    SNARE,
    TAMBOURINE,
)

FLOOR_TOM, CHINA, SECOND_CRASH, BONGO_HIGH, BONGO_LOW, TIMBALE = 43, 52, 57, 60, 61, 65
Layer = dict[int, str]


@dataclass(frozen=True)
class Stock:
    """One groove's other ways. The kick belongs to none of the layers."""

    times: tuple[Layer, ...]
    """Who keeps time in a full bar."""
    backs: tuple[Layer, ...]
    """The backbeat of a full bar with its ghosts."""
    lights: tuple[Layer, ...]
    """A quiet bar."""
    kicks: tuple[tuple[str, str], ...] = ()
    """The kick's row and its variation; empty where the groove is nothing without its own."""
    fills: tuple[str, ...] = ()
    crashes: tuple[int, ...] = (CRASH, SECOND_CRASH)


FILLS: dict[str, Layer] = {
    "snare into toms": {SNARE: "xxx.....", HIGH_TOM: "...xx...", LOW_TOM: ".....xxX"},
    "toms in pairs": {HIGH_TOM: "xx......", MID_TOM: "..xx....", LOW_TOM: "....xx..", SNARE: "......xX"},
    "toms in threes": {HIGH_TOM: "x.......", MID_TOM: "...x....", LOW_TOM: "......xX"},
    "floor tom": {FLOOR_TOM: "x.x.xxxx", SNARE: "....x..X"},
    "snare in threes": {SNARE: "x..x..xX"},
    "snare in eighths": {SNARE: "x.x.x.xX"},
    "late snare": {SNARE: ".....xxX"},
    "snare and ride": {SNARE: ".xx.x.xx", RIDE: "x..x...."},
    "rim": {RIM: "x..x..x.", SNARE: ".......o"},
    "open hat": {OPEN_HAT: "x..x..x.", SNARE: "......xX"},
    "claps": {CLAP: "x.x.xxxX"},
    "snare roll": {SNARE: "x.xxxxxX"},
    "hat roll": {HAT: "xxxxxxx.", OPEN_HAT: ".......X"},
    "machine toms": {HIGH_TOM: "x..x....", MID_TOM: "....x..x", LOW_TOM: "......x."},
    "congas": {CONGA_HIGH: "xx.x....", CONGA_LOW: "....xxxx"},
    "timbales": {TIMBALE: "x.xxx.xX"},
    "taiko": {LOW_TOM: "x..x..xx", FLOOR_TOM: "x...x.xX"},
}
"""Two beats each; a shorter fill is the end of it, a longer one repeats it."""

TOM_FILLS = ("snare into toms", "toms in pairs", "toms in threes", "late snare", "snare in eighths")
ROCK_FILLS = ("snare into toms", "toms in pairs", "toms in threes", "floor tom", "snare in threes")
SNARE_FILLS = ("snare in threes", "snare in eighths", "late snare", "snare and ride")
MACHINE_FILLS = ("claps", "hat roll", "machine toms", "snare in threes")
LATIN_FILLS = ("congas", "timbales")
TRAP_FILLS = ("open hat", "machine toms", "snare roll")

RIDE_EIGHTHS: Layer = {RIDE: "X.x.X.x.X.x.X.x."}
FLOOR_EIGHTHS: Layer = {FLOOR_TOM: "x.o.x.o.x.o.x.oo"}
HAT_OFFBEATS: Layer = {OPEN_HAT: "..x...x...x...x.", HAT: "x...x...x...x..."}
HAT_BARKS: Layer = {HAT: "X..oX...X..oX...", OPEN_HAT: "......x.......x."}
BELL_QUARTERS: Layer = {BELL: "X...X...X...X...", PEDAL: "..x...x...x...x."}
SHAKER_SIXTEENTHS: Layer = {SHAKER: "xoxoxoxoxoxoxoxo"}
TAMBOURINE_EIGHTHS: Layer = {TAMBOURINE: "o.o.x.o.o.o.x.o.", HAT: "x...x...x...x..."}

LIGHT_RIMS: tuple[Layer, ...] = (
    {RIM: "....x.......x...", SHAKER: "xoooxoooxoooxooo"},
    {RIM: "....x.......x..o", RIDE: "x...o...x...o..."},
    {SNARE: "....o.......o...", TAMBOURINE: "..o...o...o...o."},
    {RIM: "............x...", PEDAL: "..x...x...x...x."},
)
LIGHT_HATS: tuple[Layer, ...] = (
    {HAT: "..o...o...o...o.", SHAKER: "x.o.x.o.x.o.x.o."},
    {CLAP: "....o.......o...", HAT: "x.oox.oox.oox.oo"},
    {RIM: "...o..o....o..o.", OPEN_HAT: "..o...o...o...o."},
)
LIGHT_SHAKERS: tuple[Layer, ...] = (
    {TAMBOURINE: "....o.......o..."},
    {RIM: "....o.......o..."},
    {SNARE: "..o...o...o...o."},
)
POP_BACKS: tuple[Layer, ...] = (
    {SNARE: "....X..g.g..X..."},
    {SNARE: "....X.......X.g.", CLAP: "....x.......x..."},
    {SNARE: "....X.g.....X..x"},
)
ROCK_BACKS: tuple[Layer, ...] = (
    {SNARE: "....X.......X.x."},
    {SNARE: "....X..x....X..."},
    {SNARE: "....X..g..g.X..."},
)
ROCK_KICKS = (
    ("X.......X.......", "X.......X.x...x."),
    ("X.....x...x.....", "X.....x...x...x."),
    ("X..x......x.....", "X..x....X.x....."),
)
