"""What an uploaded song is: understood by a press, edited, and used for a cover or a new plan; and scores."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from core.audio import write
from core.engines.base import Availability, Reply
from core.engines.planner.answer import Understood
from core.errors import EngineInputError
from core.runs import understanding
from core.runs.understanding import About, Understandings
from core.stages.generate import GenerateSettings
from core.ui.song_facts import Facts, facts_of, song_like
from tests import sounds
from tests.ui.conftest import markup
from tests.ui.test_takes_page import with_takes

SAID = {
    "caption": "a calm piano",
    "lyrics": "[Verse]\nDie Flut kommt leise",
    "bpm": 92,
    "key": "a minor",
    "meter": 3,
    "language": "de",
}


class Answering:
    """Engines that answer at once, or when they are let, and count what they were asked."""

    def __init__(self, **values):
        self.values = {"understood": SAID, "codes": 100, "planner": "lm", "match": None} | values
        self.asked, self.error = [], None
        self.called, self.go = threading.Event(), threading.Event()
        self.go.set()

    def cards(self, stage):
        return ()

    def availability(self, name, checkpoint=""):
        return Availability(True, "here.", checkpoint="/models/x")

    def call(self, engine, method, *, values, sounds, report, first_listen=None):
        self.asked.append((method, values, sounds))
        report(0.5, "Word 3")
        self.called.set()
        while not self.go.wait(0.01):
            report(0.5, "Word 3")
        if self.error:
            raise self.error
        return Reply(self.values)


@pytest.fixture
def answering(fake, monkeypatch):
    engines = Answering()
    monkeypatch.setattr(understanding, "planner_asked", lambda options: None)
    fake.understanding = Understandings(engines)
    yield engines
    engines.go.set()
    fake.understanding.close()


def wav(tmp_path):
    write(tmp_path / "song.wav", sounds.band())
    return (tmp_path / "song.wav").read_bytes()


@pytest.fixture
def start(answering, site, tmp_path):
    """Home with a song uploaded, where the planner answers."""
    return with_a_song(site, tmp_path)


def with_a_song(site, tmp_path):
    test = site()
    test.file_uploader(key="sound").set_value([("song.wav", wav(tmp_path), "audio/wav")]).run()
    assert not test.exception
    return test


def control(test, kind, name):
    return next(one for one in test.get(kind) if one.key and one.key.endswith(f".{name}"))


def pressed(test, fake, key="understand"):
    test.button(key=key).click().run()
    for question in fake.understanding._questions.values():
        question.job.wait(120)
    return test.run()


def test_a_song_is_understood_into_fields_that_are_edited_and_go_with_the_upload(fake, answering, start):
    pressed(start, fake)
    assert (control(start, "text_area", "caption").value, control(start, "number_input", "bpm").value) == (
        "a calm piano",
        92,
    )
    assert control(start, "selectbox", "key").value == "A minor"
    assert control(start, "selectbox", "language").value == "de"
    assert control(start, "text_area", "lyrics").value == SAID["lyrics"]
    control(start, "text_area", "caption").set_value("a loud piano").run()
    start.button(key="start_sound").click().run()
    verb, request, _ = fake.calls[-1]
    assert verb == "start" and request.upload and request.typed_lyrics == SAID["lyrics"]
    assert request.prompt == "a loud piano, 92 bpm, in A minor, 3/4"


def test_a_new_song_like_it_is_planned_with_its_tempo_key_and_language(fake, answering, start):
    pressed(start, fake)
    control(start, "number_input", "bpm").set_value(100).run()
    start.button(key="plan_like").click().run()
    assert control(start, "number_input", "tempo").value == 100.0
    assert (control(start, "selectbox", "tonic").value, control(start, "selectbox", "mode").value) == (
        "A",
        "minor",
    )
    start.button(key="make_planned").click().run()
    _, request, settings = fake.calls[-1]
    plan = settings.lyrics.plan
    assert (plan.tempo_bpm, plan.key, plan.beats_per_bar, plan.prompt) == (
        100.0,
        "A minor",
        3,
        "a calm piano",
    )
    assert request.upload is None and plan.duration_s == pytest.approx(20.0, abs=6.0)
    assert (
        settings.lyrics.words.language == "de"
        and settings.lyrics.words.text == "[verse]\nDie Flut kommt leise"
    )


def test_without_a_planner_the_press_says_so_with_a_remedy(site, fake, tmp_path):
    start = with_a_song(site, tmp_path)
    start.button(key="understand").click().run()
    assert "ACE-Step cannot listen: There is no CUDA device." in markup(start)
    assert "What to do:" in markup(start)


def test_while_it_listens_it_says_how_far_it_is_and_can_be_cancelled(fake, answering, start):
    answering.go.clear()
    start.button(key="understand").click().run()
    assert answering.called.wait(120)
    assert "Word 3" in markup(start.run()) and start.button(key="understand").disabled
    next(one for one in start.button if str(one.key).startswith("cancel_")).click().run()
    (question,) = fake.understanding._questions.values()
    assert question.job.wait(120) and "Cancelled." in markup(start.run())
    assert control(start, "text_area", "caption").value == ""


def test_what_goes_wrong_is_shown_with_its_remedy_and_the_fields_stay(fake, answering, start):
    control(start, "text_area", "caption").set_value("mine").run()
    answering.error = EngineInputError("It reads no sound.", remedy="Take another checkpoint.")
    pressed(start, fake)
    assert "It reads no sound." in markup(start) and "Take another checkpoint." in markup(start)
    assert control(start, "text_area", "caption").value == "mine"


def test_takes_are_scored_against_the_prompt_by_a_press(fake, answering, site):
    answering.values["match"] = 0.25
    page = site("generate", with_takes(fake))
    pressed(page, fake, "score_takes")
    assert markup(page).count("match +0.25 nats a code") == 2
    asked = [values for _, values, _ in answering.asked]
    assert [(one["prompt"], one["in_words"]) for one in asked] == [("a tune", False)] * 2
    assert not [one for one in page.button if one.key == "score_takes"], "nothing is left to score"


def test_without_a_planner_takes_have_no_press_for_scores(site, fake):
    page = site("generate", with_takes(fake))
    assert not [one for one in page.button if one.key == "score_takes"]


def test_what_is_out_of_the_controls_bounds_is_left_empty():
    assert facts_of(Understood(key="C♯ Minor", meter=10, language="xx")) == Facts(key="C# minor")
    assert facts_of(Understood()).prompt == ""


def test_an_instrumental_has_no_words_and_another_language_goes_with_them():
    request, plan, words = song_like(Facts("piano", "[Instrumental]"), 20.0, 1)
    assert request.instrumental and plan.instrumental and words is None
    _, _, words = song_like(Facts("piano", "[Verse]\nla la la la", language="ja"), 20.0, 1)
    assert words is not None and words.language == "ja" and words.lines[0].text == "la la la la"


def test_a_visitors_question_names_no_folder_and_no_question_holds_its_files(monkeypatch):
    monkeypatch.setattr(understanding, "planner_asked", lambda options: None)
    engines, song = Answering(), sounds.band()
    asked = Understandings(engines, hosted=True)

    def read():
        return song

    held = weakref.ref(read)
    asked.begin("words", "me", {"a": read}, GenerateSettings(checkpoint="/somewhere"), About())
    assert asked.question("words").job.wait(120) and set(asked.question("words").answers) == {"a"}
    assert engines.asked[0][1]["checkpoint"] == "/models/x"
    del read
    gc.collect()
    assert held() is None
    asked.close()
