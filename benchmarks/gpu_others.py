"""MusicGen and HT Demucs on a graphics card, each in its own child, and their turns with ACE-Step."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.demucs import TINY, WHOLE, write_repository
from benchmarks.figure import Figure
from benchmarks.gpu_bench import Bench
from benchmarks.gpu_figures import engine_alone, took_turns
from benchmarks.gpu_sizes import AceSize
from core.audio import Audio
from core.engines.demucs.card import CARD as DEMUCS
from core.engines.musicgen.card import CARD as MUSICGEN
from core.progress import silent
from tests.engines.acestep15.songs import section, song

CARDS = tuple(replace(card, weights=()) for card in (MUSICGEN, DEMUCS))
MUSICGEN_S, DEMUCS_S, TINY_S = 10.0, 180.0, 2.0
RATE = 44_100
DECODER = {"hidden_size": 1536, "num_hidden_layers": 48, "num_attention_heads": 24, "ffn_dim": 6144}
TEXT = {"d_model": 768, "d_kv": 64, "d_ff": 3072, "num_layers": 12, "num_heads": 12}
"""The widths of musicgen-medium, 1.5 billion parameters, and of T5 base, which reads for it."""


def music_by_musicgen(bench: Bench) -> list[Figure]:
    """MusicGen of 1.5 billion parameters: a piece with loading, and one without."""
    seconds = _seconds(bench, MUSICGEN_S)
    folder = _made(bench, "musicgen", write_musicgen)
    first, second = (_musicgen(bench, folder, seconds) for _ in range(2))
    return engine_alone("MusicGen", seconds, first, second, judged=bench.device == "cuda")


def stems_by_demucs(bench: Bench) -> list[Figure]:
    """HT Demucs of the published size: stems of a song with loading, and without."""
    seconds = _seconds(bench, DEMUCS_S)
    folder = _made(bench, "demucs", write_demucs)
    first, second = (_demucs(bench, folder, seconds) for _ in range(2))
    return engine_alone("HT Demucs", seconds, first, second, judged=bench.device == "cuda")


def turns_of_two(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A song by ACE-Step, stems by Demucs, and a song again: two models in turns on one card."""
    folder = _made(bench, "demucs", write_demucs)
    bench.compose(checkpoint)
    ace_s = bench.compose(checkpoint)
    other_s = _demucs(bench, folder, _seconds(bench, DEMUCS_S))
    return took_turns(size.name, ace_s, other_s, bench.compose(checkpoint))


OTHERS: tuple[Callable[[Bench], list[Figure]], ...] = (music_by_musicgen, stems_by_demucs)


def write_musicgen(folder: Path, device: str) -> None:
    """Write a MusicGen of the published size, or a tiny one off a card; it declares itself untrained."""
    from tests.engines.musicgen.tiny import write_tiny, write_tokenizer

    folder.mkdir()
    if device != "cuda":
        write_tiny(folder)
        return
    import torch
    from transformers import (
        EncodecConfig,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForConditionalGeneration,
        T5Config,
    )

    words = len(write_tokenizer(folder))
    codec = EncodecConfig(
        sampling_rate=32_000,
        audio_channels=1,
        normalize=False,
        chunk_length_s=None,
        hidden_size=128,
        codebook_size=2048,
        codebook_dim=128,
        num_filters=64,
        upsampling_ratios=[8, 5, 4, 4],
        target_bandwidths=[2.2],
        use_causal_conv=False,
    )
    decoder = MusicgenDecoderConfig(
        vocab_size=2048, num_codebooks=4, audio_channels=1, pad_token_id=2048, bos_token_id=2048, **DECODER
    )
    text = T5Config(vocab_size=words, decoder_start_token_id=0, **TEXT)
    with torch.device(device):
        network = MusicgenForConditionalGeneration(
            MusicgenConfig(
                text_encoder=text.to_dict(), audio_encoder=codec.to_dict(), decoder=decoder.to_dict()
            )
        )
    network.generation_config.update(
        do_sample=True, guidance_scale=3.0, max_length=1500, pad_token_id=2048, bos_token_id=2048
    )
    network.generation_config.decoder_start_token_id = 2048
    network.to("cpu").save_pretrained(folder)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))


def write_demucs(folder: Path, device: str) -> None:
    """Write an HT Demucs of the published size, or a tiny one off a card."""
    write_repository(folder, WHOLE if device == "cuda" else TINY)


def _made(bench: Bench, name: str, write: Callable[[Path, str], None]) -> Path:
    folder = bench.folder / name
    if not folder.is_dir():
        write(folder, bench.device)
    return folder


def _seconds(bench: Bench, usual: float) -> float:
    return usual if bench.device == "cuda" else TINY_S


def _musicgen(bench: Bench, folder: Path, seconds: float) -> float:
    plan = song(section(bars=max(1, round(seconds / 2.0)), sung=False), instrumental=True)
    values: dict[str, Any] = {
        "plan": plan.model_dump(mode="json"),
        "lyrics": None,
        "seed": 1,
        "sample_rate": RATE,
        "clips": 1,
        "overlap_s": 0.0,
        "checkpoint": str(folder),
        "options": {},
    }
    return _timed(bench, MUSICGEN.name, "compose", values, {})


def _demucs(bench: Bench, folder: Path, seconds: float) -> float:
    samples = 0.1 * np.random.default_rng(1).standard_normal((round(seconds * RATE), 2))
    values: dict[str, Any] = {"checkpoint": str(folder), "options": {}, "seed": 1}
    sounds = {"song": Audio(samples.astype(np.float32), RATE)}
    return _timed(bench, DEMUCS.name, "separate", values, sounds)


def _timed(bench: Bench, engine: str, method: str, values: dict[str, Any], sounds: dict[str, Audio]) -> float:
    began = time.perf_counter()
    reply = bench.hosts.call(engine, method, values=values, sounds=sounds, report=silent)
    if not reply.sounds:
        raise RuntimeError(f"{engine} returned nothing")
    return time.perf_counter() - began
