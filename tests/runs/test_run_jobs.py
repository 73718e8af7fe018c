"""What is held in memory of runs' jobs is bounded, and a job that goes on is not overtaken."""

from __future__ import annotations

import threading

import pytest

from core.errors import BusyError
from core.runs.jobs import Job, Lane
from core.runs.run_jobs import ENDED_JOBS, RunJobs


@pytest.fixture
def jobs():
    made = RunJobs(Lane("test"))
    yield made
    made.lane.close()


def done(jobs, name):
    job = Job(name, "me", lambda report: jobs.arrive(name, "mix"))
    jobs.submit(job)
    assert job.wait(120)


def test_what_ended_long_ago_is_forgotten(jobs):
    for number in range(ENDED_JOBS + 10):
        done(jobs, f"run{number}")
    assert max(len(jobs._jobs), len(jobs._at), len(jobs._seen)) <= ENDED_JOBS + 1
    assert jobs.get("run0") is None and jobs.at("run0") == ""
    assert jobs.get(f"run{ENDED_JOBS + 9}") is not None


def test_looking_at_what_rests_is_not_remembered(open_studio, finish):
    studio = open_studio()
    run = finish(studio)
    studio._jobs.forget(run.id)
    studio.run(run.id)
    assert not studio._jobs._seen


def test_a_live_job_is_never_forgotten(jobs):
    gate = threading.Event()
    jobs.submit(Job("long", "me", lambda report: gate.wait(120)))
    for _ in range(3):
        jobs.submit(Job("short", "other", lambda report: None))
    assert jobs.live("long") and jobs.any_live()
    gate.set()
    assert jobs.get("short").wait(120)
    assert not jobs.any_live() and jobs.live("long") is None


def test_a_job_that_does_not_stop_is_not_overtaken(jobs, monkeypatch):
    monkeypatch.setattr("core.runs.run_jobs.STOPS_WITHIN_S", 0.05)
    gate = threading.Event()
    job = Job("deaf", "me", lambda report: gate.wait(120))
    jobs.submit(job)
    with pytest.raises(BusyError) as refused:
        jobs.stop("deaf")
    assert refused.value.remedy and job.cancelling
    gate.set()
    assert job.wait(120)
    jobs.stop("deaf")


def test_settings_of_a_job_that_does_not_stop_stay(open_studio, finish, monkeypatch):
    monkeypatch.setattr("core.runs.run_jobs.STOPS_WITHIN_S", 0.05)
    studio = open_studio()
    run = finish(studio)
    gate = threading.Event()
    studio._jobs.submit(Job(run.id, "me", lambda report: gate.wait(120)))
    with pytest.raises(BusyError):
        studio.change(run.id, run.settings.with_values({"mix.faders.bass.gain_db": "-6"}))
    with pytest.raises(BusyError):
        studio.delete(run.id)
    gate.set()
    studio.wait(run.id)
    assert studio.run(run.id).settings == run.settings
