"""What keeps a home whole and small: at the start and by the hour.

Runs that were cut off are marked, copies of runs are written, and what nobody needs any more goes: scratch
and temporary folders of processes that were killed, sounds that no row names, previews. Intermediate sounds
of songs that rest give way, and a limit of age or size takes the oldest songs, but none that is kept.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import GainstageError, StorageError, UnreadableRunError
from core.machine.limits import MB, Limits
from core.runs.index import RunIndex
from core.runs.presence import Presence, shows_life
from core.runs.record import RunState
from core.runs.resting import may_rest
from core.runs.store import ORPHAN_AFTER_S, Store

logger = logging.getLogger("gainstage.housekeeping")
CROSSING = (".npy", ".wav")
EVERY_S = 3600.0
BEGINS_AFTER_S = 2.0
"""The first page is not kept waiting while the index is read."""
TEMPORARY = re.compile(r"gainstage-[a-z0-9_]{8}")
"""How the folders are named in which sounds cross to an engine and back."""


@dataclass
class Tidied:
    """What one round freed."""

    rested: int = 0
    """Sounds that gave way."""
    deleted: int = 0
    """Songs that a limit took."""
    freed_bytes: int = 0


class Housekeeping:
    """The rounds of one home; ``busy`` says whether a song of this process is at work."""

    def __init__(
        self,
        store: Store,
        index: RunIndex,
        presence: Presence,
        limits: Limits,
        *,
        busy: Callable[[], bool],
        repeatable: Callable[[str], bool],
    ) -> None:
        self._store, self.index, self._presence, self._limits = store, index, presence, limits
        self._busy, self._repeatable = busy, repeatable
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._rounds, name="housekeeping", daemon=True)

    def begin(self) -> None:
        """Start the rounds, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """End the rounds."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def settle(self) -> None:
        """Prove the index, mark runs that were cut off, copy those that have no copy. Raises StorageError."""
        self.index.database.prove()
        for run_id, (server, beat) in self.index.live().items():
            if server and self._presence.alive(server) is False:
                self.index.set_state(run_id, RunState.INTERRUPTED, beat)
        self.index.database.copy_runs()

    def tidy(self, *, at_once: bool = False) -> Tidied:
        """Do one round; ``at_once`` takes no account of how long songs have rested. Raises StorageError."""
        done = Tidied()
        self._store.sweep_scratch()
        _sweep_temporary()
        if self._busy() or self._others_at_work():
            return done
        before = free_bytes(self._store.home)
        ages = self.index.ages()
        self._too_old(ages, done)
        self._rest(ages, 0.0 if at_once else self._limits.rest_hours * 3600, done)
        self._too_much(ages, done)
        recent = min(ages.values(), default=0.0)
        if not ages or recent > self._limits.rest_hours * 3600:
            # Nobody is at work: what was undone is not wanted back.
            self.index.drop_results_except(self.index.held_keys(with_results=False))
        self._store.sweep(self.index.held_keys(), named=set())
        self._store.sweep_previews()
        done.freed_bytes = max(done.freed_bytes, free_bytes(self._store.home) - before)
        return done

    def delete(self, run_id: str) -> None:
        """Delete a run, and at once every sound that no other run holds, unless one is at work."""
        named = self.index.keys_of(run_id)
        self.index.delete(run_id)
        if not self._busy() and not self._others_at_work():
            dropped = self.index.drop_results_except(self.index.held_keys(with_results=False))
            self._store.sweep(self.index.held_keys(), named=named | dropped)

    def _others_at_work(self) -> bool:
        return any(
            server != self._presence.token and shows_life(self._presence, server, beat)
            for server, beat in self.index.live().values()
        )

    def _too_old(self, ages: dict[str, float], done: Tidied) -> None:
        kept = self.index.kept()
        for run_id, age_s in list(ages.items()):
            if age_s > self._limits.song_days * 86_400 and run_id not in kept:
                self._take(run_id, ages, done)

    def _too_much(self, ages: dict[str, float], done: Tidied) -> None:
        """Delete the oldest songs until what is stored is within the limit."""
        most, kept = self._limits.disk_mb * MB, self.index.kept()
        for run_id in sorted(ages, key=lambda one: -ages[one]):
            if stored_bytes(self._store.home) <= most:
                return
            if run_id not in kept:
                self._take(run_id, ages, done)

    def _take(self, run_id: str, ages: dict[str, float], done: Tidied) -> None:
        logger.warning("state=deleted-by-limit run=%s", run_id)
        self.delete(run_id)
        ages.pop(run_id)
        done.deleted += 1

    def _rest(self, ages: dict[str, float], after_s: float, done: Tidied) -> None:
        """Let the sounds of songs give way that nobody has worked on for ``after_s``."""
        free: set[str] = set()
        stays: set[str] = set()
        for run_id, age_s in ages.items():
            named = self.index.keys_of(run_id)
            try:
                rests = may_rest(self.index.run(run_id)[0], self._repeatable) if age_s >= after_s else set()
            except UnreadableRunError:
                rests = set()
            free |= rests
            stays |= named - rests
        for key in sorted(free - stays):
            if self._store.has(key):
                done.freed_bytes += self._store.rest(key)
                done.rested += 1

    def _rounds(self) -> None:
        self._guarded(self._store.sweep_scratch)
        if self._ended.wait(BEGINS_AFTER_S):
            return
        self._guarded(self.settle)
        while not self._ended.is_set():
            self._guarded(self.tidy)
            self._ended.wait(EVERY_S)

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except GainstageError as error:
            if not self._ended.is_set():
                logger.warning("state=not-tidied reason=%s %s", error.message, error.remedy)


def free_bytes(home: Path) -> int:
    """Return the bytes that are free where the home lies. Raises StorageError when it is gone."""
    try:
        return shutil.disk_usage(home).free
    except OSError as error:
        raise StorageError(
            f"The studio's home {home} is gone.",
            remedy="Put it back where it was, or set GAINSTAGE_HOME to another folder and start again.",
            detail=str(error),
        ) from error


def stored_bytes(home: Path) -> int:
    """Return the bytes that sounds, pictures and delivered files take."""
    return sum(size_bytes((home / folder).rglob("*")) for folder in ("artifacts", "exports"))


def size_bytes(paths: Iterable[Path]) -> int:
    """Return what files take together; one that goes meanwhile counts for nothing."""
    total = 0
    for path in paths:
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def _sweep_temporary() -> None:
    """Delete the folders that killed processes of ours left in the temporary folder a day ago."""
    try:
        folder = Path(tempfile.gettempdir())
    except OSError:
        return
    for path in folder.glob("gainstage-*"):
        try:
            old = time.time() - path.lstat().st_mtime > ORPHAN_AFTER_S
            ours = TEMPORARY.fullmatch(path.name) and all(one.suffix in CROSSING for one in path.iterdir())
        except OSError:
            continue  # no folder, of another user, or gone
        if old and ours and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
