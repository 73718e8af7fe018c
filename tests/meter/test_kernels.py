"""How the kernels are compiled, kept and loaded."""

import subprocess
import sys

import numpy as np
import pytest

from core.meter import kernels, warm_up


def test_measuring_imports_numba_and_nothing_before_it_does():
    code = (
        "import sys; import core.measure, core.meter; assert 'numba' not in sys.modules;"
        "assert 'scipy' not in sys.modules; core.meter.warm_up(); assert 'numba' in sys.modules;"
        "assert 'scipy.signal' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_warming_up_compiles_what_measuring_calls():
    warm_up()
    for kernel in (kernels.scan_channel, kernels.true_peak):
        assert len(kernel.signatures) >= 1
    before = len(kernels.scan_channel.signatures)
    from core.measure import measure

    from .signals import noise

    measure(noise(44_100, 0.5, channels=6))
    assert len(kernels.scan_channel.signatures) == before


def test_without_any_folder_for_a_cache_the_kernels_are_compiled_all_the_same(monkeypatch):
    real = kernels.numba.njit

    def njit(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(kernels.numba, "njit", njit)
    double = kernels._compiled({"contract"})(lambda x: 2 * x)
    assert double(21) == 42


def test_a_cache_that_cannot_be_written_does_not_fail_the_call():
    calls = []

    def kernel(x):
        calls.append(x)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        return x + 1

    assert kernels.run(kernel, 1) == 2


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
