"""What ACE-Step takes as a separator."""

from __future__ import annotations

from core.engines.acestep15.settings import Precision, Track
from core.engines.base import EngineSettings
from core.settings import count, knob, pick


class ExtractSettings(EngineSettings):
    """The separator's own settings."""

    tracks: tuple[Track, ...] = pick(
        (Track.VOCALS, Track.DRUMS, Track.BASS),
        "Tracks",
        "Each is a stem, extracted by a pass of its own; what they leave of the song is other.",
    )
    steps: int = count(0, 0, 200, "", "Steps", "More are slower; 0 is the base model's 50.")
    guidance: float = knob(0, 0, 15, "", "Guidance", "How closely the track is asked for; 0 is 7.", 0.5)
    precision: Precision = pick(
        Precision.AUTO, "Precision", "auto: bfloat16 on a GPU that has it, else float32."
    )
