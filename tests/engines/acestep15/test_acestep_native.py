"""A checkpoint in ACE-Step's own form, converted, is the model that diffusers loads, with its sound."""

from __future__ import annotations

import numpy as np

from core.engines.acestep15.native import PARTS
from core.engines.shared.safetensors_header import read_header
from core.models.native.convert import convert, convert_back
from core.progress import silent
from tests.models.native.native_files import config, shapes


def test_the_converted_model_sings_the_same_song(turbo, tmp_path, compose):
    native = convert_back(turbo, tmp_path / "acestep-v15-turbo", silent).folder
    made = convert(native, tmp_path / "converted", silent, beside=turbo).folder
    before, after = (compose(folder, seed=3).sounds["clip_1"] for folder in (turbo, made))
    assert np.array_equal(before.samples, after.samples)
    for part in PARTS.values():
        names = [
            read_header(folder / part / "diffusion_pytorch_model.safetensors") for folder in (turbo, made)
        ]
        assert names[0] == names[1]


def test_the_names_in_the_tests_of_conversion_are_those_of_the_network(turbo, tmp_path):
    native = convert_back(turbo, tmp_path / "acestep-v15-turbo", silent).folder
    told = config(num_lyric_encoder_hidden_layers=1)
    assert set(read_header(native / "model.safetensors")) == set(shapes(told))
