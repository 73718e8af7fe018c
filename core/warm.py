"""The compiled loops, loaded beside the first song's engine (after an install: compiled, about 9 s)."""

from __future__ import annotations

import threading

_begun = threading.Event()


def warm_up_beside() -> None:
    """Start loading the loops of meter, checks and limiter in a thread, the first time this is called."""
    if _begun.is_set():
        return
    _begun.set()
    threading.Thread(target=_warm_up, daemon=True, name="warm-up").start()


def _warm_up() -> None:
    from core import meter
    from core.checks import waveform
    from core.dsp import limiter

    meter.warm_up()
    waveform.warm_up()
    limiter.warm_up()
