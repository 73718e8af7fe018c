"""Checkpoints in ACE-Step's own form, of random bytes: their names and shapes are what is published."""

from __future__ import annotations

import json
import random

LATENT, TEXT, LEVELS = 8, 24, 6
FAMILY = {
    "architectures": ["AceStepConditionGenerationModel"],
    "model_type": "acestep",
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "in_channels": 3 * LATENT,
    "audio_acoustic_hidden_dim": LATENT,
    "timbre_hidden_dim": LATENT,
    "text_hidden_dim": TEXT,
    "patch_size": 2,
    "num_lyric_encoder_hidden_layers": 2,
    "num_timbre_encoder_hidden_layers": 1,
    "num_attention_pooler_hidden_layers": 1,
    "pool_window_size": 5,
    "fsq_dim": 32,
    "layer_types": ["sliding_attention", "full_attention"],
    "is_turbo": True,
    "model_version": "turbo",
}
LARGE = {
    "hidden_size": 40,
    "intermediate_size": 96,
    "num_attention_heads": 8,
    "encoder_hidden_size": 32,
    "encoder_intermediate_size": 64,
    "encoder_num_attention_heads": 4,
    "encoder_num_key_value_heads": 2,
}
"""What the XL models state besides: a wider transformer on the same encoder."""
BYTES = {"F32": 4, "BF16": 2}


def config(**changed):
    return FAMILY | changed


def shapes(told):
    """The tensors of a native checkpoint, by their published names."""
    own = {name: told.get(f"encoder_{name}", told[name]) for name in told if not name.startswith("encoder_")}
    width, encoder = told["hidden_size"], own["hidden_size"]
    found = {"null_condition_emb": (1, 1, encoder)}
    for number in range(told["num_hidden_layers"]):
        at = f"decoder.layers.{number}"
        found |= _attention(f"{at}.self_attn", told) | _attention(f"{at}.cross_attn", told)
        found |= _mlp(f"{at}.mlp", told) | {f"{at}.scale_shift_table": (1, 6, width)}
        found |= {
            f"{at}.{name}.weight": (width,) for name in ("self_attn_norm", "cross_attn_norm", "mlp_norm")
        }
    for name in ("time_embed", "time_embed_r"):
        for part, rows, columns in (("linear_1", width, 256), ("linear_2", width, width)):
            found |= _linear(f"decoder.{name}.{part}", rows, columns)
        found |= _linear(f"decoder.{name}.time_proj", 6 * width, width)
    found |= _linear("decoder.condition_embedder", width, encoder)
    found |= {
        "decoder.proj_in.1.weight": (width, told["in_channels"], 2),
        "decoder.proj_in.1.bias": (width,),
        "decoder.proj_out.1.weight": (width, LATENT, 2),
        "decoder.proj_out.1.bias": (LATENT,),
        "decoder.norm_out.weight": (width,),
        "decoder.scale_shift_table": (1, 2, width),
        "encoder.text_projector.weight": (encoder, TEXT),
        "encoder.timbre_encoder.special_token": (1, 1, encoder),
    }
    stacks = (
        ("encoder.lyric_encoder", "num_lyric_encoder_hidden_layers", TEXT),
        ("encoder.timbre_encoder", "num_timbre_encoder_hidden_layers", LATENT),
        ("tokenizer.attention_pooler", "num_attention_pooler_hidden_layers", encoder),
        ("detokenizer", "num_attention_pooler_hidden_layers", encoder),
    )
    for stack, count, columns in stacks:
        found |= _linear(f"{stack}.embed_tokens", encoder, columns) | {f"{stack}.norm.weight": (encoder,)}
        for number in range(told[count]):
            at = f"{stack}.layers.{number}"
            found |= _attention(f"{at}.self_attn", own) | _mlp(f"{at}.mlp", own)
            found |= {
                f"{at}.{name}.weight": (encoder,) for name in ("input_layernorm", "post_attention_layernorm")
            }
    found |= _linear("tokenizer.audio_acoustic_proj", encoder, LATENT)
    found |= {"tokenizer.attention_pooler.special_token": (1, 1, encoder)}
    found |= _linear("tokenizer.quantizer.project_in", LEVELS, encoder)
    found |= _linear("tokenizer.quantizer.project_out", encoder, LEVELS)
    found |= {"detokenizer.special_tokens": (1, 5, encoder)}
    return found | _linear("detokenizer.proj_out", LATENT, encoder)


def write_tensors(path, found, dtype="BF16", seed=0, prefix=""):
    """Write random tensors of these shapes."""
    entries, data, at = {}, b"", 0
    noise = random.Random(seed)
    for name, shape in found.items():
        length = BYTES[dtype]
        for size in shape:
            length *= size
        entries[prefix + name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + length]}
        data += noise.randbytes(length)
        at += length
    header = json.dumps(entries).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(header).to_bytes(8, "little") + header + data)
    return path


def write_native(folder, told=None, seed=0, shards=1, silence=True):
    """Write a native checkpoint with all that belongs beside it."""
    told = told or config()
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(told))
    every = list(shapes(told).items())
    for number in range(shards):
        name = "model.safetensors" if shards == 1 else f"model-{number + 1:05d}-of-{shards:05d}.safetensors"
        write_tensors(folder / name, dict(every[number::shards]), seed=seed + number)
    if silence:
        import torch

        kept = torch.randn(1, LATENT, 50, generator=torch.Generator().manual_seed(seed))
        torch.save(kept, folder / "silence_latent.pt")
    return folder


def write_beside(root):
    """Write the decoder and the text encoder that all models share."""
    write_tensors(root / "vae" / "diffusion_pytorch_model.safetensors", {"decoder.conv1.bias": (8,)})
    (root / "vae" / "config.json").write_text("{}")
    text = root / "Qwen3-Embedding-0.6B"
    write_tensors(text / "model.safetensors", {"embed_tokens.weight": (4, TEXT)})
    (text / "config.json").write_text("{}")
    (text / "tokenizer.json").write_text("{}")
    return root


def _linear(name, rows, columns):
    return {f"{name}.weight": (rows, columns), f"{name}.bias": (rows,)}


def _attention(at, told):
    width, head = told["hidden_size"], told["head_dim"]
    queries, keys = told["num_attention_heads"] * head, told["num_key_value_heads"] * head
    return {
        f"{at}.q_proj.weight": (queries, width),
        f"{at}.k_proj.weight": (keys, width),
        f"{at}.v_proj.weight": (keys, width),
        f"{at}.o_proj.weight": (width, queries),
        f"{at}.q_norm.weight": (head,),
        f"{at}.k_norm.weight": (head,),
    }


def _mlp(at, told):
    width, inner = told["hidden_size"], told["intermediate_size"]
    return {
        f"{at}.gate_proj.weight": (inner, width),
        f"{at}.up_proj.weight": (inner, width),
        f"{at}.down_proj.weight": (width, inner),
    }
