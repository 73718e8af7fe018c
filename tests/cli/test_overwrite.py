"""No command writes over a file of the person's own, unless that is asked for."""

from __future__ import annotations

import json

import pytest

from core.cli import drill_blind
from core.cli import song as song_command
from tests.cli.test_cli import call

NAMES = ["master.wav", "master-mp3.mp3", "plan.json", "report.html", "song.mid", "lead-sheet.txt", "run.json"]


class Reached(Exception):
    """The command got as far as opening the studio."""


@pytest.fixture
def no_studio(monkeypatch):
    def opened(**_):
        raise Reached

    monkeypatch.setattr(song_command.Studio, "open", opened)


def song(capsys, out, *more):
    return call(capsys, "song", "--prompt", "x", "--out", out, *more)


@pytest.mark.parametrize("name", NAMES)
def test_a_song_is_not_written_over_other_files(capsys, tmp_path, no_studio, name):
    (tmp_path / name).write_bytes(b"mine")
    status, _, said = song(capsys, tmp_path)
    assert status == 2 and f"{name} is there already" in said and "--overwrite" in said
    assert (tmp_path / name).read_bytes() == b"mine"


@pytest.mark.parametrize("name", NAMES)
def test_it_is_when_that_is_asked_for(capsys, tmp_path, no_studio, name):
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(Reached):
        song(capsys, tmp_path, "--overwrite")


def test_other_files_and_an_earlier_run_are_no_hindrance(capsys, tmp_path, no_studio):
    (tmp_path / "notes.txt").write_bytes(b"mine")
    with pytest.raises(Reached):
        song(capsys, tmp_path)
    (tmp_path / "run.json").write_text(json.dumps({"run": "20261127-abc"}))
    (tmp_path / "master.wav").write_bytes(b"of that run")
    with pytest.raises(Reached):
        song(capsys, tmp_path)


def test_an_earlier_runs_files_are_set_aside(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"run": "one"}))
    (tmp_path / "master.wav").write_bytes(b"first")
    song_command._set_aside(tmp_path, "two")
    assert (tmp_path / "earlier-one" / "master.wav").read_bytes() == b"first"
    assert not (tmp_path / "master.wav").exists()


def test_a_datasheet_is_not_written_over(capsys, tmp_path):
    sheet = tmp_path / "sheet.md"
    sheet.write_bytes(b"mine")
    status, _, said = call(capsys, "drill", "--blind", 1, "--out", sheet)
    assert status == 2 and "is there already" in said and sheet.read_bytes() == b"mine"
    assert drill_blind._command(1, 1, with_music=False).endswith("--out docs/datasheet.md --overwrite")
