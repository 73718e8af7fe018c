"""Stored things are proved when they are read, and what is lost is named and made again."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from core.audio import Audio, read
from core.errors import StorageError
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from core.runs.result import MADE_AGAIN
from core.runs.store import Store
from core.song import SongRequest, Upload
from tests.runs.small_chain import small  # noqa: F401
from tests.sounds import band

pytestmark = pytest.mark.usefixtures("small")
QUIETER = RunSettings().with_values({"master.ceiling_dbtp": "-3"})


def flip(path, at=0.5):
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 0x10
    path.write_bytes(bytes(content))


def harm(path, how):
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        flip(path)


def samples(studio, run, stage):
    return Store(studio.home).samples_path(run.step(stage).main.key)


@pytest.mark.parametrize("how", ["gone", "cut", "flipped"])
@pytest.mark.parametrize("stage", ["generate", "mix"])
def test_a_lost_sound_is_made_again_and_blamed_on_no_later_stage(open_studio, finish, small, how, stage):  # noqa: F811
    first = open_studio()
    run = finish(first)
    first.close()
    harm(samples(first, run, stage), how)
    studio = open_studio()
    studio.change(run.id, QUIETER)
    again = studio.wait(run.id)
    assert (again.state, again.blame) == (RunState.DONE, None), again.step("master").error
    if stage == "mix" or how != "flipped":  # nobody reads the clips again, where the mix is whole
        assert MADE_AGAIN in again.step(stage).notes
        assert studio.audio(again.step(stage).main.key).key == run.step(stage).main.key
    assert again.step("master").main.key != run.step("master").main.key


def test_a_sound_lost_while_the_song_is_made_sends_the_runner_back(open_studio, finish, small):  # noqa: F811
    studio = open_studio()
    run = finish(studio)
    master = small["master"]
    real, at = master._do, samples(studio, run, "mix")

    def losing(work):
        if master.runs == 2:
            flip(at)
        return real(work)

    master._do = losing
    studio.change(run.id, QUIETER)
    again = studio.wait(run.id)
    assert again.state is RunState.DONE
    assert MADE_AGAIN in again.step("mix").notes
    assert (small["mix"].runs, master.runs) == (2, 3)


def test_a_sound_that_is_lost_each_time_ends_the_run_in_one_sentence(open_studio, finish, small):  # noqa: F811
    studio = open_studio()
    run = finish(studio)
    at, real = samples(studio, run, "mix"), small["master"]._do

    def losing(work):
        flip(at)
        return real(work)

    small["master"]._do = losing
    studio.change(run.id, QUIETER)
    again = studio.wait(run.id)
    assert again.state is RunState.STOPPED
    assert again.step("master").error.kind == "lost_sound"


def test_an_uploaded_file_that_is_lost_is_named(open_studio, finish, small):  # noqa: F811
    first = open_studio()
    key, _ = first.keep(band())
    request = SongRequest(upload=Upload(sounds={"song": key}, names={"song": "demo.wav"}))
    run = finish(first, request)
    first.close()
    flip(Store(first.home).samples_path(key))
    studio = open_studio()
    studio.rerun(run.id, "generate")
    again = studio.wait(run.id)
    assert again.state is RunState.STOPPED
    assert "demo.wav" in again.step("generate").error.message
    assert "Upload demo.wav again" in again.step("generate").error.remedy


@pytest.mark.parametrize("how", ["gone", "cut", "flipped"])
def test_a_damaged_export_is_refused_and_written_again(open_studio, finish, how):
    first = open_studio()
    run = finish(first)
    first.close()
    place = run.step("export").files["master.wav"]
    before = read(first.home / place).key
    harm(first.home / place, how)
    studio = open_studio()
    with pytest.raises(StorageError, match=r"master\.wav was lost, changed or damaged"):
        studio.delivered(place)
    assert studio.delivered(run.step("export").files["notes.txt"]).read_text() == "made by a test"
    studio.change(run.id, QUIETER)
    studio.undo(run.id) if studio.wait(run.id) else None
    again = studio.wait(run.id)
    assert MADE_AGAIN in again.step("export").notes
    assert read(studio.delivered(place)).key == before


def test_a_damaged_result_in_the_index_is_made_again(open_studio, finish, small):  # noqa: F811
    first = open_studio()
    run = finish(first)
    first.close()
    database = sqlite3.connect(first.home / "index.sqlite")
    changed = database.execute("UPDATE steps SET result=replace(result, '\"composer\"', '\"composed\"')")
    assert changed.rowcount == 4
    database.execute("UPDATE judgements SET findings='[{'")
    database.commit()
    database.close()
    studio = open_studio()
    studio.change(run.id, QUIETER)
    again = studio.wait(run.id)
    assert again.state is RunState.DONE
    assert (small["generate"].runs, again.step("mix").engine) == (2, "composer")


def test_a_label_whose_figures_changed_is_made_again_from_the_samples(tmp_path):
    store = Store(tmp_path)
    key, measurement = store.put(band())
    label = store.samples_path(key).with_suffix(".json")
    for harmed in (label.read_text().replace('"duration_s":', '"duration_s":1'), "{", None):
        label.unlink() if harmed is None else label.write_text(harmed)
        assert Store(tmp_path).measurement(key) == measurement


@pytest.mark.parametrize("at", [0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_picture_with_any_byte_changed_is_drawn_again(tmp_path, at):
    store = Store(tmp_path)
    key, _ = store.put(band())
    drawn = store.picture(key)
    flip(store.samples_path(key).with_name(f"{key}.picture.npz"), at)
    assert (Store(tmp_path).picture(key).low == drawn.low).all()


def test_a_picture_of_another_sound_is_not_shown(tmp_path):
    store = Store(tmp_path)
    keys = [store.put(Audio(band().samples * np.float32(gain), 44_100))[0] for gain in (1.0, 0.5)]
    drawn = store.picture(keys[0]).high
    mine, other = (store.samples_path(key).with_name(f"{key}.picture.npz") for key in keys)
    mine.write_bytes(other.read_bytes())
    assert (Store(tmp_path).picture(keys[0]).high == drawn).all()


def test_a_preview_that_changed_is_not_played(tmp_path):
    store = Store(tmp_path)
    key, _ = store.put(band())
    right = store.preview(key).read_bytes()
    flip(store.preview(key))
    assert Store(tmp_path).preview(key).read_bytes() == right
    assert store.preview(key).read_bytes() == right
