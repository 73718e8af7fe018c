"""The samples are what was written: no other layout of memory, no other kind of number, read as this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.coarse import SHORTEST, coarse_reading, shows_held
from core.checks.context import by_choice
from core.checks.provenance import origin_of, weigh
from core.contract import Case, Check, Finding, Leaves, Severity, Sound
from core.meter.features import features

BETWEEN_DB = -2.1
"""Of the right channel's distance from the middle of its left neighbours, against the left's own.

Published stereo: -0.2 dB at least; independent noise: -1.3 dB; a wide kit through a chain: -1.8 dB; planes
read as frames: -3 to -17 dB.
"""
SMOOTHER = 0.45
"""A sound read wrongly is this much rougher than read rightly. Music gets rougher by every change."""
ROUGH = 0.03
"""Power of the difference of neighbours over the power: what is smoother is read rightly; noise has 2."""
ALTERNATE_DB = 0.6
"""Even and odd steps of a wave are alike within 0.1 dB; where two like channels alternate they are not."""
NEARER = 0.7
"""Power of the step to the next sample but one over that to the next. Music: 1.5 to 4, white noise 1;
where two unlike channels alternate, the next but one is the nearer."""
LEAST = 1e-8

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Misreading:
    """One way to read samples wrongly, and how to undo it."""

    what: str
    cause: str
    undo: Callable[[Doubles], Doubles | None]
    """Takes interleaved frames (frames, channels); None when it cannot be."""


def _offset(frames: Doubles) -> Doubles | None:
    if np.abs(frames).max() < 0.9 or np.abs(frames).max() > 1.001:
        return None
    moved: Doubles = np.where(frames >= 0, frames - 1.0, frames + 1.0)
    return moved


def _float_bits(frames: Doubles) -> Doubles | None:
    if np.abs(frames).max() > 1.001:
        return None
    words = np.clip(np.rint(frames * 2.0**31), -(2.0**31), 2.0**31 - 1).astype(np.int32)
    return _as_floats(words.view(np.float32))


def _float_halves(frames: Doubles) -> Doubles | None:
    if np.abs(frames).max() > 1.001:
        return None
    flat = np.clip(np.rint(frames * 2.0**15), -(2.0**15), 2.0**15 - 1).astype(np.int16).reshape(-1)
    flat = flat[: len(flat) // 2 * 2]
    read = _as_floats(flat.view(np.float32))
    if read is None:
        return None
    channels = frames.shape[1]
    return read[: len(read) // channels * channels].reshape(-1, channels)


def _as_floats(values: npt.NDArray[np.float32]) -> Doubles | None:
    usable = np.isfinite(values) & (np.abs(values) < 16.0)
    if usable.mean() < 0.999:
        return None
    return np.where(usable, values, 0.0).astype(np.float64)


MISREADINGS: tuple[Misreading, ...] = (
    Misreading(
        "unsigned samples read as signed",
        "unsigned bytes or words were read as signed integers: half of the range is added",
        _offset,
    ),
    Misreading(
        "the bits of floats read as 32-bit integers",
        "the bits of float samples were read as integers",
        _float_bits,
    ),
    Misreading(
        "the bits of floats read as 16-bit integers",
        "the bits of float samples were read as pairs of 16-bit integers",
        _float_halves,
    ),
)


@dataclass(frozen=True)
class RightlyRead(Check):
    """The samples are read as they were written: layout, kind of number, sign."""

    name: ClassVar[str] = "misread"
    unasked: ClassVar[str] = "for silence or a moment"
    leaves: ClassVar[Leaves] = Leaves.UNUSABLE
    gate: ClassVar[bool] = True

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Undo each known misreading and see whether the wave gets smoother."""
        if by_choice(sound, case):
            return None
        between = between_db(sound.audio)
        found = misreading(sound.audio)
        if between is None and found is None and sound.audio.frames < SHORTEST:
            return None
        lag = (
            "" if between is None else f"The right channel lies {between:+.1f} dB off the middle of its left "
        )
        evidence = (
            f"{lag}neighbours, against the left (limit {BETWEEN_DB:g})."
            if lag
            else "Read in any other way, the wave is rougher."
        )
        planes = between is not None and between < BETWEEN_DB
        if not planes and found is None and not alternates(sound.audio):
            return self.ok(evidence, sound)
        planes_cause = "planes were read as frames: (channels, frames) was reshaped where a transpose was due"
        causes: tuple[str, ...] = (planes_cause, "a mono sound was labelled as stereo")
        if not planes and found is None:
            uneven, nearer = alternation(sound.audio) or (0.0, 1.0)
            evidence = (
                f"Two channels' samples alternate in one: even and odd steps of the wave differ by "
                f"{abs(uneven):.2f} dB (limit {ALTERNATE_DB:g}), and the step to the next sample but one has "
                f"{nearer:.2f} of the power of that to the next (limit {NEARER:g})."
            )
            causes = ("interleaved frames were read as planes, or as mono", "samples were doubled unevenly")
        elif found is not None and not planes:
            reading, ratio = found
            evidence = (
                f"{reading.what[0].upper()}{reading.what[1:]}: read rightly, the wave is "
                f"{1 / ratio:.1f} times as smooth (limit {1 / SMOOTHER:.1f})."
            )
            causes = (reading.cause,)
        else:
            evidence = f"One channel's samples stand in both: {evidence[0].lower()}{evidence[1:]}"
        origin = origin_of(sound, case, shows_misreading)
        return self.rated(
            weigh(origin, case, uploaded=Severity.FAIL),
            evidence,
            sound,
            causes=causes,
            remedy="Export the file again from the program that wrote it, as WAV with a header."
            if case.is_source
            else "Report this with the engine's version: its adapter reads the samples in another form.",
            origin=origin,
        )


def shows_misreading(audio: Audio) -> bool:
    """Return whether a sound was read in another form than it was written."""
    between = between_db(audio)
    planes = between is not None and between < BETWEEN_DB
    return planes or misreading(audio) is not None or alternates(audio)


def alternates(audio: Audio) -> bool:
    """Return whether two channels' samples stand one after the other in each channel."""
    steps = alternation(audio)
    if steps is None or shows_held(audio):
        return False
    uneven_db, nearer = steps
    return abs(uneven_db) > ALTERNATE_DB or nearer < NEARER


def alternation(audio: Audio) -> tuple[float, float] | None:
    """Return the power of the even steps over that of the odd ones in dB, and of double over single steps.

    Medians over the pieces of the first channel; None where the wave is coarse, or too short to ask.
    """
    if audio.frames < SHORTEST:
        return None
    reading = coarse_reading(audio)
    if reading is None or reading.coarse:
        return None
    pieces = features(audio).pieces
    rows = np.ascontiguousarray(pieces.samples[:, : pieces.samples.shape[1] // 2 * 2, 0])
    steps = np.square(np.diff(rows, axis=1))
    even, odd = (steps[:, k::2].mean(axis=1) for k in (0, 1))
    double = np.square(rows[:, 2:] - rows[:, :-2]).mean(axis=1)
    moving = (even > LEAST) & (odd > LEAST)
    if not moving.any():
        return None
    nearer = 2 * double[moving] / (even[moving] + odd[moving])
    return float(np.median(10 * np.log10(even[moving] / odd[moving]))), float(np.median(nearer))


def between_db(audio: Audio) -> float | None:
    """Return how near one channel is to the middle of the other's neighbours, in dB; None where not asked."""
    if audio.channels != 2 or audio.frames < SHORTEST:
        return None
    pieces = features(audio).pieces.samples
    left, right = (np.ascontiguousarray(pieces[:, :, k]) for k in (0, 1))
    apart = _mean_square(left - right)
    if apart < max(LEAST, 1e-6 * _mean_square(pieces)):
        return None
    half = np.float32(0.5)
    after = _mean_square(right[:, :-1] - half * (left[:, :-1] + left[:, 1:]))
    before = _mean_square(left[:, 1:] - half * (right[:, :-1] + right[:, 1:]))
    return float(10 * np.log10(max(min(after, before), 1e-30) / apart))


def _mean_square(values: npt.NDArray[np.float32]) -> float:
    return float(np.square(values).mean())


def misreading(audio: Audio) -> tuple[Misreading, float] | None:
    """Return the misreading whose undoing makes the wave smoothest, and by how much; None when none does."""
    if audio.frames < SHORTEST:
        return None
    pieces = features(audio).pieces.samples
    loud = np.square(pieces).mean(axis=(1, 2))
    picked = pieces[np.argsort(loud)[-8:]].astype(np.float64)
    usual = _roughness(list(picked))
    if usual is None or usual < ROUGH:
        return None
    best: tuple[Misreading, float] | None = None
    for reading in MISREADINGS:
        undone = [reading.undo(piece) for piece in picked]
        rough = (
            _roughness([one for one in undone if one is not None])
            if all(one is not None for one in undone)
            else None
        )
        if rough is not None and rough < SMOOTHER * usual and (best is None or rough / usual < best[1]):
            best = reading, rough / usual
    return best


def _roughness(pieces: list[Doubles]) -> float | None:
    """Return the power of the difference of neighbours over the power; None for silence."""
    power = sum(float(np.square(piece - piece.mean(axis=0)).sum()) for piece in pieces)
    steps = sum(float(np.square(np.diff(piece, axis=0)).sum()) for piece in pieces)
    count = sum(piece.size for piece in pieces)
    return steps / power if count and power / count > LEAST else None
