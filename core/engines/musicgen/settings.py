"""What MusicGen can be told beside the plan; transformers and audiocraft take the same."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

CODEBOOK = 2048
"""Entries of the published models' codebooks."""


class MusicGenSettings(BaseModel):
    """MusicGen's own settings; the defaults are those of its authors (Copet et al. 2023, section 4)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    guidance: float = Field(
        default=3.0,
        ge=1.0,
        le=15.0,
        title="Guidance",
        description="How closely the prompt is followed (classifier-free guidance scale); 1 is off.",
        json_schema_extra={"step": 0.5},
    )
    temperature: float = Field(
        default=1.0,
        ge=0.1,
        le=2.0,
        title="Temperature",
        description="Lower is safer and repeats itself more, higher is bolder and falls apart sooner.",
        json_schema_extra={"step": 0.05},
    )
    top_k: int = Field(
        default=0,
        ge=0,
        le=CODEBOOK,
        title="Choices",
        description="Draws each step from so many of the likeliest codes (top-k); 0 is the authors' 250.",
        json_schema_extra={"unit": "codes", "step": 10},
    )
    continuation: bool = Field(
        default=True,
        title="Each clip goes on from the one before",
        description="Off: every clip is a fresh start from the same prompt.",
    )
    context_s: float = Field(
        default=10.0,
        ge=1.0,
        le=25.0,
        title="Context",
        description="How much of what it played the model hears again when it goes on past 30 s.",
        json_schema_extra={"unit": "s", "step": 1.0},
    )
    tell_plan: bool = Field(
        default=True,
        title="Tell it the plan",
        description="Adds the plan's genre, mood, instruments, tempo and key to the prompt.",
    )
