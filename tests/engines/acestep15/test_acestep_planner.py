"""The planner in front of ACE-Step, both with random weights, through the child process."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Audio
from core.engines.acestep15.card import CARD
from core.engines.acestep15.performance import Manner
from core.engines.acestep15.planned import planner_folder, planner_id
from core.engines.acestep15.settings import AceStepSettings
from core.engines.planner.layout import PUBLISHED
from core.errors import Cancelled, EngineInputError, EngineMissingError, EngineOutputError
from core.runs.understanding import About, Understandings
from core.stages.generate import GenerateSettings
from tests.engines.acestep15.broken import change_json
from tests.engines.acestep15.songs import BAR_S, RING_S, melody, section, song, words
from tests.engines.planner.tiny import CODES, write_tiny


@pytest.fixture(scope="module")
def planner(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("planner"))


@pytest.fixture(scope="module")
def planned(hosts, turbo, planner):
    from core.progress import silent
    from tests.engines.acestep15.songs import asked

    values = asked(turbo, planner_folder=str(planner))
    return hosts.call("ace-step", "compose", values=values, sounds={}, report=silent)


def key(reply):
    return reply.sounds["clip_1"].key


def test_a_planned_song_has_five_codes_a_second_and_its_own_length(planned):
    told = planned.values["planner"]
    assert told["count"] == len(told["codes"]) == round((BAR_S + RING_S) * 5)
    assert set(told["codes"]) <= set(range(CODES)) and told["unique_share"] > 0.3
    assert planned.sounds["clip_1"].frames == round((BAR_S + RING_S) * 48_000)
    assert any(f"in {told['count']} codes" in note for note in planned.values["notes"])


def test_the_same_seed_writes_the_same_codes_and_the_same_sound(compose, turbo, planner, planned):
    again = compose(turbo, planner_folder=str(planner))
    assert again.values["planner"] == planned.values["planner"] and key(again) == key(planned)
    other = compose(turbo, seed=2, planner_folder=str(planner))
    assert other.values["planner"]["codes"] != planned.values["planner"]["codes"]


def test_codes_change_the_sound(compose, turbo, planner, planned, tmp_path):
    without = compose(turbo, planner="off")
    assert "planner" not in without.values and key(without) != key(planned)
    assert key(compose(turbo)) == key(without), "auto finds none here"
    another = compose(turbo, planner_folder=str(write_tiny(tmp_path, seed=5)))
    assert another.values["planner"]["codes"] != planned.values["planner"]["codes"]
    assert key(another) != key(planned)


def test_a_cancel_comes_within_a_code_and_the_next_song_is_the_same(compose, turbo, planner, planned, hosts):
    compose(turbo, planner_folder=str(planner))
    pid = hosts.loaded()["ace-step"]
    heard = []

    def report(fraction, message):
        heard.append((fraction, message))
        if message.startswith("Code 4 of"):
            raise Cancelled

    with pytest.raises(Cancelled):
        compose(turbo, song(section(bars=60)), planner_folder=str(planner), report=report)
    drawn = [message for _, message in heard if message.startswith("Code")]
    assert len(drawn) <= 5 and drawn[3] == "Code 4 of 615"
    assert hosts.loaded()["ace-step"] == pid
    fractions = []
    again = compose(turbo, planner_folder=str(planner), report=lambda at, said: fractions.append(at))
    assert key(again) == key(planned)
    assert fractions == sorted(fractions)


def test_a_planner_that_is_stuck_is_an_error_and_the_song_can_be_made_without(compose, turbo, tmp_path):
    stuck = str(write_tiny(tmp_path, stuck_on=7))
    longer = song(section(bars=2))
    with pytest.raises(EngineOutputError, match="stuck") as caught:
        compose(turbo, longer, planner_folder=stuck)
    assert "planner to off" in caught.value.remedy
    assert compose(turbo, longer, planner_folder=stuck, planner="off").sounds


def test_each_clip_that_starts_afresh_follows_the_codes_of_its_own_place(compose, turbo, planner):
    form = song(section("verse", 1), section("chorus", 1))
    sung = words(("verse", "The tide comes in"), ("chorus", "Oh, the sea"))
    reply = compose(
        turbo, form, sung, clips=2, overlap_s=0.5, continuation=False, planner_folder=str(planner)
    )
    frames = [reply.sounds[f"clip_{n}"].frames for n in (1, 2)]
    assert sum(frames) == round((2 * BAR_S + RING_S + 0.5) * 48_000)
    assert reply.values["planner"]["count"] == round((2 * BAR_S + RING_S) * 5)


def test_the_codes_of_a_part_are_whole_and_as_many_as_its_length_takes():
    manner = Manner(None, None, 1, 10.0, codes=tuple(range(24)))
    assert manner.codes_from(0.0, 4.8) == tuple(range(24))
    assert manner.codes_from(2.0, 2.8) == tuple(range(10, 24))
    assert manner.codes_from(2.1, 2.7) == tuple(range(10, 24))
    assert manner.codes_from(2.05, 2.8) == tuple(range(10, 24)), "the last ones, where it ends a little later"
    assert Manner(None, None, 1, 10.0).codes_from(2.0, 2.0) == ()


def test_a_checkpoint_that_reads_no_codes_goes_without_or_refuses(compose, turbo, planner, copied):
    lacking = copied(turbo, "lacking")
    change_json(lacking / "model_index.json", audio_token_detokenizer=[None, None])
    with pytest.raises(EngineInputError, match="plays no audio codes: it has no audio_token_detokenizer"):
        compose(lacking, planner="on", planner_folder=str(planner))
    reply = compose(lacking, planner_folder=str(planner), steps=1)
    assert "planner" not in reply.values
    assert any("made without the planner" in note for note in reply.values["notes"])


# Which planner


def test_auto_takes_what_is_here_and_on_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    assert planner_folder(AceStepSettings()) is None and planner_id(AceStepSettings()) == ""
    with pytest.raises(EngineMissingError, match="planner cannot be found") as caught:
        planner_folder(AceStepSettings(planner="on"))
    assert "models get acestep-5Hz-lm-0.6B" in caught.value.remedy
    folder = tmp_path / PUBLISHED[-1].name
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"):
        (folder / name).write_text("x")
    assert planner_folder(AceStepSettings()) == folder
    first = planner_id(AceStepSettings())
    assert first.startswith("planner ") and first in CARD.files_id(AceStepSettings())
    (folder / "model.safetensors").write_text("another")
    assert planner_id(AceStepSettings()) != first, "another planner is another song"
    assert (
        planner_folder(AceStepSettings(planner="off"))
        is planner_folder(AceStepSettings(task="cover"))
        is None
    )


def test_the_planners_weights_are_listed_and_are_nobodys_checkpoint():
    from core.models.listing import weights_named

    assert weights_named("acestep-5Hz-lm-0.6B") is PUBLISHED[-1]
    assert PUBLISHED[0] not in CARD.weights
    assert np.all([weights.size_mb > 1_000 for weights in PUBLISHED])


def listen(hosts, checkpoint, planner, seconds=2.0, **values):
    from core.progress import silent

    noise = 0.1 * np.random.default_rng(3).standard_normal((round(seconds * 44_100), 2))
    asked = {"checkpoint": str(checkpoint), "options": {"planner_folder": str(planner)}, **values}
    sounds = {"source": Audio(noise.astype(np.float32), 44_100)}
    return hosts.call("ace-step", "understand", values=asked, sounds=sounds, report=silent).values


def test_an_uploaded_song_is_read_as_codes_and_understood(hosts, turbo, tmp_path):
    planner = write_tiny(tmp_path, codes=64_000, window=20_000)
    heard = listen(hosts, turbo, planner)
    assert heard["codes"] == 10 and heard["untrained"] is True and heard["match"] is None
    assert set(heard["understood"]) == {"caption", "lyrics", "bpm", "key", "meter", "language"}
    assert listen(hosts, turbo, planner) == heard
    held = listen(hosts, turbo, planner, prompt="warm lo-fi piano", typed_lyrics="The tide comes in")
    assert isinstance(held["match"], float)
    alone = listen(
        hosts, turbo, planner, prompt="warm lo-fi piano", typed_lyrics="The tide comes in", in_words=False
    )
    assert alone["match"] == held["match"] and alone["understood"] == {}


def test_a_question_beside_the_songs_is_answered_and_cancelled_through_the_child(hosts, turbo, tmp_path):
    planner = write_tiny(tmp_path, codes=64_000, window=20_000)
    own = {"ace-step": AceStepSettings(planner_folder=str(planner))}
    settings = GenerateSettings(checkpoint=str(turbo), options=own)
    song, asked = Audio(melody(2.0), 44_100), Understandings(hosts)
    try:
        sounds = {"a": lambda: song, "b": lambda: song}
        asked.begin("scores", "me", sounds, settings, About(False, "warm lo-fi piano"))
        assert asked.question("scores").job.wait(120)
        answers = asked.question("scores").answers
        assert set(answers) == {"a", "b"} and answers["a"] == answers["b"]
        assert answers["a"].seconds == 2.0 and isinstance(answers["a"].match, float)
        asked.begin("words", "me", {"a": lambda: song}, settings, About())
        asked.cancel("words")
        assert asked.question("words").job.wait(120) and not asked.question("words").answers
        refused = asked.missing(settings.model_copy(update={"checkpoint": "/nowhere"}))
        assert "cannot listen" in refused.message and refused.remedy
    finally:
        asked.close()


def test_without_a_planner_a_song_is_not_understood(hosts, turbo, monkeypatch):
    with pytest.raises(EngineMissingError, match="planner cannot be found"):
        listen(hosts, turbo, "")
