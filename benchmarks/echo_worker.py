"""A worker that gives back what it is given: what is left is the host's own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Report = Callable[[float, str], None]
Answer = tuple[dict[str, Any], dict[str, Any]]


class Worker:
    """Echoes; or works for a while, reporting or not."""

    device = "cpu"
    precision = "float32"

    def echo(self, values: dict[str, Any], sounds: dict[str, Any], report: Report) -> Answer:
        """Return everything."""
        return values, sounds

    def busy(self, values: dict[str, Any], sounds: dict[str, Any], report: Report) -> Answer:
        """Work for ``seconds``; with ``steps``, report between them, else say nothing."""
        steps = values.get("steps", 1)
        for step in range(steps):
            report(step / steps, "busy")
            time.sleep(values["seconds"] / steps)
        return {}, {}
