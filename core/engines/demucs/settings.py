"""What Demucs can be told beside the song."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class DemucsSettings(BaseModel):
    """Demucs' own settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    shifts: int = Field(
        default=0,
        ge=0,
        le=10,
        title="Shifts",
        description="Averages so many shifted passes: slower, a little cleaner, not bit-exact.",
        json_schema_extra={"unit": "passes", "step": 1},
    )
    overlap: float = Field(
        default=0.25,
        ge=0.0,
        le=0.9,
        title="Overlap",
        description="How much neighbouring windows share.",
        json_schema_extra={"step": 0.05},
    )
