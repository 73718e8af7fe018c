"""HT Demucs with random weights: the real class with eight channels, as a local repository under 1 MB."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

FOUR = ("drums", "bass", "other", "vocals")
SIX = (*FOUR, "guitar", "piano")
WINDOW_S = Fraction(6, 5)


def make_network(seed=0, sources=FOUR, segment=WINDOW_S, **more):
    """A network whose layers react to what they are given."""
    import torch
    from demucs.htdemucs import HTDemucs

    torch.manual_seed(seed)
    told = {"channels": 8, "bottom_channels": 16, "t_layers": 1, "t_heads": 2, "segment": segment}
    return HTDemucs(list(sources), **{**told, **more}).eval()


def package_of(network, **changes):
    """What Demucs saves of a network: half precision, and the training's own account, with numpy in it."""
    import numpy as np
    from demucs.states import get_state

    args, kwargs = network._init_args_kwargs
    account = {"lr": np.float64(3e-4), "batch": np.int64(32), "name": "tiny"}
    state = get_state(network, None, half=True)
    whole = {"klass": type(network), "args": args, "kwargs": kwargs, "state": state, "training_args": account}
    return {**whole, **changes}


def write_package(folder, signature, package, checksum=True):
    """Write ``<signature>-<checksum>.th`` and return its path."""
    import torch

    path = folder / f"{signature}.th"
    torch.save(package, path)
    if not checksum:
        return path
    return path.rename(folder / f"{signature}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}.th")


def write_bag(folder, name, signatures, weights=None, segment=None):
    """Write ``<name>.yaml`` as Demucs' own are."""
    lines = [f"models: {json.dumps(list(signatures))}"]
    lines += [f"weights: {json.dumps(weights)}"] if weights else []
    lines += [f"segment: {segment}"] if segment else []
    (folder / f"{name}.yaml").write_text("\n".join(lines))


def write_tiny(folder, name="htdemucs", signatures=("955717e8",), weights=None, seed=0, **more):
    """Write a repository with one model; it declares itself untrained."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, signature in enumerate(signatures):
        write_package(folder, signature, package_of(make_network(seed + number, **more)))
    write_bag(folder, name, signatures, weights)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))
    return folder


def write_hub_form(folder, network, name="htdemucs", signature="955717e8", **metadata):
    """Write the network as the hub's repositories hold it: safetensors with its description as JSON."""
    from safetensors.torch import save_file

    args, kwargs = network._init_args_kwargs

    def plain(value):
        if isinstance(value, Fraction):
            return {"_type": "fraction", "numerator": value.numerator, "denominator": value.denominator}
        raise TypeError(type(value).__name__)

    told = {
        "klass": "demucs.htdemucs.HTDemucs",
        "args": json.dumps(args, default=plain),
        "kwargs": json.dumps(kwargs, default=plain),
    }
    tensors = {key: value.half().contiguous() for key, value in network.state_dict().items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / f"{signature}.safetensors", metadata={**told, **metadata})
    write_bag(folder, name, [signature])
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))
    return folder
