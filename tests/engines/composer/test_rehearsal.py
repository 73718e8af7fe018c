"""The band's rehearsal: what a song would wait for is loaded, and none waits for its end."""

import threading

import pytest

from core.engines.composer.sing.voice import Voice
from core.engines.composer.worker import Worker
from core.errors import Cancelled, EngineMissingError
from core.progress import silent
from tests.engines.composer.songs import ToneSinger, plan_for, the_players

RATE = 22_050


class Slow(ToneSinger):
    """A singer who takes her time."""

    go_on = threading.Event()

    def perform(self, lines, total_s, sample_rate, report):
        self.go_on.wait(120)
        return super().perform(lines, total_s, sample_rate, report)


def song_values():
    plan = plan_for("instrumental ambient pads", seconds=8.0, instrumental=True)
    return {"plan": plan.model_dump(mode="json"), "lyrics": None, "sample_rate": RATE}


def test_all_of_the_band_is_there_after_it(monkeypatch):
    singer, played = ToneSinger(), []
    players = the_players()
    monkeypatch.setattr(players, "play", spied(players.play, played))
    worker = Worker(Voice(lambda: singer), players)
    assert worker.prepare({}, {}, silent) == ({}, {})
    assert len(played) >= 3 and all(song[:4] == b"MThd" for song in played)
    assert [line.text for line in singer.heard] == ["Sing a little while"]


def test_a_song_after_it_is_the_song_without_it():
    plain = Worker(Voice(ToneSinger), the_players()).compose(song_values(), {}, silent)[1]
    worker = Worker(Voice(ToneSinger), the_players())
    worker.prepare({}, {}, silent)
    after = worker.compose(song_values(), {}, silent)[1]
    assert after["clip_1"][0].tobytes() == plain["clip_1"][0].tobytes()


def test_a_song_that_is_not_sung_need_not_wait_for_the_voice():
    worker = Worker(Voice(Slow), the_players())
    told = []

    def until_singing(fraction, message):
        told.append(message)
        if len(told) > 60:
            raise Cancelled

    try:
        with pytest.raises(Cancelled):
            worker.prepare({}, {}, until_singing)
        assert "clip_1" in worker.compose(song_values(), {}, silent)[1]
    finally:
        Slow.go_on.set()


def test_what_is_missing_is_said_by_the_rehearsal_and_once_more_by_the_song(monkeypatch):
    monkeypatch.setenv("GAINSTAGE_SOUNDFONT", "/nowhere/at-all.sf2")
    worker = Worker(Voice(ToneSinger))
    for method, values in ((worker.prepare, {}), (worker.compose, song_values())):
        with pytest.raises(EngineMissingError, match=r"at-all\.sf2"):
            method(values, {}, silent)


def spied(play, heard):
    def playing(songs):
        songs = list(songs)
        heard.extend(songs)
        return play(songs)

    return playing
