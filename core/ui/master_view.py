"""What the master stage tells about its own work: the gain it took away, and what platforms will do."""

from __future__ import annotations

from core.measure import Measurement
from core.run import StepRecord


def show_mastering(step: StepRecord) -> None:
    """Draw the gain-reduction curve and the platforms' answer to the master's level."""
    if step.main is not None:
        show_platforms(step.main.measurement)


def show_platforms(measurement: Measurement) -> None:
    """Draw what the platforms will do to a sound of this level."""
