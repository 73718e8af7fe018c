"""An ACE-Step 1.5 of every part and no training: random weights of the real architecture, under 2 MB."""

from __future__ import annotations

import json

LATENT = 8
"""Channels of its latents; the published models have 64."""
SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "sliding_window": 16,
}
END = "<|endoftext|>"


def write_tiny(folder, turbo=True, seed=0):
    """Write the checkpoint in the layout of the published ones; it declares itself untrained."""
    import torch
    from diffusers import (
        AceStepPipeline,
        AceStepTransformer1DModel,
        AutoencoderOobleck,
        FlowMatchEulerDiscreteScheduler,
    )
    from diffusers.pipelines.ace_step import (
        AceStepAudioTokenDetokenizer,
        AceStepAudioTokenizer,
        AceStepConditionEncoder,
    )
    from transformers import Qwen3Config, Qwen3Model

    torch.manual_seed(seed)
    tokenizer = make_tokenizer()
    text = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=4096,
        initializer_range=0.5,
    )
    transformer = AceStepTransformer1DModel(
        num_hidden_layers=2,
        in_channels=3 * LATENT,
        audio_acoustic_hidden_dim=LATENT,
        is_turbo=turbo,
        model_version="turbo" if turbo else "base",
        **SIZES,
    )
    conditions = AceStepConditionEncoder(
        text_hidden_dim=32,
        timbre_hidden_dim=LATENT,
        num_lyric_encoder_hidden_layers=1,
        num_timbre_encoder_hidden_layers=1,
        **SIZES,
    )
    vae = AutoencoderOobleck(
        encoder_hidden_size=2 * LATENT,
        downsampling_ratios=[2, 4, 4, 6, 10],
        channel_multiples=[1, 1, 1, 1, 1],
        decoder_channels=8,
        decoder_input_channels=LATENT,
        audio_channels=2,
        sampling_rate=48_000,
    )
    with torch.no_grad():
        conditions.silence_latent.normal_(0.0, 0.1)
        _enliven(vae, transformer, conditions)
    pooled = {"audio_acoustic_hidden_dim": LATENT, "num_attention_pooler_hidden_layers": 1, **SIZES}
    AceStepPipeline(
        vae=vae,
        text_encoder=Qwen3Model(text),
        tokenizer=tokenizer,
        transformer=transformer,
        condition_encoder=conditions,
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        audio_tokenizer=AceStepAudioTokenizer(fsq_dim=32, **pooled),
        audio_token_detokenizer=AceStepAudioTokenDetokenizer(**pooled),
    ).save_pretrained(folder)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))
    return folder


def make_tokenizer():
    """Return a tokenizer that reads byte by byte, in Qwen's form."""
    from tokenizers import pre_tokenizers
    from transformers import Qwen2TokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {END: 0, **{letter: number for number, letter in enumerate(letters, start=1)}}
    return Qwen2TokenizerFast(vocab=vocabulary, merges=[], pad_token=END, eos_token=END, unk_token=END)


def _enliven(vae, transformer, conditions):
    """Untrained layers barely react to what they are given, and make a constant; these do not."""
    for name, weight in vae.named_parameters():
        if name.endswith("bias"):
            weight.zero_()
        if name.endswith(".beta"):
            weight.fill_(3.0)
        if name == "decoder.conv2.weight_g":
            weight.mul_(8.0)
    for network in (transformer, conditions):
        for name, weight in network.named_parameters():
            if weight.ndim >= 2 and "table" not in name:
                weight.mul_(3.0)
