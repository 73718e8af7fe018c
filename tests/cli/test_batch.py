"""The batch command: one failure stays one, it goes on where it stopped, and what it reports."""

from __future__ import annotations

import csv

import pytest

from core.batch.outcomes import Outcome, at_work, is_at_work
from core.cli import batch
from core.cli.main import main
from core.errors import BusyError, SettingsError


def test_seeds_and_grids_that_say_nothing_are_refused():
    assert batch._seeds("1-3,7") == [1, 2, 3, 7]
    for wrong in (lambda: batch._seeds("a"), lambda: batch._grid(["x"])):
        with pytest.raises(SettingsError):
            wrong()


def outcome(job, status=0):
    reading = {"integrated_lufs": -14.0, "true_peak_dbtp": -1.0, "duration_s": 8.0}
    found = {"verdict": "ok", "stages": [{"measurements": {"master": reading}}]}
    error = {"error": {"message": "It broke.", "remedy": "Mend it."}}
    return Outcome(job, status, error if status == 4 else found)


@pytest.fixture
def done(monkeypatch):
    """Stand in for the processes; returns the names of the jobs that were done, and which of them fail."""
    names, fails = [], set()

    def doing(jobs, folder):
        for job in jobs:
            names.append(job.name)
            yield outcome(job, 4 if job.name in fails else 0)

    monkeypatch.setattr(batch, "local_processes", lambda processes: doing)
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


def test_two_processes_do_not_do_the_jobs_of_one_folder(tmp_path, done, capsys):
    jobs = tmp_path / "jobs.jsonl"
    jobs.write_text('{"prompt":"a"}')
    out = tmp_path / "out"
    out.mkdir()
    assert not is_at_work(out)
    with at_work(out):
        assert is_at_work(out)
        with pytest.raises(BusyError), at_work(out):
            pass
        assert main(["batch", str(jobs), "--out", str(out)]) == BusyError.exit_status
    assert "Another process" in capsys.readouterr().err
    assert not done[0] and not is_at_work(out)
    assert main(["batch", str(jobs), "--out", str(out)]) == 0


@pytest.mark.parametrize(
    "given",
    [["--resources", "GPU=1"], ["--share", "memory://x"], ["--scheduler", "x", "--resources", "GPU"]],
)
def test_what_is_for_a_cluster_is_refused_without_one_and_a_resource_has_an_amount(tmp_path, given):
    jobs = tmp_path / "jobs.jsonl"
    jobs.write_text('{"prompt":"a"}')
    assert main(["batch", str(jobs), "--out", str(tmp_path / "out"), *given]) == SettingsError.exit_status
