"""A finding does not depend on the gain of the sound, but where the level itself is what is asked."""

import numpy as np
import pytest

from core.checks import FOREIGN
from core.contract import Severity
from core.measure import measure
from tests import sounds
from tests.sounds import RATE, made

pytestmark = pytest.mark.slow

OF_THE_LEVEL = {
    "true_peak": "0 dBTP is a level",
    "scale": "100 times full scale is a level",
    "not_silent": "digital silence is under -90 dBFS",
    "near_silent": "what nobody can hear is under -70 LUFS",
    "dc_drift": "a drift costs headroom as a part of full scale",
    "dc_offset": "an offset costs headroom as a part of full scale",
    "crushed": "its note on a very loud master is about LUFS; that it fails is not",
}


def damaged():
    band = sounds.band().samples.astype(float)
    rng = np.random.default_rng(2)
    click, gap, lost, late = (
        band.copy(),
        band.copy(),
        band.copy(),
        np.concatenate([np.zeros((4 * RATE, 2)), band]),
    )
    click[3 * RATE] += 0.4
    faint = sounds.GOOD["pad"]().samples.astype(float)
    faint[3 * RATE] += 0.06
    gap[3 * RATE : 3 * RATE + 2000] = 0
    lost[3 * RATE : 3 * RATE + 4000, 1] = 0
    wrapped = (
        (np.round(1.5 * band / np.abs(band).max() * 32767).astype(int) + 32768) % 65536 - 32768
    ) / 32768
    return {
        "band": band,
        "chiptune": sounds.GOOD["chiptune"]().samples.astype(float),
        "click": click,
        "faint click": faint,
        "gap": gap,
        "dropout": lost,
        "late": late,
        "tail": late[::-1],
        "wrapped": wrapped,
        "clipped": np.clip(4 * band, -1, 1),
        "railed": np.sign(band),
        "16 bits clipped": np.round(np.clip(2.5 * band, -1, 1) * 32767) / 32768,
        "8 bits": np.round(band * 128) / 128,
        "noise": 0.1 * rng.standard_normal(band.shape),
        "inverted": band * [1, -1],
        "dead channel": band * [1, 0],
    }


@pytest.mark.parametrize("name", list(damaged()))
def test_the_findings_are_the_same_at_any_gain(name):
    samples = damaged()[name]
    peak_db = 20 * np.log10(np.abs(samples).max())
    seen = {}
    for level_db in (-30.0, -14.0, -2.8, 0.0, 12.0):
        audio = made(samples * 10 ** ((level_db - peak_db) / 20))
        found = sounds.findings(audio, FOREIGN, uploaded=True)
        if measure(audio).integrated_lufs < -60:
            continue
        seen[level_db] = {
            (f.check, f.severity.value)
            for f in found
            if f.severity is not Severity.OK and (f.check not in OF_THE_LEVEL or f.severity is Severity.FAIL)
        }
    assert all(one == seen[0.0] for one in seen.values()), seen
    assert name in ("band", "chiptune") or seen[0.0]
