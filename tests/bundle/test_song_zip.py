"""Everything a song delivered in one zip, and names that every system takes."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.bundle.song_zip import LONGEST_NAME, file_name, song_zip
from core.errors import NotFoundError
from core.runs.pipeline import STAGES, RunSettings
from core.runs.record import RunRecord, RunState, StepRecord
from core.song import SongRequest

HOSTILE = (
    "../../etc/passwd",
    "a/b\\c:d*e?f",
    "CON",
    "nul.txt",
    "...",
    "",
    "\x00\x1b[31m",
    " . ",
    "x" * 500,
    "\u202egnp",
)


def run_with(files: dict[str, dict[str, str]], prompt: str = "slow blues") -> RunRecord:
    return RunRecord(
        id="one",
        owner="me",
        created=datetime.now(UTC),
        request=SongRequest(prompt=prompt),
        settings=RunSettings(),
        state=RunState.DONE,
        revision=0,
        steps=tuple(
            StepRecord(stage=stage.name, title=stage.title, files=files.get(stage.name, {}))
            for stage in STAGES
        ),
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_one_that_every_system_takes(name: str) -> None:
    made = file_name(name)
    assert made and len(made) <= LONGEST_NAME + len("song ")
    assert not set(made) & set('<>:"/\\|?*\x00\x1b\u202e') and made.strip(" .") == made
    assert made.split(".")[0].lower() not in ("con", "nul")


def test_a_name_keeps_its_letters() -> None:
    assert file_name("Müde Wellen, 海") == "Müde Wellen, 海"


def test_the_zip_holds_every_stages_files_under_the_songs_name(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav", "song.mid", "plan.json"):
        (tmp_path / name).write_bytes(name.encode())
    run = run_with(
        {
            "lyrics": {"plan.json": "plan.json"},
            "generate": {"song.mid": "song.mid"},
            "export": {"master.wav": "a.wav", "stems/../vo:cals.wav": "b.wav"},
        },
        "slow / blues",
    )
    with zipfile.ZipFile(song_zip(tmp_path, run)) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    assert held == {
        "slow blues/plan.json": b"plan.json",
        "slow blues/song.mid": b"song.mid",
        "slow blues/master.wav": b"a.wav",
        "slow blues/stems/vo cals.wav": b"b.wav",
    }


def test_two_files_of_one_name_are_both_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    run = run_with(
        {"lyrics": {"x.txt": "a"}, "generate": {"x.txt": "a"}, "export": {"X.txt": "a", "x?.txt": "a"}}
    )
    with zipfile.ZipFile(song_zip(tmp_path, run)) as packed:
        names = packed.namelist()
    assert len(names) == 4 and len({name.lower() for name in names}) == 4


def test_a_file_that_is_gone_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as gone:
        song_zip(tmp_path, run_with({"export": {"master.wav": "nowhere.wav"}}))
    assert "master.wav" in gone.value.message and "Export" in gone.value.remedy
