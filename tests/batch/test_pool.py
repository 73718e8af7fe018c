"""The processes of a batch: one that dies is replaced, and closing ends what is under way."""

from __future__ import annotations

import threading

import pytest

from core.audio import write
from core.batch import worker
from core.batch.jobs import BatchJob, folder_jobs
from core.batch.pool import local_processes
from core.batch.report import row_of
from core.batch.worker import BatchWorker
from tests.sounds import band

DIES = """
import json, os, sys
from pathlib import Path
for line in sys.stdin:
    job = json.loads(line)
    if job["arguments"][0] == "hang":
        sys.stdin.read()
    once = Path(job["out"] + ".once")
    if job["arguments"][0] == "die" or (job["arguments"][0] == "die-once" and not once.exists()):
        once.touch()
        os.kill(os.getpid(), 9)
    print(json.dumps({"status": 0, "found": {"pid": os.getpid()}}), flush=True)
"""


def test_processes_look_at_every_file_and_one_that_is_no_sound_fails_alone(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "good.wav", band())
    (folder / "bad.wav").write_bytes(b"no sound")
    jobs = folder_jobs(folder, "inspect", ())
    found = {one.job.name: one for one in local_processes(1)(jobs, tmp_path / "out")}
    assert found["bad"].status == 2
    assert found["good"].status in (0, 3)
    assert row_of(found["good"])["integrated_lufs"] < 0
    assert "error" in row_of(found["bad"])["verdict"]


@pytest.fixture
def dying(tmp_path, monkeypatch):
    """Have jobs done by a process that dies where it is asked to."""
    (tmp_path / "dying_worker.py").write_text(DIES)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(worker, "MODULE", "dying_worker")


def jobs(*what):
    return [BatchJob(f"{word}-{n}", (word,), {}) for n, word in enumerate(what)]


def test_a_process_that_dies_costs_its_job_a_try_and_no_other_job_anything(tmp_path, dying):
    asked = jobs("sing", "die-once", "sing", "die", "sing")
    found = {one.job.name: one for one in local_processes(1)(asked, tmp_path)}
    assert {name for name, one in found.items() if one.settled} == {
        "sing-0",
        "die-once-1",
        "sing-2",
        "sing-4",
    }
    assert found["sing-2"].found["pid"] == found["die-once-1"].found["pid"] != found["sing-0"].found["pid"]
    error = found["die-3"].found["error"]
    assert "signal 9" in error["message"] and found["die-3"].status == 4


def test_a_process_that_cannot_be_given_a_home_is_an_outcome_and_no_wait_for_ever(tmp_path, dying):
    (tmp_path / ".work").write_text("a file where the folder is to be")
    (one,) = local_processes(1)(jobs("sing"), tmp_path)
    assert one.found["error"]["kind"] == "storage"


def test_closing_before_the_end_ends_the_job_under_way(tmp_path, dying):
    doing = local_processes(2)(jobs("sing", "hang", "sing"), tmp_path)
    next(doing)
    doing.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "batch"]


def test_a_worker_whose_input_ends_over_a_job_ends(tmp_path):
    """Else the process of a batch that was killed would make its song to the end."""
    busy = BatchWorker(tmp_path / "home")
    song = BatchJob("song", ("song", "--prompt=calm piano", "--seconds=600"), {})
    thread = threading.Thread(
        target=busy.do, args=(song, tmp_path / "song", str(tmp_path / "shelf")), daemon=True
    )
    thread.start()
    runs = tmp_path / "home" / "index.sqlite"
    while not runs.exists():
        assert thread.is_alive()
        threading.Event().wait(0.1)
    assert busy._process and busy._process.stdin
    busy._ended = True
    busy._process.stdin.close()
    assert busy._process.wait(120) == 4
