"""Drum patterns: one string per drum, one sign a sixteenth, written for a bar of four beats.

Signs: ``X`` accent, ``x`` normal, ``o`` soft, ``g`` ghost, ``.`` nothing. Pure data.
"""

from __future__ import annotations

from dataclasses import dataclass

KICK, SNARE, RIM, CLAP, HAT, PEDAL, OPEN_HAT, RIDE, BELL, CRASH = 36, 38, 37, 39, 42, 44, 46, 51, 53, 49
LOW_TOM, MID_TOM, HIGH_TOM, SHAKER, TAMBOURINE, COWBELL, CONGA_HIGH, CONGA_LOW, CLAVES = (
    45,
    47,
    50,
    82,
    54,
    56,
    62,
    64,
    75,
)
BRUSH_TAP, MARCH_SNARE, TIMPANI_LIKE, SPLASH, TRIANGLE = 38, 38, 41, 55, 81


@dataclass(frozen=True)
class Groove:
    """A drum kit's bar: the full pattern, the kick's variation, and the light pattern of quiet sections."""

    full: dict[int, str]
    light: dict[int, str]
    kick_variation: str = ""
    swing: float = 0.5
    """Where the second half of a swung pair falls: .5 straight, .667 triplet."""
    swing_grid_beats: float = 0.5
    """The length of each of the swung pair in beats: .5 for eighths, .25 for sixteenths."""
    kit: int = 0
    """GM kit: 0 standard, 8 room, 16 power, 24 electronic, 25 analog, 32 jazz, 40 brush, 48 orchestra."""
    level_db: float = 0.0
    """How far the kit stands behind its usual place."""
    fills: str = "toms"
    """toms, snare, hats or none."""


GROOVES: dict[str, Groove] = {
    "pop": Groove(
        {KICK: "X.....x.x.......", SNARE: "....X.......X..g", HAT: "X.x.X.x.X.x.X.x."},
        {KICK: "x.......x.......", RIM: "....x.......x...", HAT: "x.o.x.o.x.o.x.o."},
        "X.....x.x.x.....",
    ),
    "ballad": Groove(
        {KICK: "X.......x.x.....", SNARE: "....X.......X...", HAT: "x.o.x.o.x.o.x.o."},
        {KICK: "x.......x.......", RIM: "....o.......o...", SHAKER: "o.o.o.o.o.o.o.o."},
        "X......xx.......",
        level_db=-1.0,
    ),
    "rock": Groove(
        {KICK: "X.......X.x.....", SNARE: "....X.......X...", HAT: "X.x.X.x.X.x.X.x."},
        {KICK: "X.......x.......", SNARE: "....x.......x...", HAT: "x.o.x.o.x.o.x.o."},
        "X..x....X.x.....",
        kit=8,
    ),
    "hard rock": Groove(
        {KICK: "X.....x.X.x.....", SNARE: "....X.......X...", OPEN_HAT: "X...X...X...X..."},
        {KICK: "X.......x.......", SNARE: "....x.......x...", HAT: "X.x.X.x.X.x.X.x."},
        "X.x.....X.x...x.",
        kit=16,
        level_db=-3.0,
    ),
    "shuffle": Groove(
        {KICK: "X.......X.......", SNARE: "....X.......X...", RIDE: "X.x.X.x.X.x.X.x."},
        {KICK: "x.......x.......", RIM: "....x.......x...", HAT: "x.o.x.o.x.o.x.o."},
        "X.....x.X.......",
        swing=0.655,
    ),
    "rock and roll": Groove(
        {KICK: "X...x...X.x.x...", SNARE: "....X.......X..g", RIDE: "X.x.X.x.X.x.X.x."},
        {KICK: "X.......X.......", SNARE: "....x.......x...", HAT: "x.o.x.o.x.o.x.o."},
        swing=0.6,
    ),
    "punk": Groove(
        {KICK: "X...x.x.X...x.x.", SNARE: "..X...X...X...X.", HAT: "X.X.X.X.X.X.X.X."},
        {KICK: "X.......X.x.....", SNARE: "....X.......X...", HAT: "X.x.X.x.X.x.X.x."},
        kit=16,
    ),
    "metal": Groove(
        {
            KICK: "X.xxX.xxX.xxX.xx",
            SNARE: "....X.......X...",
            CRASH: "X...............",
            RIDE: "X...X...X...X...",
        },
        {KICK: "X..x..x.X..x....", SNARE: "........X.......", OPEN_HAT: "X...x...X...x..."},
        "XxxxX.xxXxxxX.xx",
        kit=16,
    ),
    "folk": Groove(
        {KICK: "X.......x.......", RIM: "....x.......x...", SHAKER: "x.oox.oox.oox.oo"},
        {SHAKER: "x.o.x.o.x.o.x.o."},
        "X.......x.....x.",
        level_db=-3.0,
    ),
    "train": Groove(
        {KICK: "X.......X.......", SNARE: "o.ogX.ogo.ogX.og"},
        {KICK: "x.......x.......", HAT: "x.o.x.o.x.o.x.o."},
        kit=40,
        level_db=-3.0,
    ),
    "country": Groove(
        {KICK: "X.......X.......", SNARE: "....X.......X...", HAT: "x.x.x.x.x.x.x.x."},
        {KICK: "x.......x.......", RIM: "....x.......x...", HAT: "o.o.o.o.o.o.o.o."},
        "X.....x.X.......",
    ),
    "jazz": Groove(
        {
            RIDE: "X...X.x.X...X.x.",
            PEDAL: "....x.......x...",
            KICK: "o...o...o...o...",
            SNARE: "......g.......g.",
        },
        {RIDE: "x...x.o.x...x.o.", PEDAL: "....x.......x..."},
        swing=0.64,
        kit=32,
        fills="snare",
        level_db=-3.0,
    ),
    "swing": Groove(
        {
            RIDE: "X...X.x.X...X.x.",
            PEDAL: "....X.......X...",
            KICK: "x...x...x...x...",
            SNARE: "....o.......X...",
        },
        {HAT: "x...x.o.x...x.o.", PEDAL: "....x.......x...", KICK: "o...o...o...o..."},
        swing=0.655,
        kit=32,
        fills="snare",
        level_db=-2.0,
    ),
    "bossa": Groove(
        {KICK: "X.....x.X.....x.", RIM: "x..x..x...x..x..", HAT: "x.o.x.o.x.o.x.o."},
        {KICK: "x.......x.......", SHAKER: "x.o.x.o.x.o.x.o."},
        fills="none",
        level_db=-3.0,
    ),
    "latin": Groove(
        {
            KICK: "X.....x.X.....x.",
            COWBELL: "x...x...x...x...",
            CONGA_HIGH: "..o.x.o...o.x.o.",
            CONGA_LOW: "......x.......xx",
            CLAVES: "x..x..x...x.x...",
        },
        {
            KICK: "x.......x.......",
            CONGA_HIGH: "..o.x.o...o.x.o.",
            CONGA_LOW: "......x.......xx",
            SHAKER: "x.o.x.o.x.o.x.o.",
        },
    ),
    "reggae": Groove(
        {KICK: "........X.......", RIM: "........x......g", HAT: "x.o.x.o.x.o.x.oo"},
        {RIM: "........x.......", HAT: "x.o.x.o.x.o.x.o."},
        "........X.....x.",
        swing=0.56,
        level_db=-1.0,
    ),
    "ska": Groove(
        {KICK: "X.......X.......", SNARE: "....X.......X...", HAT: "o.X.o.X.o.X.o.X."},
        {KICK: "x.......x.......", RIM: "....x.......x...", HAT: "..x...x...x...x."},
    ),
    "funk": Groove(
        {KICK: "X.x.....x.x..x..", SNARE: "....X..g.g..X..g", HAT: "XxxxXxxxXxxxXxox"},
        {KICK: "X.......x.x.....", RIM: "....x.......x...", HAT: "x.x.x.x.x.x.x.x."},
        "X.x....x..x.....",
        swing=0.54,
        swing_grid_beats=0.25,
    ),
    "soul": Groove(
        {
            KICK: "X.....x..x......",
            SNARE: "....X..g....X...",
            HAT: "x.x.x.x.x.x.x.x.",
            TAMBOURINE: "....x.......x...",
        },
        {KICK: "x.......x.......", RIM: "....x.......x...", HAT: "o.o.o.o.o.o.o.o."},
        "X.....x.x.......",
        swing=0.55,
        swing_grid_beats=0.25,
    ),
    "gospel": Groove(
        {
            KICK: "X.......x.x.....",
            SNARE: "....X.......X...",
            TAMBOURINE: "x.o.X.o.x.o.X.o.",
            CLAP: "....x.......x...",
        },
        {TAMBOURINE: "....o.......o...", KICK: "o.......o......."},
        swing=0.62,
    ),
    "disco": Groove(
        {
            KICK: "X...X...X...X...",
            SNARE: "....X.......X...",
            OPEN_HAT: "..x...x...x...x.",
            HAT: "x.......x.......",
        },
        {KICK: "x...x...x...x...", HAT: "..x...x...x...x."},
    ),
    "house": Groove(
        {
            KICK: "X...X...X...X...",
            CLAP: "....X.......X...",
            OPEN_HAT: "..x...x...x...x.",
            SHAKER: "o.oxo.oxo.oxo.ox",
        },
        {KICK: "X...X...X...X...", HAT: "..x...x...x...x."},
        kit=25,
        fills="snare",
    ),
    "techno": Groove(
        {
            KICK: "X...X...X...X...",
            CLAP: "....x.......x...",
            HAT: "..X...X...X...X.",
            RIM: "...x..x....x..x.",
        },
        {KICK: "X...X...X...X...", HAT: "..x...x...x...x."},
        kit=25,
        fills="hats",
    ),
    "trance": Groove(
        {
            KICK: "X...X...X...X...",
            CLAP: "....X.......X...",
            OPEN_HAT: "..X...X...X...X.",
            HAT: "x.ooxxooxxooxxoo",
        },
        {KICK: "X...X...X...X...", HAT: "..x...x...x...x."},
        kit=24,
        fills="snare",
    ),
    "breakbeat": Groove(
        {
            KICK: "X.........X.....",
            SNARE: "....X..g.g..X..g",
            HAT: "x.x.x.x.x.x.x.x.",
            RIDE: "X...x...X...x...",
        },
        {KICK: "X.........x.....", HAT: "x.x.x.x.x.x.x.x.", RIM: "....x.......x..."},
        "X.x.......X.....",
        kit=24,
        fills="snare",
    ),
    "half time": Groove(
        {KICK: "X.....x.....x...", SNARE: "........X.......", HAT: "x.x.x.x.x.x.x.xx"},
        {KICK: "X...............", SNARE: "........x.......", HAT: "x...x...x...x..."},
        "X..x......x.....",
        kit=24,
        fills="hats",
    ),
    "trap": Groove(
        {KICK: "X......x..x.....", CLAP: "........X.......", HAT: "x.x.x.xxx.x.xxxx"},
        {KICK: "X.........x.....", RIM: "........x.......", HAT: "x.x.x.x.x.x.x.x."},
        "X..x......x..x..",
        kit=25,
        fills="hats",
    ),
    "hip hop": Groove(
        {KICK: "X.x....x..x.....", SNARE: "....X.......X...", HAT: "x.x.x.x.x.x.x.x."},
        {KICK: "X.........x.....", RIM: "....x.......x...", HAT: "x.o.x.o.x.o.x.o."},
        "X......x..xx....",
        swing=0.58,
        swing_grid_beats=0.25,
        kit=8,
        fills="none",
    ),
    "lo-fi": Groove(
        {KICK: "X......x..x.....", SNARE: "....x.......x..g", HAT: "x.o.x.o.x.o.x.oo"},
        {KICK: "x.........x.....", RIM: "....o.......o...", HAT: "o...o...o...o..."},
        "X.....x...x.....",
        swing=0.6,
        swing_grid_beats=0.25,
        fills="none",
        level_db=-1.0,
    ),
    "ambient": Groove(
        {KICK: "o...............", SHAKER: "o...o...o...o...", TRIANGLE: "........o......."},
        {TRIANGLE: "o..............."},
        fills="none",
        level_db=-9.0,
    ),
    "classical": Groove(
        {TIMPANI_LIKE: "x.......o.......", TRIANGLE: "........o......."},
        {TIMPANI_LIKE: "o..............."},
        kit=48,
        fills="none",
        level_db=-7.0,
    ),
    "march": Groove(
        {
            KICK: "X...x...X...x...",
            SNARE: "X.xxX.x.X.xxXxxx",
            CRASH: "X...............",
            PEDAL: "....x.......x...",
        },
        {SNARE: "x.o.x.o.x.o.xooo", KICK: "x.......x......."},
        kit=48,
        fills="snare",
        level_db=-2.0,
    ),
    "cinematic": Groove(
        {
            KICK: "X.....x.X...x...",
            LOW_TOM: "x..x..x.x..x..x.",
            MID_TOM: "....x.......x.x.",
            CRASH: "X...............",
        },
        {LOW_TOM: "x.......o.......", KICK: "x..............."},
        kit=48,
    ),
    "waltz": Groove(
        {KICK: "X...........", RIM: "....x...x...", HAT: "....x...x..."},
        {HAT: "....o...o...", KICK: "x..........."},
        fills="none",
        level_db=-4.0,
    ),
    "chiptune": Groove(
        {KICK: "X...x.x.X...x.x.", SNARE: "....X.......X...", HAT: "x.x.x.x.x.x.x.x."},
        {KICK: "X.......X.......", HAT: "x.x.x.x.x.x.x.x."},
        kit=24,
        fills="snare",
    ),
    "synthwave": Groove(
        {KICK: "X...X...X...X...", SNARE: "....X.......X...", HAT: "x.x.x.x.x.x.x.xx"},
        {KICK: "X...x...X...x...", HAT: "x.x.x.x.x.x.x.x."},
        "X...X.x.X...X...",
        kit=16,
    ),
    "afrobeat": Groove(
        {
            KICK: "X..x....X..x....",
            SNARE: "......x.....x..g",
            SHAKER: "x.xxx.xxx.xxx.xx",
            COWBELL: "x..x..x.x..x..x.",
        },
        {KICK: "x.......x.......", SHAKER: "x.xxx.xxx.xxx.xx"},
    ),
    "compound": Groove(
        {
            KICK: "X...........x...........",
            SNARE: "............X...........",
            HAT: "x...o...o...x...o...o...",
        },
        {KICK: "x.......................", RIM: "............x...........", HAT: "x...o...o...x...o...o..."},
    ),
}
"""By name; "waltz" is written in three, "compound" in six."""
