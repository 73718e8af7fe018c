"""How the kernels are compiled, kept and loaded."""

import subprocess
import sys

import numpy as np
import pytest

from core.meter import compiled, kernels


def test_measuring_imports_numba_and_nothing_before_it_does():
    code = (
        "import sys; import core.measure, core.meter; assert 'numba' not in sys.modules;"
        "assert 'scipy' not in sys.modules; core.meter.warm_up(); assert 'numba' in sys.modules;"
        "assert 'scipy.signal' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_kernel_runs_for_one_signature_and_is_never_compiled_for_another():
    signatures = [k.signatures for k in (kernels.scan_channel, kernels.true_peak, kernels.count_flat_tops)]
    assert all(len(each) == 1 for each in signatures)
    with pytest.raises(TypeError, match="No matching definition"):
        kernels.true_peak(np.zeros((8, 1)), 0, None, None, None, 1.0, 0.0)


def test_without_any_folder_for_a_cache_the_kernels_are_compiled_all_the_same(monkeypatch):
    real = compiled.numba.njit

    def njit(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(compiled.numba, "njit", njit)
    monkeypatch.setattr(compiled, "not_kept", [])
    double = compiled.compiled(lambda x: 2 * x, (compiled.NUMBER,), compiled.IN_ORDER)
    assert double(21.0) == 42.0
    assert compiled.not_kept == ["cannot cache function: no locator available"]


def test_a_cache_that_cannot_be_written_does_not_fail_the_call(monkeypatch, tmp_path):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compiled.numba.core.caching.IndexDataCacheFile, "save", full)
    monkeypatch.setattr(compiled.numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(compiled, "not_kept", [])
    triple = compiled.compiled(lambda x: 3 * x, (compiled.NUMBER,), compiled.IN_ORDER)
    assert triple(14.0) == 42.0
    assert "No space left" in compiled.not_kept[0]


def test_a_broken_sample_is_seen_whatever_the_compiler_may_assume():
    """Under fastmath=True the comparison would be folded away."""
    source = np.array([1.0, np.nan, np.inf, -np.inf, 2.0], dtype=np.float32)
    into = np.zeros(5, dtype=np.float32)
    assert kernels._copy_finite(source, into) == 3
    assert into.tolist() == [1.0, 0.0, 0.0, 0.0, 2.0]


@pytest.mark.parametrize("factor", [2, 4])
def test_the_interpolator_passes_a_constant_unchanged(factor):
    from core.meter.filters import interpolator

    assert interpolator(factor).sum(axis=1) == pytest.approx(np.ones(factor - 1), abs=2e-3)
