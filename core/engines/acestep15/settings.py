"""What ACE-Step 1.5 can be told beside the plan."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

LONGEST_S = 600.0
"""What the model was trained on, and as long as its learned silence is."""


class Preset(StrEnum):
    """How many steps and how much guidance; ``auto`` reads from the model which of the two it is."""

    AUTO = "auto"
    TURBO = "turbo"
    BASE = "base"


class Precision(StrEnum):
    """Number format of the weights; ``auto`` takes what the device computes without overflow."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


class Task(StrEnum):
    """What is made: a song from words alone, or something of a song that was brought."""

    SONG = "song"
    COVER = "cover"
    REPAINT = "repaint"
    EXTEND = "extend"


def _seconds(default: float, most: float, title: str, description: str, least: float = 0.0) -> Any:
    return Field(
        default=default,
        ge=least,
        le=most,
        title=title,
        description=description,
        json_schema_extra={"unit": "s", "step": 0.5},
    )


class AceStepSettings(BaseModel):
    """ACE-Step's own settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    preset: Preset = Field(
        default=Preset.AUTO,
        title="Preset",
        description="turbo: 8 steps, shift 3, no guidance. base (and sft): 50 steps, shift 1, guidance 7. "
        "auto reads from the model which it is.",
    )
    steps: int = Field(
        default=0,
        ge=0,
        le=200,
        title="Steps",
        description="More are slower; 0 is the preset's number.",
        json_schema_extra={"unit": "steps", "step": 1},
    )
    guidance: float = Field(
        default=0.0,
        ge=0.0,
        le=15.0,
        title="Guidance",
        description="How closely the prompt is followed: 1 is off, 0 is the preset's. Turbo takes none.",
        json_schema_extra={"step": 0.5},
    )
    shift: float = Field(
        default=0.0,
        ge=0.0,
        le=5.0,
        title="Shift",
        description="Where the steps lie; a wrong one breaks the sound up. 0 is the preset's.",
        json_schema_extra={"step": 0.5},
    )
    precision: Precision = Field(
        default=Precision.AUTO,
        title="Precision",
        description="auto: bfloat16 on a GPU that has it, else float32. float16 overflows on many cards.",
    )
    tell_plan: bool = Field(
        default=True,
        title="Tell it the plan",
        description="Adds the plan's genre, moods and instruments to the prompt.",
    )
    continuation: bool = Field(
        default=True,
        title="One performance, cut into clips",
        description="Off: every clip is a fresh start with its own sections of the words.",
    )
    context_s: float = Field(
        default=10.0,
        ge=1.0,
        le=60.0,
        title="Context",
        description="How much of what went before the model hears when it goes on.",
        json_schema_extra={"unit": "s", "step": 1.0},
    )
    lora: str = Field(
        default="",
        title="LoRA",
        max_length=1000,
        description="A .safetensors file, or the folder of one, trained for this model; empty for none.",
        json_schema_extra={"operator_only": True, "one_line": True},
    )
    lora_weight: float = Field(
        default=1.0,
        ge=-2.0,
        le=2.0,
        title="LoRA weight",
        description="How strongly it works; 0 is without it.",
        json_schema_extra={"step": 0.05},
    )
    task: Task = Field(
        default=Task.SONG,
        title="Task",
        description="What to do with a song that was brought: cover it, repaint a part, or extend it.",
    )
    cover_strength: float = Field(
        default=1.0,
        ge=0.0,
        le=1.0,
        title="Cover strength",
        description="How closely a cover follows the song that was brought.",
        json_schema_extra={"step": 0.05},
    )
    repaint_from_s: float = _seconds(
        0.0, LONGEST_S, "Repaint from", "Where the part that is made anew begins."
    )
    repaint_to_s: float = _seconds(0.0, LONGEST_S, "Repaint to", "Where that part ends; 0 is the song's end.")
    extend_s: float = _seconds(30.0, 540.0, "Extend by", "How long the song that was brought goes on.", 1.0)
