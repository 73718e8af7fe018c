"""A probe's run in the studio's home. Where nothing can be written, that is said once."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress

from core.audio import Audio
from core.errors import GainstageError, StorageError
from core.machine.home import home_folder
from core.runs.index import RunIndex
from core.runs.pipeline import RunSettings
from core.runs.record import ArtifactRecord, RunState, StepRecord
from core.runs.store import Store
from core.song import MAX_PROMPT_CHARACTERS, SongRequest

LOG = logging.getLogger("gainstage.probe")
OWNER = "probe"
MOST_STORED = 200
"""Steps of one run that are stored; those after them are judged and logged."""


class Storing:
    """Writes one run; after the first failure it writes nothing more."""

    def __init__(self, name: str) -> None:
        self.run_id = secrets.token_urlsafe(16)
        self.missing = ""
        """Why the run is not stored, or not whole; empty while it is."""
        self._steps = 0
        self._began = time.monotonic()
        self._store: Store | None = None
        self._index: RunIndex | None = None
        try:
            home = home_folder()
            self._store, self._index = Store(home), RunIndex(home / "index.sqlite")
            request = SongRequest(prompt=name[:MAX_PROMPT_CHARACTERS])
            self._index.add(self.run_id, OWNER, request, RunSettings(), time.time(), probed=True)
            self._index.set_state(self.run_id, RunState.RUNNING, time.time())
        except GainstageError as error:
            self._give_up(error)

    def sounds(self, sounds: Mapping[str, Audio]) -> tuple[ArtifactRecord, ...]:
        """Store sounds and return their records; none where they cannot be stored."""
        records = []
        if self._store is not None and self._steps < MOST_STORED:
            try:
                for name, audio in sounds.items():
                    key, measurement = self._store.put(audio)
                    records.append(ArtifactRecord(name=name, key=key, measurement=measurement))
            except StorageError as error:
                self._give_up(error)
                return ()
        return tuple(records)

    def step(self, record: StepRecord) -> None:
        """Store one step."""
        self._steps += 1
        if self._index is None:
            return
        if self._steps > MOST_STORED:
            if not self.missing:
                self.missing = f"the first {MOST_STORED} steps are stored; later ones are judged and logged"
                LOG.warning("run=%s: %s", self.run_id, self.missing)
            return
        try:
            self._index.put_step(self.run_id, record)
            self.beat()
        except StorageError as error:
            self._give_up(error)

    def beat(self) -> None:
        """Show that the run goes on."""
        if self._index is not None:
            try:
                self._index.set_state(self.run_id, RunState.RUNNING, time.time())
            except StorageError as error:
                self._give_up(error)

    def end(self, state: RunState) -> None:
        """Write where the run stands at its end, and close the index."""
        index, self._index = self._index, None
        if index is not None:
            try:
                index.set_state(self.run_id, state, time.time(), time.monotonic() - self._began)
            except StorageError as error:
                self._give_up(error)
            index.close()

    def _give_up(self, error: GainstageError) -> None:
        self.missing = f"{error.message} {error.remedy}"
        LOG.warning("run=%s is not stored from here on: %s", self.run_id, self.missing)
        index, self._index, self._store = self._index, None, None
        if index is not None:
            with suppress(StorageError):
                index.set_state(self.run_id, RunState.STOPPED, time.time())
            index.close()
