"""Lines that never stop: a whine over 1 kHz, and mains hum with its harmonics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.context import by_choice
from core.checks.provenance import is_whole, origin_of, weigh
from core.contract import Case, Check, Finding, Severity, Sound
from core.meter.features import features

WHINE_HZ = 1_000.0
WHINE_DB = 18.0
"""How far a line stands over the bins around it in nine tenths of the time."""
STEADY = 0.45
"""Of a line: what is there in nine tenths of the time, over its mean. A tone of one level: 0.7 to 1."""
AUDIBLE_DB = -75.0
"""Level of a line against the sound's own, under which it is inaudible."""
HELD_HZ, HELD_DB, HELD_STEADY, MOST_LINES = 200.0, 12.0, 0.2, 4
"""Where more lines than these stand out and hardly move, a chord is held."""
NEIGHBOURS = 20
WHINE_SHORTEST_S = 3.0
MAINS_HZ = (50.0, 60.0)
HUM_DB = 18.0
HARMONICS = (1, 2, 3, 4, 5, 6)
FEWEST_HARMONICS = 2
OFF = 0.002
"""How far off the mains may be; the nearest notes lie two parts in a hundred away."""
HUM_STEADY = 0.4
ALONE_HZ, ALONE_DB = (1.0, 6.5), 8.0
"""Beside a line of the mains nothing else is as strong."""
HUM_SHORTEST_S = 6.0

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NoWhine(Check):
    """No line over 1 kHz sounds from beginning to end."""

    name: ClassVar[str] = "whine"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for a line that stands out all the time; None for a part or a short sound."""
        if by_choice(sound, case) or not is_whole(sound, case):
            return None
        line = whine(sound.audio)
        if line is None:
            return None
        hz, above_db, level_db = line
        if above_db < WHINE_DB:
            return self.ok(f"No line over 1 kHz is there all the time (limit {WHINE_DB:g} dB).", sound)
        origin = origin_of(sound, case, shows_whine)
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN, made=Severity.WARN),
            f"A whine of {hz:.0f} Hz never stops: it stands {above_db:.0f} dB over its surroundings "
            f"(limit {WHINE_DB:g}), {level_db:.0f} dB against the whole.",
            sound,
            causes=(
                "a screen, a power supply or a converter's clock got into the sound",
                "a model's upsampling leaves a line at a fixed place",
            ),
            remedy=f"Cut {hz:.0f} Hz with a narrow notch.",
            origin=origin,
        )


@dataclass(frozen=True)
class NoHum(Check):
    """No hum of the mains with its harmonics lies under the sound."""

    name: ClassVar[str] = "hum"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for two harmonics of 50 or 60 Hz that are always there; None for a part or a short sound."""
        if by_choice(sound, case) or not is_whole(sound, case):
            return None
        found = hum(sound.audio)
        if found is None:
            return None
        mains, harmonics, above_db = found
        evidence = (
            f"{len(harmonics)} harmonics of {mains:.0f} Hz never stop (limit {FEWEST_HARMONICS}, each "
            f"{HUM_DB:g} dB over what is around it)."
        )
        if len(harmonics) < FEWEST_HARMONICS:
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_hum)
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN, made=Severity.WARN),
            f"Mains hum: {evidence} The strongest stands {above_db:.0f} dB out.",
            sound,
            causes=("a ground loop or an unshielded cable", "a sample or a microphone recorded with hum"),
            remedy=f"Notch out {mains:.0f} Hz and its harmonics, or record again with one ground.",
            origin=origin,
        )


def shows_whine(audio: Audio) -> bool:
    """Return whether a line over 1 kHz never stops."""
    line = whine(audio)
    return line is not None and line[1] >= WHINE_DB


def shows_hum(audio: Audio) -> bool:
    """Return whether mains hum lies under a sound."""
    found = hum(audio)
    return found is not None and len(found[1]) >= FEWEST_HARMONICS


def whine(audio: Audio) -> tuple[float, float, float] | None:
    """Return the steady line over 1 kHz that stands out furthest: Hz, dB over its surroundings, dB of all."""
    frames = features(audio).frames
    if not frames.asked or audio.duration_s < WHINE_SHORTEST_S:
        return None
    lasting, mean = frames.lasting_power, frames.mean_power
    total = float(mean.sum())
    above = _above(lasting)
    fits = (frames.hz >= HELD_HZ) & (lasting > STEADY * mean) & (lasting > total * 10 ** (AUDIBLE_DB / 10))
    standing = np.flatnonzero((frames.hz >= HELD_HZ) & (lasting > HELD_STEADY * mean) & (above >= HELD_DB))
    held = 1 + int((np.diff(standing) > 2).sum())
    fits &= frames.hz >= WHINE_HZ
    if held > MOST_LINES or not fits.any():
        return 0.0, 0.0, -120.0
    k = int(np.argmax(np.where(fits, above, -np.inf)))
    return float(frames.hz[k]), float(above[k]), float(10 * np.log10(lasting[k] / total))


def hum(audio: Audio) -> tuple[float, tuple[int, ...], float] | None:
    """Return mains frequency, steady harmonics and how far the strongest stands out; None if short."""
    spectra, hz = features(audio).course.low_frames
    if audio.duration_s < HUM_SHORTEST_S or not len(spectra) or not np.any(spectra):
        return None
    power = np.square(np.abs(spectra)).sum(axis=1).astype(np.float64)
    place = (len(power) - 1) // 10
    lasting = np.partition(power, place, axis=0)[place]
    mean = power.mean(axis=0)
    above = _above(lasting)
    best: tuple[float, tuple[int, ...], float] = (MAINS_HZ[0], (), 0.0)
    for mains in MAINS_HZ:
        found, strongest = [], 0.0
        for number in HARMONICS:
            at = _peak_near(lasting, hz, mains * number)
            if (
                at is None
                or above[at] < HUM_DB
                or not _alone(lasting, at, hz)
                or lasting[at] < HUM_STEADY * mean[at]
            ):
                continue
            found.append(number)
            strongest = max(strongest, float(above[at]))
        if len(found) > len(best[1]):
            best = mains, tuple(found), strongest
    return best


def _peak_near(power: Doubles, hz: Doubles, wanted_hz: float) -> int | None:
    """Return the bin of a peak within two thousandths of a frequency; None when there is none."""
    width = float(hz[1])
    k = round(wanted_hz / width)
    if k + 2 >= len(power):
        return None
    k = k - 1 + int(np.argmax(power[k - 1 : k + 2]))
    left, here, right = (np.log(power[k + d] + 1e-30) for d in (-1, 0, 1))
    if here < max(left, right):
        return None
    curve = left - 2 * here + right
    peak = k + (0.5 * (left - right) / curve if curve < 0 else 0.0)
    return k if abs(peak * width - wanted_hz) <= max(OFF * wanted_hz, 0.1 * width) else None


def _alone(power: Doubles, at: int, hz: Doubles) -> bool:
    """Return whether a line has no like beside it: a beat that repeats exactly has one at each multiple."""
    near, far = max(2, round(ALONE_HZ[0] / hz[1])), round(ALONE_HZ[1] / hz[1])
    beside = np.concatenate([power[max(0, at - far) : max(0, at - near)], power[at + near : at + far]])
    return bool(power[at] > 10 ** (ALONE_DB / 10) * beside.max(initial=0.0))


def _above(power: Doubles) -> Doubles:
    """Return how far each bin stands over the median of those around it, in dB."""
    level = 10 * np.log10(power + 1e-16)
    padded = np.pad(level, NEIGHBOURS, mode="reflect")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1), axis=-1)
    above: Doubles = level - around
    return above
