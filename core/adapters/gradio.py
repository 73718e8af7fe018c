"""Gradio: a function whose audio is judged, and the verdict as HTML beside its ``gr.Audio``.

    make = gainstage.adapters.gradio.with_verdict(generate, name="my space")
    gr.Interface(make, gr.Textbox(), [gr.Audio(), gr.HTML()])

What Gradio passes as audio is a pair of rate and array, or a file's path. The function's own value goes on
unchanged.
"""

from __future__ import annotations

import functools
import inspect as signatures
from collections.abc import Callable
from html import escape
from typing import Any

from core.api import inspect
from core.errors import GainstageError
from core.probe.probe import Probe


def verdict_html(audio: Any) -> str:
    """Return verdict, meters, waveform and findings of what ``gr.Audio`` takes; an error as a sentence."""
    try:
        return inspect(audio)._repr_html_()
    except GainstageError as error:
        return f"<div><b>no sound</b> {escape(error.message)} {escape(error.remedy)}</div>"


def with_verdict(function: Callable[..., Any], *, name: str = "gradio") -> Callable[..., Any]:
    """Return a function that returns ``function``'s audio and its verdict as HTML, for two outputs.

    Each call is a run of its own in the studio, called ``name``. Plain and async functions.
    """

    async def awaited(*args: Any, **kwargs: Any) -> tuple[Any, str]:
        async with Probe(name) as probe:
            audio = await probe.watched(function.__name__)(function)(*args, **kwargs)
        return audio, verdict_html(audio)

    def called(*args: Any, **kwargs: Any) -> tuple[Any, str]:
        with Probe(name) as probe:
            audio = probe.watched(function.__name__)(function)(*args, **kwargs)
        return audio, verdict_html(audio)

    chosen = awaited if signatures.iscoroutinefunction(function) else called
    return functools.wraps(function)(chosen)
