"""From float samples to integers of 16 or 24 bits, with dither."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.audio import Samples


class Quantiser:
    """Rounds blocks of samples to ``bits`` with triangular dither of two steps peak to peak.

    TPDF dither makes the rounding error independent of the sound (Lipshitz, Wannamaker and Vanderkooy,
    "Quantization and dither: a theoretical survey", JAES 40, 1992). The same seed gives the same file.
    """

    def __init__(self, bits: int, seed: int) -> None:
        self._bits = bits
        self._random = np.random.default_rng(seed)
        self.clipped_samples = 0
        """Samples over full scale so far: an integer file cannot hold them."""

    def __call__(self, block: Samples) -> npt.NDArray[np.int32]:
        """Return the block, (frames, channels), as integers in the upper bits of 32 (libsndfile's way)."""
        scale = 2.0 ** (self._bits - 1)
        self.clipped_samples += int(np.count_nonzero(np.abs(block) > 1.0))
        steps = block.astype(np.float64) * scale
        steps += self._random.random(block.shape)
        steps -= self._random.random(block.shape)
        np.rint(steps, out=steps)
        np.clip(steps, -scale, scale - 1, out=steps)
        return np.left_shift(steps.astype(np.int32), 32 - self._bits)
