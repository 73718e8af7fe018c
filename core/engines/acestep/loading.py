"""ACE-Step 1 from a folder. Runs under an interpreter of its own: Python 3.9 syntax."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.acestep.layout import FILES
from core.engines.acestep.surroundings import prepare, surround
from core.engines.child import WorkerError
from core.engines.shared.own_folder import AGAIN, cannot_import, check_folder, first_broken
from core.engines.shared.safetensors_header import NotSafetensorsError, read_header
from core.engines.weights import is_untrained

WHOLE_VRAM = 15 * 2**30
"""With less than this the parts take turns on the card (the authors' cpu_offload)."""


MISFITS = (KeyError, TypeError, ValueError, AttributeError, AssertionError)
"""What libraries raise for files that hold another model."""


@dataclass(frozen=True)
class Model:
    """The loaded pipeline, its module, and what it says of itself."""

    pipeline: Any
    module: Any
    name: str
    device: str
    precision: str
    """Read back from the transformer."""
    untrained: bool


def load(folder: Path) -> Model:
    """Load the model in ``folder`` onto the best device here; raises WorkerError."""
    _check_folder(folder)
    prepare()
    try:
        import torch
        from acestep import pipeline_ace_step as module
        from safetensors import SafetensorError
    except (ImportError, OSError) as error:
        remedy = "Run make acestep SRC=<a clone of it>, which makes an environment that has everything."
        raise cannot_import("acestep", error, remedy) from error
    surround(module)
    on_card = torch.cuda.is_available()
    half = on_card and torch.cuda.get_device_capability()[0] >= 8
    turns = on_card and torch.cuda.get_device_properties(0).total_memory < WHOLE_VRAM
    # bfloat16 only where the card has it: float16 overflows in this model and float32 never does.
    pipeline = module.ACEStepPipeline(**told(folder, half=half, turns=turns))
    try:
        pipeline.load_checkpoint(str(folder))
    except (OSError, RuntimeError, SafetensorError, *MISFITS) as error:
        if "memory" in str(error).lower():
            raise
        raise _damaged(folder, error) from error
    return _described(torch, pipeline, module, folder)


def told(folder: Path, *, half: bool, turns: bool) -> dict[str, Any]:
    """Return what the authors' pipeline is made with; on a small card the song is decoded piece by piece too.

    Otherwise a song over 48 s is decoded at once, which takes more memory than a card of 8 GB has.
    """
    return {
        "checkpoint_dir": str(folder),
        "dtype": "bfloat16" if half else "float32",
        "cpu_offload": turns,
        "overlapped_decode": turns,
    }


def _check_folder(folder: Path) -> None:
    check_folder(
        folder,
        FILES,
        "ACE-Step 1",
        "it is ACE-Step 1.5, which is another engine's",
        "Download the missing files: python -m core models get ACE-Step-v1-3.5B.",
    )
    for file in sorted(folder.glob("*/*.safetensors")):
        # diffusers tells of such a file only that it cannot be loaded.
        try:
            read_header(file)
        except NotSafetensorsError as error:
            raise _damaged(folder, error, f"{file.parent.name}/{file.name}") from error


def _described(torch: Any, pipeline: Any, module: Any, folder: Path) -> Model:
    broken = first_broken(
        torch, pipeline.ace_step_transformer, pipeline.music_dcae, pipeline.text_encoder_model
    )
    if broken:
        raise WorkerError(
            f"ACE-Step 1 in {folder.name} cannot be used: its weights hold values that are not numbers "
            f"({broken}).",
            AGAIN,
        )
    weight = next(pipeline.ace_step_transformer.parameters())
    return Model(
        pipeline=pipeline,
        module=module,
        name=folder.name,
        device=str(pipeline.device.type),
        precision=str(weight.dtype).replace("torch.", ""),
        untrained=is_untrained(folder),
    )


def _damaged(folder: Path, error: BaseException, file: str = "one of its files") -> WorkerError:
    return WorkerError(
        f"ACE-Step 1 in {folder.name} cannot be used: {file} cannot be read ({error}).",
        AGAIN,
        "engine",
        ("the download was cut off", "files of another model lie in the folder"),
        f"{type(error).__name__}: {error}",
    )
