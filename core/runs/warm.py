"""What the first song would wait for, loaded early.

Its engine, the dictionary and the page's chart while its prompt is typed, and the numeric loops' machine code
where an install has not made it; once its first section is audible the loops are loaded, which keeps the
interpreter busy.
What was loaded is then kept out of the garbage collector's rounds (:func:`settle`).
"""

from __future__ import annotations

import gc
import logging
import threading
from pathlib import Path

from core.engines.base import Engines
from core.errors import GainstageError
from core.meter import machine_code
from core.song import SongRequest
from core.stages.generate import GenerateSettings, GenerateStage

logger = logging.getLogger("gainstage.warm")
_begun = threading.Event()
PAINTED_S = 1.5
"""The first page is painted by then, and its prompt is not written yet."""
AFTER_OPENING_S = 1.0
"""A first listen that is there is on its page by then, if nothing keeps the interpreter busy."""
OPENING_SHARE = 0.05
"""An engine that lets a song be played early has done so before this share of its work is done."""


def warm_up_beside(stage: str, fraction: float, first_listen: Path) -> None:
    """Start loading the loops of meter, checks and limiter once a song's job has a mind for it.

    Call it with each report: the stage at work, its fraction, and where its first section is to be played.
    """
    if _begun.is_set() or stage == "lyrics":
        return
    opened = first_listen.exists()
    if stage == "generate" and fraction < OPENING_SHARE and not opened:
        return
    _begun.set()
    thread = threading.Timer(AFTER_OPENING_S if opened else 0.0, _warm_up)
    thread.daemon, thread.name = True, "warm-up"
    thread.start()


def warm_up_while_typing() -> None:
    """Read what the first song's words and its page want, once the first page has been painted."""
    timer = threading.Timer(PAINTED_S, _read_ahead)
    timer.daemon = True
    timer.start()


def prepare_generator(engines: Engines, settings: GenerateSettings) -> None:
    """Let the engine that a song of these settings would take from a prompt get ready, in the background.

    And let the numeric loops be compiled where an install has not done so, by processes of their own.
    """
    machine_code.begin()
    threading.Thread(target=_prepare, args=(engines, settings), daemon=True, name="prepare").start()


def _prepare(engines: Engines, settings: GenerateSettings) -> None:
    try:
        engines.prepare(GenerateStage().choose_for(SongRequest(), settings, engines).engine)
    except GainstageError as error:
        logger.info("state=not-prepared kind=%s reason=%s", error.kind, error.message)


def settle() -> None:
    """Take everything that is loaded by now out of the garbage collector's rounds.

    Streamlit collects in full after every run of a page or fragment, and nothing else runs meanwhile: with
    all that a studio has loaded 0.2 s each time, which at a live page's pace leaves a song next to nothing.
    """
    gc.collect()
    gc.freeze()


def _read_ahead() -> None:
    machine_code.begin()
    import plotly.graph_objects  # noqa: F401

    from core.writing.pronunciation import phones_of

    phones_of("la")
    settle()


def _warm_up() -> None:
    from core import meter
    from core.checks import waveform
    from core.dsp import limiter

    meter.warm_up()
    waveform.warm_up()
    limiter.warm_up()
    settle()
