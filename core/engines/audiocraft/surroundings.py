"""What must be so before audiocraft 1.3.0 is imported. Standard library only, Python 3.9 syntax.

It imports xformers, spacy and demucs at its top and uses none of them to play: where they are not installed,
empty modules stand in their place, and a call of one raises. It downloads whatever it misses: that
is refused.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
import types
from typing import Any

from core.engines.child import WorkerError


class NoDownloadError(OSError):
    """Something was to be fetched from the network behind the person's back."""


def prepare() -> None:
    """Refuse downloads, and let audiocraft's imports of what it does not need go through."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    import torch

    if _absent("xformers"):
        ops = _empty("xformers.ops", LowerTriangularMask=object, unbind=torch.unbind)
        ops.memory_efficient_attention = _not_here("xformers")
        _empty("xformers", folder=True, ops=ops)
    if _absent("spacy"):
        _empty("spacy", load=_not_here("spacy"))
    if _absent("demucs"):
        pretrained = _empty("demucs.pretrained", get_model=_refused_download)
        _empty("demucs", folder=True, pretrained=pretrained)
    torch.hub.download_url_to_file = _refused_download
    torch.hub.load_state_dict_from_url = _refused_download


def _absent(name: str) -> bool:
    return name not in sys.modules and importlib.util.find_spec(name) is None


def _empty(name: str, folder: bool = False, **holds: Any) -> Any:
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=folder)
    if folder:
        module.__path__ = []
    for key, value in {"__version__": "0.0.0", **holds}.items():
        setattr(module, key, value)
    sys.modules[name] = module
    return module


def _not_here(package: str) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        raise WorkerError(
            f"This model needs {package}, which is not installed with audiocraft.",
            f"Install {package} into audiocraft's environment, or take another model.",
            "engine_missing",
        )

    return call


def _refused_download(*args: Any, **kwargs: Any) -> Any:
    what = str(args[0]) if args else "a file"
    raise NoDownloadError(f"{what} is not on this machine, and nothing is downloaded unasked")
