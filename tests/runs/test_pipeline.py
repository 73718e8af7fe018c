"""Settings by name, and keys that differ exactly when the result may."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.contract import Material
from core.errors import SettingsError
from core.runs.pipeline import RunSettings, stage_named, step_key
from core.stages.table import STAGE_NAMES, STAGES, sources


def test_a_setting_is_put_in_by_its_path():
    settings = RunSettings().with_values({"master.target_lufs": "-16", "generate.clips": "3"})
    assert (settings.master.target_lufs, settings.generate.clips) == (-16.0, 3)


def test_a_fader_of_any_stem_is_put_in_by_its_name():
    settings = RunSettings().with_values({"mix.faders.banjo.gain_db": "-3", "mix.faders.banjo.mute": "true"})
    assert settings.mix.fader("banjo").gain_db == -3.0
    assert settings.mix.fader("banjo").mute


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("master.loudness", "-14"),
        ("nowhere.x", "1"),
        ("master", "1"),
        ("", "1"),
        ("master.target_lufs", "loud"),
        ("master.target_lufs", "99"),
        ("master.target_lufs", "NaN"),
        ("master.target_lufs.deeper", "1"),
    ],
)
def test_what_is_no_setting_or_out_of_bounds_is_refused_with_a_remedy(path, value):
    with pytest.raises(SettingsError) as refused:
        RunSettings().with_values({path: value})
    assert refused.value.message and refused.value.remedy


def test_every_setting_has_a_title_and_a_description():
    for stage in STAGES:
        for name, field in stage.settings_type.model_fields.items():
            assert field.title and field.description, f"{stage.name}.{name}"


def test_every_stage_takes_what_an_earlier_one_delivers():
    assert {stage.name: sources(stage.name) for stage in STAGES} == {
        "lyrics": {},
        "generate": {},
        "assemble": {"clips": "generate"},
        "separate": {"song": "assemble"},
        "enhance": {"stems": "separate"},
        "mix": {"stems": "enhance"},
        "master": {"mix": "mix"},
        "export": {"master": "master", "stems": "enhance"},
    }


@dataclass(frozen=True)
class Between:
    """A stage for the wiring alone."""

    delivers: Material
    takes: tuple[Material, ...]
    name: str = "between"


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("clips", "generate"),
        ("song", "assemble"),
        ("stems", "separate"),
        ("mix", "mix"),
        ("master", "master"),
    ],
)
def test_a_stage_put_between_two_is_heard_by_the_one_after_it(kind, after):
    place = STAGE_NAMES.index(after) + 1
    stages = (*STAGES[:place], Between(Material(kind), (Material(kind),)), *STAGES[place:])
    assert sources("between", stages) == {kind: after}
    assert sources(stages[place + 1].name, stages)[kind] == "between"


def test_a_key_depends_on_stage_engine_settings_and_inputs_and_not_on_order():
    mix, master = stage_named("mix"), stage_named("master")
    given = {"settings": {"a": 1, "b": 2}, "inputs": {"x": "k"}}
    key = step_key(mix, "1", given)
    assert key == step_key(mix, "1", {"inputs": {"x": "k"}, "settings": {"b": 2, "a": 1}})
    assert key != step_key(master, "1", given)
    assert key != step_key(mix, "2", given)
    assert key != step_key(mix, "1", given | {"inputs": {"x": "other"}})


def test_an_unknown_stage_is_refused():
    with pytest.raises(SettingsError):
        stage_named("karaoke")
