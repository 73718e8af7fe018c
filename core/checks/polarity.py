"""Both channels the same way round all the time, in the bass too, and neither late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.context import by_choice, clock, is_part, span
from core.checks.provenance import origin_of, weigh
from core.contract import Case, Check, Finding, Severity, Sound, Span
from core.meter.features import features
from core.meter.features.course import correlation

STRETCH_S = 0.5
AROUND = 3
TURN = 0.7
"""Fall of the correlation at one moment, the three half seconds on one side against the other."""
MIRRORED = 0.4
"""Least share of the correlation before that the inverted part has, with the other sign.

Published music falls by up to 0.8, but not so low: what spreads out goes to zero.
"""
FEWEST = 2
"""Stretches of an inverted part."""
QUIET_DB = 25.0
"""Under the loudest stretch: a reverb's tail or a breath has a correlation of its own."""
SHORTEST_S = 3.0
BASS_LOW_HZ, BASS_HIGH_HZ, ABOVE_HZ = 30.0, 120.0, 450.0
BASS = -0.3
"""Correlation under 80 and under 120 Hz. Published music: under -0.3 in one of 130 tracks."""
ABOVE = -0.1
"""Correlation over 200 Hz, under which the whole is inverted and not the bass alone."""
BASS_DB = -20.0
"""Least energy of the bass, against all under 450 Hz."""
LATE_S = 0.00025
FAR_S = 0.0004
HEIGHT, FAR_HEIGHT = 0.15, 0.08
"""Of the correlation's peak, and of one beyond FAR_S. Published tracks: under 0.1, and under 0.06 beyond."""
AT_ZERO = 0.5

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class KeepsPolarity(Check):
    """Neither channel turns upside down for a part of the sound."""

    name: ClassVar[str] = "polarity_part"
    unasked: ClassVar[str] = "for a sound without two channels"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for a moment at which the correlation turns over."""
        if sound.audio.channels != 2 or by_choice(sound, case):
            return None
        turned = inverted_part(sound.audio)
        if turned is None:
            return self.ok(f"The correlation of left and right never falls over by {TURN:g}.", sound)
        part, before, after = turned
        origin = origin_of(sound, case, shows_inverted_part)
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN),
            f"One channel is upside down from {clock(part.start_s)} to {clock(part.stop_s)}: the "
            f"correlation falls from {before:+.2f} to {after:+.2f} at once (limit {TURN:g}).",
            sound,
            causes=(
                "one channel was inverted for a part: a block's sign, or a crossfade that subtracts",
                "a cable or a plug-in was swapped in the middle of a take",
            ),
            remedy="Invert one channel between the marks.",
            spans=(part,),
            origin=origin,
        )


@dataclass(frozen=True)
class BassInPhase(Check):
    """The bass of both channels pushes the same way: inverted, it is gone in mono and in every club."""

    name: ClassVar[str] = "bass_phase"
    unasked: ClassVar[str] = "without two channels that hold bass"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the channels under 120 Hz."""
        if sound.audio.channels != 2 or by_choice(sound, case):
            return None
        reading = bass_reading(sound.audio)
        if reading is None:
            return self.ok("There is no bass whose channels could disagree.", sound)
        bass, above = reading
        evidence = (
            f"Correlation of left and right under {BASS_HIGH_HZ:.0f} Hz {bass:+.2f}, above it {above:+.2f} "
            f"(limit {BASS:g})."
        )
        if not shows_inverted_bass(sound.audio):
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_inverted_bass)
        made = Severity.WARN if is_part(sound, case) else Severity.FAIL
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN, made=made),
            f"The bass is inverted in one channel: {evidence[0].lower()}{evidence[1:]}",
            sound,
            causes=(
                "a crossover or an equaliser inverts the low band of one channel",
                "a stereo effect works on the bass",
            ),
            remedy="Make the bass mono under 120 Hz, or take the effect off it.",
            origin=origin,
        )


@dataclass(frozen=True)
class NeitherLate(Check):
    """Neither channel is late against the other by a fixed time: folded to mono, a comb is audible."""

    name: ClassVar[str] = "channel_delay"
    unasked: ClassVar[str] = "without two channels that have something in common"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the channels' phases."""
        if sound.audio.channels != 2 or by_choice(sound, case):
            return None
        lag = features(sound.audio).lag
        if not lag.asked:
            return self.ok("Too short or too quiet to ask whether a channel is late.", sound)
        evidence = (
            f"The channels agree best {1000 * abs(lag.lag_s):.2f} ms apart (limit {1000 * LATE_S:.2f} ms, "
            f"where they agree by {abs(lag.height):.2f}, limit {_least_height(lag.lag_s):g})."
        )
        if not shows_delay(sound.audio):
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_delay)
        late = "right" if lag.lag_s > 0 else "left"
        made = Severity.WARN if is_part(sound, case) else Severity.FAIL
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN, made=made),
            f"The {late} channel is late: {evidence[0].lower()}{evidence[1:]}",
            sound,
            causes=(
                f"the {late} channel went through a delay, or its first samples were filled in",
                "one microphone stood further away",
            ),
            remedy=f"Move the {late} channel {1000 * abs(lag.lag_s):.2f} ms forward.",
            origin=origin,
        )


def shows_inverted_part(audio: Audio) -> bool:
    """Return whether a channel is inverted for a part of the sound."""
    return audio.channels == 2 and inverted_part(audio) is not None


def shows_inverted_bass(audio: Audio) -> bool:
    """Return whether the bass alone is inverted in one channel."""
    reading = bass_reading(audio) if audio.channels == 2 else None
    return reading is not None and reading[0] < BASS and reading[1] > ABOVE


def _least_height(lag_s: float) -> float:
    """Return how high a peak is at least that tells of a lag: a small one is that of two microphones, too."""
    return FAR_HEIGHT if abs(lag_s) >= FAR_S else HEIGHT


def shows_delay(audio: Audio) -> bool:
    """Return whether one channel is late."""
    if audio.channels != 2:
        return False
    lag = features(audio).lag
    apart = lag.asked and abs(lag.lag_s) >= LATE_S and abs(lag.height) >= _least_height(lag.lag_s)
    return apart and abs(lag.at_zero) < AT_ZERO * abs(lag.height)


def inverted_part(audio: Audio) -> tuple[Span, float, float] | None:
    """Return the inverted part and the correlations before and in it; None when there is none."""
    if audio.duration_s < SHORTEST_S:
        return None
    products = features(audio).course.moving(STRETCH_S)
    quiet = float(products[:, :2].max(initial=0.0)) * 10 ** (-QUIET_DB / 10)
    asked = np.flatnonzero((products[:, :2] > quiet).all(axis=1))
    course = correlation(products[asked], 0.0)
    best, at = 0.0, -1
    for k in range(1, len(course)):
        left, right = course[max(0, k - AROUND) : k], course[k : k + AROUND]
        fall = float(left.min() - right.max())
        rise = float(right.min() - left.max())
        if max(fall, rise) > abs(best):
            best, at = (fall if fall >= rise else -rise), k
    if at < 0 or abs(best) < TURN:
        return None
    falls = best > 0
    inverted, upright = (course[at:], course[:at][::-1]) if falls else (course[:at][::-1], course[at:])
    was, now = float(np.median(upright[:AROUND])), float(np.median(inverted[:AROUND]))
    if now > -MIRRORED * was:
        return None
    back = np.flatnonzero(inverted > (was + now) / 2)
    last = int(back[0]) if len(back) else len(inverted)
    if last < FEWEST:
        return None
    first = asked[at] if falls else asked[at - last]
    stop = asked[at + last - 1] + 1 if falls else asked[at - 1] + 1
    return span(first * STRETCH_S, stop * STRETCH_S), was, now


def bass_reading(audio: Audio) -> tuple[float, float] | None:
    """Return the correlation under 120 Hz (the higher of two bands) and over 200 Hz; None without bass."""
    spectra, hz = features(audio).course.low_frames
    if not len(spectra):
        return None
    bass = max(_band(spectra, hz, BASS_LOW_HZ, top)[0] for top in (80.0, BASS_HIGH_HZ))
    energy = _band(spectra, hz, BASS_LOW_HZ, BASS_HIGH_HZ)[1]
    total = _band(spectra, hz, 0.0, ABOVE_HZ)[1]
    if total <= 1e-12 or energy < total * 10 ** (BASS_DB / 10):
        return None
    return bass, _band(spectra, hz, 200.0, ABOVE_HZ)[0]


def _band(
    spectra: npt.NDArray[np.complex64], hz: Doubles, low_hz: float, high_hz: float
) -> tuple[float, float]:
    """Return the correlation in a band and its energy."""
    inside = spectra[:, :, (hz >= low_hz) & (hz < high_hz)]
    left = float(np.square(np.abs(inside[:, 0])).sum())
    right = float(np.square(np.abs(inside[:, 1])).sum())
    cross = float((np.conj(inside[:, 0]) * inside[:, 1]).real.sum())
    return cross / max(1e-20, float(np.sqrt(left * right))), left + right
