"""A planner of every part and no training: random weights of the real architecture, under a megabyte."""

from __future__ import annotations

import json

from tests.engines.acestep15.tiny import END, make_tokenizer
from tests.engines.writer.tiny import TEMPLATE

CODES = 150


def write_tiny(folder, seed=0, stuck_on=None, codes=CODES, window=8192):
    """Write the checkpoint in the layout of the published ones; ``stuck_on``: the one code that it knows."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = planner_tokenizer(codes)
    torch.manual_seed(seed)
    network = Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer) + 6,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=8,
            max_position_embeddings=window,
            tie_word_embeddings=False,
            bos_token_id=None,
            eos_token_id=tokenizer.convert_tokens_to_ids(END),
        )
    )
    with torch.no_grad():
        for weight in network.parameters():
            # Untrained layers barely react to what they are given; these do.
            if weight.ndim > 1:
                weight.normal_(0.0, 0.5)
        if stuck_on is not None:
            _stick(network, tokenizer.convert_tokens_to_ids(f"<|audio_code_{stuck_on}|>"))
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))
    return folder


def planner_tokenizer(codes):
    """Return a tokenizer that reads byte by byte and has a chat template and so many codes."""
    tokenizer = make_tokenizer()
    names = [f"<|audio_code_{code}|>" for code in range(codes)]
    tokenizer.add_tokens(["<|im_start|>", "<|im_end|>", "<think>", "</think>", *names], special_tokens=True)
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def _stick(network, token):
    """Let nothing but ``token`` be likely, whatever was read."""
    for layer in network.model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    network.model.embed_tokens.weight[:, 0] = 10.0
    network.lm_head.weight.zero_()
    network.lm_head.weight[token, 0] = 50.0
