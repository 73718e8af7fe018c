"""Native checkpoints to diffusers form and back: names change, no bit does; a fault is one sentence."""

from __future__ import annotations

import json
import re

import pytest

from core.engines.acestep15.native import to_diffusers, to_native
from core.engines.acestep15.recipe import Family
from core.engines.shared.safetensors_header import read_spans
from core.errors import EngineError, EngineMissingError, GainstageError, InputError
from core.models.native import streamed
from core.models.native.convert import convert, convert_back
from core.models.native.source import native_in
from core.progress import silent
from tests.models.native.native_files import (
    LARGE,
    LATENT,
    config,
    shapes,
    write_beside,
    write_native,
    write_tensors,
)


def held(*files):
    """Every tensor of some files: its format, shape and bytes."""
    found = {}
    for file in files:
        data = file.read_bytes()
        for name, span in read_spans(file).items():
            found[name] = (span.tensor, data[span.start : span.stop])
    return found


@pytest.mark.parametrize("told", [config(), config(**LARGE)], ids=["2B", "XL"])
@pytest.mark.parametrize("family", ["turbo", "base", "sft"])
@pytest.mark.parametrize("shards", [1, 3])
def test_there_and_back_every_bit_is_the_same(tmp_path, told, family, shards):
    import torch

    told = told | {"is_turbo": family == "turbo", "model_version": family}
    source = write_native(
        write_beside(tmp_path / "checkpoints") / f"acestep-v15-{family}", told, shards=shards
    )
    there = convert(source, tmp_path / "there", silent)
    assert there.family == family
    again = convert_back(there.folder, tmp_path / "again", silent)
    before = held(*source.glob("*.safetensors"))
    assert held(again.folder / "model.safetensors") == before
    kept = [torch.load(each / "silence_latent.pt", weights_only=True) for each in (source, again.folder)]
    assert torch.equal(*kept)
    back = json.loads((again.folder / "config.json").read_text())
    assert {name: back[name] for name in told} == told


def test_the_new_checkpoint_is_whole_and_its_silence_turned(tmp_path):
    source = write_native(write_beside(tmp_path / "a") / "acestep-v15-turbo")
    folder = convert(source, tmp_path / "new", silent).folder
    names = {part.name for part in folder.iterdir()}
    assert names == {
        "audio_token_detokenizer", "audio_tokenizer", "condition_encoder", "model_index.json", "scheduler",
        "text_encoder", "tokenizer", "transformer", "vae",
    }  # fmt: skip
    conditions = read_spans(folder / "condition_encoder" / "diffusion_pytorch_model.safetensors")
    assert conditions["silence_latent"].tensor.shape == (1, 50, LATENT)
    assert conditions["null_condition_emb"].tensor.shape == (1, 1, 32)
    transformer = json.loads((folder / "transformer" / "config.json").read_text())
    assert transformer["is_turbo"] and transformer["encoder_hidden_size"] == 32


def test_every_name_goes_there_and_back():
    for told in (config(), config(**LARGE)):
        for name in shapes(told):
            assert to_native(*to_diffusers(name)) == name
    there = [
        to_diffusers(f"decoder.{name}")
        for name in (
            "layers.3.self_attn.o_proj.weight",
            "proj_in.1.bias",
            "layers.0.cross_attn.k_norm.weight",
        )
    ]
    assert there == [
        ("transformer", "layers.3.self_attn.to_out.0.weight"),
        ("transformer", "proj_in_conv.bias"),
        ("transformer", "layers.0.cross_attn.norm_k.weight"),
    ]
    assert to_diffusers("vae.decoder.weight") is None


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
def test_a_comfyui_file_is_read_by_its_shapes_and_borrows_the_rest(tmp_path, monkeypatch, prefix):
    told = config(**LARGE)
    lender = convert(write_native(write_beside(tmp_path / "a") / "acestep-v15-turbo"), tmp_path / "l", silent)
    file = tmp_path / "ComfyUI" / "models" / "diffusion_models" / "acestep_v1.5_xl_turbo.safetensors"
    write_tensors(file, shapes(told), prefix=prefix)
    made = convert(tmp_path / "ComfyUI", tmp_path / "new", silent, beside=lender.folder)
    transformer = json.loads((made.folder / "transformer" / "config.json").read_text())
    for name in (
        "hidden_size",
        "num_attention_heads",
        "num_key_value_heads",
        "encoder_hidden_size",
        "layer_types",
    ):
        assert transformer[name] == told[name]
    silences = [
        held(each / "condition_encoder" / "diffusion_pytorch_model.safetensors")["silence_latent"]
        for each in (lender.folder, made.folder)
    ]
    assert silences[0] == silences[1]


def test_tensors_are_copied_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(streamed, "PIECE", 64)
    told = []
    file = write_tensors(tmp_path / "a.safetensors", {"x": (100, 10)})
    pieces = {name: streamed.Piece.of(file, span) for name, span in read_spans(file).items()}
    streamed.write(tmp_path / "b.safetensors", pieces, told.append)
    assert max(told) == 64 and sum(told) == 2000
    assert held(tmp_path / "b.safetensors") == held(file)


def test_what_stops_it_leaves_nothing_behind(tmp_path):
    class StopError(Exception):
        pass

    def stop(fraction, message):
        raise StopError

    source = write_native(write_beside(tmp_path / "a") / "acestep-v15-turbo")
    with pytest.raises(StopError):
        convert(source, tmp_path / "out" / "new", stop)
    assert list((tmp_path / "out").iterdir()) == []


# What is wrong


def _without(name):
    def change(folder):
        left = {key: shape for key, shape in shapes(config()).items() if key != name}
        write_tensors(folder / "model.safetensors", left)

    return change


def _doubled(folder):
    write_tensors(folder / "model-2.safetensors", {"null_condition_emb": (1, 1, 32)})


def _twice_in_one(folder):
    entry = '"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}'
    header = f"{{{entry},{entry}}}".encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0")


def _other_size(folder):
    (folder / "config.json").write_text(json.dumps(config(hidden_size=48)))


def _planner(folder):
    (folder / "config.json").write_text(json.dumps({"architectures": ["Qwen3ForCausalLM"]}))


def _first_version(folder):
    write_tensors(folder / "model.safetensors", {"lyric_embs.weight": (2, 2)})


def _adapter(folder):
    write_tensors(
        folder / "model.safetensors", {"base_model.model.layers.0.self_attn.q_proj.lora_A.weight": (2, 2)}
    )


def _strange(folder):
    write_tensors(folder / "model.safetensors", shapes(config()) | {"other.weight": (2,)})


def _cut_off(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])


def _pickle(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _program_in_silence(folder):
    import pickle

    (folder / "silence_latent.pt").write_bytes(pickle.dumps(print))


def _other_silence(folder):
    import torch

    torch.save(torch.zeros(1, LATENT + 1, 5), folder / "silence_latent.pt")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without("decoder.norm_out.weight"), "lack decoder.norm_out.weight"),
        (_without("decoder.layers.1.mlp.up_proj.weight"), "lack decoder.layers.1.mlp.up_proj.weight"),
        (_doubled, "null_condition_emb stands in"),
        (_twice_in_one, "holds a twice"),
        (_other_size, "hidden_size is 48 in config.json and 32 in the weights"),
        (_planner, "is the planner"),
        (_first_version, "ACE-Step 1.0"),
        (_adapter, "is an adapter"),
        (_strange, "such as other.weight"),
        (_cut_off, "cannot be read"),
        (_pickle, "only the pickle pytorch_model.bin"),
        (_program_in_silence, "cannot be read as a tensor alone"),
        (_other_silence, f"has {LATENT + 1} channels"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_wrong_is_one_sentence_with_a_remedy(tmp_path, change, said):
    source = write_native(write_beside(tmp_path / "a") / "acestep-v15-turbo")
    change(source)
    with pytest.raises(GainstageError) as caught:
        convert(source, tmp_path / "new", silent)
    assert said in caught.value.message and caught.value.remedy
    assert not re.search(r"[.!?] [A-Z]", caught.value.message)
    assert not (tmp_path / "new").exists()


def test_a_diffusers_folder_where_a_native_one_is_meant_is_told(tmp_path):
    (tmp_path / "model_index.json").write_text("{}")
    with pytest.raises(InputError, match="diffusers form already"):
        native_in(tmp_path)


def test_without_decoder_and_text_encoder_it_says_where_they_are(tmp_path, monkeypatch):
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path / "none"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "none"))
    source = write_native(tmp_path / "b" / "acestep-v15-sft", silence=False)
    with pytest.raises(EngineMissingError) as caught:
        convert(source, tmp_path / "new", silent)
    assert "vae and Qwen3-Embedding-0.6B and silence_latent.pt" in caught.value.message
    assert "ACE-Step/Ace-Step1.5" in caught.value.remedy


def test_a_file_that_does_not_tell_its_family_asks_for_it(tmp_path):
    file = write_tensors(tmp_path / "my_merge.safetensors", shapes(config()))
    with pytest.raises(InputError, match="turbo, base or sft"):
        native_in(file)
    assert native_in(file, Family.SFT).config["is_turbo"] is False


def test_of_several_models_one_has_to_be_named(tmp_path):
    for name in ("acestep-v15-turbo", "acestep-v15-sft"):
        write_native(tmp_path / name, silence=False)
    write_native(tmp_path / "other", silence=False)
    with pytest.raises(InputError, match="holds 2 models") as caught:
        native_in(tmp_path)
    assert "acestep-v15-sft" in caught.value.remedy


def test_a_target_that_is_there_is_left_alone(tmp_path):
    source = write_native(write_beside(tmp_path / "a") / "acestep-v15-turbo")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").write_text("x")
    with pytest.raises(InputError, match="is there already"):
        convert(source, tmp_path / "new", silent)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["mine"]


def test_an_index_that_names_more_than_is_there(tmp_path):
    source = write_native(write_beside(tmp_path / "a") / "acestep-v15-turbo")
    index = {"weight_map": {"decoder.more": "model-00009-of-00009.safetensors"}}
    (source / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(EngineError, match="lacks model-00009"):
        native_in(source)
