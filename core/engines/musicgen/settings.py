"""What MusicGen can be told beside the plan."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class MusicGenSettings(BaseModel):
    """MusicGen's own settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    guidance: float = Field(
        default=3.0,
        ge=1.0,
        le=15.0,
        title="Guidance",
        description="How closely the prompt is followed (classifier-free guidance scale).",
        json_schema_extra={"step": 0.5},
    )
