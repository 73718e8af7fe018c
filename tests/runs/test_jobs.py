"""Lanes: one after the other, cancelled at the next report, errors kept."""

from __future__ import annotations

import threading

import pytest

from core.errors import BusyError
from core.runs.jobs import Job, Lane


def job(work, owner="me"):
    return Job(name="test", owner=owner, work=work)


def test_jobs_run_one_after_the_other_in_order():
    lane, order = Lane("test"), []
    jobs = [job(lambda report, n=n: order.append(n)) for n in range(4)]
    for one in jobs:
        lane.submit(one)
    assert all(one.wait(120) for one in jobs)
    assert order == [0, 1, 2, 3]


def test_a_cancelled_job_ends_at_its_next_report_and_the_next_one_runs():
    lane, begun, go_on = Lane("test"), threading.Event(), threading.Event()

    def long(report):
        begun.set()
        go_on.wait(120)
        report(0.5, "half")
        raise AssertionError("went on after it was cancelled")

    first, second = job(long), job(lambda report: None)
    lane.submit(first)
    lane.submit(second)
    begun.wait(120)
    assert lane.position(second) == 1
    first.cancel()
    go_on.set()
    assert first.wait(120) and second.wait(120)
    assert first.error is None
    assert lane.position(second) == 0


def test_what_a_job_raises_is_kept_on_it_and_the_lane_lives():
    lane = Lane("test")

    def broken(report):
        raise ValueError("no")

    bad, good = job(broken), job(lambda report: None)
    lane.submit(bad)
    lane.submit(good)
    assert bad.wait(120) and good.wait(120)
    assert isinstance(bad.error, ValueError)


def queued(*owners):
    """Return a lane at work on somebody's first job, jobs of these owners behind it, and what has run."""
    lane, order, gate = Lane("test"), [], threading.Event()
    begun = threading.Event()
    lane.submit(job(lambda report: begun.set() or gate.wait(120), "somebody"))
    assert begun.wait(120)
    jobs = []
    for owner in owners:
        jobs.append(job(lambda report, owner=owner: order.append(owner), owner))
        lane.submit(jobs[-1])
    return lane, jobs, order, gate


def test_owners_take_turns_and_places_tell_the_order_in_which_jobs_run():
    lane, jobs, order, gate = queued("ann", "ann", "ann", "ben", "cid", "ben")
    places = [lane.position(one) for one in jobs]
    gate.set()
    assert all(one.wait(120) for one in jobs)
    assert order == ["ann", "ben", "cid", "ann", "ben", "ann"]
    assert places == [1, 4, 6, 2, 3, 5]


def test_who_was_just_served_goes_behind_one_who_was_not():
    _, jobs, order, gate = queued("somebody", "ann")
    gate.set()
    assert all(one.wait(120) for one in jobs)
    assert order == ["ann", "somebody"]


def test_the_memory_of_turns_is_bounded():
    lane = Lane("test")
    for n in range(200):
        one = job(lambda report: None, f"owner {n}")
        lane.submit(one)
        assert one.wait(120)
    assert len(lane._turns) <= 64


def test_an_owner_has_a_share_and_the_queue_an_end():
    lane, hold = Lane("test", most_waiting=3, most_per_owner=2), threading.Event()
    lane.submit(job(lambda report: hold.wait(120), owner="ann"))
    lane.submit(job(lambda report: None, owner="ann"))
    with pytest.raises(BusyError):
        lane.submit(job(lambda report: None, owner="ann"))
    lane.submit(job(lambda report: None, owner="bob"))
    hold.set()


def test_closing_cancels_what_waits_and_ends_the_thread():
    lane, hold = Lane("test"), threading.Event()
    running = job(lambda report: hold.wait(120))
    waiting = job(lambda report: report(0.0, "should not start"))
    lane.submit(running)
    lane.submit(waiting)
    threading.Timer(0.1, hold.set).start()
    lane.close()
    assert waiting.wait(120)
    assert waiting.cancelling
