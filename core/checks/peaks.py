"""The top of the wave: over full scale, cut off flat, or not scaled as sound at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.checks.coarse import shows_coarse
from core.checks.context import MOST_SPANS, came_in, span, subject
from core.checks.waveform import Waveform, waveform
from core.contract import Case, Check, FaultKind, Finding, Leaves, Origin, Rank, Severity, Sound, Span

TRUE_PEAK_DBTP = 0.0
UPLOADED_PEAK_DBTP = 3.0
"""Of 103 published tracks, nearly all lossy, 39 decode to over +0.5 dBTP, 10 to over +2, one to over +3.

What an upload has under this is a note."""
NOT_SOUND_DBFS = 40.0
"""No chain of ours makes a peak of 100 times full scale; integers taken for floats reach +90 dBFS."""
FEW_SHARE = 1e-3
"""Integers taken for floats are absurd throughout; a filter that blows up, or one bad word, for a moment."""

STEPPED_SHARE = 0.5
"""A wave that is flat for half of its time is made of steps: a square-wave voice, unless it is railed."""
CLIPPED_WARN_PER_S = 0.5
CLIPPED_WARN_RUNS = 5
CLIPPED_FAIL_PER_S = 2.0
CLIPPED_FAIL_RUNS = 10
BEYOND_PER_S, BEYOND_SHARE = 100.0, 0.02
"""So many flat tops, so much of the time, no published track has: an upload fails too.

A groove of peak 0.7 clipped at three times its level has 70 a second, 3 % of the time; at six, 360 and 30 %.
"""
RAILED_SHARE, RAILED_ALIKE, RAILED_RUNS, RAILED_S = 0.25, 0.75, 20, 0.5
"""Railed: in each of these seconds a channel stands at its extremes for so much of the time, and fewer than
so many of its half-waves are as long as one just before.

Music clipped at 12 to 32767 times its level: 72 to 99.8 % of the time, 25 to 40 % alike. A chip's square
wave: 70 to 100 % of the time, but 98 to 100 % alike, since an oscillator repeats. A sine: 16 %, all alike.
"""
COARSE_SHARE = 0.1
"""Coarse samples flatten every slow top; only who stands at the extremes for longer is clipped as well."""


@dataclass(frozen=True)
class Scale(Check):
    """Full scale is 1.0: integers taken for floats are not sound any more."""

    name: ClassVar[str] = "scale"
    unasked: ClassVar[str] = "for silence"
    gate: ClassVar[bool] = True
    passes_on: ClassVar[bool] = True
    leaves: ClassVar[Leaves] = Leaves.UNUSABLE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for an absurd sample peak."""
        peak_dbfs = sound.measurement.sample_peak_dbfs
        if peak_dbfs is None:
            return None
        if peak_dbfs < NOT_SOUND_DBFS:
            return self.ok(f"Sample peak {peak_dbfs:+.1f} dBFS (limit {NOT_SOUND_DBFS:g}).", sound)
        samples = np.abs(sound.audio.samples)
        count = int(np.count_nonzero(samples >= 10 ** (NOT_SOUND_DBFS / 20)))
        few = count <= max(1.0, FEW_SHARE * samples.size)
        causes = "16-bit integers were taken for floats without dividing by 32768", "a filter blew up"
        which = f"{count} of {samples.size} samples reach" if few else "The samples reach"
        return self.fail(
            f"{which.replace('reach', 'reaches') if count == 1 else which} "
            f"{10 ** (peak_dbfs / 20):.0f} times full scale, {peak_dbfs:+.0f} dBFS "
            f"(limit {NOT_SOUND_DBFS:g}).",
            sound,
            causes=causes[::-1] if few else causes,
            remedy="Find the effect that made it, and export the sound again without it."
            if few
            else "Export the sound again as integers or as floats of full scale 1.0.",
            spans=_frames(np.flatnonzero((samples >= 10 ** (NOT_SOUND_DBFS / 20)).any(axis=1)), sound)
            if few
            else (),
        )


@dataclass(frozen=True)
class TruePeak(Check):
    """Between the samples the wave stays under full scale."""

    name: ClassVar[str] = "true_peak"
    unasked: ClassVar[str] = "for silence"
    rank: ClassVar[Rank] = Rank.SYMPTOM
    fault_kind: ClassVar[FaultKind | None] = FaultKind.OVERLOAD

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the true peak with 0 dBTP."""
        peak_dbtp = sound.measurement.true_peak_dbtp
        if peak_dbtp is None:
            return None
        limit = UPLOADED_PEAK_DBTP if case.is_source else TRUE_PEAK_DBTP
        evidence = f"True peak {peak_dbtp:+.1f} dBTP (warns over {limit:g})."
        if peak_dbtp <= TRUE_PEAK_DBTP:
            return self.ok(evidence, sound)
        return self.rated(
            Severity.WARN if peak_dbtp > limit else Severity.NOTE,
            evidence,
            sound,
            causes=("mastered up to full scale and then encoded with loss",)
            if case.uploaded
            else ("more level than full scale holds; float samples hold it, a file of integers would not",),
            remedy="Turn it down by that much before it leaves as integers; the master stage does so.",
        )


@dataclass(frozen=True)
class FlatTops(Check):
    """The wave's tops are round: clipping cuts them flat, at full scale or, turned down later, lower."""

    name: ClassVar[str] = "flat_tops"
    unasked: ClassVar[str] = "for silence"
    fault_kind: ClassVar[FaultKind | None] = FaultKind.OVERLOAD

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Count flat tops that were reached by a slope (a wave made of steps has none)."""
        if sound.measurement.sample_peak_dbfs is None:
            return None
        shape, before = waveform(sound.audio), came_in(sound, case)
        seconds = railed_seconds(shape)
        if seconds:
            return self._railed(sound, case, seconds, inherited=_railed_before(before))
        if float(shape.flat_share.max()) >= STEPPED_SHARE:
            share = float(shape.flat_share.max())
            return self.ok(f"A wave made of steps: {share:.0%} of it is level by nature.", sound)
        at_extremes = float(shape.rails.sum(axis=1).max()) / sound.audio.frames
        if at_extremes < COARSE_SHARE and shows_coarse(sound.audio):
            return self.ok("Its tops are flat because its levels are few.", sound)
        runs = int(shape.tops.sum())
        per_s = runs / sound.audio.duration_s
        inherited = (
            before is not None and runs <= 1.1 * int(waveform(before.audio).tops.sum()) + CLIPPED_WARN_RUNS
        )
        fail_per_s = BEYOND_PER_S if case.is_source else CLIPPED_FAIL_PER_S
        evidence = (
            f"{runs:,} clipped peaks, {per_s:,.1f} a second (warns at {CLIPPED_WARN_PER_S:g}, "
            f"fails at {fail_per_s:g} a second)."
        )
        if runs < CLIPPED_WARN_RUNS or per_s < CLIPPED_WARN_PER_S:
            return self.ok(evidence, sound)
        many = runs >= CLIPPED_FAIL_RUNS and per_s >= fail_per_s
        beyond = not case.is_source or float(shape.top_share.max()) >= BEYOND_SHARE
        return self.rated(
            Severity.FAIL if many and beyond and not inherited else Severity.WARN,
            evidence,
            sound,
            causes=_causes(sound, inherited=inherited),
            remedy=LESS_LEVEL if case.uploaded else LET_LIMIT,
            spans=_places(shape),
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )

    def _railed(
        self, sound: Sound, case: Case, seconds: tuple[tuple[float, float], ...], *, inherited: bool
    ) -> Finding:
        lasts_s = min(sound.audio.duration_s, sum(stop - start for start, stop in seconds))
        return self.rated(
            Severity.WARN if inherited else Severity.FAIL,
            f"{subject(sound, case)} is clipped throughout for {lasts_s:.1f} of "
            f"{sound.audio.duration_s:.1f} s: it stands at one extreme or the other for over "
            f"{RAILED_SHARE:.0%} of the time, and no oscillator repeats there.",
            sound,
            causes=("what came in was clipped already",)
            if inherited
            else (
                "samples were scaled as integers once more before they were saved, so that all of them clip",
                "far too much gain into a clipper",
            ),
            remedy=LESS_LEVEL if case.uploaded else LET_LIMIT,
            spans=tuple(span(*one) for one in seconds[:MOST_SPANS]),
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )


LET_LIMIT = "Lower the gain before this stage, or let a limiter do the work."
LESS_LEVEL = "Export it again with less level; a clipped top cannot be had back by turning it down."


def railed_seconds(shape: Waveform) -> tuple[tuple[float, float], ...]:
    """Return the stretches (start, stop in seconds) in which a channel only jumps between two levels.

    Wholly clipped music is that, and so is a chip's square wave, whose half-waves repeat one another.
    """
    group = max(1, round(shape.sample_rate / shape.size))
    blocks = shape.rails.shape[1]
    firsts = np.arange(0, blocks, group)
    rails, runs, alike = (
        np.add.reduceat(part, firsts, axis=1, dtype=np.int64)
        for part in (shape.rails, shape.rail_runs, shape.rail_alike)
    )
    frames = np.diff(np.append(firsts, blocks)) * shape.size
    irregular = (runs >= RAILED_RUNS) & (alike < RAILED_ALIKE * runs)
    railed = (irregular & (rails >= RAILED_SHARE * frames)).any(axis=0)
    if frames[railed].sum() < min(RAILED_S * shape.sample_rate, 0.5 * blocks * shape.size):
        return ()
    turns = np.flatnonzero(np.diff(np.concatenate([[False], railed, [False]]).astype(np.int8)))
    return tuple(
        (shape.time_s(first * group), shape.time_s(min(blocks, last * group)))
        for first, last in zip(turns[0::2], turns[1::2], strict=True)
    )


def _railed_before(before: Sound | None) -> bool:
    return before is not None and bool(railed_seconds(waveform(before.audio)))


def _frames(frames: np.ndarray[tuple[int], np.dtype[np.intp]], sound: Sound) -> tuple[Span, ...]:
    rate = sound.audio.sample_rate
    return tuple(span(frame / rate, (frame + 1) / rate) for frame in frames[:MOST_SPANS])


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
    per_block = shape.tops.sum(axis=0, dtype=np.int64)
    group = 100
    tenths = np.add.reduceat(per_block, np.arange(0, len(per_block), group))
    worst = np.sort(np.argsort(-tenths, kind="stable")[:MOST_SPANS])
    end_s = shape.time_s(len(per_block))
    return tuple(
        span(shape.time_s(t * group), min(end_s, shape.time_s((t + 1) * group))) for t in worst if tenths[t]
    )
