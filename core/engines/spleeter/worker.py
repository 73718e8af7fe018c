"""The child's side of Spleeter: a song in, four stems of its length and rate out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.engines.child import DiskSound
from core.engines.shared.streaming import Resampling, StemFile, clock, examined, pieces, stereo
from core.machine.resources import cores
from core.progress import Report

if TYPE_CHECKING:
    from core.engines.spleeter.network import UNet

Samples = npt.NDArray[np.float32]

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
        level = examined(song, "Spleeter")
        report(0.0, "Loading Spleeter")
        import torch

        from core.engines.spleeter import masks, network, separation

        torch.set_num_threads(cores())
        if not self._networks:
            self._networks = network.load_networks(network.weights_folder())
        inside = math.ceil(song.shape[0] * masks.RATE / rate)
        gain = TARGET_RMS / level if level > 0 else 1.0
        going = separation.Separation(self._networks, gain, separation.block_frames(inside))
        there = Resampling(rate, masks.RATE, 2)
        stems = {name: StemFile(song, masks.RATE, rate) for name in masks.STEMS}
        done = 0
        for piece in pieces(song, rate):
            for parts in going.feed(there.next(stereo(piece))):
                for name, part in parts.items():
                    stems[name].write(part)
            done += piece.shape[0]
            report(0.98 * done / song.shape[0], f"{clock(done / rate)} of {clock(song.shape[0] / rate)}")
        for parts in _last(going, there):
            for name, part in parts.items():
                stems[name].write(part)
        return {"native_rate": masks.RATE}, {name: (stem.finished(), rate) for name, stem in stems.items()}


def _last(going: Any, there: Resampling) -> Iterator[dict[str, Samples]]:
    yield from going.feed(there.next(np.zeros((0, 2), np.float32), last=True))
    yield from going.finish()
