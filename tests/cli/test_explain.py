"""``doctor --explain``: any program's error, from the argument or from standard input."""

from __future__ import annotations

import io
import json

import pytest

from core.cli.main import main
from tests.diagnosis.messages import RAW
from tests.diagnosis.tracebacks import traceback_of


def call(capsys, monkeypatch, *arguments, sent=None):
    if sent is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(sent))
    status = main(["doctor", *arguments])
    return status, capsys.readouterr().out


def test_an_error_is_explained_with_causes_remedy_and_what_shows_it(capsys, monkeypatch):
    status, out = call(capsys, monkeypatch, "--explain", RAW["cuda_out_of_memory"][0])
    assert status == 0
    assert out.startswith("memory ran out: The graphics processor's memory ran out.")
    assert "likely: " in out and "remedy: " in out and "seen: torch.OutOfMemoryError" in out


@pytest.mark.parametrize("arguments", [("--explain",), ("--explain", "-")])
def test_it_is_read_from_standard_input_without_a_text(capsys, monkeypatch, arguments):
    status, out = call(capsys, monkeypatch, *arguments, "--json", sent=RAW["gated_repository"][0])
    told = json.loads(out)
    assert status == 0
    assert told["diagnosis"]["name"] == "gated_repository"
    assert set(told["diagnosis"]) == {"name", "scenario", "sentence", "evidence", "causes", "remedy"}


def test_an_unknown_error_shows_its_own_words(capsys, monkeypatch):
    text = f"{traceback_of('ValueError: odd')}more"
    status, out = call(capsys, monkeypatch, "--explain", text, "--json")
    assert status == 0
    assert json.loads(out) == {"diagnosis": None, "said": "ValueError: odd"}
    assert "not known: ValueError: odd" in call(capsys, monkeypatch, "--explain", text)[1]


def test_nothing_to_explain_is_wrong_usage(capsys, monkeypatch):
    status, out = call(capsys, monkeypatch, "--explain", "--json", sent="  \n")
    assert status == 2
    assert json.loads(out)["error"]["kind"] == "input"
