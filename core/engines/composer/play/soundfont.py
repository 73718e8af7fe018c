"""The SoundFont the band plays through: named by GAINSTAGE_SOUNDFONT, else the one inside pretty_midi."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from core.errors import EngineMissingError

VARIABLE = "GAINSTAGE_SOUNDFONT"
_BUNDLED = "TimGM6mb.sf2"
_REMEDY = "Install the light set (pip install -r requirements-lite.txt), or name an .sf2 file in "


def soundfont_path() -> Path:
    """Return the SoundFont's path, without importing its package; raises EngineMissingError."""
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise EngineMissingError(
                f"{VARIABLE} names a file that is not there: {path.name}.",
                causes=("the path is misspelt", "the file was moved"),
                remedy=f"Correct {VARIABLE}, or remove it to use the bundled SoundFont.",
            )
        return path
    spec = importlib.util.find_spec("pretty_midi")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / _BUNDLED
        if path.is_file():
            return path
    raise EngineMissingError(
        "The band has no SoundFont to play through.",
        causes=("the package that carries it (pretty_midi) is not installed",),
        remedy=_REMEDY + f"{VARIABLE}.",
    )


def checked_soundfont() -> Path:
    """Return the SoundFont's path; raises EngineMissingError when it is missing or is no SoundFont."""
    path = soundfont_path()
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise EngineMissingError(
            f"{path.name} is not a SoundFont.",
            causes=("the file is of another kind", "its download broke off"),
            remedy=f"Name an .sf2 file in {VARIABLE}, or remove it to use the bundled one.",
        )
    return path
