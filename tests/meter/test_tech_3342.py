"""EBU Tech 3342 (November 2023), table 1: the test signals of the loudness range that can be synthesised."""

import pytest

from core.measure import measure

from .signals import tones

CASES = {
    1: ([-20, -30], 10.0),
    2: ([-20, -15], 5.0),
    3: ([-40, -20], 20.0),
    4: ([-50, -35, -20, -35, -50], 15.0),
}


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("case", CASES)
def test_loudness_range_of_tones_of_20_s(case, rate):
    levels, expected_lu = CASES[case]
    m = measure(tones(rate, [(20, level) for level in levels]))
    assert m.loudness_range_lu == pytest.approx(expected_lu, abs=1.0)
    assert m.loudness_range_lu == pytest.approx(expected_lu, abs=0.05), "the tolerance is 1 LU; we hold 0.05"
