"""The child's side of Spleeter: a song in, four stems of its length and rate out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.engines.child import DiskSound, let_go
from core.errors import EngineInputError
from core.machine import cores
from core.progress import Report

if TYPE_CHECKING:
    from core.engines.spleeter.network import UNet

Samples = npt.NDArray[np.float32]

PIECE_S = 10.0
TARGET_RMS = 0.1
"""-20 dBFS."""


class Worker:
    """Spleeter; loads its weights at the first song."""

    device = "cpu"
    precision = "float32"

    def __init__(self) -> None:
        self._networks: dict[str, UNet] = {}

    def separate(
        self, values: Mapping[str, Any], sounds: Mapping[str, tuple[Samples, int]], report: Report
    ) -> tuple[dict[str, Any], dict[str, tuple[DiskSound, int]]]:
        """Separate sounds["song"] (frames, 1 or 2), any rate, into vocals, drums, bass and other.

        The stems have the song's length, rate and channels; memory does not grow with its length. Raises
        EngineInputError for a sound that is not finite or not mono or stereo, EngineMissingError without
        weights.
        """
        song, rate = sounds["song"]
        level = _checked_rms(song)
        report(0.0, "Loading Spleeter")
        import torch

        from core.engines.spleeter import masks, network, separation

        torch.set_num_threads(cores())
        if not self._networks:
            self._networks = network.load_networks(network.weights_folder())
        inside = math.ceil(song.shape[0] * masks.RATE / rate)
        gain = TARGET_RMS / level if level > 0 else 1.0
        going = separation.Separation(self._networks, gain, separation.block_frames(inside))
        there = _Resampling(rate, masks.RATE, 2)
        stems = {name: _Written(song, masks.RATE, rate) for name in masks.STEMS}
        done = 0
        for piece in _pieces(song, rate):
            for parts in going.feed(there.next(_stereo(piece))):
                for name, part in parts.items():
                    stems[name].write(part)
            done += piece.shape[0]
            report(0.98 * done / song.shape[0], f"{_clock(done / rate)} of {_clock(song.shape[0] / rate)}")
        for parts in _last(going, there):
            for name, part in parts.items():
                stems[name].write(part)
        return {"native_rate": masks.RATE}, {name: (stem.finished(), rate) for name, stem in stems.items()}


class _Resampling:
    """A sound at one rate in, at another out, piece by piece; nothing is lost or delayed."""

    def __init__(self, rate: int, wanted: int, channels: int) -> None:
        self._stream = None
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


class _Written:
    """A stem on its way back to the song's rate, channels and exact length, and onto the disk."""

    def __init__(self, song: Samples, inside: int, rate: int) -> None:
        self._back = _Resampling(inside, rate, 2)
        self._mono = song.shape[1] == 1
        self._file = DiskSound(*song.shape)

    def write(self, samples: Samples, last: bool = False) -> None:
        there = self._back.next(samples, last)
        self._file.write(there.mean(axis=1, keepdims=True) if self._mono else there)

    def finished(self) -> DiskSound:
        self.write(np.zeros((0, 2), np.float32), last=True)
        # Resampling there and back may end a frame early.
        short = self._file.frames - self._file.written
        self._file.write(np.zeros((short, self._file.channels), np.float32))
        self._file.close()
        return self._file


def _pieces(song: Samples, rate: int) -> Iterator[Samples]:
    size = round(PIECE_S * rate)
    for start in range(0, song.shape[0], size):
        yield np.asarray(song[start : start + size])
        let_go(song)


def _last(going: Any, there: _Resampling) -> Iterator[dict[str, Samples]]:
    yield from going.feed(there.next(np.zeros((0, 2), np.float32), last=True))
    yield from going.finish()


def _stereo(piece: Samples) -> Samples:
    return np.repeat(piece, 2, axis=1) if piece.shape[1] == 1 else piece


def _checked_rms(song: Samples) -> float:
    """Return the song's RMS, full scale 1.0; raises EngineInputError for what cannot be separated."""
    if song.ndim != 2 or song.shape[1] not in (1, 2):
        raise EngineInputError(
            f"Spleeter separates mono and stereo, not {song.shape[-1]} channels.",
            causes=("the song is a surround or multichannel recording",),
            remedy="Fold the song to stereo first.",
        )
    energy, broken = 0.0, 0
    for start in range(0, song.shape[0], 1 << 20):
        piece = np.asarray(song[start : start + (1 << 20)]).ravel().astype(np.float64)
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


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
