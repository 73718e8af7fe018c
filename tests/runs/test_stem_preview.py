"""A stem for the mixer has the stem's own level, over full scale too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.audio import Audio
from core.measure import measure
from core.runs.stem_preview import preview_gain, save_stem_preview

STEP = 1 / 32768


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize(("peak", "gain"), [(0.5, 1), (1.0, 1), (1.01, 2), (3.7, 4)])
def test_the_file_times_its_gain_is_the_stem(
    tmp_path: Path, peak: float, gain: float, channels: int, rate: int
) -> None:
    soundfile = pytest.importorskip("soundfile")
    samples = np.random.default_rng(1).uniform(-1, 1, (2_000, channels)).astype(np.float32)
    audio = Audio((samples / np.abs(samples).max() * peak).astype(np.float32), rate)
    level = measure(audio).sample_peak_dbfs
    save_stem_preview(tmp_path / "stem.flac", audio, level)
    found, found_rate = soundfile.read(tmp_path / "stem.flac", dtype="float32", always_2d=True)
    assert preview_gain(level) == gain
    assert found_rate == rate
    assert np.abs(found * gain - audio.samples).max() <= gain * STEP


def test_silence_and_what_is_no_number_are_zero(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    samples = np.full((100, 2), 0.25, np.float32)
    samples[10:13, 0] = [np.nan, np.inf, -np.inf]
    save_stem_preview(
        tmp_path / "stem.flac", Audio(samples, 44_100), measure(Audio(samples, 44_100)).sample_peak_dbfs
    )
    found, _ = soundfile.read(tmp_path / "stem.flac", always_2d=True)
    assert found[10:13, 0].tolist() == [0, 0, 0]
    assert found[13, 0] == 0.25
    assert preview_gain(None) == 1
