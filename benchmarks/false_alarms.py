"""How often good music sets off the checks: ``python -m benchmarks.false_alarms FOLDER...``.

Every sound file under the folders is judged as an upload (what ``inspect`` says), or with
``--made`` as if a stage of ours had made it. With ``--faults`` every fault of the catalogue is put into
20 s of each file as well, and those that are not named first are listed. A text file in a folder's place
lists files, one path a line; ``--table`` prints what each check draws as Markdown, for docs/limits.md.

Music is not kept in the repository. The limits in ``core/checks`` were fitted on half of the tracks of
Debian's supertuxkart-data, on fretsonfire-songs-sectoid and on frozen-bubble-data, and tried on the other
half, on fretsonfire-songs-muldjord and on extremetuxracer-data; ``dpkg -x`` unpacks a package.
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.audio import SUFFIXES, Audio
from core.checks import COMMON
from core.checks.dynamics import CrestLoss
from core.contract import Case, Contract, Finding, Promise, Severity, Sound, judge, verdict
from core.errors import GainstageError
from core.faults import SOUND_FAULTS
from core.inspect import inspect_file
from core.measure import measure

EXPECTED = ("true_peak", "dc_offset")
"""What published music has so often that a line for each would hide the rest; they are counted."""
EXCERPT_S = 20.0


def main() -> None:
    """Scan the folders and print every finding, then the rates."""
    parser = argparse.ArgumentParser(description="Count the findings that good music draws.")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--made", action="store_true", help="judge as a stage's own output")
    parser.add_argument("--faults", action="store_true", help="also inject the whole fault catalogue")
    parser.add_argument("--table", action="store_true", help="print what the checks draw as Markdown")
    asked = parser.parse_args()
    drawn: dict[tuple[str, str], list[str]] = defaultdict(list)
    counts: Counter[tuple[str, str]] = Counter()
    missed: Counter[str] = Counter()
    files = warned = 0
    for path in _files(asked.folders):
        try:
            looked = inspect_file(path)
        except GainstageError as error:
            print(f"{path.name}: {error.message}")
            continue
        files += 1
        findings = looked.findings
        if asked.made:
            findings = _as_made(looked.audio)
        warned += verdict(findings) is not Severity.OK
        for finding in findings:
            if finding.severity is not Severity.OK:
                counts[finding.check, finding.severity.value] += 1
                drawn[finding.check, finding.severity.value].append(path.name)
                told = finding.severity.rank > Severity.NOTE.rank
                if told and (finding.check not in EXPECTED or finding.severity is Severity.FAIL):
                    print(f"{path.name}: {finding.check} {finding.severity.value}: {finding.evidence}")
        if asked.faults:
            for name, line in _missed_faults(path, looked.audio):
                missed[name] += 1
                print(f"{path.name}: {line}")
    print(f"\n{warned} of {files} files draw a warning or a fail, {warned / max(1, files):.1%}")
    _show(files, counts, missed, asked.faults)
    if asked.table:
        print("\n".join(table(drawn, files)))


def table(drawn: Mapping[tuple[str, str], Sequence[str]], files: int) -> Iterator[str]:
    """Yield the rows of what was drawn: by check and severity, of how many files, and by which of them."""
    yield "| check | severity | files | share | which |"
    yield "|---|---|---|---|---|"
    for (check, severity), names in sorted(drawn.items()):
        which = ", ".join(sorted(names)) if severity != Severity.NOTE.value else ""
        yield f"| {check} | {severity} | {len(names)} | {len(names) / max(1, files):.1%} | {which} |"


def _files(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.suffix == ".txt":
            yield from (Path(line) for line in folder.read_text(encoding="utf-8").splitlines() if line)
            continue
        yield from sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)


def _as_made(audio: Audio) -> tuple[Finding, ...]:
    return judge(Contract(COMMON), Case(stage="generate", outputs={"song": _sound(audio)}))


def _missed_faults(path: Path, audio: Audio) -> Iterator[tuple[str, str]]:
    """Yield each fault that was injected and not named first, with what was named instead."""
    rng = np.random.default_rng(zlib.crc32(path.name.encode()))
    start_s = rng.uniform(0.1, 0.9) * max(0.0, audio.duration_s - EXCERPT_S)
    good = _sound(audio.between(start_s, start_s + EXCERPT_S))
    contract = Contract((*COMMON, CrestLoss()))
    promise = Promise(
        duration_s=good.audio.duration_s, sample_rate=audio.sample_rate, channels=audio.channels
    )
    for fault in SOUND_FAULTS:
        bad = _sound(fault.inject(good.audio, rng))
        first = judge(contract, Case("drill", {"song": bad}, {"song": good}, promise=promise))[0]
        if first.check not in fault.caught_by or first.severity.rank < fault.severity.rank:
            yield (
                fault.name,
                f"{fault.name} was called {first.check} {first.severity.value}: {first.evidence}",
            )


def _sound(audio: Audio) -> Sound:
    return Sound("song", audio, measure(audio))


def _show(files: int, counts: Counter[tuple[str, str]], missed: Counter[str], with_faults: bool) -> None:
    print(f"\n{files} files")
    for (check, severity), count in sorted(counts.items()):
        print(f"  {check:24} {severity:5} {count:4}  {count / max(1, files):6.1%}")
    if with_faults:
        total = files * len(SOUND_FAULTS)
        print(f"{total - missed.total()} of {total} injected faults named first; missed: {dict(missed)}")


if __name__ == "__main__":
    main()
