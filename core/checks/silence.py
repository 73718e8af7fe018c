"""There is sound: neither digital silence nor something too quiet to hear, nor that same blown up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from core.checks.context import (
    AUDIBLE_DBFS,
    QUIET_LUFS,
    VOCALS,
    by_choice,
    came_in,
    given_silence,
    is_audible,
    is_part,
    loudest,
    span,
    subject,
)
from core.checks.figures import level_when_made_dbfs
from core.checks.noise import FLATNESS
from core.checks.planned import PLANNED_CAUSES, is_planned
from core.contract import Case, Check, FaultKind, Finding, Leaves, Material, Origin, Severity, Sound

INAUDIBLE_LUFS = -70.0
"""The absolute gate of BS.1770: nothing under it counts as programme."""
LIFTED_FAIL_DBFS = -60.0
"""A peak under this before an engine's own normalising means that it made nothing but noise."""
LIFTED_WARN_DBFS = -40.0
DIVIDED_DBFS = -85.0
"""Music that was divided by 32768 peaks under this."""


class _Audible(Check):
    """What the checks for silence and near silence have in common."""

    gate: ClassVar[bool] = True
    leaves: ClassVar[Leaves] = Leaves.NOTHING
    fault_kind: ClassVar[FaultKind | None] = FaultKind.SILENCE

    def _nothing(self, sound: Sound, case: Case, evidence: str) -> Finding:
        """Word the finding for (near) silence, as bad as its place in the chain makes it."""
        others = [s for s in case.outputs.values() if s is not sound]
        severity, origin, causes = Severity.FAIL, Origin.STAGE, _causes(sound, case)
        if _as_quiet_before(sound, case):
            severity, origin = Severity.WARN, Origin.INPUT
            evidence = f"Given silence: {evidence}"
            causes = ("what came in was as silent: look at the stage before",)
        elif is_planned(sound, case):
            causes = PLANNED_CAUSES
        elif (
            is_part(sound, case)
            and not _was_audible(sound, case)
            and any(is_audible(s.measurement) for s in others)
        ):
            severity = Severity.WARN
            causes = (
                ("the track was muted when it was exported", "the song has no such part")
                if case.uploaded
                else ("the song has no such part", "the separator put it elsewhere")
            )
        return self.rated(
            severity,
            evidence,
            sound,
            causes=causes,
            origin=origin,
            remedy="Export the file again and check that its tracks are not muted."
            if case.is_source
            else "Look at the stage before: there the sound was silent already."
            if origin is Origin.INPUT
            else "Make this stage again and read its log; if it stays silent, choose another engine.",
            spans=(span(0.0, sound.audio.duration_s),),
        )


@dataclass(frozen=True)
class NotSilent(_Audible):
    """Something is there: not all zero, and some sample over -90 dBFS."""

    name: ClassVar[str] = "not_silent"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the sample peak."""
        peak_dbfs = sound.measurement.sample_peak_dbfs
        if peak_dbfs is not None and peak_dbfs > AUDIBLE_DBFS:
            return self.ok(f"Peaks at {peak_dbfs:.1f} dBFS.", sound)
        if by_choice(sound, case) and not given_silence(case):
            return self.ok("Silent by choice.", sound)
        zeros = not sound.audio.samples.any()
        level = "every sample is zero" if zeros or peak_dbfs is None else f"the peak is {peak_dbfs:.1f} dBFS"
        return self._nothing(
            sound, case, f"{subject(sound, case)} is silent: {level} (limit {AUDIBLE_DBFS:g})."
        )


@dataclass(frozen=True)
class NearSilent(_Audible):
    """Something is audible: one 400 ms over -70 LUFS, and better over -50."""

    name: ClassVar[str] = "near_silent"
    unasked: ClassVar[str] = "for what is silent or wanted so"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the loudest 400 ms, or the RMS of a shorter sound."""
        peak_dbfs = sound.measurement.sample_peak_dbfs
        chosen = by_choice(sound, case) and not given_silence(case)
        if chosen or peak_dbfs is None or peak_dbfs <= AUDIBLE_DBFS:
            return None
        level, unit = loudest(sound.measurement), "LUFS"
        if sound.measurement.momentary_max_lufs is None and sound.audio.duration_s < 0.4:
            unit = "dBFS RMS"
        if level is not None and level > QUIET_LUFS:
            return self.ok(f"Loudest 400 ms: {level:.1f} {unit} (warns at {QUIET_LUFS:g}).", sound)
        said = "nothing measurable" if level is None else f"{level:.1f} {unit}"
        if level is not None and level > INAUDIBLE_LUFS:
            if is_part(sound, case) or _as_quiet_before(sound, case):
                return self.ok(f"Quiet: {said} at its loudest.", sound)
            return self.warn(
                f"{subject(sound, case)} is very quiet: {said} at its loudest (warns at {QUIET_LUFS:g}).",
                sound,
                causes=("recorded or exported far too low", "only the room's noise was recorded"),
                remedy="Raise the level at its source; turning it up here lifts its noise as well.",
            )
        return self._nothing(
            sound,
            case,
            f"{subject(sound, case)} is next to silent: {said} at its loudest (limit {INAUDIBLE_LUFS:g}).",
        )


@dataclass(frozen=True)
class LevelBeforeNormalising(Check):
    """What an engine made was loud enough before the engine normalised it itself."""

    name: ClassVar[str] = "level_before_normalising"
    unasked: ClassVar[str] = "when the engine normalises nothing"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the peak that the engine declares."""
        peak_dbfs = case.promise.peak_before_normalising_dbfs
        if peak_dbfs is None or by_choice(sound, case):
            return None
        if peak_dbfs > LIFTED_WARN_DBFS:
            return self.ok(f"Peaked at {peak_dbfs:.1f} dBFS before the engine normalised it.", sound)
        fails = peak_dbfs <= LIFTED_FAIL_DBFS
        return self.rated(
            Severity.FAIL if fails else Severity.WARN,
            f"Before the engine normalised it, {subject(sound, case).lower()} peaked at "
            f"{peak_dbfs:.1f} dBFS (warns at {LIFTED_WARN_DBFS:g}, fails at {LIFTED_FAIL_DBFS:g}): "
            "what is audible is amplified noise.",
            sound,
            causes=("the engine made next to nothing and lifted it to full scale",),
            remedy="Make it again with another seed or in float32; check the engine's weights.",
        )


def _causes(sound: Sound, case: Case) -> tuple[str, ...]:
    if case.uploaded:
        return ("a muted track or master fader when it was exported", "the recording input was not connected")
    if _voice_is_elsewhere(sound, case):
        return ("the separator put the voice into another stem", "the engine did not sing")
    peak_dbfs = sound.measurement.sample_peak_dbfs
    noise = (sound.measurement.spectral_flatness or 0.0) > FLATNESS
    if noise:
        return (
            "nothing but noise was made: the engine's own, or that of a converter or a dither",
            "weights that did not load",
        )
    if peak_dbfs is not None and peak_dbfs < DIVIDED_DBFS:
        return (
            "samples were divided by their full scale twice, or multiplied by next to nothing",
            "the engine made nothing but its own noise",
        )
    if _was_audible(sound, case):
        return ("the stage returned zeros after an error inside it", "a gain of zero on the way")
    return (
        "the engine returned zeros after an error inside it",
        "integer samples were divided by their full scale twice",
        "weights that did not load",
    )


def _voice_is_elsewhere(sound: Sound, case: Case) -> bool:
    """Return whether silent vocals were separated as silent, while the rest was separated."""
    cut = case.delivers is Material.STEMS and sound.name not in case.inputs
    if not cut or sound.name != VOCALS or _was_audible(sound, case):
        return False
    return sum(is_audible(s.measurement) for s in case.outputs.values()) > 1


def _was_audible(sound: Sound, case: Case) -> bool:
    """Return whether it was audible when it came in, or when the stage made it."""
    before = came_in(sound, case)
    at_dbfs = level_when_made_dbfs(sound.name, case)
    return (before is not None and is_audible(before.measurement)) or (at_dbfs or -math.inf) > QUIET_LUFS


def _as_quiet_before(sound: Sound, case: Case) -> bool:
    """Return whether what it was made from was inaudible too."""
    before = came_in(sound, case)
    return given_silence(case) if before is None else not is_audible(before.measurement)
