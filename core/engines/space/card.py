"""The engine card of ACE-Step on a Space."""

from __future__ import annotations

from core.engines.acestep15.settings import Preset
from core.engines.base import Availability, EngineCard, EngineSettings
from core.engines.interpreters import own_interpreter
from core.engines.needs import needs_modules
from core.engines.space.address import SPACE, TOKEN, address
from core.machine.offline import offline_by
from core.settings import count, pick


class SpaceSettings(EngineSettings):
    """What the Space is asked for, and how long it is waited for."""

    preset: Preset = pick(
        Preset.AUTO, "Preset", "turbo: 8 steps. base: 50 steps with guidance. auto reads it from the model."
    )
    steps: int = count(0, 0, 200, "", "Steps", "More are slower; 0 is the preset's number.")
    patience_s: int = count(
        900, 10, 7200, "s", "Time-out", "So long is waited for the song, the Space's queue included."
    )


CARD = EngineCard(
    name="space",
    title="ACE-Step 1.5 on a Space",
    stage="generate",
    worker="core.engines.space.worker",
    version="1",
    summary="Songs with sung lyrics from a GPU at Hugging Face: prompt, plan and lyrics are sent there.",
    licence="weights MIT; code Apache-2.0",
    how_to_add=f"Lay out a Space with make space DIR=... ZEROGPU=1, name it in {SPACE} (a token in {TOKEN}), "
    "and run make remote.",
    settings=SpaceSettings,
    files_id=lambda options: address(),
)


def available() -> Availability:
    """Whether a Space is named and may be called; it is asked by nobody but the person who chose it."""
    if not address():
        return Availability(False, f"{SPACE} names no Space.", CARD.how_to_add)
    forbidden = offline_by()
    if forbidden:
        return Availability(False, f"{forbidden} forbids the network.", f"Remove {forbidden}.")
    state = Availability(True, "") if own_interpreter(CARD) else needs_modules(CARD, "gradio_client")
    if not state.ready:
        return state
    return Availability(True, f"it is asked at {address()} when it is chosen.", auto=False)
