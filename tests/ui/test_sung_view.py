"""The lines of the words, lit by what is sung of them."""

from core.checks.figures import stored
from core.checks.sung_lines import LineRead, PlannedLine, State
from core.contract import Figures
from core.meter.voice import pitch
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.ui.sung_view import sung_html
from tests.ui.conftest import markup


def read(text, at_s, state):
    return LineRead(PlannedLine(text, at_s, at_s + 2.0), state)


def test_each_line_has_its_second_and_its_state_and_words_are_escaped():
    html = sung_html([read("The <tide>", 3.24, State.SUNG), read("Comes in", 65.0, State.MISSING)])
    assert '<p class="gs-line-sung"><small>0:03.2</small> The &lt;tide&gt; <small>sung</small></p>' in html
    assert 'class="gs-line-missing"><small>1:05.0</small> Comes in' in html
    assert "1 sung, 1 missing; read by the plan" in html and "Words are not recognised" in html


def a_sung_run(fake):
    run = fake.start(SongRequest(prompt="a tune"), RunSettings(), "me")
    step = fake.run(run).step("generate")
    held = {"sung": {step.main.name: [{"line": "The tide", "notes": [[0.1, 0.4, 60.0]]}]}}
    fake._set(run, "generate", figures=stored(Figures(engine=held)))
    return run


def test_the_lyrics_panel_reads_the_lines_at_one_press(fake, site):
    page = site("lyrics", a_sung_run(fake))
    assert 'class="gs-sung"' not in markup(page)
    next(button for button in page.button if button.label == "Was it sung?").click().run(timeout=120)
    assert not page.exception
    assert 'class="gs-sung"' in markup(page) and "The tide" in markup(page)


def test_without_the_package_it_says_which_is_missing(fake, site, monkeypatch):
    monkeypatch.setattr(pitch, "installed", lambda: False)
    page = site("lyrics", a_sung_run(fake))
    assert "swift-f0 are not installed (make models)" in " ".join(one.value for one in page.caption)
    assert not [button for button in page.button if button.label == "Was it sung?"]
