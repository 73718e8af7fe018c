"""The wave moves, and moves around zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks.context import by_choice, came_in, cut_out, span
from core.checks.waveform import waveform
from core.contract import Case, Check, Finding, Leaves, Origin, Rank, Severity, Sound
from core.measure import Measurement

STUCK_S = 0.25
"""Half a period of a 2 Hz square: no oscillator stands still for longer, a stuck converter does."""
STUCK_SHARE = 0.5
INHERITED = 1.5
DC_WARN = 0.001
"""LEVELS: what our stages make has less; -60 dBFS."""
DC_FAIL = 0.01
"""-40 dBFS: it costs headroom and clicks at every cut. Published music has up to 0.3:
an upload only warns."""
LOWEST_HZ = 20.0
"""A wave of this frequency that is cut off in mid-swing leaves a mean: less, the longer the sound lasts."""
UPLOADED_DC_WARN = 0.05
"""From here on an upload's offset costs headroom; of 103 published songs 11 have over .01, 4 over .03."""


@dataclass(frozen=True)
class NotStuck(Check):
    """The samples change: a NaN saved as 16-bit reads as a constant -1, a dead converter as any level."""

    name: ClassVar[str] = "not_stuck"
    unasked: ClassVar[str] = "for silence, or when it was wanted"
    gate: ClassVar[bool] = True
    passes_on: ClassVar[bool] = True
    leaves: ClassVar[Leaves] = Leaves.NOTHING

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for the longest run of one value other than zero."""
        if sound.measurement.sample_peak_dbfs is None or by_choice(sound, case):
            return None
        shape = waveform(sound.audio)
        c = int(np.argmax(shape.longest_run))
        frames, first = int(shape.longest_run[c]), int(shape.longest_run_start[c])
        rate = sound.audio.sample_rate
        share = frames / sound.audio.frames
        whole = share >= STUCK_SHARE and frames >= min(3, sound.audio.frames) and sound.audio.frames > 1
        level = float(sound.audio.samples[first, c])
        rest_with_offset = not whole and abs(level) <= 1.5 * sound.measurement.dc_offset
        if (not whole and frames / rate < STUCK_S) or rest_with_offset:
            return self.ok(f"One value lasts at most {1000 * frames / rate:.1f} ms.", sound)
        return self.rated(
            Severity.WARN if case.uploaded and not whole else Severity.FAIL,
            f"Channel {c + 1} stands still at {level:+.4f} for {frames / rate:.2f} s, "
            f"{share:.0%} of the sound (limit {STUCK_S:g} s).",
            sound,
            causes=_causes(level),
            remedy="Export the file again as 32-bit float and look at it."
            if case.uploaded
            else "Make this stage again; if it repeats, switch the engine to float32.",
            spans=(span(first / rate, (first + frames) / rate),),
        )


@dataclass(frozen=True)
class NoOffset(Check):
    """The wave swings around zero: a DC offset costs headroom and clicks wherever it is cut.

    A fail wants the offset in the quiet parts too: one that comes and goes with the level is a lopsided
    wave (a voice, a brass, a saturation) and not a converter's or a program's constant.
    """

    name: ClassVar[str] = "dc_offset"
    unasked: ClassVar[str] = "for silence"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the largest mean of a channel with its limits."""
        offset, rms_dbfs = sound.measurement.dc_offset, sound.measurement.rms_dbfs
        if rms_dbfs is None or by_choice(sound, case):
            return None
        before = came_in(sound, case)
        inherited = before is not None and offset <= INHERITED * _as_loud(before.measurement, rms_dbfs)
        warn = UPLOADED_DC_WARN if case.is_source else DC_WARN
        fails = "" if case.is_source else f", fails at {DC_FAIL:g}"
        evidence = f"DC offset {offset:.4f} of full scale (warns at {warn:g}{fails})."
        rms = 10 ** (rms_dbfs / 20)
        own_low_end = offset < rms / (LOWEST_HZ * sound.audio.duration_s)
        at_rest = 0.0 if offset < DC_FAIL else resting_offset(sound.audio)
        if offset < DC_WARN or own_low_end:
            return self.ok(evidence, sound)
        severity = Severity.WARN if offset >= warn else Severity.NOTE
        if at_rest >= DC_FAIL and not (case.uploaded or inherited or cut_out(sound, case)):
            severity = Severity.FAIL
        return self.rated(
            severity,
            evidence,
            sound,
            causes=("what came in had it already",)
            if inherited
            else ("an unbalanced synthesiser wave or a one-sided distortion", "a recorder's converter"),
            remedy="Cut below 20 Hz: a high-pass filter removes it inaudibly.",
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )


def _as_loud(before: Measurement, rms_dbfs: float) -> float:
    """Return the offset that came in, turned up or down as the sound was."""
    if before.rms_dbfs is None:
        return 0.0
    return float(before.dc_offset * 10 ** ((rms_dbfs - before.rms_dbfs) / 20))


def resting_offset(audio: Audio) -> float:
    """Return the largest DC offset of a channel in its quiet parts: the mean over the quietest quarter."""
    size = max(1, round(0.1 * audio.sample_rate))
    count = audio.frames // size
    if count < 4:
        return float(np.abs(audio.samples.mean(axis=0, dtype=np.float64)).max())
    offsets = []
    for c in range(audio.channels):
        blocks = audio.samples[: count * size, c].reshape(count, size)
        means = blocks.mean(axis=1, dtype=np.float64)
        quiet = np.argsort(blocks.std(axis=1), kind="stable")[: max(1, count // 4)]
        offsets.append(abs(float(np.mean(means[quiet]))))
    return max(offsets)


def _causes(level: float) -> tuple[str, ...]:
    if level <= -0.999:
        return ("NaN was written as 16-bit integers, which reads as full negative scale", "a stuck converter")
    if level >= 0.999:
        return ("infinity or an overflow was clipped to full scale", "a stuck converter")
    return (
        "a buffer's last value was held instead of sound",
        "a division by zero was replaced by a constant",
    )
