"""The table of docs/formats.md, found by writing, cutting and reading a file of each kind.

``python -m tests.containers.formats_table`` prints it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from core import audio
from core.audio import Audio, reading_of
from core.containers.foreign import decode_foreign
from core.errors import AudioFileError
from tests import sounds
from tests.containers.make import FORMATS, Format, make

HEAD = """# Formats that the studio reads

Made by `python -m tests.containers.formats_table`, and compared by a test: a file of each kind is written,
and read whole and with 40 % of it missing. FFmpeg's libraries come with PyAV and run in a child process with
bounds for memory, length and time.

| container | codec | suffix | read by | length after decoding | when the file is cut off |
|---|---|---|---|---|---|
"""


def song() -> Audio:
    return sounds.band().between(0, 3.0)


def row(kind: Format, folder: Path, sound: Audio) -> tuple[str, float]:
    """Return a kind's line of the table, and how like the decoded sound is to what was written."""
    path = folder / f"whole{kind.suffix}"
    written = make(kind, path, sound)
    readers = []

    def watched(*args, **named):
        readers.append("FFmpeg")
        return decode_foreign(*args, **named)

    audio.decode_foreign = watched
    try:
        read = reading_of(path)
    finally:
        audio.decode_foreign = decode_foreign
    more_ms = 1000 * (read.audio.duration_s - written.duration_s)
    length = "exact" if abs(more_ms) < 1 else f"{more_ms:+.0f} ms"
    whole = (
        "" if read.share in (None, 1.0) and not read.skipped else f" (a whole file has share {read.share})"
    )
    cut = folder / f"cut{kind.suffix}"
    data = path.read_bytes()
    cut.write_bytes(data[: round(0.6 * len(data))])
    cells = (
        kind.container,
        kind.codec or kind.container,
        kind.suffix,
        (readers or ["libsndfile"])[0],
        length,
    )
    return f"| {' | '.join(cells)} | {_when_cut(cut)}{whole} |", _likeness(written, read.audio)


def _when_cut(path: Path) -> str:
    try:
        share = reading_of(path).share
    except AudioFileError:
        return "refused"
    return "not noticed" if share is None or share == 1.0 else "reported"


def _likeness(one: Audio, other: Audio) -> float:
    """Return the correlation of two sounds at the best delay."""
    a, b = one.samples.mean(axis=1), other.samples.mean(axis=1)
    size = 1 << (len(a) + len(b)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    return float(np.abs(cross).max() / np.linalg.norm(a) / np.linalg.norm(b))


def rows() -> list[tuple[str, float]]:
    """Return every kind's line and likeness."""
    sound = song()
    with tempfile.TemporaryDirectory() as folder:
        return [row(kind, Path(folder), sound) for kind in FORMATS]


def page(lines: list[str]) -> str:
    """Return the text of docs/formats.md."""
    return HEAD + "".join(line + "\n" for line in lines)


if __name__ == "__main__":
    print(page([line for line, _ in rows()]), end="")
