"""The drummer's stock of songs, bands and halls: pop, rock, country, jazz, soul, march, waltz. Pure data."""

from __future__ import annotations

from core.engines.composer.stock.drum_layers import (
    BELL_QUARTERS,
    CHINA,
    FLOOR_EIGHTHS,
    FLOOR_TOM,
    HAT_BARKS,
    HAT_OFFBEATS,
    LIGHT_RIMS,
    LIGHT_SHAKERS,
    POP_BACKS,
    RIDE_EIGHTHS,
    ROCK_BACKS,
    ROCK_FILLS,
    ROCK_KICKS,
    SECOND_CRASH,
    SHAKER_SIXTEENTHS,
    SNARE_FILLS,
    TAMBOURINE_EIGHTHS,
    TOM_FILLS,
    Stock,
)
from core.engines.composer.stock.grooves import (
    BELL,
    CLAP,
    COWBELL,
    CRASH,
    HAT,
    HIGH_TOM,
    OPEN_HAT,
    PEDAL,
    RIDE,
    RIM,
    SHAKER,
    SNARE,
    TAMBOURINE,
    TIMPANI_LIKE,
    TRIANGLE,
)

POP = Stock(
    (RIDE_EIGHTHS, HAT_BARKS, HAT_OFFBEATS, SHAKER_SIXTEENTHS, TAMBOURINE_EIGHTHS),
    POP_BACKS,
    LIGHT_RIMS,
    ROCK_KICKS,
    TOM_FILLS,
)
BALLAD = Stock(
    ({RIDE: "x.o.x.o.x.o.x.o."}, SHAKER_SIXTEENTHS, {PEDAL: "..x...x...x...x.", RIDE: "x...x...x...x..."}),
    ({RIM: "....X.......X..."}, {SNARE: "....X.......X..g", TAMBOURINE: "....o.......o..."}),
    (
        {RIM: "............o...", RIDE: "x...o...x...o..."},
        {SNARE: "....o.......o...", HAT: "x...o...x...o..."},
        {TRIANGLE: "....o.......o...", HAT: "..o...o...o...o."},
    ),
    (),
    ("toms in threes", "late snare", "toms in pairs"),
)
ROCK = Stock(
    (RIDE_EIGHTHS, HAT_BARKS, BELL_QUARTERS, FLOOR_EIGHTHS, {OPEN_HAT: "X...X...X...X..."}),
    ROCK_BACKS,
    LIGHT_RIMS,
    ROCK_KICKS,
    ROCK_FILLS,
)
HEAVY = Stock(
    (RIDE_EIGHTHS, {CHINA: "X...X...X...X..."}, BELL_QUARTERS, FLOOR_EIGHTHS, {HAT: "X.x.X.x.X.x.X.x."}),
    ({SNARE: "....X.......X.x."}, {SNARE: "........X......."}, {SNARE: "....X..x....X..x"}),
    (
        {SNARE: "........x.......", RIDE: "X.x.X.x.X.x.X.x."},
        {SNARE: "....x.......x...", FLOOR_TOM: "x.x.x.x.x.x.x.x."},
        {SNARE: "....x.......x...", RIDE: "X...X...X...X..."},
    ),
    (),
    ROCK_FILLS,
    (CRASH, SECOND_CRASH, CHINA),
)
METAL = Stock(
    (
        {RIDE: "X.x.X.x.X.x.X.x."},
        {HAT: "X.x.X.x.X.x.X.x."},
        {CHINA: "X.x.X.x.X.x.X.x."},
        {BELL: "X.x.X.x.X.x.X.x."},
    ),
    ({SNARE: "..X...X...X...X."}, {SNARE: "........X......."}, {SNARE: "....X..X....X..X"}),
    (
        {SNARE: "........X......x", RIDE: "X.x.X.x.X.x.X.x."},
        {SNARE: "....X.......X...", CHINA: "X...X...X...X..."},
    ),
    (),
    ROCK_FILLS,
    (CRASH, SECOND_CRASH, CHINA),
)
SHUFFLE = Stock(
    ({HAT: "X.x.X.x.X.x.X.x."}, {RIDE: "X...X.x.X...X.x.", PEDAL: "....x.......x..."}, TAMBOURINE_EIGHTHS),
    (
        {SNARE: "....X.......X.g."},
        {SNARE: "..g.X.g...g.X.g."},
        {SNARE: "....X.......X...", CLAP: "....o.......o..."},
    ),
    LIGHT_RIMS,
    (
        (
            "X.......X.....x.",
            "X.....x.X.......",
        ),
        ("X...x...X...x...", "X...x...X...x.x."),
    ),
    TOM_FILLS,
)
SWING = Stock(
    (
        {HAT: "X...X.x.X...X.x.", RIDE: "x...............", PEDAL: "....x.......x..."},
        {SNARE: "x...x.o.x...x.o.", PEDAL: "....x.......x..."},
        {BELL: "X...x...X...x...", PEDAL: "....x.......x...", RIDE: "......x.......x."},
        {RIDE: "X.x.X...X.x.X...", PEDAL: "..x...x...x...x."},
    ),
    (
        {RIM: "............x..."},
        {SNARE: "..g......g......"},
        {SNARE: "......o.....o.g."},
        {HIGH_TOM: "......o.........", RIM: "....o..........."},
    ),
    (
        {HAT: "x.o.x...x.o.x...", PEDAL: "....x.......x..."},
        {SNARE: "o...o...o...o...", PEDAL: "....o.......o..."},
        {RIDE: "x...x...x...x...", RIM: "............o..."},
    ),
    (),
    SNARE_FILLS,
)
FOLK = Stock(
    (
        {TAMBOURINE: "o.o.x.o.o.o.x.o."},
        {HAT: "x.o.x.o.x.o.x.o.", SHAKER: "..o...o...o...o."},
        {SNARE: "o.ogx.ogo.ogx.og"},
        {SHAKER: "..x...x...x...x.", FLOOR_TOM: "o.....o.o.....o."},
    ),
    ({RIM: "......x.......x."}, {CLAP: "....o.......o..."}, {SNARE: "....o.......o..o"}),
    LIGHT_SHAKERS,
    (
        ("X.......x.x.....", "X.......x......."),
        ("X.....x.x.......", "X.....x.....x..."),
        ("X...x...X...x...", "X...x...X...x.x."),
    ),
    ("rim", "late snare", "toms in threes"),
)
TRAIN = Stock(
    (
        {SHAKER: "xoooxoooxoooxooo", RIM: "....x.......x..."},
        {HAT: "x.o.x.o.x.o.x.o.", RIM: "..o...o...o...o."},
        {SNARE: "..X...X...X...X.", SHAKER: "x.oox.oox.oox.oo"},
        {TAMBOURINE: "..x...x...x...x.", SNARE: ".o..xo...o..xo.o"},
    ),
    ({RIM: "....o.......o..."}, {CLAP: "....o.......o..."}, {SNARE: "............x..."}),
    LIGHT_SHAKERS,
    (("X...X...X...X...", "X...X...X...X.x."), ("X.......X.....x.", "X.......X.......")),
    SNARE_FILLS,
)
COUNTRY = Stock(
    (
        {RIDE: "x.x.x.x.x.x.x.x."},
        {SNARE: "o.ogo.ogo.ogo.og"},
        {TAMBOURINE: "o.o.o.o.o.o.o.o.", HAT: "..x...x...x...x."},
        {SHAKER: "xoxoxoxoxoxoxoxo"},
    ),
    ({SNARE: "....X.......X.g."}, {RIM: "....X.......X..."}, {SNARE: "....X.......X..x"}),
    LIGHT_RIMS,
    (
        ("X.......X.x.....", "X.......X.....x."),
        ("X.....x...x.....", "X.......X......."),
        ("X...x...X...x...", "X...x...X...x.x."),
    ),
    TOM_FILLS,
)
FUNK = Stock(
    (
        {HAT: "X.x.X.x.X.x.X...", OPEN_HAT: "..............x."},
        {RIDE: "X.x.X.x.X.x.X.x."},
        {SHAKER: "xoxxxoxxxoxxxoxx"},
        {HAT: "..x...x...x...x.", COWBELL: "x...x...x...x..."},
    ),
    (
        {SNARE: "..g.X.g..g.gX.g."},
        {SNARE: "....X.g...g.X.gg"},
        {SNARE: "....X..g.gx.X...", CLAP: "....o.......o..."},
    ),
    LIGHT_RIMS,
    (),
    ("snare in threes", "late snare", "snare into toms", "open hat"),
)
SOUL = Stock(
    (
        {RIDE: "x.x.x.x.x.x.x.x."},
        {TAMBOURINE: "o.o.x.o.o.o.x.o.", PEDAL: "....x.......x..."},
        {HAT: "x...x...x...x...", SHAKER: "xooxxooxxooxxoox"},
    ),
    ({SNARE: "....X.......X.g."}, {SNARE: "x...X...x...X..."}, {RIM: "....X..o....X..."}),
    LIGHT_RIMS,
    (),
    TOM_FILLS,
)
GOSPEL = Stock(
    (
        {HAT: "x.x.x.x.x.x.x.x."},
        {RIDE: "X.x.X.x.X.x.X.x."},
        {TAMBOURINE: "..x...x...x...x.", HAT: "x...x...x...x..."},
    ),
    (
        {SNARE: "....X.......X.g.", CLAP: "......o.......o."},
        {SNARE: "..g.X.g...g.X.g."},
        {CLAP: "....X.......X..."},
    ),
    (
        {CLAP: "....o.......o..."},
        {TAMBOURINE: "..o...o...o...o."},
        {SNARE: "....o.......o...", PEDAL: "o...o...o...o..."},
    ),
    (),
    TOM_FILLS,
)
CLASSICAL = Stock(
    (
        {TIMPANI_LIKE: "x...........o.o."},
        {TIMPANI_LIKE: "x.....o.o......."},
        {TIMPANI_LIKE: "x...o...o...o..."},
    ),
    ({TRIANGLE: "....o.......o..."}, {TAMBOURINE: "....o...o...o..."}, {TRIANGLE: "o..............."}),
    (
        {TRIANGLE: "o..............."},
        {TIMPANI_LIKE: "........o......."},
        {TIMPANI_LIKE: "o...........o..."},
    ),
    (),
)
MARCH = Stock(
    (
        {SNARE: "xxx.X.x.xxx.X.x.", PEDAL: "....x.......x..."},
        {SNARE: "X..xX.xxX..xX.x.", CRASH: "X.......X......."},
        {SNARE: "..X...X...X.XxXx", TAMBOURINE: "x...x...x...x..."},
    ),
    ({TRIANGLE: "..o...o...o...o."}, {CLAP: "....o.......o..."}, {PEDAL: "..x...x...x...x."}),
    (
        {SNARE: "xxx.x.o.xxx.x.o."},
        {SNARE: "..x...x...x.xooo"},
        {TRIANGLE: "..o...o...o...o.", SNARE: "x.......x.oooooo"},
    ),
    (("X.......X.......", "X.......X...x..."), ("X...x...X.x.x...", "X...x...X...x...")),
    SNARE_FILLS,
)
WALTZ = Stock(
    (
        {RIDE: "x...x...x..."},
        {HAT: "..o.x.o.x.o."},
        {TAMBOURINE: "....o...o...", PEDAL: "x..........."},
        {SHAKER: "x.o.x.o.x.o."},
    ),
    ({RIM: "........x..."}, {SNARE: "....o...o..."}, {RIM: "....x......."}),
    ({RIM: "....o...o..."}, {SHAKER: "o...o...o..."}, {TRIANGLE: "........o..."}),
    (("X.......x...", "X..........."), ("X.........x.", "X...........")),
)
COMPOUND = Stock(
    (
        {RIDE: "x...o...o...x...o...o..."},
        {SHAKER: "x.o.o.o.o.o.x.o.o.o.o.o."},
        {TAMBOURINE: "....o...o.......o...o...", PEDAL: "............x..........."},
    ),
    (
        {SNARE: "............X.......o..."},
        {RIM: "............X..........."},
        {SNARE: "............X.....g.g..."},
    ),
    (
        {RIM: "............x...........", RIDE: "x.......o...x.......o..."},
        {SHAKER: "x...o...o...x...o...o..."},
        {SNARE: "............o...........", HAT: "x...........x..........."},
    ),
    (),
    ("toms in threes", "toms in pairs", "snare into toms"),
)
