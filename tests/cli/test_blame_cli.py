"""``inspect --chain`` and ``compare`` as other programs rely on them."""

from __future__ import annotations

import pytest

from core.audio import write
from core.cli.main import main
from core.measure import Measurement
from core.studio import Studio
from tests import sounds
from tests.blame import steps
from tests.cli.test_cli import call, parsed
from tests.fakes import HouseEngines, every_sound


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A studio with the band of the tests; opened anew by every command."""
    house = HouseEngines()
    folder = tmp_path / "studio"
    folder.mkdir()
    monkeypatch.setattr(Studio, "open", classmethod(lambda cls, **_: cls(folder, house)))
    return house


@pytest.fixture
def no_home(monkeypatch):
    """Files alone need no studio."""

    def refused(cls, **_):
        raise AssertionError("the studio was opened")

    monkeypatch.setattr(Studio, "open", classmethod(refused))


def files(folder, **made):
    paths = []
    for name, audio in made.items():
        paths.append(folder / f"{name}.wav")
        write(paths[-1], audio)
    return paths


def test_a_chain_tells_every_step_and_blames_the_first_that_broke_it(no_home, capsys, tmp_path):
    band = sounds.band()
    silent = steps.zeros(band)
    paths = files(tmp_path, raw=band, stems=silent, mix=silent, master=silent)
    status, printed, _ = call(capsys, "inspect", "--chain", *paths, "--json")
    found = parsed(printed)
    assert (status, found["verdict"], found["blame"]) == (3, "fail", str(paths[1]))
    assert (found["reason"]["check"], found["reason"]["position"]) == ("not_silent", 2)
    assert [one["file"] for one in found["files"]] == [str(path) for path in paths]
    assert [one["verdict"] for one in found["files"]] == ["ok", "fail", "warn", "warn"]
    first, second = found["files"][:2]
    assert set(first["measurement"]) == set(Measurement.model_fields)
    assert first["change"] is None and second["since"] == "raw.wav"
    assert second["change"]["integrated_lufs"]["after"] is None
    assert {"check", "severity", "evidence", "causes", "remedy"} <= set(second["findings"][0])


def test_a_sound_chain_is_status_0_with_figures_in_and_out(no_home, capsys, tmp_path):
    band = sounds.band()
    paths = files(tmp_path, raw=band, mix=steps.gain(-3)(band), master=steps.limited(6)(band))
    status, printed, _ = call(capsys, "inspect", *paths, "--chain", "--json")
    found = parsed(printed)
    assert (status, found["blame"], found["reason"]) == (0, None, None)
    change = found["files"][1]["change"]
    assert change["integrated_lufs"]["change"] == pytest.approx(-3, abs=0.001)
    assert {"integrated_lufs", "true_peak_dbtp", "crest_db", "plr_db", "tilt_db_per_octave"} <= set(change)
    assert change["null_residual_db"] < -100


def test_a_chain_is_printed_as_a_waterfall_that_ends_with_the_culprit(no_home, capsys, tmp_path):
    band = sounds.band()
    paths = files(tmp_path, raw=band, master=steps.tanh(6)(band))
    status, printed, _ = call(capsys, "inspect", "--chain", *paths)
    assert status == 3
    lines = printed.splitlines()
    assert lines[0].startswith("LUFS  raw.wav -17.5 > master.wav")
    assert lines[-1].startswith("First broken at step 2, master.wav: Crest fell 5.2 dB")


def test_a_folder_of_stems_is_a_step(no_home, capsys, tmp_path):
    parts, song = steps.stems()
    (tmp_path / "stems").mkdir()
    files(tmp_path / "stems", **parts)
    raw, mix = files(tmp_path, raw=song, mix=song)
    status, printed, _ = call(capsys, "inspect", "--chain", raw, tmp_path / "stems", mix, "--json")
    assert status == 0
    assert set(parsed(printed)["files"][1]["parts"]) == set(parts)


@pytest.mark.parametrize("broken", ["gone.wav", "text.wav", "folder"])
def test_a_step_that_cannot_be_read_is_status_2_and_one_sentence(no_home, capsys, tmp_path, broken):
    (raw,) = files(tmp_path, raw=sounds.band())
    (tmp_path / "text.wav").write_text("la la la")
    (tmp_path / "folder").mkdir()
    for command in (("inspect", "--chain"), ("compare",)):
        status, printed, _ = call(capsys, *command, raw, tmp_path / broken, "--json")
        error = parsed(printed)["error"]
        assert status == 2
        assert broken in error["message"] and error["remedy"]


def test_two_files_are_compared(no_home, capsys, tmp_path):
    band = sounds.band()
    a, b, c = files(tmp_path, a=band, b=steps.gain(3)(band), c=steps.zeros(band))
    status, printed, _ = call(capsys, "compare", a, b, "--json")
    found = parsed(printed)
    assert (status, found["same"], found["began"]) == (0, "gain", "file")
    assert found["stages"][0]["change"]["gain_db"] == pytest.approx(3, abs=0.001)
    assert found["a"]["file"] == str(a)
    assert parsed(call(capsys, "compare", a, a, "--json")[1])["same"] == "identical"
    assert call(capsys, "compare", a, c)[0] == 3


def make(capsys, out, *more):
    ask = ("song", "--prompt", "a tune", "--instrumental", "--seconds", 8, "--out", out, "--json", *more)
    return parsed(call(capsys, *ask)[1])


def test_two_runs_are_compared_by_id_or_by_folder(home, capsys, tmp_path):
    a = make(capsys, tmp_path / "a")
    b = make(capsys, tmp_path / "b", "--set", "master.target_lufs=-20")
    status, printed, _ = call(capsys, "compare", "--json", "--", a["run"], tmp_path / "b")
    found = parsed(printed)
    assert (status, found["began"]) == (0, "master")
    assert found["settings"] == [{"stage": "master", "setting": "target_lufs", "a": -14.0, "b": -20.0}]
    assert {one["stage"]: one["same"] for one in found["stages"]}["mix"] == "identical"
    assert (found["a"]["run"], found["b"]["run"]) == (a["run"], b["run"])
    status, printed, _ = call(capsys, "compare", tmp_path / "a", tmp_path / "b" / "master.wav")
    assert status == 0 and "quieter" in printed


def test_a_broken_run_is_status_3_and_names_its_stage(home, capsys, tmp_path):
    make(capsys, tmp_path / "a")
    home.harm = {"composer": every_sound(steps.zeros)}
    make(capsys, tmp_path / "b", "--seed", 5)
    status, printed, _ = call(capsys, "compare", tmp_path / "a", tmp_path / "b", "--json")
    assert (status, parsed(printed)["b"]["blame"]) == (3, "generate")
    status, printed, _ = call(capsys, "inspect", "--chain", tmp_path / "b", "--json")
    found = parsed(printed)
    assert (status, found["blame"]) == (3, "generate")
    assert found["stages"][1]["stage"] == "generate"


def test_a_run_that_is_not_there_is_status_2(home, capsys, tmp_path):
    (wav,) = files(tmp_path, a=sounds.band())
    status, printed, _ = call(capsys, "compare", wav, "nosuchrunanywhere", "--json")
    assert status == 2
    assert parsed(printed)["error"]["message"] == "There is no file and no run nosuchrunanywhere."


def test_compare_wants_two(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["compare", "one.wav"])
    assert ended.value.code == 2
