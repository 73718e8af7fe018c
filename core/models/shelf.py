"""Where the files of one set of weights go: a folder under ``GAINSTAGE_MODELS``, or the hub's cache.

An unfinished file lies apart and is named by its checksum, so that it is found again whatever it belongs to,
and so that a folder of weights never holds one. What was verified is recorded beside the folder, not in it.

    GAINSTAGE_MODELS/<name>/<file>
                    /.downloads/<name>/<digest>.incomplete       .downloads/<name>.json: the record
    <cache>/models--<owner>--<name>/blobs/<digest>               .gainstage/<commit>.json: the record
                                   /blobs/<digest>.incomplete
                                   /snapshots/<commit>/<file>    a link to the blob
                                   /refs/<revision>              the commit
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from core.engines.weights import Weights, hub_cache, models_folder
from core.models.checksum import Checksum
from core.models.hub import HubFile

UNFINISHED = ".incomplete"
DOWNLOADS = ".downloads"
RECORDS = ".gainstage"
DIGEST_LENGTHS = (40, 64)
"""Of git's blob ids and of SHA-256: how the hub's cache names its blobs."""


class Record(BaseModel):
    """What was downloaded into a folder, verified when it came."""

    model_config = ConfigDict(frozen=True)

    repository: str = ""
    revision: str = ""
    commit: str = ""
    files: dict[str, Checksum] = {}


@dataclass(frozen=True)
class Shelf:
    """One place for one commit of one repository."""

    folder: Path
    """Where the engine finds the files."""
    unfinished: Path
    """Folder of what is still on its way; on the same disk."""
    lock: Path
    """What one download at a time holds."""
    blobs: Path | None = None
    """In the hub's cache: where a file lies under the name of its checksum."""

    def partial(self, file: HubFile) -> Path:
        """Return where the file grows."""
        return self.unfinished / f"{file.checksum.digest}{UNFINISHED}"

    def blob(self, file: HubFile) -> Path | None:
        """Return where the hub's cache may hold this very file already, for another revision."""
        return self.blobs / file.checksum.digest if self.blobs else None

    def take(self, file: HubFile, whole: Path) -> None:
        """Give a verified file its final name; raises OSError."""
        final = self.folder / file.path
        final.parent.mkdir(parents=True, exist_ok=True)
        blob = self.blob(file)
        if blob is None:
            whole.replace(final)
            return
        if whole != blob:
            whole.replace(blob)
        link = final.with_name(f".{uuid.uuid4().hex}")
        try:
            link.symlink_to(os.path.relpath(blob, final.parent))
        except (OSError, NotImplementedError):  # Windows without the right to make links
            blob.replace(final)
        else:
            link.replace(final)

    def finish(self, revision: str, commit: str) -> None:
        """Let the hub's cache know which commit a revision's name stands for; raises OSError."""
        if self.blobs is not None and revision != commit:
            reference = self.blobs.parent / "refs" / revision
            reference.parent.mkdir(parents=True, exist_ok=True)
            reference.write_text(commit, encoding="utf-8")


def shelf_for(weights: Weights, commit: str) -> Shelf:
    """Return where a download of these weights goes."""
    models = models_folder()
    if models is not None:
        unfinished = models / DOWNLOADS / weights.name
        return Shelf(models / weights.name, unfinished, unfinished / "lock")
    cached = cached_repository(weights)
    blobs = cached / "blobs"
    return Shelf(cached / "snapshots" / commit, blobs, cached / RECORDS / "lock", blobs)


def unfinished_bytes(weights: Weights) -> int:
    """Return how much of an unfinished download is here."""
    growing = shelf_for(weights, "").unfinished.glob(f"*{UNFINISHED}")
    return sum(path.stat().st_size for path in growing if path.is_file())


def shown_target(weights: Weights) -> Path:
    """Return the folder that a download goes to, as it is named before the commit is known."""
    models = models_folder()
    return models / weights.name if models is not None else cached_repository(weights)


def cached_repository(weights: Weights) -> Path:
    """Return the repository's folder in the hub's cache."""
    return hub_cache() / f"models--{weights.repository.replace('/', '--')}"


def record_file(folder: Path) -> Path:
    """Return where it is recorded what was downloaded into ``folder``."""
    if folder.parent.name == "snapshots":
        return folder.parents[1] / RECORDS / f"{folder.name}.json"
    return folder.parent / DOWNLOADS / f"{folder.name}.json"


def record_of(folder: Path) -> Record:
    """Return what was recorded of a folder; an empty record when nothing, or nothing readable, was."""
    try:
        return Record.model_validate_json(record_file(folder).read_bytes())
    except (OSError, ValidationError):
        return Record()


def write_record(folder: Path, record: Record) -> None:
    """Put a record in place of the one before, at once; raises OSError."""
    file = record_file(folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{uuid.uuid4().hex}")
    fresh.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    fresh.replace(file)


def recorded_checksum(folder: Path, path: str, record: Record) -> Checksum | None:
    """Return what a file is known to have been; the hub's cache tells it by the name of the blob."""
    if path in record.files:
        return record.files[path]
    file = folder / path
    if not file.is_symlink():
        return None
    blob = Path(os.path.realpath(file))
    if blob.parent.name != "blobs" or len(blob.name) not in DIGEST_LENGTHS or not blob.is_file():
        return None
    return Checksum(
        kind="sha256" if len(blob.name) == 64 else "git", digest=blob.name, size=blob.stat().st_size
    )
