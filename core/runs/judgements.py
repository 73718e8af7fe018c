"""When two judgements are the same: the key under which a contract's findings about a case are cached.

The key holds all that a check can look at: every field of the :class:`core.contract.Case` (a new field is in
it without more ado), the contract with its limits, and the code. Sounds stand in it by their content keys.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from core.audio import Audio
from core.contract import Case, Contract, Sound
from core.machine.code_version import code_version
from core.measure import Measurement
from core.values import Json

_UNREAD = Audio(np.zeros((0, 1), dtype=np.float32), 1)


@dataclass(frozen=True, eq=False)
class StoredSound(Sound):
    """A sound that lies in the store, so that its content key is known without reading it."""

    key: str

    @classmethod
    def unread(cls, name: str, measurement: Measurement, key: str) -> StoredSound:
        """Return a sound that stands in a key alone: it has no samples."""
        return cls(name, _UNREAD, measurement, key)


def judgement_key(contract: Contract, case: Case) -> str:
    """Return the SHA-256 of everything that the findings of ``contract`` about ``case`` depend on."""
    parts = [contract_version(contract), {f.name: _plain(getattr(case, f.name)) for f in fields(case)}]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def contract_version(contract: Contract) -> str:
    """Return the SHA-256 of the contract's checks with their limits, and of the code that they run.

    A check that is no dataclass shows its address in place of its limits: its findings are then cached for
    this process alone.
    """
    digest = hashlib.sha256(code_version().encode())
    digest.update(repr(contract).encode())
    for module in sorted({type(check).__module__ for check in (*contract.checks, *contract.whole)}):
        file = getattr(sys.modules.get(module), "__file__", None)
        if file and module.partition(".")[0] != __name__.partition(".")[0]:
            digest.update(Path(file).read_bytes())
    return digest.hexdigest()


def _plain(value: Any) -> Json:
    """Return a value of a case as JSON; raises TypeError for what has no such form."""
    if isinstance(value, Sound):
        key = value.key if isinstance(value, StoredSound) else value.audio.key
        return [value.name, key, _plain(value.measurement)]
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        # As pairs: a check may depend on the order of the sounds.
        return [[str(name), _plain(held)] for name, held in value.items()]
    if isinstance(value, Set):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(held) for held in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a case holds a {type(value).__name__}, which has no key")
