"""Meter readings as HTML: a grid of figures for one sound, a table for several.

A figure's difference to the stage before stands in brackets behind it. The markup holds no text of a
person's own that is not escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from core.measure import Measurement
from core.ui.words import INFINITE, NONE, change, clock, number

LEVEL_UNITS = ("LUFS", "dBTP")


@dataclass(frozen=True)
class Meter:
    """One reading: where it comes from and how it is shown."""

    label: str
    unit: str
    help: str
    read: Callable[[Measurement], float | None]
    digits: int = 1
    signed: bool = False
    """Whether a value over zero has its plus: over full scale is not the same as a ratio."""
    main: bool = False
    """Whether a table of several sounds shows it on a small screen too."""


METERS: tuple[Meter, ...] = (
    Meter(
        "Loudness",
        "LUFS",
        "Integrated loudness, BS.1770 with gates",
        lambda m: m.integrated_lufs,
        signed=True,
        main=True,
    ),
    Meter("Momentary", "LUFS", "Loudest 400 ms", lambda m: m.momentary_max_lufs, signed=True),
    Meter("Short-term", "LUFS", "Loudest 3 s", lambda m: m.short_term_max_lufs, signed=True),
    Meter(
        "True peak",
        "dBTP",
        "Peak between the samples, 4x oversampled",
        lambda m: m.true_peak_dbtp,
        signed=True,
        main=True,
    ),
    Meter("Crest factor", "dB", "Peak over RMS: how much dynamics is left", lambda m: m.crest_db, main=True),
    Meter(
        "LRA", "LU", "Loudness range (EBU Tech 3342); unsteady under a minute", lambda m: m.loudness_range_lu
    ),
    Meter("PLR", "dB", "True peak over integrated loudness", lambda m: m.plr_db),
    Meter("PSR", "dB", "Least peak over short-term loudness: the densest 3 s", lambda m: m.psr_min_db),
    Meter("Silent", "%", "Part of the time under -60 dBFS", lambda m: 100 * m.silent_fraction, digits=0),
    Meter(
        "Correlation", "", "Left against right: 1 is mono, under 0 cancels", lambda m: m.correlation, digits=2
    ),
)


@dataclass(frozen=True)
class Row:
    """One sound of a table."""

    name: str
    measurement: Measurement
    before: Measurement | None = None


def grid(measurement: Measurement, before: Measurement | None = None) -> str:
    """Return the readings of one sound as a grid that folds on a small screen."""
    cells = "".join(_cell(meter, measurement, before) for meter in METERS)
    return f'<div class="gs-meters">{cells}</div>{_form(measurement)}'


def table(rows: Sequence[Row]) -> str:
    """Return the readings of several sounds as a table; a narrow place keeps the main ones."""
    head = "".join(
        f'<th class="{_keep(meter)}">{tip(meter.label, meter.help)}<small>{escape(meter.unit)}</small></th>'
        for meter in METERS
    )
    body = "".join(_row(row) for row in rows)
    columns = f"<thead><tr><th>Part</th>{head}</tr></thead>"
    return f'<div class="gs-fit"><table class="gs-table">{columns}<tbody>{body}</tbody></table></div>'


def loudness(measurement: Measurement) -> str:
    """Return a sound's loudness as text, without its unit; that of silence is −∞."""
    silent = measurement.sample_peak_dbfs is None
    return INFINITE if silent else number(measurement.integrated_lufs)


def true_peak(measurement: Measurement) -> str:
    """Return a sound's true peak as text, without its unit; that of silence is −∞."""
    silent = measurement.sample_peak_dbfs is None
    return INFINITE if silent else number(measurement.true_peak_dbtp)


def tip(label: str, help: str) -> str:
    """Return a label as HTML whose help opens by pointer, touch and keyboard; a title needs a pointer."""
    return f'<span class="gs-tip" tabindex="0" data-tip="{escape(help)}">{escape(label)}</span>'


def skeleton() -> str:
    """Return the grid with nothing in it, as tall as a full one, for a stage that has not run yet."""
    cells = "".join(
        f'<div class="gs-meter"><span>{meter.label}</span><b>{NONE}</b></div>' for meter in METERS
    )
    return f'<div class="gs-meters gs-none" aria-hidden="true">{cells}</div><div class="gs-form">&nbsp;</div>'


def _cell(meter: Meter, now: Measurement, before: Measurement | None) -> str:
    value = meter.read(now)
    shift = change(value, meter.read(before), meter.digits) if before is not None else ""
    unit = f" <small>{escape(meter.unit)}</small>" if value is not None and meter.unit else ""
    return (
        f'<div class="gs-meter">{tip(meter.label, meter.help)}'
        f"<b>{_shown(meter, now)}{unit}</b><small>{shift}</small></div>"
    )


def _shown(meter: Meter, measurement: Measurement) -> str:
    """Return a figure as text; silence has the level −∞, and no dash as if nobody had looked."""
    value = meter.read(measurement)
    if value is None and meter.unit in LEVEL_UNITS and measurement.sample_peak_dbfs is None:
        return INFINITE
    text = number(value, meter.digits)
    return f"+{text}" if meter.signed and value is not None and float(f"{value:.1f}") > 0 else text


def _row(row: Row) -> str:
    cells = []
    for meter in METERS:
        value = meter.read(row.measurement)
        shift = change(value, meter.read(row.before), meter.digits) if row.before is not None else ""
        cells.append(
            f'<td class="{_keep(meter)}"><b>{_shown(meter, row.measurement)}</b> <small>{shift}</small></td>'
        )
    return f"<tr><th>{escape(row.name)}</th>{''.join(cells)}</tr>"


def _keep(meter: Meter) -> str:
    return "gs-main" if meter.main else "gs-more"


def _form(measurement: Measurement) -> str:
    """Return the sound's form, and the blemishes that are counted rather than metered."""
    channels = {1: "mono", 2: "stereo"}.get(measurement.channels, f"{measurement.channels} channels")
    parts = [clock(measurement.duration_s), f"{measurement.sample_rate:,} Hz".replace(",", " "), channels]
    if measurement.nonfinite_samples:
        parts.append(f"<strong>{measurement.nonfinite_samples:,} samples are not numbers</strong>")
    if measurement.clipped_runs:
        parts.append(f"<strong>{measurement.clipped_runs:,} clipped runs</strong>")
    return f'<div class="gs-form">{" · ".join(parts)}</div>'
