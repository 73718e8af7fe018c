"""What ``inspect --chain`` and ``compare`` share: what a name stands for, and how steps are printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.blame.chain import Chain, Link
from core.cli.base import as_json, figure, finding_lines, level_line
from core.contract import Severity
from core.errors import InputError, NotFoundError
from core.runs.record import RunRecord
from core.studio import Studio
from core.values import Json

RUN_ID = re.compile(r"[A-Za-z0-9_-]{12,}")


@contextmanager
def studio() -> Iterator[Studio]:
    """Open the studio of this process for looking things up, and close it."""
    opened = Studio.open(by_operator=True)
    try:
        yield opened
    finally:
        opened.close()


def run_id_of(name: str) -> str | None:
    """Return the run that a name stands for, by its id or the folder that ``song`` wrote; None for a file."""
    path = Path(name)
    if path.is_dir():
        try:
            return str(json.loads((path / "run.json").read_text(encoding="utf-8"))["run"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
    return name if not path.exists() and RUN_ID.fullmatch(name) else None


def run_named(name: str, run_id: str, opened: Studio) -> RunRecord:
    """Return a run; raises InputError that says what the name was taken for."""
    try:
        return opened.run(run_id)
    except NotFoundError as error:
        what = f"The run of the folder {name} is not in this studio." if Path(name).is_dir() else ""
        raise InputError(
            what or f"There is no file and no run {name}.",
            causes=("it was made under another GAINSTAGE_HOME", "it was deleted") if what else (),
            remedy="Name sound files, folders of stems, or a run that `python -m core runs` lists.",
        ) from error


def chain_object(chain: Chain, label: str) -> dict[str, Json]:
    """Return a chain as JSON; ``label`` is what a step is: "file" or "stage"."""
    blame = chain.blame
    return {
        "verdict": chain.verdict.value,
        "blame": blame.step if blame else None,
        "reason": {
            "position": blame.position,
            "check": blame.check,
            "what": blame.what,
            "did": blame.did,
            "causes": list(blame.causes),
            "remedy": blame.remedy,
        }
        if blame
        else None,
        f"{label}s": [_link_object(link, label) for link in chain.links],
    }


def _link_object(link: Link, label: str) -> dict[str, Json]:
    return {
        label: link.name,
        "verdict": link.verdict.value,
        "measurement": as_json(link.measurement) if link.measurement else None,
        "parts": {name: as_json(reading) for name, reading in link.parts.items()},
        "since": link.since or None,
        "change": as_json(link.change) if link.change else None,
        "findings": [as_json(finding) for finding in link.findings],
        "error": link.error.model_dump(exclude={"detail"}, mode="json") if link.error else None,
    }


def print_chain(chain: Chain) -> None:
    """Print a chain: the waterfall, every step with what it did, and the one to blame."""
    from core.blame.words import change_in_words

    print("LUFS  " + " > ".join(f"{link.title} {_level(link)}" for link in chain.links if link.measurement))
    for link in chain.links:
        level = level_line(link.measurement) if link.measurement else "no sound"
        print(f"{link.verdict.value:<5} {link.position} {link.title}\n    {level}")
        if link.change is not None:
            print(f"    {change_in_words(link.change, link.title, link.since)}")
        if link.error is not None:
            print(f"    FAIL {link.error.message}")
        lines = finding_lines(link.findings)
        print("\n".join(lines), end="\n" if lines else "")
    print(blame_line(chain))


def blame_line(chain: Chain) -> str:
    """Return the sentence that ends a chain: who is to blame, or that nobody is."""
    blame = chain.blame
    if blame is not None:
        likely = f" Likely: {blame.causes[0]}." if blame.causes else ""
        return f"First broken at step {blame.position}, {blame.title}: {blame.what}{likely}"
    warned = next((link for link in chain.links if link.verdict is Severity.WARN), None)
    if warned is None:
        return "No step broke the sound."
    return f"No step broke the sound; the first warning is at {warned.title}: {warned.findings[0].evidence}"


def _level(link: Link) -> str:
    reading = link.measurement
    if reading is None or (reading.integrated_lufs is None and reading.rms_dbfs is not None):
        return "-"
    return "silent" if reading.rms_dbfs is None else figure(reading.integrated_lufs)
