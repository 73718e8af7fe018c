"""Everything a song delivered as one zip named after it: masters, stems, score, lead sheet, plan."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

from core.errors import NotFoundError
from core.runs.record import RunRecord

LONGEST_NAME = 80
PACKED = (".wav", ".flac", ".mp3", ".ogg", ".zip")
"""Sound hardly gets smaller: it is stored as it is, and a zip of a song takes a moment."""
_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def song_title(run: RunRecord) -> str:
    """Return what a song is called: its plan's title, the uploaded files' names, or its prompt."""
    plan = run.step("lyrics").plan
    title = plan.title if plan else ""
    return title or ", ".join(run.request.uploaded_names) or run.request.prompt or "A song from typed lyrics"


def file_name(text: str, *, otherwise: str = "song") -> str:
    """Return text as the name of a file or folder, without a suffix, on every system; never empty."""
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(c for c in _NOT_IN_A_NAME.sub(" ", plain) if unicodedata.category(c)[0] != "C")
    plain = re.sub(r"\s+", " ", plain)[:LONGEST_NAME].strip(" .")
    if not plain or _OF_WINDOWS.fullmatch(plain):
        return f"{otherwise} {plain}".strip()
    return plain


def song_zip(home: Path, run: RunRecord) -> io.BytesIO:
    """Return a zip of every file that the stages of ``run`` delivered, under a folder of the song's name.

    ``home``: the studio's home, under which the files lie. Raises NotFoundError for a file that is gone.
    """
    folder = file_name(song_title(run))
    packed, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(packed, "w") as archive:
        for step in run.steps:
            for name, place in step.files.items():
                inside = _unused(_safe_path(name), step.stage, taken)
                path = home / place
                if not path.is_file():
                    raise NotFoundError(
                        f"{name} is gone from the studio's home.",
                        remedy=f"Re-run from {step.title}: it is written again.",
                    )
                stored = path.suffix.lower() in PACKED
                archive.write(
                    path, f"{folder}/{inside}", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                )
    packed.seek(0)
    return packed


def _safe_path(name: str) -> str:
    """Return a delivered file's name with every part of its path made safe, and its suffix as it is."""
    *folders, last = PurePosixPath(name).parts or ("file",)
    stem, suffix = PurePosixPath(last).stem, PurePosixPath(last).suffix
    parts = [file_name(folder) for folder in folders if folder not in ("/", "..", ".")]
    return "/".join([*parts, file_name(stem) + (f".{file_name(suffix[1:])}" if suffix else "")])


def _unused(name: str, stage: str, taken: set[str]) -> str:
    """Return ``name``, or one under its stage's folder, or numbered: no two files in a zip have one name."""
    path = PurePosixPath(name)
    candidates = (
        name,
        f"{stage}/{name}",
        *(f"{path.parent}/{path.stem} {n}{path.suffix}" for n in range(2, 100)),
    )
    chosen = next(c.removeprefix("./") for c in candidates if c.removeprefix("./").lower() not in taken)
    taken.add(chosen.lower())
    return chosen
