"""The drummer's stock of dances and machines: Latin, reggae, disco, house, hip hop, film. Pure data."""

from __future__ import annotations

from core.engines.composer.stock.drum_layers import (
    BONGO_HIGH,
    BONGO_LOW,
    FLOOR_TOM,
    HAT_OFFBEATS,
    LATIN_FILLS,
    LIGHT_HATS,
    LIGHT_RIMS,
    MACHINE_FILLS,
    RIDE_EIGHTHS,
    TIMBALE,
    TOM_FILLS,
    TRAP_FILLS,
    Stock,
)
from core.engines.composer.stock.grooves import (
    CLAP,
    CLAVES,
    CONGA_HIGH,
    CONGA_LOW,
    COWBELL,
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
    TRIANGLE,
)

BOSSA = Stock(
    (
        {SHAKER: "xoxoxoxoxoxoxoxo"},
        {RIDE: "x.o.x.o.x.o.x.o.", PEDAL: "....x.......x..."},
        {SNARE: "ogogogogogogogog"},
    ),
    ({RIM: "..x..x..x..x..x."}, {RIM: "x..x...x..x..x.."}, {RIM: "x.....x...x.x..."}),
    (
        {RIM: "x..x..x...x..x.."},
        {HAT: "x.o.x.o.x.o.x.o.", RIM: "....o.......o..."},
        {SHAKER: "xoooxoooxoooxooo"},
    ),
    (("X.....xxX.....xx", "X.....xxX.....x."), ("X.......X.....x.", "X.....x.X.......")),
)
LATIN = Stock(
    (
        {COWBELL: "x.xxx.x.x.xx..x.", CONGA_HIGH: "x.o.x.o.x.o.x...", CONGA_LOW: "......xx......xx"},
        {TIMBALE: "o.o.oo.oo.o.oo.o", CONGA_HIGH: "..o.x...o...x...", CONGA_LOW: "......xx......x."},
        {BONGO_HIGH: "x.oxo.oxx.oxo.o.", BONGO_LOW: "..............x.", COWBELL: "x.....x.x.....x."},
        {SHAKER: "xoxoxoxoxoxoxoxo", CONGA_HIGH: "...ox..o...ox..o", CONGA_LOW: "......x.......x."},
    ),
    ({CLAVES: "..x.x...x..x..x."}, {CLAVES: "x..x...x..x.x..."}, {RIM: "..x.x...x..x..x."}),
    (
        {CONGA_HIGH: "x.o.x.o.x.o.x...", CONGA_LOW: "..............xx"},
        {CLAVES: "x..x..x...x.x...", SHAKER: "xoooxoooxoooxooo"},
        {BONGO_HIGH: "x.oxo.oxx.oxo.o.", BONGO_LOW: "..............x."},
    ),
    (("...x..x....x..x.", "...x..x....x..x."), ("X..x....X..x....", "X..x....X..x..x.")),
    LATIN_FILLS,
)
REGGAE = Stock(
    (
        {HAT: "..X...X...X...X."},
        {HAT: "xooxxooxxooxxoox"},
        {SHAKER: "xoxoxoxoxoxoxoxo", OPEN_HAT: "..............x."},
        {HAT: "x..xx..xx..xx..x", TAMBOURINE: "....o.......o..."},
    ),
    (
        {SNARE: "........X......."},
        {RIM: "........x..o..o."},
        {RIM: "...o..o.x......."},
        {SNARE: "........X.....g.", RIM: "..o..o.........."},
    ),
    (
        {RIM: "........x.......", SHAKER: "x.o.x.o.x.o.x.o."},
        {RIM: "...o....x.......", HAT: "..x...x...x...x."},
    ),
    (("X...X...X...X...", "X...X...X...X.x."), ("x.......X.......", "x.......X.....x.")),
    ("timbales", "rim", "late snare"),
)
SKA = Stock(
    (
        {RIDE: "x.x.x.x.x.x.x.x."},
        {OPEN_HAT: "..x...x...x...x."},
        {HAT: "x.xxx.xxx.xxx.xx"},
        {TAMBOURINE: "..o...o...o...o.", PEDAL: "x...x...x...x..."},
    ),
    ({RIM: "....X.......X..."}, {SNARE: "........X......."}, {SNARE: "....X.......X.g."}),
    LIGHT_RIMS,
    (("X...X...X...X...", "X...X...X...X..."), ("....X.......X...", "....X.......X.x.")),
    TOM_FILLS,
)
DISCO = Stock(
    (
        {HAT: "xoXoxoXoxoXoxoXo"},
        {HAT: "..X...X...X...X.", TAMBOURINE: "o.x.o.x.o.x.o.x."},
        {RIDE: "..X...X...X...X.", SHAKER: "xoxoxoxoxoxoxoxo"},
        {OPEN_HAT: "..x...x...x...x.", COWBELL: "x...x.x.x...x.x."},
    ),
    (
        {SNARE: "....X.......X...", CLAP: "....X.......X..."},
        {CLAP: "....X.......X.x."},
        {SNARE: "....X.......X..x"},
    ),
    LIGHT_HATS,
    (),
    TOM_FILLS,
)
HOUSE = Stock(
    (
        {HAT: "xoXoxoXoxoXoxoXo"},
        {OPEN_HAT: "..x...x...x...x.", TAMBOURINE: "o.o.x.o.o.o.x.o."},
        {RIDE: "..x...x...x...x.", HAT: "x..xx..xx..xx..x"},
        {OPEN_HAT: "..x...x...x...x.", CONGA_HIGH: "...x..o....x..o.", CONGA_LOW: ".......x......xx"},
    ),
    (
        {CLAP: "....X.......X..x"},
        {CLAP: "....X.......X...", RIM: "...x..x...x..x.."},
        {SNARE: "....X.......X..."},
    ),
    LIGHT_HATS,
    (),
    MACHINE_FILLS,
)
TECHNO = Stock(
    (
        {HAT: "xxXxxxXxxxXxxxXx"},
        {RIDE: "X.x.X.x.X.x.X.x."},
        {OPEN_HAT: "..X...X...X...X.", HAT: "x..xx..xx..xx..x"},
        {SHAKER: "x.xxx.xxx.xxx.xx"},
    ),
    (
        {RIM: "..x..x..x..x..x."},
        {CLAP: "....x.......x..x", COWBELL: "......o..o......"},
        {MID_TOM: "...o..o...o..o..", CLAP: "............x..."},
    ),
    LIGHT_HATS,
    (),
    MACHINE_FILLS,
)
TRANCE = Stock(
    (
        {OPEN_HAT: "..X...X...X...X.", RIDE: "x.x.x.x.x.x.x.x."},
        {HAT: "xoXoxoXoxoXoxoXo"},
        {OPEN_HAT: "..X...X...X...X.", SHAKER: "xoxoxoxoxoxoxoxo"},
    ),
    ({CLAP: "....X.......X..x"}, {SNARE: "....X.......X...", CLAP: "....X.......X..."}),
    LIGHT_HATS,
    (),
    MACHINE_FILLS,
)
BREAKBEAT = Stock(
    (
        {RIDE: "X.x.X.x.X.x.X.x."},
        {HAT: "xxxxxxxxxxxxxxxx"},
        {SHAKER: "xoxoxoxoxoxoxoxo", OPEN_HAT: "......x.......x."},
        {OPEN_HAT: "X...X...X...X...", TAMBOURINE: "..o...o...o...o."},
    ),
    ({SNARE: "....X..g.g....X."}, {SNARE: "....X.g..g..X.gg"}, {SNARE: "..g.X..x.g..X..."}),
    LIGHT_HATS,
    (),
    ("snare roll", "snare in threes", "open hat"),
)
HALF_TIME = Stock(
    (
        {HAT: "x..x..x.x..x..x."},
        {SHAKER: "xoxoxoxoxoxoxoxo", HAT: "x.......x......."},
        {RIDE: "x...x...x...x...", HAT: "..x...x...x..xxx"},
        {OPEN_HAT: "..x...x...x...x.", HAT: "x..xx..xx..xx..x"},
    ),
    (
        {CLAP: "........X.......", RIM: "...o..........o."},
        {SNARE: "........X.....g.", CLAP: "........x......."},
        {SNARE: "........X..x...."},
    ),
    (
        {RIM: "........x.......", SHAKER: "x.o.x.o.x.o.x.o."},
        {CLAP: "........x.......", HAT: "..x...x...x...x."},
    ),
    (),
    TRAP_FILLS,
)
HIP_HOP = Stock(
    (
        {OPEN_HAT: "..x...x...x...x.", SHAKER: "x.oxx.oxx.oxx.ox"},
        {RIDE: "x.x.x.x.x.x.x.x."},
        {SHAKER: "xoxxxoxxxoxxxoxx"},
        {TAMBOURINE: "o.o.x.o.o.o.x.o.", HAT: "...o...o...o...o"},
    ),
    (
        {SNARE: "....X..g....X..g"},
        {CLAP: "....X.......X..."},
        {SNARE: "....X.......X.g.", RIM: "..o....o........"},
    ),
    LIGHT_HATS,
    (),
)
LO_FI = Stock(
    (
        {SHAKER: "x.oox.oox.oox.oo"},
        {RIDE: "x.o.x.o.x.o.x.o."},
        {HAT: "x...x..ox...x..o", TRIANGLE: "......o........."},
        {HAT: "..o...o...o...o.", SHAKER: "xoooxoooxoooxooo"},
    ),
    (
        {RIM: "....x.......x..."},
        {SNARE: "....x..g.g..x..."},
        {RIM: "....x..o....x...", CLAP: "............o..."},
    ),
    (
        {RIM: "....o.......o...", SHAKER: "o.o.o.o.o.o.o.o."},
        {RIDE: "o...o...o...o..."},
        {RIM: "............o...", HAT: "..o...o...o...o."},
    ),
    (),
)
AMBIENT = Stock(
    (
        {SHAKER: "..o...o...o...o."},
        {RIDE: "o.......o......."},
        {TAMBOURINE: "....o.......o..."},
    ),
    ({TRIANGLE: "....o..........."}, {TRIANGLE: "............o..."}, {RIM: "......o........."}),
    ({TRIANGLE: "........o......."}, {SHAKER: "o.......o......."}, {RIDE: "o..............."}),
    (),
)
CINEMATIC = Stock(
    (
        {LOW_TOM: "x.xxx.x.x.xxx.x.", FLOOR_TOM: "x.......x......."},
        {FLOOR_TOM: "x..x..x.x..x..x.", MID_TOM: "..x..x....x..x.."},
        {LOW_TOM: "x...x.x.x...x.xx", HIGH_TOM: "..x.......x....."},
    ),
    ({SNARE: "....x.......x..."}, {SNARE: "........X......."}, {MID_TOM: "......x.......xx"}),
    (
        {FLOOR_TOM: "x...........o.o."},
        {LOW_TOM: "x..x..x........."},
        {FLOOR_TOM: "x.......o......."},
    ),
    (("X.......X.......", "X.......X.x...x."), ("X..x..x.X..x..x.", "X..x..x.X...x...")),
    ("taiko", "toms in pairs", "floor tom"),
)
CHIP = Stock(
    (RIDE_EIGHTHS, {OPEN_HAT: "..x...x...x...x."}, {HAT: "xxxxxxxxxxxxxxxx"}, {HAT: "x..xx..xx..xx..x"}),
    ({SNARE: "....X.......X..x"}, {SNARE: "....X..x.x..X..."}, {CLAP: "....X.......X..."}),
    LIGHT_HATS,
    (("X...X...X...X...", "X...X...X...X.x."), ("X..x..x.X..x..x.", "X..x..x.X...x...")),
    ("snare roll", "snare in threes", "machine toms"),
)
SYNTHWAVE = Stock(
    (
        HAT_OFFBEATS,
        {SHAKER: "xoxoxoxoxoxoxoxo"},
        RIDE_EIGHTHS,
        {TAMBOURINE: "o.o.x.o.o.o.x.o.", HAT: "..x...x...x...x."},
    ),
    (
        {SNARE: "....X.......X...", CLAP: "....X.......X..."},
        {SNARE: "....X.......X..x"},
        {SNARE: "....X.......X...", MID_TOM: "..........x..x.."},
    ),
    LIGHT_HATS,
    (),
    ("toms in pairs", "toms in threes", "machine toms", "snare in eighths"),
)
AFROBEAT = Stock(
    (
        {HAT: "x.xxx.xxx.xxx.xx", CONGA_HIGH: "..o...o...o...o."},
        {SHAKER: "xoxoxoxoxoxoxoxo", CLAVES: "x..x...x..x.x..."},
        {RIDE: "x..x..x.x..x..x.", SHAKER: "x.o.x.o.x.o.x.o."},
    ),
    ({SNARE: "..x...x...x.x..g"}, {RIM: "......x...x..x.."}, {SNARE: "....x..g....x..."}),
    (
        {SHAKER: "xoooxoooxoooxooo", RIM: "......o.....o..."},
        {HAT: "x.xxx.xxx.xxx.xx"},
        {CONGA_HIGH: "..o.x.o...o.x.o.", CONGA_LOW: "......x.......x."},
    ),
    (("X.....x.X.....x.", "X.....x.X..x...."), ("X...x...X...x...", "X...x...X.x.x...")),
    ("congas", "snare in threes", "timbales"),
)
