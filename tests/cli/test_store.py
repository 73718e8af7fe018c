"""``store``: what songs take, what gives way, and what no limit takes."""

from __future__ import annotations

import json

import pytest

from core.cli.main import main
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from tests.fakes import HouseEngines
from tests.runs.small_chain import small  # noqa: F401


@pytest.fixture
def run(small, monkeypatch):  # noqa: F811
    """A song in the home of the command line."""
    monkeypatch.setattr("core.studio.open_engines", HouseEngines)
    studio = Studio.open(by_operator=True)
    run = studio.wait(studio.start(SongRequest(prompt="x"), RunSettings(), "me"), 60)
    studio.close()
    return run


def said(capsys, *more):
    assert main(["store", "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


def test_it_shows_what_a_song_takes_and_lets_its_sounds_give_way(run, capsys):
    before = said(capsys)
    assert before["stored"]["by_kind"]["sounds"] > 300_000
    (song,) = before["stored"]["songs"]
    assert song["run"] == run.id and song["bytes"] > 300_000 and not song["kept"]
    after = said(capsys, "--rest")
    assert after["cleaned"]["rested"] == 2
    assert after["stored"]["total_bytes"] < before["stored"]["total_bytes"] - 200_000


def test_a_song_is_kept_and_released(run, capsys):
    assert said(capsys, "--keep", run.id)["stored"]["songs"][0]["kept"]
    assert not said(capsys, "--release", run.id)["stored"]["songs"][0]["kept"]
    assert main(["store", "--keep", "nobody"]) == 2


def test_it_prints_sentences(run, capsys):
    assert main(["store", "--clean"]) == 0
    printed = capsys.readouterr().out
    assert "MB for a second of song" in printed
    assert "GAINSTAGE_OWNER_MB" in printed and run.id in printed
