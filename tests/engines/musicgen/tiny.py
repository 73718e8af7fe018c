"""A MusicGen of every part and no training: random weights of the real architecture, under a megabyte."""

from __future__ import annotations

import json
import string

CODES = 64
"""Entries of its codebooks; the published models have 2048."""
READABLE = string.ascii_letters + string.digits + ".,:;-'#"


def write_tiny(folder, channels=1, seed=0):
    """Write the checkpoint in the layout of the published ones; it declares itself untrained."""
    import torch
    from transformers import (
        EncodecConfig,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForConditionalGeneration,
        T5Config,
    )

    tokenizer = write_tokenizer(folder)
    text = T5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=0,
    )
    codec = EncodecConfig(
        sampling_rate=32_000,
        audio_channels=1,
        normalize=False,
        chunk_length_s=None,
        hidden_size=16,
        codebook_size=CODES,
        codebook_dim=16,
        num_filters=2,
        upsampling_ratios=[8, 5, 4, 4],
        num_lstm_layers=1,
        target_bandwidths=[4 * 6 * 50 / 1000],
        use_causal_conv=False,
    )
    decoder = MusicgenDecoderConfig(
        vocab_size=CODES,
        num_hidden_layers=1,
        ffn_dim=32,
        num_attention_heads=2,
        hidden_size=16,
        num_codebooks=4 * channels,
        audio_channels=channels,
        pad_token_id=CODES,
        bos_token_id=CODES,
    )
    torch.manual_seed(seed)
    network = MusicgenForConditionalGeneration(
        MusicgenConfig(text_encoder=text.to_dict(), audio_encoder=codec.to_dict(), decoder=decoder.to_dict())
    )
    with torch.no_grad():
        for name, weight in network.named_parameters():
            # Untrained layers barely react to what they are given; these do.
            if name.startswith(("decoder.", "enc_to_dec", "text_encoder.")) and weight.ndim > 1:
                weight.normal_(0.0, 0.5)
        for layer in network.audio_encoder.quantizer.layers:
            layer.codebook.embed.normal_(0.0, 1.0)
    network.generation_config.update(
        do_sample=True,
        guidance_scale=3.0,
        max_length=1500,
        pad_token_id=CODES,
        bos_token_id=CODES,
        decoder_start_token_id=CODES,
    )
    network.save_pretrained(folder)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))
    return folder


def write_tokenizer(folder):
    """Write a tokenizer that reads letter by letter, in T5's form."""
    from transformers import T5Tokenizer

    letters = [(letter, -3.0 - 0.01 * n) for n, letter in enumerate(READABLE)]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("\u2581", -2.0), *letters]
    tokenizer = T5Tokenizer(vocab=vocabulary, extra_ids=0)
    tokenizer.save_pretrained(folder)
    return tokenizer
