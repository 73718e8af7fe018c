"""The graphics processor and the torch that is to use it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from core.contract import Severity
from core.diagnosis import diagnose
from core.facts.fact import GB, Fact, bad, ok
from core.facts.torch_look import TorchLook, look_with_torch
from core.machine.graphics import (
    Card,
    TorchBuild,
    hidden_by_setting,
    is_apple_silicon,
    nvidia_cards,
    torch_build,
)
from core.machine.platform import place

BF16_CAPABILITY = 8.0
"""Compute capability from which bfloat16 works; float16 below it gives NaN in ACE-Step."""
NAME = "graphics processor"
AMD = Path("/dev/kfd")
KEPT_S = 120.0
"""torch is asked again after so long: it takes seconds and hundreds of megabytes each time."""
_last: list[tuple[float, TorchLook]] = []


def graphics() -> Iterator[Fact]:
    """Look at torch, at the cards, and, where both are there, whether the one computes on the other."""
    build = torch_build()
    yield _torch(build)
    found = nvidia_cards()
    if found.complaint:
        yield _complaint(found.complaint)
    elif found.cards:
        yield from _with_cards(found.cards, build)
    elif build is not None and build.hip and AMD.exists():
        yield _amd()
    elif is_apple_silicon():
        yield ok(NAME, "Apple silicon: engines use MPS in 32-bit floats.")
    else:
        yield _none()


def _torch(build: TorchBuild | None) -> Fact:
    if build is None:
        return bad(
            Severity.WARN,
            "torch",
            "torch is not installed: separators and AI models cannot run, the built-in band can.",
            "Run make models (pip install -r requirements.txt).",
            "this is the light installation",
        )
    made_for = f"CUDA {build.cuda}" if build.cuda else f"ROCm {build.hip}" if build.hip else "no CUDA"
    return ok("torch", f"torch {build.version}, {made_for}.")


def _complaint(complaint: str) -> Fact:
    known = diagnose(complaint)
    return bad(
        Severity.WARN,
        NAME,
        f"{complaint.rstrip('.')}.",
        known.remedy
        if known
        else "Install or restart the NVIDIA driver; in a container, start it with --gpus all.",
        *(known.causes if known else ("the driver is not loaded, or is older than the card's library",)),
        "this user may not open the device /dev/nvidia0",
    )


def _with_cards(cards: tuple[Card, ...], build: TorchBuild | None) -> Iterator[Fact]:
    hidden = hidden_by_setting()
    listed = "; ".join(
        f"{c.name}, {c.free_mb / 1000:.1f} of {c.total_mb / 1000:.1f} GB free, "
        f"compute capability {c.compute_capability:g}, driver {c.driver}"
        for c in cards
    )
    if hidden is not None:
        yield bad(
            Severity.WARN,
            NAME,
            f"{listed}; hidden by CUDA_VISIBLE_DEVICES={hidden!r}.",
            "Remove the variable CUDA_VISIBLE_DEVICES, or set it to 0.",
            "the variable was set for another program",
        )
    elif build is not None and build.cuda is None:
        yield bad(
            Severity.WARN,
            NAME,
            f"{listed}; the installed torch was built without CUDA and cannot use it.",
            "Reinstall torch from the public index: pip install --force-reinstall torch==2.13.0",
            "the processor-only build of torch was installed",
        )
    else:
        old = min(c.compute_capability for c in cards) < BF16_CAPABILITY
        precision = "32-bit floats with offload, for bfloat16 needs 8" if old else "bfloat16"
        yield ok(NAME, f"{listed}; engines use {precision}.")
        if build is not None:
            yield _computes(_asked())


def _amd() -> Fact:
    look = _asked()
    if not look.sees or look.said:
        return _computes(look)
    return ok(NAME, f"{_seen(look)}; engines use it through ROCm.")


def _computes(look: TorchLook) -> Fact:
    """Tell whether torch computes on the card that the driver lists."""
    name = "torch on the card"
    if look.sees and not look.said:
        return ok(name, f"torch computes on it: {_seen(look)}.")
    known = diagnose(look.said)
    words = look.said.strip().splitlines()
    quoted = known.evidence[0] if known else words[-1] if words else "it gave no reason"
    return bad(
        Severity.WARN,
        name,
        f"{known.sentence if known else 'torch cannot use the card.'} torch said: {quoted}",
        known.remedy if known else "Update the driver, or reinstall torch for this card.",
        *(known.causes if known else ("driver and torch do not fit",)),
    )


def _seen(look: TorchLook) -> str:
    return "; ".join(f"{c.name}, {c.free / GB:.1f} of {c.total / GB:.1f} GB free" for c in look.cards)


def _asked() -> TorchLook:
    """Return torch's answer, of this minute or the last."""
    now = time.monotonic()
    if not _last or now - _last[0][0] > KEPT_S:
        _last[:] = [(now, look_with_torch())]
    return _last[0][1]


def _none() -> Fact:
    here = place(os.environ)
    if here.space:
        hardware = f" ({here.hardware})" if here.hardware else ""
        return ok(
            NAME,
            f"This Space was given none{hardware}: engines run on the processor. "
            "ACE-Step needs one: choose hardware with a GPU in the Space's settings.",
        )
    if here.streamlit_cloud:
        return ok(NAME, "Streamlit Community Cloud has none: the built-in band and Spleeter run there.")
    return ok(
        NAME,
        "No graphics processor is visible: engines run on the processor. "
        "ACE-Step needs one (on a rented machine, choose hardware with a GPU; in a container, --gpus all).",
    )
