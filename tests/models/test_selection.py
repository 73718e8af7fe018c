"""Only what the weights name is downloaded, with its texts, and never what runs when it is opened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.engines.registry import CARDS
from core.engines.weights import missing_files
from core.errors import DownloadError
from core.models.selection import INDEX, RUNS_WHEN_OPENED, chosen
from tests.models.conftest import TINY


def weights(*files):
    return replace(TINY, files=files)


def test_of_alternatives_the_first_that_is_there_is_taken():
    assert chosen(weights("a.safetensors|a.th"), ("a.th", "a.safetensors")) == ("a.safetensors",)
    assert chosen(weights("a.safetensors|a.th"), ("a.th",)) == ("a.th",)


def test_an_index_brings_its_parts_and_no_other_forms():
    names = (
        "config.json",
        "model.safetensors.index.json",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
        "model.fp16-00001-of-00001.safetensors",
        "pytorch_model.bin.index.json",
        "pytorch_model-00001-of-00001.bin",
    )
    assert chosen(weights("model.safetensors|model.safetensors.index.json"), names) == names[:4]


def test_a_pattern_stays_in_its_folder():
    names = ("model.safetensors", "old/model.safetensors", "old/config.json")
    assert chosen(weights("model*.safetensors"), names) == ("model.safetensors",)
    assert chosen(weights("old/*.safetensors"), names) == ("old/model.safetensors", "old/config.json")


@pytest.mark.parametrize("ending", RUNS_WHEN_OPENED)
def test_pickles_and_programs_come_only_where_the_engine_spells_them_out(ending):
    names = ("config.json", f"model{ending}")
    assert chosen(weights("config.json"), names) == ("config.json",)
    with pytest.raises(DownloadError, match="lacks model"):
        chosen(weights("config.json", "model*"), names)
    assert chosen(weights("config.json", f"model{ending}"), names) == names


def test_what_the_repository_lacks_is_named_file_by_file():
    with pytest.raises(DownloadError, match=r"lacks b\.json, c\.model or d\.json\."):
        chosen(weights("a.json", "b.json", "c.model|d.json"), ("a.json",))


@pytest.mark.parametrize("name", ["../a.json", "/a.json", "x/../../a.json", "..\\a.json", "C:a.json"])
def test_a_name_that_leads_out_of_the_folder_is_refused(name):
    pattern = "/".join("*" for _ in name.split("/"))
    with pytest.raises(DownloadError, match="outside its folder"):
        chosen(weights(pattern), (name,))


@pytest.mark.parametrize("card", [card for card in CARDS if card.weights], ids=lambda card: card.name)
def test_what_is_chosen_of_a_real_layout_leaves_nothing_missing(card, tmp_path):
    for each in card.weights:
        names = [name.split("|")[0].replace("*", "") for name in each.files]
        folder = tmp_path / each.name
        for name in chosen(each, [*names, "README.md", "other.bin", "other.safetensors" + INDEX]):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"x")
        assert missing_files(folder, each.files) == ()
        assert not (folder / "other.bin").exists()
