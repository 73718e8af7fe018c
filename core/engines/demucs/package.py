"""One network's file, read so that nothing in it can run: numbers, text, and the names of Demucs' classes.

A ``.th`` file is a pickle that names its class, the arguments it was made with, and its weights (see
``demucs.states``). It is opened with ``weights_only=True``; the class comes back as a name, and is never
called by the file. The hub's ``.safetensors`` carries the same as JSON beside the tensors (``demucs.hf``).
"""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.engines.demucs.repository import damaged
from core.errors import EngineError

KIND = "demucs.htdemucs.HTDemucs"
NAMED = (KIND, "demucs.hdemucs.HDemucs", "demucs.demucs.Demucs")
_MORE_THAN_NUMBERS = r"unsupported global|not an allowed global|unrecognized function|can only (build|create)"
_NUMBERS = ("Float64", "Float32", "Int64", "Int32", "Bool")
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    pickle.UnpicklingError,
)


@dataclass(frozen=True)
class Package:
    """What a network is made of."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    state: Mapping[str, Tensor]


@dataclass(frozen=True)
class _Named:
    """Stands for a class that a file names."""

    name: str


def read_package(file: Path) -> Package:
    """Return what the file holds.

    Raises EngineError for a file that is damaged, that holds more than numbers, or another kind of network.
    """
    content = _from_safetensors(file) if file.suffix == ".safetensors" else _from_pickle(file)
    kind = content["klass"]
    name = kind.name if isinstance(kind, _Named) else str(kind)
    if name != KIND:
        raise EngineError(
            f"The Demucs file {file.name} holds a model of the kind {name.rsplit('.', 1)[-1]}, not HTDemucs.",
            causes=("it is an older Demucs, or another program's model",),
            remedy="Take htdemucs, htdemucs_ft or htdemucs_6s.",
        )
    try:
        package = Package(tuple(content["args"]), dict(content["kwargs"]), dict(content["state"]))
    except (TypeError, ValueError) as error:
        raise damaged(file, error) from error
    if not package.state or not all(isinstance(value, Tensor) for value in package.state.values()):
        raise EngineError(
            f"The Demucs file {file.name} holds no plain weights.",
            causes=("its weights were packed (quantised) by a program that is not needed here",),
            remedy="Take htdemucs, htdemucs_ft or htdemucs_6s.",
        )
    return package


def _from_pickle(file: Path) -> Mapping[str, Any]:
    try:
        with torch.serialization.safe_globals(_known()):
            content = torch.load(file, map_location="cpu", weights_only=True)
        return {name: content[name] for name in ("klass", "args", "kwargs", "state")}
    except pickle.UnpicklingError as error:
        raise _refused(file, error) or damaged(file, error) from error
    except _UNREADABLE as error:
        raise damaged(file, error) from error
    except RuntimeError as error:
        if "memory" in str(error).lower():
            raise
        raise damaged(file, error) from error


def _from_safetensors(file: Path) -> Mapping[str, Any]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(file), framework="pt") as opened:
            content = opened.metadata() or {}
            state = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        if "structure" in content:
            state = {}
        args, kwargs = (_with_fractions(json.loads(content[name])) for name in ("args", "kwargs"))
        return {"klass": content["klass"], "args": args, "kwargs": kwargs, "state": state}
    except SafetensorError as error:
        raise damaged(file, error) from error
    except _UNREADABLE as error:
        raise damaged(file, error) from error


def _with_fractions(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("_type") == "fraction":
            return Fraction(int(value["numerator"]), int(value["denominator"]))
        return {name: _with_fractions(item) for name, item in value.items()}
    return [_with_fractions(item) for item in value] if isinstance(value, list) else value


def _known() -> list[Any]:
    """Return what a file may name beside tensors: numbers, fractions, and Demucs' classes by name only."""
    numpy = np._core.multiarray  # type: ignore[attr-defined]
    made_by = [
        (getattr(numpy, name), f"numpy.{core}.multiarray.{name}")
        for core in ("core", "_core")
        for name in ("scalar", "_reconstruct")
    ]
    types = [getattr(np.dtypes, f"{number}DType") for number in _NUMBERS]
    named = [(_Named(name), name) for name in NAMED]
    return [*named, (_fraction, "fractions.Fraction"), *made_by, np.ndarray, np.dtype, *types]


def _fraction(numerator: str | int, denominator: int = 1) -> Fraction:
    """Make a fraction of two whole numbers: text such as 1e999999999 would take forever."""
    if isinstance(numerator, str):
        if not re.fullmatch(r"-?\d{1,18}(/\d{1,18})?", numerator):
            raise ValueError(f"{numerator[:40]!r} is not a fraction")
        return Fraction(numerator)
    return Fraction(int(numerator), int(denominator))


def _refused(file: Path, error: pickle.UnpicklingError) -> EngineError | None:
    """Return the error for a file that names something that could run; None when it is merely damaged."""
    said = str(error)
    if not re.search(_MORE_THAN_NUMBERS, said, re.IGNORECASE):
        return None
    named = re.search(r"GLOBAL ([\w.]+)", said)
    what = named[1] if named else "an object of its own"
    return EngineError(
        f"The Demucs file {file.name} holds more than weights ({what}), which could run when it is opened: "
        "it was not opened.",
        causes=("somebody hid a program in it", "it was saved by another program, with objects of its own"),
        remedy="Take Demucs' published weights, best as .safetensors.",
        detail=said,
    )


__all__ = ["Package", "read_package"]
