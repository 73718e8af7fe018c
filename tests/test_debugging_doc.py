"""What ``docs/debugging.md`` quotes is what the commands print, on the sounds that it names."""

import re
from pathlib import Path

import pytest

from core.cli.main import main
from tests.debugging_examples import SOUNDS, write_examples

DOC = Path("docs/debugging.md").resolve()
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
PROMPT = "$ python -m core "
SYMPTOMS = (
    "Silent",
    "Too quiet",
    "Crushed",
    "Clipped",
    "Noisy",
    "Thin in mono",
    "A stem is lost",
    "Different from yesterday",
)


def quoted():
    """Each command of the page, with the lines that it is said to print."""
    for block in BLOCK.findall(DOC.read_text(encoding="utf-8")):
        first, *lines = block.splitlines()
        if first.startswith(PROMPT):
            yield first.removeprefix(PROMPT), [line for line in lines if line != "..."]


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    write_examples(folder)
    return folder


@pytest.mark.parametrize(("command", "lines"), list(quoted()), ids=[command for command, _ in quoted()])
def test_a_quoted_command_prints_the_quoted_lines(command, lines, examples, monkeypatch, capsys):
    monkeypatch.chdir(examples)
    main(command.split())
    printed = iter(capsys.readouterr().out.splitlines())
    assert lines
    for line in lines:
        assert line in printed, line  # in this order: a line that was passed does not come again


def test_every_symptom_has_its_command_page_reading_meaning_and_remedy():
    text = DOC.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    for symptom in SYMPTOMS:
        told = sections[symptom]
        assert PROMPT in told
        for word in ("**Page:**", "**Look at:**", "**It means:**", "**Do:**"):
            assert word in told, (symptom, word)


def test_every_example_that_is_written_is_named_on_the_page():
    text = DOC.read_text(encoding="utf-8")
    assert [name for name in SOUNDS if name.split("/")[0] not in text] == []
