"""The studio's lane on a Dask cluster: a worker makes each run, and what its stages finish comes back.

``GAINSTAGE_SCHEDULER`` names the cluster, ``GAINSTAGE_SHARE`` the folder or address that studio and workers
share (without it, a folder in the studio's home), ``GAINSTAGE_SCHEDULER_RESOURCES`` what a worker has to have
(``GPU=1``), ``GAINSTAGE_SCHEDULER_TLS`` the files of an encrypted cluster: authority, certificate and key.
"""

from __future__ import annotations

import os
import queue
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.batch.cluster import connected, died, stop_here, worker_here
from core.batch.worker import ERRAND
from core.errors import Cancelled, EngineDiedError, GainstageError, LostSoundError, SettingsError
from core.machine.share import Share, share_at, within
from core.progress import Report
from core.runs.errand import Errand, News
from core.runs.index import RunIndex
from core.runs.record import RunRecord, RunState, StepRecord, StepState
from core.runs.result import Result, raised
from core.runs.seal import unsealed
from core.runs.shelf import Shelf
from core.runs.store import Store
from core.runs.work import Elsewhere
from core.stages.table import STAGE_NAMES
from core.values import Json

if TYPE_CHECKING:
    from distributed import Client

SCHEDULER = "GAINSTAGE_SCHEDULER"
SHARE = "GAINSTAGE_SHARE"
RESOURCES = "GAINSTAGE_SCHEDULER_RESOURCES"
TLS = "GAINSTAGE_SCHEDULER_TLS"
POLL_S = 0.25


@dataclass(frozen=True)
class Cluster:
    """Where runs are made, and what studio and workers share."""

    scheduler: str
    share: str = ""
    resources: Mapping[str, float] = field(default_factory=dict)
    tls: tuple[str, ...] = ()


def lane_elsewhere(environment: Mapping[str, str] = os.environ) -> Elsewhere | None:
    """Return the way of runs that the environment names; None where they are made on this machine."""
    scheduler = environment.get(SCHEDULER, "").strip()
    if not scheduler:
        return None
    resources = dict(_resource(text) for text in environment.get(RESOURCES, "").split(",") if text.strip())
    tls = tuple(filter(None, environment.get(TLS, "").split(os.pathsep)))
    if len(tls) not in (0, 3):
        raise SettingsError(
            f"{TLS} names {len(tls)} files.", remedy=f"Name three, with {os.pathsep} between them."
        )
    cluster = Cluster(scheduler, environment.get(SHARE, "").strip(), resources, tls)
    return lambda store, index: ClusterWay(cluster, store, index)


class ClusterWay:
    """Takes runs through their stages on a cluster; see :class:`core.runs.work.Way`."""

    def __init__(self, cluster: Cluster, store: Store, index: RunIndex) -> None:
        self._cluster, self._store, self._index = cluster, store, index

    def go(
        self,
        run_id: str,
        report: Report,
        *,
        fresh: str = "",
        on_step: Callable[[str], None],
        first_listen: Path | None = None,
        awake: bool = False,
        shelf: Share | None = None,
    ) -> RunState:
        """Have a worker make the run, put what it finishes into store and index, and return where it stands.

        What goes wrong between the machines is the failure of the stage at work.
        """
        began, at = time.monotonic(), [STAGE_NAMES[0]]

        def arrived(stage: str) -> None:
            at[0] = stage
            on_step(stage)

        arrived(at[0])
        address = within(self._cluster.share or str(self._store.home / "cluster"), run_id)
        here = StepRecord(stage=at[0], title=at[0].capitalize())
        try:
            between = Shelf(share_at(address), self._store)
            run, _ = self._index.run(run_id)
            errand = self._errand(run, between, fresh=fresh, awake=awake)
            with connected(self._cluster.scheduler, self._cluster.tls) as client:
                state = self._followed(client, run_id, errand, address, between, report, arrived)
            between.remove()
        except Cancelled:
            here = here.model_copy(update={"stage": at[0], "title": self._title(run_id, at[0])})
            self._index.put_step(run_id, here.model_copy(update={"state": StepState.CANCELLED}))
            return RunState.CANCELLED
        except GainstageError as error:
            here = here.model_copy(update={"stage": at[0], "title": self._title(run_id, at[0])})
            self._index.put_step(run_id, raised(here, error.report(), began))
            return RunState.STOPPED
        return state

    def _title(self, run_id: str, stage: str) -> str:
        return self._index.run(run_id)[0].step(stage).title

    def _errand(self, run: RunRecord, shelf: Shelf, *, fresh: str, awake: bool) -> Errand:
        """Return what is to be made, its uploads and what is finished of it on the shelf."""
        sounds = set(run.request.upload.sounds.values()) if run.request.upload else set()
        for stage in STAGE_NAMES:
            sounds.update(run.settings.of(stage).uploads().values())
        shelf.put(sounds, {})
        for step in (*run.steps, *self._index.takes(run.id).values()):
            text = self._index.result(step.key) if step.key else None
            if text is None:
                continue
            try:
                result = Result.model_validate_json(unsealed(text))
            except ValueError:
                continue  # damaged: it is made again
            if all(map(self._store.has, result.keys)) and not self._store.exports.lost(result.files.values()):
                shelf.keep(step.key, text, result)
        return Errand(
            request=run.request,
            settings=run.settings,
            fresh=fresh,
            awake=awake,
            continued=tuple(step for step in run.steps if step.continued),
            sounds=tuple(sorted(sounds)),
        )

    def _followed(
        self,
        client: Client,
        run_id: str,
        errand: Errand,
        address: str,
        shelf: Shelf,
        report: Report,
        on_step: Callable[[str], None],
    ) -> RunState:
        token, heard = uuid.uuid4().hex, queue.SimpleQueue[Json]()
        client.subscribe_topic(token, lambda event: heard.put(event[1]))
        resources: dict[str, Any] = {"resources": dict(self._cluster.resources) or None}
        future = client.submit(run_here, errand.model_dump_json(), address, token, pure=False, **resources)
        news = News(message="Waiting for a worker of the cluster")
        try:
            while not future.done():
                try:
                    news = News.model_validate(heard.get(timeout=POLL_S))
                    self._take(run_id, news, shelf, on_step)
                except queue.Empty:
                    pass
                done = STAGE_NAMES.index(news.at) if news.at else 0
                report(max(news.fraction, done / len(STAGE_NAMES)), news.message)
        except BaseException:
            client.cancel([future], force=True)
            client.run(stop_here, token, on_error="ignore")
            raise
        if (error := future.exception()) is not None:
            raise error if isinstance(error, GainstageError) else died(error)
        answer = future.result()
        if "error" in answer:
            raise _as_error(answer["error"])
        last = News.model_validate(answer)
        self._take(run_id, last, shelf, on_step)
        for number, take in last.takes.items():
            self._fetch(take, shelf)
            self._index.put_take(run_id, number, take)
        return last.state

    def _take(self, run_id: str, news: News, shelf: Shelf, on_step: Callable[[str], None]) -> None:
        """Put the steps that ended into store and index."""
        for step in news.steps:
            self._fetch(step, shelf)
            self._index.put_step(run_id, step)
        if news.at:
            on_step(news.at)

    def _fetch(self, step: StepRecord, shelf: Shelf) -> None:
        text = shelf.find(step.key) if step.key else None
        if text is not None:
            self._index.keep_result(step.key, text)
            return
        sounds = [a.key for a in (*step.artifacts, step.whole) if a]
        if not shelf.fetch(sounds, step.files):
            raise LostSoundError(
                next(iter(sounds), ""),
                "What the worker made did not reach the studio.",
                causes=("studio and workers see different folders under the same path", "it was cleared"),
                remedy=f"Set {SHARE} to a folder or an address that both reach, and make the song again.",
            )


def run_here(errand: str, address: str, token: str) -> Json:
    """Make a run on this worker of a cluster; its news go to the topic of the token."""
    from distributed import get_worker

    told = get_worker().log_event
    with worker_here(token) as worker:
        asked = {"arguments": [ERRAND, errand], "out": "", "shelf": address}
        return worker.ask(asked, lambda news: told(token, news))["found"]


def _as_error(said: Json) -> GainstageError:
    error = EngineDiedError(said["message"], remedy=said["remedy"], causes=tuple(said.get("causes", ())))
    error.detail = said.get("detail", "")
    return error


def _resource(text: str) -> tuple[str, float]:
    name, _, amount = text.partition("=")
    try:
        return name.strip(), float(amount)
    except ValueError as error:
        raise SettingsError(f"{RESOURCES}={text} names no amount.", remedy="Write GPU=1.") from error
