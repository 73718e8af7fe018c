"""Jobs on a Dask cluster of processes of this machine; without Dask one sentence says how to get it."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from core.audio import write
from core.batch.cluster import cluster
from core.batch.jobs import BatchJob
from core.batch.worker import shelf_of
from core.errors import EngineMissingError, InputError
from tests.batch.test_killed_song import LIMIT_S, finished_steps
from tests.sounds import band

DASK = importlib.util.find_spec("distributed") is not None
needs_dask = pytest.mark.skipif(not DASK, reason="requirements-dask.txt is not installed")
QUIET = ("--no-dashboard",)


@pytest.mark.skipif(DASK, reason="Dask is installed")
def test_without_dask_it_is_said_how_to_get_it():
    with pytest.raises(EngineMissingError) as raised:
        cluster("tcp://127.0.0.1:1")
    assert "requirements-dask.txt" in raised.value.remedy


@pytest.fixture
def dask(tmp_path):
    """Start a scheduler and two workers; returns its address and the workers' processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    started = [_dask("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], *QUIET)]
    for number in range(2):
        place = ("--local-directory", str(tmp_path / f"w{number}"))
        started.append(
            _dask("worker", address, "--no-nanny", "--nthreads", "1", "--resources", "GPU=1", *QUIET, *place)
        )
    yield address, started[1:]
    for process in started:
        process.kill()
        process.wait()


def _dask(*words):
    return subprocess.Popen([sys.executable, "-m", "dask", *words], stderr=subprocess.DEVNULL)


@needs_dask
def test_a_worker_that_is_killed_over_its_jobs_loses_none(tmp_path, dask):
    address, workers = dask
    sound = tmp_path / "a.wav"
    write(sound, band())
    jobs = [BatchJob(f"{n}", ("levels", str(sound)), {"file": "a.wav"}) for n in range(12)]
    found = {}
    for outcome in cluster(address, resources={"GPU": 1})(jobs, tmp_path):
        found[outcome.job.name] = outcome
        if len(found) == 3:
            os.kill(workers[0].pid, signal.SIGKILL)
    assert sorted(found) == sorted(job.name for job in jobs)
    assert all(one.settled and one.found["integrated_lufs"] < 0 for one in found.values()), found


@needs_dask
def test_a_worker_that_is_killed_in_mid_song_repeats_at_most_the_stage_in_flight(tmp_path, dask):
    address, workers = dask
    job = BatchJob("calm", ("song", "--prompt=calm piano", "--seconds=4", "--instrumental"), {})
    shelf, outcomes = tmp_path / shelf_of(job, ""), []
    doing = threading.Thread(target=lambda: outcomes.extend(cluster(address)([job], tmp_path)))
    doing.start()
    until = time.monotonic() + LIMIT_S
    while finished_steps(shelf) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    before = finished_steps(shelf)
    (busy,) = [one for one, home in zip(workers, sorted(tmp_path.glob("w?")), strict=True) if at_work(home)]
    os.kill(busy.pid, signal.SIGKILL)
    doing.join(LIMIT_S)
    (one,) = outcomes
    assert one.settled and 3 <= before < 8, one.found
    cached = [stage["cached"] for stage in one.found["stages"]]
    assert all(cached[:before]) and not any(cached[before + 1 :])
    assert (tmp_path / "calm" / "master.wav").is_file() and not shelf.exists()


def at_work(home):
    """Whether a process of this worker has opened a studio."""
    return any(home.rglob("index.sqlite"))


@needs_dask
def test_what_is_made_is_put_where_the_address_says(tmp_path, dask):
    address, _ = dask
    jobs = [BatchJob("calm", ("song", "--prompt=calm piano", "--seconds=3", "--instrumental"), {})]
    (one,) = cluster(address, share=f"file://{tmp_path}/shared")(jobs, tmp_path / "nowhere")
    assert one.settled, one.found
    assert (tmp_path / "shared" / "calm" / "master.wav").is_file()
    assert json.loads((tmp_path / "shared" / "calm" / "run.json").read_text())
    assert not (tmp_path / "nowhere").exists()


@needs_dask
def test_a_scheduler_that_is_not_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("core.batch.cluster.CONNECTS_WITHIN_S", 1.0)
    with pytest.raises(InputError, match="No scheduler answers"):
        next(cluster("tcp://127.0.0.1:9")([BatchJob("a", ("levels", "a"), {})], tmp_path))
