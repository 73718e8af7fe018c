"""The top of the wave: over full scale, cut off flat, or not scaled as sound at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.checks.context import blemish, came_in, fine, span
from core.checks.waveform import Waveform, waveform
from core.contract import Case, Finding, Severity, Sound, Span

TRUE_PEAK_DBTP = 0.0
"""Real songs decode to +1 dBTP and more: a warning, never a fail, between stages."""
NOT_SOUND_DBFS = 40.0
"""No chain of ours makes a peak of 100 times full scale; integers taken for floats reach +90 dBFS."""

STEPPED_SHARE = 0.5
"""A wave that is flat for half of its time is made of steps: a square-wave voice, not a clipped one."""
CLIPPED_WARN_PER_S = 0.5
CLIPPED_WARN_RUNS = 5
CLIPPED_FAIL_PER_S = 2.0
CLIPPED_FAIL_RUNS = 10
MOST_SPANS = 8


@dataclass(frozen=True)
class Scale:
    """Full scale is 1.0: integers taken for floats are not sound any more."""

    name: ClassVar[str] = "scale"
    gate: ClassVar[bool] = True

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for an absurd sample peak; None for silence."""
        peak_dbfs = sound.measurement.sample_peak_dbfs
        if peak_dbfs is None:
            return None
        if peak_dbfs < NOT_SOUND_DBFS:
            return fine(self.name, sound, f"Sample peak {peak_dbfs:+.1f} dBFS (limit {NOT_SOUND_DBFS:g}).")
        return Finding(
            check=self.name,
            severity=Severity.FAIL,
            artifact=sound.name,
            evidence=f"The samples reach {10 ** (peak_dbfs / 20):.0f} times full scale, "
            f"{peak_dbfs:+.0f} dBFS (limit {NOT_SOUND_DBFS:g}).",
            causes=("16-bit integers were taken for floats without dividing by 32768", "a filter blew up"),
            remedy="Export the sound again as integers or as floats of full scale 1.0.",
        )


@dataclass(frozen=True)
class TruePeak:
    """Between the samples the wave stays under full scale."""

    name: ClassVar[str] = "true_peak"
    gate: ClassVar[bool] = False

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the true peak with 0 dBTP; None for silence."""
        peak_dbtp = sound.measurement.true_peak_dbtp
        if peak_dbtp is None:
            return None
        evidence = f"True peak {peak_dbtp:+.1f} dBTP (warns over {TRUE_PEAK_DBTP:g})."
        if peak_dbtp <= TRUE_PEAK_DBTP:
            return fine(self.name, sound, evidence)
        return Finding(
            check=self.name,
            severity=Severity.WARN,
            artifact=sound.name,
            evidence=evidence,
            causes=("mastered up to full scale and then encoded with loss",)
            if case.brought
            else ("more level than full scale holds; float samples keep it, a file of integers would not",),
            remedy="Turn it down by that much before it leaves as integers; the master stage does so.",
        )


@dataclass(frozen=True)
class FlatTops:
    """The wave's tops are round: clipping cuts them flat, at full scale or, turned down later, lower."""

    name: ClassVar[str] = "flat_tops"
    gate: ClassVar[bool] = False

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Count flat tops that were reached by a slope; a wave made of steps has none to speak of."""
        if sound.measurement.sample_peak_dbfs is None:
            return None
        shape = waveform(sound.audio)
        if float(shape.flat_share.max()) >= STEPPED_SHARE:
            share = float(shape.flat_share.max())
            return fine(self.name, sound, f"A wave made of steps: {share:.0%} of it is level by nature.")
        runs = int(shape.tops.sum())
        per_s = runs / sound.audio.duration_s
        before = came_in(sound, case)
        inherited = (
            before is not None and runs <= 1.1 * int(waveform(before.audio).tops.sum()) + CLIPPED_WARN_RUNS
        )
        evidence = (
            f"{runs} flat tops, {per_s:.1f} a second (warns at {CLIPPED_WARN_PER_S:g}, "
            f"fails at {CLIPPED_FAIL_PER_S:g} a second)."
        )
        if runs < CLIPPED_WARN_RUNS or per_s < CLIPPED_WARN_PER_S:
            return fine(self.name, sound, evidence)
        many = runs >= CLIPPED_FAIL_RUNS and per_s >= CLIPPED_FAIL_PER_S
        return Finding(
            check=self.name,
            severity=blemish(case) if many and not inherited else Severity.WARN,
            artifact=sound.name,
            evidence=evidence,
            causes=_causes(sound, inherited=inherited),
            remedy="Export it again with less level; a clipped top cannot be had back by turning it down."
            if case.brought
            else "Lower the gain before this stage, or let a limiter do the work.",
            spans=_places(shape),
        )


def _causes(sound: Sound, *, inherited: bool) -> tuple[str, ...]:
    if inherited:
        return ("what came in was clipped already",)
    peak_dbfs = sound.measurement.sample_peak_dbfs
    if peak_dbfs is not None and peak_dbfs < -0.5:
        return ("clipped at full scale and turned down afterwards", "a clipper set to this level")
    return (
        "too much gain into a stage that clips at full scale",
        "a float sound over 0 dBFS saved as integers",
    )


def _places(shape: Waveform) -> tuple[Span, ...]:
    """Return the tenths of a second with the most flat tops, in time."""
    per_block = shape.tops.sum(axis=0)
    group = 100
    tenths = np.add.reduceat(per_block, np.arange(0, len(per_block), group))
    worst = np.sort(np.argsort(-tenths, kind="stable")[:MOST_SPANS])
    end_s = shape.time_s(len(per_block))
    return tuple(
        span(shape.time_s(t * group), min(end_s, shape.time_s((t + 1) * group))) for t in worst if tenths[t]
    )
