"""Sounds as other programs hold them: every type and shape, and what is refused with a question."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from core.audio import Audio
from core.errors import AudioFileError, InputError
from core.probe.outside import carries_rate, sound_of

RATE = 8_000
FRAMES = 400
HALF = np.full((FRAMES, 2), 0.5)
HALF[:, 1] = -0.25


def same(audio, wanted=HALF, tolerance=1e-6):
    assert audio.sample_rate == RATE
    assert audio.samples.shape == wanted.shape
    assert np.abs(audio.samples - wanted).max() <= tolerance


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "longdouble", ">f4", ">f8"])
def test_every_float_type_keeps_its_values(kind):
    same(sound_of(HALF.astype(kind), RATE))


@pytest.mark.parametrize(
    ("kind", "full"), [("int8", 128), ("int16", 32_768), (">i2", 32_768), ("int32", 2_147_483_648)]
)
def test_signed_integers_are_taken_at_their_full_scale(kind, full):
    same(sound_of((HALF * full).astype(kind), RATE))


@pytest.mark.parametrize(("kind", "full"), [("uint8", 128), ("uint16", 32_768), ("uint32", 2_147_483_648)])
def test_unsigned_integers_are_centred(kind, full):
    same(sound_of((HALF * full + full).astype(kind), RATE))


@pytest.mark.parametrize("kind", ["int64", "uint64"])
def test_integers_without_a_full_scale_are_asked_about(kind):
    with pytest.raises(InputError, match="no full scale") as refused:
        sound_of(np.ones((FRAMES, 2), kind), RATE)
    assert "int16" in refused.value.remedy


@pytest.mark.parametrize("shape", [lambda x: x, lambda x: x.T, lambda x: x[None], lambda x: x.T[None]])
def test_channels_first_or_last_and_a_batch_of_one(shape):
    same(sound_of(shape(HALF), RATE))


@pytest.mark.parametrize("shape", [(FRAMES,), (1, FRAMES), (FRAMES, 1), (1, 1, FRAMES)])
def test_mono_in_every_shape(shape):
    same(sound_of(np.full(shape, 0.5), RATE), np.full((FRAMES, 1), 0.5))


@pytest.mark.parametrize("shape", [(2, 2), (8, 3), (1, 2)])
def test_a_shape_that_can_be_read_in_two_ways_is_asked_about(shape):
    with pytest.raises(InputError, match="two ways") as refused:
        sound_of(np.zeros(shape), RATE)
    assert 'channels="first"' in refused.value.remedy
    assert sound_of(np.zeros(shape), RATE, channels="first").channels == shape[0]
    assert sound_of(np.zeros(shape), RATE, channels="last").channels == shape[1]


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (100, 100), (2, 2, FRAMES), (1, 1, 1, FRAMES)])
def test_what_is_no_shape_of_one_sound_is_refused(shape):
    with pytest.raises(InputError):
        sound_of(np.zeros(shape), RATE)


def test_channels_that_contradict_the_shape_are_refused():
    with pytest.raises(InputError, match='channels="first"'):
        sound_of(HALF, RATE, channels="first")


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_tensors_of_every_float_type_with_a_gradient_and_any_order(kind):
    tensor = torch.tensor(HALF.T).to(kind).requires_grad_()
    same(sound_of(tensor[None], RATE))
    same(sound_of(tensor.t(), torch.tensor(RATE)))


def test_integer_tensors():
    same(sound_of(torch.tensor((HALF * 32_768).astype("int16")), RATE))


@pytest.mark.parametrize(
    "tensor", [torch.zeros(2, FRAMES, device="meta"), torch.zeros(2, FRAMES, dtype=torch.complex64)]
)
def test_tensors_without_values_to_hear_are_refused(tensor):
    with pytest.raises(InputError):
        sound_of(tensor, RATE)


@pytest.mark.parametrize(
    "value",
    [
        {"waveform": torch.tensor(HALF.T)[None], "sample_rate": RATE},
        {"array": HALF, "sampling_rate": RATE},
        {"audio": HALF.T.astype("float32"), "sampling_rate": RATE},
        (RATE, (HALF * 32_768).astype("int16")),
        (torch.tensor(HALF.T), RATE),
        Audio(HALF.astype("float32"), RATE),
    ],
    ids=["comfyui", "datasets", "transformers", "gradio", "torchaudio", "ours"],
)
def test_a_sound_that_carries_its_rate(value):
    assert carries_rate(value)
    same(sound_of(value))
    with pytest.raises(InputError, match="of its own"):
        sound_of(value, 44_100)


def test_files_by_path_and_as_bytes(tmp_path):
    path = tmp_path / "half.wav"
    soundfile.write(path, HALF, RATE, subtype="FLOAT")
    for value in (
        path,
        str(path),
        path.read_bytes(),
        bytearray(path.read_bytes()),
        io.BytesIO(path.read_bytes()),
    ):
        same(sound_of(value))


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {1, 2},
        (x for x in [0.5]),
        iter([0.5]),
        object(),
        np.array([None, 1.0]),
        np.array(["a"]),
        np.zeros(FRAMES, complex),
        np.zeros(FRAMES, bool),
        [[1.0], [1.0, 2.0]],
    ],
    ids=lambda value: type(value).__name__,  # The same in every process: no addresses.
)
def test_what_is_no_sound_is_named_and_has_a_remedy(value):
    with pytest.raises(InputError, match="no sound") as refused:
        sound_of(value, RATE)
    assert refused.value.remedy


def test_a_missing_file_and_bytes_of_no_sound():
    with pytest.raises(InputError, match="no file"):
        sound_of(Path("not there.wav"))
    with pytest.raises(AudioFileError):
        sound_of(b"no sound at all", name="the answer")


@pytest.mark.parametrize("rate", [None, 0, -1, 44_100.5, "fast", float("nan"), float("inf"), 10**9])
def test_a_rate_that_is_none_is_asked_for(rate):
    with pytest.raises(InputError, match="rate"):
        sound_of(HALF, rate)


@pytest.mark.parametrize("rate", [8_000, 8_000.0, np.int64(8_000), np.float32(8_000), torch.tensor(8_000)])
def test_a_rate_of_any_number_type(rate):
    same(sound_of(HALF, rate))


def test_the_copy_is_not_the_callers():
    mine = HALF.astype("float32")
    audio = sound_of(mine, RATE)
    mine[:] = 0
    same(audio)


def test_values_beyond_float32_are_infinite_and_nan_stays():
    audio = sound_of(np.array([1e300, np.nan, 0.0]), RATE)
    assert np.isinf(audio.samples[0, 0])
    assert np.isnan(audio.samples[1, 0])
