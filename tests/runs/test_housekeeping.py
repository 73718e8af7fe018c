"""Old intermediate sounds give way and come back; limits take the oldest songs, and none that is kept."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.audio import Audio
from core.engines.composer.card import CARD as BAND
from core.errors import LostSoundError
from core.runs import resting
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from core.runs.resting import BYPASS, OURS, TRUE_STEMS, may_rest
from core.song import SongRequest, Upload
from tests.runs.small_chain import small  # noqa: F401
from tests.sounds import band

pytestmark = pytest.mark.usefixtures("small")
STAGES = ("generate", "mix", "master")


@pytest.fixture
def rested(open_studio, finish):
    studio = open_studio()
    run = finish(studio)
    tidied = studio.housekeeping.tidy(at_once=True)
    assert tidied.rested == 2
    return studio, run


def has(studio, run):
    return [studio._store.has(run.step(stage).main.key) for stage in STAGES]


def test_all_but_the_master_gives_way_and_readings_pictures_and_files_stay(rested):
    studio, run = rested
    assert has(studio, run) == [False, False, True]
    assert studio.run(run.id) == run
    for stage in STAGES:
        assert studio.picture(run.step(stage).main.key).low.size
    assert studio.delivered(run.step("export").files["master.wav"]).is_file()


@pytest.mark.parametrize("verb", ["audio", "preview"])
def test_a_sound_that_gave_way_is_made_again_when_it_is_played_the_same_to_the_last_bit(rested, small, verb):  # noqa: F811
    studio, run = rested
    key = run.step("mix").main.key
    getattr(studio, verb)(key)
    assert studio._store.audio(key).key == key
    again = studio.run(run.id)
    assert (again.state, again.step("mix").notes) == (RunState.DONE, ())
    assert has(studio, run) == [True, True, True]
    assert (small["generate"].made, small["master"].made) == (2, 1)


def test_a_change_late_in_the_chain_makes_again_what_it_needs(rested, small):  # noqa: F811
    studio, run = rested
    studio.change(run.id, RunSettings().with_values({"master.ceiling_dbtp": "-3"}))
    again = studio.wait(run.id)
    assert again.state is RunState.DONE
    assert [again.step(s).main.key == run.step(s).main.key for s in STAGES] == [True, True, False]
    assert {name: stage.made for name, stage in small.items()} == dict(generate=2, mix=2, master=2, export=2)


def test_a_change_that_needs_no_resting_sound_makes_none_again(rested, small):  # noqa: F811
    studio, run = rested
    studio.rerun(run.id, "export")
    assert studio.wait(run.id).state is RunState.DONE
    assert {name: stage.made for name, stage in small.items()} == dict(generate=1, mix=1, master=1, export=2)


def test_a_sound_that_comes_back_another_is_told(rested, small):  # noqa: F811
    studio, run = rested
    real = small["mix"]._do

    def newer(work):
        made = real(work)
        (sound,) = made.sounds.values()
        return replace(made, sounds={"mix": Audio(sound.samples * np.float32(0.999), sound.sample_rate)})

    small["mix"]._do = newer
    studio.change(run.id, RunSettings().with_values({"master.ceiling_dbtp": "-3"}))
    again = studio.wait(run.id)
    assert "not the same to the last bit" in again.step("mix").notes[0]


def test_what_an_engine_plays_differently_each_time_stays(rested):
    run = rested[1]
    assert may_rest(run, lambda engine: False) == set()
    assert BAND.repeatable


def test_what_stages_do_themselves_is_named_as_their_records_name_it():
    stages = Path(resting.__file__).parents[1] / "stages"
    code = "".join(path.read_text() for path in stages.glob("*.py"))
    for name in OURS - {TRUE_STEMS, BYPASS}:
        assert f'MadeBy("{name}"' in code


def test_uploads_failed_sounds_and_live_songs_stay(rested):
    run = rested[1]
    every = {run.step(stage).main.key for stage in STAGES}
    clip = run.step("generate").main.key
    upload = Upload(sounds={"song": clip}, names={"song": "a.wav"})
    uploaded = run.model_copy(update={"request": SongRequest(upload=upload)})
    assert may_rest(uploaded, lambda _: True) == every - {clip, run.step("master").main.key}
    for update in ({"state": RunState.RUNNING}, {"tainted": True}, {"probed": True}):
        assert may_rest(run.model_copy(update=update), lambda _: True) == set()


def test_a_sound_that_a_young_song_shares_stays(open_studio, finish):
    studio = open_studio()
    quieter = RunSettings().with_values({"master.ceiling_dbtp": "-3"})
    old, young = finish(studio), finish(studio, settings=quieter)
    studio._index.set_state(old.id, RunState.DONE, time.time() - 90_000)
    assert studio.housekeeping.tidy().rested == 0
    assert has(studio, young) == [True, True, True]


def test_the_clock_set_back_lets_nothing_give_way(open_studio, finish):
    studio = open_studio()
    run = finish(studio)
    studio._index.set_state(run.id, RunState.DONE, time.time() + 90_000)
    assert studio.housekeeping.tidy().rested == 0


@pytest.mark.parametrize("limit", [{"song_days": 1.0}, {"disk_mb": 0.0001}])
def test_a_limit_takes_the_oldest_songs_and_never_one_that_is_kept(open_studio, finish, limit):
    studio = open_studio()
    runs = [finish(studio, SongRequest(prompt="x", seed=seed)) for seed in (1, 2)]
    for run in runs:
        studio._index.set_state(run.id, RunState.DONE, time.time() - 90_000)
    studio.keep_song(runs[0].id)
    studio.housekeeping._limits = replace(studio.limits, **limit)
    assert studio.housekeeping.tidy().deleted == 1
    assert [run.id for run in studio.runs("me")] == [runs[0].id]


def test_a_round_sweeps_sounds_only_looked_at_previews_and_half_files(open_studio, finish):
    studio = open_studio()
    run = finish(studio)
    looked_at, _ = studio.keep(band())
    preview = studio.preview(run.step("master").main.key)
    half = preview.with_name(".0123.npy")
    half.write_bytes(b"half")
    young = preview.with_name(".4567.npy")
    young.write_bytes(b"half")
    for path in (studio._store.samples_path(looked_at).with_suffix(".json"), preview, half):
        os.utime(path, (1, 1))
    studio.housekeeping.tidy()
    assert not studio._store.has(looked_at)
    assert not preview.exists() and not half.exists() and young.exists()


def test_folders_of_killed_processes_go_and_a_persons_own_stay(open_studio, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    folders = {"gainstage-abcdefgh": "in-0.npy", "gainstage-abcdefgi": "thesis.doc", "gainstage-x": "a.npy"}
    for name, inside in folders.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / inside).write_text("x")
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "gainstage-abcdefgj").mkdir()
    open_studio().housekeeping.tidy()
    left = sorted(path.name for path in tmp_path.glob("gainstage-*"))
    assert left == ["gainstage-abcdefgi", "gainstage-abcdefgj", "gainstage-x"]


def test_a_resting_sound_says_what_it_is(rested):
    studio, run = rested
    with pytest.raises(LostSoundError, match="gave way"):
        studio._store.audio(run.step("mix").main.key)
