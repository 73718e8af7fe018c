"""The sentence that MusicGen is given, made from the prompt and the plan.

The plan's facts stand in the form that the model was trained on: "description. genre: jazz. bpm: 90."
(audiocraft 1.3.0, ``augment_music_info_description``). Standard library only, Python 3.9 syntax.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.engines.shared.musicgen_order import Order


def description(order: Order) -> str:
    """Return the text of the song: the person's words, then the plan's facts."""
    plan = order.plan
    parts = [str(plan["prompt"]).strip().rstrip(".")]
    if order.tell_plan:
        parts += [f"{name}: {value}" for name, value in _facts(plan) if value]
    return ". ".join(part for part in parts if part) or "music"


def _facts(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("genre", str(plan.get("genre", ""))),
        ("moods", _listed(plan.get("moods", ()))),
        ("instrument", _listed(plan.get("instruments", ()))),
        ("bpm", str(round(float(plan["tempo_bpm"])))),
        ("key", str(plan.get("key", ""))),
    ]


def _listed(names: Sequence[Any]) -> str:
    return ", ".join(str(name) for name in names)


def notes_before(order: Order) -> list[str]:
    """Return what a person should know of this order whatever the model makes of it."""
    notes = []
    if order.sings:
        notes.append("MusicGen sings no words: the lyrics are not in the sound.")
    if order.plan.get("without"):
        left_out = _listed(order.plan["without"])
        notes.append(f"MusicGen cannot be asked to leave anything out ({left_out}).")
    return notes


def notes_on_reading(ids: Sequence[int], unknown: int | None, text_tokens: int, limit: int) -> list[str]:
    """Return what the tokenizer lost: ``ids`` were read of a text of ``text_tokens`` tokens."""
    notes = []
    if text_tokens > limit:
        notes.append(
            f"The prompt is longer than MusicGen reads: {limit} of its {text_tokens} tokens were used."
        )
    lost = sum(1 for number in ids if number == unknown)
    if lost:
        notes.append(
            f"MusicGen's reader cannot read {lost} of the prompt's {len(ids)} tokens; they were lost."
        )
    return notes


def notes_on_sound(channels: int, offset: float, peak: float) -> list[str]:
    """Return what should be known of the sound: the ``offset`` taken out, its ``peak`` (full scale 1)."""
    notes = []
    if channels == 1:
        notes.append("This MusicGen is mono: both channels are the same.")
    if offset:
        notes.append(f"A constant offset of {offset:.3f} of full scale was taken out of MusicGen's sound.")
    if math.isfinite(peak) and peak > 1.0:
        over = 20 * math.log10(peak)
        notes.append(f"MusicGen's sound reaches {over:+.1f} dBFS; it is delivered unclipped.")
    return notes
