"""What an edit did to an uploaded song, measured: nothing outside of its part, something inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.compare.align import FLOOR_DB, fit
from core.errors import EngineOutputError

Samples = npt.NDArray[np.float32]

UNCHANGED_DB = -40.0
"""A part whose residual after the best gain is lower is, to the ear, what it was."""


@dataclass(frozen=True)
class Proof:
    """The null residual of an edit inside its part, dB; outside it is minus infinity: every sample stayed."""

    start_s: float
    stop_s: float
    inside_db: float
    """-200 where nothing at all changed."""

    @property
    def changed(self) -> bool:
        """Whether the part is another one, rather than the same at another level."""
        return self.inside_db > UNCHANGED_DB

    @property
    def note(self) -> str:
        """What a person should know of it."""
        part = f"{self.start_s:.1f} to {self.stop_s:.1f} s"
        if self.changed:
            return (
                f"Outside of {part} every sample is the uploaded one (null residual minus infinity); inside "
                f"{self.inside_db:.1f} dB is new."
            )
        return (
            f"The repaint changed next to nothing from {part} (null residual {self.inside_db:.0f} dB): try "
            "another prompt, another seed or the aggressive mode."
        )

    @property
    def figures(self) -> dict[str, Any]:
        """Return it for the record; JSON has no infinity, so outside is said by a word."""
        return {
            "start_s": self.start_s,
            "stop_s": self.stop_s,
            "outside": "-inf",
            "inside_db": round(self.inside_db, 2),
            "changed": self.changed,
        }


def proved(old: Samples, new: Samples, start: int, stop: int, rate: int) -> Proof:
    """Return the proof of an edit of frames start to stop; both sounds are as long, (frames, channels).

    Raises EngineOutputError where a sample outside of it is another.
    """
    outside = np.concatenate([new[:start] - old[:start], new[stop:] - old[stop:]])
    worst = float(np.max(np.abs(outside), initial=0.0))
    if worst > 0.0:
        raise EngineOutputError(
            f"The repaint changed the song outside of its part, by up to {worst:.2g}.",
            causes=("a fault of the studio: what was made was put back at the wrong place",),
            remedy="Report it with this run's bundle.",
        )
    before, after = old[start:stop], new[start:stop]
    inside_db = FLOOR_DB if np.array_equal(before, after) else fit(before, after)[1]
    return Proof(round(start / rate, 3), round(stop / rate, 3), inside_db)
