"""What the original ACE-Step can be told beside the plan and the words."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Scheduler(StrEnum):
    """How each step of the diffusion is taken."""

    EULER = "euler"
    HEUN = "heun"
    PINGPONG = "pingpong"


class AceStepV1Settings(BaseModel):
    """ACE-Step 1's own settings; the defaults are those of its authors (``infer.py``)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    steps: int = Field(
        default=60,
        ge=1,
        le=200,
        title="Steps",
        description="60 as published; 27 are twice as fast and a little rougher.",
        json_schema_extra={"unit": "steps", "step": 1},
    )
    guidance: float = Field(
        default=15.0,
        ge=1.0,
        le=30.0,
        title="Guidance",
        description="How closely tags and words are followed (classifier-free guidance scale).",
        json_schema_extra={"step": 0.5},
    )
    scheduler: Scheduler = Field(
        default=Scheduler.EULER,
        title="Scheduler",
        description="heun takes each step twice; pingpong adds fresh noise on the way.",
    )
