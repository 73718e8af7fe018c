"""A batch's process that is killed over a song: the song goes on from the stage that was in flight."""

from __future__ import annotations

import shutil
import threading
import time

import pytest

from core.batch.jobs import BatchJob
from core.batch.worker import BatchWorker, clear_shelf, shelf_of

SONG = ("song", "--prompt", "calm piano", "--seconds", "4", "--seed", "3", "--instrumental")
LIMIT_S = 240.0


def finished_steps(shelf):
    """Return how many steps lie finished on a shelf."""
    return len(list(shelf.glob("steps/*.json")))


@pytest.mark.parametrize("next_home", ["the same", "another"])
def test_a_song_whose_process_is_killed_repeats_no_stage_that_was_done(tmp_path, next_home):
    """In another home: as on another worker, or after the batch itself was killed and begun again."""
    job = BatchJob("one", SONG, {})
    shelf = tmp_path / shelf_of(job, "")
    first, outcomes = BatchWorker(tmp_path / "home"), []

    def do(worker):
        outcomes.append(worker.do(job, tmp_path / "out", str(shelf)))

    doing = threading.Thread(target=do, args=(first,))
    doing.start()
    until = time.monotonic() + LIMIT_S
    while finished_steps(shelf) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    before = finished_steps(shelf)
    if next_home == "the same":
        first._process.kill()
        doing.join(LIMIT_S)
        first.close()
    else:
        first.kill()
        doing.join(LIMIT_S)
        assert not outcomes.pop().settled and before == finished_steps(shelf)
        shutil.rmtree(tmp_path / "home")
        second = BatchWorker(tmp_path / "second")
        do(second)
        second.close()
    (outcome,) = outcomes
    assert 3 <= before < 8 and outcome.status in (0, 3)
    cached = [stage["cached"] for stage in outcome.found["stages"]]
    assert all(cached[:before]) and not any(cached[before + 1 :])
    assert (tmp_path / "out" / "master.wav").is_file()
    clear_shelf(outcome, str(tmp_path))
    assert not shelf.exists()
