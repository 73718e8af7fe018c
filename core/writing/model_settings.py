"""What a language model that writes the words takes, whichever it is."""

from __future__ import annotations

from pydantic import Field

from core.settings import Settings, count, knob


class ModelSettings(Settings):
    """How a language model is asked for words."""

    language: str = Field(
        default="",
        max_length=40,
        pattern=r"^[^\W\d_]*(?:[ -][^\W\d_]+)*$",
        title="Language",
        description="Language of the words, in English; empty: the one that the prompt asks for or is in.",
    )
    temperature: float = knob(
        0.8,
        0.1,
        2,
        "",
        "Temperature",
        "Lower is safer and plainer, higher is bolder and loses the plan sooner.",
        0.05,
    )
    top_p: float = knob(
        0.95,
        0.05,
        1,
        "",
        "Top-p",
        "Draws each piece from the likeliest ones that together have this probability.",
        0.05,
    )
    tries: int = count(
        3, 1, 8, "", "Max attempts", "How often a section may be written until its lines fit the plan."
    )
    slack: int = count(
        2,
        0,
        6,
        "syllables",
        "Syllable tolerance",
        "How many syllables a line may be off the plan before it is asked for again.",
    )
