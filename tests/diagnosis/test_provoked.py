"""Failures that really happen, in a real child process, and what the error says when it arrives."""

from __future__ import annotations

import os
import pickle
import sys

import numpy as np
import pytest

from core.checks import COMMON
from core.contract import Case, Contract, Severity, Sound, judge
from core.diagnosis.of_finding import diagnose_finding
from core.engines.base import Availability, EngineCard
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.errors import EngineDiedError, EngineError, EngineMemoryError, EngineMissingError
from core.measure import measure
from core.progress import silent

CARD = EngineCard(
    name="fragile",
    title="Fragile engine",
    stage="generate",
    worker="tests.diagnosis.provoking_worker",
    version="1",
    summary="It breaks.",
    licence="none",
    how_to_add="Install the fragile engine.",
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="limits and /dev/full are Linux's")


@pytest.fixture(scope="module")
def hosts():
    hosts = open_engines((Registered(CARD, lambda: Availability(True, "it is here")),))
    yield hosts
    hosts.close()


@pytest.fixture
def provoke(hosts):
    def provoking(method, **values):
        with pytest.raises(EngineError) as caught:
            hosts.call("fragile", method, values=values, sounds={}, report=silent)
        return caught.value

    return provoking


@linux
@pytest.mark.parametrize(
    ("method", "name", "kind"),
    [
        ("is_killed", "killed_for_memory", EngineDiedError),
        ("jumps_nowhere", "crashed", EngineDiedError),
        ("starves", "out_of_memory", EngineMemoryError),
        ("fills_the_disk", "disk_full", EngineError),
        ("opens_too_much", "too_many_files", EngineError),
        ("lacks_a_package", "missing_package", EngineMissingError),
        ("lacks_a_program", "ffmpeg_missing", EngineMissingError),
    ],
)
def test_a_failure_in_the_child_arrives_with_its_diagnosis(provoke, method, name, kind):
    error = provoke(method)
    assert type(error) is kind
    assert error.diagnosis == name
    told = error.report()
    assert "Fragile engine" in told.message
    assert told.causes and told.remedy and told.evidence


@linux
def test_permission_denied(provoke, tmp_path):
    secret = tmp_path / "weights.bin"
    secret.write_bytes(b"x")
    secret.chmod(0)
    error = provoke("is_refused", path=str(secret))
    assert error.diagnosis == "permission_denied"
    assert "Permission denied" in error.evidence[0]
    assert "refused access" in error.message


@linux
def test_a_killed_child_tells_how_much_memory_there_is(provoke):
    error = provoke("is_killed")
    assert "SIGKILL" in error.message
    assert "memory ran out" in error.causes[0]
    assert any("of main memory are free now" in line for line in error.evidence)


def weights(folder):
    from safetensors.numpy import save_file

    path = folder / "model.safetensors"
    save_file({"w": np.ones(1000, np.float32)}, path)
    return path


@pytest.mark.parametrize(
    ("breaking", "name"),
    [
        (lambda whole: whole[:-100], "truncated_weights"),
        (lambda whole: whole[:30], "truncated_weights"),
        (lambda whole: b"", "truncated_weights"),
        (
            lambda whole: b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 10\n",
            "not_weights",
        ),
        (lambda whole: b"<!doctype html><title>Log in</title>", "not_weights"),
    ],
    ids=["cut off", "half a header", "empty", "a pointer", "a page"],
)
def test_broken_safetensors(provoke, tmp_path, breaking, name):
    path = weights(tmp_path)
    path.write_bytes(breaking(path.read_bytes()))
    assert provoke("loads_safetensors", path=str(path)).diagnosis == name


def test_whole_safetensors_are_read(hosts, tmp_path):
    reply = hosts.call(
        "fragile", "loads_safetensors", values={"path": str(weights(tmp_path))}, sounds={}, report=silent
    )
    assert reply.values["names"] == ["w"]


class Intruder:
    def __reduce__(self):
        return os.system, ("true",)


def test_a_pickle_with_code_in_it(provoke, tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(pickle.dumps(Intruder(), protocol=2))
    error = provoke("loads_a_pickle", path=str(path))
    assert error.diagnosis == "pickle_refused"
    assert "it was not opened" in error.message


def test_a_folder_without_a_tokenizer(provoke, tmp_path):
    error = provoke("looks_for_a_tokenizer", path=str(tmp_path))
    assert error.diagnosis in ("tokenizer_library", "wrong_model")
    assert error.causes


def test_a_model_that_is_not_here_without_a_network(provoke, tmp_path, monkeypatch):
    error = provoke("asks_the_hub")
    assert error.diagnosis == "offline"
    assert "GAINSTAGE_MODELS" in error.remedy


def test_a_graphics_processor_that_is_not_there(provoke):
    import importlib.util

    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")
    error = provoke("wants_cuda")
    assert error.diagnosis in ("torch_without_cuda", "driver_missing", "no_gpu_visible")
    assert any("torch is" in line for line in error.evidence) or error.diagnosis != "torch_without_cuda"


def test_a_path_in_place_of_sound(provoke):
    error = provoke("hands_over_a_path")
    assert (error.kind, error.diagnosis) == ("engine_output", "not_sound")
    assert "it returned a str" in error.message


def test_an_unknown_error_shows_its_own_text(provoke):
    error = provoke("fails_as_nobody_knows")
    assert error.diagnosis == ""
    assert error.message == "Fragile engine failed: RuntimeError: the flux of the chronometer is inverted"
    assert "Traceback" in error.detail


def test_silence_that_nothing_raised_is_caught_and_diagnosed(hosts):
    reply = hosts.call("fragile", "compose", values={"duration_s": 2.0}, sounds={}, report=silent)
    clip = reply.sounds["clip_1"]
    case = Case(stage="generate", outputs={"clip_1": Sound("clip_1", clip, measure(clip))})
    findings = judge(Contract(checks=COMMON), case)
    assert findings[0].severity is Severity.FAIL
    found = diagnose_finding(findings[0], reply.precision, reply.device)
    assert found is not None and found.name == "silence"
    assert "caught" in found.causes[0]


@pytest.mark.parametrize(("precision", "name"), [("float16", "half_precision"), ("float32", "not_numbers")])
def test_no_numbers_are_told_by_the_precision_that_they_were_made_in(precision, name):
    from core.audio import Audio

    broken = Audio(np.full((44_100, 2), np.nan, np.float32), 44_100)
    case = Case(stage="generate", outputs={"clip_1": Sound("clip_1", broken, measure(broken))})
    finding = judge(Contract(checks=COMMON), case)[0]
    assert diagnose_finding(finding, precision, "cuda").name == name
