"""EBU Tech 3341 (November 2023), table 1: the minimum requirements test signals.

Cases 7 and 8 are recordings and cannot be synthesised; all the others are.
"""

import numpy as np
import pytest

from core.audio import Audio
from core.measure import analyse, measure

from .signals import faded, gain, stereo, tones

RATES = (44_100, 48_000, 96_000)
LU = 0.1
BY_RATE = pytest.mark.parametrize("rate", RATES)
BY_START = pytest.mark.parametrize(
    ("index", "rate"),
    [(i, 48_000) for i in range(20)] + [(i, r) for r in (44_100, 96_000) for i in (0, 7, 19)],
)


@BY_RATE
@pytest.mark.parametrize(("case", "level"), [(1, -23.0), (2, -33.0)])
def test_cases_1_and_2_a_steady_tone_reads_its_level_in_all_modes(case, level, rate):
    m = measure(tones(rate, [(20, level)]))
    assert m.integrated_lufs == pytest.approx(level, abs=LU)
    assert m.momentary_max_lufs == pytest.approx(level, abs=LU)
    assert m.short_term_max_lufs == pytest.approx(level, abs=LU)


GATED = {
    3: [(10, -36), (60, -23), (10, -36)],
    4: [(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)],
    5: [(20, -26), (20.1, -20), (20, -26)],
}


@BY_RATE
@pytest.mark.parametrize("case", GATED)
def test_cases_3_to_5_the_gates_leave_out_what_is_quiet(case, rate):
    assert measure(tones(rate, GATED[case])).integrated_lufs == pytest.approx(-23.0, abs=LU)


@BY_RATE
@pytest.mark.parametrize("has_lfe", [False, True])
def test_case_6_channels_are_weighted_and_the_lfe_is_left_out(has_lfe, rate):
    sine = tones(rate, [(20, 0)]).samples[:, 0]
    levels = [-28.0, -28.0, -24.0, -30.0, -30.0]
    columns = [sine * np.float32(gain(level)) for level in levels]
    if has_lfe:
        columns.insert(3, sine * np.float32(0.5))
    m = measure(Audio(np.stack(columns, axis=1), rate))
    assert m.integrated_lufs == pytest.approx(-23.0, abs=LU)


@BY_RATE
def test_case_9_short_term_is_constant_after_3_s(rate):
    found = analyse(tones(rate, [(1.34, -20), (1.66, -30)] * 5))
    settled = found.picture.short_term_lufs[29:]
    assert len(settled) == 121
    assert np.abs(settled + 23.0).max() <= LU
    assert found.measurement.short_term_max_lufs == pytest.approx(-23.0, abs=LU)


@BY_START
def test_case_10_short_term_maximum_wherever_the_tone_begins(index, rate):
    m = measure(tones(rate, [(0.15 * index, None), (3, -23), (1, None)]))
    assert m.short_term_max_lufs == pytest.approx(-23.0, abs=LU)


@BY_RATE
def test_case_11_short_term_maxima_of_successive_tones(rate):
    parts = []
    for i in range(20):
        parts += [(0.15 * i, None), (3, -38.0 + i), (3 - 0.15 * i, None)]
    sound = tones(rate, parts)
    read = [measure(sound.between(6 * (i - 1), 6 * (i + 1))).short_term_max_lufs for i in range(20)]
    assert read == pytest.approx([-38.0 + i for i in range(20)], abs=LU)


@BY_RATE
def test_case_12_momentary_is_constant_after_1_s(rate):
    found = analyse(tones(rate, [(0.18, -20), (0.22, -30)] * 25))
    settled = found.picture.momentary_lufs[9:]
    assert len(settled) == 91
    assert np.abs(settled + 23.0).max() <= LU
    assert found.measurement.momentary_max_lufs == pytest.approx(-23.0, abs=LU)


@BY_START
def test_case_13_momentary_maximum_wherever_the_tone_begins(index, rate):
    m = measure(tones(rate, [(0.02 * index, None), (0.4, -23), (1, None)]))
    assert m.momentary_max_lufs == pytest.approx(-23.0, abs=LU)


@BY_RATE
def test_case_14_momentary_maxima_of_successive_tones(rate):
    parts = []
    for i in range(20):
        parts += [(0.02 * i, None), (0.4, -38.0 + i), (0.4 - 0.02 * i, None)]
    sound = tones(rate, parts)
    read = [measure(sound.between(0.8 * (i - 1), 0.8 * (i + 1))).momentary_max_lufs for i in range(20)]
    assert read == pytest.approx([-38.0 + i for i in range(20)], abs=LU)


def within_true_peak_tolerance(reading, expected):
    return expected - 0.4 <= reading <= expected + 0.2


@BY_RATE
@pytest.mark.parametrize(
    ("case", "divisor", "amplitude", "phase_deg", "expected"),
    [
        (15, 4, 0.50, 0.0, -6.0),
        (16, 4, 0.50, 45.0, -6.0),
        (17, 6, 0.50, 60.0, -6.0),
        (18, 8, 0.50, 67.5, -6.0),
        (19, 4, 1.41, 45.0, 3.0),
    ],
)
def test_cases_15_to_19_peaks_between_the_samples(case, divisor, amplitude, phase_deg, expected, rate):
    n = np.arange(rate)
    sine = amplitude * np.sin(2 * np.pi * n / divisor + np.deg2rad(phase_deg))
    assert within_true_peak_tolerance(measure(stereo(faded(sine, rate), rate)).true_peak_dbtp, expected)


@BY_RATE
@pytest.mark.parametrize(("case", "offset"), [(20, 0), (21, 1), (22, 2), (23, 3)])
def test_cases_20_to_23_one_high_period_wherever_it_is_sampled(case, offset, rate):
    m = measure(stereo(_one_high_period(rate, offset), rate))
    assert within_true_peak_tolerance(m.true_peak_dbtp, 0.0)


def _one_high_period(rate, offset):
    """A sine of fs/6 at 0.50 with one period of fs/4 at 1.00 in it, made at 4 fs, filtered and decimated."""
    import soxr

    low = 0.5 * np.sin(2 * np.pi * np.arange(24 * 1000) / 24)
    high = np.sin(2 * np.pi * np.arange(16) / 16)
    oversampled = faded(np.concatenate([low, high, low]), 4 * rate)
    return soxr.resample(oversampled[offset:], 4 * rate, rate, quality="VHQ")
