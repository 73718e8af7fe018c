"""Write tiny audiocraft checkpoints: run by the interpreter that has audiocraft, ``build_tiny.py FOLDER``.

``mono``, ``stereo`` and ``melody`` in FOLDER: random weights of the real architecture, 64 codes, a T5 of one
layer beside each.
"""

# ruff: noqa: E402 (prepare() comes before what it prepares)

import json
import string
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from core.engines.audiocraft import loading
from core.engines.audiocraft.surroundings import prepare

prepare()

import torch
from audiocraft.models import builders
from audiocraft.modules import conditioners
from omegaconf import OmegaConf
from transformers import T5Config, T5EncoderModel, T5Tokenizer

CODES, TEXT, WIDTH = 64, "t5-small", 32


def codec():
    seanet = {
        "dimension": 16,
        "channels": 1,
        "causal": False,
        "n_filters": 2,
        "n_residual_layers": 1,
        "ratios": [8, 5, 4, 4],
        "activation": "ELU",
        "activation_params": {"alpha": 1.0},
        "norm": "weight_norm",
        "norm_params": {},
        "kernel_size": 7,
        "residual_kernel_size": 3,
        "last_kernel_size": 7,
        "dilation_base": 2,
        "pad_mode": "constant",
        "true_skip": True,
        "compress": 2,
        "lstm": 0,
        "disable_norm_outer_blocks": 0,
        "encoder": {},
        "decoder": {"trim_right_ratio": 1.0, "final_activation": None, "final_activation_params": None},
    }
    rvq = {
        "n_q": 4,
        "bins": CODES,
        "q_dropout": False,
        "decay": 0.99,
        "kmeans_init": False,
        "kmeans_iters": 1,
        "threshold_ema_dead_code": 0,
        "orthogonal_reg_weight": 0.0,
        "orthogonal_reg_active_codes_only": False,
    }
    encodec = {
        "autoencoder": "seanet",
        "quantizer": "rvq",
        "sample_rate": 32_000,
        "channels": 1,
        "causal": False,
        "renormalize": False,
    }
    whole = {"device": "cpu", "compression_model": "encodec", "sample_rate": 32_000, "channels": 1}
    return OmegaConf.create({**whole, "encodec": encodec, "seanet": seanet, "rvq": rvq})


def language_model(channels, melody):
    codebooks = 4 * channels
    transformer = {
        "dim": WIDTH,
        "num_heads": 2,
        "num_layers": 1,
        "hidden_scale": 2,
        "n_q": codebooks,
        "card": CODES,
        "dropout": 0.0,
        "emb_lr": None,
        "activation": "gelu",
        "norm_first": True,
        "bias_ff": False,
        "bias_attn": False,
        "bias_proj": False,
        "past_context": None,
        "causal": True,
        "custom": False,
        "memory_efficient": True,
        "attention_as_float32": False,
        "layer_scale": None,
        "positional_embedding": "sin",
        "xpos": False,
        "checkpointing": "none",
        "weight_init": "gaussian",
        "depthwise_init": "current",
        "zero_bias_init": True,
        "norm": "layer_norm",
        "cross_attention": False,
        "qk_layer_norm": False,
        "qk_layer_norm_cross": False,
        "attention_dropout": None,
        "kv_repeat": 1,
        "two_step_cfg": False,
    }
    t5 = {"name": TEXT, "finetune": False, "word_dropout": 0.0, "normalize_text": False}
    conditions = {"description": {"model": "t5", "t5": t5}}
    fuser = {"sum": [], "prepend": [], "cross": ["description"], "input_interpolate": []}
    if melody:
        chroma = {
            "sample_rate": 32_000,
            "n_chroma": 12,
            "radix2_exp": 14,
            "argmax": True,
            "match_len_on_eval": False,
        }
        conditions["self_wav"] = {"model": "chroma_stem", "chroma_stem": chroma}
        fuser = {"sum": [], "prepend": ["self_wav", "description"], "cross": [], "input_interpolate": []}
    return OmegaConf.create(
        {
            "device": "cpu",
            "dtype": "float32",
            "lm_model": "transformer_lm",
            "transformer_lm": transformer,
            "codebooks_pattern": {
                "modeling": "delay",
                "delay": {
                    "delays": [n // channels for n in range(codebooks)],
                    "flatten_first": 0,
                    "empty_initial": 0,
                },
            },
            "attribute_dropout": {"text": {}, "wav": {}},
            "classifier_free_guidance": {"training_dropout": 0.3, "inference_coef": 3.0},
            "fuser": {"cross_attention_pos_emb": False, "cross_attention_pos_emb_scale": 1, **fuser},
            "conditioners": conditions,
            "dataset": {"segment_duration": 30},
            "interleave_stereo_codebooks": {"use": channels == 2, "per_timestep": False},
        }
    )


def write_text_encoder(folder):
    letters = [
        (letter, -3.0 - 0.01 * n) for n, letter in enumerate(string.ascii_letters + string.digits + ".,:;-'#")
    ]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("\u2581", -2.0), *letters]
    T5Tokenizer(vocab=vocabulary, extra_ids=0).save_pretrained(folder)
    shape = T5Config(
        vocab_size=len(vocabulary),
        d_model=conditioners.T5Conditioner.MODELS_DIMS[TEXT],
        d_kv=4,
        d_ff=8,
        num_layers=1,
        num_heads=1,
    )
    T5EncoderModel(shape).save_pretrained(folder)


def write(folder, channels, melody):
    torch.manual_seed(0)
    write_text_encoder(folder / TEXT)
    loading.take_text_encoder_from(conditioners, folder)
    loading.let_melody_do_without_demucs(conditioners)
    sound, words = codec(), language_model(channels, melody)
    parts = {
        "compression_state_dict.bin": (builders.get_compression_model(sound), sound),
        "state_dict.bin": (builders.get_lm_model(words), words),
    }
    with torch.no_grad():
        for weight in parts["state_dict.bin"][0].parameters():
            # Untrained layers barely react to what they are given; these do.
            if weight.ndim > 1:
                weight.normal_(0.0, 0.5)
        for name, buffer in parts["compression_state_dict.bin"][0].named_buffers():
            if name.endswith("codebook.embed"):
                buffer.normal_(0.0, 1.0)
    for file, (model, shape) in parts.items():
        kept = {
            "best_state": model.state_dict(),
            "xp.cfg": OmegaConf.to_yaml(shape),
            "version": "tiny",
            "exported": True,
        }
        torch.save(kept, folder / file)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))


if __name__ == "__main__":
    for name, channels, melody in (("mono", 1, False), ("stereo", 2, False), ("melody", 1, True)):
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True)
        write(folder, channels, melody)
