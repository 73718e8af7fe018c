"""Readings travel with their sounds: within a song no sound is analysed, or hashed, twice."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from functools import cached_property

import numpy as np
import pytest

from core import audio as audio_module
from core.audio import Audio
from core.measure import analyse, measure
from core.meter import analysis
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from core.runs.store import Store
from tests.meter.signals import noise

RATE = 48_000


def content(audio):
    head = f"{audio.sample_rate}:{audio.samples.shape}:".encode()
    return hashlib.sha256(head + np.ascontiguousarray(audio.samples).tobytes()).hexdigest()


@pytest.fixture
def analysed(monkeypatch):
    """How many times each sound was analysed."""
    seen, real = Counter(), analysis.analyse_audio

    def counting(audio):
        seen[content(audio)] += 1
        return real(audio)

    monkeypatch.setattr(analysis, "analyse_audio", counting)
    return seen


@pytest.fixture
def hashed(monkeypatch):
    """How many times each sound was hashed."""
    seen, real = Counter(), Audio.__dict__["key"].func

    def counting(self):
        key = real(self)
        seen[key] += 1
        return key

    counted = cached_property(counting)
    counted.__set_name__(audio_module.Audio, "key")
    monkeypatch.setattr(audio_module.Audio, "key", counted)
    return seen


def test_a_song_analyses_each_of_its_sounds_once(open_studio, finish, analysed):
    run = finish(open_studio())
    assert run.state is RunState.DONE
    assert len(analysed) > 8
    assert [sound for sound, times in analysed.items() if times > 1] == []


def test_a_change_of_a_fader_analyses_only_what_it_makes(open_studio, finish, analysed):
    studio = open_studio()
    run = finish(studio)
    first = set(analysed)
    analysed.clear()
    studio.change(run.id, RunSettings().with_values({"mix.faders.drums.gain_db": "-3"}))
    assert studio.wait(run.id, 120).state is RunState.DONE
    assert analysed and not set(analysed) & first
    assert max(analysed.values()) == 1


def test_what_comes_from_the_store_is_neither_analysed_nor_hashed(tmp_path, analysed, hashed):
    store = Store(tmp_path)
    sound = noise(RATE, 1.0, channels=2)
    key, measurement = store.put(sound)
    assert (sum(analysed.values()), sum(hashed.values())) == (1, 1)
    again = store.audio(key)
    assert measure(again) == measurement
    assert store.put(again) == (key, measurement)
    assert (sum(analysed.values()), sum(hashed.values())) == (1, 1)
    assert content(again) == content(sound)


def test_a_sound_is_analysed_once_for_as_long_as_it_lives(analysed):
    sound = noise(RATE, 0.5)
    assert analyse(sound) is analyse(sound)
    assert measure(sound) is analyse(sound).measurement
    assert sum(analysed.values()) == 1
    assert measure(Audio(np.array(sound.samples), RATE)) == measure(sound)
    assert sum(analysed.values()) == 2


def test_remembered_readings_keep_no_sound_alive():
    import weakref

    sound = noise(RATE, 0.5)
    alive = weakref.ref(sound)
    analyse(sound)
    del sound
    gc.collect()
    assert alive() is None
