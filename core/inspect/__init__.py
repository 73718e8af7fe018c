"""Look at any sound or sound file with no run: measure it, and judge it as something a person uploaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.audio import Audio, reading_of
from core.checks import UNPROMISED
from core.contract import (
    Case,
    Contract,
    Finding,
    Origin,
    Severity,
    Sound,
    Unasked,
    finding_about,
    judge,
    unasked,
    verdict,
)
from core.inspect.notebook import inspection
from core.machine.paging import pages_given_back
from core.measure import Measurement, Picture, analyse

STAGE = "inspect"
WHOLE = 0.999


@dataclass(frozen=True, eq=False)
class Inspection:
    """What one sound is like and what is wrong with it."""

    name: str
    audio: Audio
    measurement: Measurement
    picture: Picture
    findings: tuple[Finding, ...]
    """Worst first; those that are ok are among them."""
    unasked: tuple[Unasked, ...] = ()
    """Checks that make no sense for this sound, and why."""

    @property
    def verdict(self) -> Severity:
        """Worst finding."""
        return verdict(self.findings)

    def _repr_html_(self) -> str:
        """Return it as a notebook shows it."""
        return inspection(self.name, self.verdict, self.measurement, self.picture, self.findings)


def inspect_audio(audio: Audio, name: str = "song") -> Inspection:
    """Measure and judge ``audio`` by what is audible in it alone; never raises for any samples.

    Blemishes that published music lives with are warnings; silence, NaN and a constant are fails.
    """
    with pages_given_back(audio.samples):
        analysis = analyse(audio)
        case = Case(stage=STAGE, outputs={name: Sound(name, audio, analysis.measurement)}, uploaded=True)
        contract = Contract(UNPROMISED)
        findings = judge(contract, case)
    silent = unasked(contract, case, findings)
    return Inspection(name, audio, analysis.measurement, analysis.picture, findings, silent)


def inspect_file(path: str | Path, name: str | None = None) -> Inspection:
    """Read, measure and judge a sound file; ``name`` is what the person calls it, else the file's name.

    Raises AudioFileError or InputError, in one sentence, when it cannot be read or is too large to open.
    """
    path = Path(path)
    read = reading_of(path)
    looked = inspect_audio(read.audio, name if name is not None else path.name)
    more: list[Finding] = []
    if read.share is not None and not WHOLE <= read.share <= 1 / WHOLE:
        more.append(_truncated(looked, read.share) if read.share < 1 else _holds_more(looked, read.share))
    if read.skipped:
        more.append(_damaged(looked, read.skipped))
    findings = sorted((*more, *looked.findings), key=lambda f: -f.severity.rank)
    return Inspection(
        looked.name, read.audio, looked.measurement, looked.picture, tuple(findings), looked.unasked
    )


def _truncated(looked: Inspection, share: float) -> Finding:
    length_s = looked.measurement.duration_s
    held = (
        f"it holds {length_s:.1f} s of the {length_s / share:.1f} s that its header announces "
        f"(limit {WHOLE:.1%})"
        if share > 0
        else f"its last page, which should end it, is missing after {length_s:.1f} s"
    )
    return _not_whole(
        looked,
        f"The file is cut off: {held}.",
        ("a download or copy that broke off", "the program that wrote it ended early"),
        "Fetch or export the file again.",
    )


def _holds_more(looked: Inspection, share: float) -> Finding:
    length_s = looked.measurement.duration_s
    return _not_whole(
        looked,
        f"The header announces {length_s / share:.1f} s, the file holds {length_s:.1f} s: "
        f"it was read whole (limit {1 / WHOLE - 1:.1%} more than announced).",
        ("files were put one behind another", "the program that wrote it never completed its header"),
        "Nothing is lost here; export the file again, or other players will stop too early.",
    )


def _damaged(looked: Inspection, skipped: int) -> Finding:
    return _not_whole(
        looked,
        f"The file is damaged: {skipped} of its packets cannot be decoded (limit 0).",
        ("a download or copy that went wrong", "a damaged disk"),
        "Fetch or export the file again.",
    )


def _not_whole(looked: Inspection, evidence: str, causes: tuple[str, ...], remedy: str) -> Finding:
    return finding_about(
        "truncated",
        Severity.WARN,
        looked.name,
        evidence,
        causes=causes,
        remedy=remedy,
        origin=Origin.UPLOAD,
    )
