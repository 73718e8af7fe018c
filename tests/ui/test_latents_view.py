"""The steps of a diffusion run and the planner's codes, drawn on the generate panel."""

from __future__ import annotations

import pytest

from core.checks.figures import stored
from core.contract import Figures
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.ui.latents_view import _STEPS, MOST_CELLS, codes_strip, steps_chart
from tests.ui.conftest import markup


def step(rms=0.5, high=0.1, broken=0):
    return {"noise": 0.5, "rms": rms, "not_numbers": broken, "high_share": high}


def chart(*steps):
    return steps_chart(_STEPS.validate_python(list(steps)))


def test_a_column_is_as_tall_as_its_level_and_filled_by_its_high_band():
    html = chart(step(1.0, 0.5), step(0.25, 0.1))
    assert html.count("<div title=") == 2
    assert "height:100.0%" in html and "height:50.0%" in html and "height:25.0%" in html
    assert "2 steps, level 1.00 to 0.25, high band 50 to 10 %" in html and "Not numbers" not in html


def test_the_step_at_which_a_song_turned_to_no_numbers_is_named():
    html = chart(step(), step(), step(broken=12), step(0.0, 0.0, 12))
    assert html.count("gs-nan") == 2 and "Not numbers from step 3 on." in html
    assert "step 3: 12 values are not numbers" in html


def test_silence_and_nothing_but_broken_steps_are_drawn_too():
    assert "height:0.0%" in chart(step(0.0, 0.0))
    assert "Not numbers from step 1 on." in chart(step(broken=1))


@pytest.mark.parametrize(("count", "cells"), [(1, 1), (14, 14), (160, 160), (161, 81), (3_000, 158)])
def test_codes_of_any_song_fit_into_a_strip(count, cells):
    html = codes_strip(list(range(count)), "<tiny>")
    assert html.count("hsl(") == cells <= MOST_CELLS
    assert f"{count} codes of the planner &lt;tiny&gt;, 100 % of them differ" in html
    assert "100.00%)" in html, "the last colour reaches the end"


def test_what_repeats_has_one_colour():
    html = codes_strip([7, 7, 64_000 - 1, 7], "p")
    colours = [part.split(")")[0] for part in html.split("hsl(")[1:]]
    assert colours[0] == colours[1] == colours[3] != colours[2]


def test_the_panel_shows_what_the_record_holds_and_nothing_of_another_form(fake, site):
    run = fake.start(SongRequest(prompt="a tune"), RunSettings(), "me")
    planner = {"model": "acestep-5Hz-lm-0.6B", "codes": [1, 2, 3, 3]}
    fake._set(
        run, "generate", figures=stored(Figures(engine={"latents": [step(), step()], "planner": planner}))
    )
    html = markup(site("generate", run))
    assert 'class="gs-steps"' in html and "4 codes of the planner acestep-5Hz-lm-0.6B, 75 %" in html
    fake._set(run, "generate", figures=stored(Figures(engine={"latents": [{"a": 1}], "planner": 3})))
    page = site("generate", run)
    assert not page.exception
    assert 'class="gs-steps"' not in markup(page) and 'class="gs-codes"' not in markup(page)


def test_steps_to_listen_to_have_a_player_each_by_their_numbers(fake, site):
    run = fake.start(SongRequest(prompt="a tune"), RunSettings(), "me")
    (fake.home / "step.wav").write_bytes(fake.preview(fake.run(run).step("mix").main.key).read_bytes())
    files = {f"steps/step-{number:03d}.wav": "step.wav" for number in (1, 12)}
    fake._set(run, "generate", files=files, figures=stored(Figures(engine={"latents": [step(), step()]})))
    page = site("generate", run)
    assert "Step 1, two seconds" in markup(page) and "Step 12, two seconds" in markup(page)
    assert len(page.get("audio")) >= 2 and not page.exception
