"""Sound files that libsndfile does not read, decoded by FFmpeg's libraries (PyAV) in a child process.

A child, because a decoder of so many formats may crash, hang or fill the memory on a damaged file: its memory
and its time are bounded, and it is stopped once it has sent more than may be opened.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.containers import av_decoder

_BLOCK_BYTES = 1 << 20
_SLACK_S = 0.15
"""An encoder's priming and padding, which some containers count and others do not."""


@dataclass(frozen=True, eq=False)
class Foreign:
    """What a child has decoded: samples (frames, channels), float32, and what the file says of itself."""

    samples: npt.NDArray[np.float32]
    sample_rate: int
    container: str
    codec: str
    share: float | None
    """Sound held, by sound announced; None when nothing is announced."""
    skipped: int
    """Packets that cannot be decoded, and were left out."""


class UndecodableError(Exception):
    """What FFmpeg says of a file that it cannot decode."""


def installed() -> bool:
    """Return whether PyAV is there."""
    return find_spec("av") is not None


def decode_foreign(path: Path, most_samples: int, longest_s: float) -> Foreign:
    """Decode a file's first sound stream, up to ``most_samples`` (frames times channels) and ``longest_s``.

    Raises UndecodableError. A result beyond either bound is incomplete, and for the caller to refuse.
    """
    command = [
        sys.executable,
        "-m",
        av_decoder.__name__,
        str(path.absolute()),
        str(most_samples),
        str(longest_s),
    ]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=_root()
        ) as child,
    ):
        assert child.stdout is not None
        first = child.stdout.readline()
        sound = bytearray()
        while block := child.stdout.read(_BLOCK_BYTES):
            sound += block
        status = child.wait()
        log.seek(0)
        said = log.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    if status or not first:
        raise UndecodableError(_reason(said, status))
    head = json.loads(first)
    samples = np.frombuffer(sound, np.float32).reshape(-1, head["channels"])
    held_s, announced_s = samples.shape[0] / head["rate"], head["announced_s"]
    share = None
    if announced_s:
        share = 1.0 if abs(held_s - announced_s) <= _SLACK_S else held_s / announced_s
    return Foreign(
        samples, head["rate"], head["container"], head["codec"], share, int(json.loads(said)["skipped"])
    )


def _root() -> Path:
    return Path(__file__).parents[2]


def _reason(said: str, status: int) -> str:
    try:
        return str(json.loads(said)["error"])
    except (ValueError, KeyError, TypeError):
        return f"the decoder ended with status {status}: {said[:300]}"
