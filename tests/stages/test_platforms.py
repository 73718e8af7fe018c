import subprocess
import sys

import pytest

from core.measure import measure
from core.stages.platforms import PRESET_LUFS, Platform, platform_outcomes
from tests.stages.material import nothing, tone


def reading(loudness_lufs, peak_dbtp):
    plain = measure(tone(1_000, seconds=1.0))
    return plain.model_copy(update={"integrated_lufs": loudness_lufs, "true_peak_dbtp": peak_dbtp})


def outcome(platform, loudness_lufs, peak_dbtp=-1.0):
    found = {o.platform: o for o in platform_outcomes(reading(loudness_lufs, peak_dbtp))}
    return found[platform]


@pytest.mark.parametrize("platform", ["Spotify", "YouTube", "TIDAL", "Amazon Music"])
def test_louder_than_the_target_is_turned_down_to_it(platform):
    assert outcome(platform, -12.0).text == "turned down by 2.0 dB"
    assert outcome(platform, -12.0).gain_db == pytest.approx(-2.0)


def test_on_target_is_left_alone():
    assert outcome("Spotify", -14.05).text == "left alone"
    assert outcome("Apple Music", -14.0).text == "turned down by 2.0 dB"
    assert outcome("Deezer", -14.0).text == "turned down by 1.0 dB"


def test_quieter_is_turned_up_where_a_platform_does_so_and_its_peak_allows():
    assert outcome("Spotify", -18.0, peak_dbtp=-9.0).text == "turned up by 4.0 dB"
    assert (
        outcome("Spotify", -18.0, peak_dbtp=-3.0).text == "turned up by 2.0 of 4.0 dB (limited by true peak)"
    )
    assert "no room" in outcome("Spotify", -18.0, peak_dbtp=-1.0).text
    assert outcome("Spotify", -18.0, peak_dbtp=1.0).gain_db == 0.0
    assert outcome("YouTube", -18.0, peak_dbtp=-9.0).text == "left alone, 4.0 dB quieter than others"


def test_silence_has_no_outcome_to_tell():
    for found in platform_outcomes(measure(nothing(tone(1_000, seconds=1.0)))):
        assert found.gain_db is None
        assert found.text == "is silent: platforms change nothing"


def test_every_preset_but_custom_has_a_target():
    assert set(PRESET_LUFS) == set(Platform) - {Platform.CUSTOM}


def test_nothing_heavy_is_imported():
    heavy = "numba scipy torch streamlit pedalboard soundfile"
    code = f"import sys, core.stages.platforms; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
