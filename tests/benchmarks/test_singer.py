"""What the singer's benchmark reads off a pitch curve."""

import numpy as np
import pytest

from benchmarks.singer import _vibrato
from core.meter.voice.pitch import Pitch


@pytest.mark.parametrize("length_s", [0.86, 0.89, 1.2])
@pytest.mark.parametrize("turn", np.linspace(0.0, 6.0, 7))
def test_a_vibrato_is_read_as_deep_as_it_is_on_short_notes_too(length_s, turn):
    times = np.arange(0.0, 2.0, 0.016)
    keys = 62.0 + 0.51 * np.sin(2 * np.pi * 5.4 * times + turn) + 0.03 * np.sin(2 * np.pi * 0.7 * times)
    keys[40], keys[36] = np.nan, 40.0
    read = Pitch(times, keys)
    assert _vibrato(read, 0.45, length_s - 0.12) == pytest.approx(51.0, rel=0.05)
