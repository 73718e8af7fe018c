"""Samples as the features read them: what is not finite, or absurd, counts as silence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LARGEST = np.float32(1e6)
"""120 dB over full scale; the power of what is beyond it leaves the range of float32."""

Floats = npt.NDArray[np.float32]


def finite(samples: Floats) -> Floats:
    """Return the samples with zero for those that are not finite or beyond LARGEST."""
    usable = np.abs(samples) <= LARGEST
    return samples if usable.all() else np.where(usable, samples, np.float32(0.0))
