"""How far a long job is: the one callback that stages and engines report through."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[float, str], None]
"""``report(fraction, message)``: fraction 0 to 1 of the caller's own work. It raises
:class:`core.errors.Cancelled` when the person asked to stop, so it is also the cancellation point."""


def silent(fraction: float, message: str) -> None:
    """Report to nobody."""


def part(report: Report, start: float, stop: float) -> Report:
    """Return a report that maps 0..1 onto ``start..stop`` of the caller's work."""

    def mapped(fraction: float, message: str) -> None:
        report(start + (stop - start) * min(1.0, max(0.0, fraction)), message)

    return mapped
