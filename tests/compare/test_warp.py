"""What is left of a sound whose time is bent is distinguished from another song."""

import numpy as np
import pytest

from core.audio import Audio
from core.compare.warp import Warp, warped
from tests import sounds


def like(audio, samples):
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), audio.sample_rate)


def without_blocks(audio, count, seconds):
    size = round(seconds * audio.sample_rate)
    starts = np.linspace(0.05, 0.9, count) * audio.frames
    gone = np.concatenate([np.arange(int(at), int(at) + size) for at in starts])
    return like(audio, np.delete(audio.samples, gone, axis=0))


def faster(audio, ratio):
    places = np.arange(0, audio.frames - 1, ratio)
    at = np.arange(audio.frames)
    return like(audio, np.stack([np.interp(places, at, one) for one in audio.samples.T], axis=1))


def stretched(audio, ratio):
    """Another tempo at the same pitch: grains of 60 ms overlapped and added."""
    size, hop = 2646, 661
    count = int((audio.frames - size) / (hop * ratio))
    out, window = np.zeros((count * hop + size, audio.channels)), np.hanning(size)[:, None]
    for k in range(count):
        at = round(k * hop * ratio)
        out[k * hop : k * hop + size] += 0.5 * window * audio.samples[at : at + size]
    return like(audio, out)


MUSIC = [sounds.band, sounds.metal, sounds.voice_alone]


@pytest.mark.parametrize("make", MUSIC)
def test_blocks_that_were_lost_are_counted(make):
    found = warped(make(), without_blocks(make(), 12, 0.02))
    assert found.kind is Warp.BLOCKS
    assert abs(found.lost_s - 0.24) < 0.06 and found.steps >= 5


@pytest.mark.parametrize(
    ("make", "ratio"),
    # The metal's level never moves: its speed is told while its pieces still hold together.
    [(sounds.metal, 1.002)]
    + [
        (make, ratio) for make in (sounds.band, sounds.voice_alone) for ratio in (1.002, 44_100 / 40_500, 0.9)
    ],
)
def test_a_wrong_ratio_is_a_speed(make, ratio):
    found = warped(make(), faster(make(), ratio))
    assert found.kind is Warp.SPEED and abs(found.speed / ratio - 1) < 0.003


@pytest.mark.parametrize("make", [sounds.band, sounds.drums_alone])
def test_another_tempo_is_a_stretch(make):
    found = warped(make(), stretched(make(), 1.15))
    assert found.kind is Warp.STRETCHED and abs(found.speed / 1.15 - 1) < 0.02


@pytest.mark.parametrize(
    ("one", "other"), [("band", "metal"), ("voice_alone", "sparse_piano"), ("surf", "chiptune")]
)
def test_another_song_is_no_warp(one, other):
    assert warped(sounds.GOOD[one](), sounds.GOOD[other]()) is None


def test_short_and_silent_sounds_are_not_asked():
    good = sounds.band()
    assert warped(good, good.between(0, 2)) is None
    assert warped(good, like(good, np.zeros_like(good.samples))) is None
