"""Where the studio runs: told from the variables and folders that platforms set."""

from __future__ import annotations

import pytest

from core.contract import Severity
from core.facts.hosting import hosting
from core.machine.platform import place

SPACE = {"SPACE_ID": "me/studio"}


def told(monkeypatch, **variables):
    for name in ("SPACE_ID", "SPACES_ZERO_GPU", "ACCELERATOR", "GAINSTAGE_HOSTED"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return {fact.name: fact for fact in hosting()}


@pytest.mark.parametrize("value", ["1", "true", "True"])
def test_zero_gpu_is_told(value):
    here = place({**SPACE, "SPACES_ZERO_GPU": value})
    assert here.zero_gpu and here.space
    assert "ZeroGPU" in here.description


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_a_space_that_says_it_has_no_zero_gpu_is_believed(value):
    here = place({**SPACE, "SPACES_ZERO_GPU": value})
    assert here.space and not here.zero_gpu


def test_a_spaces_hardware_is_told():
    assert place({**SPACE, "ACCELERATOR": "t4-small"}).description == "a Hugging Face Space on t4-small"


def test_streamlit_cloud_is_told_by_where_the_repository_lies(tmp_path):
    (tmp_path / "mount/src").mkdir(parents=True)
    assert place({}, tmp_path).streamlit_cloud
    assert not place(SPACE, tmp_path).streamlit_cloud


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv"])
def test_a_container_is_told_by_its_mark(tmp_path, mark):
    (tmp_path / mark).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / mark).touch()
    assert place({}, tmp_path).container
    assert place({}, tmp_path).description == "a container"


def test_an_ordinary_machine_has_no_name(tmp_path):
    assert place({}, tmp_path).description == ""


def test_zero_gpu_is_a_warning_with_the_way_out(monkeypatch):
    fact = told(monkeypatch, SPACE_ID="me/studio", SPACES_ZERO_GPU="1", GAINSTAGE_HOSTED="1")["platform"]
    assert fact.severity is Severity.WARN
    assert "Gradio" in fact.evidence and "Docker Space" in fact.remedy


def test_a_hosted_space_is_as_it_should_be(monkeypatch):
    facts = told(monkeypatch, SPACE_ID="me/studio", GAINSTAGE_HOSTED="1", ACCELERATOR="cpu-basic")
    assert all(fact.severity is Severity.OK for fact in facts.values())
    assert "cpu-basic" in facts["platform"].evidence
