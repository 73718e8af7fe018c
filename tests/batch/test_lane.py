"""The studio's lane given to a Dask cluster: its songs are its own; progress and cancel come back."""

from __future__ import annotations

import time

import pytest

from core.batch.lane import lane_elsewhere
from core.errors import SettingsError
from core.runs.pipeline import RunSettings
from core.runs.record import RunState, StepState
from core.song import SongRequest, Upload
from core.studio import Studio
from tests.batch.test_cluster import LIMIT_S, dask, needs_dask  # noqa: F401
from tests.fakes import HouseEngines
from tests.sounds import band

SONG = SongRequest(prompt="calm piano", instrumental=True, duration_s=4.0, seed=3)


class NoEngines(HouseEngines):
    """Engines of a machine that makes nothing itself."""

    def call(self, *_given, **_more):
        raise AssertionError("the studio made it itself")


@pytest.fixture
def studio(tmp_path):
    """Open a studio whose songs are made by a cluster."""
    opened = []

    def opening(address, **more):
        home = tmp_path / "studio"
        home.mkdir(exist_ok=True)
        elsewhere = lane_elsewhere({"GAINSTAGE_SCHEDULER": address, **more})
        opened.append(Studio(home, NoEngines(), elsewhere=elsewhere))
        return opened[-1]

    yield opening
    for one in opened:
        one.close()


def test_without_a_scheduler_songs_are_made_here():
    assert lane_elsewhere({}) is None and lane_elsewhere({"GAINSTAGE_SCHEDULER": " "}) is None


@pytest.mark.parametrize(
    "wrong", [{"GAINSTAGE_SCHEDULER_RESOURCES": "GPU"}, {"GAINSTAGE_SCHEDULER_TLS": "ca.pem"}]
)
def test_a_setting_that_says_nothing_is_refused(wrong):
    with pytest.raises(SettingsError):
        lane_elsewhere({"GAINSTAGE_SCHEDULER": "tcp://x:1", **wrong})


@needs_dask
def test_a_song_of_the_lane_is_made_by_a_worker_and_is_the_studios(studio, dask):  # noqa: F811
    opened = studio(dask[0], GAINSTAGE_SCHEDULER_RESOURCES="GPU=1")
    run_id = opened.start(SONG, RunSettings(), "me")
    seen, done = set(), set()
    while (run := opened.run(run_id)).state.live:
        seen |= {
            (step.stage, round(step.fraction, 1)) for step in run.steps if step.state is StepState.RUNNING
        }
        done |= {step.stage for step in run.steps if step.state is StepState.DONE}
        time.sleep(0.1)
    assert run.state is RunState.DONE, [step.error for step in run.steps if step.error]
    assert len({stage for stage, _ in seen}) >= 3, "its progress was not seen"
    assert "generate" in done, "no step came back before the end"
    for step in run.steps:
        assert all(opened.audio(a.key).key == a.key for a in step.artifacts)
    assert opened.delivered(next(iter(run.step("export").files.values()))).is_file()
    assert not list((opened.home / "cluster").glob("*")), "the shelf is cleared"
    opened.change(run_id, RunSettings().with_values({"master.target_lufs": "-16"}))
    again = opened.wait(run_id, LIMIT_S)
    assert again.state is RunState.DONE
    assert again.step("generate").cached and not again.step("master").cached


@needs_dask
def test_cancelling_ends_what_the_worker_does_and_going_on_finds_what_was_finished(studio, dask):  # noqa: F811
    opened = studio(dask[0])
    run_id = opened.start(SONG, RunSettings(), "me")
    until = time.monotonic() + LIMIT_S
    while opened.run(run_id).step("generate").state is not StepState.DONE and time.monotonic() < until:
        time.sleep(0.1)
    opened.cancel(run_id)
    run = opened.wait(run_id, 60)
    assert run.state is RunState.CANCELLED
    assert [step.stage for step in run.steps if step.state is StepState.CANCELLED]
    opened.rerun(run_id, "export")
    again = opened.wait(run_id, LIMIT_S)
    assert again.state is RunState.DONE and again.step("generate").cached


@needs_dask
def test_an_upload_reaches_the_worker_through_an_address(studio, dask, tmp_path):  # noqa: F811
    opened = studio(dask[0], GAINSTAGE_SHARE=f"file://{tmp_path}/shared")
    key, _ = opened.keep(band())
    upload = Upload(sounds={"song": key}, names={"song": "a.wav"})
    run = opened.wait(opened.start(SongRequest(upload=upload), RunSettings(), "me"), LIMIT_S)
    assert run.step("generate").state in (StepState.DONE, StepState.FAILED), run.steps
    assert opened.audio(run.step("generate").main.key).key


@needs_dask
def test_a_scheduler_that_is_not_there_is_the_failure_of_the_first_stage(studio, monkeypatch):
    monkeypatch.setattr("core.batch.cluster.CONNECTS_WITHIN_S", 1.0)
    opened = studio("tcp://127.0.0.1:9")
    run = opened.wait(opened.start(SONG, RunSettings(), "me"), 60)
    assert run.state is RunState.STOPPED
    assert "No scheduler answers" in run.steps[0].error.message
