"""The spectrogram that travels to the waveform: levels of tones, silence, and what is no number."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Audio
from core.ui.wave_spectrogram import FLOOR_DB, HIGH_HZ, LOW_HZ, ROWS, spectrogram

RATE = 44_100


def tone(hertz: float, amplitude: float, seconds: float = 3) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return np.repeat((amplitude * np.sin(2 * np.pi * hertz * t))[:, None], 2, axis=1).astype(np.float32)


def level_db(codes: np.ndarray) -> np.ndarray:
    return FLOOR_DB + codes.astype(float) / 255 * -FLOOR_DB


def row_of(hertz: float) -> int:
    return int(ROWS * np.log(hertz / LOW_HZ) / np.log(HIGH_HZ / LOW_HZ))


@pytest.mark.parametrize(("hertz", "amplitude"), [(100, 1.0), (1_000, 0.1), (15_000, 0.01)])
def test_a_tone_has_its_level_in_its_band_and_nothing_far_above(hertz: float, amplitude: float) -> None:
    found = level_db(spectrogram(Audio(tone(hertz, amplitude), RATE))[:, 300])
    assert abs(int(np.argmax(found)) - row_of(hertz)) <= 1
    assert found.max() == pytest.approx(20 * np.log10(amplitude), abs=1.5)
    assert found[min(ROWS - 1, row_of(hertz) + 20) :].max() < found.max() - 50 or hertz > 10_000


def test_what_changes_in_time_changes_in_its_column() -> None:
    sound = tone(1_000, 0.5, 6)
    sound[3 * RATE :] = 0
    codes = spectrogram(Audio(sound, RATE))
    row = row_of(1_000)
    assert codes[row - 1 : row + 2, 100].max() > 200 and not codes[:, 500].any()


def test_a_sound_of_few_samples_and_of_no_numbers_has_a_picture() -> None:
    assert spectrogram(Audio(np.zeros((10, 1), np.float32), RATE)).shape == (ROWS, 1)
    assert not spectrogram(Audio(np.full((RATE, 2), np.nan, np.float32), RATE)).any()
