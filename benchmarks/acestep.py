"""What the studio adds to ACE-Step's own time: adapter, looks at the latents, levels, and the host.

The model is a tiny one of the same architecture, called by the host and then bare, with the same arguments,
in the same process: the difference does not depend on the size of the model. It is held against the times
that the model's authors state for the real weights, which stand in for a clock.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.figure import Figure, show
from core.engines.acestep15.card import CARD
from core.engines.base import Availability
from core.engines.host import EngineHosts
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.progress import silent
from tests.engines.acestep15.songs import asked, section, song
from tests.engines.acestep15.tiny import write_tiny

SONG_S = 60.0
STATED_S = {"an RTX 3090 (10 s, as stated)": 10.0, "an A100 (2 s, as stated)": 2.0}
ROUNDS = 8


def run() -> list[Figure]:
    """Measure and return the figures; about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        write_tiny(Path(folder))
        card = replace(CARD, worker="benchmarks.acestep_worker", weights=())
        hosts = open_engines((Registered(card, lambda: Availability(True, "it is here")),))
        try:
            added_s = _added(hosts, folder)
        finally:
            hosts.close()
    name = f"added to a song of {SONG_S:.0f} s"
    shares = [
        Figure(f"{name}, of {where}", 100 * added_s / whole_s, "%", "<= 2")
        for where, whole_s in STATED_S.items()
    ]
    return [Figure(name, added_s, "s"), *shares]


def _added(hosts: EngineHosts, folder: str) -> float:
    """Return what the quickest call through the host takes longer than the quickest of the bare pipeline."""
    values = asked(folder, song(section(bars=round(SONG_S / 2))))
    whole, bare = [], []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        reply = hosts.call(CARD.name, "compose", values=values, sounds={}, report=silent)
        sum(float(audio.samples.sum()) for audio in reply.sounds.values())
        whole.append(time.perf_counter() - began)
        alone = hosts.call(CARD.name, "bare", values={}, sounds={}, report=silent)
        bare.append(float(str(alone.values["seconds"])))
    return min(whole[1:]) - min(bare[1:])


if __name__ == "__main__":
    show(run())
