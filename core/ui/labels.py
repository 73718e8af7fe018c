"""What people write on their songs: a title of their own, and tags. One small file beside the studio's index.

A song without a label keeps the title that its plan, its file or its prompt gives it.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.bundle.song_zip import song_title
from core.errors import InputError, StorageError
from core.machine.home import storage_error
from core.runs.record import RunRecord

LONGEST_TITLE = 120
LONGEST_TAG = 30
MOST_TAGS = 8
_NAME = "labels.json"
_lock = threading.Lock()


@dataclass(frozen=True)
class Label:
    """A song's own title, empty for the one it comes with, and its tags."""

    title: str = ""
    tags: tuple[str, ...] = ()


def labels(home: Path) -> Mapping[str, Label]:
    """Return the labels of all songs by run. Raises StorageError for a file that cannot be read."""
    path = home / _NAME
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        return {run: Label(str(one["title"]), tuple(map(str, one["tags"]))) for run, one in written.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise storage_error(error, f"{path} cannot be read.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f"{path} is damaged: the titles and tags of the songs cannot be read.",
            remedy="Move the file away; the songs are still there, under the titles they came with.",
            detail=str(error),
        ) from error


def title_of(home: Path, run: RunRecord) -> str:
    """Return what a song is called: by its label, else as it came."""
    return labels(home).get(run.id, Label()).title or song_title(run)


def put_label(home: Path, run_id: str, title: str, tags: str) -> None:
    """Write a song's label; commas stand between ``tags``. Raises InputError for too many, StorageError."""
    label = Label(" ".join(title.split())[:LONGEST_TITLE], _tags(tags))
    with _lock:
        written = {**labels(home), run_id: label}
        if label == Label():
            del written[run_id]
        write_json(home / _NAME, {run: vars(one) for run, one in written.items()})


def rename(home: Path, run_id: str, title: str) -> None:
    """Write a song's title and leave its tags; an empty one brings back the title it came with."""
    put_label(home, run_id, title, ", ".join(labels(home).get(run_id, Label()).tags))


def _tags(text: str) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(" ".join(tag.split())[:LONGEST_TAG].lower() for tag in text.split(",")))
    found = tuple(tag for tag in tags if tag)
    if len(found) > MOST_TAGS:
        raise InputError(f"{len(found)} tags are too many.", remedy=f"Write at most {MOST_TAGS}.")
    return found


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write a small file as a whole, or leave the one there is. Raises StorageError."""
    part = path.with_name(f".{uuid.uuid4().hex}.json")
    try:
        part.write_text(json.dumps(content), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise storage_error(error, f"{path} cannot be written.") from error
