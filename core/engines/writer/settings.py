"""What a language model can be told beside the plan."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class WriterSettings(BaseModel):
    """The language model's own settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    language: str = Field(
        default="",
        max_length=40,
        pattern=r"^[^\W\d_]*(?:[ -][^\W\d_]+)*$",
        title="Language",
        description="Language of the words, in English; empty: the one that the prompt asks for or is in.",
    )
    temperature: float = Field(
        default=0.8,
        ge=0.1,
        le=2.0,
        title="Temperature",
        description="Lower is safer and plainer, higher is bolder and loses the plan sooner.",
        json_schema_extra={"step": 0.05},
    )
    top_p: float = Field(
        default=0.95,
        ge=0.05,
        le=1.0,
        title="Choices",
        description="Draws each piece from the likeliest ones that together have this probability (top-p).",
        json_schema_extra={"step": 0.05},
    )
    tries: int = Field(
        default=3,
        ge=1,
        le=8,
        title="Tries",
        description="How often a section may be written until its lines fit the plan.",
        json_schema_extra={"unit": "tries", "step": 1},
    )
    slack: int = Field(
        default=2,
        ge=0,
        le=6,
        title="Slack",
        description="How many syllables a line may be off the plan before it is asked for again.",
        json_schema_extra={"unit": "syllables", "step": 1},
    )
