"""As long, and at the rate, that was promised, and not silent for the rest of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.checks.context import by_choice, came_in, clock, is_audible, is_part, silenced, span
from core.checks.pauses import HALF, silent_at_end_s
from core.checks.waveform import waveform
from core.contract import Case, Check, Finding, Origin, Rank, Severity, Sound

COMMON_RATES = (8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000)
RATIO_TOLERANCE = 0.01
HALF_TOLERANCE = 0.02

TAIL_S = 3.0
TAIL_SHARE = 0.2
"""Of a promised length."""
TAIL_UNPROMISED_SHARE = 0.4
"""Where no length was promised: a published jingle of 15 s ends in 3 s of silence."""
TAIL_UPLOADED_SHARE, TAIL_UPLOADED_S = 0.25, 25.0
"""64 published tracks end in up to 25 s of silence: so much of an upload is a note."""
TAIL_DB = 50.0
"""Silence is what lies so far under the sound's peak, at any level."""


@dataclass(frozen=True)
class Length(Check):
    """The length is the promised one, within what the engine can promise."""

    name: ClassVar[str] = "length"
    unasked: ClassVar[str] = "without a promised length"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the length with the promise."""
        promised_s, tolerance_s = case.promise.duration_s, case.promise.duration_tolerance_s
        if promised_s is None:
            return None
        length_s = sound.measurement.duration_s
        off_s = length_s - promised_s
        evidence = (
            f"{length_s:.2f} s long, {promised_s:.2f} s promised ({off_s:+.2f}, limit {tolerance_s:g} s)."
        )
        if abs(off_s) <= tolerance_s + 1e-9:
            return self.ok(evidence, sound)
        ratio = length_s / promised_s if promised_s > 0 else 0.0
        return self.fail(
            evidence,
            sound,
            causes=length_causes(ratio, sound.measurement.sample_rate),
            remedy="Make this stage again; if the pitch is wrong too, the engine's rate is labelled wrongly.",
        )


@dataclass(frozen=True)
class Rate(Check):
    """The sample rate is the promised one."""

    name: ClassVar[str] = "rate"
    unasked: ClassVar[str] = "without a promised rate"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the rate with the promise."""
        promised, got = case.promise.sample_rate, sound.measurement.sample_rate
        if promised is None:
            return None
        evidence = f"{got} Hz, {promised} Hz promised."
        if got == promised:
            return self.ok(evidence, sound)
        return self.fail(
            evidence,
            sound,
            causes=("the engine's own rate was not converted", "the rate was labelled wrongly"),
            remedy="Make this stage again; report it with the engine's version if it repeats.",
        )


@dataclass(frozen=True)
class SilentTail(Check):
    """The sound goes on to its end: an engine that stopped half-way leaves silence of the right length."""

    name: ClassVar[str] = "silent_tail"
    unasked: ClassVar[str] = "for a stem, which may rest"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the silence at the end with the promised length."""
        reading, before = sound.measurement, came_in(sound, case)
        alone = is_part(sound, case) and before is None
        if alone or by_choice(sound, case) or not is_audible(reading):
            return None
        tail_s = silent_at_end_s(waveform(sound.audio), TAIL_DB)
        if silenced(case, reading.duration_s - tail_s, reading.duration_s):
            return self.ok(f"The last {tail_s:.1f} s are silenced by choice.", sound)
        meant_s = min(case.promise.duration_s or reading.duration_s, reading.duration_s)
        share = tail_s / meant_s if meant_s > 0 else 0.0
        limit = TAIL_SHARE if case.promise.duration_s is not None else TAIL_UNPROMISED_SHARE
        if case.is_source:
            limit = HALF
        evidence = (
            f"Silent from {clock(reading.duration_s - tail_s)} on: {tail_s:.1f} s, {share:.0%} of its length "
            f"(warns over {TAIL_S:g} s, fails over {limit:.0%} as well)."
        )
        if tail_s <= TAIL_S:
            return self.ok(f"{tail_s:.1f} s of silence at the end (warns over {TAIL_S:g} s).", sound)
        asked = [before] if before is not None else case.inputs.values()
        sources = [s for s in asked if is_audible(s.measurement)]
        inherited = bool(sources) and all(
            silent_at_end_s(waveform(source.audio), TAIL_DB) >= 0.9 * tail_s for source in sources
        )
        if inherited and is_part(sound, case):
            return self.ok(f"{tail_s:.1f} s of silence at the end, as it came in.", sound)
        fails = share >= limit and not inherited
        usual = case.is_source and share <= TAIL_UPLOADED_SHARE and tail_s <= TAIL_UPLOADED_S
        return self.rated(
            Severity.FAIL if fails else Severity.NOTE if usual else Severity.WARN,
            evidence,
            sound,
            causes=("what came in ended there already",)
            if inherited
            else ("the song ended before the file did",)
            if case.uploaded
            else ("the engine stopped early and the rest was filled with zeros",),
            remedy="Cut the end off."
            if case.uploaded or inherited
            else "Make this stage again; a shorter song may be within what the engine can do.",
            spans=(span(reading.duration_s - tail_s, reading.duration_s),),
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )


def length_causes(ratio: float, rate: int) -> tuple[str, ...]:
    """Return what makes a sound this many times as long as it should be, the likeliest first."""
    if abs(ratio - 0.5) < HALF_TOLERANCE:
        return (
            "half of what was promised: stereo pairs were counted as frames, or half was dropped",
            f"the sound was made at half its labelled rate, {rate // 2} Hz",
        )
    if abs(ratio - 2.0) < 2 * HALF_TOLERANCE:
        return (
            "twice what was promised: interleaved channels were read as one",
            f"the sound was made at twice its labelled rate, {rate * 2} Hz",
        )
    for other in COMMON_RATES:
        if other != rate and abs(ratio - other / rate) < RATIO_TOLERANCE * other / rate:
            return (f"samples made at {other} Hz labelled {rate} Hz play {rate / other:.2f} times as fast",)
    if ratio < 1.0:
        return ("the engine stopped early", "the end was cut off when it was written or read")
    return ("the engine ran on past the promised end", "a part was joined on twice")
