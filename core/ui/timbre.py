"""The sound that a generated song takes its timbre from: uploaded where the engine listens to one."""

from __future__ import annotations

from core.stages.reference import ReferenceTrack
from core.studio import Studio
from core.ui.reference import choose_reference

HELP = "Half a minute of it is read: its start, middle and end. Its words and tune stay out of your song."


def takes_timbre(studio: Studio, engine: str) -> bool:
    """Whether the engine that is named takes a timbre reference; false for auto."""
    return any(card.name == engine and card.takes_timbre for card in studio.engines.cards("generate"))


def choose_timbre(
    studio: Studio, current: ReferenceTrack | None, key: str, *, disabled: bool
) -> ReferenceTrack | None:
    """Draw the upload of a timbre reference, or the one there is; return which the settings are to name."""
    return choose_reference(studio, current, key, disabled=disabled, title="Timbre reference", help=HELP)
