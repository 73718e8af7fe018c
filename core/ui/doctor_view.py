"""The doctor's page."""

from __future__ import annotations

from core.studio import Studio
from core.ui import session
from core.ui.shell import page


def doctor_page() -> None:
    """Draw the doctor's page."""
    with page("Doctor", "What runs on this machine, what does not, and what to do about it."):
        show_doctor(session.studio())


def show_doctor(studio: Studio) -> None:
    """Draw what this machine can run."""
