"""The package's face: its names, its laziness, and what each function answers."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

import core as gainstage
import core.inspect
import core.measure
from core import api
from core.audio import Audio, write
from core.contract import Severity
from core.errors import InputError, SettingsError
from tests.sounds import band

NAMES = [
    "Audio",
    "Comparison",
    "GainstageError",
    "SoundFailed",
    "Stems",
    "compare",
    "contracts",
    "inspect",
    "judge",
    "measure",
    "probe",
    "read",
]
RATE = 8_000
SILENCE = np.zeros((2, 2 * RATE))


@pytest.fixture(scope="module")
def song():
    return band()


def test_the_names_that_other_programs_rely_on():
    assert api.__all__ == gainstage.__all__ == NAMES
    assert set(NAMES) <= set(dir(gainstage))
    for name in NAMES:
        assert getattr(gainstage, name) is getattr(api, name)


def test_a_function_of_the_face_is_not_replaced_by_the_module_of_its_name():
    assert sys.modules["core.inspect"].inspect_audio
    assert gainstage.inspect is api.inspect
    assert gainstage.measure is api.measure
    with pytest.raises(AttributeError, match="no attribute"):
        gainstage.nothing_of_the_kind  # noqa: B018


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, core; print(sorted({'numpy', 'pydantic', 'numba', 'core.api'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(("act", "loaded"), [("core.probe", "[]"), ("core.probe('x')", "['core.checks']")])
def test_a_probe_loads_the_checks_when_it_is_made_and_never_numba_or_scipy(act, loaded):
    code = f"import sys, core; {act}; print(sorted({{'numba', 'scipy', 'core.checks'}} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == loaded


def test_inspect_takes_an_array_a_tensor_and_a_file(song, tmp_path):
    path = tmp_path / "song.wav"
    write(path, song)
    seen = [
        gainstage.inspect(path),
        gainstage.inspect(song),
        gainstage.inspect(song.samples.T.astype("float64"), song.sample_rate),
        gainstage.inspect(torch.tensor(song.samples).T[None], song.sample_rate),
        gainstage.inspect(path.read_bytes()),
    ]
    assert {one.verdict for one in seen} == {seen[0].verdict}
    assert len({one.measurement for one in seen}) == 1


def test_inspect_shows_itself_in_a_notebook():
    shown = gainstage.inspect(SILENCE, RATE, name="<b>mine</b>")._repr_html_()
    assert "fail" in shown and "not_silent" in shown and "<svg" in shown
    assert "&lt;b&gt;mine" in shown
    broken = gainstage.inspect(np.full((2, RATE), np.nan), RATE)._repr_html_()
    assert "nan" not in broken.split("<path")[1].split(">")[0]


def test_judge_asks_the_contract_that_is_named(song):
    assert gainstage.judge(song, contract="master").verdict in (Severity.OK, Severity.WARN)
    assert gainstage.judge(SILENCE, RATE, contract="master").findings[0].check == "not_silent"
    stems = {"vocals": song.samples, "drums": song.samples * 0.5}
    copied = gainstage.judge(stems, song.sample_rate, contract="separate")
    assert copied.findings[0].check == "not_scaled_copies"


def test_judge_compares_with_what_came_in_and_with_what_was_promised(song):
    longer = gainstage.judge(song, contract="generate", duration_s=2 * song.duration_s)
    assert "length" in {f.check for f in longer.findings if f.severity is Severity.FAIL}
    driven = Audio(np.tanh(40 * song.samples).astype("float32"), song.sample_rate)
    checks = {
        f.check
        for f in gainstage.judge(driven, contract="mix", before=song).findings
        if f.severity is Severity.FAIL
    }
    alone = {f.check for f in gainstage.judge(driven, contract="mix").findings if f.severity is Severity.FAIL}
    assert checks >= alone
    assert checks


def test_judge_names_the_contracts_that_there_are(song):
    with pytest.raises(SettingsError) as refused:
        gainstage.judge(song, contract="mastering")
    assert all(name in refused.value.remedy for name in gainstage.contracts())
    assert {"inspect", "generate", "master"} <= set(gainstage.contracts())


def test_compare_says_what_was_done(song):
    halved = gainstage.compare(song, song.samples * 0.5, song.sample_rate)
    assert halved.same == "gain"
    assert halved.change.gain_db == pytest.approx(-6.02, abs=0.01)
    assert "before" in halved._repr_html_()
    assert gainstage.compare(song, song).same == "identical"
    assert gainstage.compare(song, song).change.integrated_lufs.change == 0


def test_what_is_no_sound_is_refused_everywhere():
    for function in (gainstage.measure, gainstage.inspect, gainstage.judge):
        with pytest.raises(InputError):
            function(None, RATE)
    with pytest.raises(InputError):
        gainstage.compare(SILENCE, None, RATE)
