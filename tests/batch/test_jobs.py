"""What the jobs of a batch are: lines times seeds and settings, or the files of a folder."""

from __future__ import annotations

import json

import pytest

from core.batch import jobs
from core.batch.jobs import folder_jobs, song_jobs
from core.batch.outcomes import DONE, Outcome, note, settled_before
from core.batch.report import row_of
from core.errors import InputError


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
        ('{"prompt":"a","lyrics":"a\\u0000b"}', "line 1: a file's name is no text"),
        ('{"prompt":"a","plan":[["a"]]}', "line 1: a file's name is no text"),
        ('{"from":5}', "line 1: a file's name is no text"),
        ('{"from":[["a"]]}', "line 1: a file's name is no text"),
        ('{"from":{"a":1}}', "line 1: a file's name is no text"),
    ],
)
def test_what_is_no_job_is_refused_by_its_line(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        jobs_of(tmp_path, text)


def test_a_table_with_a_cell_out_of_bounds_is_refused(tmp_path):
    with pytest.raises(InputError, match="no table that can be read"):
        jobs_of(tmp_path, f'prompt\n"{"a" * 200_000}"\n', "jobs.csv")


@pytest.mark.parametrize(
    "line",
    [
        "[1]",
        "[" * 100_000,
        '{"key":["KEY"],"status":0,"found":{}}',
        '{"key":"KEY","status":"0","found":{}}',
        '{"key":"KEY","status":0,"found":"x"}',
        '{"key":"KEY","status":0,"found":{"error":"x"}}',
        '{"key":"KEY","status":0,"found":{"stages":[1]}}',
        '{"key":"KEY","status":0,"found":{"stages":"abc"}}',
        '{"key":"KEY","status":0,"fou',
    ],
)
def test_a_damaged_line_of_what_was_done_has_its_job_done_again(tmp_path, line):
    asked = jobs_of(tmp_path, '{"prompt":"a"}\n{"prompt":"b"}')
    note(tmp_path, Outcome(asked[1], 0, {"verdict": "ok"}))
    with (tmp_path / DONE).open("a") as file:
        file.write(line.replace("KEY", asked[0].key) + "\n")
    assert list(settled_before(tmp_path, asked)) == [asked[1].key]
    for outcome in settled_before(tmp_path, asked).values():
        assert row_of(outcome)["verdict"] == "ok"


def test_a_name_is_one_folder_within_the_batch_whatever_it_says(tmp_path):
    jobs = jobs_of(
        tmp_path, '{"prompt":"x","name":"../../etc"}\n{"prompt":"x","name":"../../etc"}\n{"prompt":"///"}'
    )
    assert [job.name for job in jobs] == ["etc", "etc-2", "job"]


def test_many_jobs_of_one_name_cost_as_much_each_as_few():
    """Looking through all numbers so far for each made 100,000 of them take for ever."""
    asked = []

    class Names(dict):
        def __contains__(self, name):
            asked.append(name)
            return super().__contains__(name)

    taken = Names()
    names = [jobs._free("song", taken) for _ in range(200)]
    assert names[:3] == ["song", "song-2", "song-3"] and len(set(names)) == 200
    assert len(asked) <= 3 * len(names)
    assert jobs._free("song-3", taken) == "song-3-2"


def test_a_file_that_changed_is_another_job_and_what_is_written_is_not(tmp_path):
    sound = tmp_path / "a.wav"
    sound.write_bytes(b"1")
    (job,) = folder_jobs(tmp_path, "master", [f"--out={tmp_path / 'b.wav'}"])
    before = job.key
    (tmp_path / "b.wav").write_bytes(b"written")
    assert job.key == before
    sound.write_bytes(b"22")
    assert job.key != before
