"""Which graphics processor is here and which torch is installed, found without importing torch.

torch takes seconds and hundreds of megabytes to import: its version file is read, ``nvidia-smi`` is asked.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

QUERY = "name,memory.total,memory.free,compute_cap,driver_version"
ASK_LIMIT_S = 3.0


@dataclass(frozen=True)
class Card:
    """One NVIDIA card as its driver tells it."""

    name: str
    total_mb: int
    free_mb: int
    compute_capability: float
    driver: str


@dataclass(frozen=True)
class Cards:
    """What ``nvidia-smi`` said: cards, or why there are none."""

    cards: tuple[Card, ...]
    complaint: str = ""
    """What it said instead; empty when it listed cards or is not installed."""


@dataclass(frozen=True)
class TorchBuild:
    """The installed torch."""

    version: str
    cuda: str | None
    """CUDA version that it was built for; None for a build without."""
    hip: str | None = None
    """ROCm version that it was built for; None for a build without."""


def torch_build() -> TorchBuild | None:
    """Return the installed torch, read from its version file; None when it is not installed."""
    spec = importlib.util.find_spec("torch")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place) / "version.py"
        if file.is_file():
            return _parsed(file.read_text(encoding="utf-8"))
    return None


def nvidia_cards() -> Cards:
    """Ask ``nvidia-smi`` which cards there are."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return Cards(())
    command = [program, f"--query-gpu={QUERY}", "--format=csv,noheader,nounits"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=ASK_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Cards((), f"nvidia-smi did not answer: {error}")
    cards = tuple(card for line in asked.stdout.splitlines() if (card := _card(line)))
    if cards:
        return Cards(cards)
    said = (asked.stderr.strip() or asked.stdout.strip() or f"exit status {asked.returncode}").splitlines()
    return Cards((), f"nvidia-smi says: {said[0]}")


def hidden_by_setting() -> str | None:
    """Return the value of ``CUDA_VISIBLE_DEVICES`` when it hides every card."""
    value = os.environ.get("CUDA_VISIBLE_DEVICES")
    return value if value is not None and value.strip() in ("", "-1", "none") else None


def is_apple_silicon() -> bool:
    """Return whether this is a Mac whose processor torch's MPS can use."""
    return sys.platform == "darwin" and platform.machine() == "arm64"


def has_gpu() -> bool:
    """Return whether there is a GPU that torch could use: an NVIDIA card that is not hidden, or Apple's."""
    return is_apple_silicon() or (hidden_by_setting() is None and bool(nvidia_cards().cards))


def _parsed(text: str) -> TorchBuild | None:
    found = dict(re.findall(r"^(__version__|cuda|hip)\b[^=\n]*=\s*(.+)$", text, re.MULTILINE))
    if "__version__" not in found:
        return None
    version, cuda, hip = (
        found.get(name, "None").strip().strip("'\"") for name in ("__version__", "cuda", "hip")
    )
    return TorchBuild(version, None if cuda == "None" else cuda, None if hip == "None" else hip)


def _card(line: str) -> Card | None:
    parts = [part.strip() for part in line.split(",")]
    try:
        name, total, free, capability, driver = parts
        return Card(name, int(float(total)), int(float(free)), float(capability), driver)
    except ValueError:
        return None
