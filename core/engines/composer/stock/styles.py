"""How each genre is played: groove, bass line, comping, arpeggio, and how dense its layers are. Pure data.

Pattern rows have one sign a sixteenth. Chords: ``X`` accent, ``x`` normal, ``o`` soft. Bass: ``R`` root,
``F`` fifth, ``O`` octave, ``T`` third, ``A`` approach to the next root.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """One genre's way of playing."""

    groove: str
    bass: str
    """A row of signs, or "kick" (a note with every kick) or "walk"."""
    bass_player: str
    chords: str
    """A row of signs, or "hold"."""
    lively_chords: str = ""
    """The row for full sections; the same when empty."""
    staccato: bool = False
    power: bool = False
    """Root, fifth and octave, doubled left and right."""
    arpeggio: str = ""
    """up, down, updown or alberti; empty for none."""
    arpeggio_step: float = 0.5
    syncopation: float = 0.3
    ducks: bool = False
    bass_length: float = 0.9
    """Share of the time to the next bass note that a note sounds."""


STYLES: dict[str, Style] = {
    "pop": Style("pop", "kick", "bass guitar", "X...x...X...x...", "X...x.x.X.x.x...", arpeggio="updown"),
    "ballad": Style("ballad", "kick", "bass guitar", "hold", "X...x...x...x...", arpeggio="up"),
    "indie": Style("rock", "R.R.R.R.R.R.R.R.", "picked bass", "X.x.x.x.X.x.x.x.", arpeggio="updown"),
    "rock": Style("rock", "kick", "picked bass", "X.......x.x.....", "X.x.X.x.X.x.X.x.", power=True),
    "rock and roll": Style("rock and roll", "walk", "double bass", "X.x.x.x.X.x.x.x.", staccato=True),
    "punk": Style(
        "punk", "R.R.R.R.R.R.R.R.", "picked bass", "X.x.x.x.X.x.x.x.", "XxxxXxxxXxxxXxxx", power=True
    ),
    "grunge": Style("hard rock", "kick", "picked bass", "X.......X.x...x.", "X.x.X.x.X.xxX.x.", power=True),
    "metal": Style("metal", "kick", "picked bass", "X..x..x.X..x....", "X.xxX.xxX.xxX.xx", power=True),
    "folk": Style(
        "folk", "R.......F.......", "double bass", "X...x.xo..x.x.xo", arpeggio="updown", syncopation=0.2
    ),
    "celtic": Style(
        "folk", "R.......F.......", "double bass", "X.xoX.xoX.xoX.xo", arpeggio="up", syncopation=0.1
    ),
    "country": Style(
        "country", "R.......F.....A.", "bass guitar", "....x.xo....x.xo", "....X.xo..x.X.xo", syncopation=0.2
    ),
    "bluegrass": Style(
        "train",
        "R.......F.......",
        "double bass",
        "....X.......X...",
        "....X.xo....X.xo",
        staccato=True,
        arpeggio="up",
        arpeggio_step=0.25,
        syncopation=0.2,
    ),
    "blues": Style(
        "shuffle", "walk", "bass guitar", "X.....x.X.......", "X...x.x.X...x.x.", syncopation=0.35
    ),
    "jazz": Style(
        "jazz", "walk", "double bass", "X.....x.........", "..x...X.....x...", staccato=True, syncopation=0.55
    ),
    "swing": Style(
        "swing", "walk", "double bass", "x...x...x...x...", "X.....x.....X...", staccato=True, syncopation=0.5
    ),
    "bossa nova": Style(
        "bossa", "R.....F.F.....R.", "double bass", "x..x..x...x..x..", staccato=True, syncopation=0.5
    ),
    "latin": Style(
        "latin",
        "R.....F.....O...",
        "bass guitar",
        "x..x..x.x..x..x.",
        "X.xX.xX.x.xX.xX.",
        staccato=True,
        syncopation=0.6,
    ),
    "reggae": Style(
        "reggae",
        "R..R....R.F.T...",
        "fretless bass",
        "....X.......X...",
        "....X.x.....X.x.",
        staccato=True,
        syncopation=0.4,
    ),
    "ska": Style("ska", "walk", "bass guitar", "..X...X...X...X.", staccato=True, syncopation=0.3),
    "funk": Style(
        "funk",
        "kick",
        "slap bass",
        "..x.X..x..x.X...",
        "x.xxX.xx.xx.X.xx",
        staccato=True,
        syncopation=0.7,
        bass_length=0.6,
    ),
    "soul": Style("soul", "kick", "bass guitar", "X.......x.x.....", "X...x...x.x.x...", syncopation=0.45),
    "r&b": Style(
        "hip hop",
        "kick",
        "synth bass",
        "X.....x.........",
        "X.....x...x.....",
        arpeggio="up",
        syncopation=0.55,
    ),
    "gospel": Style(
        "gospel", "kick", "bass guitar", "X.....x.X.......", "X...x.x.X...x.x.", syncopation=0.35
    ),
    "disco": Style(
        "disco",
        "R.O.R.O.R.O.R.O.",
        "picked bass",
        "..x...x...x...x.",
        "x.xxX.xxx.xxX.xx",
        staccato=True,
        syncopation=0.4,
        bass_length=0.7,
    ),
    "house": Style(
        "house",
        "..R...R..RR...R.",
        "synth bass",
        "X..x..x...x.x...",
        staccato=True,
        arpeggio="up",
        arpeggio_step=0.25,
        syncopation=0.5,
        ducks=True,
        bass_length=0.8,
    ),
    "techno": Style(
        "techno",
        "..RR..RO..RR..RF",
        "synth bass",
        "...x..x....x..x.",
        staccato=True,
        arpeggio="updown",
        arpeggio_step=0.25,
        syncopation=0.5,
        ducks=True,
        bass_length=0.7,
    ),
    "trance": Style(
        "trance",
        "..R...R...R...R.",
        "synth bass",
        "X..X..X..X..X.X.",
        staccato=True,
        arpeggio="up",
        arpeggio_step=0.25,
        syncopation=0.35,
        ducks=True,
        bass_length=0.9,
    ),
    "drum and bass": Style(
        "breakbeat",
        "kick",
        "synth bass",
        "hold",
        "X.......x.....x.",
        arpeggio="updown",
        syncopation=0.4,
        ducks=True,
    ),
    "dubstep": Style(
        "half time",
        "kick",
        "synth bass",
        "hold",
        "X..x..x.X...x.x.",
        arpeggio="up",
        syncopation=0.4,
        ducks=True,
    ),
    "hip hop": Style(
        "hip hop", "kick", "bass guitar", "X.....x.........", "X.....x...x.....", syncopation=0.5
    ),
    "trap": Style("trap", "kick", "sub bass", "hold", arpeggio="updown", syncopation=0.45),
    "lo-fi": Style("lo-fi", "kick", "double bass", "X.........x.....", "X.....x...x.....", syncopation=0.45),
    "chillout": Style(
        "lo-fi", "kick", "fretless bass", "hold", "X.....x...x.....", arpeggio="up", syncopation=0.4
    ),
    "ambient": Style(
        "ambient",
        "R...............",
        "sub bass",
        "hold",
        arpeggio="updown",
        arpeggio_step=1.0,
        syncopation=0.2,
        bass_length=1.0,
    ),
    "classical": Style(
        "classical",
        "R.......F.......",
        "cello",
        "hold",
        "X...x...x...x...",
        arpeggio="alberti",
        syncopation=0.1,
    ),
    "waltz": Style(
        "waltz", "R...........", "double bass", "....x...x...", staccato=True, arpeggio="up", syncopation=0.1
    ),
    "march": Style("march", "R...F...R...F...", "tuba", "..x...x...x...x.", staccato=True, syncopation=0.05),
    "cinematic": Style(
        "cinematic",
        "R.......R...R...",
        "cello",
        "hold",
        arpeggio="alberti",
        syncopation=0.15,
        bass_length=1.0,
    ),
    "lullaby": Style("ambient", "R...............", "double bass", "hold", arpeggio="up", syncopation=0.1),
    "chiptune": Style(
        "chiptune",
        "R.R.O.R.R.R.O.R.",
        "synth bass",
        "hold",
        arpeggio="up",
        arpeggio_step=0.25,
        syncopation=0.3,
        bass_length=0.7,
    ),
    "synthwave": Style(
        "synthwave",
        "R.R.R.R.R.R.R.O.",
        "synth bass",
        "hold",
        "X.......x.....x.",
        arpeggio="up",
        arpeggio_step=0.25,
        syncopation=0.3,
        ducks=True,
        bass_length=0.8,
    ),
    "afrobeat": Style(
        "afrobeat",
        "R..R....R..F..O.",
        "bass guitar",
        "..x..x..x..x..x.",
        staccato=True,
        arpeggio="up",
        syncopation=0.6,
    ),
    "world": Style(
        "folk",
        "R.......R.....F.",
        "double bass",
        "hold",
        "X..x..x.X..x..x.",
        arpeggio="updown",
        syncopation=0.35,
    ),
}
"""By genre name; a test holds that every genre has one."""
