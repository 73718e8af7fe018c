"""A language model's real code with random weights, through the child process and the lyrics stage."""

from __future__ import annotations

import pytest

from core.contract import Case, Severity, judge
from core.engines.opened import open_engines
from core.errors import Cancelled, EngineInputError, EngineMissingError
from core.song import SongRequest
from core.stages.lyrics import LyricsSettings, LyricsStage
from tests.engines.writer.tiny import write_tiny


def test_a_seed_is_an_answer_and_another_seed_another(ask, tiny):
    first = ask(tiny)
    assert first.values["text"] and 0 < first.values["tokens"] <= 24
    assert ask(tiny).values["text"] == first.values["text"]
    assert ask(tiny, seed=2).values["text"] != first.values["text"]
    assert ask(tiny, question="Write of trains.").values["text"] != first.values["text"]
    assert (first.device, first.precision) == ("cpu", "float32"), "read back from the network"
    assert first.values["untrained"] is True and first.values["model"] == "tiny-model"


def test_a_llama_answers_as_well(ask, tmp_path):
    assert ask(write_tiny(tmp_path / "llama", architecture="llama")).values["text"]


def test_progress_comes_with_every_token(ask, tiny):
    seen = []
    made = ask(tiny, report=lambda fraction, message: seen.append((fraction, message)))
    told = [fraction for fraction, message in seen if "tokens" in message]
    assert len(set(told)) == made.values["tokens"]
    assert told == sorted(told)


def test_a_cancel_ends_it_at_a_token_and_the_model_stays(hosts, ask, tiny):
    first, seen = ask(tiny), []

    def report(fraction, message):
        seen.append(fraction)
        if "tokens" in message:
            raise Cancelled

    pid = hosts.loaded()["language-model"]
    with pytest.raises(Cancelled):
        ask(tiny, tokens=4000, report=report)
    assert seen[-1] < 0.1
    assert hosts.loaded() == {"language-model": pid}
    assert ask(tiny).values["text"] == first.values["text"]


def test_an_answer_that_the_window_does_not_hold_is_refused_with_the_numbers(ask, tmp_path):
    folder = write_tiny(tmp_path / "short", window=128)
    with pytest.raises(EngineInputError, match="reads and writes 128 tokens") as raised:
        ask(folder, question="words " * 200)
    assert "longer window" in raised.value.remedy


def test_the_stage_takes_the_named_model_and_the_contract_finds_its_gibberish(hosts, write, tiny):
    seen = []
    made = write(tiny, tries=2, report=lambda fraction, message: seen.append((fraction, message)))
    assert made.made_by.engine == "language-model" and made.made_by.title == "Language model (tiny-model)"
    assert made.lyrics.source == "tiny-model"
    rooms = [made.plan.lines_in(one) for one in made.plan.sections if made.plan.lines_in(one)]
    assert len(made.lyrics.sections) == len(rooms), "each sung section has its place, filled or not"
    assert made.figures.questions > 1, "what did not fit was asked for again"
    assert made.notes, "and what still does not is told"
    case = Case(
        stage="lyrics",
        outputs={},
        plan=made.plan,
        lyrics=made.lyrics,
        figures=made.figures,
        promise=made.promise,
    )
    found = {f.check: f for f in judge(LyricsStage.contract, case)}
    failed = {name for name, finding in found.items() if finding.severity is Severity.FAIL}
    assert failed & {"sections_hold_lines", "words_are_words"}
    assert found["trained"].severity is Severity.WARN
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert any("of at most" in message for _, message in seen)
    again = write(tiny, tries=2)
    assert again.lyrics == made.lyrics
    assert write(tiny, tries=2, seed=2).lyrics != made.lyrics


class TestChoice:
    """Who writes, and why."""

    @pytest.fixture
    def choose(self, hosts):
        def choosing(request=None, **settings):
            given = SongRequest(**{"prompt": "pop about the sea", **(request or {})})
            return LyricsStage().choose_for(given, LyricsSettings(**settings), hosts)

        return choosing

    def test_auto_takes_typed_words_then_the_named_model_then_the_embedded_writer(self, choose, tiny):
        typed = choose({"typed_lyrics": "hello my friend"}, checkpoint=str(tiny))
        assert (typed.engine, typed.reason) == ("typed", "the words were typed")
        named = choose(checkpoint=str(tiny))
        assert (named.engine, named.checkpoint) == ("language-model", str(tiny.resolve()))
        assert named.weights_id
        none = choose()
        assert none.engine == "writer" and "no language model was named" in none.reason
        forced = choose({"typed_lyrics": "hello"}, checkpoint=str(tiny), writer="model")
        assert forced.engine == "language-model"

    def test_a_song_without_words_asks_no_model(self, choose):
        nowhere = {"writer": "model", "checkpoint": "/nowhere"}
        assert choose({"instrumental": True}, **nowhere).engine == "writer"
        assert choose({"prompt": "calm instrumental piano"}, **nowhere).engine == "writer"

    def test_a_forced_model_that_is_not_there_is_an_error_with_the_remedy(
        self, choose, monkeypatch, tmp_path
    ):
        monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path))
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
        with pytest.raises(EngineMissingError, match="neither under GAINSTAGE_MODELS") as raised:
            choose(writer="model")
        assert "models get language-model" in raised.value.remedy
        with pytest.raises(EngineMissingError, match="not a folder"):
            choose(checkpoint=str(tmp_path / "nowhere"))
        with pytest.raises(EngineMissingError, match="neither under") as raised:
            choose(checkpoint="someone/a-model")
        assert "GAINSTAGE_MODELS/a-model" in raised.value.remedy

    def test_a_repository_in_the_hubs_cache_is_found_by_its_address(
        self, choose, monkeypatch, tmp_path, tiny
    ):
        monkeypatch.delenv("GAINSTAGE_MODELS", raising=False)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
        cached = tmp_path / "models--someone--a-model"
        (cached / "refs").mkdir(parents=True)
        (cached / "refs" / "main").write_text("c0ffee")
        (cached / "snapshots").mkdir()
        (cached / "snapshots" / "c0ffee").symlink_to(tiny, target_is_directory=True)
        assert choose(checkpoint="someone/a-model").checkpoint == str(tiny.resolve())


def test_the_model_is_not_loaded_for_a_choice(tiny):
    hosts = open_engines()
    try:
        LyricsStage().choose_for(SongRequest(prompt="pop"), LyricsSettings(checkpoint=str(tiny)), hosts)
        assert hosts.loaded() == {}
    finally:
        hosts.close()
