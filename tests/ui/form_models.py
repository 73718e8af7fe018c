"""A settings model with every kind of field that a form draws."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field, model_validator

from core.stages.base import StageSettings, knob


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Band(BaseModel):
    gain_db: float = knob(0, -12, 12, "dB", "Gain", "Boost or cut.")


class Strip(StageSettings):
    gain_db: float = knob(0, -60, 12, "dB", "Level", "How loud.")
    mute: bool = Field(default=False, title="Mute")
    sizes: tuple[Size, ...] = Field(default=(Size.LARGE, Size.SMALL), title="Sizes")


class Settings(StageSettings):
    target_lufs: float = knob(-14, -30, -6, "LUFS", "Target", "Where to.", step=0.5)
    clips: int = Field(default=1, ge=1, le=10, title="Clips")
    size: Size = Field(default=Size.SMALL, title="Size")
    also: tuple[Size, ...] = Field(default=(Size.LARGE, Size.SMALL), title="Also")
    name: str = Field(default="auto", title="Name", max_length=8)
    seed: int | None = Field(default=None, title="Own seed")
    room: Band = Field(default=Band(), title="Room")
    bands: tuple[Band, ...] = Field(default=(), max_length=2, title="Bands")
    strips: dict[str, Strip] = Field(default_factory=dict, title="Strips")

    @model_validator(mode="after")
    def agree(self) -> Settings:
        if self.target_lufs > -10 and self.size is Size.SMALL:
            raise ValueError("a small one cannot be that loud")
        return self
