"""Demucs' repositories broken in every known way, and what is said of each."""

from __future__ import annotations

import os
import socket
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.engines import checkpoint
from core.engines.demucs import loading, package
from core.errors import EngineError, EngineMemoryError, EngineMissingError
from tests.engines.demucs.conftest import FINE_TUNED
from tests.engines.demucs.tiny import (
    FOUR,
    SIX,
    make_network,
    package_of,
    write_bag,
    write_hub_form,
    write_package,
    write_tiny,
)

SIGNATURE = "955717e8"


def weights_of(folder):
    (file,) = folder.glob("*.th")
    return file


def said(raised, kind="engine"):
    """Every diagnosis tells causes and what to do."""
    error = raised.value
    assert error.kind == kind
    assert error.causes
    assert len(error.remedy) > 10
    return error


@pytest.fixture
def replaced(copied, tiny):
    """A repository whose one network is another package, with a right checksum."""

    def replacing(**changes):
        folder = copied(tiny)
        weights_of(folder).unlink()
        write_package(folder, SIGNATURE, package_of(make_network(), **changes))
        return folder

    return replacing


# What is missing


def test_a_folder_that_is_not_there_is_said_to_be_missing(hosts, separate, tmp_path):
    assert "is not a folder" in hosts.availability("demucs", str(tmp_path / "nowhere")).reason
    with pytest.raises(EngineMissingError, match="There is no checkpoint folder nowhere"):
        separate(tmp_path / "nowhere")


def test_a_repository_without_its_bag_is_told(hosts, separate, copied, tiny):
    folder = copied(tiny)
    (folder / "htdemucs.yaml").unlink()
    state = hosts.availability("demucs", str(folder))
    assert not state.ready and "broken lacks *.yaml" in state.reason
    with pytest.raises(EngineMissingError, match=r"lacks the \.yaml file that names its model") as raised:
        separate(folder)
    said(raised, "engine_missing")
    with pytest.raises(EngineMissingError, match=r"lacks htdemucs_6s\.yaml"):
        separate(folder, model="htdemucs_6s")


def test_a_network_that_the_bag_names_and_nobody_downloaded_is_named(separate, copied, fine_tuned):
    folder = copied(fine_tuned)
    next(folder.glob("92cfc3b6*.th")).unlink()
    with pytest.raises(EngineMissingError, match=r"lacks 92cfc3b6\.safetensors or 92cfc3b6\.th") as raised:
        separate(folder)
    assert "not finished" in said(raised, "engine_missing").causes[0]


def test_an_empty_weights_file_counts_as_missing(hosts, separate, copied, tiny):
    folder = copied(tiny)
    weights_of(folder).write_bytes(b"")
    assert not hosts.availability("demucs", str(folder)).ready
    with pytest.raises(EngineMissingError, match=SIGNATURE):
        separate(folder)


def test_without_any_weights_the_remedy_is_where_to_put_them(separate, monkeypatch, tmp_path):
    from core.engines.demucs.worker import Worker

    for name in ("GAINSTAGE_MODELS", "HF_HOME", "HF_HUB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path))
    song = {"song": (np.zeros((9, 2), np.float32), 44_100)}
    with pytest.raises(EngineMissingError, match="Demucs' weights cannot be found") as raised:
        Worker().separate({}, song, lambda *told: None)
    assert "GAINSTAGE_MODELS" in raised.value.remedy
    with pytest.raises(EngineMissingError, match="Demucs' model htdemucs_ft cannot be found"):
        Worker().separate({"options": {"model": "htdemucs_ft"}}, song, lambda *told: None)


# What is damaged


@pytest.mark.parametrize("checksum", [True, False], ids=["with its checksum", "without"])
def test_weights_that_were_cut_off_are_said_to_be(separate, copied, tiny, checksum):
    folder = copied(tiny)
    file = weights_of(folder)
    half = file.read_bytes()[: file.stat().st_size // 2]
    (file if checksum else file.rename(folder / f"{SIGNATURE}.th")).write_bytes(half)
    with pytest.raises(
        EngineError, match=rf"The Demucs file {SIGNATURE}.*th in broken cannot be read"
    ) as raised:
        separate(folder)
    assert "cut off" in said(raised).causes[0]
    assert ("Invalid checksum" in raised.value.detail) == checksum


def test_one_changed_byte_is_seen_by_the_checksum(separate, copied, tiny):
    file = weights_of(copied(tiny))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(EngineError, match="cannot be read") as raised:
        separate(file.parent)
    assert "Invalid checksum" in raised.value.detail


@pytest.mark.parametrize(
    "content",
    [
        b"<html>Sign in to continue</html>",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
        b"\x80\x02].",
    ],
    ids=["a page", "a pointer", "an empty list"],
)
def test_a_file_of_another_kind_is_told(separate, copied, tiny, content):
    folder = copied(tiny)
    weights_of(folder).unlink()
    (folder / f"{SIGNATURE}.th").write_bytes(content)
    with pytest.raises(EngineError, match="cannot be read") as raised:
        separate(folder)
    said(raised)


def test_cut_off_safetensors_are_told(separate, tmp_path):
    folder = write_hub_form(tmp_path / "hub", make_network())
    file = folder / f"{SIGNATURE}.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(EngineError, match=rf"{SIGNATURE}\.safetensors in hub cannot be read") as raised:
        separate(folder)
    said(raised)


@pytest.mark.parametrize("part", ["decoder.0", "crosstransformer", "tencoder.2"])
def test_weights_that_are_no_numbers_are_named(separate, replaced, part):
    state = package_of(make_network())["state"]
    name = next(key for key in state if key.startswith(part))
    folder = replaced(state={**state, name: state[name] * float("nan")})
    with pytest.raises(EngineError, match="hold values that are not numbers") as raised:
        separate(folder)
    assert name in said(raised).message


def test_sums_that_overflow_are_caught_before_they_are_sound(separate, replaced):
    state = {key: value.float() for key, value in package_of(make_network())["state"].items()}
    for part in ("rewrite.bias", "conv_tr.weight"):
        state[f"tdecoder.3.{part}"].fill_(3e38)
    folder = replaced(state=state)
    with pytest.raises(EngineError, match=r"computed values that are not numbers at 0\.0 s") as raised:
        separate(folder)
    assert "float32 on cpu" in said(raised).causes[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "models: [",
        "- 1\n- 2",
        "models: 955717e8",
        "models: []",
        "weights: [[1]]",
        "models: [1]\nsegment: long",
    ],
)
def test_a_bag_that_says_nothing_of_use_is_told(separate, copied, tiny, text):
    folder = copied(tiny)
    (folder / "htdemucs.yaml").write_text(text)
    with pytest.raises(
        EngineError, match=r"The Demucs file htdemucs\.yaml in broken cannot be read"
    ) as raised:
        separate(folder)
    said(raised)


def test_a_huge_bag_is_not_read(separate, copied, tiny):
    folder = copied(tiny)
    (folder / "htdemucs.yaml").write_text("models: [" + "a, " * 60_000 + "a]")
    with pytest.raises(EngineError, match="cannot be read") as raised:
        separate(folder)
    assert "bytes" in raised.value.detail


def test_a_bag_makes_no_objects(separate, copied, tiny, tmp_path):
    folder = copied(tiny)
    mark = tmp_path / "code-was-run"
    (folder / "htdemucs.yaml").write_text(f"models: !!python/object/apply:os.mkdir ['{mark}']")
    with pytest.raises(EngineError, match="cannot be read"):
        separate(folder)
    assert not mark.exists()


# What would run


class Evil:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("where", ["state", "training_args", "klass"])
def test_code_in_a_checkpoint_is_never_run_and_named(separate, replaced, tmp_path, where):
    mark = tmp_path / "code-was-run"
    folder = replaced(**{where: Evil(mark)})
    with pytest.raises(
        EngineError, match=r"holds more than weights \(\w+\.mkdir\).* it was not opened"
    ) as raised:
        separate(folder)
    assert "hid a program" in said(raised).causes[0]
    assert not mark.exists()


def test_a_class_of_demucs_is_only_a_name_and_cannot_be_called_by_the_file(replaced, monkeypatch):
    from demucs.hdemucs import HDemucs

    class Calls:
        def __reduce__(self):
            return HDemucs, (["drums"],)

    monkeypatch.setattr(HDemucs, "__init__", lambda *given: pytest.fail("it was called"))
    with pytest.raises(EngineError, match="cannot be read"):
        package.read_package(weights_of(replaced(training_args=Calls())))


def test_safetensors_name_no_class_but_demucs(separate, tmp_path):
    folder = write_hub_form(tmp_path / "hub", make_network(), klass="subprocess.Popen")
    with pytest.raises(EngineError, match="of the kind Popen, not HTDemucs") as raised:
        separate(folder)
    said(raised)


def test_a_fraction_that_would_take_forever_is_refused():
    assert package._fraction("39/5") == package._fraction(39, 5)
    with pytest.raises(ValueError, match="not a fraction"):
        package._fraction("1e999999999")


# What does not fit


def test_another_demucs_is_told_from_a_broken_one(separate, replaced):
    from demucs.hdemucs import HDemucs

    with pytest.raises(EngineError, match="of the kind HDemucs, not HTDemucs") as raised:
        separate(replaced(klass=HDemucs))
    assert "htdemucs_ft" in said(raised).remedy


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": 16},
        {"bottom_channels": 32},
        {"t_layers": 2},
        {"depth": 3},
        {"nfft": 1000},
        {"channels": -8},
        {"t_heads": 3},
        {"segment": 0},
        {"segment": "long"},
        {"samplerate": "44.1k"},
        {"audio_channels": 1},
        {"wiener_iters": 1},
    ],
    ids=str,
)
def test_a_description_of_another_network_is_told(separate, replaced, wrong):
    _, kwargs = make_network()._init_args_kwargs
    folder = replaced(kwargs={**kwargs, **wrong})
    with pytest.raises(EngineError, match="The weights in broken do not fit their configuration") as raised:
        separate(folder)
    assert said(raised).detail


@pytest.mark.parametrize(
    "sources",
    [SIX, FOUR[:3], ("drums", "drums", "other", "vocals"), ("../up", "bass", "other", "vocals"), "stem"],
    ids=str,
)
def test_stems_that_cannot_be_are_told(separate, replaced, sources):
    folder = replaced(args=(list(sources) if isinstance(sources, tuple) else sources,))
    with pytest.raises(EngineError, match="do not fit their configuration"):
        separate(folder)


def test_a_tensor_that_is_missing_is_not_made_up(separate, replaced):
    state = package_of(make_network())["state"]
    folder = replaced(state={key: value for key, value in state.items() if key != "encoder.1.conv.weight"})
    with pytest.raises(EngineError, match="do not fit") as raised:
        separate(folder)
    assert "encoder.1.conv.weight" in said(raised).detail


def test_packed_weights_are_told(separate, replaced, tmp_path):
    with pytest.raises(EngineError, match="holds no plain weights") as raised:
        separate(replaced(state={"__quantized": True, "quantized": []}))
    assert "quantised" in said(raised).causes[0]
    with pytest.raises(EngineError, match="holds no plain weights"):
        separate(write_hub_form(tmp_path / "hub", make_network(), structure="{}"))


def test_a_package_without_its_parts_is_told(separate, replaced, tmp_path):
    folder = replaced()
    weights_of(folder).unlink()
    write_package(folder, SIGNATURE, {"state": package_of(make_network())["state"]})
    with pytest.raises(EngineError, match="cannot be read") as raised:
        separate(folder)
    assert "klass" in raised.value.detail


def test_networks_of_two_models_in_one_bag_are_told(separate, copied, tiny):
    folder = copied(tiny)
    write_package(folder, "5c90dfd2", package_of(make_network(sources=SIX)))
    write_bag(folder, "htdemucs", [SIGNATURE, "5c90dfd2"])
    with pytest.raises(EngineError, match="do not fit") as raised:
        separate(folder)
    assert "different stems" in raised.value.detail


@pytest.mark.parametrize(
    "weights",
    [[[1, 1, 1]], [[1, 1, 1, 1]] * 2, [[1, 1, 0, 1]], [[1, 1, -1, 1]], [[1, 1, float("nan"), 1]], [[]]],
    ids=str,
)
def test_a_bag_that_weighs_wrongly_is_told(separate, copied, tiny, weights):
    folder = copied(tiny)
    lines = str(weights).replace("nan", ".nan")
    (folder / "htdemucs.yaml").write_text(f"models: ['{SIGNATURE}']\nweights: {lines}")
    with pytest.raises(EngineError, match="do not fit"):
        separate(folder)


def test_the_same_network_twice_is_told(separate, copied, tiny):
    folder = copied(tiny)
    (folder / f"{SIGNATURE}-00000000.th").write_bytes(b"old")
    with pytest.raises(EngineError, match="2 times") as raised:
        separate(folder)
    assert "Delete all but one" in said(raised).remedy


def test_several_models_and_none_chosen_is_told_and_a_choice_helps(separate, copied, tiny, tmp_path):
    folder = copied(tiny)
    (folder / "htdemucs.yaml").rename(folder / "mine.yaml")
    write_bag(folder, "yours", [SIGNATURE])
    with pytest.raises(EngineError, match=r"several models \(mine, yours\), and none was chosen"):
        separate(folder)
    write_bag(folder, "htdemucs", [SIGNATURE])
    assert separate(folder).values["model"] == "htdemucs", "a published one that is whole is preferred"


# What Demucs itself would read otherwise


def test_arguments_of_a_later_demucs_are_left_out_as_it_does(separate, replaced, tiny):
    _, kwargs = make_network()._init_args_kwargs
    ours = separate(replaced(kwargs={**kwargs, "invented_later": 3}))
    assert ours.sounds["vocals"].key == separate(tiny).sounds["vocals"].key


def test_safetensors_are_preferred_to_a_pickle_of_the_same_name(separate, copied, tiny, tmp_path):
    folder = copied(tiny)
    write_hub_form(folder, make_network(5))
    other = write_tiny(tmp_path / "other", seed=5)
    assert separate(folder).sounds["vocals"].key == separate(other).sounds["vocals"].key


def test_weights_that_cannot_fit_are_refused_before_the_system_ends_the_process(monkeypatch, tiny):
    monkeypatch.setattr(checkpoint, "memory", lambda: SimpleNamespace(available=1000))
    with pytest.raises(EngineMemoryError, match=r"take .* GB, and this machine has") as raised:
        loading.load(tiny)
    assert raised.value.remedy.startswith("Close other programs")


def test_nothing_is_asked_of_the_network(monkeypatch, fine_tuned, copied):
    asked_for = []

    def refused(*where):
        asked_for.append(where)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", refused)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert len(loading.load(fine_tuned).networks) == len(FINE_TUNED)
    folder = copied(fine_tuned)
    next(folder.glob("*.th")).unlink()
    with pytest.raises(EngineMissingError):
        loading.load(folder)
    assert asked_for == []
