"""An album's loudness: its tracks' blocks pass the gates of BS.1770 together, and one gain serves all."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.audio import Audio, read, write
from core.batch.album import album_of
from core.batch.jobs import BatchJob
from core.batch.outcomes import Outcome
from core.cli.main import main
from core.errors import InputError
from core.measure import measure

RATE = 44_100


def noise(lufs, seconds, seed=0):
    x = np.random.default_rng(seed).standard_normal((int(seconds * RATE), 2)).astype(np.float32) * 0.05
    audio = Audio(x, RATE)
    return Audio(x * np.float32(10 ** ((lufs - measure(audio).integrated_lufs) / 20)), RATE)


def levels(*tracks):
    from core.measure import analyse

    found = []
    for number, track in enumerate(tracks):
        seen = analyse(track)
        found.append(
            Outcome(
                BatchJob(f"{number}", ("levels", "x"), {"file": f"{number}.wav"}),
                0,
                {
                    "integrated_lufs": seen.measurement.integrated_lufs,
                    "true_peak_dbtp": seen.measurement.true_peak_dbtp,
                    "momentary_lufs": seen.picture.momentary_lufs[3:].tolist(),
                },
            )
        )
    return album_of(found)


def test_an_album_reads_as_its_tracks_one_after_the_other():
    tracks = [noise(-14.0, 8.0), noise(-20.0, 12.0, 1), noise(-17.0, 5.0, 2)]
    whole = Audio(np.concatenate([track.samples for track in tracks]), RATE)
    assert levels(*tracks).integrated_lufs == pytest.approx(measure(whole).integrated_lufs, abs=0.05)


def test_a_quiet_interlude_falls_to_the_gate_of_the_album_and_not_of_its_own():
    loud, quiet = noise(-12.0, 6.0), noise(-40.0, 60.0, 1)
    album = levels(loud, quiet)
    assert album.integrated_lufs == pytest.approx(-12.0, abs=0.01)  # a mean by lengths would say -21.6
    assert album.gain_db(-14.0) == pytest.approx(-2.0, abs=0.01)
    assert album.loudest_dbtp == pytest.approx(measure(loud).true_peak_dbtp)


def test_a_track_without_loudness_is_named():
    with pytest.raises(InputError, match=r"1\.wav has no loudness"):
        levels(noise(-14.0, 2.0), Audio(np.zeros((RATE, 2), np.float32), RATE))


def test_one_gain_is_on_every_track_of_a_folder_of_masters(tmp_path, capsys):
    masters = tmp_path / "masters"
    masters.mkdir()
    tracks = {"a": noise(-18.0, 4.0), "b": noise(-24.0, 4.0, 1)}
    for name, track in tracks.items():
        write(masters / f"{name}.wav", track)
    asked = ["batch", str(masters), "--do", "master", "--album", "--lufs", "-23", "--processes", "1"]
    main([*asked, "--out", str(tmp_path / "out"), "--json"])
    said = capsys.readouterr()
    assert "for each of 2 tracks" in said.err
    rows = json.loads(said.out)["jobs"]
    gains = [row["integrated_lufs"] - measure(tracks[row["name"]]).integrated_lufs for row in rows]
    assert gains[0] == pytest.approx(gains[1], abs=0.02)
    whole = Audio(np.concatenate([read(tmp_path / "out" / f"{n}.wav").samples for n in tracks]), RATE)
    assert measure(whole).integrated_lufs == pytest.approx(-23.0, abs=0.1)
