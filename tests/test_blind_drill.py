import json

import numpy as np
import pytest

from core import audio as audio_file
from core.audio import Audio
from core.cli.main import main
from core.drill.blind import BINS, blind_drill
from core.drill.carriers import LENGTH_S, Carrier, music
from core.drill.datasheet import datasheet
from core.drill.fit import monotone, threshold
from core.drill.kinds import KINDS
from core.errors import InputError
from tests import sounds

COMMAND = "python -m core drill --blind 19 --seed 3"
TRIALS = len(KINDS)


@pytest.fixture(scope="module")
def carriers():
    return tuple(Carrier(make.__name__, make()) for make in (sounds.band, sounds.metal))


@pytest.fixture(scope="module")
def result(carriers):
    return blind_drill(carriers, TRIALS, 3)


def test_the_fit_never_falls_and_keeps_the_number_caught():
    rng = np.random.default_rng(1)
    badness = rng.uniform(size=200)
    caught = rng.uniform(size=200) < badness
    places, rates = monotone(list(badness), list(caught))
    assert np.array_equal(places, np.sort(badness))
    assert (np.diff(rates) >= 0).all()
    assert rates.sum() == pytest.approx(caught.sum())
    assert abs(threshold(list(badness), list(caught), 0.5) - 0.5) < 0.15


@pytest.mark.parametrize(
    ("badness", "caught", "half", "nearly"),
    [
        ([0.1, 0.3, 0.5, 0.7], [False, False, True, True], 0.4, 0.4),
        ([0.1, 0.3, 0.5, 0.7], [True] * 4, 0.1, 0.1),
        ([0.1, 0.3, 0.5, 0.7], [False] * 4, None, None),
        ([0.1, 0.2, 0.3, 0.9], [False, True, False, True], 0.15, 0.6),
        ([0.5, 0.5], [True, False], 0.5, None),
        ([], [], None, None),
    ],
)
def test_thresholds_lie_between_the_last_miss_and_the_first_hit(badness, caught, half, nearly):
    assert threshold(badness, caught, 0.5) == (None if half is None else pytest.approx(half))
    assert threshold(badness, caught, 0.95) == (None if nearly is None else pytest.approx(nearly))


def test_severities_run_from_mild_to_bad():
    for kind in KINDS:
        assert kind.severity(0.0) == pytest.approx(kind.mild)
        assert kind.severity(1.0) == pytest.approx(kind.bad)
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_bad_end_of_every_kind_changes_the_sound_more_than_the_mild_end(kind):
    good = sounds.band()
    left = []
    for badness in (0.0, 1.0):
        rng = np.random.default_rng(4)
        bad = kind.make(kind.severity(badness), rng)(good, rng)
        assert bad.samples.shape == good.samples.shape
        assert np.isfinite(bad.samples).all()
        own, other = (one.samples / np.abs(one.samples).max() for one in (good, bad))
        left.append(float(np.square(other.astype(np.float64) - own).sum()))
    assert left[1] > left[0]


def test_every_kind_is_drawn_as_often_and_the_same_again(result, carriers):
    assert result.trials == TRIALS
    assert [len(row.trials) for row in result.rows] == [1] * TRIALS
    fewer = blind_drill(carriers, 3, 3)
    again = {t.kind.name: t for row in result.rows for t in row.trials}
    assert fewer.trials == 3
    for row in fewer.rows:
        assert row.trials[0] == again[row.kind.name]


def test_faults_are_seen_and_what_a_carrier_draws_alone_is_no_detection(carriers):
    offset = Audio(carriers[0].audio.samples * np.float32(0.6) + np.float32(0.2), 44_100)
    drawn = blind_drill((Carrier("offset", offset),), TRIALS, 8)
    assert {one.check for one in drawn.alarms if one.judged_as == "made"} == {"dc_offset"}
    assert all(t.first != "dc_offset" for row in drawn.rows for t in row.trials)
    caught = [t for row in drawn.rows for t in row.trials if t.caught]
    missed = [t for row in drawn.rows for t in row.trials if not t.caught]
    assert len(caught) >= 5
    assert np.mean([t.badness for t in caught]) > np.mean([t.badness for t in missed])


def test_the_table_has_a_row_for_each_kind_and_monotone_thresholds(result):
    text = datasheet(result, COMMAND)
    assert text.splitlines()[0] == f"Made by `{COMMAND}`"
    table = [line for line in text.splitlines() if line.startswith("| ")][: TRIALS + 1]
    assert [line.split(" | ")[0].removeprefix("| ") for line in table[1:]] == [k.name for k in KINDS]
    assert {line.count("|") for line in table} == {BINS + 7}
    for row in result.rows:
        assert sum(tried for _, tried in row.bins) == len(row.trials)
        half, nearly = row.severity_at(0.5), row.severity_at(0.95)
        if nearly is not None:
            assert half is not None
            assert (nearly - half) * (row.kind.bad - row.kind.mild) >= 0
    assert "## False alarms" in text


def test_music_of_a_folder_carries_faults_and_what_cannot_is_left_out(tmp_path):
    long = np.tile(sounds.band().samples, (2, 1))
    audio_file.write(tmp_path / "song.wav", Audio(long, 44_100))
    audio_file.write(tmp_path / "short.wav", Audio(long[:44_100], 44_100))
    audio_file.write(tmp_path / "mono.wav", Audio(np.ascontiguousarray(long[:, :1]), 44_100))
    (tmp_path / "notes.ogg").write_text("no sound")
    found = music(tmp_path, 5, 1)
    assert [one.name for one in found] == ["song"]
    assert found[0].audio.frames == LENGTH_S * 44_100
    assert np.array_equal(music(tmp_path, 5, 1)[0].audio.samples, found[0].audio.samples)
    (tmp_path / "song.wav").unlink()
    with pytest.raises(InputError, match="can carry a fault"):
        music(tmp_path, 5, 1)
    with pytest.raises(InputError, match="no folder"):
        music(tmp_path / "nowhere", 5, 1)


def test_the_command_writes_the_datasheet_without_the_folder_it_was_given(
    tmp_path, carriers, monkeypatch, capsys
):
    monkeypatch.setattr("core.drill.carriers.band_songs", lambda count, seed: carriers[:1])
    songs, out = tmp_path / "music", tmp_path / "sheet.md"
    songs.mkdir()
    audio_file.write(songs / "tune.wav", Audio(np.tile(sounds.metal().samples, (2, 1)), 44_100))
    asked = ["drill", "--blind", "2", "--seed", "5", "--carriers", str(songs), "--out", str(out)]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["trials"] == 2
    assert sorted(told["carriers"]) == ["band", "tune"]
    assert all(one["tried"] == sum(q[1] for q in one["caught_by_quarter"]) for one in told["kinds"])
    first = out.read_text(encoding="utf-8").splitlines()[0]
    command = "python -m core drill --blind 2 --seed 5 --carriers FOLDER --out docs/datasheet.md --overwrite"
    assert first == f"Made by `{command}`"
    assert str(tmp_path) not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--blind", "0"], "cannot be run"),
        (["--blind", "2", "--seed", "-1"], "cannot be run"),
        (["--blind", "2", "--out", "nowhere/at/all.md"], "folder that does not exist"),
        (["--out", "sheet.md"], "--blind"),
    ],
)
def test_what_a_blind_drill_cannot_do_is_refused_before_a_song_is_made(asked, said, capsys):
    assert main(["drill", *asked]) == 2
    assert said in capsys.readouterr().err
