"""What a song's stages finished is found on its shelf by another process, which has a home of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.audio import read
from core.errors import InputError
from core.machine.share import Folder, share_at, within
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from core.song import SongRequest
from core.studio import Studio
from tests.fakes import HouseEngines
from tests.runs.small_chain import small  # noqa: F401

SONG = SongRequest(prompt="calm piano", seed=3)
STAGES = ("generate", "mix", "master", "export")


class KilledError(BaseException):
    """Ends a job as a kill does: nothing after it is done."""


@pytest.fixture
def open_studio():
    """Open studios, each in a home of its own, that are closed when the test ends."""
    opened = []

    def opening(home):
        home.mkdir()
        opened.append(Studio(home, HouseEngines()))
        return opened[-1]

    yield opening
    for studio in opened:
        studio.close()


def made(open_studio, home, shelf):
    studio = open_studio(home)
    run = studio.start(SONG, RunSettings(), "me", shelf=share_at(str(shelf)))
    return studio, studio.wait(run)


def killed_in(stage, open_studio, home, shelf):
    """Make the song up to a stage, in which its job ends without a word; the home is lost with it."""
    real = stage._do

    def dies(work):
        raise KilledError

    stage._do = dies
    try:
        with pytest.raises(KilledError):
            made(open_studio, home, shelf)
    finally:
        stage._do = real
    shutil.rmtree(home)


@pytest.fixture(params=["folder", "address"])
def shelf(request, tmp_path):
    """Where the finished steps lie: a folder, or an address that fsspec knows."""
    place = str(tmp_path / "shelf") if request.param == "folder" else f"memory://{tmp_path.name}/shelf"
    yield place
    share_at(place).remove()


@pytest.mark.parametrize("at", STAGES)
def test_only_the_stage_in_flight_is_repeated_in_another_home(tmp_path, open_studio, small, shelf, at):  # noqa: F811
    killed_in(small[at], open_studio, tmp_path / "one", shelf)
    studio, run = made(open_studio, tmp_path / "two", shelf)
    assert run.state is RunState.DONE
    assert {name: small[name].runs for name in STAGES} == {name: 1 + (name == at) for name in STAGES}
    assert [step.cached for step in run.steps if step.stage in STAGES] == [
        STAGES.index(name) < STAGES.index(at) for name in STAGES
    ]
    assert studio.audio(run.step("master").main.key).key == run.step("master").main.key


def test_what_was_delivered_is_found_too_and_is_the_same_file(tmp_path, open_studio, small, shelf):  # noqa: F811
    first, run = made(open_studio, tmp_path / "one", shelf)
    before = first.delivered(run.step("export").files["master.wav"]).read_bytes()
    shutil.rmtree(tmp_path / "one")
    studio, run = made(open_studio, tmp_path / "two", shelf)
    assert small["export"].runs == 1 and run.step("export").cached
    assert studio.delivered(run.step("export").files["master.wav"]).read_bytes() == before


@pytest.mark.parametrize("how", ["sound gone", "result gone", "result cut", "sound changed", "file gone"])
def test_what_is_lost_or_damaged_on_the_shelf_is_made_again(tmp_path, open_studio, small, how):  # noqa: F811
    place = tmp_path / "shelf"
    _, run = made(open_studio, tmp_path / "one", place)
    shutil.rmtree(tmp_path / "one")
    step = run.step("export" if how == "file gone" else "mix")
    result = place / "steps" / f"{step.key}.json"
    if how == "file gone":
        (place / step.files["notes.txt"]).unlink()
    elif how == "result gone":
        result.unlink()
    elif how == "result cut":
        result.write_bytes(result.read_bytes()[:-20])
    else:
        sound = place / "artifacts" / step.main.key[:2] / f"{step.main.key}.npy"
        content = bytearray(sound.read_bytes())
        content[-1] ^= 0x10
        sound.unlink() if how == "sound gone" else sound.write_bytes(content)
    studio, again = made(open_studio, tmp_path / "two", place)
    assert again.state is RunState.DONE
    assert small["generate"].runs == 1
    if how != "sound changed":  # nobody reads it again, until it is asked for
        assert small[step.stage].runs == 2
    assert read(studio.delivered(again.step("export").files["master.wav"])).duration_s > 0


def test_a_shelf_that_cannot_be_written_stops_the_song_in_one_sentence(tmp_path, open_studio, small):  # noqa: F811
    (tmp_path / "file").write_text("no folder")
    _, run = made(open_studio, tmp_path / "one", tmp_path / "file" / "shelf")
    assert run.step("generate").error.kind == "storage"
    assert str(tmp_path / "file") in run.step("generate").error.message


def test_a_file_of_a_share_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    source, place = tmp_path / "a", Folder(tmp_path / "share")
    source.write_bytes(b"sound")

    def no_link(*_):
        raise OSError(1, "links are not known here")

    def half(one, other):
        Path(other).write_bytes(b"so")
        raise OSError(28, "full")

    monkeypatch.setattr("os.link", no_link)
    place.put(source, "deep/a")
    monkeypatch.setattr("shutil.copyfile", half)
    with pytest.raises(Exception, match="disk is full"):
        place.put(source, "deep/b")
    assert [path.name for path in (tmp_path / "share" / "deep").iterdir()] == ["a"]
    monkeypatch.undo()
    assert not place.get("deep/c", tmp_path / "c") and not (tmp_path / "c").exists()


def test_an_address_that_nobody_knows_is_one_sentence():
    with pytest.raises(InputError, match="nosuch://x cannot be opened"):
        share_at("nosuch://x")


def test_a_folder_within_is_written_as_its_kind_is():
    assert within("s3://bucket/songs/", "a/b") == "s3://bucket/songs/a/b"
    assert Path(within("/srv/songs", "a/b")) == Path("/srv/songs/a/b")
