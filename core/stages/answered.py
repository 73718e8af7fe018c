"""What an engine answered holds the sounds that it was asked for; an answer without them is an error."""

from __future__ import annotations

from collections.abc import Iterable

from core.engines.base import EngineCard, Reply
from core.errors import EngineOutputError


def holding(reply: Reply, wanted: Iterable[str], card: EngineCard, what: str) -> Reply:
    """Return ``reply``; raises EngineOutputError when one of the ``wanted`` sounds is not in it.

    ``what`` names in the plural what such sounds are: "clips", "stems".
    """
    missing = [name for name in wanted if name not in reply.sounds]
    if not missing:
        return reply
    raise EngineOutputError(
        f"{card.title} returned "
        + (f"no {', '.join(missing)}." if reply.sounds else f"no {what}: its answer holds no sound at all."),
        causes=("the engine stopped early and said nothing", "its output has another form than expected"),
        remedy="Make this stage again and read its log, or choose another engine.",
    )
