"""The jobs of a batch on a Dask cluster: each worker keeps one process, which loads a model once.

The scheduler gives a job of a worker that died to another one. What a worker makes it puts into the batch's
folder, which all machines share, or into a place that fsspec knows.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from core.batch.jobs import BatchJob
from core.batch.outcomes import Outcome
from core.batch.pool import Place
from core.batch.worker import BatchWorker, failed
from core.errors import EngineDiedError, EngineMissingError, InputError
from core.machine.home import storage_error

CONNECTS_WITHIN_S = 15.0
_workers: dict[int, BatchWorker] = {}
"""The process of each thread of this cluster worker."""


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
    try:
        from distributed import Client, as_completed
        from distributed.security import Security
    except ImportError as error:
        raise EngineMissingError(
            "Dask is not installed.",
            remedy="Install it with: python -m pip install -r requirements-dask.txt",
            detail=str(error),
        ) from error

    def doing(jobs: Sequence[BatchJob], folder: Path) -> Iterator[Outcome]:
        names = ("tls_ca_file", "tls_client_cert", "tls_client_key")
        security = Security(require_encryption=True, **dict(zip(names, tls, strict=True))) if tls else None
        try:
            client = Client(scheduler, security=security, timeout=CONNECTS_WITHIN_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(
                f"No scheduler answers at {scheduler}.",
                causes=("it does not run", "a firewall is between", "it wants TLS, or does not speak it"),
                remedy="Start dask scheduler there, and give --tls for an encrypted cluster.",
                detail=str(error),
            ) from error
        with client:
            waiting = {
                client.submit(
                    done_here, job, str(folder), share, resources=dict(resources or {}) or None, pure=False
                ): job
                for job in jobs
            }
            try:
                for future in as_completed(list(waiting), loop=client.loop):
                    job, raised = waiting.pop(future), future.exception()
                    yield future.result() if raised is None else failed(job, _died(raised))
            finally:
                client.cancel(list(waiting), force=True)

    return doing


def done_here(job: BatchJob, folder: str, share: str) -> Outcome:
    """Do a job on this worker of a cluster; runs in one of its threads."""
    from distributed import get_worker

    here = threading.get_ident()
    own = Path(get_worker().local_directory) / "gainstage" / str(here)
    worker = _workers.setdefault(here, BatchWorker(own))
    if not share:
        return worker.do(job, Path(folder) / job.name)
    own.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=own))  # Dask removes the worker's own directory
    try:
        outcome = worker.do(job, place / job.name)
        _hand_over(place, share)
        return outcome
    except OSError as error:
        return failed(job, storage_error(error, f"What was made cannot be put into {share}."))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _hand_over(place: Path, share: str) -> None:
    """Copy what lies in a folder to an fsspec address. Raises OSError."""
    import fsspec

    there, root = fsspec.url_to_fs(share)
    for file in place.rglob("*"):
        if file.is_file():
            target = f"{root.rstrip('/')}/{file.relative_to(place).as_posix()}"
            there.makedirs(target.rpartition("/")[0], exist_ok=True)
            there.put_file(str(file), target)


def _died(error: BaseException) -> EngineDiedError:
    return EngineDiedError(
        "The cluster could not do it.",
        causes=("each worker that it was given to died", "no worker has what it asks for"),
        remedy="Look at the workers' logs; do the batch again, which does what is left.",
        detail=f"{type(error).__name__}: {error}",
    )
