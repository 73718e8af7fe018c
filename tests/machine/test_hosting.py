"""What is the operator's alone stays so: in every form, at every depth, at the start and in a change."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, Field
from streamlit.testing.v1 import AppTest

from core.cli.main import main
from core.engines.registry import CARDS
from core.errors import SettingsError
from core.machine.hosting import is_operators, refuse_operators
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from tests.fakes import HouseEngines

PROMPT = SongRequest(prompt="a calm tune", instrumental=True, duration_s=8.0)
OPERATORS = {
    "generate.checkpoint": "Checkpoint folder",
    "generate.options.ace-step.lora": "LoRA",
    "generate.options.audiocraft.melody": "Melody",
    "separate.checkpoint": "Checkpoint folder",
}


def every_field():
    yield from fields(RunSettings)
    for card in CARDS:
        yield from fields(card.settings, (card.stage, "options", card.name))


def fields(model, path=()):
    for name, info in model.model_fields.items():
        yield (*path, name), info
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from fields(info.annotation, (*path, name))


def with_one(path, value="/etc/passwd"):
    return RunSettings().with_values({path: json.dumps(value)})


def test_every_setting_that_names_a_file_of_the_machine_is_the_operators():
    found = {".".join(path) for path, info in every_field() if is_operators(info)}
    assert found >= OPERATORS.keys()
    paths = {
        ".".join(path)
        for path, info in every_field()
        if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("one_line")
    }
    assert paths <= found


@pytest.mark.parametrize("path", OPERATORS)
def test_a_visitor_cannot_start_a_song_with_it(open_studio, path):
    studio = open_studio(hosted=True)
    with pytest.raises(SettingsError, match="is the operator's alone on this server") as failure:
        studio.start(PROMPT, with_one(path), "a visitor")
    assert failure.value.message.startswith(f"{OPERATORS[path]} ({path}) ")
    assert studio.runs("a visitor") == ()


def test_a_change_to_it_is_refused_and_the_song_goes_on_undisturbed(open_studio):
    studio = open_studio(HouseEngines(pace_s=20), hosted=True)
    run_id = studio.start(PROMPT, RunSettings(), "a visitor")
    for path in OPERATORS:
        with pytest.raises(SettingsError, match="operator's alone"):
            studio.change(run_id, with_one(path))
    after = studio.run(run_id)
    assert after.state.live and (after.settings, after.revision) == (RunSettings(), 0)
    studio.cancel(run_id)


def test_what_the_operator_set_may_stay_while_a_visitor_changes_something_else(tmp_path):
    settings = with_one("generate.ace_step.lora", "voice.safetensors")
    mine = Studio(tmp_path, HouseEngines(pace_s=20))
    run_id = mine.start(PROMPT, settings, "command-line")
    mine.close()
    hosted = Studio(tmp_path, HouseEngines(pace_s=20), hosted=True)
    try:
        hosted.change(run_id, settings.with_values({"master.target_lufs": "-16"}))
        assert hosted.run(run_id).settings.generate.options["ace-step"].lora == "voice.safetensors"
        with pytest.raises(SettingsError, match="operator's alone"):
            hosted.change(run_id, with_one("generate.ace_step.lora", "another.safetensors"))
        hosted.change(run_id, RunSettings())
    finally:
        hosted.close()


def test_on_ones_own_machine_it_is_ones_own(open_studio):
    studio = open_studio(HouseEngines(pace_s=20))
    settings = with_one("generate.ace_step.lora", "voice.safetensors")
    assert studio.run(studio.start(PROMPT, settings, "me")).settings == settings


def test_the_command_line_of_a_hosted_machine_may_use_it(monkeypatch, tmp_path, capsys):
    asked = {}
    monkeypatch.setattr(
        Studio,
        "open",
        classmethod(lambda cls, **said: asked.update(said) or cls(tmp_path, HouseEngines())),
    )
    main(["runs", "--json"])
    assert asked == {"by_operator": True}


class Inner(BaseModel):
    path: str = Field(default="", json_schema_extra={"operator_only": True})
    gain_db: float = 0.0


class Outer(BaseModel):
    one: Inner = Inner()
    by_name: dict[str, Inner] = {}
    rows: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        (Outer(one=Inner(path="x")), "one.path"),
        (Outer(by_name={"bass": Inner(path="x")}), "by_name.bass.path"),
        (Outer(rows=(Inner(), Inner(path="x"))), "rows.1.path"),
    ],
)
def test_it_is_found_inside_of_settings_by_name_and_in_rows(settings, where):
    with pytest.raises(SettingsError, match=rf"Path \({where}\)"):
        refuse_operators(settings)
    refuse_operators(settings, settings)
    refuse_operators(Outer(one=Inner(gain_db=3), by_name={"bass": Inner()}, rows=(Inner(),)), settings)


def form(visitor):
    import streamlit as st

    from core.engines.acestep15.settings import AceStepSettings
    from core.engines.opened import open_engines
    from core.stages.generate import GenerateSettings
    from core.ui.engines_view import engine_options
    from core.ui.forms import FormPlan, settings_form

    class Opened:
        engines = open_engines()

    own = {"ace-step": AceStepSettings(lora="voice.safetensors")}
    current = GenerateSettings(checkpoint="/models/mine", options=own)
    entries = engine_options(Opened, "generate", own, own)
    chosen = settings_form(current, FormPlan(key="f", visitor=visitor, entries=entries))
    Opened.engines.close()
    assert chosen is not None
    st.session_state["chosen"] = (chosen.checkpoint, chosen.options["ace-step"].lora)


@pytest.mark.parametrize("visitor", [False, True])
def test_a_visitors_form_does_not_show_it_and_leaves_it_as_it_is(visitor):
    test = AppTest.from_function(form, args=(visitor,)).run()
    assert not test.exception
    shown = {each.label for each in test.text_input}
    theirs = {"Checkpoint folder", "LoRA", "Melody"}
    assert {each.split(" :small")[0] for each in shown} & theirs == (set() if visitor else theirs)
    assert test.session_state["chosen"] == ("/models/mine", "voice.safetensors")
