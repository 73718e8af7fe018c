"""What the first song would wait for, loaded early.

The dictionary while its prompt is typed; beside its engine the compiled loops (after an install they are
compiled, which takes about 9 s).
"""

from __future__ import annotations

import logging
import threading

from core.engines.host import EngineHosts
from core.errors import GainstageError
from core.stages.generate import GenerateSettings, GenerateStage

logger = logging.getLogger("gainstage.warm")
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


def prepare_generator(engines: EngineHosts, settings: GenerateSettings) -> None:
    """Let the engine that a song of these settings would take get ready, in the background."""
    threading.Thread(target=_prepare, args=(engines, settings), daemon=True, name="prepare").start()


def _prepare(engines: EngineHosts, settings: GenerateSettings) -> None:
    try:
        engines.prepare(GenerateStage().choose(settings, {}, engines).engine)
    except GainstageError as error:
        logger.info("state=not-prepared kind=%s reason=%s", error.kind, error.message)


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
