"""Downloads beside the pages: one after the other, seen by every session, cancelled from any."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from core.engines.acestep15.recipe import Family
from core.engines.base import EngineCard
from core.engines.registry import CARDS
from core.engines.weights import Weights
from core.errors import DownloadError, InputError
from core.machine.hosting import DOWNLOADS, downloads_allowed
from core.models.download import download
from core.models.listing import weights_named
from core.models.native.convert import convert
from core.models.offline import refuse_offline
from core.progress import Report
from core.runs.jobs import Job, Lane

CONVERSION = "conversion"
"""Name of the job that converts a checkpoint."""
MOST_WAITING = 64
"""More than there are weights: each has one download at most."""


class Downloads:
    """The studio's downloads; the thread starts with the first."""

    def __init__(self, *, hosted: bool = False, cards: Iterable[EngineCard] = CARDS) -> None:
        self.hosted = hosted
        self.cards = tuple(cards)
        self._jobs: dict[str, Job] = {}
        self._lane: Lane | None = None
        self._lock = threading.Lock()

    @property
    def allowed(self) -> bool:
        """Whether whoever looks at a page may download."""
        return not self.hosted or downloads_allowed()

    def start(self, name: str, owner: str) -> None:
        """Begin, or go on with, the download of some weights; one that runs already is let run.

        Raises DownloadError in hosted mode unless the operator allows it and in offline mode, NotFoundError
        for an unknown name. What happens later stays on the job.
        """
        if not self.allowed:
            raise DownloadError(
                "Downloads are the operator's alone on this server.",
                remedy=f"The operator runs python -m core models get {name}, or sets {DOWNLOADS}=1.",
            )
        weights = weights_named(name, self.cards)
        refuse_offline(weights)
        self._submit(weights.name, owner, partial(_bring, weights))

    def convert(self, source: Path, owner: str, family: Family | None = None) -> None:
        """Begin to make a native checkpoint into a diffusers one; one at a time, which is let run.

        Raises InputError in hosted mode: paths of the machine are the operator's. What happens later stays on
        the job :data:`CONVERSION`.
        """
        if self.hosted:
            raise InputError(
                "Conversions are the operator's alone on this server.",
                remedy="The operator runs python -m core models convert FOLDER.",
            )
        self._submit(CONVERSION, owner, partial(_converted, source.expanduser(), family))

    def job(self, name: str) -> Job | None:
        """Return the last download of some weights since the studio began; None when there was none."""
        return self._jobs.get(name)

    def live(self) -> tuple[str, ...]:
        """Return the weights that are being downloaded, or wait to be."""
        with self._lock:
            return self._live()

    def cancel(self, name: str) -> None:
        """Stop a download at its next report; the next one resumes from what is there."""
        job = self._jobs.get(name)
        if job is not None and self.allowed:
            job.cancel()

    def close(self) -> None:
        """Cancel all of them."""
        if self._lane is not None:
            self._lane.close()

    def _submit(self, name: str, owner: str, work: Callable[[Report], None]) -> None:
        with self._lock:
            if name in self._live():
                return
            if self._lane is None:
                self._lane = Lane("downloads", most_waiting=MOST_WAITING, most_per_owner=MOST_WAITING)
            job = Job(name, owner, work, message="waiting for another download")
            self._lane.submit(job)
            self._jobs[name] = job

    def _live(self) -> tuple[str, ...]:
        return tuple(name for name, job in self._jobs.items() if job.live)


def _converted(source: Path, family: Family | None, report: Report) -> None:
    made = convert(source, None, report, family=family)
    report(1.0, f"{made.source.name} ({made.family}) is in {made.folder}.")


def _bring(weights: Weights, report: Report) -> None:
    download(weights, report)
