"""Where the model computes and in which precision: every published size on every common card."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from core.engines.acestep15 import device
from core.engines.acestep15.card import CARD
from core.engines.acestep15.device import Machine, machine_by_torch, placed
from core.engines.acestep15.estimate import Song, need
from core.engines.acestep15.outlook import foreseen
from core.engines.acestep15.settings import AceStepSettings, Precision
from core.engines.acestep15.sizes import Size, published_size
from core.engines.shared.safetensors_header import NotSafetensorsError, Tensor, read_header
from core.errors import EngineInputError, EngineMemoryError
from core.machine.graphics import Card, Cards
from core.machine.resources import Memory

AUTO = Precision.AUTO
GB = 10**9
SMALL, XL, BASE = (f"acestep-v15-{name}-diffusers" for name in ("turbo", "xl-turbo", "base"))
MINUTE, THREE, TEN = Song(60), Song(180), Song(600)


def card(gigabytes, capability=(8, 6), ram_gb=64):
    """A card with what its driver and its screen leave of it: 6 % are gone before anything is loaded."""
    return Machine("cuda", capability, int(gigabytes * 0.94 * GB), int(ram_gb * GB))


@pytest.mark.parametrize(
    ("machine", "name", "precision", "offload"),
    [
        (card(8), SMALL, "bfloat16", True),
        (card(8), XL, None, None),
        (card(8), BASE, "bfloat16", True),
        (card(12), SMALL, "bfloat16", False),
        (card(12), XL, "bfloat16", True),
        (card(12), BASE, "bfloat16", False),
        (card(16, (7, 5)), SMALL, "float32", True),
        (card(16, (7, 5)), XL, None, None),
        (card(16, (7, 5)), BASE, "float32", True),
        (card(24), SMALL, "bfloat16", False),
        (card(24), XL, "bfloat16", False),
        (card(24), BASE, "bfloat16", False),
        (card(80, (9, 0)), SMALL, "bfloat16", False),
        (card(80, (9, 0)), XL, "bfloat16", False),
        (card(80, (9, 0)), BASE, "bfloat16", False),
    ],
)
def test_three_minutes_of_every_size_on_every_card(machine, name, precision, offload):
    size = published_size(name)
    if precision is None:
        with pytest.raises(EngineMemoryError, match=name) as caught:
            placed(machine, size, AUTO, THREE, name)
        assert "ake acestep-v15-turbo-diffusers" in caught.value.remedy
        return
    place = placed(machine, size, AUTO, THREE, name)
    assert (place.device, place.precision, place.offload) == ("cuda", precision, offload)
    assert place.needed <= machine.gpu_free


@pytest.mark.parametrize("machine", [card(8), card(12), card(16, (7, 5)), card(24), card(80, (9, 0))])
def test_every_card_plays_something_and_what_the_error_names_fits(machine):
    fitting = 0
    for weights in CARD.weights:
        for song in (MINUTE, THREE, TEN):
            try:
                placed(machine, published_size(weights.name), AUTO, song)
                fitting += 1
            except EngineMemoryError as error:
                _plays_as_told(machine, error.remedy, published_size(weights.name), song)
    assert fitting


def _plays_as_told(machine, remedy, size, song):
    shorter = re.search(r"make at most (\d+) s", remedy, re.IGNORECASE)
    if shorter:
        assert placed(machine, size, AUTO, Song(float(shorter[1])))
    other = re.search(r"take (acestep\S+),", remedy, re.IGNORECASE)
    if other:
        assert placed(machine, published_size(other[1]), AUTO, song)
    assert shorter or other or "another engine" in remedy


def test_a_card_that_holds_all_in_float32_needs_no_turns():
    assert not placed(card(24, (7, 5)), published_size(SMALL), AUTO, MINUTE).offload


def test_a_long_song_takes_turns_where_a_short_one_does_not():
    size = published_size(SMALL)
    assert not placed(card(12), size, AUTO, MINUTE).offload
    assert placed(card(12), size, AUTO, Song(450)).offload


def test_guidance_takes_more_of_a_base_model_and_nothing_of_a_turbo():
    plain, guided = Song(240, 1.0), Song(240, 7.0)
    base, turbo = published_size(BASE), published_size(SMALL)
    assert need(base, guided, "bfloat16").denoising > 1.9 * need(base, plain, "bfloat16").denoising
    assert need(turbo, guided, "bfloat16") == need(turbo, plain, "bfloat16")


def test_parts_in_turns_want_the_main_memory_for_the_rest():
    with pytest.raises(EngineMemoryError, match=r"this machine has 2\.0 GB free"):
        placed(card(8, ram_gb=2), published_size(SMALL), AUTO, MINUTE)


def test_bfloat16_is_refused_where_the_gpu_has_none():
    with pytest.raises(EngineInputError) as caught:
        placed(card(16, (7, 5)), published_size(SMALL), Precision.BFLOAT16, MINUTE)
    assert "7.5" in caught.value.message


def test_apples_gpu_and_the_processor_compute_in_float32():
    roomy = 64 * GB
    assert placed(Machine("mps", ram_free=roomy), published_size(SMALL), AUTO, MINUTE).device == "mps"
    place = placed(Machine("cpu", ram_free=roomy), published_size(SMALL), AUTO, MINUTE)
    assert (place.device, place.precision) == ("cpu", "float32")
    assert "no GPU" in place.notes[0]
    tiny = Size({"transformer": 1_000_000}, turbo=True, decoder_channels=8)
    assert placed(Machine("cpu", ram_free=roomy), tiny, AUTO, MINUTE).notes == ()
    with pytest.raises(EngineMemoryError, match="this machine"):
        placed(Machine("cpu", ram_free=8 * GB), published_size(XL), AUTO, MINUTE)


def test_a_precision_that_was_chosen_is_taken():
    size = published_size(SMALL)
    assert placed(card(16, (7, 5)), size, Precision.FLOAT16, MINUTE).precision == "float16"
    assert placed(Machine("cpu", ram_free=64 * GB), size, Precision.BFLOAT16, MINUTE).precision == "bfloat16"
    assert placed(card(80, (9, 0)), size, Precision.FLOAT32, MINUTE).precision == "float32"


def test_torch_and_the_driver_tell_of_the_same_machine(monkeypatch):
    free = Memory(32 * GB, 30 * GB, None)
    monkeypatch.setattr(device, "memory", lambda: free)
    cuda = SimpleNamespace(
        is_available=lambda: True,
        get_device_capability=lambda: (7, 5),
        mem_get_info=lambda: (15_000 * 2**20, 16_000 * 2**20),
    )
    told = Card("Tesla T4", 16_000, 15_000, 7.5, "550")
    monkeypatch.setattr(device, "nvidia_cards", lambda: Cards((told,)))
    monkeypatch.setattr(device, "hidden_by_setting", lambda: None)
    assert machine_by_torch(SimpleNamespace(cuda=cuda, backends=None)) == device.machine_outside()


def test_the_outlook_names_need_and_what_is_free_and_the_choice_that_fits():
    fits = foreseen(card(12), published_size(SMALL), AceStepSettings(), 60, SMALL)
    assert fits.fits and re.search(
        r"needs about \d\.\d GB for 60 s in bfloat16 of the 11\.3 GB", fits.sentence
    )
    not_here = foreseen(card(8), published_size(XL), AceStepSettings(), 60, XL)
    assert not not_here.fits and SMALL in not_here.remedy


# Headers of weights


def written(tmp_path, data):
    path = tmp_path / "x.safetensors"
    path.write_bytes(data)
    return path


HEADER = b'{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"__metadata__":{"x":"y"}}'
WHOLE = len(HEADER).to_bytes(8, "little") + HEADER + b"\0" * 24


def test_a_whole_file_tells_its_tensors(tmp_path):
    assert read_header(written(tmp_path, WHOLE)) == {"a": Tensor("F32", (2, 3))}


@pytest.mark.parametrize("length", range(0, len(WHOLE), 7))
def test_a_file_cut_off_anywhere_is_known(tmp_path, length):
    with pytest.raises(NotSafetensorsError):
        read_header(written(tmp_path, WHOLE[:length]))


@pytest.mark.parametrize("data", [b"PK\x03\x04" * 20, b"\x80\x04" * 40, WHOLE + b"more", b"\xff" * 64])
def test_what_is_another_format_is_known(tmp_path, data):
    with pytest.raises(NotSafetensorsError):
        read_header(written(tmp_path, data))
