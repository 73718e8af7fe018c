"""A Demucs repository's files, read without torch: which model, of which networks, and are they whole?

A model is a "bag": ``<name>.yaml`` lists the signatures of its networks, and may weigh their stems. A network
lies in ``<signature>.safetensors``, ``<signature>.th`` or ``<signature>-<checksum>.th``.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.checkpoint import AGAIN, Checkpoint
from core.engines.demucs.card import CARD
from core.engines.weights import MODELS, missing_files
from core.errors import EngineError, EngineMissingError

LONGEST_BAG = 100_000
"""Bytes; the published ones have a hundred."""
MOST_NETWORKS = 16


@dataclass(frozen=True)
class Bag:
    """One model of a repository."""

    name: str
    folder: Path
    files: tuple[Path, ...]
    """The weights file of each network."""
    weights: tuple[tuple[float, ...], ...] | None
    """How much each network counts for each stem; None: all count alike."""
    segment_s: float | None
    """A window shorter than the one the networks were trained on; None: that one."""


def find_bag(folder: Path, model: str = "") -> Bag:
    """Return the model of that name, or the preferred one, with files that are there and whole.

    Raises EngineMissingError for what the folder lacks, EngineError for what is damaged.
    """
    Checkpoint(folder, "Demucs").require_folder(
        "Clear the checkpoint setting, or name a folder that holds a Demucs repository."
    )
    path = folder / f"{model}.yaml" if model else _preferred(folder)
    if not path.is_file():
        raise _lacks(folder, path.name)
    content = _read(path)
    files = tuple(_file_of(folder, path, signature) for signature in content["models"])
    for file in set(files):
        _check_sum(file)
    return Bag(path.stem, folder, files, content["weights"], content["segment"])


def damaged(file: Path, why: object) -> EngineError:
    """Return the error for a file that cannot be read."""
    return EngineError(
        f"The Demucs file {file.name} in {file.parent.name} cannot be read.",
        causes=("the download was cut off", "the file was changed or damaged"),
        remedy=AGAIN,
        detail=f"{type(why).__name__}: {why}" if isinstance(why, BaseException) else str(why),
    )


def unfit(folder: Path, why: object) -> EngineError:
    """Return the error for files that are whole but do not belong together."""
    return EngineError(
        f"The weights in {folder.name} do not fit their configuration.",
        causes=("files of two models are mixed", "the configuration was edited"),
        remedy=AGAIN,
        detail=f"{type(why).__name__}: {why}" if isinstance(why, BaseException) else str(why),
    )


def _preferred(folder: Path) -> Path:
    """Return the bag of the first published model that is all there, else the only bag."""
    for weights in CARD.weights:
        if not missing_files(folder, weights.files):
            return folder / f"{weights.name}.yaml"
    bags = sorted(folder.glob("*.yaml"))
    if not bags:
        raise _lacks(folder, "the .yaml file that names its model")
    if len(bags) > 1:
        names = ", ".join(bag.stem for bag in bags)
        raise EngineError(
            f"The checkpoint {folder.name} holds several models ({names}), and none was chosen.",
            causes=("a whole repository was named",),
            remedy="Choose one in Demucs' settings, or put each model into a folder of its own.",
        )
    return bags[0]


def _read(path: Path) -> dict[str, Any]:
    """Return what a bag's file says, in the form of :class:`Bag`."""
    import yaml  # type: ignore[import-untyped]

    try:
        if path.stat().st_size > LONGEST_BAG:
            raise damaged(path, f"it has {path.stat().st_size:,} bytes, more than a list of networks needs")
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise damaged(path, error) from error
    try:
        models = [str(signature) for signature in content["models"]]
        rows = content.get("weights")
        weights = None if rows is None else tuple(tuple(float(x) for x in row) for row in rows)
        segment = None if content.get("segment") is None else float(content["segment"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(path, error) from error
    if not 1 <= len(models) <= MOST_NETWORKS or isinstance(content["models"], str):
        raise damaged(path, f"it lists {len(models)} networks")
    _check_weights(path, models, weights)
    if segment is not None and not 0.1 <= segment <= 600:
        raise unfit(path.parent, f"{path.name} asks for windows of {segment:g} s")
    return {"models": models, "weights": weights, "segment": segment}


def _check_weights(path: Path, models: list[str], weights: tuple[tuple[float, ...], ...] | None) -> None:
    if weights is None:
        return
    widths = {len(row) for row in weights}
    if len(weights) != len(models) or len(widths) != 1 or not widths.pop():
        raise unfit(path.parent, f"{path.name} has weights for {len(weights)} of {len(models)} networks")
    totals = [sum(column) for column in zip(*weights, strict=True)]
    if not all(math.isfinite(total) and total > 0 for total in totals) or min(map(min, weights)) < 0:
        raise unfit(path.parent, f"{path.name} gives a stem to no network: its weights add up to {totals}")


def _file_of(folder: Path, bag: Path, signature: str) -> Path:
    found = [
        file
        for file in sorted(folder.iterdir())
        if file.is_file() and _signature(file) == signature and file.stat().st_size
    ]
    safe = [file for file in found if file.suffix == ".safetensors"]
    if not found:
        raise _lacks(folder, f"{signature}.safetensors or {signature}.th, which {bag.name} names")
    if not safe and len(found) > 1:
        raise EngineError(
            f"The checkpoint {folder.name} holds {signature} {len(found)} times.",
            causes=("an older file was not deleted",),
            remedy="Delete all but one of " + ", ".join(file.name for file in found) + ".",
        )
    return (safe or found)[0]


def _signature(file: Path) -> str:
    if file.suffix == ".safetensors":
        return file.stem
    return file.stem.rsplit("-", 1)[0] if file.suffix == ".th" else ""


def _check_sum(file: Path) -> None:
    """Compare the file with the checksum in its name, when it has one."""
    _, dash, expected = file.stem.rpartition("-")
    if not dash or file.suffix != ".th":
        return
    try:
        with file.open("rb") as opened:
            actual = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise damaged(file, error) from error
    if not actual.startswith(expected):
        raise damaged(file, f"Invalid checksum: expected {expected}, got {actual[: len(expected)]}")


def _lacks(folder: Path, what: str) -> EngineMissingError:
    return EngineMissingError(
        f"The checkpoint {folder.name} lacks {what}.",
        causes=("the download was not finished", "the folder is not a Demucs repository"),
        remedy=f"Download the missing file into it, or put adefossez/HTDemucs under {MODELS}/htdemucs.",
    )
