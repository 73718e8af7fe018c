"""Lines that never stop: a whine over 1 kHz, and mains hum with its harmonics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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
"""Beside a line of the mains nothing else is as strong. Published music: at most 7.6 dB, in single lines."""
NARROW_DB, NARROW_ALONE_DB = 14.0, 5.0
COHERENT = 0.85
"""How well the phase of a line holds from an eighth of a segment to the next, 0 to 1. The mains: 0.9 to 1.

Two narrow lines like that are hum: of 263 excerpts of published music none has them at the multiples of
any of twenty frequencies from 40 to 80 Hz.
"""
MANY, MANY_ALONE_DB, MANY_COHERENT = 3, 3.0, 0.75
"""So many may each be less sure, as under dense music: none of those excerpts has three; one whole track has
five that hold by 0.68 to 0.92, two of them by more than this and apart enough."""
LONE_DB, LONE_ALONE_DB, LONE_COHERENT = 28.0, 15.0, 0.97
"""One line alone is hum when it stands so far out of everything around it, and holds its phase throughout."""
SEGMENT_UNITS = 1 << 16
"""Milliseconds that are read as one spectrum: lines are as narrow as a fiftieth of a hertz."""
PARTS = 8
HUM_SHORTEST_S = 6.0

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class NoWhine(Check):
    """No line over 1 kHz sounds from beginning to end."""

    name: ClassVar[str] = "whine"
    unasked: ClassVar[str] = "for a part or a short sound"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for a line that stands out all the time."""
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
    unasked: ClassVar[str] = "for a part or a short sound"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for two harmonics of 50 or 60 Hz that are always there."""
        if by_choice(sound, case) or not is_whole(sound, case):
            return None
        found = hum(sound.audio)
        if found is None:
            return None
        mains, harmonics, above_db = found
        evidence = (
            f"{len(harmonics)} harmonics of {mains:.0f} Hz never stop (limit {FEWEST_HARMONICS}, each "
            f"{NARROW_DB:g} dB over what is around it, or one that stands alone by {LONE_DB:g} dB)."
        )
        if not _is_hum(harmonics, above_db):
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
    return found is not None and _is_hum(*found[1:])


def _is_hum(harmonics: tuple[int, ...], above_db: float) -> bool:
    return len(harmonics) >= FEWEST_HARMONICS or above_db >= LONE_DB


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
    """Return mains frequency, steady harmonics and how far the strongest stands out, in dB; None if short.

    Read in two ways: what is there in nine tenths of all moments, and lines so narrow that no note has them.
    One harmonic alone is given where it is beyond doubt; else there are two at least, or none.
    """
    course = features(audio).course
    if audio.duration_s < HUM_SHORTEST_S or not course.low.any():
        return None
    segments, power = _long_spectrum(course.low)
    often, hz = _often(course.low_frames)
    best: tuple[float, tuple[int, ...], float] = (MAINS_HZ[0], (), 0.0)
    for mains in MAINS_HZ:
        peaks = {number: _line(power, segments, course.low_rate, mains * number) for number in HARMONICS}
        narrow = {number: one for number, one in peaks.items() if one is not None}
        lines = _narrow_lines(narrow)
        lone = any(one.is_hum_alone for one in narrow.values())
        steady = _steady(often, hz, mains)
        found = max((lines, steady), key=lambda one: (len(one), max(one.values(), default=0.0)))
        if len(found) < FEWEST_HARMONICS and not lone:
            continue
        found = lines if lone and not found else found
        strongest = max(found.values())
        if (len(found), strongest) > (len(best[1]), best[2]):
            best = mains, tuple(found), strongest
    return best


def _long_spectrum(low: Floats) -> tuple[list[Floats], Doubles]:
    """Return the segments that are read as one spectrum each, and the sum of those spectra."""
    size = min(len(low), SEGMENT_UNITS)
    segments = [low[start : start + size] for start in range(0, len(low) - size + 1, size)]
    power = np.zeros(size // 2 + 1)
    window = np.hanning(size + 1)[:-1, None]
    for segment in segments:
        power += np.square(np.abs(np.fft.rfft(segment * window, axis=0))).sum(axis=1)
    return segments, power


def _often(frames: tuple[npt.NDArray[np.complex64], Doubles]) -> tuple[tuple[Doubles, Doubles], Doubles]:
    """Return what each bin of the low end holds in nine tenths of all frames, its mean, and the bins."""
    spectra, hz = frames
    power = np.square(np.abs(spectra)).sum(axis=1).astype(np.float64)
    place = (len(power) - 1) // 10
    return (np.partition(power, place, axis=0)[place], power.mean(axis=0)), hz


def _steady(often: tuple[Doubles, Doubles], hz: Doubles, mains: float) -> dict[int, float]:
    """Return the harmonics that are there in nine tenths of all moments, and how far each stands out."""
    lasting, mean = often
    above, found = _above(lasting), {}
    for number in HARMONICS:
        at = _peak_near(lasting, hz, mains * number)
        if at is None or above[at] < HUM_DB or lasting[at] < HUM_STEADY * mean[at]:
            continue
        if _alone(lasting, at, hz):
            found[number] = float(above[at])
    return found


def _peak_near(power: Doubles, hz: Doubles, wanted_hz: float) -> int | None:
    """Return the bin of a peak within two thousandths of a frequency; None when there is none."""
    width = float(hz[1])
    k = round(wanted_hz / width)
    if k + 2 >= len(power):
        return None
    k = k - 1 + int(np.argmax(power[k - 1 : k + 2]))
    k, peak_hz = _peak(power, k, width)
    return k if abs(peak_hz - wanted_hz) <= max(OFF * wanted_hz, 0.1 * width) else None


def _peak(power: Doubles, k: int, width_hz: float) -> tuple[int, float]:
    """Return a bin and the frequency of its peak; infinity where it is none."""
    left, here, right = (float(np.log(power[k + d] + 1e-30)) for d in (-1, 0, 1))
    curve = left - 2 * here + right
    if here < max(left, right):
        return k, float("inf")
    return k, (k + (0.5 * (left - right) / curve if curve < 0 else 0.0)) * width_hz


def _alone(power: Doubles, at: int, hz: Doubles) -> bool:
    """Return whether a line has no like beside it: a beat that repeats exactly has one at each multiple."""
    near, far = max(2, round(ALONE_HZ[0] / hz[1])), round(ALONE_HZ[1] / hz[1])
    beside = np.concatenate([power[max(0, at - far) : max(0, at - near)], power[at + near : at + far]])
    return bool(power[at] > 10 ** (ALONE_DB / 10) * beside.max(initial=0.0))


@dataclass(frozen=True, eq=False)
class _Line:
    """A line at a multiple of the mains."""

    segments: list[Floats]
    rate: float
    hz: float
    above_db: float
    """Over the median of what is around it."""
    alone_db: float
    """Over the strongest of it."""

    @cached_property
    def coherence(self) -> float:
        """How well its phase holds: the dearest reading, for lines that stand out enough."""
        return _coherence(self.segments, self.rate, self.hz)

    def stands_out(self, alone_db: float, coherent: float) -> bool:
        """Return whether it stands that far from its like, and its phase holds that well."""
        return self.above_db >= NARROW_DB and self.alone_db >= alone_db and self.coherence >= coherent

    @property
    def is_hum_alone(self) -> bool:
        apart = self.above_db >= LONE_DB and self.alone_db >= LONE_ALONE_DB
        return apart and self.coherence >= LONE_COHERENT


def _narrow_lines(narrow: dict[int, _Line]) -> dict[int, float]:
    """Return the harmonics that no music has, and how far each stands out: some sure ones, or many."""
    many = {n: one.above_db for n, one in narrow.items() if one.stands_out(MANY_ALONE_DB, MANY_COHERENT)}
    if len(many) >= MANY:
        return many
    return {n: many[n] for n in many if narrow[n].stands_out(NARROW_ALONE_DB, COHERENT)}


def _line(power: Doubles, segments: list[Floats], rate: float, wanted_hz: float) -> _Line | None:
    """Return the line within two thousandths of a frequency; None when there is no peak."""
    width = rate / len(segments[0])
    near, far = max(3, round(ALONE_HZ[0] / width)), round(ALONE_HZ[1] / width)
    off_hz = max(OFF * wanted_hz, 0.1 * width)
    low, high = int((wanted_hz - off_hz) / width), int(np.ceil((wanted_hz + off_hz) / width))
    if high + far >= len(power) or low - far < 1:
        return None
    k, peak_hz = _peak(power, low + int(np.argmax(power[low : high + 1])), width)
    if abs(peak_hz - wanted_hz) > off_hz:
        return None
    # A beat that repeats exactly has a line at each multiple.
    around = np.concatenate([power[k - far : k - near + 1], power[k + near : k + far + 1]])
    return _Line(
        segments,
        rate,
        peak_hz,
        above_db=float(10 * np.log10((power[k] + 1e-30) / (np.median(around) + 1e-30))),
        alone_db=float(10 * np.log10((power[k] + 1e-30) / (around.max() + 1e-30))),
    )


def _coherence(segments: list[Floats], rate: float, hz: float) -> float:
    """Return how well a line's phase holds over the parts of each segment, 1 for a line that never stops."""
    size = len(segments[0]) // PARTS
    turn = np.exp(-2j * np.pi * hz / rate * np.arange(size * PARTS))[:, None]
    window = np.hanning(size + 1)[:-1, None]
    held = whole = 0.0
    for segment in segments:
        parts = ((segment[: size * PARTS] * turn).reshape(PARTS, size, -1) * window).sum(axis=1)
        held += float(np.square(np.abs(parts.sum(axis=0))).sum())
        whole += PARTS * float(np.square(np.abs(parts)).sum())
    return held / max(whole, 1e-30)


def _above(power: Doubles) -> Doubles:
    """Return how far each bin stands over the median of those around it, in dB."""
    level = 10 * np.log10(power + 1e-16)
    padded = np.pad(level, NEIGHBOURS, mode="reflect")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1), axis=-1)
    above: Doubles = level - around
    return above
