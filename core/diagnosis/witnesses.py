"""What this machine reports about a failure that has just happened on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from core.diagnosis.catalogue import CATALOGUE
from core.diagnosis.entry import Diagnosis, Witness
from core.machine.graphics import hidden_by_setting, nvidia_cards, torch_build
from core.machine.platform import place
from core.machine.resources import memory, memory_kills

GB = 1e9


def witnesses(found: Diagnosis) -> tuple[str, ...]:
    """Return what is worth knowing of this machine beside a diagnosis; raises nothing."""
    wanted = next(entry.witnesses for entry in CATALOGUE if entry.name == found.name)
    return tuple(evidence for each in wanted if (evidence := _EVIDENCE_BY[each]()))


def memory_now() -> str:
    """Return how much memory is free, and the container's limit."""
    now = memory()
    if now.available is None:
        return ""
    limit = f"; the container's limit is {now.limit / GB:.1f} GB" if now.limit is not None else ""
    kills = memory_kills()
    ended = f" The kernel has ended {kills} processes here because memory ran out." if kills else ""
    return f"{now.available / GB:.1f} GB of main memory are free now{limit}.{ended}"


def graphics_now() -> str:
    """Return the cards and what is free on them, or why there are none."""
    found = nvidia_cards()
    hidden = hidden_by_setting()
    if found.complaint:
        return f"{found.complaint}."
    if not found.cards:
        return "No NVIDIA card is visible on this machine."
    cards = "; ".join(
        f"{card.name}, {card.free_mb / 1000:.1f} of {card.total_mb / 1000:.1f} GB free, compute capability "
        f"{card.compute_capability:g}, driver {card.driver}"
        for card in found.cards
    )
    return f"{cards}{f'; hidden by CUDA_VISIBLE_DEVICES={hidden!r}' if hidden is not None else ''}."


def disk_now() -> str:
    """Return the free space where sounds pass and where people's caches lie, without naming folders."""
    free = {}
    for name, folder in (("temporary folder", Path(tempfile.gettempdir())), ("home folder", Path.home())):
        try:
            free[name] = shutil.disk_usage(folder).free
        except OSError:
            continue
    return ", ".join(f"{space / GB:.1f} GB free in the {name}" for name, space in free.items()) + "."


def torch_now() -> str:
    """Return the installed torch and what it is built for."""
    build = torch_build()
    if build is None:
        return "torch is not installed in the studio's environment."
    made_for = (
        f"CUDA {build.cuda}" if build.cuda else f"ROCm {build.hip}" if build.hip else "the processor alone"
    )
    return f"The studio's torch is {build.version}, built for {made_for}."


def place_now() -> str:
    """Return the platform that this is, when it is a known one."""
    here = place(os.environ)
    return f"This is {here.description}." if here.description else ""


_EVIDENCE_BY: Mapping[Witness, Callable[[], str]] = {
    Witness.MEMORY: memory_now,
    Witness.GPU: graphics_now,
    Witness.DISK: disk_now,
    Witness.TORCH: torch_now,
    Witness.PLACE: place_now,
}
