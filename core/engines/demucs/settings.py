"""What Demucs takes beside the song."""

from __future__ import annotations

from enum import StrEnum

from core.engines.base import EngineSettings
from core.settings import count, knob, pick


class Published(StrEnum):
    """Which of the published models to take."""

    AUTO = "auto"
    PLAIN = "htdemucs"
    FINE_TUNED = "htdemucs_ft"
    SIX_STEMS = "htdemucs_6s"


class DemucsSettings(EngineSettings):
    """Demucs' own settings."""

    model: Published = pick(
        Published.AUTO,
        "Model",
        "auto takes the first that is here; htdemucs_ft takes four times as long and is a little cleaner; "
        "htdemucs_6s adds guitar and piano.",
    )
    shifts: int = count(
        0,
        0,
        10,
        "passes",
        "Shifts",
        "Averages so many passes, each shifted by up to half a second as the seed says: slower, a little "
        "cleaner.",
    )
    overlap: float = knob(0.25, 0, 0.9, "", "Overlap", "How much neighbouring windows share.", 0.05)


def weights_named(settings: DemucsSettings) -> str:
    """Return the published weights that the settings ask for; empty for the first that are here."""
    return "" if settings.model is Published.AUTO else settings.model.value
