"""What a bass player can play instead: other rows, other shapes over the kick, other walks. Pure data.

Signs: ``R`` root, ``T`` third, ``F`` fifth, ``L`` the fifth below, ``O`` octave, ``S`` the chord's last tone,
``A`` approach to the next root, ``U`` approach from the root's other side, ``-`` the note before goes on.
"""

from __future__ import annotations

ROWS: dict[str, tuple[str, ...]] = {
    "indie": ("R.R.O.R.R.R.O.R.", "R.R.R.R.F.F.F.A.", "R...R.R.F...O.F.", "R.O.R.F.R.O.F.A."),
    "punk": ("R.R.R.R.F.F.O.O.", "R...R...O...F...", "R.O.F.O.R.O.F.A.", "R.R.O.O.R.R.F.A."),
    "folk": ("R.....R.L.....A.", "R...T...F...A...", "R.......T...F...", "R...F...O...F..."),
    "celtic": ("R.....F.O.....F.", "R...F...R...F...", "R.....T.F.....A.", "R.......O...F..."),
    "country": ("R...T...F...A...", "R.......L.....R.", "R.....R.F.....T.", "R...R...F...L..."),
    "bluegrass": ("R.......L...A...", "R...T...F...A...", "R.....R.F.....T.", "R...O...F...O..."),
    "bossa nova": ("R.....F.O.....F.", "R.....L.L.....R.", "R.....S.F.....A.", "R...........F.A."),
    "latin": ("R.....O...F...A.", "R..R..F....R..O.", "R.....T.....F...", "R..F..O...F.R..."),
    "reggae": ("R.....R.F...R...", "R..T..F.......R.", "R.......O.F.R.F.", "R.R.F.......T.A."),
    "disco": ("R.R.O.R.R.R.O.F.", "R..RO..RR..RO.A.", "R.O.F.O.R.O.F.A.", "R...O.R..RO.F.O."),
    "house": ("..R...O..RO...R.", "..R..R..O.R..R..", "R..R..O.R..R..F.", "R..R..F....R..O."),
    "techno": ("..R...R...R.O.R.", "..RO..RO..RO..FO", ".R.R.R.F.R.R.R.O", "..RF..RF..RO..RO"),
    "trance": ("..RR..RO..RR..RO", "..R.O.R.O.R.O.F.", "..O...O...F...O.", ".RRR.RRO.RRR.RFO"),
    "ambient": ("R.......F.......", "R...........O...", "R.......O...F...", "R...F..........."),
    "lullaby": ("R.......F.......", "R.......T...F...", "R.......O.......", "R...F...O......."),
    "classical": ("R...T...F...T...", "R.......O...F...", "R...F...O...A...", "R.......T...A..."),
    "waltz": ("R.......F...", "R...T...F...", "R...F...A...", "R.......L..."),
    "march": ("R...L...R...A...", "R...T...F...A...", "R...O...F...O...", "R...F...L...F..."),
    "cinematic": ("R.....R.O.......", "R...F...O...F...", "R..R..F.R..R..F.", "R.......F...O..."),
    "chiptune": ("R.O.R.O.R.O.F.O.", "R..R..O.R..R..F.", "R.R.F.R.O.R.F.A.", "RRO.RRO.RRO.F.A."),
    "synthwave": ("R.O.R.O.R.O.R.O.", "R.RRO.R.R.RRO.F.", "R...O.R...R.O.F.", "R.R.F.F.O.O.F.A."),
    "afrobeat": ("R..O....F..R..F.", "R.....R.O..F..A.", "R.R..R..O..F..R.", "R..T..F....R..O."),
    "world": ("R.....F.O...F...", "R.......F...A...", "R..R..F....R..O.", "R...F.......R.A."),
}
"""By genre, for those whose bass has a row of its own."""

_SINGING = ("FO", "OF", "TF", "OTF", "FTO", "OFT", "LR", "FOT")
_FIRM = ("FO", "OF", "FR", "OOF", "FFO", "OR", "LF")
_DEEP = ("O", "F", "OF", "LO", "OFO")
SHAPES: dict[str, tuple[str, ...]] = {
    "rock": _FIRM,
    "grunge": _FIRM,
    "metal": _FIRM,
    "trap": _DEEP,
    "dubstep": _DEEP,
    "drum and bass": _DEEP,
    "hip hop": _DEEP,
}
USUAL_SHAPES = _SINGING
"""What is played with the kicks after the first, which has the root; by genre."""

WALKS: dict[str, tuple[str, ...]] = {
    "jazz": ("RTFU", "ROFA", "RSFU", "RLTA", "RFSU", "RTSA", "R-FU"),
    "swing": ("RTFU", "ROFU", "RFTA", "RLRU", "RFOA", "RTSU"),
    "blues": ("RTFS", "RTFO", "ROSF", "RFSU", "RRTF", "RLRU"),
    "rock and roll": ("RTFT", "RTFO", "RROF", "RFOF", "RTFU", "ROFT"),
    "ska": ("RTFO", "ROFT", "RFTU", "ROFU", "RLTF", "RTFU"),
}
"""By genre, for those whose bass walks: one sign a beat."""
