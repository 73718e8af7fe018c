"""A LoRA that is put in, weighed and taken out; and what is refused as one."""

from __future__ import annotations

import json
import pickle

import pytest

from core.engines.acestep15.lora_file import fingerprint
from core.engines.acestep15.settings import AceStepSettings
from core.errors import EngineInputError
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.stages.generate import GenerateSettings, GenerateStage
from tests.engines.acestep15.broken import write_lora
from tests.runs.small_chain import clips_only  # noqa: F401


def key(reply):
    return reply.sounds["clip_1"].key


@pytest.fixture(scope="module")
def plain(hosts, turbo):
    from core.progress import silent
    from tests.engines.acestep15.songs import asked

    return hosts.call("ace-step", "compose", values=asked(turbo), sounds={}, report=silent)


@pytest.mark.parametrize("form", ["diffusers", "peft"])
def test_a_lora_is_heard_by_its_weight_and_leaves_no_trace(compose, turbo, plain, tmp_path, form):
    lora = str(write_lora(tmp_path / f"{form}.safetensors", form))
    full = compose(turbo, lora=lora)
    assert full.values["lora"] == f"{form}.safetensors"
    assert len({key(plain), key(full), key(compose(turbo, lora=lora, lora_weight=0.5))}) == 3
    assert key(compose(turbo, lora=lora, lora_weight=0.0)) == key(plain)
    assert key(compose(turbo, lora=lora)) == key(full)
    without = compose(turbo)
    assert key(without) == key(plain) and "lora" not in without.values


def test_another_lora_takes_its_place(compose, turbo, tmp_path):
    first, second = (write_lora(tmp_path / f"{seed}.safetensors", seed=seed) for seed in (1, 2))
    alone = key(compose(turbo, lora=str(second)))
    assert key(compose(turbo, lora=str(first))) != alone
    assert key(compose(turbo, lora=str(second))) == alone


def test_a_peft_folder_is_taken_with_the_scale_it_was_trained_with(compose, turbo, tmp_path):
    file = write_lora(tmp_path / "trained" / "adapter_model.safetensors", "peft")
    single = key(compose(turbo, lora=str(file.parent)))
    (file.parent / "adapter_config.json").write_text(json.dumps({"r": 4, "lora_alpha": 8}))
    trained = key(compose(turbo, lora=str(file.parent)))
    assert trained != single
    (file.parent / "adapter_config.json").unlink()
    assert key(compose(turbo, lora=str(file.parent), lora_weight=2.0)) == trained


def pickled(path):
    path.write_bytes(pickle.dumps({"lora": 1}))
    return path


def cut_off(path):
    write_lora(path)
    path.write_bytes(path.read_bytes()[:-64])
    return path


def no_lora(path, turbo):
    path.write_bytes((turbo / "vae" / "diffusion_pytorch_model.safetensors").read_bytes())
    return path


REFUSED = {
    "a pickle": (lambda path, turbo: pickled(path.with_suffix(".bin")), "pickle"),
    "a pickle by another name": (lambda path, turbo: pickled(path), "no whole safetensors file"),
    "a file that was cut off": (lambda path, turbo: cut_off(path), "no whole safetensors file"),
    "another model's width": (lambda path, turbo: write_lora(path, width=64), "another model"),
    "another model's layers": (
        lambda path, turbo: write_lora(path, layer="blocks.3.attn"),
        "another model",
    ),
    "weights that are no LoRA": (no_lora, "no LoRA"),
    "nothing": (lambda path, turbo: path, "no such file"),
    "an empty folder": (lambda path, turbo: path.parent, "holds 0 .safetensors files"),
}


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_lora_of_this_model_is_refused_in_one_sentence(
    compose, turbo, plain, tmp_path, make, said
):
    path = make(tmp_path / "lora.safetensors", turbo)
    with pytest.raises(EngineInputError) as caught:
        compose(turbo, lora=str(path))
    assert said in caught.value.message and caught.value.remedy
    assert caught.value.message.count(". ") == 0
    assert key(compose(turbo)) == key(plain), "and leaves nothing behind"


def test_a_song_stops_at_an_adapter_of_another_size_and_is_made_without_it(
    open_studio,
    hosts,
    turbo,
    tmp_path,
    monkeypatch,
    clips_only,  # noqa: F811
):
    monkeypatch.setattr(hosts, "close", lambda: None)  # they are every test's
    studio = open_studio(hosts)
    own = {"engine": "ace-step", "checkpoint": str(turbo), "options.ace-step.steps": "1"}
    settings = RunSettings().with_values({f"generate.{name}": value for name, value in own.items()})
    wide = write_lora(tmp_path / "lora.safetensors", width=64)
    broken = settings.with_values({"generate.options.ace-step.lora": str(wide)})
    run = studio.start(SongRequest(prompt="pop", duration_s=6, instrumental=True), broken, "me")
    record = studio.wait(run)
    error = record.step("generate").error
    assert record.blame == "generate" and "another model" in error.message and error.remedy
    assert record.step("lyrics").plan is not None, "what was made before it is kept"
    studio.change(run, settings)
    assert studio.wait(run).step("generate").main is not None


def test_a_changed_lora_file_is_another_step(hosts, turbo, tmp_path):
    lora = write_lora(tmp_path / "lora.safetensors")
    own = {"ace-step": AceStepSettings(lora=str(lora))}
    settings = GenerateSettings(engine="ace-step", checkpoint=str(turbo), options=own)
    first = GenerateStage().choose_for(SongRequest(prompt="pop"), settings, hosts)
    write_lora(lora, rank=8)
    second = GenerateStage().choose_for(SongRequest(prompt="pop"), settings, hosts)
    assert first.weights_id != second.weights_id
    assert fingerprint("") == ""
