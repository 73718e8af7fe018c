"""A batch of the studio's own: begun, stopped and gone on with as a process, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from core.batch import launch
from core.batch.jobs import song_jobs
from core.batch.outcomes import Outcome, note, worker_of
from core.errors import InputError

HOLDS = """
import sys, time
from pathlib import Path
from core.batch.launch import ended_by_sigterm
from core.batch.outcomes import at_work
try:
    with at_work(Path(sys.argv[1])), ended_by_sigterm():
        print("holds", flush=True)
        time.sleep(120)
except KeyboardInterrupt:
    sys.exit(9)
"""


@pytest.fixture
def idle(monkeypatch):
    """Have no process started; returns what was asked to go on."""
    asked = []
    monkeypatch.setattr(launch, "go_on", lambda *given: asked.append(given))
    return asked


def test_a_batch_is_its_folder_whoever_reads_it(tmp_path, idle):
    name = launch.begin(tmp_path, "My songs!", '{"prompt":["a","b"],"seed":[1,2]}', ".jsonl", 2)
    assert idle == [(tmp_path, name, 2)] and name.endswith("My-songs")
    batch = launch.read(tmp_path, name)
    assert (len(batch.jobs), batch.left, batch.at_work) == (4, 4, False)
    note(batch.folder, Outcome(batch.jobs[2], 3, {"verdict": "fail"}))
    note(batch.folder, Outcome(batch.jobs[0], 4, {"error": {}}))
    batch = launch.read(tmp_path, name)
    assert [one.job.name for one in batch.ended] == [batch.jobs[0].name, batch.jobs[2].name]
    assert batch.left == 3
    assert launch.names(tmp_path) == [name]


@pytest.mark.parametrize("field", ["from", "lyrics", "plan", "reference"])
def test_a_list_from_a_browser_names_no_file_of_this_machine(tmp_path, idle, field):
    with pytest.raises(InputError, match="names a file"):
        launch.begin(tmp_path, "x", json.dumps({"prompt": "a", field: "/etc/passwd"}), ".jsonl", 1)
    assert not idle and not launch.names(tmp_path)


def test_a_name_from_an_address_stays_within_the_home(tmp_path):
    (tmp_path / "jobs.jsonl").write_text('{"prompt":"a"}')
    with pytest.raises(InputError, match="There is no batch"):
        launch.read(tmp_path, "../..")


def test_stopping_ends_the_process_that_does_the_jobs(tmp_path):
    folder = tmp_path / launch.FOLDER / "one"
    folder.mkdir(parents=True)
    launch.stop(tmp_path, "one")  # nobody is at work: nothing is to be done
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline() == "holds\n"
        assert worker_of(folder) == process.pid
        launch.stop(tmp_path, "one")
        assert process.wait(120) == 9
    assert worker_of(folder) is None


def test_a_job_that_cannot_be_done_is_an_outcome_of_the_process_and_is_left(tmp_path):
    name = launch.begin(tmp_path, "short", '{"prompt":"a","seconds":1}', ".jsonl", 1)
    assert launch.read(tmp_path, name).at_work  # before the process holds its lock, too
    until = time.monotonic() + 240
    while (batch := launch.read(tmp_path, name)).at_work or not batch.ended:
        assert time.monotonic() < until, launch.said(batch)
        time.sleep(0.2)
    (one,) = batch.ended
    assert one.status == 2 and batch.left == 1
    assert "1 failed" in launch.said(batch)
    assert [job.key for job in song_jobs(batch.folder / "jobs.jsonl", (), {})] == [one.job.key]
