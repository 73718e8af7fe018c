"""Settings from elsewhere on the Generate page: pasted, read, judged, taken over."""

from __future__ import annotations

import json

import pytest

from core.engines.acestep15.recipe import Advice
from core.engines.acestep15.recipe_file import Read, read
from core.errors import SettingsError
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.ui.recipe_view import said, with_recipe
from tests.ui.conftest import markup

SAVED = {"caption": "warm piano", "inference_steps": 12, "shift": 2.0, "guidance_scale": 1.0, "seed": 5}


def test_pasted_settings_are_shown_and_one_press_takes_them_for_the_next_song(fake, site):
    page = site("generate")
    page.text_area(key="recipe_text").set_value(json.dumps(SAVED)).run(timeout=120)
    html = markup(page)
    assert "It sets steps 12" in html and "prompt: warm piano; seed: 5" in html
    page.button(key="recipe_use").click().run(timeout=120)
    assert not page.exception
    generate = page.session_state["draft_settings"].generate
    own = generate.options["ace-step"]
    assert (generate.engine, own.steps, own.shift) == ("ace-step", 12, 2.0)
    assert page.button(key="recipe_use").disabled, "they are taken"


def test_a_song_is_made_again_with_them(fake, site):
    run = fake.start(SongRequest(prompt="a tune"), RunSettings(), "me")
    page = site("generate", run)
    page.text_area(key="recipe_text").set_value(json.dumps(SAVED)).run(timeout=120)
    page.button(key="recipe_use").click().run(timeout=120)
    (changed,) = [call[1] for call in fake.calls if call[0] == "change"]
    assert changed.generate.options["ace-step"].steps == 12


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{ not json", "it is no JSON"),
        ('{"1": {"class_type": "WanVideoSampler"}}', "nodes of another pack: WanVideoSampler"),
    ],
)
def test_what_is_no_recipe_is_one_sentence_and_a_remedy(fake, site, text, why):
    page = site("generate")
    page.text_area(key="recipe_text").set_value(text).run(timeout=120)
    html = markup(page)
    assert why in html and "What to do: Give the JSON" in html
    assert not any(button.key == "recipe_use" for button in page.button)


def test_settings_out_of_bounds_are_refused_by_name():
    with pytest.raises(SettingsError, match="steps"):
        with_recipe(RunSettings(), Read(options={"steps": 5_000}))
    repaint = SAVED | {"task_type": "repaint", "repaint_mode": "aggressive", "cfg_interval_end": 0.8}
    own = with_recipe(RunSettings(), read(json.dumps(repaint).encode())).generate.options["ace-step"]
    assert (own.task, own.repaint_mode, own.guidance_to) == ("repaint", "aggressive", 0.8)


def test_what_would_go_wrong_is_said_with_cause_and_remedy():
    advice = Advice("dcw", "It makes <noise>.", "the correction adds up", "Set DCW to off.", refused=True)
    html = said(Read(options={"dcw": "on"}, notes=("A note.",)), [advice])
    assert "It sets dcw on." in html and "A note." in html
    assert ">refused<" in html and "It makes &lt;noise&gt;. The correction adds up. Set DCW to off." in html
