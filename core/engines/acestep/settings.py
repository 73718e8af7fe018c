"""What the original ACE-Step takes beside the plan and the words."""

from __future__ import annotations

from enum import StrEnum

from core.engines.base import EngineSettings
from core.settings import count, knob, pick


class Scheduler(StrEnum):
    """How each step of the diffusion is taken."""

    EULER = "euler"
    HEUN = "heun"
    PINGPONG = "pingpong"


class AceStepV1Settings(EngineSettings):
    """ACE-Step 1's own settings; the defaults are those of its authors (``infer.py``)."""

    steps: int = count(60, 1, 200, "", "Steps", "60 as published; 27 are twice as fast and a little rougher.")
    guidance: float = knob(
        15, 1, 30, "", "Guidance", "How closely tags and words are followed (classifier-free guidance).", 0.5
    )
    scheduler: Scheduler = pick(
        Scheduler.EULER, "Scheduler", "heun takes each step twice; pingpong adds fresh noise on the way."
    )
