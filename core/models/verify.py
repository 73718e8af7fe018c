"""Whether the files of some weights are still what they were when they came."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from core.engines.weights import Weights, missing_files
from core.errors import NotFoundError, StorageError
from core.models.checksum import Checksum, fits
from core.models.here import own_files, place_of
from core.models.shelf import record_of, recorded_checksum
from core.models.sizes import size
from core.progress import Report


class FileState(StrEnum):
    """What became of one file."""

    RIGHT = "right"
    DAMAGED = "damaged"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """No checksum of it is recorded, so nobody can tell."""


class Verified(BaseModel):
    """What the files of one set of weights are like."""

    model_config = ConfigDict(frozen=True)

    name: str
    folder: str
    files: dict[str, FileState]

    def those(self, state: FileState) -> tuple[str, ...]:
        """Return the files of one state."""
        return tuple(path for path, is_now in self.files.items() if is_now is state)

    @property
    def proved(self) -> bool:
        """Whether every file is there and right."""
        return all(state is FileState.RIGHT for state in self.files.values())

    @property
    def remedy(self) -> str:
        """What to do about it; empty when all is well."""
        if self.proved:
            return ""
        if self.those(FileState.DAMAGED) or self.those(FileState.MISSING):
            return f"Run python -m core models get {self.name}: it fetches only what is not right."
        return (
            f"Run python -m core models get {self.name}: it compares these files with the hub's checksums "
            "and records them."
        )


def verify(weights: Weights, report: Report) -> Verified:
    """Read every file of these weights and compare it with its recorded checksum; opens no socket.

    Raises NotFoundError when nothing of them is here, StorageError when a file cannot be read, and what
    ``report`` raises.
    """
    folder = place_of(weights)
    if folder is None:
        raise NotFoundError(
            f"Nothing of {weights.name} is on this machine.",
            remedy=f"Run python -m core models get {weights.name}.",
        )
    record = record_of(folder)
    own = (path.relative_to(folder).as_posix() for path in own_files(folder, weights))
    known = {name: recorded_checksum(folder, name, record) for name in sorted({*own, *record.files})}
    states = _states(folder, known, report)
    for pattern in missing_files(folder, weights.files):
        states.setdefault(pattern.replace("|", " or "), FileState.MISSING)
    return Verified(name=weights.name, folder=str(folder), files=states)


def _states(folder: Path, known: dict[str, Checksum | None], report: Report) -> dict[str, FileState]:
    total = sum(checksum.size for checksum in known.values() if checksum)
    done = 0

    def read(count: int) -> None:
        nonlocal done
        done += count
        report(min(1.0, done / total), f"checking {name}: {size(done)} of {size(total)}")

    states = {}
    for name, checksum in known.items():
        try:
            if not (folder / name).is_file():
                states[name] = FileState.MISSING
            elif checksum is None:
                states[name] = FileState.UNKNOWN
            else:
                right = fits(folder / name, checksum, read)
                states[name] = FileState.RIGHT if right else FileState.DAMAGED
        except OSError as error:
            raise StorageError(
                f"{name} in {folder} cannot be read.",
                causes=("it belongs to another user", "the disk is failing"),
                remedy="Make it readable, or download it again.",
                detail=str(error),
            ) from error
    return states
