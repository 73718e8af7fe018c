"""The adapters, against the real libraries where they are installed, else against their documented form."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
import torch

import core as gainstage
from core.adapters import comfyui, gradio, transformers
from core.adapters.diffusers import LatentLevels
from core.errors import GainstageError
from core.runs.record import StepState
from core.studio import Studio
from tests.asynchronous import completed
from tests.fakes import HouseEngines
from tests.sounds import band

ROOT = Path(__file__).parents[2]
RATE = 44_100


@pytest.fixture
def studio(home):
    home.mkdir(parents=True, exist_ok=True)
    opened = Studio(home, HouseEngines())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def song():
    return band().between(0.0, 3.0)


@pytest.fixture
def audio(song):
    return {"waveform": torch.tensor(song.samples.T)[None], "sample_rate": song.sample_rate}


SILENT = {"waveform": torch.zeros(1, 2, RATE), "sample_rate": RATE}


@pytest.mark.parametrize("path", sorted((ROOT / "core/adapters").glob("*.py")), ids=lambda p: p.name)
def test_an_adapter_is_small(path):
    assert len(path.read_text().splitlines()) <= 80


def test_comfyuis_folder_names_the_nodes_with_all_that_comfyui_asks_of_one():
    source = ast.parse((ROOT / "integrations/comfyui/gainstage_nodes/__init__.py").read_text())
    imported = next(node for node in source.body if isinstance(node, ast.ImportFrom))
    assert imported.module == "gainstage.adapters.comfyui"
    for alias in imported.names:
        assert set(getattr(comfyui, alias.name)) == {"GainstageProbe", "GainstageGate", "GainstageMaster"}
    for node in comfyui.NODE_CLASS_MAPPINGS.values():
        inputs = node.INPUT_TYPES()["required"]
        assert inputs["audio"] == ("AUDIO",)
        assert callable(getattr(node(), node.FUNCTION))
        assert len(node.RETURN_TYPES) == len(node.RETURN_NAMES)


def test_comfyuis_probe_passes_the_audio_through_and_records_it(audio, studio, monkeypatch):
    monkeypatch.setattr(comfyui, "_probes", {})
    out = comfyui.ProbeNode().run(audio=audio, run_name="graph", step="generate")
    assert out["result"][0] is audio
    assert out["ui"]["text"][0]
    comfyui.ProbeNode().run(audio=SILENT, run_name="graph", step="decode")
    probe = comfyui._probes["graph"]
    probe.close()
    assert [s.stage for s in studio.run(probe.run_id).steps] == ["generate", "decode"]
    assert probe.blame.title == "decode"


def test_comfyuis_gate_stops_at_what_failed_in_any_sound_of_a_batch(audio):
    assert comfyui.GateNode().run(audio=audio)["result"][0] is audio
    both = torch.cat([audio["waveform"], torch.zeros_like(audio["waveform"])])
    with pytest.raises(GainstageError, match="silent"):
        comfyui.GateNode().run(audio={**audio, "waveform": both})


def test_comfyuis_master_reaches_its_target(audio):
    out = comfyui.MasterNode().run(audio=audio, target_lufs=-20.0, ceiling_dbtp=-1.0)["result"][0]
    assert out["waveform"].shape == audio["waveform"].shape
    assert out["waveform"].dtype == audio["waveform"].dtype
    assert gainstage.measure(out).integrated_lufs == pytest.approx(-20.0, abs=0.1)


def test_gradios_function_returns_its_own_value_and_the_verdict(song, studio):
    pair = (song.sample_rate, (song.samples * 32_767).astype("int16"))

    def generate(prompt):
        return pair

    value, shown = gradio.with_verdict(generate, name="space")("rain")
    assert value is pair
    assert "LUFS" in shown and "<svg" in shown
    assert studio.runs("anybody")[0].title == "space"


def test_gradios_async_function_and_one_that_makes_no_sound(studio):
    async def generate():
        return None

    value, shown = completed(gradio.with_verdict(generate)())
    assert value is None
    assert "no sound" in shown


def test_gradio_is_shown_what_the_function_raises(studio):
    def generate():
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        gradio.with_verdict(generate)()
    assert studio.runs("anybody")[0].verdict == "fail"


def test_the_latents_of_a_real_pipeline_are_read_at_each_step(tmp_path):
    pytest.importorskip("diffusers")
    from diffusers import AceStepPipeline

    from tests.engines.acestep15.tiny import write_tiny

    write_tiny(tmp_path)
    pipe = AceStepPipeline.from_pretrained(tmp_path)
    pipe.set_progress_bar_config(disable=True)
    levels = LatentLevels()
    pipe(prompt="x", lyrics="", audio_duration=3.0, num_inference_steps=3, callback_on_step_end=levels)
    assert len(levels.steps) == 3
    assert all(one.rms > 0 and one.nonfinite == 0 for one in levels.steps)
    assert "3 steps" in levels.sentence

    def spoiled(pipe, step, timestep, values):
        if step == 1:
            values["latents"][..., 0] = float("nan")
        return levels(pipe, step, timestep, values)

    levels.steps.clear()
    pipe(prompt="x", lyrics="", audio_duration=3.0, num_inference_steps=3, callback_on_step_end=spoiled)
    assert levels.broken_at == 1
    assert "from step 2 of 3" in levels.sentence
    assert levels.figures()["rms"][0] is not None


def test_a_real_transformers_pipeline_is_a_step(tmp_path, studio):
    pytest.importorskip("transformers")
    from transformers import pipeline

    from tests.engines.musicgen.tiny import write_tiny

    write_tiny(tmp_path)
    with gainstage.probe("transformers") as probe:
        real = pipeline("text-to-audio", model=str(tmp_path))
        pipe = transformers.watched(real, probe, "generate")
        made = pipe("rain", forward_params={"max_new_tokens": 20})
        assert pipe.task == "text-to-audio"
    step = studio.run(probe.run_id).steps[0]
    assert step.state in (StepState.DONE, StepState.FAILED)
    assert step.error is None
    assert step.figures["prompt"] == "rain"
    assert step.artifacts[0].measurement.sample_rate == made["sampling_rate"]


def test_what_a_pipeline_raises_is_recorded_and_raised(studio):
    def broken(text):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    with gainstage.probe("x") as probe, pytest.raises(RuntimeError):
        transformers.watched(broken, probe)("rain")
    assert studio.run(probe.run_id).steps[0].error.diagnosis


def test_a_pipelines_list_is_a_step_each(studio):
    one = {"audio": np.ones((1, RATE), np.float32), "sampling_rate": RATE}
    with gainstage.probe("x") as probe:
        transformers.watched(lambda text: [one, one], probe)("rain")
    assert len(studio.run(probe.run_id).steps) == 2
