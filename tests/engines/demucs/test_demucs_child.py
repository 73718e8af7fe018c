"""HT Demucs' real class with random weights, through the child process."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Audio
from core.engines.demucs.settings import DemucsSettings
from core.errors import Cancelled, EngineInputError
from tests.engines.demucs.conftest import RATE, difference_db, noise
from tests.engines.demucs.tiny import write_hub_form, write_tiny

WINDOW_S = 1.2


@pytest.fixture(scope="module")
def first(separate, tiny):
    """Three seconds, separated by the tiny model."""
    return separate(tiny)


def same(one, other):
    return {name: a.key for name, a in one.sounds.items()} == {n: a.key for n, a in other.sounds.items()}


def test_four_stems_of_the_songs_form_in_the_order_of_every_separator(first):
    assert list(first.sounds) == ["vocals", "drums", "bass", "other"]
    assert {(a.frames, a.channels, a.sample_rate) for a in first.sounds.values()} == {(3 * RATE, 2, RATE)}
    assert len({a.key for a in first.sounds.values()}) == 4
    assert all(a.samples.std() > 1e-4 for a in first.sounds.values())
    assert first.values == {"native_rate": RATE, "model": "htdemucs", "networks": 1, "untrained": True}
    assert (first.device, first.precision) == ("cpu", "float32")


def test_six_stems_come_with_guitar_and_piano_before_other(separate, six):
    reply = separate(six)
    assert list(reply.sounds) == ["vocals", "drums", "bass", "guitar", "piano", "other"]
    assert reply.values["model"] == "htdemucs_6s"


@pytest.mark.parametrize("rate", [32_000, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_and_mono_come_back_in_length_rate_and_channels(separate, tiny, rate, channels):
    song = noise(1.5, rate, channels)
    stems = separate(tiny, song).sounds
    assert {a.samples.shape for a in stems.values()} == {song.samples.shape}
    assert {a.sample_rate for a in stems.values()} == {rate}
    assert all(a.samples.std() > 1e-4 for a in stems.values())


def below_15_khz(samples):
    """What random weights make near half the rate is lost in resampling, and is not looked at."""
    windowed = samples[:, 0] * np.hanning(samples.shape[0])
    return np.fft.rfft(windowed)[: round(15_000 * samples.shape[0] / RATE)]


def test_a_song_at_another_rate_comes_apart_as_at_the_models(separate, tiny):
    time = np.arange(2 * RATE) / RATE
    tones = sum(0.05 * np.sin(2 * np.pi * hz * time) for hz in (220.0, 1310.0, 5200.0))
    song = Audio(np.repeat(tones[:, None], 2, axis=1).astype(np.float32), RATE)
    here = separate(tiny, song).sounds
    there = separate(tiny, song.resampled(48_000)).sounds
    for name, stem in here.items():
        one, other = (below_15_khz(a.samples) for a in (stem, there[name].resampled(RATE)))
        assert 10 * np.log10(np.sum(abs(one - other) ** 2) / np.sum(abs(one) ** 2)) < -50, name


@pytest.mark.parametrize("frames", [1, 2, 500])
def test_a_sound_of_a_few_samples_has_stems(separate, tiny, frames):
    song = Audio(noise(1.0).samples[:frames].copy(), RATE)
    for shifts in (0, 1):
        stems = separate(tiny, song, shifts=shifts).sounds
        assert {a.samples.shape for a in stems.values()} == {(frames, 2)}
        assert all(np.isfinite(a.samples).all() for a in stems.values())


def test_silence_separates_into_what_nobody_hears(separate, tiny):
    stems = separate(tiny, Audio(np.zeros((RATE, 2), np.float32), RATE)).sounds
    assert max(float(np.abs(a.samples).max()) for a in stems.values()) < 1e-6


@pytest.mark.parametrize("gain", [1e-3, 30.0])
def test_the_level_of_the_song_does_not_change_how_it_is_separated(separate, tiny, first, gain):
    scaled = separate(tiny, Audio(noise().samples * np.float32(gain), RATE)).sounds
    for name, stem in first.sounds.items():
        assert difference_db(stem.samples, scaled[name].samples / gain) < -60


def test_the_same_song_has_the_same_stems(separate, tiny, first):
    assert same(first, separate(tiny))
    assert same(first, separate(tiny, seed=2)), "without shifts nothing is drawn"


def test_shifts_are_drawn_by_the_seed(separate, tiny, first):
    one = separate(tiny, shifts=2)
    assert not same(first, one)
    assert same(one, separate(tiny, shifts=2))
    assert not same(one, separate(tiny, shifts=2, seed=2))


def test_overlap_is_heard(separate, tiny, first):
    assert not same(first, separate(tiny, overlap=0.5))


def test_the_hubs_form_makes_the_same_stems(separate, tmp_path, first):
    from tests.engines.demucs.tiny import make_network

    folder = write_hub_form(tmp_path / "hub", make_network())
    assert same(first, separate(folder))


def test_a_checkpoint_that_changed_is_loaded_again(separate, tiny, copied, first):
    folder = copied(tiny)
    assert same(first, separate(folder))
    for file in folder.glob("*.th"):
        file.unlink()
    write_tiny(folder, seed=9)
    assert not same(first, separate(folder))


def test_progress_rises_and_tells_the_time(separate, tiny):
    seen = []
    separate(tiny, noise(10.0), report=lambda *told: seen.append(told))
    fractions = [fraction for fraction, message in seen if " of 0:10" in message]
    assert len(set(fractions)) >= 10 / WINDOW_S
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.95
    assert seen[-1][1] == "0:10 of 0:10"


def test_a_cancel_takes_effect_within_one_window_and_leaves_the_model_as_it_was(hosts, separate, tiny, first):
    windows = set()

    def report(fraction, message):
        windows.add(fraction)
        if fraction > 0.2:
            raise Cancelled

    pid = hosts.loaded()["demucs"]
    with pytest.raises(Cancelled):
        separate(tiny, noise(60.0), report=report)
    assert max(windows) < 0.2 + 2 * WINDOW_S / 60
    assert hosts.loaded() == {"demucs": pid}, "the child and its model live on"
    assert same(first, separate(tiny))


# What is refused before anything is loaded


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_broken_samples_are_refused(separate, value):
    samples = noise().samples.copy()
    samples[777, 1] = value
    with pytest.raises(EngineInputError, match="holds 1 samples"):
        separate("nowhere", Audio(samples, RATE))


def test_surround_is_refused_with_the_remedy(separate):
    with pytest.raises(EngineInputError, match="Demucs separates mono and stereo") as raised:
        separate("nowhere", noise(channels=6))
    assert "stereo" in raised.value.remedy


@pytest.mark.parametrize(
    "options",
    [{"shifts": 11}, {"shifts": -1}, {"overlap": 1.0}, {"overlap": "much"}, {"model": "mdx"}, {"jobs": 2}],
    ids=str,
)
def test_a_setting_out_of_its_bounds_is_refused(separate, options):
    with pytest.raises(EngineInputError, match="a setting is out of its bounds") as raised:
        separate("nowhere", **options)
    assert next(iter(options)) in raised.value.detail


def test_every_setting_of_the_page_is_read(separate, tiny, first):
    assert same(first, separate(tiny, **DemucsSettings().model_dump(mode="json")))
