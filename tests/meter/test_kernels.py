"""How the kernels are compiled, loaded and called."""

import subprocess
import sys

import numpy as np
import pytest

from core.meter import compiled, kernels, native


def twice(x):
    return 2 * x


def test_measuring_needs_neither_numba_nor_scipy():
    code = (
        "import sys, numpy as np, core.measure, core.meter; core.meter.warm_up();"
        "from core.audio import Audio; from core.inspect import inspect_audio;"
        "noise = np.random.default_rng(0).standard_normal((48_000, 2)).astype(np.float32) / 9;"
        "inspect_audio(Audio(noise, 48_000));"
        "print(sorted({'numba', 'scipy.fft', 'scipy.signal', 'torch', 'streamlit'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=120, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_a_kernel_runs_for_one_signature_and_refuses_another():
    samples = np.zeros((8, 1), np.float32)
    with pytest.raises(TypeError, match="argument 1: an aligned C-contiguous array of float32 with 2 axes"):
        kernels.true_peak(np.zeros((8, 1)), 0, None, None, None, 1.0, 0.0)
    with pytest.raises(TypeError, match=r"argument 3.*got NoneType"):
        kernels.true_peak(samples, 0, None, None, None, 1.0, 0.0)
    with pytest.raises(TypeError, match="takes 6 arguments, got 1"):
        kernels.scan_channel(samples)


@pytest.mark.parametrize("change", ["transposed", "read-only", "strided", "other type"])
def test_an_array_that_a_kernel_may_not_write_or_walk_is_refused(change):
    cuts, taps, found = np.array([0, 8]), np.zeros((2, 5)), np.zeros((kernels.ROWS, 1))
    samples = np.zeros((8, 2), np.float32)
    if change == "transposed":
        samples = np.zeros((2, 8), np.float32).T
    elif change == "strided":
        samples = np.zeros((16, 2), np.float32)[::2]
    elif change == "read-only":
        found.flags.writeable = False
    else:
        cuts = cuts.astype(np.int32)
    with pytest.raises(TypeError):
        kernels.scan_channel(samples, 0, 1, cuts, taps, found)


def test_what_is_compiled_here_runs_like_what_is_read_from_disk():
    loop = compiled.loaded(twice, (compiled.NUMBER,), compiled.IN_ORDER)
    assert loop(21.0) == 42.0
    assert (loop.__name__, loop.__wrapped__) == ("twice", twice)
    code = compiled.made_here[__name__]["twice"]
    again = native.read(native.write({"twice": code}))
    assert again == {"twice": code}
    assert native.Loop(twice, (compiled.NUMBER,), again["twice"])(4.0) == 8.0


def test_a_loop_that_returns_an_array_is_refused_when_it_is_compiled():
    def zeros(n):
        return np.zeros(n)

    with pytest.raises(ValueError, match="a kernel returns one number or nothing"):
        compiled.loaded(zeros, (compiled.INDEX,), compiled.IN_ORDER)


def test_a_function_that_is_nowhere_to_be_found_is_an_error_and_no_crash():
    code = native.Code("f", "none", ("NRT_no_such_function",), b"")
    with pytest.raises(ImportError, match="NRT_no_such_function"):
        native.Loop(twice, (), code)


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_a_damaged_file_of_machine_code_is_an_error(cut):
    compiled.loaded(twice, (compiled.NUMBER,), compiled.IN_ORDER)
    whole = native.write(compiled.made_here[__name__])
    with pytest.raises((ValueError, KeyError, TypeError)):
        native.read(whole[:cut])


def test_a_broken_sample_is_seen_whatever_the_compiler_may_assume():
    """Under fastmath=True the comparison would be folded away."""
    source = np.array([[1.0], [np.nan], [np.inf], [-np.inf], [2.0]], dtype=np.float32)
    found = np.zeros((kernels.ROWS, 1))
    kernels.scan_channel(source, 0, -1, np.array([0, 5]), np.zeros((2, 5)), found)
    assert found[kernels.BAD, 0] == 3
    assert (found[kernels.SUM, 0], found[kernels.ENERGY, 0]) == (3.0, 5.0)
    assert (found[kernels.LOW, 0], found[kernels.HIGH, 0]) == (0.0, 2.0)


@pytest.mark.parametrize("factor", [2, 4])
def test_the_interpolator_passes_a_constant_unchanged(factor):
    from core.meter.filters import interpolator

    assert interpolator(factor).sum(axis=1) == pytest.approx(np.ones(factor - 1), abs=2e-3)
