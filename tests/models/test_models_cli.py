"""``models`` as a person and a program use it: the list, a download against a hub, a check, and errors."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.cli.main import main
from core.engines.registry import CARDS
from core.models import listing
from tests.models.conftest import BIG, TINY
from tests.models.fake_hub import COMMIT

CARD = replace(CARDS[0], name="tiny", title="Tiny", weights=(TINY,), helpers=())


@pytest.fixture(autouse=True)
def only_tiny(monkeypatch, hub):
    monkeypatch.setattr(listing.checkpoints, "__defaults__", ((CARD,),))
    monkeypatch.setattr(listing.weights_named, "__defaults__", ((CARD,),))
    monkeypatch.setenv("HF_ENDPOINT", hub.url)


def call(capsys, *arguments):
    status = main(["models", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_list_says_what_is_not_here_and_how_to_get_it(capsys, models):
    status, out, _ = call(capsys)
    assert status == 0
    for word in (
        "tiny-model",
        "missing",
        "3.0 MB",
        "MIT",
        "someone/tiny-model",
        "models get tiny-model",
        str(models),
    ):
        assert word in out


def test_the_list_as_json_names_every_missing_file(capsys):
    status, out, _ = call(capsys, "list", "--json")
    (one,) = json.loads(out)["models"]
    assert (status, one["state"], one["licence"], one["download_mb"]) == (0, "missing", "MIT", 3)
    assert one["missing"][0] == "config.json"


def test_get_downloads_and_check_proves_it(capsys, models):
    status, out, _ = call(capsys, "get", "tiny-model", "--json")
    told = json.loads(out)
    assert (status, told["commit"], told["folder"]) == (0, COMMIT, str(models / "tiny-model"))
    assert told["fetched_bytes"] == BIG + 14
    status, out, err = call(capsys, "get", "tiny")
    assert status == 0 and "all 4 files were here and are right" in out and "100%" in err
    status, out, _ = call(capsys, "check", "tiny-model", "--json")
    told = json.loads(out)
    assert (status, told["right"], set(told["files"].values())) == (0, True, {"right"})
    assert call(capsys)[1].count("here") >= 1


def test_a_damaged_file_is_status_4_with_its_name(capsys, models):
    call(capsys, "get", "tiny-model")
    (models / "tiny-model" / "config.json").write_text("{}")
    status, out, err = call(capsys, "check", "tiny-model")
    assert status == 4
    assert "damaged  config.json" in out and "models get tiny-model" in err


def test_another_revision_is_asked_for_by_name(capsys, hub):
    call(capsys, "get", "tiny-model", "--revision", "refs/pr/1")
    assert hub.listed == ["/api/models/someone/tiny-model/revision/refs/pr/1"]


def test_errors_are_data_with_the_status_of_their_kind(capsys, hub, monkeypatch):
    hub.refuse = {"listing": (403, "GatedRepo")}
    status, out, _ = call(capsys, "get", "tiny-model", "--json")
    error = json.loads(out)["error"]
    assert (status, error["kind"]) == (4, "download") and "HF_TOKEN" in error["remedy"]
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    status, out, _ = call(capsys, "get", "tiny-model", "--json")
    assert status == 4 and "hf download" in json.loads(out)["error"]["remedy"]
    for wrong in (("get",), ("get", "nonsense"), ("check", "nonsense")):
        status, out, _ = call(capsys, *wrong, "--json")
        assert status == 2 and "tiny-model" in json.loads(out)["error"]["remedy"]
