"""How a numeric loop is compiled: ahead of its first call, for one signature, cached on disk; imports numba.

A kernel states the types that it takes. It is compiled, or read back from the cache, when its module is
imported, and never again: a call with other types is refused. The arrays that a kernel only reads may be
read-only (a mapped file) or not; both run the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba import types

from core.meter import machine_code

F = TypeVar("F", bound=Callable[..., Any])

REORDERED = frozenset({"contract", "reassoc", "arcp", "nsz"})
"""The compiler may reorder sums, and must not assume that there is no NaN."""
FINITE = REORDERED | {"nnan", "ninf"}
"""It may also take every number for finite: with NaN the result is undefined."""
IN_ORDER = frozenset({"contract"})
"""It may fuse a multiplication and a sum and reorder nothing: for what feeds back."""

SAMPLES = types.Array(types.float32, 2, "C", readonly=True)
TAPS = types.Array(types.float32, 2, "C", readonly=True)
READ_FLOATS = types.Array(types.float32, 1, "C", readonly=True)
READ_INTEGERS = types.Array(types.int64, 1, "C", readonly=True)
READ_DOUBLES = types.Array(types.float64, 1, "C", readonly=True)
FLOATS = types.Array(types.float32, 1, "C")
DOUBLES = types.Array(types.float64, 1, "C")
INTEGERS = types.Array(types.int64, 1, "C")
READ_GRID = types.Array(types.float64, 2, "C", readonly=True)
GRID = types.Array(types.float64, 2, "C")
READ_INTEGER_GRID = types.Array(types.int64, 2, "C", readonly=True)
SAMPLES_OUT = types.Array(types.float32, 2, "C")
INDEX, NUMBER = types.int64, types.float64

not_kept: list[str] = []
"""Why machine code that was made here is not on disk, one sentence a kernel."""

machine_code.make_ready()
if machine_code.elsewhere() is not None:
    numba.config.CACHE_DIR = str(machine_code.elsewhere())


def kernel(*signature: Any, flags: frozenset[str] = IN_ORDER) -> Callable[[F], F]:
    """Compile a loop for one signature, or read its machine code back from the cache."""

    def decorate(function: F) -> F:
        return cast(F, compiled(function, signature, flags))

    return decorate


def part(flags: frozenset[str]) -> Callable[[F], F]:
    """Compile a function that kernels of its own module call; its code is kept within theirs."""

    def decorate(function: F) -> F:
        return cast(F, numba.njit(nogil=True, fastmath=set(flags), error_model="numpy")(function))

    return decorate


def compiled(function: Callable[..., Any], signature: tuple[Any, ...], flags: frozenset[str]) -> Any:
    """Return the dispatcher of ``function``, with its one signature compiled."""
    options = {"nogil": True, "fastmath": set(flags), "error_model": "numpy"}
    try:
        dispatcher = numba.njit(cache=True, **options)(function)
    except RuntimeError as error:  # numba found no writable folder: it compiles anew in each process
        not_kept.append(str(error))
        dispatcher = numba.njit(**options)(function)
    try:
        dispatcher.compile(signature)
    except OSError as error:  # it is compiled by now; only keeping it failed (a full disk)
        not_kept.append(f"{function.__name__}: {error}")
        dispatcher.compile(signature)
    dispatcher.disable_compile()
    return dispatcher
