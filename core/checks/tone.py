"""Music, and not a tone: nothing of a song's spectrum stays where it is from beginning to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks.context import by_choice, clock, span
from core.checks.provenance import is_whole, origin_of, weigh
from core.checks.stuck_buffer import shows_loop, stuck_places
from core.contract import Case, Check, Finding, Leaves, Severity, Sound, Span
from core.meter.features import features

STILL = 0.55
"""Share of the energy in lines that never move or pause. Published music: at most 0.12; oscillators: 0.9."""
PURE = 0.97
"""Share of a frame's energy in its three strongest bins: one sine reads 0.999."""
HELD_S = 6.0
HELD_SHARE = 0.3
"""One pure tone held for both is no note. Published music holds one for 2.4 s at most."""
SHORTEST_S = 1.0
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


@dataclass(frozen=True)
class NotTone(Check):
    """The sound is not a tone, nor a few partials that never move: an oscillator in the music's place."""

    name: ClassVar[str] = "tone"
    leaves: ClassVar[Leaves] = Leaves.UNUSABLE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for lines that never move; None for a part, for silence and for less than a second."""
        if by_choice(sound, case) or not is_whole(sound, case):
            return None
        reading = tone_reading(sound.audio)
        if reading is None:
            return None
        evidence = f"{reading.still:.0%} of the energy lies in lines that never move (limit {STILL:.0%})."
        if not shows_tone(sound.audio):
            return self.ok(evidence, sound)
        where = Span(start_s=0.0, stop_s=sound.audio.duration_s)
        if reading.still < STILL and reading.held is not None:
            where = reading.held
            evidence = (
                f"One pure tone of {reading.hz:.0f} Hz from {clock(where.start_s)} to {clock(where.stop_s)} "
                f"(limit {HELD_S:g} s)."
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
    if reading is None or (reading.still < STILL and reading.held is None):
        return False
    return _few_lines(audio) or not _one_block(audio)


def _few_lines(audio: Audio) -> bool:
    """Return whether the energy lies in as few lines as an oscillator's, whatever else is odd about it."""
    frames = features(audio).frames
    power = frames.mean_power[frames.hz >= LOWEST_HZ]
    share = power / max(float(power.sum()), 1e-30)
    return float(np.exp(-(share * np.log(share + 1e-30)).sum())) <= FEW_BINS


def _one_block(audio: Audio) -> bool:
    """Return whether one block of music fills most of the sound: its lines stand still, and others ask."""
    return shows_loop(audio) or stuck_places(audio)[1] > 0.5 * audio.duration_s


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
    long_enough = stop - start >= max(HELD_S, HELD_SHARE * audio.duration_s)
    mine = (frames.time_s >= start) & (frames.time_s <= stop) & frames.loud
    middle = (
        frames.strongest_hz[mine]
        if long_enough and mine.any()
        else frames.hz[audible][int(np.argmax(lasting[audible]))]
    )
    return ToneReading(
        still=still,
        hz=float(np.median(middle)),
        held=Span(start_s=start, stop_s=stop) if long_enough else None,
    )


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
