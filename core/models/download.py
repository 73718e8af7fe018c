"""Downloading one set of weights: asked, chosen, space checked, fetched, verified, put in place, recorded."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.engines.weights import MODELS, Weights, missing_files
from core.errors import DownloadError, StorageError
from core.models.checksum import fits
from core.models.fetch import PAUSES_S, Source, fetch
from core.models.hub import Hub, HubFile, Revision
from core.models.lock import held
from core.models.offline import refuse_offline
from core.models.selection import chosen
from core.models.shelf import Record, Shelf, record_of, shelf_for, write_record
from core.models.sizes import size
from core.models.tally import Tally
from core.progress import Report, part

MAIN = "main"
SPARE_BYTES = 64 << 20
"""Left free beside the download, so that the disk is not filled to its last byte."""


@dataclass(frozen=True)
class Downloaded:
    """What a download did."""

    name: str
    folder: Path
    repository: str
    revision: str
    commit: str
    files: tuple[str, ...]
    fetched: tuple[str, ...]
    """Those of the files that were not here, or not whole."""
    fetched_bytes: int
    """What came over the network this time."""


def download(
    weights: Weights,
    report: Report,
    *,
    revision: str = MAIN,
    hub: Hub | None = None,
    pauses_s: tuple[float, ...] = PAUSES_S,
) -> Downloaded:
    """Download a revision of these weights, and what they need beside them.

    What is here and right is not fetched again. ``revision`` is that of the weights themselves.

    Raises DownloadError in offline mode (before any socket is opened), for what the network or the hub
    refuses, and for a file that came wrong; StorageError when the disk is full or read-only; BusyError when
    the same is being downloaded; and what ``report`` raises. Run again, it resumes where it stopped.
    """
    refuse_offline(weights)
    hub = hub or Hub.of_environment()
    total_mb = weights.size_mb + sum(other.size_mb for other in weights.beside)
    begun = 0.0
    for other in weights.beside:
        end = begun + other.size_mb / total_mb
        _download(other, part(report, begun, end), MAIN, hub, pauses_s)
        begun = end
    return _download(weights, part(report, begun, 1.0), revision, hub, pauses_s)


def _download(
    weights: Weights, report: Report, revision: str, hub: Hub, pauses_s: tuple[float, ...]
) -> Downloaded:
    report(0.0, f"asking the hub for {weights.repository}")
    at = hub.revision(weights.repository, revision)
    names = set(chosen(weights, (file.path for file in at.files)))
    wanted = tuple(file for file in at.files if file.path in names)
    shelf = shelf_for(weights, at.commit)
    with _disk(shelf), held(shelf.lock, weights.name):
        lacking = _lacking(shelf, wanted, report)
        _refuse_to_replace(shelf, lacking)
        _need_room(weights, shelf, lacking)
        tally = Tally(report, lacking)
        for file in lacking:
            tally.begin(file)
            fetch(Source(hub, at, pauses_s), file, shelf.partial(file), tally.at)
            shelf.take(file, shelf.partial(file))
            _note(shelf, at, revision, (file,))
        _note(shelf, at, revision, wanted)
        shelf.finish(revision, at.commit)
    incomplete = missing_files(shelf.folder, weights.files)
    if incomplete:
        raise DownloadError(
            f"{at.repository} does not hold what its own index names: {', '.join(incomplete)}.",
            remedy="Name an earlier revision with --revision.",
        )
    report(1.0, f"{weights.name} is here")
    return Downloaded(
        weights.name,
        shelf.folder,
        at.repository,
        revision,
        at.commit,
        tuple(file.path for file in wanted),
        tuple(file.path for file in lacking),
        tally.fetched_bytes,
    )


def _lacking(shelf: Shelf, wanted: tuple[HubFile, ...], report: Report) -> tuple[HubFile, ...]:
    """Return the files that are not here, or are but are others; every byte that is here is read."""
    there = sum(file.size for file in wanted if _seems_here(shelf, file))
    done = 0

    def read(count: int) -> None:
        nonlocal done
        done += count
        report(0.0, f"checking what is here: {size(done)} of {size(there)}")

    lacking = []
    for file in wanted:
        blob = shelf.blob(file)
        if fits(shelf.folder / file.path, file.checksum, read):
            continue
        if blob is not None and fits(blob, file.checksum, read):
            shelf.take(file, blob)
            continue
        lacking.append(file)
    return tuple(lacking)


def _seems_here(shelf: Shelf, file: HubFile) -> bool:
    path = shelf.folder / file.path
    return path.is_file() and path.stat().st_size == file.size


def _refuse_to_replace(shelf: Shelf, lacking: tuple[HubFile, ...]) -> None:
    """Leave alone what a person put here: only what a download wrote may be replaced by another."""
    if shelf.blobs is not None:
        return
    ours = record_of(shelf.folder).files
    theirs = [f.path for f in lacking if (shelf.folder / f.path).exists() and f.path not in ours]
    if theirs:
        raise DownloadError(
            f"{', '.join(theirs)} in {shelf.folder} is not what the hub has, and no download put it there.",
            causes=("it was put there by hand, from another model or revision", "its copy was not finished"),
            remedy="Move it out of that folder, or delete it, and run it again.",
        )


def _need_room(weights: Weights, shelf: Shelf, lacking: tuple[HubFile, ...]) -> None:
    """Refuse before anything is fetched when the disk cannot take all of it."""
    here = [shelf.partial(file) for file in lacking]
    begun = sum(path.stat().st_size for path in here if path.is_file())
    needed = sum(file.size for file in lacking) - begun
    free = shutil.disk_usage(shelf.unfinished).free
    if needed and needed + SPARE_BYTES > free:
        raise StorageError(
            f"{weights.name} needs {size(needed)} more, and {size(free)} are free in {shelf.folder.parent}.",
            causes=("the disk is nearly full",),
            remedy=f"Free {size(needed + SPARE_BYTES - free)}, or set {MODELS} to a folder on a larger disk.",
        )


def _note(shelf: Shelf, at: Revision, revision: str, files: tuple[HubFile, ...]) -> None:
    """Record files that were verified just now."""
    known = record_of(shelf.folder).files | {file.path: file.checksum for file in files}
    record = Record(repository=at.repository, revision=revision, commit=at.commit, files=known)
    write_record(shelf.folder, record)


@contextmanager
def _disk(shelf: Shelf) -> Iterator[None]:
    """Turn what the disk refuses into a StorageError."""
    folder = shelf.folder.parent
    try:
        shelf.unfinished.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                f"The disk of {folder} is full; what was downloaded is kept.",
                causes=("another program filled it while the download ran",),
                remedy=f"Free some space and run it again, or set {MODELS} to a folder on a larger disk.",
                detail=str(error),
            ) from error
        raise StorageError(
            f"The folder {folder} cannot be written.",
            causes=("it is read-only", "it belongs to another user"),
            remedy=f"Set {MODELS} to a folder that you may write to.",
            detail=str(error),
        ) from error
