"""Each limit at the limit: a sound just under it and one just over it, nothing else about them changed."""

import numpy as np
import pytest

from core.checks.channels import BothAlive, InPhase
from core.checks.peaks import Scale, TruePeak
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
