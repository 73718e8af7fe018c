"""MusicGen's checkpoints broken in every known way, and what is said of each."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.checks import COMMON
from core.contract import Case, Contract, Severity, Sound, judge
from core.engines import checkpoint
from core.engines.musicgen import loading
from core.errors import EngineError, EngineMemoryError, EngineMissingError
from core.measure import measure
from core.progress import silent
from tests.engines.musicgen.conftest import asked

WEIGHTS = "model.safetensors"


def altered(folder, change):
    """Rewrite the checkpoint's tensors through ``change(name, tensor)``; None leaves one out."""
    from safetensors.torch import load_file, save_file

    tensors = {name: change(name, tensor) for name, tensor in load_file(folder / WEIGHTS).items()}
    kept = {name: tensor.contiguous() for name, tensor in tensors.items() if tensor is not None}
    save_file(kept, folder / WEIGHTS, metadata={"format": "pt"})
    return folder


def edited(folder, **changes):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    for name, value in changes.items():
        part = config
        *way, last = name.split("__")
        for step in way:
            part = part[step]
        part[last] = value
    path.write_text(json.dumps(config))
    return folder


def cut_off(folder):
    path = folder / WEIGHTS
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def said(raised):
    """Every diagnosis names the model, and tells causes and what to do."""
    error = raised.value
    assert "MusicGen" in error.message or "broken" in error.message
    assert error.causes or error.kind == "engine_missing"
    assert len(error.remedy) > 10
    return error


# What is missing


@pytest.mark.parametrize("name", ["config.json", "generation_config.json", "tokenizer.json", WEIGHTS])
def test_a_missing_file_is_named_before_the_child_starts_and_by_the_child(hosts, compose, copied, mono, name):
    folder = copied(mono)
    (folder / name).unlink()
    state = hosts.availability("musicgen", str(folder))
    assert not state.ready
    assert name in state.reason
    with pytest.raises(EngineMissingError) as raised:
        compose(folder)
    assert name in said(raised).message


def test_a_folder_that_is_not_there_is_said_to_be_missing(compose, tmp_path):
    with pytest.raises(EngineMissingError, match="no checkpoint folder"):
        compose(tmp_path / "nowhere")


def test_a_part_of_the_weights_that_is_missing_is_named(hosts, copied, mono):
    folder = copied(mono)
    (folder / WEIGHTS).rename(folder / "model-00001-of-00002.safetensors")
    parts = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / f"{WEIGHTS}.index.json").write_text(json.dumps({"weight_map": parts}))
    state = hosts.availability("musicgen", str(folder))
    assert not state.ready
    assert "model-00002-of-00002.safetensors" in state.reason


def test_a_pickle_in_place_of_safetensors_is_not_opened(hosts, compose, copied, mono):
    folder = copied(mono)
    (folder / WEIGHTS).rename(folder / "pytorch_model.bin")
    assert not hosts.availability("musicgen", str(folder)).ready
    with pytest.raises(EngineMissingError, match="model"):
        compose(folder)


# What is damaged


def test_weights_that_were_cut_off_are_said_to_be(compose, copied, mono):
    folder = copied(mono)
    cut_off(folder)
    with pytest.raises(EngineError, match="weights file of MusicGen in broken cannot be read") as raised:
        compose(folder)
    assert "cut off" in said(raised).causes[0]


@pytest.mark.parametrize("part", ["decoder.lm_heads.0", "audio_encoder.decoder", "text_encoder"])
def test_weights_that_are_no_numbers_are_named(compose, copied, mono, part):
    folder = altered(copied(mono), lambda name, t: t * float("nan") if name.startswith(part) else t)
    with pytest.raises(EngineError, match="not numbers") as raised:
        compose(folder)
    assert part in said(raised).message


def test_scores_that_overflow_are_caught_before_they_are_drawn_from(compose, copied, mono):
    folder = altered(copied(mono), lambda name, t: t * 1e38 if "lm_heads" in name else t)
    with pytest.raises(EngineError, match="computed values that are not numbers") as raised:
        compose(folder)
    assert "float32 on cpu" in said(raised).causes[0]


def test_a_tensor_that_is_missing_is_not_made_up(compose, copied, mono):
    folder = altered(copied(mono), lambda name, t: None if name == "decoder.lm_heads.2.weight" else t)
    with pytest.raises(EngineError, match="do not fit") as raised:
        compose(folder)
    assert "decoder.lm_heads.2.weight" in said(raised).detail


@pytest.mark.parametrize(
    ("kept", "check"),
    [("weight.original1", "not_silent"), ("bias", "finite")],
    ids=["silence", "no direction to normalise"],
)
def test_what_a_zero_decoder_makes_is_returned_as_it_is_and_named(compose, copied, mono, kept, check):
    decoder = "audio_encoder.decoder"
    folder = altered(
        copied(mono), lambda name, t: t * 0 if name.startswith(decoder) and not name.endswith(kept) else t
    )
    clip = compose(folder).sounds["clip_1"]
    sound = Sound("clip_1", clip, measure(clip))
    findings = judge(Contract(checks=COMMON), Case(stage="generate", outputs={"clip_1": sound}))
    assert findings[0].check == check
    assert findings[0].severity is Severity.FAIL


def test_a_sound_over_full_scale_is_kept_and_told(compose, copied, mono):
    last = "audio_encoder.decoder.layers.15.conv.parametrizations.weight.original0"
    folder = altered(copied(mono), lambda name, t: t * 500 if name == last else t)
    reply = compose(folder)
    assert np.abs(reply.sounds["clip_1"].samples).max() > 1.0
    assert any("dBFS; it is delivered unclipped" in note for note in reply.values["notes"])


# What does not fit


def test_another_models_folder_is_told_from_a_broken_one(compose, copied, mono):
    with pytest.raises(EngineError, match="of the kind t5, not musicgen") as raised:
        compose(edited(copied(mono), model_type="t5"))
    said(raised)
    with pytest.raises(EngineError, match="engine audiocraft"):
        compose(edited(copied(mono, "broken-melody"), model_type="musicgen_melody"))


def test_a_configuration_of_another_size_is_told(compose, copied, mono):
    with pytest.raises(EngineError, match="do not fit their config"):
        compose(edited(copied(mono), decoder__hidden_size=32))
    with pytest.raises(EngineError, match="describes no MusicGen"):
        compose(edited(copied(mono, "broken-2"), decoder__audio_channels=3))


def test_a_configuration_that_is_no_json_is_told(compose, copied, mono):
    folder = copied(mono)
    (folder / "config.json").write_text('{"model_type": "musicgen", ')
    with pytest.raises(EngineError, match=r"config\.json of MusicGen in broken cannot be read") as raised:
        compose(folder)
    said(raised)


def test_a_tokenizer_without_words_is_told(compose, copied, mono):
    folder = copied(mono)
    path = folder / "tokenizer.json"
    told = json.loads(path.read_text())
    told["model"]["vocab"] = told["model"]["vocab"][:3]
    path.write_text(json.dumps(told))
    with pytest.raises(EngineError, match="tokenizer of MusicGen in broken cannot be read") as raised:
        compose(folder)
    assert "every prompt would be lost" in said(raised).detail


def test_a_tokenizer_of_another_model_is_told(compose, copied, mono):
    folder = copied(mono)
    path = folder / "tokenizer.json"
    told = json.loads(path.read_text())
    told["model"]["vocab"] += [[f"word{n}", -9.0] for n in range(50)]
    path.write_text(json.dumps(told))
    with pytest.raises(EngineError, match="do not fit") as raised:
        compose(folder)
    assert "tokenizer has" in said(raised).detail


def test_the_layout_of_2023_loads_to_the_same_model(compose, copied, mono):
    """The published files carry torch's older names of normalised weights, and tables that are made now."""
    import torch
    from safetensors.torch import load_file, save_file

    folder = copied(mono)
    old = {
        name.replace(".parametrizations.weight.original0", ".weight_g").replace(
            ".parametrizations.weight.original1", ".weight_v"
        ): tensor
        for name, tensor in load_file(folder / WEIGHTS).items()
    }
    assert any(name.endswith("weight_g") for name in old)
    old["decoder.model.decoder.embed_positions.weights"] = torch.zeros(2048, 16)
    save_file(old, folder / WEIGHTS, metadata={"format": "pt"})
    assert compose(folder).sounds["clip_1"].key == compose(mono).sounds["clip_1"].key


# Memory, device, network


def test_weights_that_cannot_fit_are_refused_before_the_system_ends_the_process(monkeypatch, mono):
    short = SimpleNamespace(available=1000)
    monkeypatch.setattr(checkpoint, "memory", lambda: short)
    with pytest.raises(EngineMemoryError, match=r"take .* GB, and this machine has") as raised:
        loading.load(mono)
    assert said(raised).remedy.startswith("Close other programs")


@pytest.mark.parametrize(
    ("cuda", "capability", "mps", "expected"),
    [
        (True, (7, 5), False, ("cuda", "float32")),
        (True, (8, 0), False, ("cuda", "bfloat16")),
        (False, (0, 0), True, ("mps", "float32")),
        (False, (0, 0), False, ("cpu", "float32")),
    ],
)
def test_the_number_format_is_what_the_device_can(cuda, capability, mps, expected):
    fake = SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: cuda, get_device_capability=lambda: capability),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: mps)),
        float32="float32",
        bfloat16="bfloat16",
    )
    device, dtype, notes = checkpoint.best_device(fake, "MusicGen")
    assert (device, dtype) == expected
    assert bool(notes) == (cuda and capability < (8, 0))


def test_bfloat16_is_read_back_from_the_model_and_its_codec_stays_exact(monkeypatch, mono):
    import torch

    monkeypatch.setattr(loading, "best_device", lambda torch, model: ("cpu", torch.bfloat16, ()))
    from core.engines.musicgen.worker import Worker

    worker = Worker()
    _, sounds = worker.compose(asked(mono), {}, silent)
    assert worker.precision == "bfloat16"
    assert worker._model.network.audio_encoder.dtype == torch.float32
    samples, _ = sounds["clip_1"]
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all() and samples.std() > 1e-3


def test_nothing_is_asked_of_the_network(monkeypatch, copied, mono):
    from transformers import MusicgenForConditionalGeneration

    asked_for = []

    def refused(*where):
        asked_for.append(where)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    folder = copied(mono)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EngineError):
        checkpoint.Checkpoint(folder, "MusicGen").tokenizer()
    (folder / WEIGHTS).unlink()
    with pytest.raises(EngineError):
        checkpoint.Checkpoint(folder, "MusicGen").network(MusicgenForConditionalGeneration, None)
    assert asked_for == []


def test_the_next_window_goes_on_from_the_codes_it_is_given(mono):
    import torch

    from core.engines.musicgen.generation import play
    from core.engines.shared.musicgen_order import read_order
    from core.engines.shared.windows import Window

    model = loading.load(mono)
    order = replace(read_order(asked(mono)), top_k=64)
    ids = torch.tensor([model.tokenizer("music").input_ids])
    codes, sound = play(model, order, ids, Window(0, 0, 60), None, 1, lambda n: None)
    assert codes.shape == (4, 60)
    assert sound.shape == (60 * 640, 1)
    assert int(codes.min()) >= 0 and int(codes.max()) < 64
    decoded = model.network.audio_encoder.decode(codes[None, None], [None]).audio_values
    assert np.allclose(decoded[0].detach().numpy().T, sound, atol=1e-5), "the codes are those of the sound"
    context = codes[:, -20:]
    longer, _ = play(model, order, ids, Window(40, 20, 30), context, 2, lambda n: None)
    assert longer.shape == (4, 50)
    assert torch.equal(longer[:, :20], context)
    other, _ = play(model, order, ids, Window(40, 20, 30), codes[:, :20], 2, lambda n: None)
    assert not torch.equal(longer[:, 20:], other[:, 20:]), "what came before is heard"
