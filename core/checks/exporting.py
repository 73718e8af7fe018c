"""Whether the delivered files hold the master: each was decoded again, and is compared with what went in.

``case.figures["files"]`` tells of each file by its name: ``lossy``, ``padding_frames``, ``wrong_tags``,
``clipped_samples``. A lossless file keeps level and true peak; a lossy one may overshoot, which is a warning
with its remedy (an MP3 overshot by 1.2 dB on real music).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.contract import Case, Finding, Severity, Sound
from core.values import Json

MASTER = "master"
LEVEL_LU = 0.1
LOSSY_LEVEL_LU = 0.3
PEAK_DB = 0.1


def _file(sound: Sound, case: Case) -> Mapping[str, Json]:
    told = case.figures.get("files", {})
    found: Mapping[str, Json] = told.get(sound.name, {})
    return found


def _answer(name: str, sound: Sound, severity: Severity, evidence: str, cause: str, remedy: str) -> Finding:
    if severity is Severity.OK:
        return Finding(check=name, severity=severity, artifact=sound.name, evidence=evidence)
    return Finding(
        check=name,
        severity=severity,
        artifact=sound.name,
        evidence=evidence,
        causes=(cause, "another program wrote to the file meanwhile"),
        remedy=remedy,
    )


@dataclass(frozen=True)
class FileLength:
    """The file decodes to the master's length, but for the padding that its codec adds."""

    name: ClassVar[str] = "file_length"
    gate: ClassVar[bool] = True

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare lengths in seconds; None without a master."""
        master = case.inputs.get(MASTER)
        if master is None:
            return None
        rate = sound.audio.sample_rate
        allowed_s = (float(_file(sound, case).get("padding_frames", 0)) + 1.5) / rate
        off_s = sound.audio.duration_s - master.audio.duration_s
        evidence = (
            f"The file decodes to {sound.audio.duration_s:.3f} s, the master is "
            f"{master.audio.duration_s:.3f} s long (allowed {allowed_s * 1000:.1f} ms)."
        )
        bad = Severity.FAIL if abs(off_s) > allowed_s else Severity.OK
        return _answer(self.name, sound, bad, evidence, "the file was cut off while it was written", _AGAIN)


@dataclass(frozen=True)
class FileLevel:
    """The file is as loud as the master."""

    name: ClassVar[str] = "file_level"
    gate: ClassVar[bool] = False

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare integrated loudness; None when either has none."""
        master = case.inputs.get(MASTER)
        before = master.measurement.integrated_lufs if master else None
        after = sound.measurement.integrated_lufs
        if before is None:
            return None
        if after is None:
            evidence = f"The file is silent; the master is at {before:.1f} LUFS."
            return _answer(self.name, sound, Severity.FAIL, evidence, "the encoder wrote zeros", _AGAIN)
        limit = LOSSY_LEVEL_LU if _file(sound, case).get("lossy") else LEVEL_LU
        evidence = f"The file is at {after:.2f} LUFS, the master at {before:.2f} (limit {limit:g} LU)."
        bad = Severity.FAIL if abs(after - before) > limit else Severity.OK
        return _answer(self.name, sound, bad, evidence, "the encoder was handed other samples", _AGAIN)


@dataclass(frozen=True)
class FilePeak:
    """A lossless file keeps the true peak; a lossy one stays at or under 0 dBTP."""

    name: ClassVar[str] = "file_peak"
    gate: ClassVar[bool] = False

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare true peaks; None when either has none."""
        master = case.inputs.get(MASTER)
        before = master.measurement.true_peak_dbtp if master else None
        after = sound.measurement.true_peak_dbtp
        if before is None or after is None:
            return None
        if not _file(sound, case).get("lossy"):
            evidence = f"The file peaks at {after:.2f} dBTP, the master at {before:.2f} (limit {PEAK_DB} dB)."
            bad = Severity.FAIL if abs(after - before) > PEAK_DB else Severity.OK
            cause = "samples over full scale were cut off by an integer format"
            return _answer(self.name, sound, bad, evidence, cause, "Lower the master's ceiling under 0 dBTP.")
        evidence = f"The lossy file decodes to {after:.2f} dBTP, the master to {before:.2f} (limit 0 dBTP)."
        bad = Severity.WARN if after > max(0.0, before) else Severity.OK
        over = max(0.1, after)
        return Finding(
            check=self.name,
            severity=bad,
            artifact=sound.name,
            evidence=evidence,
            causes=() if bad is Severity.OK else ("a lossy codec overshoots the peaks it is given",),
            remedy="" if bad is Severity.OK else f"Lower the master's ceiling by {over:.1f} dB for it.",
        )


@dataclass(frozen=True)
class FileTags:
    """The file says what was written into it: title, engine, loudness."""

    name: ClassVar[str] = "file_tags"
    gate: ClassVar[bool] = False

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Report tags that were read back wrongly; None when the file was not told of."""
        told = _file(sound, case)
        if not told:
            return None
        wrong = [str(name) for name in told.get("wrong_tags", [])]
        evidence = (
            f"{len(wrong)} tags are missing or wrong{': ' + ', '.join(wrong) if wrong else ''} (limit 0)."
        )
        bad = Severity.WARN if wrong else Severity.OK
        return _answer(self.name, sound, bad, evidence, "the format cannot hold such text", _AGAIN)


@dataclass(frozen=True)
class StemFiles:
    """Every exported stem file decodes to the very samples of its stem."""

    name: ClassVar[str] = "stem_files"

    def examine_all(self, case: Case) -> Finding | None:
        """Report stem files that differ; None when no stems were exported."""
        stems = case.figures.get("stems_exact")
        if not stems:
            return None
        wrong = [name for name, exact in stems.items() if not exact]
        evidence = f"{len(stems) - len(wrong)} of {len(stems)} stem files decode to exactly their stems."
        if not wrong:
            return Finding(check=self.name, severity=Severity.OK, evidence=evidence)
        return Finding(
            check=self.name,
            severity=Severity.FAIL,
            evidence=f"{evidence} Not so: {', '.join(wrong)}.",
            causes=("the file was cut off while it was written", "the disk is failing"),
            remedy=_AGAIN,
        )


_AGAIN = "Re-run export; if it happens again, check the disk."
