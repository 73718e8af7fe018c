"""What is inaudible and costs headroom: an offset that drifts, rumble under 20 Hz, sound over 21 kHz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks.context import by_choice
from core.checks.provenance import origin_of, weigh
from core.contract import Case, Check, Finding, Severity, Sound
from core.meter.features import features

BLOCK_S = 0.5
FEWEST_BLOCKS = 6
SWING = 0.05
"""Of the mean of a second, full scale 1. Published music: 0.02 in 19 of 20; one composer has 0.27."""
WIDE_SWING = 0.15
"""From here on it costs more than 1 dB of headroom, and an upload's is worth a warning."""
BROKEN_SWING = 0.3
RUMBLE_DB = -8.0
"""Energy under 20 Hz against all of it. Published music: -28 dB in the middle, over -8 in one of twenty."""
MUCH_RUMBLE_DB = -4.5
"""Over a third of the energy: from here on an upload's is worth a warning."""
RUMBLE_HZ = (0.3, 20.0)
ULTRASONIC_HZ = 21_000.0
ULTRASONIC_DB = -35.0
"""Energy over 21 kHz against all of it. Instruments leave less than -50 dB there."""
LOWEST_RATE = 50_000


@dataclass(frozen=True)
class NoDrift(Check):
    """The wave's middle stays where it is."""

    name: ClassVar[str] = "dc_drift"
    unasked: ClassVar[str] = "for less than three seconds"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the means of seconds."""
        swing = None if by_choice(sound, case) else drift(sound.audio)
        if swing is None:
            return None
        evidence = f"The mean of a second swings by {swing:.3f} of full scale (limit {SWING:g})."
        if swing < SWING:
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, lambda audio: (drift(audio) or 0.0) >= SWING)
        made = Severity.FAIL if swing >= BROKEN_SWING else Severity.WARN
        uploaded = Severity.WARN if swing >= WIDE_SWING else Severity.NOTE
        return self.rated(
            weigh(origin, case, uploaded=uploaded, made=made),
            f"The offset drifts: {evidence[0].lower()}{evidence[1:]}",
            sound,
            causes=(
                "a converter or a preamplifier drifts, or wind stood on a microphone",
                "a running sum or a filter without a leak is in the chain",
            ),
            remedy="Cut below 20 Hz: a high-pass filter removes it inaudibly.",
            origin=origin,
        )


@dataclass(frozen=True)
class NoRumble(Check):
    """Little of the energy lies under 20 Hz, where it is inaudible and every limiter works for it."""

    name: ClassVar[str] = "rumble"
    unasked: ClassVar[str] = "for silence and for less than three seconds"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the energy under 20 Hz with all of it."""
        level = None if by_choice(sound, case) else rumble_db(sound.audio)
        if level is None:
            return None
        evidence = f"The energy under 20 Hz is {level:.1f} dB against all of it (limit {RUMBLE_DB:g})."
        if level < RUMBLE_DB:
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, lambda audio: (rumble_db(audio) or -120.0) >= RUMBLE_DB)
        uploaded = Severity.WARN if level >= MUCH_RUMBLE_DB else Severity.NOTE
        return self.rated(
            weigh(origin, case, uploaded=uploaded, made=Severity.WARN),
            f"Rumble: {evidence[0].lower()}{evidence[1:]}",
            sound,
            causes=("steps, wind or a turntable shook the microphone", "a synthesiser sweeps below hearing"),
            remedy="Cut below 20 Hz: it costs headroom and is inaudible.",
            origin=origin,
        )


@dataclass(frozen=True)
class NothingUltrasonic(Check):
    """Little of the energy lies over 21 kHz, where it is inaudible and folds down in every player."""

    name: ClassVar[str] = "ultrasonic"
    unasked: ClassVar[str] = "for a stem by choice"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the energy over 21 kHz with all of it."""
        if by_choice(sound, case):
            return None
        if sound.audio.sample_rate < LOWEST_RATE:
            return self.ok(f"Nothing over 21 kHz fits into {sound.audio.sample_rate} Hz.", sound)
        level = ultrasonic_db(sound.audio)
        if level is None:
            return None
        evidence = f"The energy over 21 kHz is {level:.1f} dB against all of it (limit {ULTRASONIC_DB:g})."
        if level < ULTRASONIC_DB:
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, lambda audio: (ultrasonic_db(audio) or -120.0) >= ULTRASONIC_DB)
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN, made=Severity.WARN),
            f"Ultrasonic: {evidence[0].lower()}{evidence[1:]}",
            sound,
            causes=(
                "a switching power supply or a screen got into the recording",
                "images of a bad resampler",
            ),
            remedy="Cut over 20 kHz, or deliver at 48 kHz.",
            origin=origin,
        )


def drift(audio: Audio) -> float | None:
    """Return by how much the mean of seconds swings, the widest channel; None for a short sound."""
    course = features(audio).course
    size = max(1, round(BLOCK_S * course.low_rate))
    count = len(course.low) // size
    if count < FEWEST_BLOCKS:
        return None
    means = course.low[: count * size].reshape(count, size, 2).mean(axis=1, dtype=np.float64)
    means = (means[1:] + means[:-1]) / 2  # a wave of a few Hz is rumble: a second holds its periods whole
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(means, 3, axis=0), axis=-1)
    return float(np.ptp(smooth, axis=0).max())


def rumble_db(audio: Audio) -> float | None:
    """Return the energy under 20 Hz against all of it in dB; None for silence and a short sound."""
    course = features(audio).course
    spectra, hz = course.low_frames
    total = float(course.totals[:2].sum()) / max(1, len(course.products) * course.block_frames)
    if audio.duration_s < FEWEST_BLOCKS * BLOCK_S or total <= 1e-12 or not len(spectra):
        return None
    low = (hz >= RUMBLE_HZ[0]) & (hz < RUMBLE_HZ[1])
    # Both sides of the spectrum, over the window's mean square of 3/8 with its scale of two.
    power = 2 * float(np.square(np.abs(spectra[:, :, low])).sum()) / len(spectra) / 1.5
    return float(10 * np.log10(max(power / total, 1e-12)))


def ultrasonic_db(audio: Audio) -> float | None:
    """Return the energy over 21 kHz against all of it in dB; None for silence and a short sound."""
    if audio.sample_rate < LOWEST_RATE:
        return None
    frames = features(audio).frames
    if not frames.asked:
        return None
    power = frames.mean_power
    return float(10 * np.log10(max(power[frames.hz > ULTRASONIC_HZ].sum() / max(power.sum(), 1e-20), 1e-12)))
