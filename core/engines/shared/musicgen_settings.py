"""What MusicGen takes beside the plan, through transformers and through audiocraft."""

from __future__ import annotations

from core.engines.base import EngineSettings
from core.settings import count, knob, pick

CODEBOOK = 2048
"""Entries of the published models' codebooks."""
LICENCE = "CC-BY-NC 4.0 (not for commercial use)"


class MusicGenSettings(EngineSettings):
    """MusicGen's own settings; the defaults are those of its authors (Copet et al. 2023, section 4)."""

    guidance: float = knob(
        3, 1, 15, "", "Guidance", "How closely the prompt is followed (classifier-free); 1 is off.", 0.5
    )
    temperature: float = knob(
        1,
        0.1,
        2,
        "",
        "Temperature",
        "Lower is safer and repeats itself more, higher is bolder and falls apart sooner.",
        0.05,
    )
    top_k: int = count(
        0,
        0,
        CODEBOOK,
        "codes",
        "Top-k",
        "Draws each step from so many of the likeliest codes; 0 is the authors' 250.",
        10,
    )
    continuation: bool = pick(
        True,
        "Each clip continues the one before",
        "Off: every clip is a fresh start from the same prompt.",
    )
    context_s: float = knob(
        10,
        1,
        25,
        "s",
        "Context",
        "How much of its own output the model receives again when it continues past 30 s.",
        1,
    )
    tell_plan: bool = pick(
        True,
        "Add the plan to the prompt",
        "Adds the plan's genre, mood, instruments, tempo and key to the prompt.",
    )
