"""What an earlier version stored still opens, replays and re-runs (``tests/data/make_home_v1.py``)."""

import json
import zipfile
from pathlib import Path

import pytest

from core.bundle.read import open_bundle
from core.bundle.replay import Likeness, replay
from core.bundle.report import report_html
from core.engines.opened import open_engines
from core.runs.record import RunState, StepState
from core.studio import Studio

STORED = Path(__file__).parents[1] / "data" / "home_v1.zip"
ENDS = {
    "song": (RunState.DONE, None),
    "stems": (RunState.DONE, None),
    "squashed": (RunState.STOPPED, "enhance"),
    "unready": (RunState.STOPPED, "generate"),
    "cover": (RunState.STOPPED, "generate"),
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    with zipfile.ZipFile(STORED) as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def ids(unpacked):
    return json.loads((unpacked / "home" / "runs.json").read_text())


@pytest.fixture(scope="module")
def studio(unpacked):
    studio = Studio(unpacked / "home", open_engines())
    yield studio
    studio.close()


def plain(settings):
    return settings.model_dump(mode="json")


def test_the_library_lists_every_run(studio, ids):
    assert {run.id for run in studio.runs("command-line")} == set(ids.values())


@pytest.mark.parametrize("name", ENDS)
def test_a_run_opens_with_its_settings_and_its_end(studio, ids, name):
    run = studio.run(ids[name])
    assert (run.state, run.blame) == ENDS[name]
    settings = plain(run.settings)
    if name != "squashed":
        assert settings["master"]["target_lufs"] == -16
        assert settings["mix"]["faders"]["bass"]["gain_db"] == -2
        assert settings["lyrics"]["model"]["temperature"] == 0.5
    else:
        assert settings["enhance"]["chains"]["bass"]["ratio"] == 20


def test_its_report_is_written(studio, ids):
    assert "master.wav" in report_html(studio, studio.run(ids["stems"]))


def test_the_undone_change_is_there_and_comes_back(studio, ids):
    run = studio.run(ids["song"])
    assert (run.can_undo, run.can_redo, run.settings.master.glue) == (False, True, 0)
    studio.redo(ids["song"])
    again = studio.wait(ids["song"])
    assert again.state is RunState.DONE
    assert (again.can_undo, again.settings.master.glue) == (True, 0.5)
    studio.undo(ids["song"])
    assert studio.wait(ids["song"]).settings == run.settings


@pytest.mark.parametrize("name", [name for name in ENDS if name != "song"])
def test_a_run_made_again_ends_as_it_did(studio, ids, name):
    before = studio.run(ids[name])
    studio.rerun(ids[name], "lyrics")
    again = studio.wait(ids[name])
    assert (again.state, again.blame) == ENDS[name]
    assert [step.state for step in again.steps] == [step.state for step in before.steps]
    assert plain(again.settings) == plain(before.settings)


def test_a_result_that_was_stored_is_found_under_its_key(studio, ids):
    before = studio.run(ids["stems"])
    studio.rerun(ids["stems"], "lyrics")
    again = studio.wait(ids["stems"])
    for stage in ("generate", "assemble", "separate", "enhance", "mix", "master"):
        assert again.step(stage).key == before.step(stage).key
        assert again.step(stage).cached, stage


def test_a_bundle_is_read_and_its_song_made_again(unpacked):
    done = replay(open_bundle(unpacked / "bundles" / "stems.zip"), open_engines())
    assert done.first_different is None
    assert any(step.likeness is Likeness.EXACT for step in done.steps)


def test_of_a_song_whose_words_todays_writer_writes_anew_the_lyrics_are_told_as_the_first_difference(
    unpacked,
):
    done = replay(open_bundle(unpacked / "bundles" / "unready.zip"), open_engines())
    assert done.first_different == "lyrics"


def test_the_error_of_an_engine_without_weights_is_the_same_after_a_re_run(studio, ids):
    step = studio.run(ids["unready"]).step("generate")
    assert step.state is StepState.ERROR
    assert step.error.kind == "engine_missing" and "MusicGen" in step.error.message
