"""What differs between two runs or two files, and where it began."""

from __future__ import annotations

import pytest

from core.blame.difference import (
    Same,
    changed_settings,
    difference_of_runs,
    difference_of_takes,
    last_take,
)
from core.errors import EngineDiedError
from core.runs.pipeline import RunSettings
from tests import sounds
from tests.blame import steps
from tests.blame.steps import take
from tests.fakes import every_sound, raising


def same_by_stage(found):
    return {part.stage: part.same for part in found.stages}


def test_two_runs_of_the_same_settings_are_identical(songs):
    found = difference_of_runs(songs.run(), songs.run(), songs.audio)
    assert (found.same, found.began, found.settings) == (Same.IDENTICAL, None, ())
    assert set(same_by_stage(found).values()) == {Same.IDENTICAL}
    assert found.what == "Both runs are identical, sample for sample."


def test_a_fader_makes_the_runs_part_at_the_mix_and_is_named(songs):
    found = difference_of_runs(songs.run(), songs.run(mix__faders__drums__mute="true"), songs.audio)
    assert found.began.stage == "mix"
    assert found.because == ("mix.faders.drums.mute default against True",)
    stages = same_by_stage(found)
    assert stages["enhance"] is Same.IDENTICAL and stages["master"] is Same.DIFFERENT
    assert found.what.startswith("The runs part at Mix")


def test_a_target_that_needs_no_limiting_is_the_same_but_for_a_gain(songs):
    a, b = songs.run(master__target_lufs="-28"), songs.run(master__target_lufs="-26")
    found = difference_of_runs(a, b, songs.audio)
    assert (found.began.stage, found.began.same) == ("master", Same.GAIN)
    assert found.began.change.gain_db == pytest.approx(2, abs=0.1)


def test_another_seed_is_another_song_from_the_first_sound_on(songs):
    found = difference_of_runs(songs.run(), songs.run(seed=9), songs.audio)
    assert ("request", "seed", 1, 9) in [(s.stage, s.name, s.a, s.b) for s in found.settings]
    assert "seed 1 against 9" in found.because
    assert same_by_stage(found)["generate"] is Same.DIFFERENT


def test_a_run_that_stopped_has_nothing_where_the_other_goes_on(songs):
    broken = songs.run(harm=("effects", every_sound(steps.zeros)), enhance__strength="strong")
    stages = same_by_stage(difference_of_runs(songs.run(), broken, songs.audio))
    assert stages["separate"] is Same.IDENTICAL
    assert stages["enhance"] is Same.DIFFERENT
    assert stages["mix"] is stages["master"] is Same.ONLY_A


def test_a_run_that_failed_at_once_has_no_last_sound(songs):
    failed = songs.run(harm=("composer", raising(EngineDiedError("It ended.", remedy="Again."))), seed=3)
    assert last_take(failed, songs.audio) is None
    assert difference_of_runs(songs.run(), failed, songs.audio).began.stage == "lyrics"


def test_settings_are_compared_one_by_one(songs):
    a = songs.run()
    settings = RunSettings().with_values({"export.formats": '["flac-16"]', "master.glue": "0.3"})
    b = a.model_copy(update={"settings": settings})
    assert [(s.stage, s.name) for s in changed_settings(a, b)] == [("master", "glue"), ("export", "formats")]
    assert changed_settings(a, a) == ()


@pytest.mark.parametrize(
    ("step", "same"),
    [
        (lambda a: a, Same.IDENTICAL),
        (steps.gain(-2), Same.GAIN),
        (steps.delayed(500), Same.DIFFERENT),
        (steps.times(-1, -1), Same.DIFFERENT),
        (steps.mislabelled, Same.DIFFERENT),
        (steps.zeros, Same.DIFFERENT),
        (steps.tanh(6), Same.DIFFERENT),
    ],
    ids=["identical", "gain", "delay", "polarity", "rate label", "silence", "tanh"],
)
def test_two_files_are_identical_the_same_but_for_gain_or_different(step, same):
    found = difference_of_takes(take(sounds.band(), "a.wav"), take(step(sounds.band()), "b.wav"))
    assert found.same is same
    assert (found.began is None) == (same is Same.IDENTICAL)
    assert "b.wav" in found.what
