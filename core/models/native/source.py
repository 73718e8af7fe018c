"""What lies in a folder or file that somebody calls a model: which form, which family, and its tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.engines.acestep15.native import SILENCE, to_diffusers
from core.engines.acestep15.recipe import Family
from core.engines.acestep15.shapes import config_of, disagreement, missing
from core.engines.shared.safetensors_header import NotSafetensorsError, Span, read_spans
from core.errors import EngineError, InputError, NotFoundError
from core.models.native.described import described

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
ALL_IN_ONE = "model.diffusion_model."
"""What stands before the names in a ComfyUI file that holds text encoder and decoder as well."""
COMFY = ("diffusion_models", "unet", "checkpoints")
"""Folders of ComfyUI's models that may hold it."""
SHOWN = 3
ADAPTER = (".lora_", ".lokr_", ".hada_", "lora_A", "lokr_w1")
FIRST_VERSION = ("lyric_embs.weight", "genre_embedder.weight", "speaker_embedder.weight")
"""Tensors of ACE-Step 1.0's network."""


@dataclass(frozen=True)
class Native:
    """A checkpoint in ACE-Step's own form."""

    path: Path
    """The folder, or the one file of ComfyUI."""
    name: str
    tensors: Mapping[str, tuple[Path, Span]]
    config: Mapping[str, Any]
    family: Family
    silence: Path | None = None
    """``silence_latent.pt``; ComfyUI's files come without."""
    notes: tuple[str, ...] = field(default=())

    @property
    def size_bytes(self) -> int:
        """Of its tensors."""
        return sum(span.stop - span.start for _, span in self.tensors.values())


def native_in(path: Path, family: Family | None = None) -> Native:
    """Return the native checkpoint in a folder or file.

    ``family``: for a file that does not tell; else its configuration, or its name, does. Raises InputError
    or EngineError, in one sentence, for whatever else it is.
    """
    path = path.expanduser()
    if not path.exists():
        raise NotFoundError(f"There is no {path}.", remedy="Name a model's folder, or its .safetensors file.")
    if path.is_file():
        return _file(path, family)
    if (path / "model_index.json").is_file():
        raise InputError(
            f"{path.name} is in diffusers form already, not in ACE-Step's own.",
            remedy=f"Name it as the checkpoint as it is: --set generate.checkpoint={path}",
        )
    if (path / "config.json").is_file():
        return _folder(path, family)
    inside = candidates(path)
    if len(inside) == 1:
        return native_in(inside[0], family)
    if inside:
        names = ", ".join(str(each.relative_to(path)) for each in inside[:8])
        raise InputError(f"{path.name} holds {len(inside)} models.", remedy=f"Name one of them: {names}.")
    raise InputError(
        f"{path.name} holds no model of ACE-Step: no config.json and no folder acestep-v15-... is in it.",
        remedy="Name the folder with config.json and model.safetensors, or ComfyUI's .safetensors file.",
    )


def candidates(folder: Path) -> list[Path]:
    """Return the native models in a folder of checkpoints, or in ComfyUI's folder of models."""
    found = [
        config.parent
        for config in sorted(folder.glob("*/config.json"))
        if "acestep" in config.parent.name.lower() and "lm" not in config.parent.name.lower().split("-")
    ]
    for root in (folder, folder / "models"):
        for kind in COMFY:
            found += sorted(
                file
                for file in (root / kind).glob("*.safetensors")
                if "ace" in file.name.lower() and "1.5" in file.name
            )
    return found


def _folder(path: Path, family: Family | None) -> Native:
    config = described(path / "config.json")
    kinds = " ".join(str(kind) for kind in config.get("architectures") or [config.get("model_type", "")])
    if "acestep" not in f"{kinds} {config.get('model_type', '')}".lower():
        what = "the planner" if "CausalLM" in kinds else f"a model of the kind {kinds or 'unknown'}"
        raise InputError(
            f"{path.name} is {what}, not ACE-Step's song model.",
            remedy="Name the folder of the song model, such as acestep-v15-turbo.",
        )
    files = sorted(path.glob("model*.safetensors"))
    if not files:
        pickled = [
            file.name for file in path.iterdir() if file.suffix in PICKLES and SILENCE not in file.name
        ]
        raise EngineError(
            f"{path.name} has no model.safetensors{f', only the pickle {pickled[0]}' if pickled else ''}.",
            causes=("the download was not finished", "it was saved as a pickle, which can run any program"),
            remedy="Download the .safetensors files of this model.",
        )
    tensors = _together(path, files)
    _check_index(path, tensors)
    silence = path / f"{SILENCE}.pt"
    told = config.get("is_turbo") or "turbo" in str(config.get("model_version", "")).lower()
    known = Family.TURBO if told else _family_by(path.name, Family.BASE)
    return _checked(
        Native(path, path.name, tensors, config, family or known, silence if silence.is_file() else None)
    )


def _file(path: Path, family: Family | None) -> Native:
    if path.suffix.lower() in PICKLES:
        raise InputError(
            f"{path.name} is a pickle, which can run any program when it is opened.",
            remedy="Name the model as .safetensors.",
        )
    tensors = _together(path.parent, [path])
    if any(name.startswith(ALL_IN_ONE) for name in tensors):
        tensors = {
            name.removeprefix(ALL_IN_ONE): where
            for name, where in tensors.items()
            if name.startswith(ALL_IN_ONE)
        }
    known = family or _family_by(path.stem, None)
    if known is None:
        raise InputError(
            f"{path.name} does not tell whether it is a turbo, base or sft model.",
            remedy="Add --family turbo, --family base or --family sft.",
        )
    headers = {name: span.tensor for name, (_, span) in tensors.items()}
    _check_family(path.name, headers)
    config = config_of(headers, turbo=known is Family.TURBO) | {"model_version": known.value}
    return _checked(Native(path, path.stem, tensors, config, known))


def _checked(native: Native) -> Native:
    headers = {name: span.tensor for name, (_, span) in native.tensors.items()}
    _check_family(native.name, headers)
    strange = [name for name in headers if to_diffusers(name) is None]
    if strange:
        raise InputError(
            f"{native.name} holds {len(strange)} tensors that ACE-Step 1.5 has not, such as {strange[0]}.",
            remedy="Name a model of ACE-Step 1.5 as it was published.",
        )
    differ = disagreement(native.config, headers)
    if differ:
        raise EngineError(
            f"The weights of {native.name} are of another size than its config.json: {differ}.",
            causes=("files of two models were mixed",),
            remedy="Download the model again into a folder of its own.",
        )
    return native


def _check_family(name: str, headers: Mapping[str, Any]) -> None:
    if any(mark in key for key in headers for mark in ADAPTER):
        raise InputError(
            f"{name} is an adapter (LoRA or LoKr), not a model.",
            remedy="Name it in ACE-Step's LoRA setting.",
        )
    if any(key.endswith(FIRST_VERSION) for key in headers):
        raise InputError(
            f"{name} is ACE-Step 1.0, not 1.5.", remedy="Run it with the engine ace-step-v1, in its own form."
        )
    lacking = missing(headers)
    if not lacking:
        return
    if not any(key.startswith("decoder.") for key in headers):
        first = next(iter(headers), "nothing")
        raise InputError(
            f"{name} is no model of ACE-Step 1.5: it holds {first}, and no tensor decoder....",
            remedy="Name a model of ACE-Step 1.5, such as acestep-v15-turbo.",
        )
    more = f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else ""
    raise EngineError(
        f"The weights of {name} lack {', '.join(lacking[:SHOWN])}{more}.",
        causes=("the download was not finished", "only a part of the model was saved"),
        remedy="Download the model again.",
    )


def _together(folder: Path, files: list[Path]) -> dict[str, tuple[Path, Span]]:
    tensors: dict[str, tuple[Path, Span]] = {}
    for file in files:
        try:
            spans = read_spans(file)
        except (NotSafetensorsError, OSError) as error:
            raise EngineError(
                f"The weights file {file.name} in {folder.name} cannot be read: {error}.",
                causes=("the download was cut off", "the file was changed or damaged"),
                remedy="Download it again.",
            ) from error
        twice = next((name for name in spans if name in tensors), "")
        if twice:
            raise EngineError(
                f"{twice} stands in {tensors[twice][0].name} and again in {file.name}.",
                causes=("files of two models lie in one folder",),
                remedy="Leave only the files of one model in the folder.",
            )
        tensors |= {name: (file, span) for name, span in spans.items()}
    return tensors


def _check_index(path: Path, tensors: Mapping[str, Any]) -> None:
    """Refuse a model whose index names a tensor that is in no file."""
    index = path / "model.safetensors.index.json"
    if not index.is_file():
        return
    named = described(index).get("weight_map")
    if not isinstance(named, dict):
        raise EngineError(
            f"The {index.name} in {path.name} names no weights.",
            causes=("another file was given its name",),
            remedy="Download it again.",
        )
    lacking = sorted({str(file) for name, file in named.items() if name not in tensors})
    if lacking:
        raise EngineError(
            f"{path.name} lacks {', '.join(lacking)}.",
            causes=("the download was not finished",),
            remedy="Download the missing files.",
        )


def _family_by(name: str, otherwise: Any) -> Any:
    lowered = name.lower()
    return next((family for family in Family if family.value in lowered), otherwise)
