"""What torch itself sees of the graphics processors, asked in a process of its own.

The driver may list a card that torch cannot use: then torch's own words are what the diagnosis is made from.
"""

from __future__ import annotations

import json
import subprocess
import sys

from pydantic import BaseModel, ConfigDict, ValidationError

LOOK_LIMIT_S = 60.0
SCRIPT = """
import json, warnings
answer = {"sees": False, "cards": [], "said": ""}
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        import torch
        answer["sees"] = bool(torch.cuda.is_available())
        for number in range(torch.cuda.device_count() if answer["sees"] else 0):
            free, total = torch.cuda.mem_get_info(number)
            answer["cards"].append({"name": torch.cuda.get_device_name(number), "free": free, "total": total})
        if answer["sees"]:
            torch.zeros(8, device="cuda").sum().item()
        else:
            torch.zeros(1, device="cuda")
    except BaseException as error:
        answer["said"] = f"{type(error).__name__}: {error}"
if not answer["said"]:
    answer["said"] = "\\n".join(str(one.message) for one in caught if "CUDA" in str(one.message))
print("\\n" + json.dumps(answer))
"""


class SeenCard(BaseModel):
    """One graphics processor as torch tells it; bytes."""

    model_config = ConfigDict(frozen=True)

    name: str
    free: int
    total: int


class TorchLook(BaseModel):
    """What torch answered."""

    model_config = ConfigDict(frozen=True)

    sees: bool = False
    cards: tuple[SeenCard, ...] = ()
    said: str = ""
    """Its error or warning; empty when it computed on the first card."""


def look_with_torch(interpreter: str = sys.executable, limit_s: float = LOOK_LIMIT_S) -> TorchLook:
    """Import torch in ``interpreter``, ask for the cards and compute on the first; raises nothing."""
    try:
        asked = subprocess.run(
            [interpreter, "-c", SCRIPT], capture_output=True, text=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        return TorchLook(said=f"torch did not answer within {limit_s:.0f} s")
    except OSError as error:
        return TorchLook(said=f"{interpreter} cannot be started: {error.strerror or error}")
    lines = asked.stdout.strip().splitlines()
    try:
        return TorchLook.model_validate(json.loads(lines[-1]))
    except (IndexError, ValueError, ValidationError):
        return TorchLook(said=asked.stderr.strip()[-2000:] or f"torch ended with status {asked.returncode}")
