"""What the steps of the benchmark on a graphics card work with: the engines' host, and one song's call."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from core.engines.acestep15.card import CARD
from core.engines.host import EngineHosts
from core.progress import Report, silent
from core.song import Plan
from tests.engines.acestep15.songs import asked, section, song

BAR_S = 2.0


@dataclass(frozen=True)
class Bench:
    """What a run works with."""

    hosts: EngineHosts
    folder: Path
    deadline: float
    seconds: float
    device: str
    """Where checkpoints are made: making billions of random numbers takes a card."""
    notes: list[str] = field(default_factory=list)
    """What the last song's engine noted."""

    def has_time(self) -> bool:
        """Return whether another step may begin."""
        return time.monotonic() < self.deadline

    def plan(self) -> Plan:
        """Return a plan of the benchmark's length."""
        return song(section(bars=max(1, round(self.seconds / BAR_S))))

    def compose(self, checkpoint: Path, report: Report = silent, **options: object) -> float:
        """Make one song and return the seconds that it took."""
        began = time.perf_counter()
        values = asked(checkpoint, self.plan(), **options)
        reply = self.hosts.call(CARD.name, "compose", values=values, sounds={}, report=report)
        notes = reply.values.get("notes")
        self.notes[:] = [str(note) for note in notes] if isinstance(notes, list) else []
        return time.perf_counter() - began

    def ask(self, method: str, **values: object) -> dict[str, object]:
        """Ask the child for something else."""
        reply = self.hosts.call(CARD.name, method, values=dict(values), sounds={}, report=silent)
        return dict(reply.values)
