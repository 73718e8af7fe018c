"""What percussion plays beside the kit: one row a key, a sign a sixteenth (:mod:`grooves`). Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Rows = Mapping[int, str]


@dataclass(frozen=True)
class Ways:
    """How one of them plays: a full bar and its variation, a quiet bar, and a bar counted in threes."""

    full: Rows
    varied: Rows
    light: Rows
    threes: Rows


WAYS: Mapping[str, Ways] = {
    "congas": Ways(
        {62: "g.g.X.g.g.g.....", 63: "............x.x."},
        {62: "g.g.X...g.g.....", 63: "............x.x.", 64: "......xx........"},
        {62: "....o...........", 63: "............o.o."},
        {62: "g...x.......", 63: "........x.x."},
    ),
    "bongos": Ways(
        {60: "x.o.x.o.x.o.x...", 61: "..............x."},
        {60: "x.ooxoo.x.ooxo..", 61: "..............x."},
        {60: "o...o...o...o...", 61: "..............o."},
        {60: "x...o.o.....", 61: "........x..."},
    ),
    "timbales": Ways(
        {65: "o...o.oo.o.oo.o."},
        {65: "o...o.oo.o.o....", 66: "............xoxo"},
        {65: "o.......o......."},
        {65: "o...o.o.....", 66: "........o..."},
    ),
    "shaker": Ways(
        {82: "xoooxoooxoooxooo"},
        {82: "xoooxoooxoooxxox"},
        {82: "o.o.o.o.o.o.o.o."},
        {82: "x.o.o.o.o.o."},
    ),
    "maracas": Ways(
        {70: "x.o.x.o.x.o.x.o."},
        {70: "x.o.x.oox.o.x.oo"},
        {70: "o...o...o...o..."},
        {70: "x...o...o..."},
    ),
    "cabasa": Ways(
        {69: "o.oox.ooo.oox.oo"},
        {69: "o.oox.ooo.oxx.xo"},
        {69: "....o.......o..."},
        {69: "o...x...x..."},
    ),
    "tambourine": Ways(
        {54: "o.o.X.o.o.o.X.o."},
        {54: "o.o.X.o.o.ooX.oo"},
        {54: "....o.......o..."},
        {54: "o...x...x..."},
    ),
    "cowbell": Ways(
        {56: "x...x...x...x..."},
        {56: "x...x...x...x.x."},
        {56: "o.......o......."},
        {56: "x...o...o..."},
    ),
    "agogo": Ways(
        {67: "x.....x...x.....", 68: "...x........x.x."},
        {67: "x.....x...x.x...", 68: "...x..........x."},
        {67: "o...............", 68: "........o......."},
        {67: "x.......x...", 68: "....x......."},
    ),
    "claps": Ways(
        {39: "....x.......x..."},
        {39: "....x.......x.x."},
        {39: "....o.......o..."},
        {39: "........x..."},
    ),
    "claves": Ways(
        {75: "x..x..x...x.x..."},
        {75: "..x.x...x..x..x."},
        {75: "o.....o...o....."},
        {75: "x...x...x..."},
    ),
    "woodblock": Ways(
        {76: "x.....x.....x...", 77: "...x............"},
        {76: "x.....x.....x.x.", 77: "...x......x....."},
        {76: "o...............", 77: "........o......."},
        {76: "x...........", 77: "....o...o..."},
    ),
    "guiro": Ways(
        {74: "x.......x.......", 73: "....x.x.....x.x."},
        {74: "x.......x.......", 73: "....x.xo....x.xo"},
        {74: "o...............", 73: "............o.o."},
        {74: "x...........", 73: "....o...o..."},
    ),
    "triangle": Ways(
        {81: "x...o...x...o.o."},
        {81: "x.o.o...x.o.o.o."},
        {81: "o.......o......."},
        {81: "x...o...o..."},
    ),
}
"""By the names of :data:`core.writing.percussion.PERCUSSION`."""
