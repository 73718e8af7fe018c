"""How the engines are opened: for the studio, the commands, the drill and the tests alike."""

from __future__ import annotations

from core.engines.base import Registered
from core.engines.executors.base import Executor
from core.engines.executors.local import LocalExecutor
from core.engines.host import EngineHosts
from core.engines.memory_budget import MemoryBudget
from core.engines.registry import ENGINES

IDLE_LIMIT_S = 600.0


def open_engines(
    registered: tuple[Registered, ...] = ENGINES,
    *,
    executor: Executor | None = None,
    idle_limit_s: float = IDLE_LIMIT_S,
    budget: MemoryBudget | None = None,
) -> EngineHosts:
    """Return the engines, to be closed; they run as processes of this machine unless an executor is given."""
    place = executor or LocalExecutor()
    return EngineHosts(
        place,
        registered,
        idle_limit_s,
        budget or MemoryBudget(place.needed_mb, place.free_mb, place.short_of_memory),
    )
