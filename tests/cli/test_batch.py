"""A batch: what its jobs are, that one failure stays one, that it goes on where it stopped; its report."""

from __future__ import annotations

import csv
import json

import pytest

from core.cli import batch
from core.cli.batch import album_loudness
from core.cli.batch_jobs import folder_jobs, song_jobs
from core.cli.batch_pool import Outcome, run_jobs
from core.cli.main import main
from core.errors import InputError, SettingsError


def jobs_of(tmp_path, text, name="jobs.jsonl", seeds=(), grid=None):
    path = tmp_path / name
    path.write_text(text)
    return song_jobs(path, list(seeds), grid or {})


def test_lists_seeds_and_settings_multiply(tmp_path):
    line = {"prompt": ["piano", "rock"], "seconds": 8, "settings": {"master.target_lufs": [-14, -16]}}
    jobs = jobs_of(tmp_path, json.dumps(line), seeds=[1, 2], grid={"mix.headroom_dbfs": ["-3", "-6"]})
    assert len(jobs) == len({job.name for job in jobs}) == len({job.key for job in jobs}) == 16
    first = jobs[0].arguments
    assert first[0] == "song"
    assert {"--prompt=piano", "--seconds=8", "--seed=1", "--set=master.target_lufs=-14"} <= set(first)
    assert "--set=mix.headroom_dbfs=-3" in first


def test_a_table_is_read_as_the_same_jobs(tmp_path):
    head = "prompt,seconds,seed,instrumental,from,master.target_lufs"
    text = f'{head}\n"sea, calm",8,3,yes,,-16\n,,,,a.wav;b.wav,\n'
    song, stems = jobs_of(tmp_path, text, "jobs.csv")
    given = (
        "--prompt=sea, calm",
        "--seconds=8",
        "--seed=3",
        "--instrumental",
        "--set=master.target_lufs=-16",
    )
    assert set(song.arguments) == {"song", *given}
    assert stems.arguments == ("song", "--from", str(tmp_path / "a.wav"), str(tmp_path / "b.wav"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no job"),
        ('{"prompt": "x"}\n{"promt": "x"}', "line 2: there is no field promt"),
        ('{"seconds": 8}', "line 1: there is nothing to make a song from"),
        ("[1]", "line 1 is no object"),
        ('{"prompt": NaN}', "line 1 is no JSON"),
        ("[" * 100_000, "line 1 is no JSON"),
    ],
)
def test_what_is_no_job_is_refused_by_its_line(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        jobs_of(tmp_path, text)


def test_a_name_is_one_folder_within_the_batch_whatever_it_says(tmp_path):
    jobs = jobs_of(
        tmp_path, '{"prompt":"x","name":"../../etc"}\n{"prompt":"x","name":"../../etc"}\n{"prompt":"///"}'
    )
    assert [job.name for job in jobs] == ["etc", "etc-2", "job"]


def test_a_file_that_changed_is_another_job_and_what_is_written_is_not(tmp_path):
    sound = tmp_path / "a.wav"
    sound.write_bytes(b"1")
    (job,) = folder_jobs(tmp_path, "master", [f"--out={tmp_path / 'b.wav'}"])
    before = job.key
    (tmp_path / "b.wav").write_bytes(b"written")
    assert job.key == before
    sound.write_bytes(b"22")
    assert job.key != before


def test_seeds_and_grids_that_say_nothing_are_refused():
    assert batch._seeds("1-3,7") == [1, 2, 3, 7]
    for wrong in (lambda: batch._seeds("a"), lambda: batch._grid(["x"])):
        with pytest.raises(SettingsError):
            wrong()


def test_the_albums_loudness_is_the_mean_of_energies_by_length():
    assert album_loudness([(-14.0, 60.0), (-14.0, 200.0)]) == pytest.approx(-14.0)
    assert album_loudness([(-10.0, 60.0), (-20.0, 60.0)]) == pytest.approx(-12.596, abs=0.001)


def outcome(job, status=0):
    reading = {"integrated_lufs": -14.0, "true_peak_dbtp": -1.0, "duration_s": 8.0}
    found = {"verdict": "ok", "stages": [{"measurements": {"master": reading}}]}
    error = {"error": {"message": "It broke.", "remedy": "Mend it."}}
    return Outcome(job, status, error if status == 4 else found)


@pytest.fixture
def done(monkeypatch):
    """Stand in for the processes; returns the names of the jobs that were done, and which of them fail."""
    names, fails = [], set()

    def doing(jobs, folder, processes):
        for job in jobs:
            names.append(job.name)
            yield outcome(job, 4 if job.name in fails else 0)

    monkeypatch.setattr(batch, "run_jobs", doing)
    return names, fails


def test_a_batch_goes_on_where_it_stopped_and_tries_again_what_failed(tmp_path, done, capsys):
    names, fails = done
    jobs = tmp_path / "jobs.jsonl"
    jobs.write_text('{"prompt":"a"}\n{"prompt":"=b"}\n')
    fails.add("b")
    assert main(["batch", str(jobs), "--out", str(tmp_path / "out")]) == 4
    assert "It broke. Mend it." in capsys.readouterr().out
    with (tmp_path / "out" / "batch.jsonl").open("a") as file:
        file.write('{"key": "cut off by a ki')
    fails.clear()
    jobs.write_text('{"prompt":"a"}\n{"prompt":"=b"}\n{"prompt":"c"}\n')
    assert main(["batch", str(jobs), "--out", str(tmp_path / "out")]) == 0
    assert names == ["a", "b", "b", "c"]
    assert main(["batch", str(jobs), "--out", str(tmp_path / "out")]) == 0
    assert names == ["a", "b", "b", "c"]
    rows = list(csv.DictReader((tmp_path / "out" / "batch.csv").open()))
    assert [row["name"] for row in rows] == ["a", "b", "c"]
    assert {row["integrated_lufs"] for row in rows} == {"-14.0"}
    assert rows[1]["prompt"] == "'=b"
    assert "<td>c</td>" in (tmp_path / "out" / "batch.html").read_text()


def test_processes_look_at_every_file_and_one_that_is_no_sound_fails_alone(tmp_path):
    from core.audio import write
    from tests.sounds import band

    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "good.wav", band())
    (folder / "bad.wav").write_bytes(b"no sound")
    found = {one.job.name: one for one in run_jobs(folder_jobs(folder, "inspect", ()), tmp_path / "out", 1)}
    assert found["bad"].status == 2
    assert found["good"].status in (0, 3)
    assert batch._row(found["good"])["integrated_lufs"] < 0
    assert "error" in batch._row(found["bad"])["verdict"]
