"""A song goes through block by block, so that memory does not grow with its length.

Blocks overlap by some frames on either side, whose masks are thrown away: neither the networks nor the
medians see an edge where the song has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.engines.spleeter.masks import FFT, MASKED, REST, three_masks
from core.engines.spleeter.network import UNet

HOP = 1024
FRAMES = 512
"""Frames of one block, as the networks were trained: 11.9 s."""
FRAMES_QUANTUM = 64
"""A block's frames are a multiple of this: the networks halve them six times."""
CONTEXT = 16
"""Frames at either end of a block that are only looked at."""
LEAD = CONTEXT * HOP + FFT - HOP
"""Zeros before the song: the first block's context, and the frames that overlap the song's first sample."""
OVERLAPPING = 1.5
"""What squared Hann windows add up to at three quarters' overlap."""

Samples = npt.NDArray[np.float32]


def block_frames(samples: int) -> int:
    """Return the frames of a block for a song of so many samples: fewer than usual for a short one."""
    needed = math.ceil((samples + FFT) / HOP) + 1 + 2 * CONTEXT
    return min(FRAMES, math.ceil(needed / FRAMES_QUANTUM) * FRAMES_QUANTUM)


class Separation:
    """Takes a stereo song at 44.1 kHz in pieces and gives its four stems in pieces of the same total length.

    ``gain`` brings the song to the level the networks were trained at, about -20 dBFS RMS; the stems come at
    the song's own level. ``frames``: STFT frames of one block; see :func:`block_frames`.
    """

    def __init__(self, networks: Mapping[str, UNet], gain: float, frames: int = FRAMES) -> None:
        self._networks = networks
        self._gain = gain
        self._kept = frames - 2 * CONTEXT
        self._block = (frames - 1) * HOP + FFT
        self._advance = self._kept * HOP
        self._window = torch.hann_window(FFT)
        self._waiting = np.zeros((2, LEAD), np.float32)
        self._tail = {name: np.zeros((2, FFT - HOP), np.float32) for name in MASKED}
        self._skip = FFT - HOP
        self._taken = self._given = 0

    def feed(self, samples: Samples) -> Iterator[dict[str, Samples]]:
        """Take samples (n, 2) and yield the stems' next samples (m, 2) for every block that is full."""
        self._taken += samples.shape[0]
        self._waiting = np.concatenate([self._waiting, samples.T], axis=1)
        while self._waiting.shape[1] >= self._block:
            yield self._step()

    def finish(self) -> Iterator[dict[str, Samples]]:
        """Yield what is left; nothing may be fed after."""
        while self._given < self._taken:
            short = max(0, self._block - self._waiting.shape[1])
            self._waiting = np.pad(self._waiting, ((0, 0), (0, short)))
            yield self._step()

    def _step(self) -> dict[str, Samples]:
        """Separate the block that waits, and give what is complete of its stems."""
        block = np.ascontiguousarray(self._waiting[:, : self._block])
        self._waiting = self._waiting[:, self._advance :]
        first, last = self._skip, min(self._advance, self._skip + self._taken - self._given)
        self._skip = 0
        self._given += last - first
        return {name: sound[:, first:last].T for name, sound in self._stems(block).items()}

    @torch.inference_mode()
    def _stems(self, block: Samples) -> dict[str, Samples]:
        """Return the stems (2, samples) of a block, with what the block before it left added."""
        frames = torch.from_numpy(block).unfold(1, FFT, HOP) * self._window
        spectrum = torch.fft.rfft(frames)
        masks = three_masks(spectrum.abs().mul_(self._gain), self._networks)
        kept = slice(CONTEXT, CONTEXT + self._kept)
        inner = spectrum[:, kept]
        start = CONTEXT * HOP
        other = block[:, start : start + self._advance].copy()
        out = {}
        for name, mask in zip(MASKED, masks, strict=True):
            sound = self._overlapped(inner * mask[:, kept])
            sound[:, : FFT - HOP] += self._tail[name]
            self._tail[name] = sound[:, self._advance :].copy()
            out[name] = sound[:, : self._advance]
            other -= out[name]
        return out | {REST: other}

    def _overlapped(self, spectrum: Tensor) -> Samples:
        """Return the inverse transform of the kept frames (2, frames, bins), overlapped and added."""
        steps = FFT // HOP
        frames = torch.fft.irfft(spectrum, n=FFT).mul_(self._window / OVERLAPPING)
        hops = frames.reshape(2, self._kept, steps, HOP)
        out = torch.zeros(2, self._kept + steps - 1, HOP)
        for step in range(steps):
            out[:, step : step + self._kept] += hops[:, :, step]
        whole: Samples = out.reshape(2, -1).numpy()
        return whole
