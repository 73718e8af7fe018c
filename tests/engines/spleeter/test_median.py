import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.spleeter.median import _median_network, running_median


def sorted_median(values, size, dim):
    """The same by sorting each window of the mirrored array."""
    half = size // 2
    pad = [(half, half) if axis == dim else (0, 0) for axis in range(2)]
    wide = np.pad(values, pad, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(wide, size, axis=dim)
    return np.sort(windows, axis=-1)[..., half]


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(9, 70),
    columns=st.integers(9, 70),
    size=st.sampled_from([1, 3, 5, 9, 17]),
    dim=st.integers(0, 1),
    seed=st.integers(0, 99),
)
def test_it_is_the_median_of_every_window(rows, columns, size, dim, seed):
    values = np.random.default_rng(seed).integers(-5, 5, (rows, columns)).astype(np.float32)
    if values.shape[dim] <= size // 2:
        return
    found = running_median(torch.from_numpy(values), size, dim).numpy()
    assert np.array_equal(found, sorted_median(values, size, dim))


def test_the_network_is_cut_down_to_what_the_middle_needs():
    assert len(_median_network(17)) == 61


@pytest.mark.parametrize(("size", "rows"), [(4, 20), (17, 8)])
def test_what_has_no_median_is_refused(size, rows):
    with pytest.raises(ValueError, match="no median"):
        running_median(torch.zeros(rows, 20), size, 0)
