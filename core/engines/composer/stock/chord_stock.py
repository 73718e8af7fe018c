"""How else the chords can be struck: rows for quiet and for full sections, by genre. Pure data.

Rows as in :mod:`styles`, one sign a sixteenth; none is the genre's own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Strokes:
    """A genre's other rows; ``lively`` is for genres that have another row for full sections."""

    quiet: tuple[str, ...]
    lively: tuple[str, ...] = ()


_HELD = ("X.......x.......", "X...........x...", "X.....x.........", "X.......x...x...")
_PULSE = ("X..x..x.X..x..x.", "X.x.x.x.X.x.x.x.", "X.....x.X.x.x...", "X.x...x.X...x.x.")
_LAID_BACK = ("X.......x.......", "X..x............", "..x...x.........", "X...........x.x.")
_LAID_BACK_FULL = ("X..x..x.....x...", "X...x.....x.....", "..x...x...x.....", "X.....x.x.....x.")
_CHARLESTON = ("..x.......x.....", "X..x............", "....x.....x.....", "......x.......x.")
_CHARLESTON_FULL = ("X..x......x.....", "..x...x.....x...", "....x.x.......x.", "X.....x...x...x.")
_SKANK = ("....X.......X.x.", "..x.X.....x.X...", "....X.x.....X...")
_STRUM = ("X...x.x.X...x.x.", "X.x...xoX.x...xo", "X.....xox...x.xo", "X...x...X.xox...")
_CLAVE = ("..x..x..x..x..x.", "x..x...x..x..x..", "x.....x...x..x..")

STROKES: dict[str, Strokes] = {
    "pop": Strokes(("X.......x.......", "X.....x.x.......", "X..x..x.....x..."), _PULSE),
    "ballad": Strokes(
        _HELD, ("X.......x...x...", "X.....x.X.....x.", "X..x..x.x.......", "X.x.x.x.X.x.x.x.")
    ),
    "indie": Strokes(("X...x.x.X.x.x...", "X..x..x.X..x..x.", "X.xxX.x.X.xxX.x.", "X...X...X.x.X.x.")),
    "rock": Strokes(
        ("X...x...X...x...", "X.....x.X.......", "X.x.....X...x.x."),
        ("X..xX..xX..xX..x", "X..x..x.X..x..x.", "X...X...X..xX..x", "X..x..xxX..x..xx"),
    ),
    "rock and roll": Strokes(
        ("..x.X.x...x.X.x.", "X...X.x.X...X.x.", "..x...x...x...x.", "X...x...X...x.x.")
    ),
    "punk": Strokes(
        ("X..xX..xX..xX..x", "X..x..x.X..x..x.", "X...X...X...X..."),
        ("X..X..X.X..X..X.", "X.X.X.X.X.X.X.X.", "X...X.xxX...X.xx"),
    ),
    "grunge": Strokes(
        ("X...x.x.X.......", "X..x....X..x..x.", "X...X...X...x..."),
        ("X..xX..xX..xX..x", "X...X.xxX...X...", "X..x..x.X..x..x."),
    ),
    "metal": Strokes(
        ("X.....x.X.x.....", "X.xxX...X.xxX...", "X...X..xX...X..."),
        ("XxxxX...XxxxX...", "X...X...X..X..X.", "XxX.XxX.XxX.XxX.", "X..X..X..X..X.X."),
    ),
    "folk": Strokes(_STRUM),
    "celtic": Strokes(("X..oX..oX..oX..o", "X.x.x.xoX.x.x.xo", "X...xoxoX...xoxo", "..xo..xo..xo..xo")),
    "country": Strokes(
        ("....x.......x.xo", "..x...x...x...x.", "....xox.....xox."),
        ("....X.......X.xo", "..x.X.x...x.X.x.", "....XoxoX...Xoxo"),
    ),
    "bluegrass": Strokes(
        ("..x.X.....x.X...", "....X.x.....X...", "....X.......X.x."),
        ("..x.X.xo..x.X.xo", "....Xoxo....Xoxo", "..x...x...x...xo"),
    ),
    "blues": Strokes(
        ("X..............x", "....x.......x...", "X...........x.x."),
        ("..x...x...x...x.", "X.....x.....x...", "..x.X.....x.X..."),
    ),
    "jazz": Strokes(_CHARLESTON, _CHARLESTON_FULL),
    "swing": Strokes(
        ("..x...x...x...x.", "....x.......x...", "X..x....X..x...."),
        ("..x...X...x...X.", "X..x....X..x....", "....X.x.....X.x."),
    ),
    "bossa nova": Strokes(_CLAVE),
    "latin": Strokes(
        ("..x..x..x..x..x.", "x.xx.xx.x.xx.xx.", "x..x...x..x..x.."),
        ("X.xx.xx.xx.xx.xx", "..xX.x.xX..xX.x.", "X..xX..xX..xX.x."),
    ),
    "reggae": Strokes(_SKANK, ("....Xx......Xx..", "..x.X.x...x.X.x.", "....X..x....X..x")),
    "ska": Strokes(("..X...X...X..xX.", "..Xx..X...Xx..X.", "..X...Xx..X...Xx")),
    "funk": Strokes(
        ("X.......x..x....", "..x...x.....x..x", "X..x......x.X..."),
        ("xx.xX..x.x.xX..x", "X..x.xx.x..x.xx.", "..xxX..x..xxX..x"),
    ),
    "soul": Strokes(
        ("X.....x.........", "....X.......X...", "X...........x.x."),
        ("X..x..x.X.....x.", "..x.X.....x.X...", "X.....x.x.....x."),
    ),
    "r&b": Strokes(_LAID_BACK, _LAID_BACK_FULL),
    "gospel": Strokes(
        ("X.......x...x...", "X...x...........", "X.....x.....x..."),
        ("..x.X.x...x.X.x.", "X.x...x.X.x...x.", "X..x..x.X..x..x."),
    ),
    "disco": Strokes(
        ("..x..xx...x..xx.", "..x.x.x...x.x.x.", "X.....x...x...x."),
        ("..xxX.x...xxX.x.", "x..xX..xx..xX..x", "X.x..xx.X.x..xx."),
    ),
    "house": Strokes(("..X...X...X...X.", "X..x...x..x..x..", "..x..x..x..x..x.", "X.....x..x..x...")),
    "techno": Strokes(("......x.......x.", "..x..x....x..x..", "...x......x.....", "..x.......x..x..")),
    "trance": Strokes(("..X...X...X...X.", "X.xX.xX.xX.xX.xX", "X..X..X.X..X..X.", "X.x.X.x.X.x.X.x.")),
    "drum and bass": Strokes(_HELD, ("X..x............", "..x..x....x..x..", "X.....x.....x...")),
    "dubstep": Strokes(_HELD, ("X.......X..x..x.", "X...x..xX.......", "..x...x...x...x.")),
    "hip hop": Strokes(_LAID_BACK, _LAID_BACK_FULL),
    "trap": Strokes(_HELD),
    "lo-fi": Strokes(_LAID_BACK, _LAID_BACK_FULL),
    "chillout": Strokes(_HELD, _LAID_BACK_FULL),
    "ambient": Strokes(("X.......x.......", "X...........x...")),
    "classical": Strokes(_HELD, ("X.......x...x...", "..x...x...x...x.", "X.x.x.x.X.x.x.x.")),
    "waltz": Strokes(("....x.......", "....x.x.x...", "X...x...x...", "....x...x.x.")),
    "march": Strokes(("..x...x...x.x.x.", "X...x...X...x...", "..x.x.x...x.x.x.")),
    "cinematic": Strokes(_HELD),
    "lullaby": Strokes(("X.......x.......", "X...x...x...x...")),
    "chiptune": Strokes(("X..x..x.X..x..x.", "X.......x.......", "X.x...x.X.x...x.")),
    "synthwave": Strokes(_HELD, ("X..x..x.........", "X.....x...x.....", "..x...x...x...x.")),
    "afrobeat": Strokes(("x..x..x...x.x...", "..x.x...x..x..x.", "x.x..x.x.x..x.x.")),
    "world": Strokes(_HELD, ("X.x...x.X.x...x.", "X..x...xX..x...x", "X.....x.x..x..x.")),
}
"""By genre; a test holds that every genre has one."""

ARPEGGIOS = ("up", "down", "updown", "skip", "fall", "pedal", "alberti")
"""Orders in which a chord is broken."""
