"""Limits met by sounds that are measured: one just under and one just over, nothing else about them changed.

The table in ``limits/`` has the rest, by readings that are written down.
"""

import numpy as np
import pytest

from core.checks import dropout, gaps, peaks
from core.checks.channels import BothAlive, InPhase
from core.checks.dropout import NoDropout
from core.checks.gaps import NoGaps
from core.checks.length import Length
from core.checks.peaks import FlatTops, Scale, TruePeak
from core.checks.silence import LevelBeforeNormalising, NearSilent, NotSilent
from core.checks.stuck import NoOffset, NotStuck
from core.contract import Promise
from core.measure import measure
from tests import sounds
from tests.sounds import RATE, made

SECONDS = 8
T = np.arange(SECONDS * RATE) / RATE
TONE = np.sin(2 * np.pi * 440 * T)
"""Whole periods in every 0.1 s: it has no offset of its own, in no part."""
BESIDE = np.cos(2 * np.pi * 440 * T)
"""As loud, and without anything in common with the tone."""


def severity(check, left, right=None, **more):
    """What one check says of a sound that a stage of ours delivered, or (``uploaded``) of an upload."""
    audio = made(np.stack([left, left if right is None else right], axis=1).astype(np.float32))
    case = sounds.case(audio, **more)
    return check.examine(case.outputs["song"], case).severity.value


def at(field, level_db):
    """The tone at the gain that makes its reading ``field`` this level."""
    reading = getattr(measure(made(np.stack([TONE, TONE], axis=1).astype(np.float32))), field)
    return TONE * 10 ** ((level_db - reading) / 20)


@pytest.mark.parametrize(
    ("check", "field", "level_db", "said"),
    [
        (TruePeak(), "true_peak_dbtp", -0.1, "ok"),
        (TruePeak(), "true_peak_dbtp", 0.1, "warn"),
        (Scale(), "sample_peak_dbfs", 39.9, "ok"),
        (Scale(), "sample_peak_dbfs", 40.1, "fail"),
        (NotSilent(), "sample_peak_dbfs", -89.9, "ok"),
        (NotSilent(), "sample_peak_dbfs", -90.1, "fail"),
        (NearSilent(), "momentary_max_lufs", -49.9, "ok"),
        (NearSilent(), "momentary_max_lufs", -50.1, "warn"),
        (NearSilent(), "momentary_max_lufs", -69.9, "warn"),
        (NearSilent(), "momentary_max_lufs", -70.1, "fail"),
    ],
)
def test_a_level(check, field, level_db, said):
    assert severity(check, at(field, level_db)) == said


@pytest.mark.parametrize(("peak_dbtp", "said"), [(-0.1, "ok"), (0.1, "note"), (2.9, "note"), (3.1, "warn")])
def test_the_true_peak_of_an_upload(peak_dbtp, said):
    assert severity(TruePeak(), at("true_peak_dbtp", peak_dbtp), uploaded=True) == said


@pytest.mark.parametrize(
    ("offset", "ours", "uploads"),
    [
        (0.00098, "ok", "ok"),
        (0.00102, "warn", "note"),
        (0.0098, "warn", "note"),
        (0.0102, "fail", "note"),
        (0.0498, "fail", "note"),
        (0.0502, "fail", "warn"),
    ],
)
def test_an_offset(offset, ours, uploads):
    wave = 0.1 * TONE + offset
    assert (severity(NoOffset(), wave), severity(NoOffset(), wave, uploaded=True)) == (ours, uploads)


@pytest.mark.parametrize(
    ("correlation", "said"), [(-0.045, "ok"), (-0.055, "warn"), (-0.49, "warn"), (-0.51, "fail")]
)
def test_a_correlation(correlation, said):
    other = correlation * TONE + np.sqrt(1 - correlation**2) * BESIDE
    assert severity(InPhase(), 0.2 * TONE, 0.2 * other) == said


@pytest.mark.parametrize(
    ("balance_db", "said"), [(19.9, "ok"), (-19.9, "ok"), (20.1, "fail"), (-20.1, "fail")]
)
def test_a_balance(balance_db, said):
    assert severity(BothAlive(), 0.05 * TONE, 0.05 * TONE * 10 ** (-balance_db / 20)) == said


@pytest.mark.parametrize(
    ("peak_dbfs", "said"), [(-39.9, "ok"), (-40.1, "warn"), (-59.9, "warn"), (-60.1, "fail")]
)
def test_a_level_before_normalising(peak_dbfs, said):
    promise = Promise(peak_before_normalising_dbfs=peak_dbfs)
    assert severity(LevelBeforeNormalising(), 0.5 * TONE, promise=promise) == said


@pytest.mark.parametrize(("held_s", "ours", "uploads"), [(0.248, "ok", "ok"), (0.252, "fail", "warn")])
def test_a_held_value(held_s, ours, uploads):
    wave = 0.5 * TONE
    wave[2 * RATE : 2 * RATE + round(held_s * RATE)] = 0.3
    assert (severity(NotStuck(), wave), severity(NotStuck(), wave, uploaded=True)) == (ours, uploads)


@pytest.mark.parametrize(("off_s", "said"), [(-0.001, "ok"), (0.001, "fail")])
def test_the_length_that_was_promised(off_s, said):
    for sign in (-1, 1):
        promise = Promise(duration_s=SECONDS + sign * (Promise.duration_tolerance_s + off_s))
        assert severity(Length(), 0.5 * TONE, promise=promise) == said


def silenced(start_s, length_s):
    """The tone with zeros in it."""
    out = TONE.copy()
    out[round(start_s * RATE) : round((start_s + length_s) * RATE)] = 0.0
    return out


@pytest.mark.parametrize(("off_s", "said"), [(-0.0005, "ok"), (0.0005, "fail")])
def test_a_gap_and_a_dropout(off_s, said):
    at_s = 3.0 + 0.25 / 440  # at a peak: both edges are sharp
    assert severity(NoGaps(), silenced(at_s, gaps.GAP_S + off_s)) == said
    assert severity(NoDropout(), silenced(at_s, dropout.SHORTEST_S + 2 * off_s), TONE) == said


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (peaks.CLIPPED_WARN_RUNS - 1, "ok"),
        (peaks.CLIPPED_WARN_RUNS, "warn"),
        (round(peaks.CLIPPED_FAIL_PER_S * SECONDS) - 1, "warn"),
        (round(peaks.CLIPPED_FAIL_PER_S * SECONDS), "fail"),
    ],
)
def test_clipped_peaks(runs, said):
    clipped, period = 0.5 * TONE, RATE / 440
    for number in range(runs):
        start = 200 * (number + 1) * period
        half_wave = slice(round(start), round(start + period / 2))
        clipped[half_wave] = np.minimum(0.9 * TONE[half_wave], 0.8)
    assert severity(FlatTops(), clipped, 0.5 * TONE) == said
