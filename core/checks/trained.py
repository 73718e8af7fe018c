"""The sound was made by a model that had learned something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.contract import Case, Finding, WholeCheck


@dataclass(frozen=True)
class Trained(WholeCheck):
    """The engine's weights are trained ones; random weights declare themselves, and are reported."""

    name: ClassVar[str] = "trained"
    unasked: ClassVar[str] = "when the engine says nothing of its weights"

    def examine_all(self, case: Case) -> Finding | None:
        """Look at what the engine says of its weights."""
        if not case.promise.engine_untrained:
            return None
        return self.warn(
            "The engine's weights declare themselves untrained: what they make is noise, not music.",
            causes=("a checkpoint of random weights was named, as for a test",),
            remedy="Load trained weights.",
        )
