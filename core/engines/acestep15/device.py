"""Where the model computes and in which number format, decided before anything is loaded.

bfloat16 needs CUDA compute capability 8; below it float16 is what is fast, and it overflows to NaN in this
model (ACE-Step-1.5 issues 1243, 1274), so those cards take float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.engines.acestep15.estimate import Need, Song, longest_s, need
from core.engines.acestep15.settings import LONGEST_S, Precision
from core.engines.acestep15.sizes import Size, published_size
from core.errors import EngineInputError, EngineMemoryError
from core.machine.graphics import hidden_by_setting, is_apple_silicon, nvidia_cards
from core.machine.resources import memory

GB = 1e9
MB = 1 << 20
LARGE = 100_000_000
"""Parameters from which working without a GPU is worth a note."""
MODERN = (8, 0)
"""Compute capability from which a card computes bfloat16."""
SMALLER = ("acestep-v15-turbo-diffusers",)
"""Published weights to fall back on, where a larger model does not fit."""


@dataclass(frozen=True)
class Machine:
    """What there is to compute on; bytes, None where the system does not tell."""

    kind: str
    """cuda, mps or cpu."""
    capability: tuple[int, int] = (0, 0)
    gpu_free: int | None = None
    ram_free: int | None = None


@dataclass(frozen=True)
class Placement:
    """Device, precision, whether the parts take turns on the GPU, and the bytes needed and free."""

    device: str
    precision: str
    offload: bool = False
    notes: tuple[str, ...] = ()
    needed: int = 0
    free: int | None = None


def machine_by_torch(torch: Any) -> Machine:
    """Return what torch sees, in the process that is to compute."""
    free = memory().available
    if torch.cuda.is_available():
        major, minor = torch.cuda.get_device_capability()
        return Machine("cuda", (major, minor), int(torch.cuda.mem_get_info()[0]), free)
    mps = getattr(torch.backends, "mps", None)
    return Machine("mps" if mps is not None and mps.is_available() else "cpu", ram_free=free)


def machine_outside() -> Machine:
    """Return what can be seen without torch: by nvidia-smi, which names the first card."""
    free = memory().available
    cards = nvidia_cards().cards if hidden_by_setting() is None and not is_apple_silicon() else ()
    if cards:
        major, _, minor = f"{cards[0].compute_capability:.1f}".partition(".")
        return Machine("cuda", (int(major), int(minor)), cards[0].free_mb * MB, free)
    return Machine("mps" if is_apple_silicon() else "cpu", ram_free=free)


def placed(machine: Machine, size: Size, asked: Precision, song: Song, name: str = "ACE-Step") -> Placement:
    """Return the best place for a song.

    Raises EngineMemoryError when it fits nowhere, which names what does fit; EngineInputError for a precision
    that the GPU has not.
    """
    if machine.kind == "cuda":
        return _on_cuda(machine, size, asked, song, name)
    precision = _precision(asked, "float32")
    needed = need(size, song, precision)
    free = machine.ram_free
    if free is not None and needed.whole > free:
        raise _too_large(machine, size, precision, song, name, needed.whole, free, "this machine")
    notes: tuple[str, ...] = ()
    if machine.kind == "cpu" and sum(size.parameters.values()) > LARGE:
        notes = ("There is no GPU here: ACE-Step computes on the processor, which takes minutes a song.",)
    return Placement(machine.kind, precision, notes=notes, needed=needed.whole, free=free)


def _on_cuda(machine: Machine, size: Size, asked: Precision, song: Song, name: str) -> Placement:
    modern = machine.capability >= MODERN
    if asked is Precision.BFLOAT16 and not modern:
        major, minor = machine.capability
        raise EngineInputError(
            f"This GPU computes no bfloat16 (compute capability {major}.{minor}; it takes 8.0).",
            remedy="Set ACE-Step's precision to auto or float32.",
        )
    precision = _precision(asked, "bfloat16" if modern else "float32")
    needed, free = need(size, song, precision), machine.gpu_free or 0
    notes = () if modern else ("This GPU has no bfloat16: ACE-Step computes in float32, twice the memory.",)
    if needed.whole <= free:
        return Placement("cuda", precision, notes=notes, needed=needed.whole, free=free)
    if needed.in_turns > free:
        raise _too_large(machine, size, precision, song, name, needed.in_turns, free, "the GPU")
    if machine.ram_free is not None and needed.weights > machine.ram_free:
        raise _too_large(
            machine, size, precision, song, name, needed.weights, machine.ram_free, "this machine"
        )
    slower = "The GPU cannot hold all of ACE-Step: its parts take turns, which is slower."
    return Placement("cuda", precision, True, (*notes, slower), needed.in_turns, free)


def _precision(asked: Precision, best: str) -> str:
    return best if asked is Precision.AUTO else asked.value


def _too_large(
    machine: Machine,
    size: Size,
    precision: str,
    song: Song,
    name: str,
    needed: int,
    free: int,
    where: str,
) -> EngineMemoryError:
    """Return the error, with the choices that fit: a shorter song, a smaller model."""
    choices = []
    offload = machine.kind == "cuda"
    shorter = longest_s(size, song.guidance, precision, free, offload=offload)
    if where == "this machine" and machine.kind == "cuda":
        shorter = 0.0
    if 0 < shorter < song.seconds:
        choices.append(f"make at most {shorter:.0f} s")
    for other in SMALLER:
        smaller = published_size(other)
        if sum(smaller.parameters.values()) >= sum(size.parameters.values()):
            continue
        takes = _held(need(smaller, song, precision), machine, where)
        if takes <= free:
            choices.append(f"take {other}, which needs {takes / GB:.1f} GB for it")
    choices.append("close what else holds the memory")
    if len(choices) == 1:
        choices.append("choose another engine")
    return EngineMemoryError(
        f"{name} needs {needed / GB:.1f} GB for {min(song.seconds, LONGEST_S):.0f} s in {precision}, and "
        f"{where} has {free / GB:.1f} GB free.",
        causes=("the model is too large for this device", "other programs hold the memory"),
        remedy=f"{_sentence(choices)}.",
    )


def _held(needed: Need, machine: Machine, where: str) -> int:
    if machine.kind != "cuda":
        return needed.whole
    return needed.in_turns if where == "the GPU" else needed.weights


def _sentence(choices: list[str]) -> str:
    text = ", or ".join(choices)
    return text[0].upper() + text[1:]
