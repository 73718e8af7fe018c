"""Which files of some weights are on this machine, and where."""

from __future__ import annotations

from pathlib import Path

from core.engines.weights import Weights, found, places
from core.models.selection import INDEX


def place_of(weights: Weights) -> Path | None:
    """Return the folder that holds these weights, else the one that holds the most of them, else None."""
    whole = found(weights)
    if whole is not None:
        return whole
    begun = [folder for folder in places(weights) if folder.is_dir() and own_files(folder, weights)]
    return max(begun, key=lambda folder: own_bytes(folder, weights), default=None)


def own_files(folder: Path, weights: Weights) -> tuple[Path, ...]:
    """Return the files in a folder that the weights name, and the parts that an index stands for."""
    files = {
        path
        for pattern in weights.files
        for alternative in pattern.split("|")
        for path in folder.glob(alternative)
    }
    for index in [path for path in files if path.name.endswith(INDEX)]:
        stem, _, ending = index.name.removesuffix(INDEX).rpartition(".")
        files |= set(index.parent.glob(f"{stem}-[0-9]*-of-[0-9]*.{ending}"))
    return tuple(sorted(path for path in files if path.is_file()))


def own_bytes(folder: Path, weights: Weights) -> int:
    """Return the bytes of those files on the disk."""
    return sum(path.stat().st_size for path in own_files(folder, weights))
