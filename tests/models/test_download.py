"""Files come whole or not at all, go on where they stopped, and every refusal is one sentence."""

from __future__ import annotations

import errno
import shutil
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.engines.executors.process import _environment
from core.engines.weights import found
from core.errors import BusyError, Cancelled, ConnectionLostError, DownloadError, StorageError
from core.models.hub import Hub
from core.models.lock import held
from core.models.shelf import record_of, shelf_for
from tests.models.conftest import BIG, TINY, noise
from tests.models.fake_hub import COMMIT, Server

MODEL = "model.safetensors"


def everything_in(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def partials(models):
    return list(models.rglob("*.incomplete"))


def test_what_the_weights_name_and_the_texts_beside_it_come_and_are_found(get, hub, models):
    uploaded = get()
    assert everything_in(models / TINY.name) == ["config.json", MODEL, "tokenizer.json", "vocab.txt"]
    assert (models / TINY.name / MODEL).read_bytes() == hub.files[MODEL]
    assert found(TINY) == uploaded.folder == models / TINY.name
    assert (uploaded.commit, uploaded.fetched_bytes) == (COMMIT, BIG + 8 + 2 + 4)
    assert not partials(models)


def test_progress_is_told_in_bytes_and_never_goes_back(get):
    told = []
    get(report=lambda fraction, message: told.append((fraction, message)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert any("model.safetensors (4 of 4): " in message and "of 2.5 MB" in message for _, message in told)


def test_a_dropped_connection_is_taken_up_where_it_broke_off(get, hub, models):
    hub.drop_after = [1_000_000, 700_000]
    get()
    asked = hub.of(MODEL)
    assert [each.range_from for each in asked] == [0, 1_000_000, 1_700_000]
    assert sum(each.sent for each in asked) == BIG
    assert (models / TINY.name / MODEL).read_bytes() == hub.files[MODEL]


def test_a_download_that_gave_up_keeps_what_came_and_asks_for_the_rest_the_next_time(get, hub, models):
    hub.drop_after = [1_500_000, 0, 0, 0, 0]
    with pytest.raises(ConnectionLostError, match=r"dropped while model\.safetensors") as failure:
        get()
    assert "resumes where it stopped" in failure.value.remedy
    assert [p.stat().st_size for p in partials(models)] == [1_500_000]
    assert not (models / TINY.name / MODEL).exists()
    hub.drop_after, hub.asked = [], []
    uploaded = get()
    assert [(a.path, a.range_from) for a in hub.asked] == [(MODEL, 1_500_000)]
    assert uploaded.fetched_bytes == BIG - 1_500_000
    assert (models / TINY.name / MODEL).read_bytes() == hub.files[MODEL]


def test_a_server_without_ranges_sends_the_file_again_from_its_first_byte(get, hub, models):
    hub.ranges, hub.drop_after = False, [1_000_000]
    get()
    assert (models / TINY.name / MODEL).read_bytes() == hub.files[MODEL]


@pytest.mark.parametrize("wrong", [noise(BIG, seed=2), noise(BIG)[:-1] + b"\0", noise(BIG) + b"more"])
def test_wrong_bytes_never_get_the_final_name_and_are_not_gone_on_with(get, hub, models, wrong):
    hub.sends = {MODEL: wrong}
    if wrong[:BIG] == hub.files[MODEL]:
        get()
        assert (models / TINY.name / MODEL).read_bytes() == hub.files[MODEL]
        return
    with pytest.raises(DownloadError, match="another checksum than the hub reports"):
        get()
    assert not (models / TINY.name / MODEL).exists()
    assert not partials(models)
    hub.sends = {}
    get()
    assert (models / TINY.name / MODEL).read_bytes() == hub.files[MODEL]


def test_a_small_file_is_verified_by_gits_blob_id(get, hub, models):
    hub.sends = {"config.json": b'{"a": 2}'}
    with pytest.raises(DownloadError, match=r"config\.json has another checksum"):
        get()
    assert not (models / TINY.name / "config.json").exists()


def test_a_damaged_unfinished_file_is_noticed_at_its_end(get, hub, models):
    hub.drop_after = [1_000_000, 0, 0, 0, 0]
    with pytest.raises(ConnectionLostError):
        get()
    (partial,) = partials(models)
    partial.write_bytes(b"x" * 1_000_000)
    hub.drop_after = []
    with pytest.raises(DownloadError, match="another checksum"):
        get()
    get()
    assert (models / TINY.name / MODEL).read_bytes() == hub.files[MODEL]


def test_cancel_stops_in_the_middle_and_the_next_time_goes_on(get, hub, models):
    def cancelling(fraction, _):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        get(report=cancelling)
    (partial,) = partials(models)
    here = partial.stat().st_size
    assert 0.3 * BIG < here < BIG
    hub.asked = []
    get()
    assert [(a.path, a.range_from) for a in hub.asked] == [(MODEL, here)]


def test_cancel_is_heard_while_it_waits_to_try_again(get, hub):
    hub.drop_after = [1_000_000, 0]
    told = []

    def cancelling(_, message):
        told.append(message)
        if len(told) > 200:
            raise AssertionError("it waited on and on")
        if hub.drop_after == []:
            raise Cancelled

    with pytest.raises(Cancelled):
        get(report=cancelling, pauses_s=(0.0, 600.0, 600.0))


def test_what_is_here_and_right_is_not_asked_for_again(get, hub, models):
    get()
    hub.asked = []
    assert get().fetched == ()
    assert hub.asked == []


def test_a_newer_commit_replaces_only_what_changed(get, hub, models):
    get()
    hub.asked, hub.commit = [], "d" * 40
    hub.files["config.json"] = b'{"a": 3}'
    assert get().fetched == ("config.json",)
    assert (models / TINY.name / "config.json").read_bytes() == b'{"a": 3}'
    assert record_of(models / TINY.name).commit == "d" * 40


def test_a_file_that_a_person_put_there_is_never_replaced(get, models):
    own = models / TINY.name / MODEL
    own.parent.mkdir(parents=True)
    own.write_bytes(b"my own training")
    with pytest.raises(DownloadError, match=r"model\.safetensors in .* no download put it there"):
        get()
    assert own.read_bytes() == b"my own training"


def test_a_download_of_the_same_that_runs_already_is_told(get, models):
    with held(shelf_for(TINY, COMMIT).lock, TINY.name), pytest.raises(BusyError, match="being downloaded"):
        get()
    get()


def test_too_little_room_is_refused_before_any_file_is_asked_for(get, hub, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3_000_000))
    with pytest.raises(StorageError, match=r"needs 2\.5 MB more, and 3\.0 MB are free") as failure:
        get()
    assert "GAINSTAGE_MODELS" in failure.value.remedy
    assert hub.asked == []


def test_what_came_already_does_not_need_room_again(get, hub, monkeypatch):
    hub.drop_after = [2_400_000, 0, 0, 0, 0]
    with pytest.raises(ConnectionLostError):
        get()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=(64 << 20) + 100_000))
    get()


def test_a_disk_that_fills_while_it_runs_is_told_as_one(get, models, monkeypatch):
    real = Path.open

    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def opened(path, mode="r", *args, **kwargs):
        file = real(path, mode, *args, **kwargs)
        return Full(file) if mode == "ab" and path.suffix == ".incomplete" else file

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(StorageError, match="is full; what was downloaded is kept"):
        get()


def test_a_folder_that_cannot_be_written_is_told_with_its_variable(get, models):
    models.write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="cannot be written") as failure:
        get()
    assert "GAINSTAGE_MODELS" in failure.value.remedy


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "GAINSTAGE_OFFLINE"])
def test_offline_mode_opens_no_socket_and_says_how_to_bring_the_files(get, monkeypatch, hub, variable):
    def opened(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setenv(variable, "1")
    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, opened)
    with pytest.raises(DownloadError, match=f"{variable} is set, so the network is not used") as failure:
        get()
    assert "hf download someone/tiny-model --local-dir tiny-model" in failure.value.remedy
    with pytest.raises(DownloadError, match=variable):
        Hub(hub.url).revision("someone/tiny-model", "main")


@pytest.mark.parametrize(("ours", "theirs", "told"), [("1", "0", "1"), (None, "0", "0"), (None, None, "1")])
def test_engines_are_offline_too(monkeypatch, ours, theirs, told):
    for name, value in (("GAINSTAGE_OFFLINE", ours), ("HF_HUB_OFFLINE", theirs)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert _environment(foreign=False)["HF_HUB_OFFLINE"] == told


REFUSALS = {
    "gated": ((403, "GatedRepo"), "given only to those who accepted", "HF_TOKEN"),
    "gated without token": ((401, "GatedRepo"), "given only to those who accepted", "Accept the terms"),
    "private or gone": ((401, "RepoNotFound"), "knows no public repository someone/tiny-model", "renamed|"),
    "plain 404": ((404, ""), "knows no public repository", "HF_ENDPOINT"),
    "no revision": ((404, "RevisionNotFound"), "has no revision main", "--revision"),
    "too many": ((429, ""), "asks for patience", "Wait"),
    "overloaded": ((503, ""), r"cannot answer now \(status 503\)", "Wait"),
    "teapot": ((418, ""), "status 418", "HTTPS_PROXY"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_every_refusal_of_the_hub_is_one_sentence_with_a_remedy(get, hub, case):
    answer, sentence, remedy = REFUSALS[case]
    hub.refuse = {"listing": answer}
    with pytest.raises(DownloadError, match=sentence) as failure:
        get()
    assert failure.value.message.endswith(".") and failure.value.message.count(". ") == 0
    assert any(word in failure.value.remedy for word in remedy.split("|"))


def test_a_file_that_is_gone_is_named(get, hub):
    hub.refuse = {MODEL: (404, "EntryNotFound")}
    with pytest.raises(DownloadError, match=r"has no file model\.safetensors any more"):
        get()


def test_a_hub_that_is_overloaded_for_a_moment_is_asked_again(get, hub):
    hub.refuse_once = [503, 429]
    assert MODEL in get().fetched


def test_no_server_there_is_one_sentence(models):
    from core.models.download import download

    with pytest.raises(ConnectionLostError, match=r"no way to 127\.0\.0\.1:1"):
        download(TINY, lambda *_: None)


def test_a_name_that_is_not_found_means_no_network(get, monkeypatch):
    def nowhere(*_, **__):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(ConnectionLostError, match="There is no network"):
        get()


def test_a_server_that_never_answers_is_told(monkeypatch):
    from core.models.download import download

    with socket.create_server(("127.0.0.1", 0)) as mute:
        hub = Hub(f"http://127.0.0.1:{mute.getsockname()[1]}", no_answer_s=0.2)
        with pytest.raises(ConnectionLostError, match="does not answer"):
            download(TINY, lambda *_: None, hub=hub)


@pytest.mark.parametrize(
    "text",
    [b"<html>Please log in to the network</html>", b"{}", b'{"sha": "../..", "siblings": []}', b"[1, 2]"],
)
def test_an_answer_that_is_no_hubs_is_told(get, hub, text):
    hub.listing = text
    with pytest.raises(DownloadError, match="did not answer as the hub does"):
        get()


def test_a_file_without_a_checksum_is_not_taken(get, hub):
    hub.listing = hub.listing_text().replace(b'"blobId"', b'"other"')
    with pytest.raises(DownloadError, match="did not answer as the hub does") as failure:
        get()
    assert "no checksum" in failure.value.detail


def test_an_address_that_is_none_is_refused():
    for address in ("ftp://hub", "hub.example", "file:///etc"):
        with pytest.raises(DownloadError, match="HF_ENDPOINT is no web address"):
            Hub(address)


def test_the_token_is_not_taken_along_to_another_server(hub, models):
    from core.models.download import download

    elsewhere = replace(hub, asked=[], redirect_to="")
    server = Server(elsewhere)
    hub.redirect_to = elsewhere.url
    hub.drop_after = elsewhere.drop_after = [1_000_000]
    try:
        download(TINY, lambda *_: None, hub=Hub(hub.url, token="secret"), pauses_s=(0.0,))
    finally:
        server.close()
    assert {each.token for each in hub.asked} == {"Bearer secret"}
    assert {each.token for each in elsewhere.asked} == {""}
    assert [each.range_from for each in elsewhere.of(MODEL)] == [0, 1_000_000]


def test_a_token_is_not_sent_where_others_read_along():
    assert Hub("http://hub.example", token="secret")._token == ""
    assert Hub("https://hub.example", token="secret")._token == "secret"
