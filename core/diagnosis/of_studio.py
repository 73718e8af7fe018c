"""What the system did to the studio's own process: no bug, though no code of ours foresaw it."""

from __future__ import annotations

import traceback

from core.diagnosis.entry import Scenario
from core.diagnosis.recognise import diagnose
from core.diagnosis.witnesses import witnesses
from core.errors import ErrorReport

OF_THE_MACHINE = (Scenario.REFUSED, Scenario.MEMORY)


def machine_failure(error: Exception, doing: str) -> ErrorReport | None:
    """Return the account of an exception that the system raised while the studio was ``doing`` something.

    None for any other exception: a fault of the studio itself.
    """
    found = diagnose(error) if isinstance(error, (OSError, MemoryError)) else None
    if found is None or found.scenario not in OF_THE_MACHINE:
        return None
    return ErrorReport(
        kind="storage" if isinstance(error, OSError) else "memory",
        message=f"{doing} stopped. {found.sentence}",
        causes=found.causes,
        remedy=found.remedy,
        detail="".join(traceback.format_exception(error)),
        diagnosis=found.name,
        evidence=(*found.evidence, *witnesses(found)),
    )
