"""What there is, where it lies, what it lacks by name, and whether it is still what it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.engines.registry import CARDS
from core.engines.weights import found
from core.errors import ConnectionLostError, NotFoundError
from core.models.listing import State, checkpoints, weights_named
from core.models.shelf import shown_target
from core.models.verify import FileState, verify
from core.progress import silent
from tests.models.conftest import BIG, TINY
from tests.models.fake_hub import COMMIT

MODEL = "model.safetensors"
CARD = replace(CARDS[0], name="tiny", title="Tiny", weights=(TINY,), helpers=())


def listed():
    (one,) = checkpoints((CARD,))
    return one


def test_every_engine_with_weights_is_listed_with_size_licence_and_repository():
    names = {each.name for each in checkpoints()}
    wanted = {weights for card in CARDS for weights in (*card.weights, *card.helpers)}
    assert names == {each.name for weights in wanted for each in (weights, *weights.beside)}
    for each in checkpoints():
        assert each.download_mb > 0 and each.licence and "/" in each.repository
        assert each.state is State.MISSING and each.missing and each.folder is None


def test_weights_that_two_engines_run_from_are_listed_once_under_the_first():
    (one,) = checkpoints((CARD, replace(CARD, name="other")))
    assert (one.name, one.engine) == (TINY.name, "tiny")
    names = [each.name for each in checkpoints()]
    assert len(names) == len(set(names)), "a page has a button for each"


def test_what_is_missing_is_named_file_by_file(models):
    folder = models / TINY.name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / MODEL).write_bytes(b"")
    one = listed()
    assert (one.state, one.folder) == (State.INCOMPLETE, str(folder))
    assert one.missing == (
        "tokenizer.json or spiece.model",
        "model.safetensors or model.safetensors.index.json",
    )


def test_what_was_downloaded_is_listed_with_its_place_commit_and_size(get, models):
    get()
    one = listed()
    assert (one.state, one.folder, one.revision) == (State.HERE, str(models / TINY.name), COMMIT)
    assert one.missing == ()
    assert one.on_disk_bytes == BIG + 8 + 2
    assert one.unfinished_bytes == 0


def test_a_download_that_was_broken_off_is_listed_with_what_came(get, hub):
    hub.drop_after = [1_500_000, 0, 0, 0]
    with pytest.raises(ConnectionLostError):
        get()
    one = listed()
    assert (one.state, one.unfinished_bytes) == (State.INCOMPLETE, 1_500_000)
    assert one.missing == ("model.safetensors or model.safetensors.index.json",)


def test_a_name_is_that_of_weights_or_of_an_engine():
    assert weights_named(TINY.name, (CARD,)) is weights_named("tiny", (CARD,)) is TINY
    with pytest.raises(NotFoundError, match="There are no weights nonsense"):
        weights_named("nonsense", (CARD,))
    with pytest.raises(NotFoundError, match="has its own weights"):
        weights_named("tiny", (replace(CARD, weights=()),))


def test_files_that_are_as_they_came_are_proved_without_a_network(get, monkeypatch):
    get()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    verified = verify(TINY, silent)
    assert verified.proved and verified.remedy == ""
    assert set(verified.files) == {"config.json", "tokenizer.json", "vocab.txt", MODEL}


def test_one_flipped_bit_and_one_lost_file_are_named(get, models, hub):
    get()
    data = bytearray((models / TINY.name / MODEL).read_bytes())
    data[BIG // 2] ^= 1
    (models / TINY.name / MODEL).write_bytes(data)
    (models / TINY.name / "vocab.txt").unlink()
    verified = verify(TINY, silent)
    assert verified.those(FileState.DAMAGED) == (MODEL,)
    assert verified.those(FileState.MISSING) == ("vocab.txt",)
    assert not verified.proved and "models get tiny-model" in verified.remedy
    assert set(get().fetched) == {MODEL, "vocab.txt"}
    assert verify(TINY, silent).proved


def test_files_that_nobody_recorded_are_not_called_right(models, hub, get):
    folder = models / TINY.name
    folder.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "vocab.txt", MODEL):
        (folder / name).write_bytes(hub.files[name])
    verified = verify(TINY, silent)
    assert set(verified.files.values()) == {FileState.UNKNOWN}
    assert not verified.proved and "records them" in verified.remedy
    assert get().fetched == ()
    assert verify(TINY, silent).proved


def test_nothing_to_check_is_told():
    with pytest.raises(NotFoundError, match="Nothing of tiny-model is on this machine"):
        verify(TINY, silent)


class TestHubCache:
    """Without ``GAINSTAGE_MODELS`` the files lie as the hub's own programs lay them."""

    @pytest.fixture(autouse=True)
    def cache(self, monkeypatch, tmp_path):
        monkeypatch.delenv("GAINSTAGE_MODELS")
        return tmp_path / "cache" / "models--someone--tiny-model"

    def test_they_are_found_by_the_engine_and_by_the_hubs_own_library(self, get, cache, tmp_path):
        uploaded = get()
        assert found(TINY) == uploaded.folder == cache / "snapshots" / COMMIT
        assert shown_target(TINY) == cache
        one = listed()
        assert (one.state, one.on_disk_bytes, one.revision) == (State.HERE, BIG + 8 + 2, COMMIT)
        scanned = pytest.importorskip("huggingface_hub").scan_cache_dir(tmp_path / "cache")
        assert not scanned.warnings
        (repo,) = scanned.repos
        assert (repo.repo_id, repo.nb_files) == (TINY.repository, 4)
        assert {ref for revision in repo.revisions for ref in revision.refs} == {"main"}

    def test_nothing_is_found_before_the_last_file_came(self, get, hub, cache):
        hub.drop_after = [1_500_000, 0, 0, 0]
        with pytest.raises(ConnectionLostError):
            get()
        assert found(TINY) is None
        assert not (cache / "refs" / "main").exists()
        assert listed().unfinished_bytes == 1_500_000
        hub.asked = []
        get()
        assert [(a.path, a.range_from) for a in hub.asked] == [(MODEL, 1_500_000)]

    def test_the_name_of_a_blob_is_its_checksum(self, get, cache):
        get()
        for record in (cache / ".gainstage").glob("*.json"):
            record.unlink()
        assert verify(TINY, silent).proved
        blob = (cache / "snapshots" / COMMIT / MODEL).resolve()
        blob.write_bytes(b"x" * BIG)
        assert verify(TINY, silent).those(FileState.DAMAGED) == (MODEL,)

    def test_another_revision_shares_what_is_the_same(self, get, hub, cache):
        get()
        hub.asked, hub.commit = [], "d" * 40
        hub.files["config.json"] = b'{"a": 4}'
        assert get().fetched == ("config.json",)
        assert found(TINY) == cache / "snapshots" / ("d" * 40)
        assert (found(TINY) / MODEL).read_bytes() == hub.files[MODEL]

    def test_where_links_cannot_be_made_the_files_lie_in_the_snapshot(self, get, cache, monkeypatch):
        from pathlib import Path

        def refused(*_, **__):
            raise OSError("a required privilege is not held by the client")

        monkeypatch.setattr(Path, "symlink_to", refused)
        folder = get().folder
        assert not any(path.is_symlink() for path in folder.iterdir())
        assert found(TINY) == folder and verify(TINY, silent).proved
        assert get().fetched == ()


def test_what_weights_need_beside_them_is_listed_and_comes_with_them(get, hub, models):
    reader = replace(TINY, name="reader", files=("config.json",))
    both = replace(TINY, beside=(reader,))
    card = replace(CARD, weights=(both, replace(both, name="other")))
    assert [each.name for each in checkpoints((card,))] == [TINY.name, "other", "reader"]
    assert weights_named("reader", (card,)) is reader
    told = []
    get(both, report=lambda fraction, _: told.append(fraction))
    assert found(reader) == models / "reader"
    assert found(both) == models / TINY.name
    assert told == sorted(told) and told[-1] == 1.0


def test_audiocraft_finds_its_text_encoder_in_the_hubs_cache_too(tmp_path):
    from core.engines.audiocraft.layout import TEXT_ENCODER
    from core.engines.audiocraft.loading import _place_of

    assert _place_of("t5-base", tmp_path) == "t5-base"
    cached = tmp_path / "cache" / "models--google-t5--t5-base"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(COMMIT)
    snapshot = cached / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for name in TEXT_ENCODER.files:
        (snapshot / name).write_bytes(b"x")
    assert _place_of("t5-base", tmp_path) == str(snapshot)
