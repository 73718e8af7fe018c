"""SciPy's transforms, loaded without SciPy."""

import numpy as np
import pytest

from core.meter import transform

ROWS = np.random.default_rng(3).standard_normal((4, 3, 250)).astype(np.float32)


@pytest.mark.parametrize("rows", [ROWS, ROWS[0, 0], ROWS[:, 1, ::2], ROWS.astype(np.float64)])
def test_rows_are_transformed_bit_for_bit_as_scipy_does_it(rows):
    from scipy.fft import rfft

    assert transform._library() is not None
    assert np.array_equal(transform.rfft(rows), rfft(rows))


@pytest.mark.parametrize("length", [250, 251])
def test_the_way_back_is_scipys_bit_for_bit(length):
    from scipy.fft import irfft, rfft

    spectra = rfft(ROWS[..., :1].repeat(length, axis=-1) * np.hanning(length).astype(np.float32))
    back = transform.irfft(spectra, length)
    assert back.dtype == np.float32 and np.array_equal(back, irfft(spectra, length))


def test_where_scipy_keeps_its_library_elsewhere_scipy_itself_is_asked(monkeypatch):
    monkeypatch.setattr(transform, "_LIBRARY", "scipy.fft._moved.pypocketfft")
    transform._library.cache_clear()
    try:
        assert transform._library() is None
        assert np.allclose(transform.rfft(ROWS), np.fft.rfft(ROWS), atol=1e-4)
        assert np.allclose(transform.irfft(transform.rfft(ROWS), 250), ROWS, atol=1e-5)
    finally:
        transform._library.cache_clear()
