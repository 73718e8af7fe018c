"""As many channels as promised, each alive and the right way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.checks.context import came_in, cut_out, is_audible, is_part, loudest
from core.contract import Case, Check, Finding, Origin, Severity, Sound
from core.measure import Measurement

DEAD_DB = 20.0
"""One channel this far under the other counts as silent."""
OUT_OF_PHASE_WARN = -0.05
"""LEVELS says 0; channels that have nothing in common scatter around it."""
OUT_OF_PHASE_FAIL = -0.5
TURNED = 0.05
"""What came in at the opposite correlation, within this, had one channel inverted on the way."""
TAIL_LUFS = -60.0
"""A part that is never louder is what a room leaves of it, wide by nature: nobody hears it cancel."""
MONO = 0.999
"""Correlation over this is one channel twice."""
WIDE = 0.98
"""Correlation under this counts as stereo that can be lost. 64 published tracks: 0.26 to 1."""


@dataclass(frozen=True)
class PromisedChannels(Check):
    """The number of channels is the promised one."""

    name: ClassVar[str] = "channel_count"
    unasked: ClassVar[str] = "without a promised channel count"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the channel count with the promise."""
        promised, got = case.promise.channels, sound.measurement.channels
        if promised is None:
            return None
        evidence = f"{got} of {promised} promised channels."
        if got == promised:
            return self.ok(evidence, sound)
        return self.fail(
            evidence,
            sound,
            causes=("a channel was dropped, or a fold to mono happened on the way",)
            if got < promised
            else ("batch or surround channels were taken for stereo",),
            remedy="Make this stage again; report it with the engine's version if it repeats.",
        )


@dataclass(frozen=True)
class BothAlive(Check):
    """Neither of the two channels is dead."""

    name: ClassVar[str] = "dead_channel"
    unasked: ClassVar[str] = "for mono and for silence"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the channels' levels."""
        balance_db = sound.measurement.channel_balance_db
        if balance_db is None:
            return None
        evidence = f"The left channel is {balance_db:+.1f} dB against the right (limit {DEAD_DB:g})."
        if abs(balance_db) < DEAD_DB:
            return self.ok(evidence, sound)
        side = "right" if balance_db > 0 else "left"
        before = came_in(sound, case)
        had = before.measurement.channel_balance_db if before is not None else None
        inherited = had is not None and abs(had) >= DEAD_DB and had * balance_db > 0
        return self.rated(
            Severity.WARN if inherited or (had is None and is_part(sound, case)) else Severity.FAIL,
            evidence,
            sound,
            causes=(f"the {side} channel was as quiet when it came in",)
            if inherited
            else (f"the {side} channel was lost on the way", "everything is panned to one side"),
            remedy=f"Take the living channel for both, or find where the {side} one is lost.",
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )


@dataclass(frozen=True)
class InPhase(Check):
    """The channels agree: an inverted one cancels the other on every phone and in every club."""

    name: ClassVar[str] = "phase"
    unasked: ClassVar[str] = "for a sound without two channels, and for the tail of a part alone"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the correlation of the first two channels."""
        correlation = sound.measurement.correlation
        level_lufs = loudest(sound.measurement)
        tail = is_part(sound, case) and level_lufs is not None and level_lufs < TAIL_LUFS
        if correlation is None or tail:
            return None
        evidence = (
            f"Correlation of left and right {correlation:+.2f} (warns under {OUT_OF_PHASE_WARN:g}, "
            f"fails under {OUT_OF_PHASE_FAIL:g})."
        )
        if correlation >= OUT_OF_PHASE_WARN:
            return self.ok(evidence, sound)
        before = came_in(sound, case)
        had = before.measurement.correlation if before is not None else None
        inherited = had is not None and had < correlation + 0.1
        turned = had is not None and had > -OUT_OF_PHASE_WARN and abs(had + correlation) < TURNED
        bad = (correlation < OUT_OF_PHASE_FAIL or turned) and not inherited and not cut_out(sound, case)
        return self.rated(
            Severity.FAIL if bad else Severity.WARN,
            evidence,
            sound,
            causes=("what came in was so already",)
            if inherited
            else (
                "one channel is inverted: a swapped cable or a minus sign",
                "a stereo widener set too wide",
            ),
            remedy="Invert one channel and listen in mono: the bass comes back."
            if bad
            else "Listen in mono.",
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )


@dataclass(frozen=True)
class Width(Check):
    """Stereo that came in goes out; two equal channels are named, and are no fault in themselves."""

    name: ClassVar[str] = "width"
    unasked: ClassVar[str] = "without two channels before and after"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the correlation with what came in."""
        if sound.measurement.channels != 2:
            return None
        correlation = sound.measurement.correlation
        if correlation is None:
            return None
        before = came_in(sound, case)
        if correlation <= MONO:
            return self.ok(f"Stereo: correlation {correlation:+.2f}.", sound)
        if before is None or not _wide(before.measurement) or _asked_for_mono(case):
            return self.ok(f"Mono in two channels: correlation {correlation:.4f} (over {MONO:g}).", sound)
        return self.fail(
            f"The stereo is gone: correlation {before.measurement.correlation:+.2f} came in, "
            f"{correlation:.4f} goes out (limit {MONO:g}).",
            sound,
            causes=("the channels were averaged for an engine that works in mono", "one channel was copied"),
            remedy="Make this stage again with an engine that keeps stereo, or bypass it.",
        )


def _wide(reading: Measurement) -> bool:
    correlation = reading.correlation
    return is_audible(reading) and reading.channels == 2 and correlation is not None and correlation < WIDE


def _asked_for_mono(case: Case) -> bool:
    return bool(getattr(case.settings, "mono_check", False))
