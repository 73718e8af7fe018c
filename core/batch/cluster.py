"""The jobs of a batch on a Dask cluster: each worker keeps one process, which loads a model once.

The scheduler gives a job of a worker that died to another one, which finds the stages that were finished.
What a worker makes it puts into the batch's folder, which all machines share, or into a place that fsspec
knows.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.batch.jobs import BatchJob
from core.batch.outcomes import Outcome
from core.batch.pool import Place
from core.batch.worker import BatchWorker, clear_shelf, failed, shelf_of
from core.errors import EngineDiedError, EngineMissingError, GainstageError, InputError
from core.machine.home import storage_error
from core.machine.share import Share, share_at

if TYPE_CHECKING:
    from distributed import Client

CONNECTS_WITHIN_S = 15.0
_workers: dict[int, BatchWorker] = {}
"""The process of each thread of this cluster worker."""
_doing: dict[int, str] = {}
"""Whose job each of these threads is doing."""


def cluster(
    scheduler: str,
    *,
    resources: Mapping[str, float] | None = None,
    tls: Sequence[str] = (),
    share: str = "",
) -> Place:
    """Return a Dask cluster as a place.

    ``resources`` is what a worker has to offer for each job, ``tls`` the files of certificate authority,
    certificate and key, ``share`` an fsspec address for what is made. Raises EngineMissingError without
    Dask; its iterator raises InputError where the scheduler does not answer.
    """
    _needed()

    def doing(jobs: Sequence[BatchJob], folder: Path) -> Iterator[Outcome]:
        from distributed import as_completed

        client = connected(scheduler, tls)
        with client:
            token = uuid.uuid4().hex
            waiting = {
                client.submit(
                    *(done_here, job, str(folder), share, token),
                    resources=dict(resources or {}) or None,
                    pure=False,
                ): job
                for job in jobs
            }
            try:
                for future in as_completed(list(waiting), loop=client.loop):
                    job, raised = waiting.pop(future), future.exception()
                    outcome = future.result() if raised is None else failed(job, died(raised))
                    yield outcome
                    if not share:
                        clear_shelf(outcome, str(folder))  # what became of it is written down by now
            finally:
                if waiting:
                    client.cancel(list(waiting), force=True)
                    client.run(stop_here, token, on_error="ignore")

    return doing


def _needed() -> None:
    """Raise EngineMissingError without Dask."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise EngineMissingError(
            "Dask is not installed.",
            remedy="Install it with: python -m pip install -r requirements-dask.txt",
            detail=str(error),
        ) from error


def connected(scheduler: str, tls: Sequence[str] = ()) -> Client:
    """Return a client of a cluster, to be closed. Raises EngineMissingError, InputError without an answer."""
    _needed()
    from distributed import Client
    from distributed.security import Security

    names = ("tls_ca_file", "tls_client_cert", "tls_client_key")
    security = Security(require_encryption=True, **dict(zip(names, tls, strict=True))) if tls else None
    try:
        return Client(scheduler, security=security, timeout=CONNECTS_WITHIN_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"No scheduler answers at {scheduler}.",
            causes=("it does not run", "a firewall is between", "it wants TLS, or does not speak it"),
            remedy="Start dask scheduler there, and give --tls for an encrypted cluster.",
            detail=str(error),
        ) from error


def done_here(job: BatchJob, folder: str, share: str, token: str) -> Outcome:
    """Do a job on this worker of a cluster; runs in one of its threads. ``token`` names whose job it is."""
    with worker_here(token) as worker:
        if not share:
            return worker.do(job, Path(folder) / job.name, shelf_of(job, folder))
        try:
            with tempfile.TemporaryDirectory(dir=worker.home) as place:
                outcome = worker.do(job, Path(place) / job.name, shelf_of(job, share))
                _hand_over(Path(place), share_at(share))
                clear_shelf(outcome, share)
                return outcome
        except GainstageError as error:
            return failed(job, error)
        except OSError as error:
            return failed(job, storage_error(error, f"The folder {worker.home} cannot be written."))


@contextlib.contextmanager
def worker_here(token: str) -> Iterator[BatchWorker]:
    """Lend the process of this thread of a cluster's worker; :func:`stop_here` ends it by the token."""
    from distributed import get_worker

    here = threading.get_ident()
    own = Path(get_worker().local_directory) / "gainstage" / str(here)  # Dask removes it with the worker
    own.mkdir(parents=True, exist_ok=True)
    _doing[here] = token
    try:
        yield _workers.setdefault(here, BatchWorker(own))
    finally:
        _doing.pop(here, None)


def stop_here(token: str) -> None:
    """End what this worker does under a token, at once; runs in the worker's own loop."""
    for here in [thread for thread, whose in list(_doing.items()) if whose == token]:
        worker = _workers.pop(here, None)
        if worker is not None:
            worker.kill()


def _hand_over(place: Path, share: Share) -> None:
    """Copy what lies in a folder to a place that others reach. Raises StorageError."""
    for file in place.rglob("*"):
        if file.is_file():
            share.put(file, file.relative_to(place).as_posix())


def died(error: BaseException) -> EngineDiedError:
    """Return the error of a job that no worker brought to its end."""
    return EngineDiedError(
        "The cluster could not do it.",
        causes=("each worker that it was given to died", "no worker has what it asks for"),
        remedy="Look at the workers' logs; do the batch again, which does what is left.",
        detail=f"{type(error).__name__}: {error}",
    )
