"""``master`` with a reference, an intensity and other settings."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Audio, read, write
from core.checks.reference import tone_distance_db, tone_of
from core.dsp.shelves import tilt
from core.engines.base import Availability
from core.engines.matchering import card
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.measure import measure
from tests.cli.test_cli import call, parsed
from tests.sounds import band, metal


@pytest.fixture
def files(tmp_path):
    """A mix, a brighter reference and a place for the master."""
    write(tmp_path / "mix.wav", Audio(band().samples * np.float32(0.5), 44_100))
    write(tmp_path / "bright.wav", tilt(band(), low_db=-6, high_db=6))
    write(tmp_path / "loud.wav", metal())
    return tmp_path


def mastered(capsys, files, *arguments):
    status, printed, _ = call(
        capsys, "master", files / "mix.wav", "-o", files / "m.wav", "--overwrite", *arguments, "--json"
    )
    return status, parsed(printed)


@pytest.mark.parametrize("name", ["mix.wav", "bright.wav"])
def test_a_file_that_is_there_is_not_written_over_unless_that_is_asked_for(capsys, files, name):
    before = (files / name).read_bytes()
    status, _, said = call(capsys, "master", files / "mix.wav", "-o", files / name)
    assert status == 2 and "is there already" in said and "--overwrite" in said
    assert (files / name).read_bytes() == before


def test_stems_that_are_there_are_not_written_over(capsys, files):
    (files / "drums.wav").write_bytes(b"mine")
    status, _, said = call(capsys, "separate", files / "mix.wav", "-o", files)
    assert status == 2 and "drums.wav is there already" in said
    assert (files / "drums.wav").read_bytes() == b"mine"


def test_the_histogram_and_the_curve_are_printed(capsys, files):
    status, told = mastered(capsys, files, "--lufs", -12)
    histogram = told["figures"]["reduction_histogram"]
    assert status == 0
    assert len(histogram["edges_db"]) == len(histogram["seconds"]) + 1
    assert sum(histogram["seconds"]) == pytest.approx(8.0, abs=0.01)
    assert max(told["figures"]["reduction_curve_db"]) > 0


def test_a_reference_alone_names_the_loudness(capsys, files):
    _, told = mastered(capsys, files, "--reference", files / "bright.wav")
    wanted = measure(read(files / "bright.wav")).integrated_lufs
    assert told["figures"]["target_lufs"] == pytest.approx(wanted, abs=0.01)
    assert "match" not in told["figures"]


def test_match_takes_the_tone_too_and_lufs_keeps_a_target_of_ones_own(capsys, files):
    reference = read(files / "bright.wav")
    status, told = mastered(capsys, files, "--reference", files / "bright.wav", "--match", "--lufs", -20)
    assert status == 0
    assert told["measurement"]["integrated_lufs"] == pytest.approx(-20, abs=0.1)
    assert tone_distance_db(tone_of(read(files / "m.wav")), tone_of(reference)) < 0.5
    _, both = mastered(capsys, files, "--reference", files / "bright.wav", "--match")
    assert both["figures"]["target_lufs"] == pytest.approx(measure(reference).integrated_lufs, abs=0.01)


def test_intensity_0_and_other_settings_reach_the_stage(capsys, files):
    mastered(capsys, files, "--lufs", -20)
    plain = read(files / "m.wav").samples
    mastered(capsys, files, "--lufs", -20, "--set", "glue=0.8", "--set", "low_shelf_db=4")
    assert not np.allclose(read(files / "m.wav").samples, plain, atol=1e-3)
    mastered(capsys, files, "--lufs", -20, "--set", "glue=0.8", "--set", "low_shelf_db=4", "--intensity", 0)
    assert np.array_equal(read(files / "m.wav").samples, plain)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--match",), "nothing to match"),
        (("--reference", "loud.wav", "--lufs", "-12"), "both name the loudness"),
        (("--intensity", "2"), "master.intensity must be at most 1"),
        (("--set", "glue"), "--set glue has no value"),
        (("--set", "loud=1"), "There is no setting master.loud"),
        (("--lufs", "nan"), "master.target_lufs"),
        (("--reference", "mix.wav", "--match"), "is the mix itself"),
        (("--reference", "silent.wav"), "reference is silent, or nearly"),
        (("--reference", "silent.wav", "--match"), "reference is silent, or nearly"),
        (("--reference", "short.wav", "--match"), "reference lasts 0.10 s"),
        (("--reference", "not-there.wav", "--match"), "not-there.wav"),
    ],
)
def test_what_cannot_be_is_one_error_with_a_remedy(capsys, files, monkeypatch, arguments, sentence):
    monkeypatch.chdir(files)
    write(files / "silent.wav", Audio(np.zeros((44_100, 2), np.float32), 44_100))
    write(files / "short.wav", Audio(np.full((4_410, 2), 0.1, np.float32), 44_100))
    status, told = mastered(capsys, files, *arguments)
    assert status == 2
    assert sentence in told["error"]["message"]
    assert told["error"]["remedy"]
    assert not (files / "m.wav").exists()


def test_without_matchering_the_remedy_is_make_matchering(capsys, files, monkeypatch):
    absent = Registered(
        card.CARD, lambda: Availability(False, "not installed: matchering.", card.CARD.how_to_add)
    )
    monkeypatch.setattr("core.cli.master.open_engines", lambda: open_engines((absent,)))
    status, told = mastered(capsys, files, "--reference", files / "loud.wav", "--match")
    assert status == 4
    assert told["error"]["kind"] == "engine_missing"
    assert "make matchering" in told["error"]["remedy"]
    assert mastered(capsys, files, "--reference", files / "loud.wav")[0] == 0
