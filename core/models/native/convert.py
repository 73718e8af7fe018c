"""A native ACE-Step checkpoint made into one in diffusers form, and back: names change, no number does.

Tensors are copied from file to file in pieces of 8 MB, so memory stays small whatever the model's size.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.acestep15.checkpoint import inspect
from core.engines.acestep15.native import (
    CONDITIONS,
    DETOKENIZER,
    PARTS,
    SILENCE,
    TOKENIZER,
    TRANSFORMER,
    native_config,
    part_configs,
    to_diffusers,
    to_native,
)
from core.engines.acestep15.recipe import Family
from core.engines.acestep15.silence import read_silence, write_silence
from core.engines.shared.safetensors_header import read_spans
from core.engines.weights import models_folder
from core.errors import InputError, StorageError
from core.machine.home import storage_error
from core.models.native import streamed
from core.models.native.companions import TOKENIZER_FILES, Companions, companions_of, tokenizer_class
from core.models.native.described import described
from core.models.native.source import Native, native_in
from core.models.native.streamed import Piece
from core.models.sizes import size
from core.progress import Report

WEIGHTS = "diffusion_pytorch_model.safetensors"
SCHEDULER = {"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1, "shift": 1.0}


@dataclass(frozen=True)
class Converted:
    """What was made of what."""

    source: Path
    folder: Path
    family: str
    bytes: int


def convert(
    source: Path,
    target: Path | None,
    report: Report,
    *,
    family: Family | None = None,
    beside: Path | None = None,
) -> Converted:
    """Make a native checkpoint into a diffusers one in ``target``, else under ``GAINSTAGE_MODELS``.

    Raises InputError, EngineError or StorageError in one sentence; what was begun is then removed, and what
    ``report`` raises (Cancelled) ends it the same way.
    """
    native = native_in(source, family)
    companions = companions_of(native, beside)
    to = _target(target, f"{native.name}-diffusers")
    parts = _parts(native, companions)
    _check_room(to, sum(piece.length for pieces in parts.values() for piece in pieces.values()))
    with_configs = part_configs(native.config)

    def write(folder: Path) -> int:
        written = _write_parts(folder, parts, report)
        for part in parts:
            _json(folder / part / "config.json", with_configs[part])
        _surroundings(folder, companions, parts)
        return written

    return Converted(native.path, to, native.family.value, _made(to, write))


def convert_back(source: Path, target: Path | None, report: Report) -> Converted:
    """Make a diffusers checkpoint into a native one: config.json, model.safetensors, silence_latent.pt."""
    files = inspect(source.expanduser())
    folder = files.checkpoint.folder
    configs = {
        part: described(folder / part / "config.json") for part in PARTS.values() if part in files.parts
    }
    pieces: dict[str, Piece] = {}
    silence: Piece | None = None
    for part in configs:
        for file in sorted((folder / part).glob("*.safetensors")):
            for name, span in read_spans(file).items():
                if (part, name) == (CONDITIONS, SILENCE):
                    silence = Piece.of(file, span)
                else:
                    pieces[to_native(part, name)] = Piece.of(file, span)
    to = _target(target, folder.name.removesuffix("-diffusers"))
    total = sum(piece.length for piece in pieces.values())
    _check_room(to, total)

    def write(into: Path) -> int:
        tally = _tally(report, total)
        streamed.write(into / "model.safetensors", pieces, tally)
        _json(into / "config.json", native_config(configs))
        if silence is not None and silence.file is not None:
            with silence.file.open("rb") as held:
                held.seek(silence.start)
                write_silence(into / f"{SILENCE}.pt", silence.tensor, held.read(silence.length))
        return total

    family = Family.TURBO if configs[TRANSFORMER].get("is_turbo") else Family.BASE
    return Converted(folder, to, family.value, _made(to, write))


def _parts(native: Native, companions: Companions) -> dict[str, dict[str, Piece]]:
    parts: dict[str, dict[str, Piece]] = {}
    for name, (file, span) in native.tensors.items():
        place = to_diffusers(name)
        if place is not None:
            parts.setdefault(place[0], {})[place[1]] = Piece.of(file, span)
    channels = int(native.config["timbre_hidden_dim"])
    if native.silence is not None:
        tensor, data = read_silence(native.silence, channels)
        parts[CONDITIONS][SILENCE] = Piece(tensor, len(data), data=data)
    elif companions.silence is not None:
        parts[CONDITIONS][SILENCE] = Piece.of(*companions.silence)
    return parts


def _write_parts(folder: Path, parts: Mapping[str, Mapping[str, Piece]], report: Report) -> int:
    total = sum(piece.length for pieces in parts.values() for piece in pieces.values())
    tally = _tally(report, total)
    for part, pieces in parts.items():
        (folder / part).mkdir(parents=True)
        streamed.write(folder / part / WEIGHTS, pieces, tally)
    return total


def _tally(report: Report, total: int) -> Callable[[int], None]:
    done = 0

    def copied(count: int) -> None:
        nonlocal done
        done += count
        report(min(1.0, done / total) if total else 1.0, f"converting: {size(done)} of {size(total)}")

    return copied


def _surroundings(folder: Path, companions: Companions, parts: Mapping[str, Any]) -> None:
    """Put the parts that are taken as they are, and the index of all, into the new checkpoint."""
    for name, origin in (("vae", companions.vae), ("text_encoder", companions.text_encoder)):
        (folder / name).mkdir()
        for file in sorted(each for each in origin.iterdir() if each.is_file()):
            if file.suffix in (".json", ".safetensors"):
                _link(file, folder / name / file.name)
    (folder / "tokenizer").mkdir()
    for file_name in TOKENIZER_FILES:
        if (companions.tokenizer / file_name).is_file():
            _link(companions.tokenizer / file_name, folder / "tokenizer" / file_name)
    _json(folder / "scheduler" / "scheduler_config.json", SCHEDULER)
    kinds = {
        TRANSFORMER: "AceStepTransformer1DModel",
        "vae": "AutoencoderOobleck",
        "scheduler": "FlowMatchEulerDiscreteScheduler",
    }
    own = {
        CONDITIONS: "AceStepConditionEncoder",
        TOKENIZER: "AceStepAudioTokenizer",
        DETOKENIZER: "AceStepAudioTokenDetokenizer",
    }
    index: dict[str, Any] = {"_class_name": "AceStepPipeline", "_diffusers_version": "0.42.1"}
    index |= {name: ["diffusers", kind] for name, kind in kinds.items()}
    index |= {name: ["ace_step", kind] if name in parts else [None, None] for name, kind in own.items()}
    index["text_encoder"] = ["transformers", "Qwen3Model"]
    index["tokenizer"] = ["transformers", tokenizer_class(companions.tokenizer)]
    _json(folder / "model_index.json", index)


def _link(file: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the disk cannot: it is the same for every model."""
    try:
        os.link(file.resolve(), target)
    except OSError:
        shutil.copyfile(file, target)


def _target(target: Path | None, name: str) -> Path:
    if target is None:
        models = models_folder()
        if models is None:
            raise InputError(
                "There is no folder for converted models.",
                remedy="Add --to DIR, or set GAINSTAGE_MODELS to the folder of your models.",
            )
        target = models / name
    target = target.expanduser()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} is there already.", remedy="Name another folder with --to.")
    return target


def _check_room(target: Path, needed: int) -> None:
    above = next(folder for folder in (target, *target.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(above).free
    if needed > free:
        raise StorageError(
            f"The converted model takes {size(needed)}, and {size(free)} are free in {above}.",
            remedy="Free some space, or name a folder on another disk with --to.",
        )


def _made(target: Path, write: Callable[[Path], int]) -> int:
    """Write beside the target and give it its name at the end: no half of a model is ever found."""
    begun = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}")
    try:
        begun.mkdir(parents=True)
        written = write(begun)
        if target.is_dir():
            target.rmdir()
        begun.replace(target)
    except OSError as error:
        raise storage_error(error, f"The converted model cannot be written to {target}.") from error
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return written


def _json(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2), encoding="utf-8")
