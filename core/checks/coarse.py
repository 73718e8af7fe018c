"""Samples are fine enough: neither rounded to a few levels nor held for several samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.context import by_choice
from core.checks.provenance import origin_of, weigh
from core.contract import Case, Check, Finding, Severity, Sound
from core.meter.features import features
from core.meter.features.once import once_a_sound

MOST_LEVELS = 4_200
"""12 bits and a few by rounding. Published music uses 28 000 values at least, quiet music all it has."""
FILLED = 0.3
"""Part of the 16-bit steps within the sound's range that a coarse one uses at most."""
VISITS = 8.0
"""A level is coarse when samples come back to it so often."""
DRAWN = 0.15
"""A chip's wave is drawn: so many of its changes jump over other levels from one hold to the next. Rounded
music climbs level by level, or does not hold."""
TOGGLES = ((32, 0.2), (100, 0.03), (1_100, 0.012))
"""Up to so many levels, from this share on of the steps that turn back at once by the smallest step.

Rounded music toggles between two levels: 24 to 70 % of the steps at 6 to 4 bits, 8 to 10 % at 8, 2.4 to 3.2 %
at 10. A chip holds its levels: its square waves and mixes 0 to 0.4 %, a triangle of 16 steps alone 7 %.
"""
HOLDS = 0.2
"""Part of its samples that equal the one before, at least, in a chip's wave: 0.87. Dense music that was
rounded and toggles as little has 0.05."""
HOLD = 4
STEP = 2.0**-15
HELD = 0.04
"""Share of equal neighbours where the wave is steep. Published music: 0.002; every 12th held: 0.08."""
REGULAR = 0.7
"""Part of the runs of equal samples of the commonest length or the next. Held: 1.00; clipped: 0.4."""
STEEP_STEPS = 8
SHORTEST = 2_048

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class CoarseReading:
    """What the values of a sound are like."""

    levels: int
    """Different values among the samples looked at, at most 100 000."""
    coarse: bool
    held: float
    """Share of equal neighbours where the wave is steep."""
    drawn: bool
    """Whether the wave is a chip's own drawing."""

    @property
    def bits(self) -> float:
        """Bits that so many levels take."""
        return float(np.log2(max(1, self.levels)))


@dataclass(frozen=True)
class FineSteps(Check):
    """The samples take more than a few different values."""

    name: ClassVar[str] = "coarse_samples"
    unasked: ClassVar[str] = "for silence, and for too few samples to tell"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Count the different values."""
        reading = None if by_choice(sound, case) else coarse_reading(sound.audio)
        if reading is None:
            return None
        many = "100 000 or more" if reading.levels >= 100_000 else f"{reading.levels}"
        evidence = f"{many} different sample values are in use (limit {MOST_LEVELS})."
        if not shows_coarse(sound.audio):
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_coarse)
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN),
            f"Coarse samples of about {reading.bits:.0f} bits: {evidence}",
            sound,
            causes=(
                "samples were rounded to a few bits: 8-bit audio, or a wrong scale before rounding",
                "a bit crusher was used on all of it",
            ),
            remedy="Export the sound again with 16 bits or more, at full level."
            if case.is_source
            else "Make this stage again in float32; nothing between two stages may round.",
            origin=origin,
        )


@dataclass(frozen=True)
class NotHeld(Check):
    """No sample is held for the next: a sample-and-hold, or a resampler that repeats instead of filtering."""

    name: ClassVar[str] = "held_samples"
    unasked: ClassVar[str] = "for silence, coarse and chip sounds"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Count equal neighbours where the wave is steep."""
        reading = None if by_choice(sound, case) else coarse_reading(sound.audio)
        if reading is None:
            return None
        evidence = (
            f"{reading.held:.1%} of the samples on steep places repeat the one before (limit {HELD:.0%})."
        )
        if not shows_held(sound.audio):
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_held)
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN),
            f"Samples are held: {evidence}",
            sound,
            causes=(
                "the rate was changed by repeating samples, with no filter",
                "a sample-and-hold effect is on all of it",
            ),
            remedy="Export the sound at its own rate, or resample it with a proper resampler.",
            origin=origin,
        )


def shows_coarse(audio: Audio) -> bool:
    """Return whether the samples of a sound are coarse."""
    reading = coarse_reading(audio)
    return reading is not None and reading.coarse and not reading.drawn


def shows_held(audio: Audio) -> bool:
    """Return whether samples are held."""
    reading = coarse_reading(audio)
    return reading is not None and reading.held >= HELD and not reading.drawn and not reading.coarse


@once_a_sound
def coarse_reading(audio: Audio) -> CoarseReading | None:
    """Read the values of the loudest channel; None for silence and for less than 2048 samples."""
    if audio.frames < SHORTEST:
        return None
    pieces = features(audio).pieces
    rows = np.ascontiguousarray(pieces.samples[:, :, pieces.loudest])
    peak = float(np.abs(rows).max())
    return _read(rows, peak) if peak >= 16 * STEP else None


def _read(rows: Floats, peak: float) -> CoarseReading:
    ordered = np.sort(rows, axis=None)
    low, high = ordered[[round(0.05 * (len(ordered) - 1)), round(0.95 * (len(ordered) - 1))]]
    inside = ordered[np.searchsorted(ordered, low) : np.searchsorted(ordered, high, side="right")]
    levels = _levels_in(inside)
    steps = max(1.0, float(high - low) / STEP)
    coarse = levels < FILLED * steps and VISITS * levels < len(inside)
    count = _levels_in(ordered)
    coarse = coarse and count <= MOST_LEVELS
    change = np.diff(rows, axis=1)
    before, here = np.abs(rows[:, 3:] - rows[:, :-3]), change[:, 1:-1]
    steep = before > max(STEEP_STEPS * STEP, 0.003 * peak)
    steep &= np.abs(rows[:, 2:-1]) < 0.9 * peak
    held = float(np.mean(here[steep] == 0)) if steep.sum() > 64 and _regular(change) else 0.0
    drawn = coarse and float(np.mean(change == 0)) >= HOLDS
    drawn = drawn and (_is_drawn(rows) or not _toggles(rows.reshape(-1), count))
    return CoarseReading(count, coarse, held, drawn)


def _levels_in(ordered: Floats) -> int:
    return 1 + int(np.count_nonzero(np.diff(ordered)))


def _regular(change: Floats) -> bool:
    """Return whether most runs of equal samples have one length, or two that follow each other.

    A held sample lasts as long as the next one; clipped tops last as the wave does.
    """
    still = np.pad(change == 0, ((0, 0), (1, 1)))
    turns = np.diff(still.astype(np.int8), axis=1)
    lengths = np.nonzero(turns == -1)[1] - np.nonzero(turns == 1)[1]
    counts = np.append(np.bincount(lengths), 0)
    return len(lengths) > 0 and int((counts[:-1] + counts[1:]).max()) >= REGULAR * len(lengths)


def _toggles(samples: Floats, levels: int) -> bool:
    """Return whether the wave turns back at once by the smallest step as often as rounding makes it."""
    least = next((share for most, share in TOGGLES if levels <= most), 0.0)
    steps = np.diff(samples[np.append(True, np.diff(samples) != 0)])
    if least == 0.0 or levels < 3 or len(steps) < 2:
        return least == 0.0
    small = np.abs(steps) <= 1.5 * float(np.median(np.diff(np.unique(samples))))
    turns = (np.sign(steps[1:]) != np.sign(steps[:-1])) & small[1:] & small[:-1]
    return float(turns.mean()) >= least


def _is_drawn(rows: Floats) -> bool:
    """Return whether many changes jump over levels in use, from one hold to another."""
    levels = np.unique(rows)
    good = total = 0
    for row in rows:
        places = np.flatnonzero(np.diff(row))
        if len(places) < 4:
            continue
        level = np.searchsorted(levels, row)
        jumps = np.abs(level[places + 1] - level[places])
        holds = np.diff(places)
        good += int(((holds[:-1] >= HOLD) & (holds[1:] >= HOLD) & (jumps[1:-1] >= 2)).sum())
        total += len(holds) - 1
    return total > 0 and good >= DRAWN * total
