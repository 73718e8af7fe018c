"""SongComposer: nothing of its code runs without consent, and of what it answers the words are taken."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from core.engines.interpreters import interpreter_variable
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.engines.songcomposer.answer import asked_for, lines_of, prompt_of, under_headings
from core.engines.songcomposer.card import CARD, available
from core.errors import EngineError, EngineInputError, EngineMissingError, EngineOutputError, SettingsError
from core.machine.hosting import refuse_operators
from core.progress import silent
from core.song import SongRequest
from core.stages.base import Work
from core.stages.lyrics import LyricsSettings, LyricsStage

HERE = Path(__file__).parent
VARIABLE = interpreter_variable(CARD)
QUESTION = "A song about the sea.\n\nWrite:\n[Verse 1] 2 lines\n[Chorus] 1 line\n\n- rules"
MODEL_CARD = (
    "<bop> Total 2 lines. The first line:the,<D4>,<137>,<79>|old,<E4>,<120>,<79>|sea,<rest>,<80>|"
    "The second line:sings,<D4>,<137>,<79>|to,<A4>,<90>|me,<G4>,<137>,<79>|<eop>"
)


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    script = tmp_path_factory.mktemp("acted") / "python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{HERE / "acting"}" exec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, str(script))
        hosts = open_engines((Registered(CARD, available),))
        yield hosts
        hosts.close()


@pytest.fixture
def checkpoint(tmp_path):
    def written(**act):
        for name in ("config.json", "modeling_internlm.py", "tokenizer.model", "pytorch_model.bin"):
            (tmp_path / name).write_text("x")
        (tmp_path / "act.json").write_text(json.dumps(act))
        return tmp_path

    return written


def ask(hosts, folder, **more):
    values = {"question": QUESTION, "seed": 1, "checkpoint": str(folder), "remote_code": True, **more}
    return hosts.call(CARD.name, "answer", values=values, sounds={}, report=silent)


def test_the_form_of_its_model_card_is_read_without_the_notes():
    assert lines_of(MODEL_CARD) == ["the old sea", "sings to me"]
    assert lines_of("I cannot write songs.") == []


def test_a_question_becomes_its_own_and_its_lines_go_under_the_headings():
    assert asked_for(QUESTION) == [("Verse 1", 2), ("Chorus", 1)]
    assert prompt_of(QUESTION).endswith("A song about the sea. Total 3 lines.")
    assert under_headings(["a", "b", "c"], asked_for(QUESTION)) == "[Verse 1]\na\nb\n\n[Chorus]\nc"


def test_without_consent_nothing_is_loaded(hosts, checkpoint):
    folder = checkpoint()
    with pytest.raises(EngineInputError, match="not allowed yet"):
        ask(hosts, folder, remote_code=False)
    assert not (folder / "asked.txt").exists()


def test_its_words_come_back_under_the_headings_and_a_seed_means_the_same(hosts, checkpoint):
    folder = checkpoint()
    texts = [ask(hosts, folder, seed=seed).values["text"] for seed in (1, 1, 2, 3, 4, 5)]
    assert texts[0] == texts[1] and len(set(texts)) > 1
    assert texts[0].startswith("[Verse 1]\nI walk the old ")
    assert "Total 3 lines" in (folder / "asked.txt").read_text()


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        ({"how": "broken"}, EngineError, "cannot be used"),
        ({"answer": "I am a language model."}, EngineOutputError, "holds no line of words"),
        ({"answer": 7}, EngineOutputError, "returned a int"),
    ],
)
def test_what_goes_wrong_is_told(hosts, checkpoint, act, kind, words):
    with pytest.raises(kind, match=words) as caught:
        ask(hosts, checkpoint(**act))
    assert caught.value.remedy


def test_missing_files_are_named(hosts, checkpoint):
    folder = checkpoint()
    (folder / "modeling_internlm.py").unlink()
    with pytest.raises(EngineMissingError, match=r"lacks modeling_\*\.py"):
        ask(hosts, folder)


def test_the_stage_asks_for_consent_and_then_writes_to_the_plan(hosts, checkpoint, tmp_path):
    request = SongRequest(prompt="warm pop about the sea", duration_s=20, seed=1)
    settings = LyricsSettings(writer="songcomposer", checkpoint=str(checkpoint()))
    stage = LyricsStage()
    with pytest.raises(SettingsError, match="not allowed yet") as caught:
        stage.choose_for(request, settings, hosts)
    assert "lyrics.remote_code" in caught.value.remedy
    agreed = settings.model_copy(update={"remote_code": True})
    choice = stage.choose_for(request, agreed, hosts)
    assert choice.engine == CARD.name
    output = stage.run(
        Work(
            request=request,
            settings=agreed,
            inputs={},
            plan=None,
            lyrics=None,
            engines=hosts,
            report=silent,
            scratch=tmp_path,
            engine=choice.engine,
            checkpoint=choice.checkpoint,
        )
    )
    assert output.made_by.engine == CARD.name
    assert all(line.text.startswith("I walk the old") for line in output.lyrics.lines)


def test_consent_is_the_operators_alone_on_a_server():
    with pytest.raises(SettingsError, match="operator's alone"):
        refuse_operators(LyricsSettings(remote_code=True))


def test_an_interpreter_that_is_missing_is_told(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert VARIABLE in available().remedy and not available().ready
    monkeypatch.setenv(VARIABLE, "/nowhere/python")
    assert VARIABLE in available().reason
