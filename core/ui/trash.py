"""Songs that were deleted in the library: hidden at once, back with Undo, deleted for good after a while.

One small file beside the studio's index says which they are and since when, so that a server that ends in
between deletes them when it starts again.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from core.errors import GainstageError, NotFoundError, StorageError
from core.machine.home import storage_error
from core.studio import Studio
from core.ui.labels import write_json

log = logging.getLogger(__name__)
UNDO_S = 600.0
_NAME = "deleted.json"
_lock = threading.Lock()


def deleted(home: Path) -> Mapping[str, float]:
    """Return the songs that wait to be deleted for good, with the time at which each was deleted.

    Times are seconds since the epoch. Raises StorageError for a file that cannot be read.
    """
    path = home / _NAME
    try:
        return {str(run): float(at) for run, at in json.loads(path.read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise storage_error(error, f"{path} cannot be read.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise StorageError(
            f"{path} is damaged: the songs that were deleted last cannot be told.",
            remedy="Move the file away; those songs are listed again and can be deleted again.",
            detail=str(error),
        ) from error


def put(studio: Studio, runs: Collection[str]) -> None:
    """Delete songs so that they can be brought back. Raises StorageError."""
    with _lock:
        write_json(studio.home / _NAME, {**deleted(studio.home), **dict.fromkeys(runs, time.time())})
    later(studio, UNDO_S + 1)


def restore(home: Path, runs: Collection[str]) -> None:
    """Bring songs back. Raises StorageError."""
    with _lock:
        write_json(home / _NAME, {run: at for run, at in deleted(home).items() if run not in runs})


def empty(studio: Studio, runs: Collection[str] = ()) -> None:
    """Delete for good what has waited long enough, and ``runs``; what is busy stays. Raises StorageError."""
    with _lock:
        waiting = dict(deleted(studio.home))
        due = [run for run, at in waiting.items() if run in runs or time.time() - at >= UNDO_S]
        for run in due:
            try:
                studio.delete(run)
            except NotFoundError:
                pass  # gone already
            except GainstageError as error:
                log.warning("a deleted song is still there: %s", error.message)
                continue
            del waiting[run]
        if due:
            write_json(studio.home / _NAME, waiting)


def later(studio: Studio, after_s: float) -> None:
    """Empty the trash after a while, in a thread; what is left then waits for the next time."""
    timer = threading.Timer(after_s, _emptied, (studio,))
    timer.daemon = True
    timer.start()


def _emptied(studio: Studio) -> None:
    try:
        empty(studio)
    except GainstageError as error:
        log.warning("deleted songs stay for now: %s", error.message)
