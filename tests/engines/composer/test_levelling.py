"""A voice is kept at one level without losing its consonants, and silence stays silence."""

from __future__ import annotations

import numpy as np
import pytest

from core.engines.composer.play.loudness import loudness_lufs
from core.engines.composer.sing.levelling import held_down, levelled, to_loudness

RATE = 24_000


def tones(*levels_db, each_s=1.5):
    time = np.arange(round(each_s * RATE)) / RATE
    tone = np.sin(2 * np.pi * 330.0 * time)
    return np.concatenate([tone * 10.0 ** (level / 20.0) for level in levels_db]).astype(np.float32)


def levels_db(sound, parts):
    return [
        20 * np.log10(np.sqrt(2 * np.mean(np.square(part[RATE // 4 : -RATE // 4]))))
        for part in np.split(sound, parts)
    ]


def test_a_loud_note_is_held_three_to_one_and_a_soft_line_is_lifted_a_little():
    out = levels_db(levelled(tones(-20, -10, -20, -28, -20), RATE), 5)
    usual, loud, _, soft, _ = out
    assert loud - usual == pytest.approx(2 + 8 / 3, abs=0.4)
    assert -7.0 < soft - usual < -5.0


def test_what_is_far_below_the_voice_is_not_lifted():
    out = levels_db(levelled(tones(-20, -50, -20), RATE), 3)
    assert out[1] == pytest.approx(-50.0, abs=0.2)


def test_no_peak_stands_out_of_the_voice_by_more_than_its_crest():
    voice = tones(-20, -20)
    voice[RATE] = 1.0
    out = levelled(voice, RATE)
    assert np.abs(out).max() < 0.45 and np.abs(out[: RATE // 2]).max() == pytest.approx(0.1, rel=0.06)


def test_silence_stays():
    silence = np.zeros(RATE, np.float32)
    assert np.array_equal(levelled(silence, RATE), silence)


def test_a_sound_comes_to_its_loudness_or_stays_under_its_peak():
    stereo = np.stack([tones(-30, -30)] * 2, axis=1)
    assert loudness_lufs(to_loudness(stereo, RATE, -20.0, -6.0), RATE) == pytest.approx(-20.0, abs=0.05)
    stereo[100] = 0.9
    held = to_loudness(stereo, RATE, -20.0, -6.0)
    assert 20 * np.log10(np.abs(held).max()) == pytest.approx(-6.0, abs=0.01)
    assert loudness_lufs(held, RATE) < -25.0
    silence = np.zeros((RATE, 2), np.float32)
    assert np.array_equal(to_loudness(silence, RATE, -20.0, -6.0), silence)


def test_peaks_of_both_sides_are_held_down_and_the_rest_is_left():
    rate = 24_000
    wave = 0.1 * np.sin(2 * np.pi * 220 * np.arange(2 * rate) / rate)
    sound = np.stack([wave, 0.5 * wave], axis=1).astype(np.float32)
    sound[rate : rate + 20] *= 9.0
    held = sound.copy()
    held_down(held, rate)
    assert np.abs(held).max() < 0.45 * np.abs(sound).max()
    assert np.abs(held[: rate // 2] - sound[: rate // 2]).max() < 1e-4
    assert np.allclose(held[rate : rate + 20, 1], 0.5 * held[rate : rate + 20, 0], atol=1e-4)
    silence = np.zeros((rate, 2), np.float32)
    held_down(silence, rate)
    assert not silence.any()
