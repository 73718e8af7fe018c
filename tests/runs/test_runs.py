"""The index of runs: a list costs what is listed, and nothing is passed over in silence."""

from __future__ import annotations

import sqlite3

import pytest

from core.contract import Finding, Severity
from core.errors import NotFoundError, UnreadableRunError
from core.measure import measure
from core.runs.index import RunIndex
from core.runs.pipeline import RunSettings
from core.runs.record import ArtifactRecord, RunState, StepRecord, StepState
from core.song import SongRequest
from tests.sounds import band

MANY = 2_000
READINGS = measure(band())


@pytest.fixture
def index(tmp_path):
    opened = RunIndex(tmp_path / "index.sqlite")
    yield opened
    opened.close()


def mastered(run="", severity=Severity.OK):
    sound = ArtifactRecord(name="master", key="a" * 64, measurement=READINGS)
    finding = Finding(check="true_peak", severity=severity, evidence="-1.0 dBTP")
    state = StepState.FAILED if severity is Severity.FAIL else StepState.DONE
    return StepRecord(stage="master", title="Master", state=state, artifacts=(sound,), findings=(finding,))


def fill(index, count, owner="me"):
    """Put runs into the index as a studio would have: number 0 is the oldest."""
    request, settings = SongRequest(prompt="p").model_dump_json(), RunSettings().model_dump_json()
    step = mastered().model_dump_json()
    ids = [f"{owner}{number:05}" for number in range(count)]
    times = [f"2026-01-01T00:00:00.{number:06}+00:00" for number in range(count)]
    with index.database.writing() as db:
        db.executemany(
            "INSERT INTO runs (id, owner, created, request, state, revision, beat)"
            " VALUES (?,?,?,?,'done',0,0)",
            [(run, owner, time, request) for run, time in zip(ids, times, strict=True)],
        )
        db.executemany("INSERT INTO revisions VALUES (?,0,?)", [(run, settings) for run in ids])
        db.executemany("INSERT INTO run_steps VALUES (?,'master',?)", [(run, step) for run in ids])
    return ids


@pytest.fixture
def read(index, monkeypatch):
    """Ids of the runs that are read in full."""
    ids, reading = [], index._read

    def counted(run_id):
        ids.append(run_id)
        return reading(run_id)

    monkeypatch.setattr(index, "_read", counted)
    return ids


def listed(index, owner=None, most=25, after=0):
    return [summary for summary, _ in index.page(owner=owner, most=most, after=after)]


def test_a_page_of_two_thousand_runs_reads_that_page_once(index, read):
    ids = fill(index, MANY)
    first = listed(index)
    assert [s.id for s in first] == ids[:-26:-1]
    assert sorted(read) == sorted(s.id for s in first)
    del read[:]
    assert listed(index) == first
    assert read == []
    assert [s.id for s in listed(index, after=MANY - 10)] == ids[9::-1]
    assert index.count(None) == MANY


def test_a_page_visits_its_own_rows_alone(index):
    fill(index, MANY)
    listed(index)
    steps = []
    index.database._db.set_progress_handler(lambda: steps.append(1) and None, 100)
    listed(index)
    index.database._db.set_progress_handler(None, 0)
    # 25 rows of 11 columns: a few hundred instructions of SQLite; all rows sorted would be over 100,000.
    assert len(steps) < 50


def test_a_summary_is_what_the_record_says(index):
    (run_id,) = fill(index, 1)
    record, _ = index.run(run_id)
    (summary,) = listed(index)
    names = ("id", "owner", "created", "title", "state", "verdict", "blame")
    assert [getattr(summary, name) for name in names] == [getattr(record, name) for name in names]
    assert (summary.duration_s, summary.integrated_lufs) == (READINGS.duration_s, READINGS.integrated_lufs)


def test_a_step_put_changed_or_forgotten_is_in_the_next_list(index):
    (run_id,) = fill(index, 1)
    assert listed(index)[0].verdict is Severity.OK
    index.put_step(run_id, mastered(severity=Severity.FAIL))
    assert (listed(index)[0].verdict, listed(index)[0].blame) == (Severity.FAIL, "master")
    index.forget_steps(run_id, ("master",))
    assert (listed(index)[0].blame, listed(index)[0].duration_s) == (None, None)
    index.set_state(run_id, RunState.STOPPED, 0)
    assert listed(index)[0].state is RunState.STOPPED


def test_an_owners_runs_are_paged_by_themselves(index):
    fill(index, 5)
    theirs = fill(index, 3, owner="ann")
    assert [s.id for s in listed(index, owner="ann", most=2)] == [theirs[2], theirs[1]]
    assert [s.id for s in listed(index, owner="ann", most=2, after=2)] == [theirs[0]]
    assert (index.count("ann"), index.count(None), len(listed(index, most=-1))) == (3, 8, 8)


ODD = {
    "a request with an unknown field": "UPDATE runs SET request=json_set(request,'$.from_the_future',1)",
    "a setting that is gone": "UPDATE revisions SET settings=json_set(settings,'$.mix.gone',1)",
    "a step without its title": "UPDATE run_steps SET record=json_remove(record,'$.title')",
    "no JSON at all": "UPDATE run_steps SET record='{'",
    "a state of another version": "UPDATE runs SET state='paused'",
    "settings that were lost": "DELETE FROM revisions",
    "a request without text": "UPDATE runs SET request='null'",
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_a_run_of_another_version_is_listed_and_refused_in_one_sentence(index, tmp_path, change):
    old, other = fill(index, 2)
    with sqlite3.connect(tmp_path / "index.sqlite") as db:
        db.execute(f"{change} WHERE {'id' if ' runs ' in change else 'run'}='{old}'")
    db.close()
    summaries = {s.id: s for s in listed(index)}
    assert (summaries[old].readable, summaries[other].readable) == (False, True)
    with pytest.raises(UnreadableRunError, match="another version") as refused:
        index.run(old)
    assert refused.value.remedy and refused.value.detail
    assert [s.readable for s in listed(index)] == [True, False]
    index.delete(old)
    assert [s.id for s in listed(index)] == [other]


def test_what_one_version_could_not_read_another_may(index, read, monkeypatch):
    fill(index, 3)
    listed(index)
    del read[:]
    monkeypatch.setattr("core.runs.index.code_version", lambda: "a later release")
    listed(index)
    assert len(read) == 3


def test_a_home_of_an_earlier_version_gets_what_it_lacks(index, tmp_path):
    ids = fill(index, 3)
    added = "summaries", "judgements"
    with sqlite3.connect(tmp_path / "index.sqlite") as db:
        for trigger in ("step_put", "step_changed", "step_gone", "run_changed", "run_gone"):
            db.execute(f"DROP TRIGGER {trigger}")
        for table in added:
            db.execute(f"DROP TABLE {table}")
        db.execute("DROP INDEX runs_by_time")
    db.close()
    again = RunIndex(tmp_path / "index.sqlite")
    assert [s.id for s in listed(again)] == ids[::-1]
    again.put_step(ids[0], mastered(severity=Severity.WARN))
    assert listed(again)[-1].verdict is Severity.WARN
    again.close()


def test_a_run_that_is_not_there_cannot_be_deleted(index):
    with pytest.raises(NotFoundError):
        index.delete("gone")


def test_the_studio_deletes_a_run_that_it_cannot_read(open_studio, finish):
    studio = open_studio()
    run = finish(studio)
    with studio._index.database.writing() as db:
        db.execute("UPDATE runs SET request='{}', state='paused' WHERE id=?", (run.id,))
    assert [s.readable for s in studio.runs("me")] == [False]
    studio.delete(run.id)
    assert studio.runs("me") == () and studio.count_runs("me") == 0


def test_a_silent_run_is_listed_as_interrupted(open_studio):
    studio = open_studio()
    (run_id,) = fill(studio._index, 1)
    studio._index.set_state(run_id, RunState.RUNNING, 0.0)
    assert studio.runs("me")[0].state is RunState.INTERRUPTED
