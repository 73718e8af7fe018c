"""A language model's checkpoint broken in every known way, and what the lyrics stage says of each."""

from __future__ import annotations

import json
import os
import signal
from types import SimpleNamespace

import pytest

from core.engines import checkpoint
from core.engines.writer import loading
from core.errors import EngineDiedError, EngineError, EngineMemoryError, EngineMissingError

WEIGHTS = "model.safetensors"


def altered(folder, change):
    """Rewrite the checkpoint's tensors through ``change(name, tensor)``; None leaves one out."""
    from safetensors.torch import load_file, save_file

    tensors = {name: change(name, tensor) for name, tensor in load_file(folder / WEIGHTS).items()}
    kept = {name: tensor.contiguous() for name, tensor in tensors.items() if tensor is not None}
    save_file(kept, folder / WEIGHTS, metadata={"format": "pt"})
    return folder


def edited(folder, name="config.json", **changes):
    path = folder / name
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return folder


@pytest.fixture
def said(write):
    """Let the stage write from a folder that it cannot; return the error, whole."""

    def saying(folder, match, kind=EngineError):
        with pytest.raises(kind, match=match) as raised:
            write(folder)
        assert len(raised.value.remedy) > 10
        return raised.value

    return saying


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer_config.json", WEIGHTS])
def test_a_missing_file_is_named_before_the_child_starts(said, copied, tiny, name):
    folder = copied(tiny)
    (folder / name).unlink()
    said(folder, f"lacks .*{name}", EngineMissingError)


@pytest.mark.parametrize("name", ["tokenizer.json", WEIGHTS])
def test_and_by_the_child_when_it_goes_missing_later(ask, copied, tiny, name):
    folder = copied(tiny)
    (folder / name).unlink()
    with pytest.raises(EngineMissingError, match=f"lacks .*{name}") as raised:
        ask(folder)
    assert raised.value.diagnosis == "missing_files"


def test_a_pickle_alone_is_not_opened(said, ask, copied, tiny):
    folder = copied(tiny)
    (folder / WEIGHTS).rename(folder / "pytorch_model.bin")
    said(folder, "lacks model", EngineMissingError)
    with pytest.raises(EngineMissingError) as raised:
        ask(folder)
    assert any("pickle" in cause for cause in raised.value.causes)


def test_weights_that_were_cut_off_are_diagnosed(said, copied, tiny):
    folder = copied(tiny)
    path = folder / WEIGHTS
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    error = said(folder, "weights file model.safetensors of the language model in broken cannot be read")
    assert error.diagnosis == "truncated_weights" and "cut off" in error.causes[0]


def test_a_page_of_html_in_their_place_is_told(said, copied, tiny):
    folder = copied(tiny)
    (folder / WEIGHTS).write_text("<html>please log in</html>" * 9)
    assert said(folder, "cannot be read").diagnosis == "not_weights"


def test_weights_that_are_no_numbers_are_named(said, copied, tiny):
    folder = altered(copied(tiny), lambda name, t: t * float("nan") if name == "lm_head.weight" else t)
    assert said(folder, r"not numbers \(lm_head.weight\)").diagnosis == "weights_not_numbers"


def test_scores_that_overflow_are_caught_before_they_are_drawn_from(said, copied, tiny):
    folder = altered(copied(tiny), lambda name, t: t * 1e38 if name == "lm_head.weight" else t)
    error = said(folder, "computed values that are not numbers")
    assert "float32 on cpu" in error.causes[0]


def test_a_tensor_that_is_missing_is_not_made_up(said, copied, tiny):
    folder = altered(copied(tiny), lambda name, t: None if name.endswith("1.mlp.up_proj.weight") else t)
    assert "1.mlp.up_proj.weight" in said(folder, "do not fit").detail


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"hidden_size": 64}, "do not fit their config"),
        ({"model_type": "t5"}, "do not fit their config"),
        ({"model_type": "nobody-knows"}, "describes no language model"),
        ({"hidden_size": "wide"}, "describes no language model"),
    ],
)
def test_a_configuration_of_another_model_is_told(said, copied, tiny, changes, match):
    assert said(edited(copied(tiny), **changes), match).diagnosis in ("wrong_model", "broken_configuration")


def test_a_configuration_that_is_no_json_is_told(said, copied, tiny):
    folder = copied(tiny)
    (folder / "config.json").write_text('{"model_type": ')
    assert said(folder, r"config\.json of the language model").diagnosis == "broken_configuration"


def test_a_model_with_code_of_its_own_is_not_run(said, copied, tiny, tmp_path):
    folder = edited(copied(tiny), model_type="own", auto_map={"AutoModelForCausalLM": "code.Model"})
    (folder / "code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert said(folder, "contains program code, which is not run").diagnosis == "remote_code"
    assert not (tmp_path / "ran").exists()


def test_a_base_model_without_a_chat_template_is_told(said, copied, tiny):
    folder = copied(tiny)
    (folder / "chat_template.jinja").unlink()
    assert "base model" in said(folder, "no chat template").causes[0]


def test_a_tokenizer_without_words_is_told(said, copied, tiny):
    folder = copied(tiny)
    told = json.loads((folder / "tokenizer.json").read_text())
    told["model"] |= {"vocab": {"a": 3}, "merges": []}
    (folder / "tokenizer.json").write_text(json.dumps(told))
    assert said(folder, "tokenizer of the language model").diagnosis == "empty_tokenizer"


def test_a_tokenizer_of_another_model_is_told(said, copied, tiny):
    folder = copied(tiny)
    told = json.loads((folder / "tokenizer.json").read_text())
    told["model"]["vocab"] |= {f"word{n}": 1000 + n for n in range(100)}
    (folder / "tokenizer.json").write_text(json.dumps(told))
    assert "tokenizer has" in said(folder, "do not fit").detail


def test_weights_that_cannot_fit_are_refused_first(monkeypatch, tiny):
    monkeypatch.setattr(checkpoint, "memory", lambda: SimpleNamespace(available=1000))
    with pytest.raises(EngineMemoryError, match="this machine has") as raised:
        loading.load(tiny)
    assert "smaller model" in raised.value.remedy


def test_a_killed_child_is_told_and_the_next_one_answers(hosts, ask, tiny):
    first = ask(tiny)

    def report(fraction, message):
        if "tokens" in message:
            os.kill(hosts.loaded()["language-model"], signal.SIGKILL)

    with pytest.raises(EngineDiedError, match="Language model ended"):
        ask(tiny, tokens=4000, report=report)
    assert ask(tiny).values["text"] == first.values["text"]
