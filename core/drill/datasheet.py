"""A blind drill as a document: detection against severity, thresholds, and false alarms, in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from core.drill.blind import BINS, HALF, NEARLY_ALL, BlindResult, FalseAlarm, Row
from core.drill.carriers import LENGTH_S
from core.values import Json

NEVER = "not reached"


def datasheet(result: BlindResult, command: str) -> str:
    """Return the document; its first line is the command that makes it."""
    return "\n".join((*_head(result, command), *_detection(result.rows), *_alarms(result), ""))


def as_json(result: BlindResult) -> Json:
    """Return every figure of the document, thresholds in the kinds' own units."""
    return {
        "seed": result.seed,
        "trials": result.trials,
        "carriers": list(result.carriers),
        "kinds": [
            {
                "kind": row.kind.name,
                "unit": row.kind.unit,
                "mild": row.kind.mild,
                "bad": row.kind.bad,
                "tried": len(row.trials),
                "caught": sum(trial.caught for trial in row.trials),
                "named_first": sum(trial.rightly for trial in row.trials),
                "caught_by_quarter": [list(one) for one in row.bins],
                "severity_50": row.severity_at(HALF),
                "severity_95": row.severity_at(NEARLY_ALL),
                "missed": _missed(row),
            }
            for row in result.rows
        ],
        "false_alarms": [
            {
                "carrier": one.carrier,
                "judged_as": one.judged_as,
                "check": one.check,
                "severity": one.severity.value,
            }
            for one in result.alarms
        ],
    }


def _missed(row: Row) -> list[Json]:
    missed = sorted((one for one in row.trials if not one.caught), key=lambda one: one.badness)
    return [
        {"severity": row.kind.severity(one.badness), "carrier": one.carrier, "drew": one.first or None}
        for one in missed
    ]


def _head(result: BlindResult, command: str) -> Iterator[str]:
    yield f"Made by `{command}`"
    yield ""
    yield "# Datasheet: what the checks detect"
    yield ""
    yield (
        f"{result.trials} faults of random kind, severity and place were put, one at a time, into "
        f"{len(result.carriers)} carriers of {LENGTH_S:g} s, and judged as an engine's own delivery by the "
        "checks that need the sound alone. A fault is detected when a check that names its kind warns or "
        "fails, and did not do so for the carrier without the fault. *Named first* counts the trials in "
        "which that check is also the first finding."
    )
    yield ""


def _detection(rows: Sequence[Row]) -> Iterator[str]:
    yield "## Detection against severity"
    yield ""
    yield (
        "Severities are drawn from the whole range, from mild to bad. The columns 1 to "
        f"{BINS} are the quarters of that range: detected of tried. The thresholds are the severities from "
        "which on half and 95 % are detected, read off the monotone fit of that rate. A threshold is as "
        "exact as the distance between two trials of its kind; where none was missed, it is the mildest "
        "severity that was tried. *Not reached* means that some are missed even at the bad end."
    )
    yield ""
    quarters = " | ".join(str(number + 1) for number in range(BINS))
    yield f"| kind | severity | mild to bad | {quarters} | 50 % | 95 % | named first |"
    yield "|---|---|---|" + "---|" * (BINS + 3)
    for row in rows:
        cells = " | ".join(f"{hit} of {tried}" if tried else "" for hit, tried in row.bins)
        first = f"{sum(one.rightly for one in row.trials)} of {len(row.trials)}"
        yield (
            f"| {row.kind.name} | {row.kind.unit} | {_figure(row.kind.mild)} to {_figure(row.kind.bad)} | "
            f"{cells} | {_threshold(row, HALF)} | {_threshold(row, NEARLY_ALL)} | {first} |"
        )
    yield ""


def _threshold(row: Row, share: float) -> str:
    severity = row.severity_at(share)
    return NEVER if severity is None else _figure(severity)


def _figure(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _alarms(result: BlindResult) -> Iterator[str]:
    yield "## False alarms"
    yield ""
    count = len(result.carriers)
    for judged_as, words in (("made", "an engine's own"), ("uploaded", "somebody's upload")):
        alarms = [one for one in result.alarms if one.judged_as == judged_as]
        warned = len({one.carrier for one in alarms})
        yield f"Judged as {words}, {warned} of {count} carriers without any fault draw a warning or worse."
        yield ""
        yield from _drawn(alarms)
    yield "Carriers: " + "; ".join(sorted(result.carriers)) + "."


def _drawn(alarms: Sequence[FalseAlarm]) -> Iterator[str]:
    counts = Counter((one.check, one.severity.value) for one in alarms)
    if not counts:
        return
    yield "| check | severity | carriers | which |"
    yield "|---|---|---|---|"
    for (check, severity), count in sorted(counts.items()):
        which = sorted(one.carrier for one in alarms if (one.check, one.severity.value) == (check, severity))
        yield f"| {check} | {severity} | {count} | {'; '.join(which)} |"
    yield ""
