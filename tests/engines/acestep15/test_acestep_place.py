"""Where the model computes and in which precision, by the device; told to a torch that is not there."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from core.engines.acestep15 import device
from core.engines.acestep15.checkpoint import Files
from core.engines.acestep15.device import placed
from core.engines.acestep15.settings import Precision
from core.engines.checkpoint import Checkpoint
from core.engines.shared.safetensors_header import NotSafetensorsError, Tensor, read_header
from core.errors import EngineInputError, EngineMemoryError
from core.machine.resources import Memory


@dataclass(frozen=True)
class Format:
    name: str
    itemsize: int


FLOAT32, BFLOAT16, FLOAT16 = Format("float32", 4), Format("bfloat16", 2), Format("float16", 2)
AUTO = Precision.AUTO


def torch(capability=None, free_gb=0.0, mps=False):
    cuda = SimpleNamespace(
        is_available=lambda: capability is not None,
        get_device_capability=lambda: capability,
        mem_get_info=lambda: (int(free_gb * 1e9), int(free_gb * 1e9)),
    )
    backends = SimpleNamespace(mps=SimpleNamespace(is_available=lambda: mps))
    return SimpleNamespace(cuda=cuda, backends=backends, float32=FLOAT32, bfloat16=BFLOAT16, float16=FLOAT16)


def files(tmp_path, billions=6.0, largest=4.7):
    parts = {
        "transformer": {"a": Tensor("BF16", (int(largest * 1e9),))},
        "vae": {"b": Tensor("F32", (int((billions - largest) * 1e9),))},
    }
    return Files(Checkpoint(tmp_path, "ACE-Step"), parts)


@pytest.fixture(autouse=True)
def room(monkeypatch):
    def allow(gigabytes):
        free = int(gigabytes * 1e9)
        monkeypatch.setattr(device, "memory", lambda: Memory(free, free, None))

    allow(64)
    return allow


def test_a_modern_gpu_computes_in_bfloat16_and_holds_it_all(tmp_path):
    place = placed(torch((8, 0), 24), files(tmp_path), AUTO)
    assert (place.device, place.dtype, place.offload, place.notes) == ("cuda", BFLOAT16, False, ())


def test_a_modern_gpu_that_is_small_takes_the_parts_in_turn(tmp_path):
    place = placed(torch((8, 6), 12), files(tmp_path), AUTO)
    assert (place.device, place.dtype, place.offload) == ("cuda", BFLOAT16, True)
    assert "turns" in place.notes[0]


@pytest.mark.parametrize("capability", [(6, 1), (7, 0), (7, 5)])
def test_pascal_volta_and_turing_compute_in_float32_in_turn(tmp_path, capability):
    place = placed(torch(capability, 24), files(tmp_path), AUTO)
    assert (place.dtype, place.offload) == (FLOAT32, True)
    assert "no bfloat16" in place.notes[0]


def test_bfloat16_is_refused_where_the_gpu_has_none(tmp_path):
    with pytest.raises(EngineInputError) as caught:
        placed(torch((7, 5), 24), files(tmp_path), Precision.BFLOAT16)
    assert "7.5" in caught.value.message


def test_apples_gpu_and_the_processor_compute_in_float32(tmp_path):
    assert placed(torch(mps=True), files(tmp_path), AUTO).device == "mps"
    place = placed(torch(), files(tmp_path), AUTO)
    assert (place.device, place.dtype) == ("cpu", FLOAT32)
    assert "no GPU" in place.notes[0]
    small = placed(torch(), files(tmp_path, 0.001, 0.0005), AUTO)
    assert small.notes == ()


def test_a_precision_that_was_chosen_is_taken(tmp_path):
    assert placed(torch((7, 5), 24), files(tmp_path), Precision.FLOAT16).dtype is FLOAT16
    assert placed(torch(), files(tmp_path), Precision.BFLOAT16).dtype is BFLOAT16
    assert placed(torch((9, 0), 80), files(tmp_path), Precision.FLOAT32).dtype is FLOAT32


@pytest.mark.parametrize(
    ("capability", "gpu_gb", "ram_gb", "where"),
    [
        ((8, 0), 6, 64, "the GPU"),
        ((7, 5), 16, 64, "the GPU"),
        ((8, 0), 12, 8, "machine"),
        (None, 0, 8, "machine"),
    ],
)
def test_what_fits_nowhere_is_refused_before_it_is_loaded(tmp_path, room, capability, gpu_gb, ram_gb, where):
    room(ram_gb)
    with pytest.raises(EngineMemoryError) as caught:
        placed(torch(capability, gpu_gb), files(tmp_path), AUTO)
    assert where in caught.value.message and "GB free" in caught.value.message


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
