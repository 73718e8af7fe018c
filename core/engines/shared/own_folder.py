"""A checkpoint's folder, checked in an interpreter of an engine's own: Python 3.9 syntax."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.engines.child import WorkerError
from core.engines.weights import missing_files

AGAIN = "Download the model again into that folder."


def check_folder(folder: Path, files: tuple[str, ...], holds: str, cause: str, remedy: str) -> None:
    """Raise WorkerError when the folder, or one of its files, is missing.

    ``holds``: the model that it should hold; ``cause``: why else than a broken download files are missing.
    """
    if not folder.is_dir():
        raise WorkerError(
            f"There is no checkpoint folder {folder.name}.",
            f"Clear the checkpoint setting, or name a folder that holds {holds}.",
            "engine_missing",
        )
    lacking = missing_files(folder, files)
    if lacking:
        raise WorkerError(
            f"The checkpoint {folder.name} lacks {', '.join(lacking)}.",
            remedy,
            "engine_missing",
            ("the download was not finished", cause),
        )


def cannot_import(package: str, error: BaseException, remedy: str) -> WorkerError:
    """Return the error for a package that the engine's interpreter lacks, or holds broken."""
    return WorkerError(
        f"{package} cannot be imported by its interpreter ({type(error).__name__}: {error}).",
        remedy,
        "engine_missing",
        ("a package is missing in that environment", "torch and torchaudio there do not fit together"),
    )


def first_broken(torch: Any, *parts: Any) -> str:
    """Return the name of a tensor that holds NaN or infinity; empty when none does."""
    for part in parts:
        for name, tensor in part.state_dict().items():
            if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
                return str(name)
    return ""
