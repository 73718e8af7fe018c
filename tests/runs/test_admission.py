"""A song is refused before it is begun when it cannot be finished, with the remedy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import InputError, SettingsError, StorageError
from core.machine.longest import Longest
from core.runs.jobs import Job, Lane
from core.runs.pipeline import RunSettings
from core.song import SongRequest, Upload
from tests.runs.small_chain import small  # noqa: F401
from tests.sounds import band

pytestmark = pytest.mark.usefixtures("small")


def start(studio, request):
    return studio.start(request, RunSettings(), "me")


def test_a_song_longer_than_memory_is_refused_with_the_longest_that_fits(open_studio, monkeypatch):
    monkeypatch.setattr(
        "core.studio.longest_song", lambda *_, **__: Longest(105.0, "this container has 1 GB")
    )
    studio = open_studio()
    with pytest.raises(
        SettingsError, match="A song of 180 s is too long here: this container has 1 GB"
    ) as refused:
        start(studio, SongRequest(prompt="x", duration_s=180))
    assert "at most 105 s" in refused.value.remedy
    assert studio.runs("me") == ()
    start(studio, SongRequest(prompt="x", duration_s=105))


def test_an_upload_is_as_long_as_its_sound(open_studio, monkeypatch):
    monkeypatch.setattr("core.studio.longest_song", lambda *_, **__: Longest(1.0, "memory"))
    studio = open_studio()
    key, _ = studio.keep(band())
    with pytest.raises(SettingsError, match="too long here"):
        start(studio, SongRequest(upload=Upload(sounds={"song": key}, names={"song": "a.wav"}), duration_s=3))


def test_an_owner_whose_share_is_used_up_is_told_and_another_is_not(open_studio, finish):
    studio = open_studio()
    finish(studio)
    studio.limits = replace(studio.limits, owner_mb=0.001)
    with pytest.raises(StorageError, match="Your songs take"):
        start(studio, SongRequest(prompt="another"))
    assert studio.start(SongRequest(prompt="another"), RunSettings(), "somebody")


def test_a_disk_that_is_nearly_full_begins_nothing(open_studio):
    studio = open_studio()
    studio.limits = replace(studio.limits, free_mb=1e12)
    with pytest.raises(StorageError, match="nearly full"):
        start(studio, SongRequest(prompt="another"))


def test_an_upload_that_is_too_large_is_named(open_studio, tmp_path):
    studio = open_studio()
    studio.limits = replace(studio.limits, upload_mb=0.001)
    file = tmp_path / "x.wav"
    file.write_bytes(b"x" * 5000)
    with pytest.raises(InputError, match=r"song\.wav has"):
        studio.upload({"song.wav": file})


def test_the_wait_is_told_by_what_the_last_songs_took():
    lane = Lane("t")
    first = Job("a", "a", lambda report: None)
    lane.submit(first)
    first.wait(120)
    assert lane.starts_in_s(first) is None
    lane._took_s.clear()
    lane._took_s.extend([10.0, 20.0, 30.0])
    lane._running = Job("r", "z", lambda report: None, fraction=0.5, started=0.0, ended=8.0)
    lane._waiting = [Job("b", "b", lambda report: None), Job("c", "c", lambda report: None)]
    assert [lane.starts_in_s(job) for job in lane._waiting] == [8.0, 28.0]
    lane._running, lane._waiting = None, []
    lane.close()
