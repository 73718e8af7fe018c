"""Whether a master is as loud as it says, under its ceiling, and limited rather than bent.

A limiter turns the whole wave down for a while; a saturator or a clipper bends its tops within each swing.
Loudness, peak and crest cannot distinguish the two, and the sound's own shape can: over a few milliseconds
an honest master is the mix times a gain that moves along a line, and what is left over is small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Protocol, cast

import numpy as np

from core.audio import Audio, Samples
from core.checks.context import came_in
from core.checks.figures import MasterFigures
from core.checks.not_a_bend import not_a_bend
from core.compare.gain_fit import Doubles, fit_gain
from core.contract import Case, Check, Finding, Rank, Severity, Sound
from core.dsp.match_eq import matched
from core.dsp.shelves import tilt

LOUD_LUFS = -9.0
MUCH_LIMITING_DB = 6.0
MEAN_ROWS = 512
"""Frames that are added to the next ones side by side."""


class _Settings(Protocol):
    low_shelf_db: float
    high_shelf_db: float
    intensity: float


@dataclass(frozen=True)
class Ceiling(Check):
    """The true peak stays under the ceiling that was promised."""

    name: ClassVar[str] = "ceiling"
    unasked: ClassVar[str] = "when no ceiling was promised, or for silence"
    rank: ClassVar[Rank] = Rank.SYMPTOM
    tolerance_db: float = 0.1

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare true peak and ceiling."""
        ceiling, peak = case.promise.ceiling_dbtp, sound.measurement.true_peak_dbtp
        if ceiling is None or peak is None:
            return None
        evidence = (
            f"True peak {peak:+.2f} dBTP, ceiling {ceiling:+.2f} (fails {self.tolerance_db:g} dB over it)."
        )
        if peak <= ceiling + self.tolerance_db:
            return self.ok(evidence, sound)
        return self.fail(
            evidence,
            sound,
            causes=("gain was added after the limiter", "the limiter looked at the samples alone"),
            remedy="Make the master again; lower its target if the ceiling still does not hold.",
        )


@dataclass(frozen=True)
class TargetReached(Check):
    """The loudness is what the stage says, and what the person asked for."""

    name: ClassVar[str] = "target_reached"
    unasked: ClassVar[str] = "without a declared target"
    rank: ClassVar[Rank] = Rank.SYMPTOM
    tolerance_lu: float = 0.1

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare loudness with what was declared, then with the target."""
        declared, loudness = case.promise.integrated_lufs, sound.measurement.integrated_lufs
        if declared is None or loudness is None:
            return None
        evidence = f"{loudness:.2f} LUFS, declared {declared:.2f} (fails {self.tolerance_lu:g} LU off)."
        if abs(loudness - declared) > self.tolerance_lu:
            return self.fail(
                evidence,
                sound,
                causes=("the level was changed after it was measured", "the loudness was never targeted"),
                remedy="Make the master again.",
            )
        reported = case.reported(MasterFigures)
        target = reported.target_lufs if reported else declared
        if abs(loudness - target) <= self.tolerance_lu:
            return self.ok(evidence, sound)
        return self.warn(
            f"{loudness:.1f} LUFS, {abs(target - loudness):.1f} LU short of the target {target:g}.",
            sound,
            causes=("single peaks stand far above the rest of the mix, and would have to be crushed",),
            remedy="Lower the loudest peaks in the mix or choose a lower target; to insist is to crush them.",
        )


@dataclass(frozen=True)
class LoudChoice(Check):
    """A master as loud as the person wanted it, and the price."""

    name: ClassVar[str] = "loud_choice"
    unasked: ClassVar[str] = "without a target"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Warn of a target over -9 LUFS and of more than 6 dB of limiting."""
        reported = case.reported(MasterFigures)
        if reported is None:
            return None
        target, limiting_db = reported.target_lufs, reported.limiting_db
        evidence = (
            f"Target {target:g} LUFS (warns over {LOUD_LUFS:g}), up to {limiting_db:.1f} dB of limiting "
            f"(warns over {MUCH_LIMITING_DB:g})."
        )
        if target <= LOUD_LUFS and limiting_db <= MUCH_LIMITING_DB + 0.5:
            return self.ok(evidence, sound)
        return self.warn(
            evidence,
            sound,
            causes=("the target was set this loud, or insisted on",),
            remedy="Platforms turn loud masters down; -14 LUFS keeps the attacks.",
        )


@dataclass(frozen=True)
class Squash(Check):
    """The master is the mix under a moving gain: no saturator or clipper bent it, and no more than declared.

    Judged by two figures. What a gain that moves along a line over each 2.5 ms leaves over: on the known
    sounds of the tests an honest limiter left -60 dB or less at 6 dB of drive and -54 at 12, tanh at +6 dB
    -34 or more, hard clipping at +6 dB -32 or more. And the crest lost beyond the declared reduction.
    """

    name: ClassVar[str] = "squash"
    unasked: ClassVar[str] = "without a mix, for silence, or when the lengths differ"
    rank: ClassVar[Rank] = Rank.TRACE
    window_s: float = 0.0025
    warn_db: float = -50.0
    fail_db: float = -44.0
    undeclared_crest_db: float = 1.5

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare master and mix."""
        mix = came_in(sound, case)
        if mix is None or sound.measurement.sample_peak_dbfs is None:
            return None
        if case.settings is None or not _comparable(mix.audio, sound.audio):
            return None
        source = _as_shaped(mix.audio, case)
        window = max(8, round(self.window_s * source.sample_rate))
        # An offset is another fault, with a check of its own.
        offset = _means(source.samples) - _means(sound.audio.samples)
        bend_db = fit_gain(source.samples, sound.audio.samples, window, offset).bend_db
        declared_db = case.promise.gain_reduction_db or 0.0
        shaped = source is not mix.audio
        lost_db = _crest_db(source) if shaped else mix.measurement.crest_db or 0.0
        lost_db -= sound.measurement.crest_db or 0.0
        evidence = (
            f"A time-varying gain leaves a residual of {bend_db:.0f} dB (warns above {self.warn_db:g}, "
            f"fails above {self.fail_db:g}); crest {-lost_db:+.1f} dB, "
            f"gain reduction declared {declared_db:.1f} dB."
        )
        bent = bend_db > self.fail_db
        undeclared = lost_db > declared_db + self.undeclared_crest_db
        if not bent and not undeclared and bend_db <= self.warn_db:
            return self.ok(evidence, sound)
        else_done = not_a_bend(source.samples, sound.audio.samples, source.sample_rate)
        return self.rated(
            Severity.FAIL if bent or undeclared or else_done else Severity.WARN,
            evidence,
            sound,
            causes=(else_done,)
            if else_done
            else (
                "a saturator or a clipper stands in the limiter's place: it bends each swing of the wave",
                "samples were clipped after the limiter",
            )
            if bend_db > self.warn_db
            else ("the wave was compressed by something that does not say so",),
            remedy="Make the master again; lower the target if it needs more limiting than the mix takes.",
        )


def _comparable(one: Audio, other: Audio) -> bool:
    return one.samples.shape == other.samples.shape and one.sample_rate == other.sample_rate


def _as_shaped(mix: Audio, case: Case) -> Audio:
    """Return the mix with the declared offset off, and the declared match and the tone controls on."""
    settings = cast(_Settings, case.settings)
    reported = case.reported(MasterFigures)
    offset = np.asarray(reported.offset_removed if reported else (0.0,), dtype=np.float32)
    centred = Audio(mix.samples - offset, mix.sample_rate) if offset.any() else mix
    much = settings.intensity
    if reported and reported.match:
        centred = matched(centred, reported.match, much)
    return tilt(centred, low_db=much * settings.low_shelf_db, high_db=much * settings.high_shelf_db)


def _means(samples: Samples) -> Doubles:
    """Return the mean of each channel; rows of many frames are added up faster than rows of one."""
    frames, channels = samples.shape
    whole = frames // MEAN_ROWS * MEAN_ROWS
    rows = samples[:whole].reshape(-1, MEAN_ROWS * channels)
    total = rows.sum(axis=0, dtype=np.float64).reshape(MEAN_ROWS, channels).sum(axis=0)
    means: Doubles = (total + samples[whole:].sum(axis=0, dtype=np.float64)) / max(1, frames)
    return means


def _crest_db(audio: Audio) -> float:
    """Return sample peak over RMS of all channels, in dB; 0 for silence."""
    peak = float(np.abs(audio.samples).max(initial=0.0))
    power = float(np.square(audio.samples, dtype=np.float64).mean()) if audio.frames else 0.0
    return 20 * math.log10(peak) - 10 * math.log10(power) if peak > 0 and power > 0 else 0.0
