"""A checkpoint in ACE-Step's own form, converted, is the model that diffusers loads, to the last bit."""

from __future__ import annotations

import json

from core.engines.acestep15.checkpoint import inspect
from core.engines.acestep15.native import PARTS
from core.engines.shared.safetensors_header import read_header, read_spans
from core.models.native.convert import convert, convert_back
from core.progress import silent
from tests.models.native.native_files import config, shapes

WEIGHTS = "diffusion_pytorch_model.safetensors"


def held(file):
    data = file.read_bytes()
    return {name: (span.tensor, data[span.start : span.stop]) for name, span in read_spans(file).items()}


def test_the_converted_model_is_the_one_that_diffusers_wrote(turbo, tmp_path):
    native = convert_back(turbo, tmp_path / "acestep-v15-turbo", silent).folder
    made = convert(native, tmp_path / "converted", silent, beside=turbo).folder
    assert inspect(made).sizes == inspect(turbo).sizes
    for part in PARTS.values():
        assert held(made / part / WEIGHTS) == held(turbo / part / WEIGHTS)
        told, theirs = (json.loads((each / part / "config.json").read_text()) for each in (made, turbo))
        written = {name: value for name, value in theirs.items() if value is not None}
        assert {name: told.get(name, value) for name, value in written.items()} == written


def test_the_names_in_the_tests_of_conversion_are_those_of_the_network(turbo, tmp_path):
    native = convert_back(turbo, tmp_path / "acestep-v15-turbo", silent).folder
    told = config(num_lyric_encoder_hidden_layers=1)
    assert set(read_header(native / "model.safetensors")) == set(shapes(told))
