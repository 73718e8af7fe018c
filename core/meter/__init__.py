"""The meter: loudness, true peak, level, silence and spectrum of one sound (ITU-R BS.1770-5, EBU R 128).

:func:`core.measure.analyse` is the way in. Nothing here imports numba until a sound is measured.
"""

from __future__ import annotations


def warm_up() -> None:
    """Load the compiled kernels, or compile them when there is no cache of them yet.

    About 0.4 s from the cache and 3 s without it; afterwards :func:`core.measure.analyse` starts at once.
    """
    import numpy as np

    from core.audio import Audio
    from core.meter.analysis import analyse_audio

    analyse_audio(Audio(np.zeros((4_800, 2), dtype=np.float32), 48_000))


__all__ = ["warm_up"]
