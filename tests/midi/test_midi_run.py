"""A MIDI file through the whole studio: on the command line, in a bundle, on the page."""

from __future__ import annotations

import base64
import json

import pytest

from core.cli.main import main
from core.errors import InputError
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from core.song import Midi, SongRequest
from core.studio import Studio
from tests.fakes import HouseEngines
from tests.midi.files import file_of, meta, note, tune

CONTENT = file_of(
    [meta(0, "track_name", name="Over the sea")],
    tune([60 + at % 5 for at in range(16)], words=["la "] * 16),
    [message for at in range(16) for message in note(at, 38, 0.5, 9)],
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "song.mid"
    path.write_bytes(CONTENT)
    return path


def test_a_midi_file_becomes_a_mastered_song_by_the_real_band(file, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GAINSTAGE_HOME", str(tmp_path / "home"))
    status = main(["song", "--from", str(file), "--out", str(tmp_path / "out"), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert status == 0 and told["state"] == "done"
    generate = next(stage for stage in told["stages"] if stage["stage"] == "generate")
    assert generate["engine"] == "composer" and set(generate["measurements"]) >= {
        "clip_1/vocals",
        "clip_1/drums",
    }
    assert generate["measurements"]["clip_1/vocals"]["integrated_lufs"] > -30.0
    assert (tmp_path / "out" / "song.mid").read_bytes() == CONTENT
    assert (tmp_path / "out" / "master.wav").is_file()


@pytest.mark.parametrize(
    ("content", "names", "words"),
    [
        (b"no midi", ["song.mid"], "is no MIDI file"),
        (CONTENT, ["song.mid", "other.wav"], "1 more files came with it"),
        (None, ["nowhere.mid"], "cannot be read"),
    ],
)
def test_what_cannot_be_played_is_wrong_usage_with_a_remedy(
    content, names, words, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("GAINSTAGE_HOME", str(tmp_path / "home"))
    paths = [tmp_path / name for name in names]
    if content is not None:
        paths[0].write_bytes(content)
    status = main(["song", "--from", *map(str, paths), "--out", str(tmp_path / "out"), "--json"])
    told = json.loads(capsys.readouterr().out)["error"]
    assert status == 2 and words in told["message"] and told["remedy"]


def test_the_studio_keeps_the_file_with_the_run_and_names_the_song_after_it(open_studio):
    engines = HouseEngines()
    studio = open_studio(engines)
    midi = studio.upload_midi("Over the sea.mid", CONTENT)
    run_id = studio.start(SongRequest(midi=midi), RunSettings(), "me")
    run = studio.wait(run_id, 60)
    assert run.state is RunState.DONE and run.step("generate").engine == "composer"
    assert engines.told["midi"] == {"name": "Over the sea.mid", "base64": base64.b64encode(CONTENT).decode()}
    assert run.step("lyrics").lyrics.lines and run.step("lyrics").plan is None
    assert run.request.uploaded_names == ("Over the sea.mid",)
    assert studio.runs("me")[0].title == "Over the sea.mid"
    with pytest.raises(InputError, match="no MIDI file"):
        studio.upload_midi("a.mid", b"")


def test_a_song_is_started_from_a_midi_file_on_home(site, fake, monkeypatch):
    monkeypatch.setattr(type(fake), "upload_midi", Studio.upload_midi, raising=False)
    test = site()
    test.file_uploader(key="sound").set_value([("Over the sea.mid", CONTENT, "audio/midi")]).run()
    test.button(key="start_sound").click().run()
    assert not test.exception
    verb, request, _ = fake.calls[-1]
    assert verb == "start" and request.midi == Midi(
        name="Over the sea.mid", base64=base64.b64encode(CONTENT).decode()
    )


def test_a_broken_midi_file_is_told_on_home_and_nothing_is_started(site, fake, monkeypatch):
    monkeypatch.setattr(type(fake), "upload_midi", Studio.upload_midi, raising=False)
    test = site()
    test.file_uploader(key="sound").set_value([("a.mid", CONTENT[:12], "audio/midi")]).run()
    test.button(key="start_sound").click().run()
    assert not fake.calls and any("broken or cut off" in str(block.proto) for block in test.get("html"))
