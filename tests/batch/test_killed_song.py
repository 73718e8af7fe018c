"""A batch's process that is killed over a song: the song goes on from the stage that was in flight."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time

from core.batch.jobs import BatchJob
from core.batch.worker import BatchWorker

SONG = ("song", "--prompt", "calm piano", "--seconds", "4", "--seed", "3", "--instrumental")
LIMIT_S = 240.0


def finished_steps(home):
    """Return how many steps have a stored result."""
    with contextlib.suppress(sqlite3.OperationalError):  # before the home is made
        index = f"file:{home / 'index.sqlite'}?mode=ro"
        with contextlib.closing(sqlite3.connect(index, uri=True)) as db:
            return db.execute("SELECT count(*) FROM steps").fetchone()[0]
    return 0


def test_a_song_whose_process_is_killed_repeats_no_stage_that_was_done(tmp_path):
    worker, outcomes = BatchWorker(tmp_path / "home"), []
    job = BatchJob("one", SONG, {})
    doing = threading.Thread(target=lambda: outcomes.append(worker.do(job, tmp_path / "out")))
    doing.start()
    until = time.monotonic() + LIMIT_S
    while finished_steps(tmp_path / "home") < 3 and time.monotonic() < until:
        time.sleep(0.02)
    before = finished_steps(tmp_path / "home")
    worker._process.kill()
    doing.join(LIMIT_S)
    worker.close()
    (outcome,) = outcomes
    assert 3 <= before < 8 and outcome.status in (0, 3)
    cached = [stage["cached"] for stage in outcome.found["stages"]]
    assert all(cached[:before]) and not any(cached[before + 1 :])
    assert (tmp_path / "out" / "master.wav").is_file()
