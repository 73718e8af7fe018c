"""Which files of a repository are downloaded: those that the weights name, and small texts beside them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from core.engines.weights import Weights
from core.errors import DownloadError

INDEX = ".index.json"
TEXTS = (".json", ".txt", ".model", ".yaml", ".jinja")
"""Settings and vocabularies: a tokenizer has more of them than an engine names."""
RUNS_WHEN_OPENED = (".bin", ".pt", ".pth", ".th", ".ckpt", ".pkl", ".pickle", ".py", ".so", ".dll", ".sh")
"""Pickles and programs: downloaded only where the weights' own pattern spells the ending out."""


def chosen(weights: Weights, names: Iterable[str]) -> tuple[str, ...]:
    """Return the files to download, of all that a repository has, in its order.

    Of alternatives (``a|b``) the first that is there is taken; an index brings the parts that it stands
    for. Raises DownloadError that names what the repository lacks, or a name that leads out of the folder.
    """
    offered = tuple(names)
    taken: set[str] = set()
    lacking = []
    for pattern in weights.files:
        found = _first(pattern, offered)
        taken |= found
        if not found:
            lacking.append(pattern.replace("|", " or "))
    if lacking:
        raise DownloadError(
            f"The repository {weights.repository} lacks {', '.join(lacking)}.",
            causes=("its authors changed how it is laid out", "this revision is another form of the model"),
            remedy="Name an earlier revision with --revision.",
        )
    folders = {PurePosixPath(name).parent for name in taken}
    taken |= {name for name in offered if _is_text(name) and PurePosixPath(name).parent in folders}
    return tuple(_inside(name, weights) for name in offered if name in taken)


def _first(pattern: str, names: tuple[str, ...]) -> set[str]:
    for alternative in pattern.split("|"):
        found = {name for name in names if _matches(name, alternative)}
        if found:
            indexes = tuple(name for name in found if name.endswith(INDEX))
            return found | {name for name in names if any(_is_part(name, index) for index in indexes)}
    return set()


def _matches(name: str, pattern: str) -> bool:
    """Match folder by folder, as a glob under a folder does."""
    parts, wanted = name.split("/"), pattern.split("/")
    if len(parts) != len(wanted) or not all(map(fnmatchcase, parts, wanted)):
        return False
    return not name.endswith(RUNS_WHEN_OPENED) or pattern.endswith(RUNS_WHEN_OPENED)


def _is_part(name: str, index: str) -> bool:
    """``model.safetensors.index.json`` stands for ``model-00001-of-00002.safetensors`` and so on."""
    stem, _, ending = index.removesuffix(INDEX).rpartition(".")
    return fnmatchcase(name, f"{stem}-[0-9]*-of-[0-9]*.{ending}") and name.count("/") == index.count("/")


def _is_text(name: str) -> bool:
    # An index that was not asked for stands for parts in another format, which are not downloaded.
    return name.endswith(TEXTS) and not name.endswith(INDEX)


def _inside(name: str, weights: Weights) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise DownloadError(
            f"The repository {weights.repository} has a file {name!r}, which would lie outside its folder.",
            remedy="Do not use this repository; check HF_ENDPOINT if it is set.",
        )
    return name
