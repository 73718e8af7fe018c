"""Machine code as bytes: loaded by LLVM's linker and called with arrays, without numba being imported.

A loop's machine code follows numba's calling convention for compiled code: the place of the result, the place
of an exception, then each argument; of an array seven or nine words (its two owners, which are empty here,
items, bytes of an item, address, shape, strides). It returns 0, or what went wrong. The memory that a loop
takes for itself comes from numba's own C library, which is loaded alone.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import numpy as np

OK, NONE = 0, -2
"""What a loop returns after a result, and after None."""
_WORD = ctypes.c_ssize_t
_SCALARS: dict[str, Any] = {"int64": ctypes.c_int64, "float64": ctypes.c_double}
_RESULTS: dict[str, Any] = {
    "none": ctypes.c_void_p,
    "bool": ctypes.c_uint8,
    "int64": ctypes.c_int64,
    "float64": ctypes.c_double,
}
_RUNTIME, _HELPERS = "numba.core.runtime._nrt_python", "numba._helperlib"


@dataclass(frozen=True)
class Scalar:
    """A number that a kernel takes or returns, by numpy's name of its type."""

    dtype: str


@dataclass(frozen=True)
class Array:
    """A C-contiguous array that a kernel takes."""

    dtype: str
    dimensions: int
    written: bool = False


@dataclass(frozen=True)
class Code:
    """The machine code of one loop."""

    symbol: str
    """The name of its entry within ``machine``."""
    returns: str
    """``none``, ``bool``, ``int64`` or ``float64``."""
    outside: tuple[str, ...]
    """The functions that it calls: numba's memory, the C library's mathematics."""
    machine: bytes
    """An object file of this platform."""


class Loop:
    """A compiled loop: called like the function that it was made from."""

    def __init__(
        self, function: Callable[..., Any], signature: tuple[Scalar | Array, ...], code: Code
    ) -> None:
        self.__name__, self.__doc__, self.__module__ = (
            function.__name__,
            function.__doc__,
            function.__module__,
        )
        self.signature, self.__wrapped__ = signature, function
        self._returns = _RESULTS[code.returns]
        words: list[Any] = [ctypes.c_void_p, ctypes.c_void_p]
        for one in signature:
            dimensions = getattr(one, "dimensions", 0)
            words += [_WORD] * (5 + 2 * dimensions) if dimensions else [_SCALARS[one.dtype]]
        self._call = ctypes.CFUNCTYPE(ctypes.c_int32, *words)(_address(code, function.__module__))
        self._kinds = tuple(
            (np.dtype(one.dtype), getattr(one, "dimensions", 0), getattr(one, "written", False))
            for one in signature
        )

    def __call__(self, *given: Any) -> Any:
        """Run the loop with the interpreter released; raises TypeError for what it was not compiled for."""
        if len(given) != len(self._kinds):
            raise TypeError(f"{self.__name__} takes {len(self._kinds)} arguments, got {len(given)}")
        words: list[Any] = []
        for number, (value, (dtype, dimensions, written)) in enumerate(zip(given, self._kinds, strict=True)):
            if not dimensions:
                words.append(int(value) if dtype.kind == "i" else float(value))
            elif _fits(value, dtype, dimensions, written):
                interface = value.__array_interface__
                words += (
                    0,
                    0,
                    value.size,
                    value.itemsize,
                    interface["data"][0],
                    *value.shape,
                    *value.strides,
                )
            else:
                raise TypeError(f"{self.__name__}, argument {number + 1}: {self._refusal(number, value)}")
        result, exception = self._returns(), ctypes.c_void_p()
        status = self._call(ctypes.addressof(result), ctypes.addressof(exception), *words)
        if status not in (OK, NONE):
            raise MemoryError(
                f"{self.__name__} ended with status {status}: there is no memory left for its work"
            )
        if self._returns is ctypes.c_uint8:
            return bool(result.value)
        return None if self._returns is ctypes.c_void_p else result.value

    def _refusal(self, number: int, value: Any) -> str:
        dtype, dimensions, written = self._kinds[number]
        kind = "a writable" if written else "an"
        got = f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__
        return f"{kind} aligned C-contiguous array of {dtype} with {dimensions} axes is wanted, got {got}"


def _fits(value: Any, dtype: np.dtype[Any], dimensions: int, written: bool) -> bool:
    if not isinstance(value, np.ndarray):
        return False
    flags = value.flags
    known = value.dtype == dtype and value.ndim == dimensions and flags.c_contiguous and flags.aligned
    return known and (flags.writeable or not written)


def write(codes: Mapping[str, Code]) -> bytes:
    """Return loops by name as the bytes of one file: a line of JSON, then their machine code."""
    head = [
        {"name": name, "symbol": c.symbol, "returns": c.returns, "outside": c.outside, "size": len(c.machine)}
        for name, c in codes.items()
    ]
    return json.dumps(head).encode() + b"\n" + b"".join(c.machine for c in codes.values())


def read(data: bytes) -> dict[str, Code]:
    """Return the loops in the bytes of a file; raises ValueError, KeyError or TypeError for other bytes."""
    head, _, rest = data.partition(b"\n")
    found, at = {}, 0
    for one in json.loads(head):
        machine = rest[at : at + one["size"]]
        found[str(one["name"])] = Code(one["symbol"], one["returns"], tuple(one["outside"]), machine)
        at += one["size"]
    if at != len(rest):
        raise ValueError(f"{len(rest)} bytes of machine code, {at} announced")
    return found


def _address(code: Code, module: str) -> int:
    """Load machine code, once, and return the address of its entry."""
    linker, binding = _linker(module)
    for name in code.outside:
        if binding.address_of_symbol(name) is None:
            address = _of_numba(name)
            if address is None:
                raise ImportError(f"compiled code calls {name}, which is nowhere to be found on this machine")
            binding.add_symbol(name, address)
    linker.add_object_file(binding.ObjectFileRef.from_data(code.machine))
    linker.finalize_object()
    return int(linker.get_function_address(code.symbol))


@cache
def _linker(module: str) -> tuple[Any, Any]:
    """Return LLVM's just-in-time linker of one Python module's loops, and the library's module.

    A linker makes its pages writable, and not executable, for each loop that it adds. With one for each
    module that is over before any thread has the module and runs its loops.
    """
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(jit=True)
    return binding.create_mcjit_compiler(binding.parse_assembly(""), machine), binding


def _of_numba(name: str) -> int | None:
    """Return the address of a function of numba's C libraries by its name in compiled code."""
    helpers = _library(_RUNTIME) if name.startswith("NRT_") else _library(_HELPERS)
    found = helpers.get(name.removeprefix("NRT_").removeprefix("numba_"))
    return None if found is None else int(found)


@lru_cache(maxsize=2)
def _library(name: str) -> dict[str, int]:
    """Return the functions of one of numba's extension modules; the package itself is not imported."""
    loaded = sys.modules.get(name)
    if loaded is None:
        package = importlib.util.find_spec("numba")
        assert package is not None and package.origin is not None
        place = Path(package.origin).parent.joinpath(*name.split(".")[1:])
        path = next(
            p for suffix in EXTENSION_SUFFIXES if (p := place.with_name(place.name + suffix)).is_file()
        )
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    functions: dict[str, int] = loaded.c_helpers
    return functions
