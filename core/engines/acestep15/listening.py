"""A song as the model's own audio codes, five a second: what its planner reads of an uploaded song."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import EngineInputError, EngineOutputError

if TYPE_CHECKING:
    from core.engines.acestep15.loading import Model


def codes_of(model: Model, source: npt.NDArray[np.float32]) -> tuple[int, ...]:
    """Return the codes of a sound, (frames, 2) at the model's rate.

    Raises EngineInputError for a checkpoint without a tokenizer, EngineOutputError for codes that are none.
    """
    import torch

    pipe = model.pipe
    if pipe.audio_tokenizer is None:
        raise EngineInputError(
            f"The checkpoint {model.name} reads no sound: it has no audio tokenizer.",
            remedy="Take a checkpoint with audio_tokenizer, as those that are published have.",
        )
    device, dtype = pipe._execution_device, pipe.audio_tokenizer.audio_acoustic_proj.weight.dtype
    sound = torch.from_numpy(np.ascontiguousarray(source.T))
    with torch.inference_mode(), torch.random.fork_rng():
        # The encoder draws its latents: the same song is to have the same codes.
        torch.manual_seed(0)
        latents, _ = pipe.prepare_src_latents(device, dtype, src_audio=sound)
        silence = pipe.condition_encoder.silence_latent.to(device=device, dtype=dtype)
        pipe.audio_tokenizer.to(device)
        _, indices = pipe.audio_tokenizer.tokenize(latents, silence)
    pipe.maybe_free_model_hooks()
    numbers = [int(number) for number in indices.reshape(-1).tolist()]
    most = int(pipe.audio_tokenizer.quantizer.codebook_size)
    if not numbers or not all(0 <= number < most for number in numbers):
        raise EngineOutputError(
            f"The tokenizer of {model.name} read no codes of the sound.",
            causes=("its weights are damaged or of another model",),
            remedy="Download the checkpoint again.",
        )
    return tuple(numbers)
