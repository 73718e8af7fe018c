"""A performance longer than the model's window: which part each window makes, and how they are laid together.

A window hears the last seconds of the one before (its context) and goes on from there. Both decode the
context; the seam is a short fade in the middle of it, where either has sound on both sides to decode from.
numpy only, Python 3.9 syntax.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SEAM_S = 0.02
OFFSET = 0.001
"""Of full scale; a smaller offset is left alone."""
SOUND = 1e-4
"""RMS around the offset, under which there is no sound."""


@dataclass(frozen=True)
class Window:
    """One pass of the model, in code frames of the performance."""

    start: int
    """Where its context begins."""
    context: int
    """Frames that it is given."""
    new: int
    """Frames that it makes."""

    @property
    def stop(self) -> int:
        """The frame after its last."""
        return self.start + self.context + self.new


@dataclass(frozen=True)
class Seam:
    """Where two windows meet, and how well their decodings of the same codes agree there."""

    at_s: float
    difference_db: float
    """RMS of their difference against their level; 0 where there is no sound to compare."""


def windows(frames: int, longest: int, context: int) -> list[Window]:
    """Cut ``frames`` into windows of at most ``longest``, each with ``context`` of what came before."""
    if not 0 < context < longest:
        raise ValueError(f"the context of {context} frames does not fit a window of {longest}")
    out = [Window(0, 0, min(frames, longest))]
    while out[-1].stop < frames:
        done = out[-1].stop
        overlap = min(context, done)
        out.append(Window(done - overlap, overlap, min(longest - overlap, frames - done)))
    return out


def laid_together(
    pieces: Sequence[Any], parts: Sequence[Window], hop: int, rate: int
) -> tuple[Any, list[Seam]]:
    """Join the windows' sounds (frames * hop, channels) to one performance, and measure each seam."""
    song = np.empty((parts[-1].stop * hop, pieces[0].shape[1]), np.float32)
    song[: pieces[0].shape[0]] = pieces[0]
    seams = []
    for number in range(1, len(pieces)):
        piece, part = pieces[number], parts[number]
        begin = part.start * hop
        length = max(1, min(round(SEAM_S * rate), part.context * hop // 2))
        first = (part.context * hop - length) // 2
        before, after = song[begin + first : begin + first + length], piece[first : first + length]
        ramp = np.linspace(0.0, 1.0, length, dtype=np.float32)[:, None]
        seams.append(Seam(round((begin + first + length / 2) / rate, 4), _difference_db(before, after)))
        before += (after - before) * ramp
        song[begin + first + length : begin + piece.shape[0]] = piece[first + length :]
    return song, seams


def faded_out(song: Any, frames: int) -> Any:
    """Let the last ``frames`` sink to nothing (raised cosine)."""
    frames = min(frames, song.shape[0])
    ramp = 0.5 + 0.5 * np.cos(np.linspace(0.0, np.pi, frames, dtype=np.float32))
    song[song.shape[0] - frames :] *= ramp[:, None]
    return song


def without_offset(song: Any) -> tuple[Any, float]:
    """Return the sound without each channel's constant offset, and the largest one that was taken out.

    The codec passes a constant like any other sound; it is inaudible, and every later level suffers from it.
    A sound that is nothing but constant is left as it is, so that it is seen for what it is.
    """
    offsets = song.mean(axis=0, dtype=np.float64)
    largest = float(np.max(np.abs(offsets)))
    if not largest > OFFSET or not float(song.std(dtype=np.float64)) > SOUND:
        return song, 0.0
    return song - offsets.astype(np.float32), largest


def _difference_db(before: Any, after: Any) -> float:
    # Around the offset: next to a large one every two sounds would seem alike.
    one = before - before.mean(axis=0, dtype=np.float64)
    two = after - after.mean(axis=0, dtype=np.float64)
    level = float(np.sqrt(np.mean(np.square(one))))
    apart = float(np.sqrt(np.mean(np.square(two - one))))
    if not level > 0.0 or not np.isfinite(apart):
        return 0.0
    return round(20.0 * float(np.log10(max(apart / level, 1e-9))), 1)
