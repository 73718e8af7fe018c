"""Downloads beside the pages: begun once, followed, cancelled, gone on with, and refused to visitors."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace

import pytest

from core.engines.registry import CARDS
from core.errors import DownloadError, NotFoundError
from core.models.background import Downloads
from tests.models.conftest import BIG, TINY

CARD = replace(CARDS[0], name="tiny", title="Tiny", weights=(TINY,), helpers=())


@pytest.fixture
def downloads(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    opened = Downloads(cards=(CARD,))
    yield opened
    opened.close()


def test_a_download_runs_beside_and_ends_with_the_files_in_place(downloads, models, hub):
    downloads.start(TINY.name, "me")
    job = downloads.job(TINY.name)
    assert job.wait(120) and job.error is None
    assert (job.fraction, downloads.live()) == (1.0, ())
    assert (models / TINY.name / "model.safetensors").read_bytes() == hub.files["model.safetensors"]


def test_what_runs_already_is_not_begun_twice(downloads, hub):
    hub.wait = threading.Event()
    downloads.start(TINY.name, "me")
    first = downloads.job(TINY.name)
    downloads.start(TINY.name, "another session")
    assert downloads.job(TINY.name) is first
    assert downloads.live() == (TINY.name,)
    hub.wait.set()
    assert first.wait(120) and len(hub.listed) == 1


def test_a_cancelled_download_goes_on_from_where_it_was(downloads, hub, models):
    hub.wait, hub.wait_after = threading.Event(), 1_000_000
    downloads.start(TINY.name, "me")
    job = downloads.job(TINY.name)
    while job.live and "1.0 MB" not in job.message:
        job.wait(0.01)
    downloads.cancel(TINY.name)
    hub.wait.set()
    assert job.wait(120) and job.message == "cancelled" and job.error is None
    (partial,) = models.rglob("*.incomplete")
    here = partial.stat().st_size
    assert 0 < here < BIG
    hub.asked = []
    downloads.start(TINY.name, "me")
    assert downloads.job(TINY.name).wait(120)
    assert [each.range_from for each in hub.of("model.safetensors")] == [here]


def test_what_fails_stays_on_the_job_as_a_sentence(downloads, hub):
    hub.refuse = {"listing": (403, "GatedRepo")}
    downloads.start(TINY.name, "me")
    job = downloads.job(TINY.name)
    assert job.wait(120)
    assert isinstance(job.error, DownloadError) and "accepted its authors' terms" in job.error.message


def test_visitors_download_only_where_the_operator_allows_it(monkeypatch, hub):
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    hosted = Downloads(hosted=True, cards=(CARD,))
    with pytest.raises(DownloadError, match="operator's alone on this server") as failure:
        hosted.start(TINY.name, "a visitor")
    assert "GAINSTAGE_HOSTED_DOWNLOADS=1" in failure.value.remedy
    assert hosted.job(TINY.name) is None and hub.listed == []
    monkeypatch.setenv("GAINSTAGE_HOSTED_DOWNLOADS", "1")
    hosted.start(TINY.name, "a visitor")
    assert hosted.job(TINY.name).wait(120)
    hosted.close()


def test_offline_and_unknown_names_are_refused_at_once(downloads, monkeypatch):
    with pytest.raises(NotFoundError, match="no weights nonsense"):
        downloads.start("nonsense", "me")

    def opened(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setenv("GAINSTAGE_OFFLINE", "yes")
    monkeypatch.setattr(socket, "socket", opened)
    with pytest.raises(DownloadError, match="GAINSTAGE_OFFLINE is set"):
        downloads.start(TINY.name, "me")
    assert downloads.job(TINY.name) is None
