"""Weights: found where they are, and told file by file where they are not."""

from __future__ import annotations

import json

import pytest

from core.engines.base import Availability, EngineCard
from core.engines.needs import with_weights
from core.engines.weights import Weights, fingerprint, found, is_untrained, missing_files, places

TURBO = Weights(
    name="acme-turbo",
    repository="acme/turbo",
    files=("config.json", "model.safetensors|pytorch_model.bin", "tokenizer/*.json"),
    size_mb=1200,
    licence="MIT",
    about="A model.",
)
CARD = EngineCard(
    name="acme",
    title="Acme",
    stage="generate",
    worker="w",
    version="1",
    summary="s",
    licence="MIT",
    how_to_add="Download it.",
    weights=(TURBO,),
)
HERE = Availability(True, "installed")


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def laid(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return folder


def whole(folder):
    return laid(folder, "config.json", "model.safetensors", "tokenizer/vocab.json")


def test_weights_under_the_models_folder_are_found(tmp_path):
    folder = whole(tmp_path / "models" / "acme-turbo")
    assert found(TURBO) == folder
    state = with_weights(CARD, HERE, "")
    assert state.ready and state.auto
    assert state.checkpoint == str(folder)


def test_weights_in_the_hubs_cache_are_found_at_its_revision(tmp_path):
    cached = tmp_path / "hub" / "models--acme--turbo"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("abc")
    whole(cached / "snapshots" / "old")
    assert found(TURBO) is None
    folder = whole(cached / "snapshots" / "abc")
    assert found(TURBO) == folder


def test_what_is_missing_is_named_file_by_file(tmp_path):
    laid(tmp_path / "models" / "acme-turbo", "config.json")
    state = with_weights(CARD, HERE, "")
    assert not state.ready
    assert "model.safetensors or pytorch_model.bin" in state.reason
    assert "tokenizer/*.json" in state.reason
    assert "config.json" not in state.reason.replace("tokenizer/*.json", "")


def test_an_empty_file_is_missing(tmp_path):
    folder = whole(tmp_path)
    (folder / "model.safetensors").write_bytes(b"")
    assert missing_files(folder, TURBO.files) == ("model.safetensors|pytorch_model.bin",)


def test_a_part_that_the_index_names_is_missing(tmp_path):
    folder = whole(tmp_path)
    parts = {"a": "m-00001-of-00002.safetensors", "b": "m-00002-of-00002.safetensors"}
    (folder / "m.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    laid(folder, "m-00001-of-00002.safetensors")
    assert missing_files(folder, TURBO.files) == ("m-00002-of-00002.safetensors",)


def test_without_weights_the_sentence_says_where_they_are_looked_for():
    state = with_weights(CARD, HERE, "")
    assert not state.ready
    assert "acme-turbo" in state.reason and "GAINSTAGE_MODELS" in state.reason
    assert state.remedy == "Download it."
    assert len(places(TURBO)) == 1


def test_a_checkpoint_that_was_named_is_used_and_no_other(tmp_path):
    whole(tmp_path / "models" / "acme-turbo")
    mine = whole(tmp_path / "mine")
    assert with_weights(CARD, HERE, str(mine)).checkpoint == str(mine)
    assert not with_weights(CARD, HERE, str(tmp_path / "none")).ready
    (mine / "config.json").unlink()
    state = with_weights(CARD, HERE, str(mine))
    assert not state.ready and "config.json" in state.reason


def test_an_engine_without_weights_reads_no_checkpoint(tmp_path):
    card = EngineCard("band", "Band", "generate", "w", "1", "s", "MIT", "none")
    assert with_weights(card, HERE, "") == HERE
    assert not with_weights(card, HERE, str(tmp_path)).ready


def test_a_model_for_a_gpu_runs_without_one_only_when_it_is_asked_for(tmp_path, monkeypatch):
    from dataclasses import replace

    from core.engines import needs

    whole(tmp_path / "models" / "acme-turbo")
    card = replace(CARD, gpu_first=True)
    monkeypatch.setattr(needs, "has_gpu", lambda: False)
    state = with_weights(card, HERE, "")
    assert state.ready and not state.auto and "GPU" in state.reason
    monkeypatch.setattr(needs, "has_gpu", lambda: True)
    assert with_weights(card, HERE, "").auto


def test_the_fingerprint_changes_with_the_files(tmp_path):
    folder = whole(tmp_path)
    before = fingerprint(folder)
    assert fingerprint(folder) == before
    (folder / "model.safetensors").write_text("other weights")
    assert fingerprint(folder) != before


def test_a_checkpoint_declares_itself_untrained(tmp_path):
    folder = whole(tmp_path)
    assert not is_untrained(folder)
    laid(folder, "untrained.json")
    assert is_untrained(folder)
    assert "untrained" in with_weights(CARD, HERE, str(folder)).reason
