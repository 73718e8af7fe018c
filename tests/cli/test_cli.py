"""The command line as other programs rely on it: fields, exit statuses, one JSON object, errors as data."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.audio import Audio, read, write
from core.cli.main import COMMANDS, main
from core.measure import Measurement
from core.studio import Studio
from tests.fakes import HouseEngines, every_sound
from tests.sounds import band


@pytest.fixture
def engines(monkeypatch, tmp_path):
    """The song command's studio, with the band of the tests."""
    house = HouseEngines()
    folder = tmp_path / "studio"
    folder.mkdir()
    monkeypatch.setattr(Studio, "open", classmethod(lambda cls, **_: cls(folder, house)))
    return house


def call(capsys, *arguments):
    status = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return status, out, err


def refuse_constants(text):
    raise AssertionError(f"{text} is not JSON")


def parsed(out):
    return json.loads(out, parse_constant=refuse_constants)


def test_song_prints_one_object_and_writes_master_stems_run_and_report(engines, capsys, tmp_path):
    out = tmp_path / "out"
    status, printed, _ = call(
        capsys, "song", "--prompt", "a tune", "--instrumental", "--seconds", 8, "--out", out, "--json"
    )
    told = parsed(printed)
    assert status == 0
    assert (told["verdict"] in ("ok", "warn"), told["blame"]) == (True, None)
    assert [s["stage"] for s in told["stages"]] == [
        "lyrics",
        "generate",
        "assemble",
        "separate",
        "enhance",
        "mix",
        "master",
        "export",
    ]
    master = told["stages"][6]
    assert set(master["measurements"]["master"]) == set(Measurement.model_fields)
    assert Path(master["artifacts"]["master"]).is_file()
    assert {"engine", "key", "cached", "seconds", "verdict", "findings"} <= set(master)
    finding = master["findings"][0]
    assert {"check", "severity", "evidence", "causes", "remedy"} <= set(finding)
    assert read(out / "master.wav").duration_s == pytest.approx(read(out / "stems" / "bass.wav").duration_s)
    assert parsed((out / "run.json").read_text()) == told
    page = (out / "report.html").read_text()
    assert "LUFS" in page and "http" not in page and str(tmp_path) not in page


def test_a_broken_sound_is_status_3_with_the_finding_and_null_for_what_does_not_exist(
    engines, capsys, tmp_path
):
    engines.harm = {"composer": every_sound(lambda a: Audio(np.zeros_like(a.samples), a.sample_rate))}
    out = tmp_path / "out"
    status, printed, _ = call(capsys, "song", "--prompt", "x", "--instrumental", "--out", out, "--json")
    told = parsed(printed)
    assert (status, told["blame"], told["verdict"]) == (3, "generate", "fail")
    generate = told["stages"][1]
    assert generate["findings"][0]["check"] == "not_silent"
    assert generate["measurements"]["clip_1"]["integrated_lufs"] is None
    assert not (out / "master.wav").exists()


def test_an_earlier_songs_files_are_set_aside_and_never_taken_for_this_ones(engines, capsys, tmp_path):
    out = tmp_path / "out"
    ask = ("song", "--prompt", "x", "--instrumental", "--seconds", 8, "--out", out)
    assert call(capsys, *ask)[0] == 0
    before = (out / "master.wav").read_bytes()
    earlier = parsed((out / "run.json").read_text())["run"]
    (out / "mine.txt").write_text("a note of my own")
    engines.harm = {"composer": every_sound(lambda a: Audio(np.zeros_like(a.samples), a.sample_rate))}
    assert call(capsys, *ask, "--seed", 2)[0] == 3
    assert not (out / "master.wav").exists() and not (out / "stems").exists()
    assert (out / f"earlier-{earlier}" / "master.wav").read_bytes() == before
    assert (out / f"earlier-{earlier}" / "stems" / "bass.wav").exists()
    assert (out / "mine.txt").exists()
    assert parsed((out / "run.json").read_text())["verdict"] == "fail"


def test_a_generator_that_does_not_exist_is_wrong_usage(engines, capsys, tmp_path):
    ask = ("song", "--prompt", "x", "--generator", "magic", "--out", tmp_path / "out", "--json")
    status, printed, _ = call(capsys, *ask)
    assert (status, parsed(printed)["error"]["kind"]) == (2, "not_found")


def test_a_missing_engine_is_status_4_with_its_remedy(engines, capsys, tmp_path):
    engines.ready = False
    status, printed, _ = call(
        capsys, "song", "--prompt", "x", "--instrumental", "--out", tmp_path / "out", "--json"
    )
    error = parsed(printed)["error"]
    assert status == 4
    assert set(error) == {"kind", "message", "causes", "remedy"}
    assert error["kind"] == "engine_missing" and error["remedy"]


def test_song_without_json_tells_the_level_at_every_stage(engines, capsys, tmp_path):
    status, printed, _ = call(capsys, "song", "--prompt", "x", "--instrumental", "--out", tmp_path / "out")
    assert status == 0
    assert printed.count("LUFS") >= 7


@pytest.mark.parametrize(
    "arguments",
    [
        ("song", "--prompt", "", "--out", "OUT"),
        ("song", "--prompt", "x", "--out", "OUT", "--seconds", "-5"),
        ("song", "--prompt", "x" * 10_000, "--out", "OUT"),
        ("song", "--prompt", "x", "--out", "OUT", "--set", "mix"),
        ("song", "--prompt", "x", "--out", "OUT", "--set", "mix.nothing=1"),
        ("song", "--prompt", "x", "--out", "OUT", "--clips", "11"),
        ("song", "--prompt", "x", "--out", "OUT", "--lyrics", "no-such-file.txt"),
        ("inspect", "no-such-file.wav"),
        ("master", "no-such-file.wav", "-o", "x.wav"),
        ("separate", "no-such-file.wav", "-o", "OUT"),
    ],
    ids=lambda a: " ".join(a)[:40],
)
def test_wrong_usage_is_status_2_and_one_sentence_with_a_remedy(engines, capsys, tmp_path, arguments):
    arguments = [str(tmp_path / "out") if a == "OUT" else a for a in arguments]
    status, printed, _ = call(capsys, *arguments, "--json")
    error = parsed(printed)["error"]
    assert status == 2
    assert error["message"].endswith(".") and error["remedy"]


def test_unknown_arguments_are_told_as_json_when_json_was_asked_for(monkeypatch):
    process = subprocess.run(
        [sys.executable, "-m", "core", "inspect", "--json"], capture_output=True, text=True, check=False
    )
    assert process.returncode == 2
    assert parsed(process.stdout)["error"]["kind"] == "usage"


def test_inspect_reads_judges_and_tells_the_verdict_in_its_status(capsys, tmp_path):
    write(tmp_path / "good.wav", band())
    broken = band().samples.copy()
    broken[500] = np.nan
    write(tmp_path / "bad.wav", Audio(broken, 44_100))
    status, printed, _ = call(capsys, "inspect", tmp_path / "good.wav", tmp_path / "bad.wav", "--json")
    good, bad = parsed(printed)["files"]
    assert status == 3
    assert good["verdict"] in ("ok", "warn")
    assert set(good["measurement"]) == set(Measurement.model_fields)
    assert (bad["verdict"], bad["findings"][0]["check"]) == ("fail", "finite")
    assert call(capsys, "inspect", tmp_path / "good.wav")[0] == 0


def test_master_brings_a_file_to_the_target_under_the_ceiling(capsys, tmp_path):
    write(tmp_path / "mix.wav", Audio(band().samples * np.float32(0.5), 44_100))
    status, printed, _ = call(
        capsys, "master", tmp_path / "mix.wav", "-o", tmp_path / "m.wav", "--lufs", -16, "--json"
    )
    told = parsed(printed)
    assert status == 0
    assert told["measurement"]["integrated_lufs"] == pytest.approx(-16, abs=0.1)
    assert told["measurement"]["true_peak_dbtp"] <= -0.9
    assert read(tmp_path / "m.wav").frames == band().frames


def test_doctor_tells_of_the_machine_with_a_remedy_for_what_does_not_run(capsys):
    status, printed, _ = call(capsys, "doctor", "--json")
    found = parsed(printed)["diagnoses"]
    assert status in (0, 4)
    assert len(found) > 4
    assert all(one["remedy"] for one in found if one["severity"] != "ok")


def test_runs_lists_what_was_made(engines, capsys, tmp_path):
    call(capsys, "song", "--prompt", "x", "--instrumental", "--out", tmp_path / "out", "--json")
    status, printed, _ = call(capsys, "runs", "--json")
    assert status == 0
    assert len(parsed(printed)["runs"]) == 1


def test_every_command_stands_in_the_readme_or_the_library_guide():
    root = Path(__file__).parents[2]
    documents = (root / "README.md").read_text() + (root / "docs/library.md").read_text()
    for command in COMMANDS:
        assert re.search(rf"(core|gainstage) {command.name}\b", documents), command.name


def test_help_imports_neither_numpy_nor_pydantic_nor_any_command():
    code = (
        "import sys\nfrom core.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in sys.modules if m in ('numpy', 'pydantic') or m.startswith('core.cli.')])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "open the studio in the browser" in said
    assert said.splitlines()[-1] == "['core.cli.main']"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_loads_and_declares_its_arguments(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command.name, "--help"])
    assert ended.value.code == 0
    assert command.help.split(";")[0][:30] in capsys.readouterr().out
