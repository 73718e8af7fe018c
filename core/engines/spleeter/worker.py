"""The child's side of Spleeter: a song in, four stems of its length and rate out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import EngineInputError
from core.progress import Report, part

if TYPE_CHECKING:
    from core.engines.spleeter.network import UNet

Samples = npt.NDArray[np.float32]
Sounds = dict[str, tuple[Samples, int]]


class Worker:
    """Spleeter; loads its weights at the first song."""

    device = "cpu"
    precision = "float32"

    def __init__(self) -> None:
        self._networks: dict[str, UNet] = {}

    def separate(
        self, values: Mapping[str, Any], sounds: Mapping[str, tuple[Samples, int]], report: Report
    ) -> tuple[dict[str, Any], Sounds]:
        """Separate sounds["song"] (frames, 1 or 2), any rate, into vocals, drums, bass and other.

        Raises EngineInputError for a sound that is not finite or not mono or stereo, EngineMissingError
        without weights.
        """
        song, rate = sounds["song"]
        _refuse_unusable(song)
        report(0.0, "Loading Spleeter")
        import torch

        from core.engines.spleeter import network, separation

        torch.set_num_threads(os.cpu_count() or 1)
        if not self._networks:
            self._networks = network.load_networks(network.weights_folder())
        stereo = np.repeat(song, 2, axis=1) if song.shape[1] == 1 else np.asarray(song)
        inside = _resampled(stereo, rate, separation.RATE)
        stems = separation.separate(inside, self._networks, part(report, 0.02, 0.98))
        out: Sounds = {}
        for name, stem in stems.items():
            there = _fitted(_resampled(stem, separation.RATE, rate), song.shape[0])
            out[name] = (there.mean(axis=1, keepdims=True) if song.shape[1] == 1 else there, rate)
        return {"native_rate": separation.RATE}, out


def _refuse_unusable(song: Samples) -> None:
    if song.ndim != 2 or song.shape[1] not in (1, 2):
        raise EngineInputError(
            f"Spleeter separates mono and stereo, not {song.shape[-1]} channels.",
            remedy="Fold the song to stereo first.",
        )
    broken = int(np.count_nonzero(~np.isfinite(song)))
    if broken:
        raise EngineInputError(
            f"The song holds {broken:,} samples that are NaN or infinite; a separator spreads them over all.",
            causes=("the file was written by a program that failed",),
            remedy="Set generate's broken_samples to silence, or export the song again.",
        )


def _resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    if rate == wanted:
        return samples
    import soxr

    out: Samples = soxr.resample(samples, rate, wanted, quality="VHQ")
    return out


def _fitted(samples: Samples, frames: int) -> Samples:
    """Cut or pad the few frames by which resampling there and back may differ."""
    if samples.shape[0] >= frames:
        return samples[:frames]
    return np.pad(samples, ((0, frames - samples.shape[0]), (0, 0)))
