"""The process's one studio: engines, lane, store and runs behind a few verbs.

Made once for a process and closed once. The pages, the command line and the tests use only this.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from core.audio import Audio, read
from core.contract import Finding
from core.engines.base import Engines
from core.engines.opened import open_engines
from core.errors import GainstageError, InputError, SettingsError
from core.machine.allocator import give_memory_back
from core.machine.home import home_folder
from core.machine.hosting import refuse_operators
from core.measure import Analysis, Measurement, Picture
from core.models.background import Downloads
from core.progress import Report
from core.runs.index import RunIndex
from core.runs.jobs import Job, Lane
from core.runs.pipeline import RunSettings, first_difference, share_within, stage_named
from core.runs.presses import Presses
from core.runs.record import RunRecord, RunState, RunSummary, StepRecord, StepState
from core.runs.run_jobs import RunJobs
from core.runs.runner import Runner
from core.runs.store import Store
from core.runs.warm import prepare_generator, warm_up_beside
from core.song import Midi, SongRequest, Upload
from core.stages.table import STAGE_NAMES

SILENT_AFTER_S = 30.0
"""A run that claims to be at work, but has shown no sign of life for so long, was interrupted."""
VIEWER_GONE_AFTER_S = 300.0
"""Hosted: a job ends so long after nobody looked at it any more."""
BEAT_S = 5.0
LONGEST_UPLOAD_S = 1800.0


class Studio:
    """Songs and how they are made; see the verbs."""

    def __init__(self, home: Path, engines: Engines, *, hosted: bool = False) -> None:
        self.home = home
        self.hosted = hosted
        self.engines = engines
        self.downloads = Downloads(hosted=hosted)
        self._store = Store(home)
        self._index = RunIndex(home / "index.sqlite")
        self._runner = Runner(engines, self._store, self._index)
        self._jobs = RunJobs(Lane("cpu"))
        self._presses = Presses()
        threading.Thread(target=self._store.sweep_scratch, name="sweep", daemon=True).start()

    @classmethod
    def open(cls, *, reachable_by_others: bool = False, by_operator: bool = False) -> Studio:
        """Open the studio of this process: home and mode come from the environment.

        ``GAINSTAGE_HOSTED`` says 1 or 0; without it, a server that others can reach is hosted.
        ``by_operator``: this is the machine's own command line, to which every song is open.
        Raises StorageError when ``GAINSTAGE_HOME`` cannot be written.
        """
        give_memory_back()
        said = os.environ.get("GAINSTAGE_HOSTED", "")
        hosted = not by_operator and (said == "1" or (said != "0" and reachable_by_others))
        return cls(home_folder(), open_engines(), hosted=hosted)

    # Runs ---------------------------------------------------------------------------------------

    def start(self, request: SongRequest, settings: RunSettings, owner: str) -> str:
        """Queue a new run and return its unguessable id; the same again within two seconds is that run.

        Raises InputError without a prompt, lyrics or a sound; SettingsError for a visitor's setting that is
        the operator's; BusyError when the queue is full.
        """
        if self.hosted:
            refuse_operators(settings)
        if not (request.prompt.strip() or request.typed_lyrics.strip() or request.upload or request.midi):
            raise InputError(
                "There is nothing to make a song from.",
                remedy='Write a prompt such as "warm lo-fi piano about the sea", or upload a sound.',
            )
        return self._presses.once(
            *(owner, request, settings),
            begin=lambda: self._begin(request, settings, owner),
            stands=self._jobs.wanted,
        )

    def _begin(self, request: SongRequest, settings: RunSettings, owner: str) -> str:
        run_id = secrets.token_urlsafe(16)
        self._index.add(run_id, owner, request, settings, time.time())
        try:
            self._submit(run_id, owner)
        except GainstageError:
            self._index.delete(run_id)
            raise
        if request.upload is None:
            # Beside the words, which are written first.
            self.prepare(settings)
        return run_id

    def prepare(self, settings: RunSettings) -> None:
        """Let the engine that a prompt's song would take get ready, if it is a light one; returns at once.

        For when a song is likely to be asked for soon. Nothing is raised: what is wrong the song will say.
        """
        prepare_generator(self.engines, settings.generate)

    def run(self, run_id: str) -> RunRecord:
        """Return a run as it stands now (cheap: call it twice a second). Raises NotFoundError."""
        record, beat = self._index.run(run_id)
        job, at = self._jobs.live(run_id), self._jobs.at(run_id)
        if job is None:
            return record.interrupted() if not record.state.live or _silent(beat) else record
        self._jobs.look(run_id)
        steps = tuple(
            step.model_copy(
                update={
                    "state": StepState.RUNNING,
                    "fraction": share_within(job.fraction, step.stage),
                    "message": job.message,
                }
            )
            if step.stage == at and job.started is not None
            else step
            for step in record.steps
        )
        return record.model_copy(
            update={
                "state": RunState.RUNNING if job.started else RunState.QUEUED,
                "steps": steps,
                "elapsed_s": job.elapsed_s,
                "queue_position": self._jobs.lane.position(job),
            }
        )

    def takes(self, run_id: str) -> dict[int, StepRecord]:
        """Return the takes of a run by their numbers, each with its sound, level and findings."""
        return self._index.takes(run_id)

    def wait(self, run_id: str, timeout_s: float | None = None) -> RunRecord:
        """Wait until a run's job ended and return the run."""
        job = self._jobs.get(run_id)
        if job is not None:
            job.wait(timeout_s)
            if job.error is not None:
                raise job.error
        return self.run(run_id)

    def change(self, run_id: str, settings: RunSettings) -> None:
        """Store new settings as a revision and re-run what they touch; the rest comes from the store.

        Raises SettingsError when a visitor changes what is the operator's; the run then goes on undisturbed.
        """
        if self.hosted:
            refuse_operators(settings, self._index.run(run_id)[0].settings)
        record = self._resting(run_id)
        if settings == record.settings:
            return
        self._index.add_revision(run_id, settings)
        self._forget_from(run_id, first_difference(record.settings, settings))
        self._submit(run_id, record.owner)

    def rerun(self, run_id: str, stage: str) -> None:
        """Make this stage afresh, not from the store, and everything after it that it changes."""
        stage_named(stage)
        record = self._resting(run_id)
        self._forget_from(run_id, stage)
        self._submit(run_id, record.owner, fresh=stage)

    def continue_anyway(self, run_id: str, stage: str) -> None:
        """Go on past a broken contract; the run is tainted from here. Raises InputError without a sound."""
        record = self._resting(run_id)
        step = record.step(stage)
        if step.state is not StepState.FAILED:
            raise InputError(
                f"{step.title} did not deliver a failed sound to go on with.",
                remedy="Re-run the stage, or change its settings.",
            )
        self._index.put_step(run_id, step.model_copy(update={"continued": True}))
        self._submit(run_id, record.owner)

    def undo(self, run_id: str) -> None:
        """Go back to the settings before the last change; what was made with them is still there."""
        self._move(run_id, -1)

    def redo(self, run_id: str) -> None:
        """Take an undone change back in."""
        self._move(run_id, +1)

    def cancel(self, run_id: str) -> None:
        """Stop a run's job at its next report; what its stages delivered stays."""
        job = self._jobs.get(run_id)
        if job is not None:
            job.cancel()

    def runs(self, owner: str, *, most: int = -1, after: int = 0) -> tuple[RunSummary, ...]:
        """Newest first. In local mode every run; in hosted mode none but those the owner started.

        ``most``: -1 for all; ``after``: how many newer ones are left out.
        """
        page = self._index.page(owner=owner if self.hosted else None, most=most, after=after)
        return tuple(
            summary.model_copy(update={"state": RunState.CANCELLED})
            if summary.state.live and _silent(beat) and not self._jobs.live(summary.id)
            else summary
            for summary, beat in page
        )

    def count_runs(self, owner: str) -> int:
        """Return how many runs :meth:`runs` would list."""
        return self._index.count(owner if self.hosted else None)

    def delete(self, run_id: str) -> None:
        """Delete a run and every sound that no other run holds. Raises NotFoundError, BusyError."""
        self._jobs.stop(run_id)
        named = self._index.keys_of(run_id)
        self._index.delete(run_id)
        self._jobs.forget(run_id)
        if not self._jobs.any_live():
            self._sweep(named)

    # Sounds -------------------------------------------------------------------------------------

    def bring(self, files: Mapping[str, Path]) -> Upload:
        """Decode uploads (display name -> path) into the store: one file is a song, more are named stems.

        Raises AudioFileError for a file that is not sound or longer than half an hour, InputError for two
        stems of one name.
        """
        if not files:
            raise InputError("No file was uploaded.", remedy="Choose a sound file.")
        keys, names = {}, {}
        for name, path in files.items():
            stem = "song" if len(files) == 1 else Path(name).stem.strip().lower()[:60]
            if stem in keys:
                raise InputError(f"Two files are named {stem}.", remedy="Give each stem a name of its own.")
            keys[stem], _ = self._store.put(read(path, LONGEST_UPLOAD_S))
            names[stem] = Path(name).name
        return Upload(sounds=keys, names=names)

    def bring_midi(self, name: str, content: bytes) -> Midi:
        """Return a MIDI file as a request holds it. Raises InputError for one that cannot be played."""
        from core.midi.reading import read_midi

        read_midi(content, name)
        return Midi(name=name[:200], base64=b64encode(content).decode("ascii"))

    def rate_of(self, upload: Upload) -> int:
        """Return the rate a run of this upload has: its own if 44.1 or 48 kHz, else 44.1 kHz."""
        rates = {self._store.audio(key).sample_rate for key in upload.sounds.values()}
        own = max(rates)
        return own if own in (44_100, 48_000) else 44_100

    def look(self, path: Path, name: str) -> tuple[Measurement, Picture, tuple[Finding, ...], str]:
        """Measure and judge one file with no run; the str is its artifact key. Raises AudioFileError."""
        from core.inspect import inspect_file

        seen = inspect_file(path, name)
        key, _ = self._store.put(seen.audio, Analysis(seen.measurement, seen.picture))
        return seen.measurement, seen.picture, seen.findings, key

    def keep(self, audio: Audio) -> tuple[str, Measurement]:
        """Store a sound that belongs to no run, to be drawn and played; returns its key and its readings."""
        return self._store.put(audio)

    def audio(self, key: str) -> Audio:
        """Return a stored sound. Raises NotFoundError."""
        return self._store.audio(key)

    def picture(self, key: str) -> Picture:
        """Return a stored sound's picture. Raises NotFoundError."""
        return self._store.picture(key)

    def preview(self, key: str) -> Path:
        """Path of a 16-bit WAV that a browser plays: levels kept, overs clipped, NaN as zero."""
        return self._store.preview(key)

    def first_listen(self, run_id: str) -> bytes | None:
        """Return the first section of a song that is being made, a WAV; None before it is there, and after.

        It is there while the run is live, for as long as the rest is still made, measured and mastered.
        """
        if self._jobs.live(run_id) is None:
            return None
        try:
            return self._first_listen_path(run_id).read_bytes()
        except FileNotFoundError:
            return None

    def artifact_path(self, key: str) -> Path:
        """Return the path of a stored sound's samples (``.npy``)."""
        return self._store.samples_path(key)

    def close(self) -> None:
        """Cancel what runs, end the engines, close the index."""
        self.downloads.close()
        self._jobs.lane.close()
        self.engines.close()
        self._index.close()

    # Inside -------------------------------------------------------------------------------------

    def _submit(self, run_id: str, owner: str, fresh: str = "") -> None:
        job = Job(name=run_id, owner=owner, work=lambda report: self._work(run_id, fresh, report))
        self._jobs.submit(job)
        self._index.set_state(run_id, RunState.QUEUED, time.time())

    def _work(self, run_id: str, fresh: str, report: Report) -> None:
        """The job of a run: whatever happens, the index ends with a state that is true."""
        began = time.monotonic()
        state = RunState.STOPPED
        watched = self._watched(run_id, report)
        self._index.set_state(run_id, RunState.RUNNING, time.time())
        try:
            state = self._runner.go(
                run_id,
                watched,
                fresh=fresh,
                on_step=lambda stage: self._jobs.arrive(run_id, stage),
                first_listen=self._first_listen_path(run_id),
            )
        finally:
            self._first_listen_path(run_id).unlink(missing_ok=True)
            self._index.set_state(run_id, state, time.time(), time.monotonic() - began)

    def _first_listen_path(self, run_id: str) -> Path:
        return self.home / "scratch" / f"{run_id}.wav"

    def _watched(self, run_id: str, report: Report) -> Report:
        """Add signs of life, and in hosted mode the end of a job that nobody watches."""
        beat = time.monotonic()

        def watched(fraction: float, message: str) -> None:
            nonlocal beat
            now = time.monotonic()
            stage = self._jobs.at(run_id) or STAGE_NAMES[0]
            warm_up_beside(stage, share_within(fraction, stage), self._first_listen_path(run_id))
            if now - beat > BEAT_S:
                beat = now
                self._index.set_state(run_id, RunState.RUNNING, time.time())
            if self.hosted and self._jobs.unwatched_s(run_id) > VIEWER_GONE_AFTER_S:
                self.cancel(run_id)
            report(fraction, message)

        return watched

    def _resting(self, run_id: str) -> RunRecord:
        """Return a run of ours that is not at work.

        Raises BusyError while it has not stopped, NotFoundError, and InputError for another program's run.
        """
        self._jobs.stop(run_id)
        record = self._index.run(run_id)[0]
        if record.probed:
            raise InputError(
                "These steps are another program's: they are recorded here, and cannot be made again here.",
                remedy="Run the program that made them again; its probe records a new run.",
            )
        return record

    def _move(self, run_id: str, by: int) -> None:
        record = self._resting(run_id)
        if (by < 0 and not record.can_undo) or (by > 0 and not record.can_redo):
            raise SettingsError("There is no change to go to.", remedy="Change a setting first.")
        self._index.set_revision(run_id, record.revision + by)
        settings = self._index.run(run_id)[0].settings
        self._forget_from(run_id, first_difference(record.settings, settings))
        self._submit(run_id, record.owner)

    def _forget_from(self, run_id: str, stage: str) -> None:
        self._index.forget_steps(run_id, STAGE_NAMES[STAGE_NAMES.index(stage) :])

    def _sweep(self, named: set[str]) -> None:
        """Delete what no row names any more: at once what the deleted run ``named``, else what is old."""
        dropped = self._index.drop_results_except(self._index.held_keys(with_results=False))
        self._store.sweep(self._index.held_keys(), named=named | dropped)


def _silent(beat: float) -> bool:
    """Whether the last sign of life, in seconds since the epoch, is too long ago."""
    return time.time() - beat > SILENT_AFTER_S
