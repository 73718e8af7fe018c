"""MusicGen in audiocraft's form, from a folder. Runs under an interpreter of its own: Python 3.9 syntax."""

from __future__ import annotations

import functools
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.audiocraft.layout import FILES, TEXT_ENCODER
from core.engines.audiocraft.surroundings import NoDownloadError, prepare
from core.engines.child import WorkerError
from core.engines.shared.own_folder import AGAIN, cannot_import, check_folder, first_broken
from core.engines.weights import MODELS, found, is_untrained, models_folder

SMALL = 50_000_000
"""Parameters; a model below works faster on one thread."""
WHOLE_MELODY = (
    "The melody was read from the whole sound, because Demucs' weights are not here: use one without drums "
    "and bass."
)


@dataclass(frozen=True)
class Model:
    """A loaded MusicGen and what it says of itself."""

    player: Any
    name: str
    device: str
    precision: str
    """Both read back from the language model."""
    sample_rate: int
    frame_rate: int
    channels: int
    codebook_size: int
    window_s: float
    takes_melody: bool
    untrained: bool
    notes_on_melody: tuple[str, ...]


def load(folder: Path) -> Model:
    """Load the model in ``folder`` onto the best device here; raises WorkerError."""
    check_folder(
        folder,
        FILES,
        "MusicGen in audiocraft's form",
        "it is the model's transformers form, which is another",
        "Download the missing files, or use the engine musicgen for the form with config.json.",
    )
    prepare()
    try:
        import torch
        from audiocraft.models import MusicGen
        from audiocraft.modules import conditioners
    except (ImportError, OSError) as error:
        remedy = "Run make audiocraft, which makes an environment that has everything."
        raise cannot_import("audiocraft", error, remedy) from error
    torch.load = functools.partial(_load_only_weights, torch.serialization.load)
    take_text_encoder_from(conditioners, folder)
    whole_melody = let_melody_do_without_demucs(conditioners)
    player = _player(torch, MusicGen, folder)
    broken = first_broken(torch, player.lm, player.compression_model)
    if broken:
        raise _damaged(folder, f"its weights hold values that are not numbers ({broken})", "")
    return _described(torch, player, folder, whole_melody)


def _load_only_weights(load: Any, file: Any, *args: Any, **kwargs: Any) -> Any:
    """A checkpoint may hold tensors and text, and nothing that runs when it is opened."""
    kwargs["weights_only"] = True
    return load(file, *args, **kwargs)


def take_text_encoder_from(conditioners: Any, folder: Path) -> None:
    """Let audiocraft, which asks the hub for ``t5-base``, look inside the checkpoint and under the models."""
    from transformers import T5EncoderModel, T5Tokenizer

    def reader(kind: Any) -> Any:
        class Here:
            @staticmethod
            def from_pretrained(name: str) -> Any:
                try:
                    return kind.from_pretrained(_place_of(name, folder), local_files_only=True)
                except (OSError, ValueError) as error:
                    raise _lacks_text_encoder(name, error) from error

        return Here

    conditioners.T5Tokenizer = reader(T5Tokenizer)
    conditioners.T5EncoderModel = reader(T5EncoderModel)


def _lacks_text_encoder(name: str, error: BaseException) -> WorkerError:
    return WorkerError(
        f"MusicGen reads its prompt with {name}, which is not on this machine.",
        f"Run python -m core models get {TEXT_ENCODER.name}, or put {name} under {MODELS}/{name}.",
        "engine_missing",
        ("the text encoder is a download of its own", "its files are not complete"),
        str(error),
    )


def _place_of(name: str, folder: Path) -> str:
    for place in (folder, models_folder()):
        if place is not None and (place / name).is_dir():
            return str(place / name)
    whole = found(TEXT_ENCODER) if name == TEXT_ENCODER.name else None
    return str(whole) if whole is not None else name


class _NoSeparator:
    """Stands where the melody's separator would, so that the model can be built without one."""

    sources = ("vocals", "other")

    def to(self, device: Any) -> Any:
        return self


def let_melody_do_without_demucs(conditioners: Any) -> list[str]:
    """Take Demucs for the melody where its weights are; else the whole sound is it, and that is reported."""
    from demucs import pretrained

    notes: list[str] = []
    published = getattr(pretrained, "published_model", pretrained.get_model)

    def separator(*args: Any, **kwargs: Any) -> Any:
        try:
            return published(*args, **kwargs)
        except NoDownloadError:
            notes.append(WHOLE_MELODY)
            return _NoSeparator()

    def melody_of(conditioner: Any, wav: Any, sample_rate: int) -> Any:
        if not isinstance(conditioner.demucs, _NoSeparator):
            return stemmed(conditioner, wav, sample_rate)
        from audiocraft.data.audio_utils import convert_audio

        return convert_audio(wav, sample_rate, conditioner.sample_rate, 1)

    kind = conditioners.ChromaStemConditioner
    stemmed = getattr(kind, "published_stems", kind._get_stemmed_wav)
    pretrained.published_model, pretrained.get_model = published, separator
    kind.published_stems, kind._get_stemmed_wav = stemmed, melody_of
    return notes


def _player(torch: Any, kind: Any, folder: Path) -> Any:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        return kind.get_pretrained(str(folder), device=device)
    except (pickle.UnpicklingError, EOFError) as error:
        raise _damaged(folder, "a weights file cannot be read as tensors and text", error) from error
    except OSError as error:
        if error.errno is not None:
            raise _damaged(folder, "a weights file cannot be read", error) from error
        raise WorkerError(
            f"MusicGen in {folder.name} names a codec that is not on this machine, instead of holding it.",
            AGAIN,
            "engine_missing",
            ("the checkpoint was exported without its codec",),
            str(error),
        ) from error
    except RuntimeError as error:
        if "memory" in str(error).lower():
            raise
        raise _damaged(folder, "its weights cannot be read, or do not fit each other", error) from error
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise _damaged(folder, "its files hold no MusicGen", error) from error


def _described(torch: Any, player: Any, folder: Path, whole_melody: list[str]) -> Model:
    weight = next(player.lm.parameters())
    few = sum(part.numel() for part in player.lm.parameters()) < SMALL
    torch.set_num_threads(1 if few else int(os.environ.get("OMP_NUM_THREADS", "1")))
    return Model(
        player=player,
        name=folder.name,
        device=weight.device.type,
        precision=str(weight.dtype).replace("torch.", ""),
        sample_rate=int(player.sample_rate),
        frame_rate=round(player.frame_rate),
        channels=int(player.audio_channels),
        codebook_size=int(player.lm.card),
        window_s=float(player.max_duration),
        takes_melody="self_wav" in player.lm.condition_provider.conditioners,
        untrained=is_untrained(folder),
        notes_on_melody=tuple(whole_melody[:1]),
    )


def _damaged(folder: Path, what: str, why: object) -> WorkerError:
    return WorkerError(
        f"MusicGen in {folder.name} cannot be used: {what}.",
        AGAIN,
        "engine",
        ("the download was cut off", "the file is not one that audiocraft exported"),
        f"{type(why).__name__}: {why}",
    )
