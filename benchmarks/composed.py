"""A song of the band, played in this process and without a studio, as benchmarks of its sound want it."""

from __future__ import annotations

from typing import Any

from core.engines.composer.worker import Worker
from core.progress import silent
from core.song import Lyrics, Plan


def composed(worker: Worker, plan: Plan, lyrics: Lyrics | None, sample_rate: int) -> tuple[Any, Any]:
    """Return what :meth:`Worker.compose` does of a plan and its words: its values, and its sounds by name."""
    values = {
        "plan": plan.model_dump(mode="json"),
        "lyrics": lyrics.model_dump(mode="json") if lyrics else None,
        "sample_rate": sample_rate,
    }
    return worker.compose(values, {}, silent)
