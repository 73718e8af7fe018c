"""Settings from ACE-Step's JSON and from ComfyUI's workflows; what is something else is one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.engines.acestep15 import recipe_file
from core.engines.acestep15.recipe_file import read, read_file
from core.engines.acestep15.settings import AceStepSettings
from core.errors import InputError
from core.runs.pipeline import RunSettings

ENCODE = {
    "tags": "warm lo-fi piano",
    "lyrics": "[Verse]\nThe tide comes in",
    "seed": 7,
    "bpm": 90,
    "duration": 40.0,
    "timesignature": "4",
    "language": "en",
    "keyscale": "C major",
    "generate_audio_codes": True,
    "clip": ["105", 0],
}
API = {
    "94": {"class_type": "TextEncodeAceStepAudio1.5", "inputs": ENCODE},
    "78": {"class_type": "ModelSamplingAuraFlow", "inputs": {"model": ["104", 0], "shift": 3}},
    "98": {"class_type": "EmptyAceStep1.5LatentAudio", "inputs": {"seconds": 42.5, "batch_size": 1}},
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 2**40 + 5, "steps": 8, "cfg": 1, "sampler_name": "euler", "model": ["78", 0]},
    },
}
PAGE = {
    "nodes": [
        {"type": "KSampler", "widgets_values": [5, "randomize", 8, 1, "euler", "simple", 1]},
        {"type": "ModelSamplingAuraFlow", "widgets_values": [3]},
        {"type": "EmptyAceStep1.5LatentAudio", "widgets_values": [42.5, 1]},
        {
            "type": "TextEncodeAceStepAudio1.5",
            "widgets_values": ["warm lo-fi piano", "[inst]", 7, "fixed", 90, 40.0, "4", "en", "C major"],
        },
    ]
}


def as_bytes(content):
    return json.dumps(content).encode()


def test_ace_steps_own_parameters_are_read():
    held = {
        "caption": "warm lo-fi piano",
        "lyrics": "[Verse]\nThe tide comes in",
        "inference_steps": 50,
        "guidance_scale": 7.0,
        "shift": 1.0,
        "seed": -1,
        "duration": 160,
        "bpm": 100,
        "keyscale": "B minor",
        "dcw_enabled": True,
        "task_type": "repaint",
        "repainting_start": 10.0,
        "repainting_end": -1,
    }
    found = read(as_bytes(held))
    assert found.options == {
        "steps": 50, "guidance": 7.0, "shift": 1.0, "dcw": "on", "task": "repaint",
        "repaint_from_s": 10.0, "repaint_to_s": 0.0,
    }  # fmt: skip
    assert (found.prompt, found.seed, found.duration_s) == ("warm lo-fi piano", None, 160.0)
    assert "bpm, keyscale" in found.notes[0]
    assert AceStepSettings.model_validate(found.options).steps == 50


@pytest.mark.parametrize("form", [API, PAGE], ids=["api", "page"])
def test_a_comfyui_workflow_is_read_in_both_forms(form):
    found = read(as_bytes(form))
    assert found.options == {"steps": 8, "guidance": 1.0, "shift": 3.0, "dcw": "off"}
    assert (found.prompt, found.seed, found.duration_s) == ("warm lo-fi piano", 5, 42.5)
    assert AceStepSettings.model_validate(found.options)


def test_words_and_their_absence():
    assert read(as_bytes(API)).lyrics == "[Verse]\nThe tide comes in" and not read(as_bytes(API)).instrumental
    assert read(as_bytes(PAGE)).lyrics == "" and read(as_bytes(PAGE)).instrumental


def test_a_subgraph_is_looked_into():
    inner = {"nodes": [{"type": "abc", "widgets_values": []}]}
    inner["definitions"] = {"subgraphs": [{"id": "abc", "nodes": PAGE["nodes"]}]}
    assert read(as_bytes(inner)).options["steps"] == 8


def test_nodes_of_another_pack_are_named():
    more = API | {"9": {"class_type": "VHS_VideoCombine", "inputs": {}}}
    assert "VHS_VideoCombine" in read(as_bytes(more)).notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1, 2]", "neither"),
        (b" " * (recipe_file.LARGEST + 1), "settings have at most 2"),
        (b'{"a": 1}', "neither"),
        (as_bytes({"caption": "a", "shift": "three"}), "its shift is no number"),
        (b'{"caption": "a", "inference_steps": 1e999}', "its inference_steps is no number"),
        (b'{"caption": "a", "inference_steps": NaN}', "its inference_steps is no number"),
        (b'{"caption": "a", "shift": ' + b"9" * 400 + b"}", "its shift is no number"),
        (as_bytes({"1": {"class_type": "WanVideoSampler", "inputs": {}}}), "another pack: WanVideoSampler"),
        (as_bytes({"1": {"class_type": "KSampler", "inputs": {}}}), "makes no ACE-Step 1.5 song"),
    ],
)
def test_what_is_something_else_is_one_sentence(content, said):
    with pytest.raises(InputError) as caught:
        read(content)
    assert said in caught.value.message and "\n" not in caught.value.message and caught.value.remedy


def test_a_file_of_two_gigabytes_is_not_even_opened(tmp_path, monkeypatch):
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(2 << 30)
    monkeypatch.setattr(recipe_file.Path, "open", lambda *given: pytest.fail("it was opened"))
    with pytest.raises(InputError, match="2,147 MB"):
        read_file(huge)


def test_what_has_no_size_is_read_no_further_than_settings_go():
    with pytest.raises(InputError, match="settings have at most 2"):
        read_file(Path("/dev/zero"))


def test_seeds_and_lengths_beyond_all_bounds_are_wrapped_or_left_out():
    found = read(b'{"caption": "a", "duration": 1e999, "seed": 4294967297}')
    assert (found.seed, found.duration_s) == (1, None)


def test_the_tracks_that_complete_a_song_are_read_and_reach_the_settings():
    held = {"caption": "a", "task_type": "complete", "complete_track_classes": ["strings", "fx", "kazoo"]}
    found = read(as_bytes(held))
    assert found.options == {"task": "complete", "complete_with": ["strings", "fx"]}
    assert found.notes == ("No track of ACE-Step is called kazoo: it is left out.",)
    own = RunSettings().with_values(found.assignments).generate.options["ace-step"]
    assert own.complete_with == ("strings", "fx")
    assert read(as_bytes(held | {"complete_track_classes": "strings"})).options == {"task": "complete"}


def test_the_part_that_lego_adds_to_is_read():
    held = {"caption": "a", "task_type": "lego", "track_name": "bass", "repaint_mode": "aggressive"}
    found = read(as_bytes(held | {"repainting_start": 4, "repainting_end": 8.5}))
    assert found.options == {"task": "lego", "track": "bass", "repaint_from_s": 4.0, "repaint_to_s": 8.5}
    cover = read(as_bytes(held | {"task_type": "cover", "repainting_start": 4}))
    assert "repaint_from_s" not in cover.options


@pytest.mark.parametrize(
    ("task", "options"), [("extract", {"track": "drums"}), ("lego", {}), ("complete", {})]
)
def test_tasks_of_base_models_are_read_with_their_track(task, options):
    found = read(as_bytes({"caption": "a", "task_type": task, "track_name": options.get("track", "kazoo")}))
    assert found.options == {"task": task, **options} and found.notes == ()
