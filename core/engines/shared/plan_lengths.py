"""How long a song is, read off a plan as it crosses to a child. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OfPlan:
    """A song's plan (JSON of Plan), how it is to be cut, and the lengths that follow."""

    plan: Mapping[str, Any]
    clips: int
    overlap_s: float

    @property
    def bar_s(self) -> float:
        """Length of one bar in seconds."""
        return float(self.plan["beats_per_bar"]) * 60.0 / float(self.plan["tempo_bpm"])

    @property
    def form_s(self) -> float:
        """Length of the plan's form in seconds."""
        return sum(int(section["bars"]) for section in self.plan["sections"]) * self.bar_s

    @property
    def ending_s(self) -> float:
        """How long the music goes on after the form, fading out: as long as the band's last chord rings."""
        return min(3.0, max(0.8, 0.05 * self.form_s))

    @property
    def duration_s(self) -> float:
        """Length of the song."""
        return self.form_s + self.ending_s
