"""The same again, sample for sample: a stuck buffer, a block written twice, one loop for a whole song."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.context import MOST_SPANS, by_choice, clock, span
from core.checks.provenance import is_whole, origin_of, weigh
from core.contract import Case, Check, Finding, Severity, Sound, Span
from core.meter.features import features

SHORT_S = 0.5
"""What comes again sooner, sample for sample, no player repeats so."""
LEAST_S = 0.02
"""Published music repeats 0.0004 s so at most; one block of 20 ms written twice is 0.02 s."""
BUFFER_S = 0.06
"""No sequencer's step is as short: a smooth join excuses nothing."""
RATTLES_S = 0.008
"""Repeats at a shorter distance are waves: an oscillator of a whole number of samples a period."""
DENSE_S, DENSE_DB = 0.25, 15.0
"""A block as short that never falls this far under its RMS, 5 ms at a time, is no sequencer's hit."""
JUMP = 3.0
"""Times as sharply as within the block the wave bends where it starts again, at either end."""
AT_REST_DB = 35.0
"""A sequencer's hit starts out of a rest this far under it."""
AUDIBLE_DBFS = -70.0
"""RMS of a block, under which it is what a decoder leaves in a rest: -89 and less."""
LOOP_SHARE, LOOP_PLAYS = 0.9, 2.5
MANY_PLAYS = 4.0
"""From so many on, what was composed for a plan is no song; a loop in an upload may be meant."""
PURE = 0.97
"""Share of a frame's energy in its three strongest bins: one sine, which reads 0.999, repeats by nature."""
MUCH = 0.1
"""Part of an upload that is stuck from which it is unusable."""


@dataclass(frozen=True)
class NotStuckBuffer(Check):
    """No block of less than half a second comes again at once, sample for sample."""

    name: ClassVar[str] = "stuck_buffer"
    unasked: ClassVar[str] = "for what is silent by choice"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Add up what repeats at a short distance."""
        if by_choice(sound, case):
            return None
        stuck, total_s, distance_s = stuck_places(sound.audio)
        evidence = (
            f"{1000 * total_s:.0f} ms repeat what was just before, sample for sample "
            f"(limit {1000 * LEAST_S:.0f} ms)."
        )
        if total_s < LEAST_S:
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_stuck_buffer)
        much = total_s >= MUCH * sound.audio.duration_s
        return self.rated(
            weigh(origin, case, uploaded=Severity.FAIL if much else Severity.WARN),
            f"A block of {1000 * distance_s:.1f} ms is stuck at {clock(stuck[0].start_s)}: {evidence}",
            sound,
            causes=(
                "a buffer was played again instead of the next one",
                "a block was written twice",
            ),
            remedy="Listen at the marked places; export or copy the file again."
            if case.is_source
            else "Make this stage again; if it repeats, look at how its blocks are written.",
            spans=tuple(stuck[:MOST_SPANS]),
            origin=origin,
        )


@dataclass(frozen=True)
class NotOneLoop(Check):
    """The whole is not one block over and over, sample for sample."""

    name: ClassVar[str] = "one_loop"
    unasked: ClassVar[str] = "for what is silent by choice"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for one distance at which nearly all of the sound repeats."""
        if by_choice(sound, case):
            return None
        share, distance_s = longest_loop(sound.audio)
        said = f"{share:.0%} of the sound repeats what lies {distance_s:.2f} s before, sample for sample"
        evidence = (
            f"{said} (limit {LOOP_SHARE:.0%})." if distance_s else "Nothing repeats, sample for sample."
        )
        if not shows_loop(sound.audio):
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_loop)
        plays = sound.audio.duration_s / distance_s
        composed = case.plan is not None and is_whole(sound, case) and plays >= MANY_PLAYS
        made = Severity.FAIL if composed else Severity.WARN
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN, made=made),
            f"One block of {distance_s:.2f} s is played {plays:.1f} times and is all there is: {evidence}",
            sound,
            causes=(
                "one loop was repeated to fill the length",
                "the engine's context ran out and began anew",
            ),
            remedy="If the loop is intended, leave it; otherwise ask for a shorter piece, or make it again.",
            spans=(span(distance_s, sound.audio.duration_s),),
            origin=origin,
        )


def shows_stuck_buffer(audio: Audio) -> bool:
    """Return whether blocks come again at once."""
    return stuck_places(audio)[1] >= LEAST_S


def shows_loop(audio: Audio) -> bool:
    """Return whether one block makes up nearly all of a sound."""
    share, distance_s = longest_loop(audio)
    return share >= LOOP_SHARE and audio.duration_s >= LOOP_PLAYS * distance_s > 0


def stuck_places(audio: Audio) -> tuple[list[Span], float, float]:
    """Return where blocks repeat at once, how long in all, and the longest one's block in seconds."""
    repeats, rate = features(audio).repeats, audio.sample_rate
    if _is_pure(audio):
        return [], 0.0, 0.0
    near = np.flatnonzero(repeats.within(RATTLES_S * rate, SHORT_S * rate))
    spans, total, longest, block = [], 0, 0, 0
    for k in near:
        start, length, distance = int(repeats.start[k]), int(repeats.length[k]), int(repeats.distance[k])
        if not _is_stuck(audio, start, length, distance):
            continue
        spans.append(span(start / rate, (start + length) / rate))
        total += length
        if length > longest:
            longest, block = length, distance
    return spans, total / rate, block / rate


def longest_loop(audio: Audio) -> tuple[float, float]:
    """Return the largest share of the sound that repeats one block, and the block in seconds."""
    repeats, rate = features(audio).repeats, audio.sample_rate
    far = repeats.distance >= SHORT_S * rate
    best, at = 0.0, 0
    for distance in np.unique(repeats.distance[far]):
        length = int(repeats.length[repeats.distance == distance].sum())
        share = length / max(1, audio.frames - int(distance))
        if share > best:
            best, at = share, int(distance)
    return min(1.0, best), at / rate


def _is_stuck(audio: Audio, start: int, length: int, distance: int) -> bool:
    """Return whether a repeat is a fault: joined with a jump, or too short for any step of a sequencer."""
    samples = audio.samples
    block = samples[start : start + min(length, distance)].astype(np.float64)
    level = float(np.sqrt(np.mean(block**2)))
    ahead = samples[max(0, start - audio.sample_rate // 200) : start].astype(np.float64)
    rest = float(np.sqrt(np.mean(ahead**2))) if ahead.size else 0.0
    if level <= 10 ** (AUDIBLE_DBFS / 20) or rest < level * 10 ** (-AT_REST_DB / 20):
        return False
    if distance <= BUFFER_S * audio.sample_rate:
        return True
    if distance <= DENSE_S * audio.sample_rate and _dense(block, level, audio.sample_rate):
        return True
    inside = np.abs(np.diff(block, 2, axis=0))
    usual = np.sqrt(np.mean(inside**2, axis=0)) if inside.size else np.ones(audio.channels)
    sharpest = 0.0
    for join in (start, start + length):
        near = samples[max(0, join - 2) : join + 2].astype(np.float64)
        if len(near) >= 3:
            sharpest = max(
                sharpest, float((np.abs(np.diff(near, 2, axis=0)).max(axis=0) / (usual + 1e-9)).max())
            )
    return sharpest > JUMP


def _dense(block: npt.NDArray[np.float64], level: float, rate: int) -> bool:
    """Return whether a block is about as loud throughout."""
    size = max(1, rate // 200)
    count = len(block) // size
    if count < 2:
        return True
    parts = np.sqrt(np.mean(block[: count * size].reshape(count, -1) ** 2, axis=1))
    return float(parts.min()) > level * 10 ** (-DENSE_DB / 20)


def _is_pure(audio: Audio) -> bool:
    """Return whether a sound is one pure wave, which repeats itself by nature."""
    frames = features(audio).frames
    return frames.asked and float(np.median(frames.tonality[frames.loud])) > PURE
