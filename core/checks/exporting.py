"""Whether the delivered files hold the master: each was decoded again, and is compared with what went in.

A lossless file keeps level and true peak; a lossy one may overshoot,
which is a warning with its remedy (an MP3 overshot by 1.2 dB on real music).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Samples
from core.checks.altered import alteration
from core.checks.figures import ExportFigures, FileFigures
from core.checks.length import length_causes
from core.contract import Case, Check, Finding, Rank, Severity, Sound, Span, WholeCheck
from core.measure import Measurement

MASTER = "master"
SOFTWARE_TAG = "SOFTWARE"
LEVEL_LU = 0.1
LOSSY_LEVEL_LU = 0.3
LOSSY_FAIL_LU = 2.0
PEAK_DB = 0.1
FAINTEST_DBFS = -70.0
LOSSY_PLAYS_DBFS, LOSSY_LOST_DB = -40.0, 20.0
"""Dither alone moves the level of what is fainter."""
_FIELDS = {"LUFS": "integrated_lufs", "dBFS RMS": "rms_dbfs"}


def _file(sound: Sound, case: Case) -> FileFigures | None:
    reported = case.reported(ExportFigures)
    return reported.files[sound.name] if reported else None


class _FileCheck(Check):
    """What the checks of a written file have in common."""

    def _answer(
        self,
        severity: Severity,
        evidence: str,
        sound: Sound,
        cause: str,
        remedy: str = "",
        spans: tuple[Span, ...] = (),
    ) -> Finding:
        causes = (cause, "another program wrote to the file meanwhile")
        return self.rated(severity, evidence, sound, causes=causes, remedy=remedy or _AGAIN, spans=spans)


def _level(reading: Measurement) -> tuple[float | None, str]:
    """Return how loud a sound is and the unit; None when nothing of it is loud enough to compare."""
    if reading.integrated_lufs is not None:
        return reading.integrated_lufs, "LUFS"
    too_faint = reading.rms_dbfs is None or reading.rms_dbfs < FAINTEST_DBFS
    return (None if too_faint else reading.rms_dbfs), "dBFS RMS"


def _rounding_db(file: FileFigures | None, peak_dbtp: float) -> float:
    """Return by how much rounding and dither may move a peak: two steps, which matters for a faint one."""
    if file is None or not file.bits:
        return 0.0
    step = 2.0 ** (1 - file.bits)
    return 20 * math.log10(1 + 2 * step / 10 ** (peak_dbtp / 20))


@dataclass(frozen=True)
class FileLength(_FileCheck):
    """The file decodes to the master's length, but for the padding that its codec adds."""

    name: ClassVar[str] = "file_length"
    gate: ClassVar[bool] = True

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare lengths in seconds; None without a master."""
        master = case.inputs.get(MASTER)
        if master is None:
            return None
        rate, file = sound.audio.sample_rate, _file(sound, case)
        allowed_s = ((file.padding_frames if file else 0) + 0.5) / rate
        off_s = sound.audio.duration_s - master.audio.duration_s
        evidence = (
            f"The file decodes to {sound.audio.duration_s:.3f} s, the master is "
            f"{master.audio.duration_s:.3f} s long (allowed {allowed_s * 1000:.1f} ms)."
        )
        bad = Severity.FAIL if abs(off_s) > allowed_s else Severity.OK
        cause = "the file was cut off while it was written"
        if off_s > 0 or abs(off_s) > 0.2 * master.audio.duration_s:
            cause = length_causes(sound.audio.duration_s / master.audio.duration_s, rate)[0]
        return self._answer(bad, evidence, sound, cause)


@dataclass(frozen=True)
class FileContent(_FileCheck):
    """A lossless file holds the master's samples but for rounding; a lossy one plays where it does."""

    name: ClassVar[str] = "file_content"
    rank: ClassVar[Rank] = Rank.ARITHMETIC

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the samples, or the level of each 50 ms; None where rate or channels were converted."""
        master = case.inputs.get(MASTER)
        reported = _file(sound, case)
        if master is None or master.measurement.sample_peak_dbfs is None or reported is None:
            return None
        before, after = master.audio, sound.audio
        if (before.sample_rate, before.channels) != (after.sample_rate, after.channels):
            return None
        frames = min(before.frames, after.frames)
        if reported.lossy:
            return self._lossy(sound, before.samples[:frames], after.samples[:frames])
        if reported.clipped_samples:
            return None
        off = float(np.abs(after.samples[:frames] - before.samples[:frames]).max(initial=0.0))
        allowed = max(2.0 ** (2 - (reported.bits or 24)), 2.0**-22)
        evidence = f"The file's samples differ by up to {off:.1e} of full scale (limit {allowed:.1e})."
        if off <= allowed:
            return self.ok(evidence, sound)
        change = alteration(before.samples[:frames], after.samples[:frames], after.sample_rate)
        return self._answer(Severity.FAIL, evidence, sound, change.cause, spans=change.spans)

    def _lossy(self, sound: Sound, before: Samples, after: Samples) -> Finding:
        """A codec smears what it codes by some tens of milliseconds, and leaves out what is inaudible."""
        size = max(1, round(0.05 * sound.audio.sample_rate))
        count = len(before) // size
        here, there = (
            20 * np.log10(np.abs(x[: count * size]).reshape(count, -1).max(axis=1, initial=0.0) + 1e-9)
            for x in (before, after)
        )
        near = np.maximum.reduce([there, np.roll(there, 1), np.roll(there, -1)])
        lost = (here > LOSSY_PLAYS_DBFS) & (near < here - LOSSY_LOST_DB)
        evidence = (
            f"{int(lost.sum())} of {count} stretches of 50 ms are more than {LOSSY_LOST_DB:g} dB under the "
            "master's (limit 0)."
        )
        bad = Severity.FAIL if lost.any() else Severity.OK
        return self._answer(bad, evidence, sound, "the encoder dropped a part of the song")


@dataclass(frozen=True)
class FileLevel(_FileCheck):
    """The file is as loud as the master."""

    name: ClassVar[str] = "file_level"
    rank: ClassVar[Rank] = Rank.SYMPTOM

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare integrated loudness, or the RMS of a sound too short for it; None for a silent master."""
        master = case.inputs.get(MASTER)
        before, unit = _level(master.measurement) if master else (None, "")
        if before is None:
            return None
        after = getattr(sound.measurement, _FIELDS[unit])
        if after is None:
            evidence = f"The file is silent; the master is at {before:.1f} {unit}."
            return self._answer(Severity.FAIL, evidence, sound, "the encoder wrote zeros")
        file = _file(sound, case)
        if file and file.lossy:
            return self._lossy(sound, before, after, unit)
        evidence = f"The file is at {after:.2f} {unit}, the master at {before:.2f} (limit {LEVEL_LU:g} dB)."
        bad = Severity.FAIL if abs(after - before) > LEVEL_LU else Severity.OK
        return self._answer(bad, evidence, sound, "the encoder was handed other samples")

    def _lossy(self, sound: Sound, before: float, after: float, unit: str) -> Finding:
        """A codec drops the highest octave, which costs noise-like sound some level: that is a warning."""
        off, limits = abs(after - before), f"warns above {LOSSY_LEVEL_LU:g}, fails above {LOSSY_FAIL_LU:g} dB"
        evidence = f"The file is at {after:.2f} {unit}, the master at {before:.2f} ({limits})."
        if off > LOSSY_FAIL_LU:
            return self._answer(Severity.FAIL, evidence, sound, "the encoder was handed other samples")
        bad = Severity.WARN if off > LOSSY_LEVEL_LU else Severity.OK
        cause = "the codec left out the highest frequencies, of which this sound is full"
        return self._answer(bad, evidence, sound, cause, "Raise the bit rate, or deliver FLAC or WAV.")


@dataclass(frozen=True)
class FilePeak(_FileCheck):
    """A lossless file keeps the true peak; a lossy one stays at or under the setting, else 0 dBTP."""

    name: ClassVar[str] = "file_peak"
    rank: ClassVar[Rank] = Rank.SYMPTOM

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare true peaks; None when either has none."""
        master = case.inputs.get(MASTER)
        before = master.measurement.true_peak_dbtp if master else None
        after = sound.measurement.true_peak_dbtp
        if before is None or after is None:
            return None
        reported = _file(sound, case)
        if reported and reported.lossy:
            return self._lossy(sound, case, before, after)
        evidence = f"The file peaks at {after:.2f} dBTP, the master at {before:.2f} (limit {PEAK_DB} dB)."
        bad = Severity.FAIL if abs(after - before) > _rounding_db(reported, before) + PEAK_DB else Severity.OK
        clipped = reported.clipped_samples if reported else 0
        if not clipped:
            return self._answer(bad, evidence, sound, "the encoder was handed other samples")
        cause = f"{clipped} samples over full scale were clipped: the format holds none of them"
        return self._answer(bad, evidence, sound, cause, "Lower the master's ceiling under 0 dBTP.")

    def _lossy(self, sound: Sound, case: Case, before: float, after: float) -> Finding:
        limit = float(getattr(case.settings, "lossy_ceiling_dbtp", 0.0))
        evidence = (
            f"The lossy file decodes to {after:.2f} dBTP, the master has {before:.2f} (limit {limit:g} dBTP)."
        )
        if after <= limit:
            return self.ok(evidence, sound)
        lower_db = math.ceil(10 * (after - limit)) / 10
        return self.warn(
            evidence,
            sound,
            causes=("a lossy codec overshoots the peaks it is given",),
            remedy=f"Lower the master's ceiling by {lower_db:.1f} dB for it.",
        )


@dataclass(frozen=True)
class FileTags(_FileCheck):
    """The file says what was written into it: title, engine, loudness."""

    name: ClassVar[str] = "file_tags"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Report tags that were read back wrongly; None when the file was not reported."""
        reported = _file(sound, case)
        if reported is None:
            return None
        wrong = reported.wrong_tags
        evidence = (
            f"{len(wrong)} tags are missing or wrong{': ' + ', '.join(wrong) if wrong else ''} (limit 0)."
        )
        bad = Severity.WARN if wrong else Severity.OK
        # The software's own name is plain text that every format holds.
        cause = "the format cannot hold such text"
        if SOFTWARE_TAG in wrong:
            cause = "the file was written without its tags, or they were stripped from it"
        return self._answer(bad, evidence, sound, cause)


@dataclass(frozen=True)
class StemFiles(WholeCheck):
    """Every exported stem file decodes to the very samples of its stem."""

    name: ClassVar[str] = "stem_files"

    def examine_all(self, case: Case) -> Finding | None:
        """Report stem files that differ; None when no stems were exported."""
        reported = case.reported(ExportFigures)
        if reported is None or not reported.stems_exact:
            return None
        stems = reported.stems_exact
        wrong = [name for name, exact in stems.items() if not exact]
        evidence = f"{len(stems) - len(wrong)} of {len(stems)} stem files decode to exactly their stems."
        if not wrong:
            return self.ok(evidence)
        return self.fail(
            f"{evidence} Not so: {', '.join(wrong)}.",
            causes=("the file was cut off while it was written", "the disk is failing"),
            remedy=_AGAIN,
        )


_AGAIN = "Re-run export; if it happens again, check the disk."
