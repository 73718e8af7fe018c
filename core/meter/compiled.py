"""How a numeric loop is declared: one signature, compiled ahead of its first call, its machine code on disk.

A kernel states the types that it takes. Its machine code is read from disk when its module is imported
(:mod:`core.meter.machine_code`), and made in this process where nothing is kept; a call with other types is
refused. The arrays that a kernel only reads may be read-only (a mapped file) or not; both run the same code.

Numba compiles and does nothing else: a process that finds the machine code does not import it
(:mod:`core.meter.compiling` does, :mod:`core.meter.native` loads and calls).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from core.meter import machine_code, native
from core.meter.native import Array, Scalar

F = TypeVar("F", bound=Callable[..., Any])


REORDERED = frozenset({"contract", "reassoc", "arcp", "nsz"})
"""The compiler may reorder sums, and must not assume that there is no NaN."""
FINITE = REORDERED | {"nnan", "ninf"}
"""It may also take every number for finite: with NaN the result is undefined."""
IN_ORDER = frozenset({"contract"})
"""It may fuse a multiplication and a sum and reorder nothing: for what feeds back."""

SAMPLES = Array("float32", 2)
TAPS = Array("float32", 2)
READ_FLOATS = Array("float32", 1)
READ_INTEGERS = Array("int64", 1)
READ_DOUBLES = Array("float64", 1)
READ_WORDS = Array("uint32", 1)
READ_GRID = Array("float64", 2)
READ_INTEGER_GRID = Array("int64", 2)
COUNTS = Array("uint8", 1, written=True)
FLOATS = Array("float32", 1, written=True)
INTEGERS = Array("int64", 1, written=True)
WORDS = Array("uint32", 1, written=True)
GRID = Array("float64", 2, written=True)
INTEGER_GRID = Array("int64", 2, written=True)
SAMPLES_OUT = Array("float32", 2, written=True)
INDEX, NUMBER = Scalar("int64"), Scalar("float64")

made_here: dict[str, dict[str, native.Code]] = {}
"""Machine code that this process compiled, by module and kernel; the child that compiles ahead keeps it."""


def kernel(*signature: Scalar | Array, flags: frozenset[str] = IN_ORDER) -> Callable[[F], F]:
    """Read a loop's machine code for one signature from disk, or compile it."""

    def decorate(function: F) -> F:
        return cast(F, loaded(function, signature, flags))

    return decorate


def part(flags: frozenset[str]) -> Callable[[F], F]:
    """Let kernels of its own module call a function; its machine code is kept within theirs."""

    def decorate(function: F) -> F:
        vars(function)["kernel_flags"] = flags
        return function

    return decorate


def loaded(
    function: Callable[..., Any], signature: tuple[Scalar | Array, ...], flags: frozenset[str]
) -> native.Loop:
    """Return the loop that runs ``function``'s machine code."""
    module, name = function.__module__, function.__name__
    code = machine_code.cached(module).get(name)
    if code is None:
        from core.meter.compiling import compile_loop

        code = compile_loop(function, signature, flags)
        made_here.setdefault(module, {})[name] = code
    return native.Loop(function, signature, code)


machine_code.make_ready()
