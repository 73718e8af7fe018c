"""The meter: loudness, true peak, level, silence and spectrum of one sound (ITU-R BS.1770-5, EBU R 128).

:func:`core.measure.analyse` is the way in. Nothing here imports numba until a sound is measured.
"""

from __future__ import annotations


def warm_up() -> None:
    """Load the compiled kernels; afterwards :func:`core.measure.analyse` starts at once.

    About half a second; a compilation where they are not on disk yet (:mod:`core.meter.machine_code`).
    """
    from core.meter import kernels, spectrum  # noqa: F401


__all__ = ["warm_up"]
