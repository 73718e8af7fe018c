"""A child that neither reports nor works is stalled; one that works is not, unless it never reports."""

from __future__ import annotations

import pytest

from core.engines.executors import life
from core.engines.executors.life import SignsOfLife


@pytest.fixture
def clock(monkeypatch):
    """Time and the child's processor time, set by the test."""
    now = {"s": 0.0, "used": 0.0}
    monkeypatch.setattr(life.time, "monotonic", lambda: now["s"])
    monkeypatch.setattr(life, "_processor_s", lambda pid: now["used"])
    monkeypatch.setenv("GAINSTAGE_STALLED_S", "100")
    return now


def passing(clock, signs, seconds, share):
    """Let time pass in steps; return when the child was found to be stalled."""
    for _ in range(int(seconds)):
        clock["s"] += 1.0
        clock["used"] += share
        if signs.stalled():
            return clock["s"]
    return None


@pytest.mark.parametrize(("share", "at"), [(0.0, 101), (0.001, 101), (0.5, 1001)])
def test_it_is_stalled_by_what_it_does(clock, share, at):
    assert passing(clock, SignsOfLife(1), 2000, share) == pytest.approx(at, abs=6)


def test_a_report_is_a_sign_of_life(clock):
    signs = SignsOfLife(1)
    assert passing(clock, signs, 90, 0.0) is None
    signs.seen()
    assert passing(clock, signs, 90, 0.0) is None
    assert signs.silent_s() == 90


def test_this_process_takes_processor_time():
    import os

    assert life._processor_s(os.getpid()) > 0
    assert life._processor_s(2**30) is None
