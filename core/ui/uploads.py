"""Files from a browser on their way to the studio: named by us on disk, deleted afterwards."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath, PurePosixPath

from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.audio import SUFFIXES
from core.errors import GainstageError

DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the reading direction of what follows them, on the page as in the name."""


@contextmanager
def uploaded(files: Sequence[UploadedFile]) -> Iterator[Mapping[str, Path]]:
    """Write uploads into a temporary folder; yield display name to path.

    A client may send any name ("../../x.wav"), so on the disk they are numbered and only their suffix,
    when it is one of ours, is kept. Two files of one name are distinguished by a number. An error that is
    raised inside names a file as the person does.
    """
    with tempfile.TemporaryDirectory(prefix="gainstage-upload-") as folder:
        paths: dict[str, Path] = {}
        for number, file in enumerate(files, 1):
            suffix = PurePath(file.name).suffix.lower()
            path = Path(folder) / f"upload-{number:04d}{suffix if suffix in SUFFIXES else ''}"
            path.write_bytes(file.getbuffer())
            paths[_unused(display_name(file.name) or f"file {number}", paths)] = path
        try:
            yield paths
        except GainstageError as error:
            _rename(error, {path.name: name for name, path in paths.items()})
            raise


def display_name(name: str) -> str:
    """Return the last part of a file's name on one line, without characters that no page can show."""
    shown = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") else letter
        for letter in PurePath(name).name
        if letter not in DIRECTION
    )
    return " ".join(shown.split())


def place_in_folder(name: str) -> str:
    """Return where a file lies in the uploaded folder, on one line: two folders may hold one name."""
    _, *below = PurePosixPath(name).parts or ("",)
    shown = [display_name(part) for part in below if part != ".."]
    return "/".join(filter(None, shown)) or display_name(name)


def _rename(error: GainstageError, names: Mapping[str, str]) -> None:
    """Put the names that a person knows into an error's texts."""

    def renamed(text: str) -> str:
        for on_disk, name in names.items():
            text = text.replace(on_disk, name)
        return text

    error.message = renamed(error.message)
    error.remedy = renamed(error.remedy)
    error.detail = renamed(error.detail)
    error.causes = tuple(renamed(cause) for cause in error.causes)
    error.evidence = tuple(renamed(line) for line in error.evidence)
    error.args = (error.message,)


def _unused(name: str, taken: Mapping[str, Path]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name} ({number})", number + 1
    return candidate
