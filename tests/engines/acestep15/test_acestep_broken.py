"""Every way in which a checkpoint is known to be broken, and the sentence that it is met with."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace

import pytest

from core.contract import Severity
from core.engines.acestep15.card import CARD
from core.engines.acestep15.settings import AceStepSettings
from core.errors import EngineError, EngineInputError, EngineMissingError, EngineOutputError
from core.stages.generate import GenerateSettings, GenerateStage
from tests.engines.acestep15.broken import change_json, change_weights, scaled, weights_of, without
from tests.engines.acestep15.songs import TIDE, section, song
from tests.engines.acestep15.tiny import make_tokenizer
from tests.stages import material


def cut_off(folder):
    path = weights_of(folder, "transformer")
    path.write_bytes(path.read_bytes()[:-1000])


def garbled(folder):
    path = weights_of(folder, "vae")
    path.write_bytes(b"\xff" * path.stat().st_size)


def nan_in(part, name):
    def breaking(folder):
        change_weights(folder, part, scaled(name, math.nan))

    return breaking


def lacking(part, start):
    def breaking(folder):
        change_weights(folder, part, without(start))

    return breaking


def no_words(folder):
    """A tokenizer whose vocabulary is lost, as an empty tokenizer folder gives."""
    path = folder / "tokenizer" / "tokenizer.json"
    told = json.loads(path.read_text())
    told["model"]["vocab"] = {"<|endoftext|>": 0}
    path.write_text(json.dumps(told))


def too_many_words(folder):
    tokenizer = make_tokenizer()
    tokenizer.add_tokens([f"word{number}" for number in range(50)])
    tokenizer.save_pretrained(folder / "tokenizer")


def another_width(folder):
    change_json(folder / "transformer" / "config.json", hidden_size=48)


def another_latent(folder):
    change_json(folder / "vae" / "config.json", decoder_input_channels=16)


def another_model(folder):
    change_json(folder / "model_index.json", _class_name="StableAudioPipeline")


def no_index(folder):
    (folder / "model_index.json").write_text("{")


def no_config(folder):
    (folder / "condition_encoder" / "config.json").write_text("[]")


BROKEN = {
    "cut off": (cut_off, EngineError, "transformer/diffusion_pytorch_model.safetensors of ACE-Step"),
    "garbled": (garbled, EngineError, "vae/diffusion_pytorch_model.safetensors of ACE-Step"),
    "NaN in the transformer": (
        nan_in("transformer", "to_q.weight"),
        EngineError,
        "values that are not numbers",
    ),
    "NaN in the text encoder": (nan_in("text_encoder", "q_proj.weight"), EngineError, "text_encoder.layers"),
    "NaN in the decoder": (nan_in("vae", "decoder.conv1.weight_g"), EngineError, "vae.decoder.conv1"),
    "a tokenizer without words": (no_words, EngineError, "tokenizer of ACE-Step"),
    "another tokenizer": (too_many_words, EngineError, "do not fit"),
    "another width": (another_width, EngineError, "do not fit"),
    "another latent": (another_latent, EngineError, "do not fit"),
    "a layer lacks": (lacking("transformer", "layers.1."), EngineError, "do not fit"),
    "the learned silence lacks": (lacking("condition_encoder", "silence_latent"), EngineError, "do not fit"),
    "half the text encoder lacks": (lacking("text_encoder", "layers.0."), EngineError, "do not fit"),
    "the decoder lacks": (lacking("vae", "decoder."), EngineError, "do not fit"),
    "another model": (another_model, EngineError, "of the kind StableAudioPipeline"),
    "a broken index": (no_index, EngineError, "model_index.json of ACE-Step"),
    "a broken configuration": (no_config, EngineError, "do not fit"),
}


@pytest.mark.parametrize(("breaking", "kind", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_checkpoint_is_named_for_what_it_is(compose, copied, turbo, breaking, kind, said):
    folder = copied(turbo)
    breaking(folder)
    with pytest.raises(EngineError) as caught:
        compose(folder)
    assert type(caught.value) is kind
    assert said in caught.value.message
    assert caught.value.causes and caught.value.remedy
    assert "Traceback" not in caught.value.message


def test_the_next_song_plays_from_a_whole_checkpoint_again(compose, copied, turbo):
    first = compose(turbo)
    folder = copied(turbo)
    no_words(folder)
    with pytest.raises(EngineError):
        compose(folder)
    assert compose(turbo).sounds["clip_1"].key == first.sounds["clip_1"].key


def test_a_checkpoint_that_is_mended_in_place_is_loaded_anew(compose, copied, turbo):
    folder = copied(turbo)
    change_weights(folder, "transformer", scaled("to_q.weight", math.nan))
    with pytest.raises(EngineError):
        compose(folder)
    shutil.copytree(turbo, folder, dirs_exist_ok=True)
    assert compose(folder).sounds["clip_1"].key == compose(turbo).sounds["clip_1"].key


# Missing files: told before anything is loaded, and by the worker as well


@pytest.mark.parametrize(
    "name",
    [
        "model_index.json",
        "tokenizer/tokenizer.json",
        "transformer/diffusion_pytorch_model.safetensors",
        "condition_encoder/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/model.safetensors",
    ],
)
def test_a_missing_file_is_named_before_anything_is_loaded(compose, copied, hosts, turbo, name):
    folder = copied(turbo)
    (folder / name).unlink()
    state = hosts.availability("ace-step", str(folder))
    assert not state.ready and name in state.reason
    with pytest.raises(EngineMissingError) as caught:
        compose(folder)
    assert name in caught.value.message and caught.value.remedy


def test_an_empty_tokenizer_folder_is_not_taken_for_a_tokenizer(compose, copied, turbo):
    folder = copied(turbo)
    shutil.rmtree(folder / "tokenizer")
    (folder / "tokenizer").mkdir()
    with pytest.raises(EngineMissingError) as caught:
        compose(folder)
    assert "tokenizer/tokenizer.json" in caught.value.message


def test_a_folder_that_is_not_there_is_not_looked_up_elsewhere(compose, tmp_path):
    with pytest.raises(EngineMissingError) as caught:
        compose(tmp_path / "nothing")
    assert "no checkpoint folder nothing" in caught.value.message


def test_code_that_lies_in_a_checkpoint_is_not_run(compose, copied, turbo, tmp_path):
    folder, mark = copied(turbo), tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w').close()\nclass Decoder: pass\n"
    for place in (folder, folder / "vae"):
        (place / "decoder.py").write_text(code)
    change_json(folder / "model_index.json", vae=["decoder", "Decoder"])
    with pytest.raises(EngineError):
        compose(folder)
    assert not mark.exists()


# What plays, but plays nothing


def test_a_decoder_of_zeros_is_told_to_make_digital_silence(compose, copied, turbo):
    folder = copied(turbo)
    change_weights(folder, "vae", scaled("decoder.conv2.weight_g", 0.0))
    with pytest.raises(EngineOutputError) as caught:
        compose(folder)
    assert "digital silence" in caught.value.message
    assert "decoder" in caught.value.causes[0]


def stage_run(hosts, folder, tmp_path, **options):
    own = {"ace-step": AceStepSettings(**options)}
    settings = GenerateSettings(engine="ace-step", checkpoint=str(folder), options=own)
    given = material.work(settings, {"upload": {}}, hosts, song(section(bars=2)))
    given = replace(given, engine="ace-step", checkpoint=str(folder), lyrics=TIDE, scratch=tmp_path)
    output = GenerateStage().run(given)
    return output, material.judged(GenerateStage(), given, output)


@pytest.mark.parametrize("declared", [True, False], ids=["untrained", "trained"])
def test_a_near_silence_lifted_to_full_scale_fails_at_generate(hosts, copied, turbo, tmp_path, declared):
    folder = copied(turbo)
    change_weights(folder, "vae", scaled("decoder.conv2.weight_g", 1e-4))
    if not declared:
        (folder / "untrained.json").unlink()
    output, findings = stage_run(hosts, folder, tmp_path)
    assert output.sounds["clip_1"].samples.max() > 0.5, "it is lifted to -1 dBFS"
    failed = {f.check for f in findings if f.severity is Severity.FAIL}
    assert "level_before_normalising" in failed
    assert ("trained" in {f.check for f in findings}) is declared


def test_an_overflow_in_half_precision_is_made_again_in_single_and_recorded(compose, copied, turbo):
    folder = copied(turbo)
    # The products of the last layer leave the range of float16 (65,504), and not that of float32.
    change_weights(folder, "transformer", scaled("norm_out.weight", 1e6))
    reply = compose(folder, precision="float16")
    assert reply.precision == "float32" and reply.values["made_again_in_float32"] is True
    (note,) = (note for note in reply.values["notes"] if "in float16" in note)
    assert "step 1 of 8" in note, "seen at the first look, not after the last step"
    assert "again in float32" in note
    assert reply.sounds["clip_1"].key == compose(folder, precision="float32").sounds["clip_1"].key
    again = compose(folder, precision="float16")
    assert again.values["made_again_in_float32"] is True, "a retry is recorded in every song that took one"


def test_half_precision_without_overflow_stays_what_was_asked_for(compose, turbo):
    reply = compose(turbo, precision="float16")
    assert reply.precision == "float16" and reply.values["made_again_in_float32"] is False


def test_what_overflows_in_single_precision_too_is_an_output_error(compose, copied, turbo):
    folder = copied(turbo)
    change_weights(folder, "transformer", scaled("norm_out.weight", 1e38))
    with pytest.raises(EngineOutputError) as caught:
        compose(folder)
    assert "not numbers" in caught.value.message and "float32 on cpu" in caught.value.message


# Bad input


def test_a_plan_without_length_is_refused(compose, turbo):
    empty = song().model_copy(update={"sections": ()})
    with pytest.raises(EngineInputError) as caught:
        compose(turbo, empty)
    assert "0 s" in caught.value.message


def test_a_sung_plan_without_lyrics_is_refused(hosts, turbo):
    values = {"plan": song().model_dump(mode="json"), "lyrics": None, "seed": 1, "checkpoint": str(turbo)}
    with pytest.raises(EngineInputError) as caught:
        hosts.call("ace-step", "compose", values=values, sounds={}, report=lambda *_: None)
    assert "no lyrics" in caught.value.message


@pytest.mark.parametrize(
    "options",
    [
        {"steps": 201},
        {"steps": -3},
        {"guidance": 99.0},
        {"shift": -1.0},
        {"lora_weight": 9.0},
        {"unheard_of": 1},
    ],
)
def test_settings_out_of_bounds_are_refused(compose, turbo, options):
    with pytest.raises(EngineInputError):
        compose(turbo, **options)


def test_the_cards_files_are_all_in_a_checkpoint_of_diffusers(turbo):
    from core.engines.weights import missing_files

    for weights in CARD.weights:
        assert missing_files(turbo, weights.files) == ()
