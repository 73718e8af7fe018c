"""Demucs from a folder: nothing is downloaded, nothing that lies in a file runs, nothing stays random."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import torch
from demucs.htdemucs import HTDemucs
from torch import nn

from core.engines.checkpoint import Checkpoint
from core.engines.demucs.package import Package, read_package
from core.engines.demucs.repository import Bag, find_bag, unfit
from core.engines.weights import is_untrained

MODEL = "Demucs"
CHANNELS = 2
STEM_NAME = r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}"


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded Demucs: one network, or several that share the work."""

    networks: tuple[nn.Module, ...]
    shares: tuple[tuple[float, ...], ...]
    """How much of each stem is each network's; over the networks a stem's shares add up to 1."""
    windows: tuple[int, ...]
    """Samples that each network looks at."""
    sources: tuple[str, ...]
    sample_rate: int
    name: str
    device: str
    precision: str
    untrained: bool


def load(folder: Path, name: str = "") -> Model:
    """Load the model of that name (else the preferred one) in ``folder`` onto the best device here.

    Raises EngineMissingError for what the folder lacks, EngineMemoryError when it cannot fit, EngineError for
    files that are damaged, not numbers, hold a program, or belong to another model.
    """
    bag = find_bag(folder, name)
    _check_room(bag)
    made = {file: _network(file) for file in dict.fromkeys(bag.files)}
    networks = tuple(made[file] for file in bag.files)
    sources, rate = _agreed(bag, networks)
    device = _chosen_device()
    for network in made.values():
        network.to(device)
    weight = next(networks[0].parameters())
    return Model(
        networks=networks,
        shares=_shares(bag, len(networks), len(sources)),
        windows=tuple(_window(bag, network, rate) for network in networks),
        sources=sources,
        sample_rate=rate,
        name=bag.name,
        device=weight.device.type,
        precision=str(weight.dtype).removeprefix("torch."),
        untrained=is_untrained(folder),
    )


def _chosen_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _check_room(bag: Bag) -> None:
    """Refuse before the system ends the process for want of memory."""
    sizes = [file.stat().st_size for file in set(bag.files)]
    # Files hold half precision: twice their size in all, and the one that is being read beside it.
    needed = 2 * sum(sizes) + max(sizes)
    Checkpoint(bag.folder, MODEL).check_memory(torch, "cpu", needed, "take htdemucs, which has one network")


def _network(file: Path) -> HTDemucs:
    """Return the file's network, with every weight from the file."""
    package = read_package(file)
    network = _built(file, package)
    try:
        network.load_state_dict(dict(package.state))
    except (RuntimeError, TypeError, AttributeError) as error:
        raise unfit(file.parent, error) from error
    broken = [name for name, value in network.state_dict().items() if not bool(torch.isfinite(value).all())]
    if broken:
        raise Checkpoint(file, MODEL).not_numbers(broken)
    return network.eval()


def _built(file: Path, package: Package) -> HTDemucs:
    """Make the network that the file describes; arguments of later versions are left out, as Demucs does."""
    known = inspect.signature(HTDemucs).parameters
    kwargs = {name: value for name, value in package.kwargs.items() if name in known}
    try:
        network = HTDemucs(*package.args, **kwargs)
    except RuntimeError as error:
        if "memory" in str(error).lower():
            raise
        raise unfit(file.parent, error) from error
    except (TypeError, ValueError, AssertionError, ArithmeticError, LookupError, AttributeError) as error:
        raise unfit(file.parent, error) from error
    odd = _odd(network)
    if odd:
        raise unfit(file.parent, odd)
    return network


def _odd(network: HTDemucs) -> str:
    """Say what in a network's description cannot be worked with; empty when all can."""
    names = network.sources
    if not isinstance(names, (list, tuple)) or not names or len(set(map(str, names))) != len(names):
        return f"its stems are {names!r}"
    if not all(isinstance(name, str) and re.fullmatch(STEM_NAME, name) for name in names):
        return f"its stems are {names!r}"
    if network.audio_channels != CHANNELS:
        return f"it was made for {network.audio_channels} channels"
    if not isinstance(network.samplerate, int) or not 8_000 <= network.samplerate <= 192_000:
        return f"its rate is {network.samplerate!r}"
    if not isinstance(network.segment, (int, float, Fraction)) or not 0.1 <= network.segment <= 600:
        return f"its windows are {network.segment!r} s"
    return ""


def _agreed(bag: Bag, networks: tuple[HTDemucs, ...]) -> tuple[tuple[str, ...], int]:
    """Return the stems and the rate that all networks have."""
    makes = {(tuple(network.sources), network.samplerate) for network in networks}
    if len(makes) > 1:
        raise unfit(bag.folder, f"the networks of {bag.name} make different stems: {sorted(makes)}")
    return makes.pop()


def _shares(bag: Bag, networks: int, sources: int) -> tuple[tuple[float, ...], ...]:
    rows = bag.weights or ((1.0,) * sources,) * networks
    if len(rows[0]) != sources:
        raise unfit(bag.folder, f"{bag.name}.yaml has weights for {len(rows[0])} of {sources} stems")
    totals = [sum(column) for column in zip(*rows, strict=True)]
    return tuple(tuple(part / total for part, total in zip(row, totals, strict=True)) for row in rows)


def _window(bag: Bag, network: HTDemucs, rate: int) -> int:
    """Return the samples a network looks at: what it was trained on, or less where the bag says so."""
    if bag.segment_s is not None and bag.segment_s <= network.segment:
        network.segment = bag.segment_s
    return int(network.segment * rate)
