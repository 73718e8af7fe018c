"""Music, and not a tone: nothing of a song's spectrum stays where it is from beginning to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks.context import by_choice, clock, span
from core.checks.provenance import is_whole, origin_of, weigh
from core.checks.stuck_buffer import PURE, shows_loop, stuck_places
from core.contract import Case, Check, Finding, Leaves, Severity, Sound, Span
from core.meter.features import features
from core.meter.features.once import once_a_sound

STILL = 0.55
"""Share of the energy in lines that never move or pause. Published music: at most 0.12; oscillators: 0.9."""
HELD_S = 6.0
HELD_SHARE = 0.3
"""One pure tone held for both is no note. Published music holds one for 2.4 s at most."""
SHORTEST_S = 1.0
UNCHANGING = 0.99
"""Correlation of the spectra of all moments of a stretch, by amplitude. Oscillators: 0.999."""
STEADY_DB = 1.5
"""By so much their level may move."""
FEWEST_S, FEWEST_SHARE = 1.2, 0.1
"""So long, and so much of the sound, to its very end: nothing in published music stands still so for 0.7 s,
but for one guitar alone, for 3 s, which then plays on."""
WITHIN_S, WITHIN_SHARE = 3.5, 0.25
"""So long, and so much of it, when music comes after."""
LINES_BINS = 24.0
"""Bins that hold the energy of some partials."""
FEW_BINS = 12.0
"""Bins of 11 Hz that hold the energy; one sine fills three."""
LOWEST_HZ, HIGHEST_HZ = 40.0, 18_000.0
"""What is lower is rumble, what is higher is inaudible: others ask about those."""


@dataclass(frozen=True)
class ToneReading:
    """What never moves."""

    still: float
    """Largest share of the energy, 0 to 1, that lies in lines which are always there."""
    hz: float
    """The strongest of them."""
    held: Span | None
    """Longest stretch of one pure tone."""
    fixed: Span | None
    """A stretch in which nothing moves: neither the partials, nor their levels."""

    @property
    def stretch(self) -> Span | None:
        """The longer of both."""
        return max(
            (one for one in (self.held, self.fixed) if one is not None),
            key=lambda one: one.stop_s - one.start_s,
            default=None,
        )


@dataclass(frozen=True)
class NotTone(Check):
    """The sound is not a tone, nor a few partials that never move: an oscillator in the music's place."""

    name: ClassVar[str] = "tone"
    unasked: ClassVar[str] = "for a part, for silence and for less than a second"
    leaves: ClassVar[Leaves] = Leaves.UNUSABLE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for lines that never move."""
        if by_choice(sound, case) or not is_whole(sound, case):
            return None
        reading = tone_reading(sound.audio)
        if reading is None:
            return None
        evidence = f"{reading.still:.0%} of the energy lies in lines that never move (limit {STILL:.0%})."
        if not shows_tone(sound.audio):
            return self.ok(evidence, sound)
        where = Span(start_s=0.0, stop_s=sound.audio.duration_s)
        stretch = reading.stretch
        if reading.still < STILL and stretch is not None:
            where = stretch
            what, limit_s = "One pure tone", HELD_S
            if stretch is reading.fixed:
                what, limit_s = "Nothing but partials that never move, the strongest", FEWEST_S
            evidence = (
                f"{what} of {reading.hz:.0f} Hz from {clock(where.start_s)} to {clock(where.stop_s)} "
                f"(limit {limit_s:g} s)."
            )
        else:
            evidence = f"A tone of {reading.hz:.0f} Hz and no music: {evidence}"
        origin = origin_of(sound, case, shows_tone)
        whole = reading.still >= STILL
        return self.rated(
            weigh(origin, case, uploaded=Severity.FAIL if whole else Severity.WARN),
            evidence,
            sound,
            causes=(
                "a test oscillator or a held note was put out in the music's place",
                "the model's sampling fell into one token that it repeats",
            ),
            remedy="Choose the file of the song: this one holds a test tone."
            if case.is_source
            else "Make this stage again; look at what the engine put out before it was mixed.",
            spans=(span(where.start_s, where.stop_s),),
            origin=origin,
        )


def shows_tone(audio: Audio) -> bool:
    """Return whether a sound is a tone, or becomes one for a good part of it."""
    reading = tone_reading(audio)
    if reading is None or (reading.still < STILL and reading.stretch is None):
        return False
    return _few_lines(audio) or not _one_block(audio)


def _few_lines(audio: Audio) -> bool:
    """Return whether the energy lies in as few lines as an oscillator's, whatever else is odd about it."""
    frames = features(audio).frames
    return _effective_bins(frames.mean_power[None, frames.hz >= LOWEST_HZ]) <= FEW_BINS


def _one_block(audio: Audio) -> bool:
    """Return whether one block of music fills most of the sound: its lines stand still, and others ask."""
    return shows_loop(audio) or stuck_places(audio)[1] > 0.5 * audio.duration_s


@once_a_sound
def tone_reading(audio: Audio) -> ToneReading | None:
    """Read how much of the sound never moves; None for silence and for less than a second."""
    frames = features(audio).frames
    if not frames.asked or audio.duration_s < SHORTEST_S:
        return None
    power, audible = frames.mean_power, (frames.hz >= LOWEST_HZ) & (frames.hz <= HIGHEST_HZ)
    lasting = np.minimum(frames.lasting_power, power)
    still = max(
        float(lasting[audible].sum() / max(power[audible].sum(), 1e-30)),
        frames.lasting_share(LOWEST_HZ, HIGHEST_HZ),
    )
    start, stop = _longest_pure(audio)
    fixed = _unchanging(audio)
    long_enough = stop - start >= max(HELD_S, HELD_SHARE * audio.duration_s)
    first, last = (start, stop) if long_enough or fixed is None else (fixed.start_s, fixed.stop_s)
    mine = (frames.time_s >= first) & (frames.time_s <= last) & frames.loud
    middle = (
        frames.strongest_hz[mine]
        if (long_enough or fixed is not None) and mine.any()
        else frames.hz[audible][int(np.argmax(lasting[audible]))]
    )
    return ToneReading(
        still=still,
        hz=float(np.median(middle)),
        held=Span(start_s=start, stop_s=stop) if long_enough else None,
        fixed=fixed,
    )


def _unchanging(audio: Audio) -> Span | None:
    """Return the longest stretch that stands still, if it is long for its place; None when there is none."""
    frames = features(audio).frames
    if len(frames.sampled) < 2:
        return None
    audible = (frames.hz >= LOWEST_HZ) & (frames.hz <= HIGHEST_HZ)
    power = frames.sampled[:, audible].astype(np.float64)
    shape = np.sqrt(power)
    shape /= np.maximum(np.linalg.norm(shape, axis=1, keepdims=True), 1e-12)
    time_s, level_db = frames.time_s[frames.sampled_at], frames.level_db[frames.sampled_at]
    loud = np.flatnonzero(frames.sampled_loud)
    if not len(loud):
        return None
    half_s, best = frames.size / 2 / frames.rate, None
    start = 0
    for k in range(1, len(shape)):
        levels = level_db[start : k + 1]
        goes_on = frames.sampled_loud[k - 1] and frames.sampled_loud[k] and np.ptp(levels) <= STEADY_DB
        if not goes_on or min(shape[k] @ shape[k - 1], shape[k] @ shape[start]) < UNCHANGING:
            start = k
            continue
        found = Span(start_s=float(time_s[start]) - half_s, stop_s=float(time_s[k]) + half_s)
        if _long(found, audio, to_end=k == loud[-1]) and _effective_bins(power[start : k + 1]) <= LINES_BINS:
            best = (
                found if best is None or found.stop_s - found.start_s > best.stop_s - best.start_s else best
            )
    return best


def _long(found: Span, audio: Audio, *, to_end: bool) -> bool:
    least_s, share = (FEWEST_S, FEWEST_SHARE) if to_end else (WITHIN_S, WITHIN_SHARE)
    return found.stop_s - found.start_s >= max(least_s, share * audio.duration_s)


def _effective_bins(power: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Return how many bins hold the energy: the exponential of its entropy."""
    share = power.sum(axis=0) / max(float(power.sum()), 1e-30)
    return float(np.exp(-(share * np.log(share + 1e-30)).sum()))


def _longest_pure(audio: Audio) -> tuple[float, float]:
    """Return the longest stretch (start, stop in seconds) in which one pure tone stands alone."""
    frames = features(audio).frames
    width = frames.rate / frames.size
    best, start = (0.0, 0.0), 0
    pure = frames.loud & (frames.tonality > PURE)
    for k in range(len(pure)):
        if not pure[k]:
            start = k + 1
            continue
        if abs(float(frames.strongest_hz[k] - frames.strongest_hz[start])) > 1.5 * width:
            start = k
        length = float(frames.time_s[k] - frames.time_s[start])
        if length > best[1] - best[0]:
            best = float(frames.time_s[start]), float(frames.time_s[k])
    return best
