"""What ACE-Step 1.5 can be told beside the plan."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Preset(StrEnum):
    """How many steps and how much guidance; ``auto`` reads from the model which of the two it is."""

    AUTO = "auto"
    TURBO = "turbo"
    BASE = "base"


class AceStepSettings(BaseModel):
    """ACE-Step's own settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    preset: Preset = Field(
        default=Preset.AUTO, title="Preset", description="auto reads from the model which it is."
    )
