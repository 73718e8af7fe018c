"""Versions against what was tried, folders for models, weights that are whole or cut off, interpreters."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from core.contract import Severity
from core.engines.base import Availability, EngineCard
from core.facts import storage, versions
from core.facts.interpreters import interpreters
from core.facts.weights import weights


def named(facts, name):
    (one,) = [fact for fact in facts if fact.name == name]
    return one


def card(name="ace-step"):
    return EngineCard(name, "ACE-Step", "generate", "w", "1", "", "", "Run make models.")


# Versions


def test_versions_that_were_tried_together_are_read_from_the_requirements(tmp_path):
    (tmp_path / "requirements.txt").write_text(
        "-r requirements-lite.txt\ntorch==2.13.0  # why\nfoo[bar]==1.2\n"
    )
    (tmp_path / "requirements-lite.txt").write_text("# studio\nhuggingface_hub==2.4.0\n")
    assert versions.pinned(tmp_path) == {"torch": "2.13.0", "foo": "1.2", "huggingface-hub": "2.4.0"}
    assert versions.pinned(tmp_path / "nowhere") == {}


def test_another_version_than_the_tried_one_is_a_warning_that_names_both(monkeypatch):
    monkeypatch.setattr(versions, "version_of", lambda name: "4.57.0" if name == "transformers" else None)
    fact = named(versions.versions(), "models' packages")
    assert fact.severity is Severity.WARN
    assert "transformers 4.57.0" in fact.evidence
    assert f"transformers {versions.pinned()['transformers']}" in fact.evidence


def test_a_build_label_is_no_other_version(monkeypatch):
    tried = versions.pinned()["torch"]
    monkeypatch.setattr(versions, "version_of", lambda name: f"{tried}+cu130" if name == "torch" else None)
    assert named(versions.versions(), "models' packages").severity is Severity.OK


# Folders


def test_a_models_folder_that_is_not_there_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path / "nowhere"))
    fact = named(storage.storage(tmp_path), "models' folder")
    assert fact.severity is Severity.WARN
    assert "GAINSTAGE_MODELS" in fact.evidence


def test_little_room_for_models_is_a_warning(monkeypatch, tmp_path):
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path))
    usage = type("Usage", (), {"free": int(5e9)})
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda folder: usage)
    fact = named(storage.storage(tmp_path), "models' folder")
    assert (fact.severity, "5.0 GB" in fact.evidence) == (Severity.WARN, True)


def test_a_models_folder_that_may_only_be_read_is_as_it_should_be(monkeypatch, tmp_path):
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path))
    monkeypatch.setattr(storage.os, "access", lambda path, mode: mode != storage.os.W_OK)
    fact = named(storage.storage(tmp_path), "models' folder")
    assert fact.severity is Severity.OK
    assert "nothing can be downloaded" in fact.evidence


def test_a_temporary_folder_that_cannot_be_written_fails(monkeypatch, tmp_path):
    real = storage._refusal
    refused = PermissionError(13, "Permission denied")
    monkeypatch.setattr(storage.tempfile, "gettempdir", lambda: "/sealed")
    monkeypatch.setattr(storage, "_refusal", lambda f: refused if str(f) == "/sealed" else real(f))
    fact = named(storage.storage(tmp_path), "temporary folder")
    assert fact.severity is Severity.FAIL
    assert "Permission denied" in fact.evidence and "TMPDIR" in fact.remedy


# Weights


@pytest.fixture
def checkpoint(tmp_path):
    from safetensors.numpy import save_file

    folder = tmp_path / "ace"
    (folder / "vae").mkdir(parents=True)
    save_file({"w": np.ones(1000, np.float32)}, folder / "vae" / "model.safetensors")
    save_file({"w": np.ones(1000, np.float32)}, folder / "model.safetensors")
    return folder


def look(folder):
    (fact,) = weights([(card(), Availability(True, "", checkpoint=str(folder)))])
    return fact


def test_whole_weights_are_counted(checkpoint):
    fact = look(checkpoint)
    assert fact.severity is Severity.OK
    assert "2 safetensors files are whole" in fact.evidence


@pytest.mark.parametrize(
    ("content", "word"),
    [(lambda b: b[:-50], "promises"), (lambda b: b"version https://git-lfs", "does not begin")],
    ids=["cut off", "a pointer"],
)
def test_weights_that_cannot_be_loaded_are_named_with_the_remedy(checkpoint, content, word):
    path = checkpoint / "vae" / "model.safetensors"
    path.write_bytes(content(path.read_bytes()))
    fact = look(checkpoint)
    assert fact.severity is Severity.WARN
    assert "vae/model.safetensors" in fact.evidence and word in fact.evidence
    assert fact.causes and "ownload" in fact.remedy


def test_engines_without_weights_have_no_such_line():
    assert list(weights([(card(), Availability(True, "it brings its own"))])) == []


# Interpreters


def test_an_interpreter_that_answers_tells_its_version(monkeypatch):
    monkeypatch.setenv("GAINSTAGE_ACE_STEP_PYTHON", sys.executable)
    (fact,) = interpreters((card(),))
    assert fact.severity is Severity.OK
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in fact.evidence


def test_an_interpreter_that_does_not_is_told_with_its_variable(monkeypatch):
    monkeypatch.setenv("GAINSTAGE_ACE_STEP_PYTHON", "/nowhere/python")
    (fact,) = interpreters((card(),))
    assert fact.severity is Severity.WARN
    assert "GAINSTAGE_ACE_STEP_PYTHON" in fact.remedy


def test_an_engine_without_one_has_no_such_line(monkeypatch):
    monkeypatch.delenv("GAINSTAGE_ACE_STEP_PYTHON", raising=False)
    assert list(interpreters((card(),))) == []
