"""Who is at work on a home: asked of locks, which go with the process, and not of clocks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from core.errors import BusyError
from core.runs.pipeline import RunSettings
from core.runs.presence import Presence, shows_life
from core.runs.record import RunState, StepState
from tests.runs.small_chain import small  # noqa: F401

CHILD = """
import sys
from pathlib import Path
from core.runs.presence import Presence
here = Presence(Path(sys.argv[1]))
print(here.token, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def child(tmp_path):
    server = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield server
    server.kill()
    server.wait()


def test_a_server_that_was_killed_is_gone_at_once(tmp_path, child):
    token = child.stdout.readline().strip()
    here = Presence(tmp_path)
    assert here.alive(token) is True
    assert here.others() == 1
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert here.alive(token) is False
    assert here.others() == 0
    assert len(list((tmp_path / "servers").iterdir())) == 1


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
def test_no_jump_of_the_clock_makes_a_live_server_dead_or_a_dead_one_alive(tmp_path, jump_s):
    here, other = Presence(tmp_path), Presence(tmp_path)
    beat = time.time() + jump_s
    assert shows_life(here, other.token, beat)
    other.close()
    assert not shows_life(here, other.token, beat)
    assert not shows_life(here, "", beat)
    assert shows_life(here, "", time.time())


def test_a_song_that_another_server_makes_is_not_touched(open_studio, small):  # noqa: F811
    def slow(work):
        for _ in range(400):
            work.report(0.1, "slow")
            time.sleep(0.05)

    small["generate"]._do = slow
    first, second = open_studio(), open_studio()
    from core.song import SongRequest

    run_id = first.start(SongRequest(prompt="calm"), RunSettings(), "me")
    while second.run(run_id).state is not RunState.RUNNING:
        time.sleep(0.01)
    for verb in (second.delete, lambda run: second.rerun(run, "mix")):
        with pytest.raises(BusyError, match="another server"):
            verb(run_id)
    assert second.run(run_id).state is RunState.RUNNING
    first._presence.close()
    cut_off = second.run(run_id)
    assert cut_off.state is RunState.INTERRUPTED
    assert all(step.state is not StepState.RUNNING for step in cut_off.steps)
    second.housekeeping.settle()
    assert second._index.state(run_id) is RunState.INTERRUPTED
    first.cancel(run_id)
