"""transformers: a pipeline that makes or takes audio, with each result recorded as a step.

    pipe = watched(pipeline("text-to-audio", model), probe, "generate")
    sound = pipe("warm lo-fi piano")

What a text-to-audio pipeline returns is a dictionary of ``audio`` and ``sampling_rate``, or a list of them.
"""

from __future__ import annotations

from typing import Any

from core.probe.outside import is_sound_dictionary
from core.probe.probe import Probe


class Watched:
    """A pipeline: calls are passed on and recorded, all else is the pipeline's own."""

    def __init__(self, pipeline: Any, probe: Probe, name: str) -> None:
        self._pipeline = pipeline
        self._probe = probe
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the pipeline, record what it returned or raised, and return or raise it."""
        try:
            result = self._pipeline(*args, **kwargs)
        except Exception as error:
            self._probe.failed(self._name, error)
            raise
        about: dict[str, Any] = {"prompt": args[0]} if args and isinstance(args[0], str) else {}
        for one in result if isinstance(result, list) else [result]:
            if is_sound_dictionary(one):
                self._probe.step(self._name, one, **about)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipeline, name)


def watched(pipeline: Any, probe: Probe, name: str = "generate") -> Watched:
    """Return ``pipeline`` with each of its sounds recorded as a step ``name`` of ``probe``."""
    return Watched(pipeline, probe, name)
