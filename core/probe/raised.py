"""What a program raised in a step, as an error with causes and a remedy where its failure is known."""

from __future__ import annotations

import traceback

from core.diagnosis.recognise import diagnose
from core.errors import ErrorReport, GainstageError


def report_of(error: BaseException, step: str) -> ErrorReport:
    """Return an exception as a step's error: recognised, or as the program raised it."""
    if isinstance(error, GainstageError):
        return error.report()
    detail = "".join(traceback.format_exception(error))
    found = diagnose(error) if isinstance(error, Exception) else None
    if found is None:
        return ErrorReport(
            kind="raised",
            message=f"{step} raised {type(error).__name__}: {str(error)[:300]}",
            remedy="Look at the traceback below: the step made no sound.",
            detail=detail,
        )
    return ErrorReport(
        kind="raised",
        message=f"{step} stopped. {found.sentence}",
        causes=found.causes,
        remedy=found.remedy,
        detail=detail,
        diagnosis=found.name,
        evidence=found.evidence,
    )
