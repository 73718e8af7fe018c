"""What a native song model comes without: the decoder, the text encoder with its tokenizer, the silence.

They are the same for every ACE-Step 1.5, so any other checkpoint of it on this machine can lend them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.engines.acestep15.card import CARD
from core.engines.acestep15.native import CONDITIONS, SILENCE
from core.engines.shared.safetensors_header import NotSafetensorsError, Span, read_spans
from core.engines.weights import found, missing_files
from core.errors import EngineMissingError
from core.models.native.source import Native

VAE = ("config.json", "diffusion_pytorch_model.safetensors|diffusion_pytorch_model.safetensors.index.json")
TEXT = ("config.json", "model.safetensors|model.safetensors.index.json")
WORDS = ("tokenizer.json|vocab.json",)
TEXT_FOLDERS = ("text_encoder", "Qwen3-Embedding-0.6B")
TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "chat_template.jinja",
)


@dataclass(frozen=True)
class Companions:
    """Folders whose files are taken as they are, and where the silence lies."""

    vae: Path
    text_encoder: Path
    tokenizer: Path
    silence: tuple[Path, Span] | None
    """The tensor in another checkpoint, for a model that comes without a silence of its own."""


def companions_of(native: Native, lender: Path | None = None) -> Companions:
    """Return what ``native`` needs beside its tensors; raises EngineMissingError that names what is not here.

    ``lender``: a checkpoint or folder to take it from; else the model's own surroundings and the checkpoints
    that engines find are looked through.
    """
    places = [lender.expanduser()] if lender else list(_places(native.path))
    vae = _first(places, ("vae",), VAE)
    text = _first(places, TEXT_FOLDERS, TEXT)
    words = _first(places, ("tokenizer", *TEXT_FOLDERS), WORDS)
    silence = None if native.silence else _silence(places)
    lacking = [
        name
        for name, here in (
            ("vae", vae),
            ("Qwen3-Embedding-0.6B", text and words),
            ("silence_latent.pt", native.silence or silence),
        )
        if not here
    ]
    if vae is None or text is None or words is None or lacking:
        raise EngineMissingError(
            f"{native.name} is the song model alone, and {' and '.join(lacking)} of ACE-Step 1.5 "
            f"{'is' if len(lacking) == 1 else 'are'} not on this machine.",
            causes=("only the song model was downloaded",),
            remedy="Download them from ACE-Step/Ace-Step1.5 beside it, or name a checkpoint that has them "
            "with --beside.",
        )
    return Companions(vae, text, words, silence)


def _places(path: Path) -> Iterator[Path]:
    """Yield the folders that may hold them: the model's own, those above it, and known checkpoints."""
    inside = path if path.is_dir() else path.parent
    yield inside
    yield from list(inside.parents)[:2]
    for weights in CARD.weights:
        folder = found(weights)
        if folder is not None:
            yield folder


def _first(places: list[Path], names: tuple[str, ...], files: tuple[str, ...]) -> Path | None:
    for place in places:
        for name in names:
            folder = place / name
            if folder.is_dir() and not missing_files(folder, files):
                return folder
    return None


def _silence(places: list[Path]) -> tuple[Path, Span] | None:
    for place in places:
        for file in sorted((place / CONDITIONS).glob("*.safetensors")):
            try:
                span = read_spans(file).get(SILENCE)
            except (NotSafetensorsError, OSError):
                continue
            if span is not None:
                return file, span
    return None


def tokenizer_class(folder: Path) -> str:
    """Return the tokenizer's class by its own configuration."""
    try:
        told = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))["tokenizer_class"]
    except (OSError, ValueError, KeyError, TypeError):
        return "Qwen2TokenizerFast"
    return str(told)
