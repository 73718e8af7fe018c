"""The process's one studio: hosts, lanes, store and runs behind a few verbs.

Made once for a process and closed once. The pages, the command line and the tests use only this.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.audio import Audio
from core.contract import Finding
from core.measure import Measurement, Picture
from core.pipeline import RunSettings
from core.run import RunRecord, RunSummary
from core.song import SongRequest, Upload


class Studio:
    """API DRAFT: signatures are settled, bodies follow."""

    hosted: bool
    home: Path

    def start(self, request: SongRequest, settings: RunSettings, owner: str) -> str:
        """Queue a new run and return its unguessable id."""

    def run(self, run_id: str) -> RunRecord:
        """Return a run as it stands now (cheap: call it twice a second). Raises NotFoundError."""

    def change(self, run_id: str, settings: RunSettings) -> None:
        """Store new settings as a revision and re-run what they touch."""

    def rerun(self, run_id: str, stage: str) -> None:
        """Make this stage afresh, not from the store, and everything after it."""

    def continue_anyway(self, run_id: str, stage: str) -> None:
        """Go on past a broken contract; the run is tainted from here."""

    def undo(self, run_id: str) -> None: ...
    def redo(self, run_id: str) -> None: ...
    def cancel(self, run_id: str) -> None: ...
    def runs(self, owner: str) -> tuple[RunSummary, ...]:
        """Newest first. In local mode every run; in hosted mode none but those the owner started."""

    def delete(self, run_id: str) -> None: ...
    def bring(self, files: Mapping[str, Path]) -> Upload:
        """Decode uploads (display name -> path) into the store: one file is a song, more are named stems."""

    def look(self, path: Path, name: str) -> tuple[Measurement, Picture, tuple[Finding, ...], str]:
        """Measure and judge one file with no run; the str is its artifact key."""

    def audio(self, key: str) -> Audio: ...
    def picture(self, key: str) -> Picture: ...
    def preview(self, key: str) -> Path:
        """Path of a 16-bit WAV that a browser plays: levels kept, overs clipped, NaN as zero."""

    def close(self) -> None: ...
