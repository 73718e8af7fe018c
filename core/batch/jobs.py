"""Jobs of a batch: read from JSON lines or CSV, times seeds and settings, or one for each file of a folder.

A line is an object with the fields of the ``song`` command: prompt, lyrics, plan, from, seconds, seed, clips,
generator, separator, reference, instrumental; ``settings`` holds ``{"master.target_lufs": -16}``, ``name``
the folder's name. A list as a value (but for ``from``) stands for one job each. In CSV a column is a field,
and one with a dot in its name a setting.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.audio import SUFFIXES
from core.errors import InputError
from core.values import Json, bounded_json

FLAGS = {
    "prompt": "--prompt",
    "lyrics": "--lyrics",
    "plan": "--plan",
    "seconds": "--seconds",
    "seed": "--seed",
    "clips": "--clips",
    "generator": "--generator",
    "separator": "--separator",
    "reference": "--reference",
}
FILES = ("lyrics", "plan", "reference")
"""Fields that name files, which lie beside the jobs' file unless they are absolute."""
KNOWN = (*FLAGS, "from", "instrumental", "settings", "name")
MOST_JOBS = 100_000
_NOT_IN_A_NAME = re.compile(r"[^\w.+-]+")
REMEDY = f"Each job may have {', '.join(KNOWN)}."


@dataclass(frozen=True)
class BatchJob:
    """One call of a command; its results go into a folder of its name."""

    name: str
    arguments: tuple[str, ...]
    """As on the command line, without ``--out`` and ``--json``."""
    about: Mapping[str, Json]
    """What it is, for the table: prompt, seed, file, settings."""

    @property
    def key(self) -> str:
        """What tells this job from any other, and a file from what it was before."""
        named = [text.partition("=")[2] or text for text in self.arguments if not text.startswith("--out")]
        files = [path for text in named if text[:1] == os.sep and (path := Path(text)).is_file()]
        stamps = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in files]
        return hashlib.sha256(json.dumps([self.name, self.arguments, stamps]).encode()).hexdigest()


def song_jobs(path: Path, seeds: Sequence[int], grid: Mapping[str, Sequence[str]]) -> list[BatchJob]:
    """Return the songs that a file asks for, once for each seed and each combination of the grid's settings.

    Raises InputError that names the line.
    """
    jobs: list[BatchJob] = []
    taken: dict[str, int] = {}
    for number, line in _lines(path):
        for one in _expanded(line, seeds, grid):
            jobs.append(_song(one, path.parent, f"{path.name}, line {number}", taken))
            if len(jobs) > MOST_JOBS:
                raise InputError(f"The batch has more than {MOST_JOBS} jobs.", remedy="Make it in parts.")
    if not jobs:
        raise InputError(f"{path} holds no job.", remedy=f"Write one object in each line. {REMEDY}")
    return jobs


def folder_jobs(folder: Path, command: str, options: Sequence[str]) -> list[BatchJob]:
    """Return one job of a command for each sound file in a folder, in the order of their names."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    files = [path for path in found if not path.name.startswith(".")]
    if not files:
        raise InputError(f"{folder} holds no sound file.", remedy=f"Known are {', '.join(SUFFIXES)}.")
    taken: dict[str, int] = {}
    return [
        BatchJob(_free(path.stem, taken), (command, str(path.resolve()), *options), {"file": path.name})
        for path in files
    ]


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Json]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The jobs in {path} cannot be read.", remedy="Give a UTF-8 file.", detail=str(error)
        ) from error
    if path.suffix.lower() == ".csv":
        try:
            yield from (
                (number, _from_row(row)) for number, row in enumerate(csv.DictReader(text.splitlines()), 2)
            )
        except csv.Error as error:
            raise InputError(
                f"{path.name} is no table that can be read.",
                remedy=f"Save it as CSV again. {REMEDY}",
                detail=str(error),
            ) from error
        return
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = bounded_json(line)
        except ValueError as error:
            raise InputError(
                f"{path.name}, line {number} is no JSON.",
                remedy=f"Write one object. {REMEDY}",
                detail=str(error),
            ) from error
        if not isinstance(value, dict):
            raise InputError(f"{path.name}, line {number} is no object.", remedy=REMEDY)
        yield number, value


def _from_row(row: Mapping[str | None, Json]) -> dict[str, Json]:
    given = {str(name).strip(): value for name, value in row.items() if name and value not in (None, "")}
    settings = {name: given.pop(name) for name in list(given) if "." in name}
    if "from" in given:
        given["from"] = [part.strip() for part in str(given["from"]).split(";")]
    return {**given, "settings": settings} if settings else given


def _expanded(
    line: Mapping[str, Json], seeds: Sequence[int], grid: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, Json]]:
    """Yield one object for each combination of the lists in a line, the seeds and the grid."""
    settings = line.get("settings") or {}
    if not isinstance(settings, Mapping):
        settings = {"settings": settings}
    axes: list[list[tuple[str, Json]]] = []
    for name, value in line.items():
        if name != "settings":
            several = value if isinstance(value, list) and name != "from" else [value]
            axes.append([(name, one) for one in several])
    for name, value in {**settings, **grid}.items():
        several = list(value) if isinstance(value, (list, tuple)) else [value]
        axes.append([(f"set {name}", one) for one in several])
    if seeds and "seed" not in line:
        axes.append([("seed", seed) for seed in seeds])
    for chosen in itertools.product(*axes):
        flat = dict(chosen)
        inner = {name[4:]: flat.pop(name) for name in list(flat) if name.startswith("set ")}
        varies = [name for name in grid] + [n for n, v in settings.items() if isinstance(v, list)]
        yield {**flat, "settings": inner, "_varies": {name: inner[name] for name in varies}}


def _song(one: dict[str, Json], folder: Path, where: str, taken: dict[str, int]) -> BatchJob:
    varies = one.pop("_varies")
    unknown = [name for name in one if name not in KNOWN]
    if unknown:
        raise InputError(f"{where}: there is no field {unknown[0]}.", remedy=REMEDY)
    if not any(one.get(name) for name in ("prompt", "lyrics", "plan", "from")):
        raise InputError(f"{where}: there is nothing to make a song from.", remedy="Give it a prompt.")
    sources = one.get("from") or []
    files = [sources] if isinstance(sources, str) else sources
    named = [*(one.get(name) for name in FILES), *(files if isinstance(files, list) else [files])]
    if any(not isinstance(file, str) or "\0" in file for file in named if file is not None):
        raise InputError(f"{where}: a file's name is no text.", remedy="Give names of files as text.")
    arguments = ["song"]
    for name, flag in FLAGS.items():
        value = one.get(name)
        if value is not None and value != "":
            text = str((folder / str(value)).resolve()) if name in FILES else str(value)
            arguments.append(f"{flag}={text}")
    if files:
        arguments += ["--from", *(str((folder / str(file)).resolve()) for file in files)]
    if str(one.get("instrumental", "")).lower() in ("true", "1", "yes"):
        arguments.append("--instrumental")
    for name, value in one["settings"].items():
        arguments.append(f"--set={name}={value if isinstance(value, str) else json.dumps(value)}")
    parts = [str(one.get("name") or one.get("prompt") or "song")[:40]]
    parts += [f"s{one['seed']}"] if "seed" in one else []
    parts += [f"{name.rpartition('.')[2]}{value}" for name, value in varies.items()]
    about = {name: value for name, value in one.items() if name in ("prompt", "seed", "from")}
    return BatchJob(_free("-".join(parts), taken), tuple(arguments), about | {"settings": one["settings"]})


def _free(name: str, taken: dict[str, int]) -> str:
    """Return a folder's name made from ``name`` that no other job has.

    ``taken``: the names so far, each with the last number that was put behind it.
    """
    plain = _NOT_IN_A_NAME.sub("-", name).strip("-.")[:80] or "job"
    unused = plain
    while unused in taken:  # where another is named like that by itself
        taken[plain] += 1
        unused = f"{plain}-{taken[plain]}"
    taken[unused] = 1
    return unused
