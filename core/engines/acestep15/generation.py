"""One pass of ACE-Step: a description, words and perhaps a sound in, a sound out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from core.engines.acestep15.caption import Description
from core.engines.acestep15.loading import Model
from core.engines.acestep15.sampling import StepReading, decoded, readings, sampling
from core.engines.acestep15.walk import DECODING, Ask, NotNumbersError, walk
from core.engines.child import MEMORY_SIGNS
from core.errors import EngineMemoryError, EngineOutputError
from core.progress import Report

Samples = npt.NDArray[np.float32]

POSTS = ("OobleckDecoder", "OobleckDecoderBlock", "OobleckResidualUnit")
"""Parts of the decoder at which it is reported, and can be cancelled."""


@dataclass(frozen=True, eq=False)
class Take:
    """What a pass made: samples (frames, 2) at -1 dBFS peak, and the level before they were normalised."""

    samples: Samples
    raw_peak: float
    raw_rms: float
    steps: tuple[StepReading, ...] = ()
    """What the model expected of the sound at each step."""
    excerpts: Mapping[int, Samples] = field(default_factory=dict)
    """Two seconds of that, (frames, channels), at the steps that were asked for."""


def play(model: Model, ask: Ask, report: Report) -> Take:
    """Run the pipeline once.

    What ``report`` raises ends it within one step, or one unit of the decoder; the model stays usable.
    Raises NotNumbersError, EngineOutputError for digital silence, EngineMemoryError.
    """
    pipe = model.pipe
    # The pipeline draws a source's latents from the common generator, whatever generator it is given.
    torch.manual_seed(ask.seed)
    try:
        with (
            _watched(model, ask, report) as levels,
            sampling(pipe, dcw=ask.steps.dcw, listened=ask.listened) as seen,
        ):
            made = walk(pipe, ask, report)
        excerpts = decoded(pipe, seen, report)
    except BaseException as error:
        pipe.maybe_free_model_hooks()
        if _tells_of_memory(error):
            raise _no_memory(ask, error) from error
        raise
    samples = made[0].to("cpu", torch.float32).numpy().T
    if ask.codes:
        # Codes come in fifths of a second, latent frames in twenty-fifths: what is beyond the pass is cut.
        frames = math.ceil(round(ask.duration_s * model.sample_rate / model.hop, 3))
        samples = samples[: frames * model.hop]
    wide = np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples
    level = levels["peak"], levels["rms"]
    return Take(np.ascontiguousarray(wide), *level, tuple(readings(seen)), excerpts)


def counted_prompt(model: Model, description: Description, duration_s: float) -> Callable[[str], int]:
    """Return what counts the tokens of a caption with all that stands around it."""

    def count(text: str) -> int:
        whole, _ = model.pipe._format_prompt(
            text,
            audio_duration=duration_s,
            bpm=description.bpm,
            keyscale=description.key,
            timesignature=description.meter,
        )
        return len(model.pipe.tokenizer(whole).input_ids)

    return count


def counted_lyrics(model: Model, language: str) -> Callable[[str], int]:
    """Return what counts the tokens of lyrics with all that stands around them."""

    def count(text: str) -> int:
        _, whole = model.pipe._format_prompt("", lyrics=text, vocal_language=language)
        return len(model.pipe.tokenizer(whole).input_ids)

    return count


@contextmanager
def _watched(model: Model, ask: Ask, report: Report) -> Iterator[dict[str, float]]:
    """Measure what the decoder makes before the pipeline normalises it, and report while it does."""
    vae, levels = model.pipe.vae, {"peak": 0.0, "rms": 0.0}
    decode = vae.decode
    # Its blocks, and the units within them: one tile takes long without a GPU, and a cancel should not.
    posts = [module for module in vae.decoder.modules() if type(module).__name__ in POSTS]
    stride = vae.tile_latent_min_length - 2 * vae.tile_latent_overlap
    tiles = max(1, math.ceil(ask.duration_s * model.sample_rate / model.hop / stride))
    done = 0

    def passing(module: Any, given: Any) -> None:
        nonlocal done
        report(DECODING + (1 - DECODING) * min(1.0, done / (tiles * len(posts))), "Decoding")
        done += 1

    def measured(latents: Any, *more: Any, **named: Any) -> Any:
        made = decode(latents, *more, **named)
        levels["peak"], levels["rms"] = _levels(made.sample)
        return made

    hooks = [module.register_forward_pre_hook(passing) for module in posts]
    vae.decode = measured
    try:
        yield levels
    finally:
        for hook in hooks:
            hook.remove()
        del vae.decode


def _levels(sample: Any) -> tuple[float, float]:
    """Return peak and RMS of what was decoded; raises NotNumbersError, or EngineOutputError for nothing."""
    low, high = (float(edge) for edge in torch.aminmax(sample))
    if not (math.isfinite(low) and math.isfinite(high)):
        raise NotNumbersError("the decoder")
    peak = max(-low, high)
    if peak == 0.0:
        raise EngineOutputError(
            "ACE-Step's decoder made digital silence: every sample is zero.",
            causes=("the decoder's weights are zero or were not loaded", "its precision underflows"),
            remedy="Download the model again; if it stays, set ACE-Step's precision to float32.",
        )
    # In single precision, and scaled first, so that neither half floats nor tiny levels are lost in squares.
    return peak, peak * math.sqrt(float((sample.float() / peak).square().mean()))


def _tells_of_memory(error: BaseException) -> bool:
    said = str(error).lower()
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(sign in said for sign in MEMORY_SIGNS)
    )


def _no_memory(ask: Ask, error: BaseException) -> EngineMemoryError:
    return EngineMemoryError(
        f"ACE-Step ran out of memory while it made {ask.duration_s:.0f} s of sound.",
        causes=("the song is too long for this device", "other programs hold the memory"),
        remedy="Make a shorter song, or close what else uses the memory.",
        detail=str(error),
    )
