"""LoKr and DoRA: told by their names, merged as they are defined, taken out to the last bit."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import save_file

from core.engines.acestep15 import lora, lora_file
from core.engines.acestep15.adapters import Kind, by_layer, changed, kind_of
from core.errors import EngineInputError

LAYER = "layers.0.self_attn.to_q"
SPELLINGS = (
    "transformer.layers.0.self_attn.to_q",
    "base_model.model.layers.0.self_attn.q_proj",
    "lycoris_layers_0_self_attn_q_proj",
    "lycoris_decoder_layers_0_self_attn_q_proj",
    "diffusion_model.decoder.layers.0.self_attn.q_proj",
    "lora_unet_decoder_layers_0_self_attn_q_proj",
)


def network():
    attention = torch.nn.Module()
    attention.to_q = torch.nn.Linear(6, 8, bias=False)
    attention.to_out = torch.nn.ModuleList([torch.nn.Linear(8, 6, bias=False)])
    block = torch.nn.Module()
    block.self_attn = attention
    whole = torch.nn.Module()
    whole.layers = torch.nn.ModuleList([block])
    return whole


@pytest.fixture
def model():
    torch.manual_seed(1)
    return SimpleNamespace(
        pipe=SimpleNamespace(transformer=network(), unload_lora_weights=lambda: None),
        lora=("", 0.0),
        merged={},
    )


def weight(model):
    return model.pipe.transformer.layers[0].self_attn.to_q.weight


def written(tmp_path, tensors, name="a.safetensors"):
    save_file(tensors, str(tmp_path / name))
    return str(tmp_path / name)


@pytest.mark.parametrize("stem", SPELLINGS)
def test_a_layer_is_known_however_it_is_spelt(stem):
    layers = dict(network().named_modules())
    found, strange = by_layer({f"{stem}.lokr_w1": 1, f"{stem}.lokr_w2": 2}, layers)
    assert found == {LAYER: {"lokr_w1": 1, "lokr_w2": 2}} and strange == []


def test_the_output_layer_too():
    found, _ = by_layer(
        {"base_model.model.layers.0.self_attn.o_proj.lokr_w1": 1}, dict(network().named_modules())
    )
    assert list(found) == ["layers.0.self_attn.to_out.0"]


def test_a_lokr_is_the_kronecker_product_of_its_factors(model, tmp_path):
    before = weight(model).detach().clone()
    w1, w2 = torch.randn(2, 3), torch.randn(4, 2)
    path = written(tmp_path, {f"{SPELLINGS[2]}.lokr_w1": w1, f"{SPELLINGS[2]}.lokr_w2": w2})
    lora.put(model, path, 0.5)
    by_hand = torch.zeros(8, 6)
    for row in range(8):
        for column in range(6):
            by_hand[row, column] = w1[row // 4, column // 2] * w2[row % 4, column % 2]
    assert torch.allclose(weight(model), before + 0.5 * by_hand)
    lora.put(model, "", 1.0)
    assert torch.equal(weight(model), before)


def test_a_factored_lokr_is_scaled_by_alpha_over_rank():
    w1, left, right = torch.randn(2, 3), torch.randn(4, 5), torch.randn(5, 2)
    parts = {"lokr_w1": w1, "lokr_w2_a": left, "lokr_w2_b": right, "alpha": torch.tensor(10.0)}
    made = changed(torch.zeros(8, 6), parts, Kind.LOKR, 1.0, 1.0)
    assert torch.allclose(made, 2.0 * torch.kron(w1, left @ right), atol=1e-5)


@pytest.mark.parametrize("lengths", ["lora_magnitude_vector", "dora_scale"])
def test_a_dora_brings_every_row_to_its_learned_length(model, tmp_path, lengths):
    before = weight(model).detach().clone()
    down, up, rows = torch.randn(2, 6), torch.randn(8, 2), torch.rand(8) + 0.5
    stem = SPELLINGS[1]
    tensors = {f"{stem}.lora_A.weight": down, f"{stem}.lora_B.weight": up, f"{stem}.{lengths}": rows}
    path = written(tmp_path, tensors)
    assert kind_of(tensors) is Kind.DORA
    lora.put(model, path, 1.0)
    assert torch.allclose(weight(model).norm(dim=1), rows, atol=1e-5)
    directions = torch.nn.functional.cosine_similarity(weight(model), before + up @ down, dim=1)
    assert torch.allclose(directions, torch.ones(8), atol=1e-5)
    lora.put(model, path, 0.0)
    assert torch.equal(weight(model), before)


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"layers.9.self_attn.q_proj.lokr_w1": torch.ones(2, 2)}, "fit nothing in this one"),
        (
            {f"{SPELLINGS[0]}.lokr_w1": torch.ones(2, 2), f"{SPELLINGS[0]}.lokr_w2": torch.ones(2, 2)},
            "(4, 4)",
        ),
        ({f"{SPELLINGS[0]}.lokr_w1": torch.ones(2, 2)}, "lokr_w2_a"),
        ({f"{SPELLINGS[0]}.hada_w1_a": torch.ones(2, 2)}, "it is a LoHa"),
        ({"layers.0.weight": torch.ones(2)}, "no LoRA"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_changes_nothing(model, tmp_path, tensors, said):
    before = weight(model).detach().clone()
    with pytest.raises(EngineInputError) as caught:
        lora.put(model, written(tmp_path, tensors), 1.0)
    assert said in caught.value.message
    assert torch.equal(weight(model), before) and model.lora == ("", 0.0)


def test_a_lora_is_still_a_lora(tmp_path):
    names = {"transformer.layers.0.self_attn.to_q.lora_A.weight": torch.ones(2, 6)}
    assert kind_of(lora_file.layers(lora_file.lora_file(written(tmp_path, names)))) is Kind.LORA
