"""A song on its way through an engine: looked at first, resampled in pieces, and written to disk."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from core.engines.child import DiskSound, let_go
from core.errors import EngineInputError

Samples = npt.NDArray[np.float32]

PIECE_S = 10.0
LOOKED_AT_FRAMES = 1 << 20


class Resampling:
    """A sound at one rate in, at another out, piece by piece; nothing is lost or delayed."""

    def __init__(self, rate: int, wanted: int, channels: int) -> None:
        self._stream: Any = None
        self._channels = channels
        if rate != wanted:
            import soxr

            self._stream = soxr.ResampleStream(rate, wanted, channels, dtype="float32", quality="VHQ")

    def next(self, samples: Samples, last: bool = False) -> Samples:
        """Return what is ready after these samples (n, channels); all of it when they are the last."""
        if self._stream is None:
            return samples
        made = self._stream.resample_chunk(np.ascontiguousarray(samples), last=last)
        return np.asarray(made, np.float32).reshape(-1, self._channels)


class StemFile:
    """A stereo stem on its way back to the song's rate, channels and exact length, and onto the disk."""

    def __init__(self, song: Samples, inside: int, rate: int) -> None:
        self._back = Resampling(inside, rate, 2)
        self._mono = song.shape[1] == 1
        self._file = DiskSound(*song.shape)

    def write(self, samples: Samples, last: bool = False) -> None:
        """Add samples (n, 2) at the engine's rate."""
        there = self._back.next(samples, last)
        self._file.write(there.mean(axis=1, keepdims=True) if self._mono else there)

    def finished(self) -> DiskSound:
        """Return the file, which has the song's length."""
        self.write(np.zeros((0, 2), np.float32), last=True)
        return _filled(self._file)


def at_rate(song: Samples, rate: int, wanted: int) -> Samples:
    """Return the song (frames, channels) at another rate, mapped from disk; itself when it has it."""
    if rate == wanted:
        return song
    there = Resampling(rate, wanted, song.shape[1])
    file = DiskSound(math.ceil(song.shape[0] * wanted / rate), song.shape[1])
    for piece in pieces(song, rate):
        file.write(there.next(piece))
    file.write(there.next(song[:0], last=True))
    made: Samples = np.asarray(_filled(file))
    return made


def pieces(song: Samples, rate: int) -> Iterator[Samples]:
    """Yield the song in pieces of 10 s, and let go of each when the next is asked for."""
    size = round(PIECE_S * rate)
    for start in range(0, song.shape[0], size):
        yield np.asarray(song[start : start + size])
        let_go(song)


def stereo(piece: Samples) -> Samples:
    """Return mono on both channels."""
    return np.repeat(piece, 2, axis=1) if piece.shape[1] == 1 else piece


def examined(song: Samples, who: str) -> float:
    """Return the song's RMS, full scale 1.0; raises EngineInputError for what ``who`` cannot separate."""
    if song.ndim != 2 or song.shape[1] not in (1, 2):
        raise EngineInputError(
            f"{who} separates mono and stereo, not {song.shape[-1]} channels.",
            causes=("the song is a surround or multichannel recording",),
            remedy="Fold the song to stereo first.",
        )
    energy, broken = 0.0, 0
    for start in range(0, song.shape[0], LOOKED_AT_FRAMES):
        piece = np.asarray(song[start : start + LOOKED_AT_FRAMES]).ravel().astype(np.float64)
        energy += float(np.dot(piece, piece))
        broken += int(np.count_nonzero(~np.isfinite(piece)))
        let_go(song)
    if broken:
        raise EngineInputError(
            f"The song holds {broken:,} samples that are NaN or infinite; a separator spreads them over all.",
            causes=("the file was written by a program that failed", "the stage before broke the sound"),
            remedy="Set generate's broken_samples to silence, or export the song again.",
        )
    return math.sqrt(energy / song.size) if song.size else 0.0


def clock(seconds: float) -> str:
    """Return minutes and seconds, as in 3:07."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _filled(file: DiskSound) -> DiskSound:
    """Return the file with what resampling left short of its length, a frame or so, as silence."""
    file.write(np.zeros((file.frames - file.written, file.channels), np.float32))
    file.close()
    return file
