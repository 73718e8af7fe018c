"""Chord progressions by family of harmony: in major, and in minor. Pure data.

One roman numeral a bar, its degree counted in the major scale: "bVI" in A minor is F.
"""

from __future__ import annotations

_PROGRESSIONS: dict[str, tuple[str, str]] = {
    "pop": (
        "I V vi IV | vi IV I V | I vi IV V | I IV vi V | IV V vi I | I iii IV V",
        "i bVI bIII bVII | i bVII bVI bVII | i iv bVI V | i bIII bVII iv | bVI bVII i i",
    ),
    "rock": (
        "I bVII IV I | I IV V IV | vi IV I V | I V IV IV | I bIII IV I",
        "i bVII bVI bVII | i bIII bVII IV | i bVI bIII bVII | i iv i V",
    ),
    "punk": (
        "I IV V V | I V vi IV | I IV I V | I vi IV V",
        "i bVI bIII bVII | i bVII bVI V | i iv bVII bIII",
    ),
    "metal": ("I bVII bVI bVII", "i i bVI bVII | i bII i bVII | i iv bVI V | i bVI iv V | i bIII bVI V"),
    "folk": (
        "I IV I V | I V vi IV | I iii IV V | I IV V I | vi IV I V",
        "i bVII i v | i bVII bVI V | i bIII bVII i | i iv bVII bIII",
    ),
    "country": ("I IV V I | I I IV V | I V IV I | I IV I V | vi IV I V", "i bVII bVI V | i iv V i"),
    "blues": (
        "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7 | I7 V7 IV7 IV7 I7 V7 I7 V7 | I7 I7 IV7 IV7 I7 V7 I7 V7",
        "i7 iv7 i7 i7 iv7 iv7 i7 i7 bVI7 V7 i7 V7 | i7 iv7 i7 V7",
    ),
    "jazz": (
        "ii7 V7 Imaj7 vi7 | Imaj7 vi7 ii7 V7 | iii7 VI7 ii7 V7 | Imaj7 IVmaj7 ii7 V7 | IVmaj7 iv7 Imaj7 V7",
        "iiø7 V7 i7 i7 | i7 iv7 iiø7 V7 | i7 bVImaj7 iiø7 V7 | iv7 bVII7 bIIImaj7 V7",
    ),
    "bossa": (
        "Imaj7 Imaj7 ii7 V7 | Imaj7 II7 ii7 V7 | Imaj7 VI7 ii7 V7 | IVmaj7 iv7 Imaj7 VI7",
        "i7 iv7 bVII7 bIIImaj7 | i7 i7 iiø7 V7 | i7 bVImaj7 iiø7 V7",
    ),
    "latin": ("I IV V IV | I vi ii V", "i iv V7 i | i bVII bVI V7 | i V7 i V7 | i iv bVII bIII"),
    "reggae": ("I IV I V | I V vi IV | I ii I ii", "i iv i bVII | i bVII bVI bVII | i iv bVI V"),
    "ska": ("I vi IV V | I IV I V | I IV V IV", "i bVII bVI V | i iv V i"),
    "funk": (
        "I7 IV7 I7 IV7 | I7 bVII7 IV7 I7",
        "i7 IV7 i7 IV7 | i7 i7 iv7 V7 | i7 bVII7 i7 IV7 | i7 bIIImaj7 iv7 V7",
    ),
    "soul": (
        "Imaj7 vi7 ii7 V7 | Imaj7 iii7 IVmaj7 V7 | IVmaj7 V iii7 vi7 | I V vi7 IVmaj7",
        "i7 iv7 bVII7 bIIImaj7 | i7 v7 bVImaj7 bVII | bVImaj7 v7 i7 i7",
    ),
    "gospel": ("I IV I V | I vi7 ii7 V7 | I I7 IV iv | IV V iii7 vi7", "i iv i V7 | i bVI iv V7"),
    "dance": (
        "vi IV I V | IVmaj7 V iii7 vi7 | I V vi7 IV | IVmaj7 Imaj7 V vi7",
        "i7 bVII bVImaj7 V7 | i7 iv7 bVImaj7 bVII | i bVI bIII bVII | bVImaj7 bVII i7 i7",
    ),
    "techno": ("I I bVII bVII", "i i i i | i i bVI bVII | i i iv i | i i i bII"),
    "synth": (
        "I V vi IV | vi IV I V | IV V vi vi | I iii vi IV",
        "i bVI bIII bVII | bVI bVII i i | i bVII bVI V | i bIII bVII bVI | i v bVI bVII",
    ),
    "hiphop": (
        "Imaj7 vi7 ii7 V7 | IVmaj7 iii7 vi7 vi7",
        "i7 iv7 i7 V7 | i7 bVImaj7 i7 bVII | iiø7 V7 i7 i7 | i7 v7 iv7 i7",
    ),
    "trap": ("vi IV I V | IV vi V vi", "i i bVI V | i bVI i bVII | i iv bVI V | i i iv bVI"),
    "lofi": (
        "ii7 V7 Imaj7 vi7 | IVmaj7 iii7 vi7 ii7 | Imaj7 vi7 IVmaj7 iv7 | Imaj7 iii7 IVmaj7 V7",
        "i7 iv7 bVII7 bIIImaj7 | i7 bVImaj7 iv7 V7 | iv7 v7 i7 i7 | bVImaj7 bVII i7 v7",
    ),
    "ambient": (
        "Imaj7 IVmaj7 Imaj7 IVmaj7 | Iadd9 vi7 IVmaj7 Vsus4 | IVmaj7 Imaj7 vi7 IVmaj7",
        "iadd9 bVImaj7 iadd9 bVImaj7 | i7 bVImaj7 bIIImaj7 bVII | iadd9 v7 bVImaj7 iv7",
    ),
    "classical": (
        "I V vi iii IV I IV V | I IV V I | I vi IV V | I ii V I",
        "i iv V i | i bVI iv V | i bVII bIII bVI iv iiø7 V V | i V i V",
    ),
    "waltz": ("I V7 V7 I | I I V7 V7 | I vi ii V7 | I IV V7 I", "i V7 V7 i | i iv V7 i | i bVI iv V7"),
    "cinematic": (
        "I V vi IV | I bVI IV I | IV I V vi",
        "i bVI bIII bVII | i bVI iv V | i iv bVI V | i bIII bVII IV | i v bVI bVII",
    ),
}


def progressions(harmony: str, minor: bool) -> tuple[tuple[str, ...], ...]:
    """Return a family's progressions, one roman numeral a bar, degrees counted in the major scale."""
    return tuple(tuple(cycle.split()) for cycle in _PROGRESSIONS[harmony][1 if minor else 0].split("|"))
