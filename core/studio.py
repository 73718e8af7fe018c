"""The process's one studio: engines, lane, store and runs behind a few verbs.

Made once for a process and closed once. The pages, the command line and the tests use only this.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.audio import Audio
from core.engines.base import Engines
from core.engines.opened import open_engines
from core.errors import GainstageError, InputError, NotFoundError, SettingsError
from core.machine.allocator import give_memory_back
from core.machine.home import home_folder
from core.machine.hosting import refuse_operators
from core.machine.limits import Limits
from core.machine.longest import Longest, longest_song
from core.machine.share import Share
from core.measure import Analysis, Measurement, Picture
from core.models.background import Downloads
from core.runs.admission import refuse_too_long, refuse_without_space
from core.runs.housekeeping import Housekeeping
from core.runs.index import RunIndex
from core.runs.jobs import Lane
from core.runs.overview import Overview, overview
from core.runs.pipeline import RunSettings, first_difference, share_within, stage_named
from core.runs.presence import Presence
from core.runs.presses import Presses
from core.runs.preview import Codec
from core.runs.record import RunRecord, RunState, RunSummary, StepRecord, StepState
from core.runs.run_jobs import RunJobs
from core.runs.runner import Runner
from core.runs.store import Store
from core.runs.understanding import Understandings
from core.runs.uploads import midi_upload, stored_upload
from core.runs.warm import prepare_generator
from core.runs.work import Elsewhere, RunWork, Way
from core.song import Midi, SongRequest, Upload
from core.stages.table import STAGE_NAMES

if TYPE_CHECKING:
    from core.inspect import Inspection


class Studio:
    """Songs and how they are made; see the verbs."""

    def __init__(
        self, home: Path, engines: Engines, *, hosted: bool = False, elsewhere: Elsewhere | None = None
    ) -> None:
        self.home = home
        self.hosted = hosted
        self.engines = engines
        self.downloads = Downloads(hosted=hosted)
        self.understanding = Understandings(engines, hosted=hosted)
        self._store = Store(home)
        self._index = RunIndex(home / "index.sqlite")
        self._elsewhere = elsewhere is not None
        way: Way = (elsewhere or partial(Runner, engines))(self._store, self._index)
        self.limits = Limits.read(hosted=hosted)
        waiting, each = self.limits.waiting, self.limits.waiting_per_owner
        self._jobs = RunJobs(Lane("cpu", most_waiting=waiting, most_per_owner=each))
        self._presses = Presses()
        self._presence = Presence(home)
        self._work = RunWork(home, way, self._index, self._jobs, self._presence, hosted=hosted)
        self.housekeeping = Housekeeping(
            *(self._store, self._index, self._presence, self.limits),
            busy=self._jobs.any_live,
            repeatable=self._repeatable,
        )
        self.housekeeping.begin()

    @classmethod
    def open(
        cls,
        *,
        reachable_by_others: bool = False,
        by_operator: bool = False,
        elsewhere: Elsewhere | None = None,
    ) -> Studio:
        """Open the studio of this process: home and mode come from the environment.

        ``GAINSTAGE_HOSTED`` says 1 or 0; without it, a server that others can reach is hosted.
        ``by_operator``: this is the machine's own command line, to which every song is open. ``elsewhere``:
        who takes runs through their stages in place of this machine.
        Raises StorageError when ``GAINSTAGE_HOME`` cannot be written.
        """
        give_memory_back()
        said = os.environ.get("GAINSTAGE_HOSTED", "")
        hosted = not by_operator and (said == "1" or (said != "0" and reachable_by_others))
        return cls(home_folder(), open_engines(), hosted=hosted, elsewhere=elsewhere)

    # Runs ---------------------------------------------------------------------------------------

    def start(
        self, request: SongRequest, settings: RunSettings, owner: str, *, shelf: Share | None = None
    ) -> str:
        """Queue a new run and return its unguessable id; the same again within two seconds is that run.

        ``shelf``: where its finished steps are put, and found by whoever goes on with it after a crash.

        Raises InputError without a prompt, lyrics or a sound; SettingsError for a visitor's setting that is
        the operator's, and a song that is too long for this machine; StorageError when the disk is used up;
        BusyError when the queue is full.
        """
        if self.hosted:
            refuse_operators(settings)
        if not (request.prompt.strip() or request.typed_lyrics.strip() or request.upload or request.midi):
            raise InputError(
                "There is nothing to make a song from.",
                remedy='Write a prompt such as "warm lo-fi piano about the sea", or upload a sound.',
            )
        refuse_too_long(request, self._store, self.longest_song())
        refuse_without_space(self.home, self._index, self.limits, owner)
        return self._presses.once(
            *(owner, request, settings),
            begin=lambda: self._begin(request, settings, owner, shelf),
            stands=self._jobs.wanted,
        )

    def _begin(self, request: SongRequest, settings: RunSettings, owner: str, shelf: Share | None) -> str:
        run_id = secrets.token_urlsafe(16)
        self._index.add(run_id, owner, request, settings, time.time(), server=self._presence.token)
        self._index.save(run_id)
        try:
            self._work.submit(run_id, owner, shelf=shelf)
        except GainstageError:
            self._index.delete(run_id)
            raise
        if request.upload is None:
            # Beside the words, which are written first.
            self.prepare(settings)
        return run_id

    def longest_song(self) -> Longest:
        """Return the longest song that is taken on, and what bounds it."""
        held = self.engines.memory_mb()
        return longest_song(self.limits, engines_mb=sum(mb or 0 for mb in held.values()))

    def prepare(self, settings: RunSettings) -> None:
        """Let the engine that a prompt's song would take get ready, if it is a light one; returns at once.

        For when a song is likely to be asked for soon. Nothing is raised: what is wrong the song will say.
        """
        if not self._elsewhere:
            prepare_generator(self.engines, settings.generate)

    def run(self, run_id: str) -> RunRecord:
        """Return a run as it stands now (cheap: call it twice a second). Raises NotFoundError."""
        record, beat = self._index.run(run_id)
        job, at = self._jobs.live(run_id), self._jobs.at(run_id)
        if job is None:
            at_work = record.state.live and self._work.shows_life(run_id, beat)
            return record if at_work else record.interrupted()
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
                "starts_in_s": self._jobs.lane.starts_in_s(job),
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
        self._work.submit(run_id, record.owner)

    def rerun(self, run_id: str, stage: str) -> None:
        """Make this stage afresh, not from the store, and everything after it that it changes."""
        stage_named(stage)
        record = self._resting(run_id)
        self._forget_from(run_id, stage)
        self._work.submit(run_id, record.owner, fresh=stage)

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
        self._work.submit(run_id, record.owner)

    def undo(self, run_id: str) -> None:
        """Go back to the settings before the last change; what was made with them is still there."""
        self._move(run_id, -1)

    def redo(self, run_id: str) -> None:
        """Take an undone change back in."""
        self._move(run_id, +1)

    def cancel(self, run_id: str) -> None:
        """Stop a run's job at its next report; what its stages delivered stays."""
        self._work.cancel(run_id)

    def runs(self, owner: str, *, most: int = -1, after: int = 0) -> tuple[RunSummary, ...]:
        """Newest first. In local mode every run; in hosted mode none but those the owner started.

        ``most``: -1 for all; ``after``: how many newer ones are left out.
        """
        page = self._index.page(owner=owner if self.hosted else None, most=most, after=after)
        return tuple(
            summary.model_copy(update={"state": RunState.INTERRUPTED})
            if summary.state.live
            and not self._jobs.live(summary.id)
            and not self._work.shows_life(summary.id, beat)
            else summary
            for summary, beat in page
        )

    def count_runs(self, owner: str) -> int:
        """Return how many runs :meth:`runs` would list."""
        return self._index.count(owner if self.hosted else None)

    def delete(self, run_id: str) -> None:
        """Delete a run and every sound that no other run holds. Raises NotFoundError, BusyError."""
        self._jobs.stop(run_id)
        self._work.not_elsewhere(run_id)
        self._jobs.forget(run_id)
        self.housekeeping.delete(run_id)

    def keep_song(self, run_id: str, *, kept: bool = True) -> None:
        """Say whether a limit of age or size may take a song. Raises NotFoundError."""
        self._index.run(run_id)
        self._index.keep(run_id, kept=kept)

    # Sounds -------------------------------------------------------------------------------------

    def upload(self, files: Mapping[str, Path]) -> Upload:
        """Decode uploads (display name -> path) into the store: one file is a song, more are named stems.

        Raises AudioFileError for a file that is not sound or longer than half an hour, InputError for two
        stems of one name.
        """
        return stored_upload(files, self.limits, self._store)

    def upload_midi(self, name: str, content: bytes) -> Midi:
        """Return a MIDI file as a request holds it. Raises InputError for one that cannot be played."""
        return midi_upload(name, content)

    def rate_of(self, upload: Upload) -> int:
        """Return the rate a run of this upload has: its own if 44.1 or 48 kHz, else 44.1 kHz."""
        rates = {self._store.audio(key).sample_rate for key in upload.sounds.values()}
        own = max(rates)
        return own if own in (44_100, 48_000) else 44_100

    def look(self, path: Path, name: str) -> tuple[Inspection, str]:
        """Measure and judge one file with no run, and store it; the str is its key. Raises AudioFileError."""
        from core.inspect import inspect_file

        seen = inspect_file(path, name)
        key, _ = self._store.put(seen.audio, Analysis(seen.measurement, seen.picture))
        return seen, key

    def keep(self, audio: Audio) -> tuple[str, Measurement]:
        """Store a sound that belongs to no run, to be drawn and played; returns its key and its readings."""
        return self._store.put(audio)

    def audio(self, key: str) -> Audio:
        """Return a stored sound; one that gave way is made again first. Raises NotFoundError."""
        self._awake(key)
        return self._store.audio(key)

    def picture(self, key: str) -> Picture:
        """Return a stored sound's picture. Raises NotFoundError."""
        return self._store.picture(key)

    def preview(self, key: str, codec: Codec = Codec.OPUS) -> Path:
        """Path of what a player plays (:mod:`core.runs.preview`); a sound that gave way is made again."""
        self._awake(key)
        return self._store.preview(key, codec)

    def stem_preview(self, key: str) -> Path:
        """Path of a FLAC for the mixer and A/B, without overs: ``preview_gain`` gives it its own level."""
        self._awake(key)
        return self._store.stem_preview(key)

    def delivered(self, place: str) -> Path:
        """Return where a delivered file lies; raises StorageError when it is gone or was changed."""
        return self._store.exports.path(place)

    def first_listen(self, run_id: str) -> bytes | None:
        """Return the first section of a song that is being made, a WAV; None before it is there, and after.

        It is there while the run is live, for as long as the rest is still made, measured and mastered.
        """
        if self._jobs.live(run_id) is None:
            return None
        try:
            return self._work.first_listen_path(run_id).read_bytes()
        except FileNotFoundError:
            return None

    def artifact_path(self, key: str) -> Path:
        """Return the path of a stored sound's samples (``.npy``)."""
        return self._store.samples_path(key)

    def overview(self) -> Overview:
        """Return what an operator looks at. Raises StorageError."""
        return overview(self.home, self._index, self._jobs.lane, self._presence, self.engines.memory_mb())

    def close(self) -> None:
        """Cancel what runs, end the engines, close the index."""
        self.downloads.close()
        self.understanding.close()
        self.housekeeping.close()
        self._jobs.lane.close()
        self.engines.close()
        self._index.close()
        self._presence.close()

    def _resting(self, run_id: str) -> RunRecord:
        """Return a run of ours that is not at work.

        Raises BusyError while it has not stopped or another server makes it, NotFoundError, and InputError
        for another program's run.
        """
        self._jobs.stop(run_id)
        self._work.not_elsewhere(run_id)
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
        self._work.submit(run_id, record.owner)

    def _forget_from(self, run_id: str, stage: str) -> None:
        self._index.forget_steps(run_id, STAGE_NAMES[STAGE_NAMES.index(stage) :])

    def _repeatable(self, engine: str) -> bool:
        try:
            return self.engines.card(engine).repeatable
        except NotFoundError:
            return False

    def _awake(self, key: str) -> None:
        """Have the sounds of a song made again if this one gave way, and wait for it."""
        run_id = self._index.run_of(key) if self._store.rests(key) else None
        if run_id is not None:
            self._work.wake(run_id, self._index.run(run_id)[0].owner)
