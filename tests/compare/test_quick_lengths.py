import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import next_fast_len

from core.compare.lengths import quick_length


@given(st.integers(-3, 3_000_000))
def test_a_quick_length_is_even_long_enough_and_of_small_factors(least):
    length = quick_length(least)
    rest = length
    for factor in (2, 3, 5):
        while rest % factor == 0:
            rest //= factor
    assert rest == 1 and length % 2 == 0 and length >= max(2, least)


@pytest.mark.parametrize("half", [1, 7, 4097, 93_713, 131_073, 700_001])
def test_no_even_one_lies_between(half):
    assert quick_length(2 * half) == 2 * next_fast_len(half, real=True)
