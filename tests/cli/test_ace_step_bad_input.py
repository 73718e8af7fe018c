"""What a person may hand ACE-Step by mistake, through the commands: one sentence, a remedy, nothing made."""

from __future__ import annotations

import json

import pytest

from core.cli.main import main
from tests.models.native.native_files import config, shapes, write_beside, write_native, write_tensors


def refused(capsys, *arguments):
    """What a command prints when it refuses: one sentence, and its remedy."""
    assert main([str(one) for one in arguments]) != 0
    said = capsys.readouterr()
    assert "Traceback" not in said.err and said.out == ""
    return said.err


@pytest.mark.parametrize("takes", ["0", "1000"])
def test_takes_out_of_bounds(tmp_path, capsys, takes):
    out = tmp_path / "out"
    said = refused(capsys, "song", "--prompt", "pop", "--takes", takes, "--out", out)
    assert "Takes must be at" in said or "takes must be at" in said, said
    assert not list(out.glob("*.wav"))


def recipe(tmp_path, content):
    path = tmp_path / "recipe.json"
    path.write_text(content)
    return path


def test_a_workflow_of_another_pack_and_two_gigabytes_that_are_called_json(tmp_path, capsys):
    foreign = recipe(tmp_path, json.dumps({"1": {"class_type": "WanVideoSampler", "inputs": {}}}))
    asked = ("song", "--recipe", foreign, "--prompt", "pop", "--out", tmp_path / "out")
    assert "nodes of another pack: WanVideoSampler" in refused(capsys, *asked)
    with foreign.open("wb") as file:
        file.truncate(2 << 30)
    assert "it has 2,147 MB, and settings have at most 2" in refused(capsys, *asked)
    foreign.write_text('{"caption": "a", "inference_steps": 1e999}')
    assert "its inference_steps is no number" in refused(capsys, *asked)


def missing(source):
    left = shapes(config())
    del left["decoder.norm_out.weight"]
    write_tensors(source / "model.safetensors", left)


def cut_off(source):
    held = source / "model.safetensors"
    held.write_bytes(held.read_bytes()[:-10])


def doubled(source):
    write_tensors(source / "model-2.safetensors", {"null_condition_emb": (1, 1, 32)})


def of_another_family(source):
    (source / "config.json").write_text(json.dumps({"architectures": ["Qwen3ForCausalLM"]}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (missing, "lack decoder.norm_out.weight"),
        (cut_off, "cannot be read"),
        (doubled, "null_condition_emb stands in"),
        (of_another_family, "the planner"),
    ],
)
def test_a_checkpoint_that_is_damaged_doubled_or_another_model(tmp_path, capsys, change, said):
    source = write_native(write_beside(tmp_path / "a") / "acestep-v15-turbo")
    change(source)
    assert said in refused(capsys, "models", "convert", source, "--to", tmp_path / "new")
    assert not (tmp_path / "new").exists()
