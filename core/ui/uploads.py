"""Files from a browser on their way to the studio: named by us, gone again afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.audio import SUFFIXES


@contextmanager
def brought(files: Sequence[UploadedFile]) -> Iterator[Mapping[str, Path]]:
    """Write uploads into a temporary folder; yield display name to path.

    A client may send any name ("../../x.wav"), so on the disk they are numbered and only their suffix,
    when it is one of ours, is kept. Two files of one name are told apart by a number.
    """
    with tempfile.TemporaryDirectory(prefix="gainstage-upload-") as folder:
        paths: dict[str, Path] = {}
        for number, file in enumerate(files, 1):
            suffix = PurePath(file.name).suffix.lower()
            path = Path(folder) / f"{number}{suffix if suffix in SUFFIXES else ''}"
            path.write_bytes(file.getbuffer())
            paths[_unused(PurePath(file.name).name or f"file {number}", paths)] = path
        yield paths


def _unused(name: str, taken: Mapping[str, Path]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name} ({number})", number + 1
    return candidate
