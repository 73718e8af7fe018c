"""Settings against a model's family, before anything is loaded: the known bad pairs, and the good ones."""

from __future__ import annotations

import json

import pytest

from core.diagnosis.families.recipe import ENTRIES
from core.diagnosis.of_engine import confirmed
from core.engines.acestep15.device import Machine
from core.engines.acestep15.recipe import Family, adapter_family, family_of, judged
from core.engines.acestep15.settings import AceStepSettings
from core.errors import EngineInputError

OLD, NEW, NONE = Machine("cuda", (7, 5)), Machine("cuda", (8, 9)), Machine("cpu")
TURBO, BASE, SFT = Family.TURBO, Family.BASE, Family.SFT


def names(family, machine=NEW, adapter=None, **settings):
    return [advice.name for advice in judged(AceStepSettings(**settings), family, machine, adapter)]


@pytest.mark.parametrize("machine", [OLD, NEW, NONE])
@pytest.mark.parametrize(
    ("family", "settings"),
    [
        (TURBO, {}),
        (TURBO, {"steps": 20, "shift": 1}),
        (TURBO, {"dcw": "on"}),
        (BASE, {}),
        (BASE, {"steps": 32, "shift": 3, "guidance": 7}),
        (BASE, {"task": "lego"}),
        (TURBO, {"task": "cover"}),
        (SFT, {"dcw": "off", "steps": 50}),
        (SFT, {"precision": "float32"}),
    ],
)
def test_what_suits_is_not_remarked_on(machine, family, settings):
    assert names(family, machine, **settings) == []


@pytest.mark.parametrize(
    ("family", "settings", "expected"),
    [
        (TURBO, {"steps": 50, "guidance": 7}, ["turbo_steps", "turbo_guidance"]),
        (TURBO, {"steps": 21}, ["turbo_steps"]),
        (TURBO, {"shift": 2.5}, ["turbo_shift"]),
        (TURBO, {"preset": "base"}, ["turbo_steps", "turbo_guidance"]),
        (BASE, {"steps": 8}, ["few_steps"]),
        (BASE, {"preset": "turbo"}, ["few_steps", "no_guidance"]),
        (BASE, {"guidance": 12}, ["strong_guidance"]),
        (SFT, {"shift": 4}, ["large_shift"]),
        (SFT, {"dcw": "on"}, ["dcw_noise"]),
        (BASE, {"dcw": "on", "steps": 8}, ["dcw_noise", "few_steps"]),
        (TURBO, {"task": "extract"}, ["task_family"]),
        (SFT, {"task": "complete", "dcw": "on"}, ["task_family", "dcw_noise"]),
    ],
)
def test_each_bad_pair_has_its_name(family, settings, expected):
    assert names(family, **settings) == expected


def test_half_precision_is_bad_on_old_cards_alone():
    assert names(TURBO, OLD, precision="float16") == ["half_precision"]
    assert names(TURBO, NEW, precision="float16") == []


def test_an_adapter_of_another_family_is_named():
    assert names(TURBO, adapter=SFT) == ["adapter_family"]
    assert names(SFT, adapter=SFT) == []


def test_every_advice_has_a_cause_and_a_remedy_and_noise_is_refused():
    found = judged(AceStepSettings(dcw="on", steps=8, guidance=12, shift=5), SFT, OLD, TURBO)
    assert all(advice.cause and advice.remedy for advice in found)
    error = found[0].error()
    assert found[0].refused and error.diagnosis == "recipe_dcw_noise" and "noise" in error.message


EVERY = [
    *judged(AceStepSettings(steps=50, guidance=7, shift=2.5), TURBO, NONE, SFT),
    *judged(AceStepSettings(preset="turbo", task="lego", dcw="on", precision="float16"), SFT, OLD),
    *judged(AceStepSettings(guidance=12, shift=4), BASE, NONE),
]


@pytest.mark.parametrize("advice", EVERY, ids=lambda advice: advice.name)
def test_what_an_engine_says_of_a_recipe_is_known_to_the_diagnoses(advice):
    error = advice.error()
    # As it crosses from the engine's process: without the name of its diagnosis.
    crossed = EngineInputError(error.message, causes=error.causes, remedy=error.remedy)
    known = confirmed(crossed)
    assert known.diagnosis == error.diagnosis == f"recipe_{advice.name}"
    assert (known.message, known.remedy, known.causes) == (error.message, error.remedy, error.causes)


def test_every_diagnosis_of_a_recipe_is_said_by_the_engine():
    assert {f"recipe_{advice.name}" for advice in EVERY} == {entry.name for entry in ENTRIES}


@pytest.mark.parametrize(
    ("told", "family"),
    [
        ({"is_turbo": True}, TURBO),
        ({"model_version": "turbo"}, TURBO),
        ({"model_version": "sft"}, SFT),
        ({"model_version": "base"}, BASE),
        ({}, BASE),
    ],
)
def test_a_checkpoint_tells_its_family(tmp_path, told, family):
    (tmp_path / "transformer").mkdir()
    (tmp_path / "transformer" / "config.json").write_text(json.dumps(told))
    assert family_of(tmp_path) is family


def test_an_adapter_tells_what_it_was_trained_on(tmp_path):
    (tmp_path / "adapter_model.safetensors").write_bytes(b"x")
    assert adapter_family(str(tmp_path)) is None
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "ACE-Step/acestep-v15-sft"}')
    assert adapter_family(str(tmp_path)) is SFT
