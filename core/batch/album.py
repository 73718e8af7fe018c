"""The loudness of an album, and the one gain that brings all of its tracks to a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.batch.jobs import BatchJob
from core.batch.outcomes import Outcome
from core.errors import InputError
from core.meter.loudness import gated_lufs

LEVELS = "levels"
"""The job that reads one file's levels; see ``core/cli/batch_worker.py``."""


@dataclass(frozen=True)
class Album:
    """Tracks that stand in their own proportion of loudness."""

    integrated_lufs: float
    """All tracks as one programme: their 400 ms blocks pass the gates of BS.1770 together."""
    tracks_lufs: dict[str, float]
    loudest_dbtp: float
    """Highest true peak of all tracks."""

    def gain_db(self, target_lufs: float) -> float:
        """Return the gain for every track that brings the album to a target."""
        return target_lufs - self.integrated_lufs


def levels_jobs(jobs: Sequence[BatchJob]) -> list[BatchJob]:
    """Return the jobs that read the levels of the files that ``jobs`` are about, under their names."""
    return [BatchJob(job.name, (LEVELS, job.arguments[1]), job.about) for job in jobs]


def album_of(outcomes: Sequence[Outcome]) -> Album:
    """Return the album whose tracks' levels were read. Raises InputError for a track without loudness."""
    blocks, tracks, peaks = [], {}, []
    for outcome in outcomes:
        found = outcome.found
        if found.get("integrated_lufs") is None:
            raise InputError(
                f"{outcome.job.about['file']} has no loudness, so the album has none.",
                remedy="Take it out of the folder, or leave out --album.",
                detail=str(found.get("error", {}).get("message", "")),
            )
        tracks[outcome.job.name] = float(found["integrated_lufs"])
        peaks.append(float(found["true_peak_dbtp"]))
        blocks.append(np.asarray(found["momentary_lufs"], dtype=np.float64))
    loudness = gated_lufs(np.concatenate(blocks))
    assert loudness is not None  # each of them has passed the gate alone
    return Album(loudness, tracks, max(peaks))
