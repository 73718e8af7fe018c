"""Folders: the studio's home, the temporary folder, the models; whether they are writable and have space."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.contract import Severity
from core.engines.weights import MODELS, hub_cache, models_folder
from core.facts.fact import GB, MB, Fact, bad, ok
from core.machine.home import DAMAGED_INDEX

DISK_FAIL_BYTES, DISK_WARN_BYTES = 300 * MB, 3 * GB
"""A song of three minutes keeps about 600 MB of sound between its stages."""
MODEL_BYTES = 12 * GB
"""What the largest model that the studio names takes, unpacking included."""


def storage(home: Path) -> Iterator[Fact]:
    """Look at every folder that is written into."""
    yield _home(home)
    remedy = "Delete old songs in the library, or set GAINSTAGE_HOME to a larger disk."
    yield _free("disk", home, DISK_FAIL_BYTES, DISK_WARN_BYTES, remedy)
    yield from _set_aside(home)
    yield _temporary()
    yield _models()


def _home(home: Path) -> Fact:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return _closed("home", home, error)
    refused = _refusal(home)
    return _closed("home", home, refused) if refused else ok("home", f"{home} can be written.")


def _set_aside(home: Path) -> Iterator[Fact]:
    """Tell of indexes that were damaged; the studio rebuilt them from the copies of the songs."""
    damaged = sorted(home.glob(f"{DAMAGED_INDEX}*.sqlite"))
    if damaged:
        yield bad(
            Severity.WARN,
            "index",
            f"The index of songs was damaged {len(damaged)} times, last set aside as {damaged[-1].name}.",
            "Look at the disk's health. Delete these files once every song is in the library.",
            "the disk or the file system lost data",
            "the home lies on a network disk that several machines write",
        )


def _closed(name: str, folder: Path, error: OSError) -> Fact:
    return bad(
        Severity.FAIL,
        name,
        f"{folder} cannot be written: {error.strerror or error}.",
        "Set GAINSTAGE_HOME to a folder that you may write to.",
        "the folder is read-only or belongs to another user",
        "in a container: no volume is mounted there for this user",
    )


def _refusal(folder: Path) -> OSError | None:
    """Return why nothing can be written into ``folder``; None when it can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"gainstage")
    except OSError as error:
        return error
    return None


def _temporary() -> Fact:
    remedy = "Set TMPDIR to a folder with free space: sounds pass through it on their way to the engines."
    try:
        folder = Path(tempfile.gettempdir())
    except OSError as error:
        evidence = f"There is no temporary folder that can be written: {error.strerror or error}."
        return bad(Severity.FAIL, "temporary folder", evidence, remedy, "TMPDIR leads nowhere")
    refused = _refusal(folder)
    if refused:
        evidence = f"{folder} cannot be written: {refused.strerror or refused}."
        return bad(Severity.FAIL, "temporary folder", evidence, remedy, "the folder is read-only, or full")
    return _free("temporary folder", folder, DISK_FAIL_BYTES / 3, DISK_FAIL_BYTES, remedy)


def _models() -> Fact:
    """Look at where a model would be put: the models' folder, else the hub's cache."""
    named = models_folder()
    folder, called = (named, MODELS) if named is not None else (hub_cache(), "the hub's cache")
    variable = MODELS if named is not None else "HF_HOME"
    there = _nearest(folder)
    if named is not None and not named.is_dir():
        return bad(
            Severity.WARN,
            "models' folder",
            f"{MODELS} names {named}, which is no folder.",
            "Make the folder, or correct the variable.",
            "the path is misspelt",
            "in a container: the volume is not mounted",
        )
    if there.is_dir() and not os.access(there, os.R_OK | os.X_OK):
        return bad(
            Severity.WARN,
            "models' folder",
            f"{folder} ({called}) cannot be read by this user.",
            f"Give this user the right to read it, or set {variable} to another folder.",
            "it belongs to another user",
        )
    if not os.access(there, os.W_OK):
        return ok("models' folder", f"{folder} ({called}) can be read; nothing can be downloaded into it.")
    remedy = f"Free some space, or set {variable} to a folder on a larger disk."
    return _free("models' folder", folder, 0, MODEL_BYTES, remedy, why="a large model takes 10 GB")


def _free(
    name: str,
    folder: Path,
    fail_bytes: float,
    warn_bytes: float,
    remedy: str,
    why: str = "the disk is nearly full",
) -> Fact:
    try:
        free = shutil.disk_usage(_nearest(folder)).free
    except OSError as error:
        return bad(Severity.WARN, name, f"The space in {folder} cannot be found out: {error}.", remedy)
    evidence = f"{free / GB:.1f} GB are free in {folder}."
    if free >= warn_bytes:
        return ok(name, evidence)
    return bad(Severity.FAIL if free < fail_bytes else Severity.WARN, name, evidence, remedy, why)


def _nearest(folder: Path) -> Path:
    """Return the folder itself, or the nearest above it that exists."""
    return next((each for each in (folder, *folder.parents) if each.exists()), Path())
