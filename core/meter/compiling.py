"""From a Python loop to machine code that needs no numba to run: the one module that imports numba."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
from numba import types

from core.meter.native import Array, Code, Scalar

_LOOP = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compile_loop(
    function: Callable[..., Any], signature: tuple[Scalar | Array, ...], flags: frozenset[str]
) -> Code:
    """Return the machine code of ``function`` for one signature.

    It follows numba's own calling convention, without the wrapper that unpacks Python's objects. Raises
    numba's errors for a loop that it cannot compile, ValueError for one that returns no plain number.
    """
    dispatcher = numba.njit(fastmath=set(flags), **_LOOP)(_with_parts(function))
    dispatcher.compile(tuple(_type(one) for one in signature))
    (made,) = dispatcher.overloads.values()
    returned = str(made.signature.return_type)
    if returned not in ("none", "bool", "int64", "float64"):
        raise ValueError(f"{function.__name__} returns {returned}; a kernel returns one number or nothing")
    library = made.library
    outside = [one.name for one in library._final_module.functions if one.is_declaration]
    return Code(
        symbol=made.fndesc.llvm_func_name,
        returns=returned,
        outside=tuple(sorted(name for name in outside if not name.startswith("llvm."))),
        machine=library._get_compiled_object(),
    )


def _with_parts(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` with the parts of its module that it names as numba's functions."""
    assert isinstance(function, FunctionType)
    known = dict(function.__globals__)
    for name in function.__code__.co_names:
        flags = getattr(known.get(name), "kernel_flags", None)
        if flags is not None:
            inner = _with_parts(known[name])
            known[name] = numba.njit(nogil=True, fastmath=set(flags), error_model="numpy")(inner)
    made = FunctionType(
        function.__code__, known, function.__name__, function.__defaults__, function.__closure__
    )
    made.__qualname__, made.__module__ = function.__qualname__, function.__module__
    return made


def _type(one: Scalar | Array) -> Any:
    plain = getattr(types, one.dtype)
    dimensions = getattr(one, "dimensions", 0)
    return (
        types.Array(plain, dimensions, "C", readonly=not getattr(one, "written", False))
        if dimensions
        else plain
    )
