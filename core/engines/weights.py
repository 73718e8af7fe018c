"""Where a model's weights lie, and which of their files are missing. Nothing is loaded or downloaded here.

Three places, in this order: a checkpoint folder that the person named, a folder of the model's name under
``GAINSTAGE_MODELS``, and the hub's cache (``HF_HUB_CACHE``, ``HF_HOME``, else ``~/.cache/huggingface``).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

MODELS = "GAINSTAGE_MODELS"
UNTRAINED = "untrained.json"
"""A checkpoint that holds a file of this name declares that its weights are random."""


@dataclass(frozen=True)
class Weights:
    """One published set of weights that an engine can run from."""

    name: str
    """Its folder under ``GAINSTAGE_MODELS``."""
    repository: str
    """Its address at the hub, ``owner/name``."""
    files: tuple[str, ...]
    """What must be there: paths with wildcards; ``a|b`` means that either will do."""
    size_mb: int
    licence: str
    about: str
    """One sentence: what it is good for, and what it asks of the machine."""
    shared_folder: str = ""
    """Another folder under ``GAINSTAGE_MODELS`` that may hold these files beside those of other models."""
    beside: tuple[Weights, ...] = ()
    """Other weights that it cannot run without, each in a folder of its own."""


def models_folder() -> Path | None:
    """Return the folder that ``GAINSTAGE_MODELS`` names, whether it exists or not."""
    named = os.environ.get(MODELS)
    return Path(named).expanduser() if named else None


def hub_cache() -> Path:
    """Return the hub's cache."""
    named = os.environ.get("HF_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".cache" / "huggingface") / "hub"


def places(weights: Weights) -> tuple[Path, ...]:
    """Return the folders that may hold these weights, the preferred first."""
    found = []
    folder = models_folder()
    if folder is not None:
        found.append(folder / weights.name)
        if weights.shared_folder:
            found.append(folder / weights.shared_folder)
    cached = hub_cache() / f"models--{weights.repository.replace('/', '--')}"
    revision = _text(cached / "refs" / "main")
    if revision:
        found.append(cached / "snapshots" / revision)
    return tuple(found)


def missing_files(folder: Path, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return what ``folder`` lacks of ``wanted``, file by file; the parts that an index names count too."""
    lacking = [
        pattern for pattern in wanted if not any(_present(folder, each) for each in pattern.split("|"))
    ]
    for index in sorted(folder.glob("**/*.index.json")):
        for part in _parts(index):
            if not _filled(index.parent / part):
                lacking.append(str((index.parent / part).relative_to(folder)))
    return tuple(lacking)


def found(weights: Weights) -> Path | None:
    """Return the first place that holds all of these weights."""
    for folder in places(weights):
        if folder.is_dir() and not missing_files(folder, weights.files):
            return folder
    return None


def is_untrained(folder: Path) -> bool:
    """Return whether the checkpoint declares that its weights are random."""
    return (folder / UNTRAINED).is_file()


def fingerprint(folder: Path) -> str:
    """Return what changes when the checkpoint's files change: their names, sizes and times, hashed."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        status = path.stat()
        digest.update(f"{path.relative_to(folder)}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _present(folder: Path, pattern: str) -> bool:
    return any(_filled(path) for path in folder.glob(pattern))


def _filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _parts(index: Path) -> list[str]:
    try:
        content = json.loads(index.read_text(encoding="utf-8"))
        return sorted(set(content["weight_map"].values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
