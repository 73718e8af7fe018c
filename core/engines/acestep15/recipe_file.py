"""A person's settings from elsewhere: ACE-Step 1.5's own JSON, or a ComfyUI workflow, read as data.

ACE-Step: the fields of ``GenerationParams`` (``acestep/inference.py``) and of its example files. ComfyUI: the
nodes of ``comfy_extras/nodes_ace.py`` with the samplers of its core, in the form of its API or of its page.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.engines.acestep15.card import CARD
from core.engines.acestep15.settings import WINDOWED, RepaintMode, Task, Track
from core.errors import InputError

LARGEST = 2 << 20
"""Bytes; a workflow with its pictures' notes is well under one megabyte."""
SEEDS = 2**31
ENCODE, EMPTY, SHIFT = "TextEncodeAceStepAudio1.5", "EmptyAceStep1.5LatentAudio", "ModelSamplingAuraFlow"
SAMPLER = "KSampler"
OF_CORE = frozenset(
    (
        ENCODE,
        EMPTY,
        SHIFT,
        SAMPLER,
        "ReferenceTimbreAudio",
        "CheckpointLoaderSimple",
        "UNETLoader",
        "CLIPLoader",
        "DualCLIPLoader",
        "VAELoader",
        "VAEDecodeAudio",
        "VAEDecodeAudioTiled",
        "VAEEncodeAudio",
        "ConditioningZeroOut",
        "CLIPTextEncode",
        "LoraLoader",
        "LoraLoaderModelOnly",
        "LoadAudio",
        "SaveAudio",
        "SaveAudioMP3",
        "SaveAudioOpus",
        "PreviewAudio",
        "PrimitiveNode",
        "Note",
        "MarkdownNote",
        "Reroute",
        "ModelSamplingSD3",
    )
)
"""Nodes of ComfyUI itself that such a workflow is made of."""
WIDGETS = {
    ENCODE: ("tags", "lyrics", "seed", "", "bpm", "duration", "timesignature", "language", "keyscale"),
    EMPTY: ("seconds",),
    SHIFT: ("shift",),
    SAMPLER: ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
}
"""What a page's file lists by place; the empty ones are buttons beside a value."""
OPTIONS = {
    "inference_steps": "steps",
    "guidance_scale": "guidance",
    "shift": "shift",
    "audio_cover_strength": "cover_strength",
    "cfg_interval_start": "guidance_from",
    "cfg_interval_end": "guidance_to",
}
"""Fields of ACE-Step that are settings here, by the names of both."""
AS_PLANNED = ("bpm", "keyscale", "timesignature", "vocal_language", "language")
"""Fields that the plan decides here."""
CLASSES = "complete_track_classes"
"""Field of the tracks that a song is completed with."""
PLACEHOLDERS = ("", "NO USER INPUT")


@dataclass(frozen=True)
class Read:
    """What a file asks for, in the studio's words."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """Settings of ACE-Step."""
    prompt: str = ""
    lyrics: str = ""
    seed: int | None = None
    duration_s: float | None = None
    instrumental: bool = False
    notes: tuple[str, ...] = ()
    """What of the file is not used, and why."""

    @property
    def assignments(self) -> dict[str, str]:
        """The settings as ``RunSettings.with_values`` takes them: path to text or JSON."""
        return {
            f"generate.options.{CARD.name}.{name}": value if isinstance(value, str) else json.dumps(value)
            for name, value in self.options.items()
        }


def read_file(path: Path) -> Read:
    """Return what a file asks for; raises InputError, in one sentence, for one that is no such file."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise _refused(path.name, f"it has {size / 1e6:,.0f} MB, and settings have at most 2")
        with path.open("rb") as file:
            # No more than is taken: a pipe or a device has no size.
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(
            f"The file {path.name} cannot be read.", remedy="Give a JSON file.", detail=str(error)
        ) from error
    return read(content, path.name)


def read(content: bytes, name: str = "what was pasted") -> Read:
    """Return what JSON asks for; raises InputError for what is none, or asks for something else."""
    if len(content) > LARGEST:
        raise _refused(name, f"it has {len(content) / 1e6:,.0f} MB, and settings have at most 2")
    try:
        held = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _refused(name, "it is no JSON", str(error)) from error
    nodes = list(_nodes(held))
    if nodes:
        return _workflow(nodes, name)
    if isinstance(held, dict) and any(key in held for key in ("caption", "lyrics", *OPTIONS)):
        return _parameters(held, name)
    raise _refused(name, "it is neither ACE-Step's JSON nor a ComfyUI workflow")


def _parameters(held: Mapping[str, Any], name: str) -> Read:
    options: dict[str, Any] = {
        own: _number(held[theirs], theirs, name) for theirs, own in OPTIONS.items() if _given(held, theirs)
    }
    if "steps" in options:
        options["steps"] = int(options["steps"])
    if "dcw_enabled" in held:
        options["dcw"] = "on" if held["dcw_enabled"] else "off"
    if held.get("thinking") is False:
        options["planner"] = "off"
    task = held.get("task_type", "text2music")
    notes = []
    if task in tuple(Task) and task != Task.SONG:
        options["task"] = task
        if held.get("track_name") in tuple(Track):
            options["track"] = held["track_name"]
    elif task != "text2music":
        notes.append(f"The task {task} is not made here: the file is read as a song from words.")
    if task == Task.COMPLETE and isinstance(held.get(CLASSES), list):
        known = [each for each in held[CLASSES] if each in tuple(Track)]
        unknown = [str(each)[:40] for each in held[CLASSES] if each not in tuple(Track)]
        options |= {"complete_with": known} if known else {}
        if unknown:
            notes.append(f"No track of ACE-Step is called {', '.join(unknown[:5])}: it is left out.")
    if task in WINDOWED:
        for theirs, own in (("repainting_start", "repaint_from_s"), ("repainting_end", "repaint_to_s")):
            if _given(held, theirs):
                options[own] = max(0.0, _number(held[theirs], theirs, name))
        if task == Task.REPAINT and held.get("repaint_mode") in tuple(RepaintMode):
            options["repaint_mode"] = held["repaint_mode"]
    planned = [key for key in AS_PLANNED if held.get(key) not in (None, "", "unknown")]
    if planned:
        notes.append(f"The plan decides {', '.join(planned)}: write them into the prompt, or edit the plan.")
    if held.get("audio_codes"):
        notes.append("Its audio codes are not used.")
    return Read(
        options=options,
        prompt=_text(held.get("caption") or held.get("prompt")),
        lyrics=_text(held.get("lyrics")),
        seed=_seed(held.get("seed")),
        duration_s=_seconds(held.get("duration", held.get("audio_duration"))),
        instrumental=bool(held.get("instrumental")) or _text(held.get("lyrics")).lower() in _WORDLESS,
        notes=tuple(notes),
    )


_WORDLESS = ("[instrumental]", "[inst]")


def _workflow(nodes: list[tuple[str, Mapping[str, Any]]], name: str) -> Read:
    kinds = {kind for kind, _ in nodes}
    foreign = sorted(kind for kind in kinds if kind not in OF_CORE)
    foreign_nodes = (
        f"nodes of another pack: {', '.join(foreign[:5])}{' and more' if len(foreign) > 5 else ''}"
    )
    if ENCODE not in kinds:
        why = (
            f"it makes no ACE-Step 1.5 song, and has {foreign_nodes}"
            if foreign
            else "it makes no ACE-Step 1.5 song"
        )
        raise _refused(name, why)
    notes = [f"The workflow has {foreign_nodes}: what they do is not done here."] if foreign else []
    first = {kind: values for kind, values in reversed(nodes)}
    encode, sampler = first[ENCODE], first.get(SAMPLER, {})
    options: dict[str, Any] = {}
    for values, theirs, own in (
        (sampler, "steps", "steps"),
        (sampler, "cfg", "guidance"),
        (first.get(SHIFT, {}), "shift", "shift"),
    ):
        if _given(values, theirs):
            options[own] = _number(values[theirs], theirs, name)
    if "steps" in options:
        options["steps"] = int(options["steps"])
    options["dcw"] = "off"
    if sampler.get("sampler_name") not in (None, "euler"):
        notes.append(f"The sampler {sampler['sampler_name']} is not offered here: it is played with euler.")
    if encode.get("generate_audio_codes") is False:
        options["planner"] = "off"
    lyrics = _text(encode.get("lyrics"))
    return Read(
        options=options,
        prompt=_text(encode.get("tags")),
        lyrics="" if lyrics.lower() in _WORDLESS else lyrics,
        seed=_seed(sampler.get("seed", encode.get("seed"))),
        duration_s=_seconds(first.get(EMPTY, {}).get("seconds", encode.get("duration"))),
        instrumental=lyrics.lower() in _WORDLESS,
        notes=tuple(notes),
    )


def _nodes(held: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the nodes of a workflow by kind, with their values by name; nothing for any other JSON."""
    if not isinstance(held, dict):
        return
    if isinstance(held.get("nodes"), list):
        inner = held.get("definitions")
        graphs = inner.get("subgraphs", []) if isinstance(inner, dict) else []
        hidden = {graph.get("id") for graph in graphs if isinstance(graph, dict)}
        for graph in (held, *(each for each in graphs if isinstance(each, dict))):
            for node in graph.get("nodes", []):
                if isinstance(node, dict) and node.get("type") not in hidden:
                    yield str(node.get("type", "")), _by_place(node)
        return
    for node in held.values():
        if isinstance(node, dict) and "class_type" in node:
            inputs = node.get("inputs")
            values = inputs if isinstance(inputs, dict) else {}
            # A list is a wire from another node, not a value.
            yield str(node["class_type"]), {k: v for k, v in values.items() if not isinstance(v, list)}


def _by_place(node: Mapping[str, Any]) -> dict[str, Any]:
    names, values = WIDGETS.get(str(node.get("type")), ()), node.get("widgets_values")
    if not isinstance(values, list):
        return {}
    return {name: value for name, value in zip(names, values, strict=False) if name}


def _given(held: Mapping[str, Any], key: str) -> bool:
    return held.get(key) is not None


def _number(value: Any, key: str, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _is_finite(value):
        raise _refused(name, f"its {key} is no number")
    return float(value)


def _is_finite(value: float) -> bool:
    # JSON's 1e999 is read as infinity, and a whole number may be beyond every float.
    return abs(value) <= sys.float_info.max


def _seed(value: Any) -> int | None:
    return value % SEEDS if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _seconds(value: Any) -> float | None:
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and _is_finite(value)
    return float(value) if usable and value > 0 else None


def _text(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return "" if text in PLACEHOLDERS else text


def _refused(name: str, why: str, detail: str = "") -> InputError:
    return InputError(
        f"{name} cannot be used as ACE-Step's settings: {why}.",
        remedy="Give the JSON that ACE-Step 1.5 saved, or a ComfyUI workflow with its ACE-Step 1.5 nodes.",
        detail=detail,
    )
