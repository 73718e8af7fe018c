"""Write a tiny ACE-Step 1 of every part and no training; run by acestep's own interpreter: FOLDER."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", ".."))

from core.engines.acestep.surroundings import prepare

prepare()

import torch  # noqa: E402
from acestep.models import ace_step_transformer as parts  # noqa: E402
from acestep.music_dcae.music_vocoder import ADaMoSHiFiGANV1  # noqa: E402
from diffusers import AutoencoderDC  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: E402
from transformers import PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel  # noqa: E402

WORDS = ["pop rock female vocal bright piano drums 120 bpm vocals instrumental minor major warm sea"] * 4


def tokenizer():
    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=250, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    made.train_from_iterator([*WORDS, *"abcdefghijklmnopqrstuvwxyz,. 0123456789#"], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_input_names=["input_ids", "attention_mask"],
    )


def build(folder):
    torch.manual_seed(0)
    transformer = parts.ACEStepTransformer2DModel(
        in_channels=8,
        num_layers=20,
        attention_head_dim=8,
        num_attention_heads=4,
        inner_dim=32,
        mlp_ratio=1.0,
        out_channels=8,
        max_position=2048,
        speaker_embedding_dim=512,
        text_embedding_dim=16,
        ssl_latent_dims=[8, 8],
        lyric_encoder_vocab_size=6693,
        lyric_hidden_size=64,
        max_width=512,
    )
    transformer.save_pretrained(folder + "/ace_step_transformer")
    codec = {
        "block_types": "ResBlock",
        "block_out_channels": (8, 8, 16, 16),
        "layers_per_block": (1, 1, 1, 1),
    }
    sides = {f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in codec.items()}
    AutoencoderDC(
        in_channels=2,
        latent_channels=8,
        attention_head_dim=8,
        encoder_qkv_multiscales=((), (), (), ()),
        decoder_qkv_multiscales=((), (), (), ()),
        **sides,
    ).save_pretrained(folder + "/music_dcae_f8c8")
    ADaMoSHiFiGANV1(
        input_channels=128,
        depths=[1, 1, 1, 1],
        dims=[16, 16, 16, 16],
        num_mels=16,
        upsample_initial_channel=128,
        resblock_kernel_sizes=(3,),
        resblock_dilation_sizes=((1, 3, 5),),
    ).save_pretrained(folder + "/music_vocoder")
    small = UMT5Config(vocab_size=300, d_model=16, d_kv=4, d_ff=32, num_layers=10, num_heads=4)
    UMT5EncoderModel(small).save_pretrained(folder + "/umt5-base")
    tokenizer().save_pretrained(folder + "/umt5-base")
    with open(folder + "/untrained.json", "w") as file:
        json.dump({"why": "random weights"}, file)


if __name__ == "__main__":
    build(sys.argv[1])
