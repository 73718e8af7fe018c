"""What Demucs can be told beside the song."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Published(StrEnum):
    """Which of the published models to take."""

    AUTO = "auto"
    PLAIN = "htdemucs"
    FINE_TUNED = "htdemucs_ft"
    SIX_STEMS = "htdemucs_6s"


class DemucsSettings(BaseModel):
    """Demucs' own settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: Published = Field(
        default=Published.AUTO,
        title="Model",
        description="auto takes the first that is here; htdemucs_ft takes four times as long and is a little "
        "cleaner; htdemucs_6s adds guitar and piano.",
    )
    shifts: int = Field(
        default=0,
        ge=0,
        le=10,
        title="Shifts",
        description="Averages so many passes, each shifted by up to half a second as the seed says: slower, "
        "a little cleaner.",
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
