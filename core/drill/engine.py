"""The drill's own engine, which is in no stage's list: it fails on request, in a real child process."""

from __future__ import annotations

from core.engines.base import Availability, EngineCard, Engines, Registered
from core.engines.opened import open_engines
from core.engines.registry import ENGINES
from core.faults.engine import ENGINE

CARD = EngineCard(
    name=ENGINE,
    title="The drill's engine",
    stage="drill",
    worker="core.drill.worker",
    version="1",
    summary="Fails in every way that engines do.",
    licence="Apache-2.0",
    how_to_add="It comes with the studio.",
)


def hosts() -> Engines:
    """Return every engine, and the one that fails; to be closed."""
    failing = Registered(CARD, lambda: Availability(ready=True, reason="it needs nothing"))
    return open_engines((*ENGINES, failing))
