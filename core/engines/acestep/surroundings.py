"""What must be so around the package acestep before it plays. Python 3.9 syntax.

It downloads whatever it misses: that is refused. Of torchvision it needs two small classes that scale a
spectrogram; where torchvision is not installed they stand in. Its torchaudio writes files through a codec
that may be missing, and with 16 bits: sounds are handed over as floats instead.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
import types
from typing import Any

from core.engines.child import WorkerError

PRECISION = "ACE_PIPELINE_DTYPE"
"""Its own variable, which would overrule the choice of precision."""


def prepare() -> None:
    """Refuse downloads and stand in for torchvision; before ``acestep`` is imported."""
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ.pop(PRECISION, None)
    if "torchvision" not in sys.modules and importlib.util.find_spec("torchvision") is None:
        _look_for_torchvision()
        transforms = _module("torchvision.transforms", Normalize=_Normalize, Compose=_Compose)
        _module("torchvision", transforms=transforms)


def _look_for_torchvision() -> None:
    """Import what would take a stand-in for the whole of torchvision, so that it sees that there is none."""
    from diffusers import AutoencoderDC  # noqa: F401
    from diffusers.pipelines.stable_diffusion_3 import pipeline_stable_diffusion_3  # noqa: F401
    from transformers import AutoTokenizer, UMT5EncoderModel  # noqa: F401


def surround(pipeline: Any) -> None:
    """Refuse the imported pipeline's downloads, and have it write its sound as it is."""
    pipeline.snapshot_download = _refused_download
    pipeline.torchaudio = types.SimpleNamespace(save=_save)


def _save(path: str, sound: Any, sample_rate: int, **options: Any) -> None:
    import soundfile

    soundfile.write(path, sound.T.cpu().numpy(), sample_rate, format="WAV", subtype="FLOAT")


def _refused_download(repository: str, **options: Any) -> Any:
    raise WorkerError(
        f"ACE-Step 1 would download {repository}, and nothing is downloaded unasked.",
        "Run python -m core models get ACE-Step-v1-3.5B, or name a checkpoint folder that is complete.",
        "engine_missing",
    )


def _module(name: str, **holds: Any) -> Any:
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    for key, value in holds.items():
        setattr(module, key, value)
    sys.modules[name] = module
    return module


class _Normalize:
    """Takes the mean away and divides by the deviation, as torchvision's does for one pair of numbers."""

    def __init__(self, mean: float, std: float) -> None:
        self._mean, self._std = mean, std

    def __call__(self, x: Any) -> Any:
        return (x - self._mean) / self._std


class _Compose:
    """One transform after the other."""

    def __init__(self, transforms: Any) -> None:
        self._transforms = transforms

    def __call__(self, x: Any) -> Any:
        for transform in self._transforms:
            x = transform(x)
        return x
