"""What the first song would wait for, loaded early.

The dictionary while its prompt is typed; beside its engine the compiled loops (after an install they are
compiled, which takes about 9 s).
"""

from __future__ import annotations

import threading

_begun = threading.Event()
PAINTED_S = 1.5
"""The first page is painted by then, and its prompt is not written yet."""


def warm_up_beside() -> None:
    """Start loading the loops of meter, checks and limiter in a thread, the first time this is called."""
    if _begun.is_set():
        return
    _begun.set()
    threading.Thread(target=_warm_up, daemon=True, name="warm-up").start()


def warm_up_while_typing() -> None:
    """Read what the first song's words and its page want, once the first page has been painted."""
    timer = threading.Timer(PAINTED_S, _read_ahead)
    timer.daemon = True
    timer.start()


def _read_ahead() -> None:
    import plotly.graph_objects  # noqa: F401

    from core.writing.pronunciation import phones_of

    phones_of("la")


def _warm_up() -> None:
    from core import meter
    from core.checks import waveform
    from core.dsp import limiter

    meter.warm_up()
    waveform.warm_up()
    limiter.warm_up()
