"""The runner: plan, execute, measure, judge, record; stage after stage until one breaks its contract.

It alone turns a stage's output into records. A step whose key is known is taken from the store, one that
failed is never reused. A judgement is cached under all that it rests on (:mod:`core.runs.judgements`),
and so made again as soon as a check has learned something.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.checks.figures import read_figures
from core.contract import Case, Finding, Material, Sound, Span, judge, own_failures
from core.diagnosis.of_finding import explained
from core.diagnosis.of_studio import machine_failure
from core.engines.base import Engines
from core.errors import Cancelled, GainstageError, LostSoundError, NotFoundError
from core.machine.share import Share
from core.progress import Report, part
from core.runs.ahead import Ahead, Begun, StepCall
from core.runs.given import blamed_on_the_file, faults_given, passed_on
from core.runs.index import RunIndex
from core.runs.judgements import StoredSound, judgement_key
from core.runs.kept import kept
from core.runs.log import log_step
from core.runs.pipeline import key_settings, step_key
from core.runs.record import ArtifactRecord, RunState, StepRecord, StepState
from core.runs.result import (
    Result,
    bug,
    lost_upload,
    raised,
    why_again,
    with_result,
)
from core.runs.seal import sealed, unsealed
from core.runs.shelf import Shelf
from core.runs.store import Store, StoredSounds
from core.runs.take_loop import made_in_takes
from core.stages.assemble import AssembleSettings, AssembleStage
from core.stages.base import Choice, Output, Stage, Work
from core.stages.choice import choose
from core.stages.run_stage import case_of, run_stage
from core.stages.table import STAGES, sources

Inputs = dict[str, StoredSounds]
"""Sounds by what they are to the stage."""


class Runner:
    """Takes a run through its stages."""

    def __init__(
        self,
        engines: Engines,
        store: Store,
        index: RunIndex,
        stages: tuple[Stage[Any], ...] = STAGES,
    ) -> None:
        self._engines = engines
        self._store = store
        self._index = index
        self._stages = stages

    def go(
        self,
        run_id: str,
        report: Report,
        *,
        fresh: str = "",
        on_step: Callable[[str], None],
        first_listen: Path | None = None,
        awake: bool = False,
        shelf: Share | None = None,
    ) -> RunState:
        """Take the run from its first stage to its last, or to the first that breaks.

        ``fresh`` names a stage to be made anew rather than taken from the store; ``on_step`` gets
        the name of each stage as it begins; at ``first_listen`` an engine may put the song's first section.
        ``awake``: sounds that gave way are made again, also where no stage asks for them. ``shelf``: where
        steps are put as they are finished, and taken from where the home has none.
        Returns where the run stands. Raises StorageError when the index fails.
        """
        run, _ = self._index.run(run_id)
        ahead: dict[str, Result] = {}
        given: tuple[Finding, ...] = ()
        measured: dict[str, StepRecord] = {}
        makes, makers = {fresh}, set[str]()
        count, number = len(self._stages), 0
        shared = Shelf(shelf, self._store) if shelf else None
        while number < count:
            stage = self._stages[number]
            on_step(stage.name)
            share = part(report, number / count, (number + 1) / count)
            remake = stage.name in makes
            call = StepCall(
                run,
                stage,
                Ahead(ahead, first_listen, given),
                fresh=remake and fresh == stage.name,
                remake=remake,
                awake=awake,
                shelf=shared,
            )
            try:
                record, result = self._taken(call, share)
            except LostSoundError as lost:
                # Whoever made it makes it again, and everything from there on is looked at once more.
                at = next((n for n, s in enumerate(self._stages) if _made(ahead.get(s.name), lost.key)), None)
                if at is not None and self._stages[at].name not in makers:
                    makers.add(self._stages[at].name)
                    makes.add(self._stages[at].name)
                    ahead = {s.name: ahead[s.name] for s in self._stages[:at] if s.name in ahead}
                    number = at
                    continue
                title = StepRecord(stage=stage.name, title=stage.title)
                record, result = raised(title, lost_upload(lost, run.request), time.monotonic()), None
            self._index.put_step(run_id, record)
            if record.state is StepState.CANCELLED:
                return RunState.CANCELLED
            before = next(
                (measured[s.name] for s in reversed(self._stages[:number]) if s.name in measured), None
            )
            log_step(run_id, record, before)
            if result is None or (record.state is StepState.FAILED and not record.continued):
                return RunState.STOPPED
            makes.discard(stage.name)
            ahead[stage.name] = result
            given = given or faults_given(record.findings)
            if record.main:
                measured[stage.name] = record
            number += 1
        return RunState.DONE

    def _taken(self, call: StepCall, report: Report) -> tuple[StepRecord, Result | None]:
        """Do one stage; of one that makes several takes, make them all, and return the chosen."""
        return made_in_takes(
            call.run,
            call.stage.name,
            self._index,
            lambda one, share, anew: self._begin(replace(call, run=one, fresh=anew), share),
            self._end,
            lambda one: self._key_of(replace(call, run=one)),
            report,
            fresh=call.fresh,
        )

    def _key_of(self, call: StepCall) -> str:
        """Return the key that a step would have now; empty where it could not be made."""
        try:
            return self._key(call, self._choice(call, self._inputs(call)))
        except GainstageError:
            return ""

    def _choice(self, call: StepCall, inputs: Inputs) -> Choice:
        return choose(call.stage, call.run.request, call.settings, inputs, self._engines)

    def _begin(self, call: StepCall, report: Report) -> Begun:
        """Render a step, or find it stored; every way it can end is a record, but for LostSoundError."""
        began = time.monotonic()
        record = StepRecord(stage=call.stage.name, title=call.stage.title)
        try:
            report(0.0, call.stage.title)
            inputs = self._inputs(call)
            choice = self._choice(call, inputs)
            record = record.model_copy(update={"engine": choice.engine, "engine_reason": choice.reason})
            key = self._key(call, choice)
            known = None if call.fresh else self._known(key, call.shelf)
            if not call.remake and known is not None and self._is_here(known, call.awake):
                return Begun(call, record, began, key, known)
            rested = known is not None and any(self._store.rests(each) for each in known.keys)
            scratch = self._store.scratch()
            output = self._rendered(call, inputs, choice, scratch, report)
            return Begun(call, record, began, key, known, rested, output, scratch)
        except Exception as error:  # noqa: BLE001 - shown on the page as what it is
            return Begun(call, _ended_by(error, call, record, began), began)

    def _end(self, begun: Begun, report: Report) -> tuple[StepRecord, Result | None]:
        """Keep and judge what a step delivered; every way it can end is a record, but for LostSoundError."""
        call, record = begun.call, begun.record
        if begun.over:
            return record, None
        cached = begun.output is None
        try:
            result = begun.known
            if begun.output is not None:
                result = kept(self._store, begun.output, call.stage, begun.key, report)
                record = record.model_copy(
                    update={"notes": why_again(begun.known, result, rested=begun.rested)}
                )
            assert result is not None
            record = with_result(record, result, begun.key, cached)
            if not cached:
                # Its sound and its readings are shown while it is judged.
                self._index.put_step(call.run.id, record.model_copy(update={"state": StepState.RUNNING}))
            try:
                findings = passed_on(self._judge(call, result, begun.key), call.ahead.given)
            except LostSoundError as lost:
                if not cached or lost.key not in result.keys:
                    raise
                # It is lost, and its own to make again.
                return self._end(self._begin(replace(call, remake=True), report), report)
            failed = bool(own_failures(findings))
            if not failed and not cached:
                self._finish(begun.key, result, call.shelf)
            record = record.model_copy(
                update={
                    "findings": findings,
                    "state": StepState.FAILED if failed else StepState.DONE,
                    "continued": failed and call.run.step(call.stage.name).continued,
                }
            )
        except Exception as error:  # noqa: BLE001 - shown on the page as what it is
            return _ended_by(error, call, record, begun.began), None
        finally:
            if begun.scratch is not None:
                shutil.rmtree(begun.scratch, ignore_errors=True)
        return record.model_copy(update={"seconds": time.monotonic() - begun.began}), result

    def _inputs(self, call: StepCall) -> Inputs:
        """The sounds a stage reads, opened as it asks: of the stages named, the upload, its settings."""
        run, stage = call.run, call.stage
        delivered = self._keys(call)
        inputs: Inputs = {
            kind: StoredSounds(self._store, delivered[name])
            for kind, name in self._sources(stage).items()
            if name in delivered
        }
        if Material.UPLOAD in stage.takes and run.request.upload:
            inputs[Material.UPLOAD] = StoredSounds(self._store, run.request.upload.sounds)
        for name, key in call.settings.uploads().items():
            if not self._store.has(key):
                raise NotFoundError(
                    f"The {name} is not in the studio any more.",
                    causes=("the song it was uploaded for was deleted", "the studio's home was cleaned"),
                    remedy=f"Upload the {name} again on the {stage.title.lower()} page.",
                )
            inputs[name] = StoredSounds(self._store, {name: key})
        return inputs

    def _sources(self, stage: Stage[Any]) -> dict[Material, str]:
        return sources(stage.name, self._stages)

    def _key(self, call: StepCall, choice: Choice) -> str:
        stage, ahead = call.stage, call.ahead
        engines = {card.name: card.version for card in self._engines.cards(stage.name)}
        version = f"{choice.engine}:{engines.get(choice.engine, '')}:{choice.weights_id}"
        given = {
            "settings": key_settings(stage.name, call.settings, choice.engine),
            "request": call.run.request.model_dump(mode="json"),
            "plan": ahead.plan.model_dump(mode="json") if ahead.plan else None,
            "lyrics": ahead.lyrics.model_dump(mode="json") if ahead.lyrics else None,
            "inputs": self._keys(call),
            "promised": {
                name: {"figures": r.figures, "silent": sorted(r.chosen_silent)}
                for name, r in ahead.results.items()
                if name in self._sources(stage).values()
            },
        }
        return step_key(stage, version, given)

    def _keys(self, call: StepCall) -> dict[str, dict[str, str]]:
        """Return the content keys of what the stages that this one reads have delivered."""
        return {
            name: {a.name: a.key for a in call.ahead.results[name].artifacts}
            for name in self._sources(call.stage).values()
            if name in call.ahead.results
        }

    def _finish(self, key: str, result: Result, shelf: Shelf | None) -> None:
        """Cache a step's result; on a shelf before the next step begins."""
        text = sealed(result.model_dump_json())
        if shelf is not None:
            shelf.keep(key, text, result)
        self._index.keep_result(key, text)

    def _known(self, key: str, shelf: Shelf | None) -> Result | None:
        """Return the cached result of a step; one that the disk damaged counts as none."""
        text = self._index.result(key)
        if text is None and shelf is not None and (text := shelf.find(key)) is not None:
            self._index.keep_result(key, text)
        try:
            return Result.model_validate_json(unsealed(text)) if text is not None else None
        except ValueError:
            return None

    def _is_here(self, result: Result, awake: bool) -> bool:
        """Whether the files and sounds of a cached result are all here; unless ``awake``, they may rest."""
        return not self._store.exports.lost(result.files.values()) and all(
            self._store.has(k) or (not awake and self._store.rests(k)) for k in result.keys
        )

    def _rendered(
        self, call: StepCall, inputs: Inputs, choice: Choice, scratch: Path, report: Report
    ) -> Output:
        """Have the stage's engine do its work; what it wrote goes when it raises."""
        stage, ahead = call.stage, call.ahead
        delivered, reads = self._keys(call), self._sources(stage)
        work = Work(
            request=call.run.request,
            settings=call.settings,
            inputs=inputs,
            plan=ahead.plan,
            lyrics=ahead.lyrics,
            engines=self._engines,
            report=report,
            scratch=scratch,
            made_by={name: result.made_by for name, result in ahead.results.items()},
            notes=ahead.notes,
            input_keys={kind: delivered[name] for kind, name in reads.items() if name in delivered},
            sources=reads,
            proved_files=None if call.fresh else self._store.proved_files,
            first_listen=ahead.first_listen,
        )
        try:
            return run_stage(stage, work, choice)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise

    def _judge(self, call: StepCall, result: Result, key: str) -> tuple[Finding, ...]:
        """Return the findings about a step: the cached ones, or new ones, which are cached for its key."""
        contract = call.stage.contract
        judged = judgement_key(contract, self._case(call, result, _unread))
        findings = self._index.judgement(judged)
        if findings is None:
            findings = judge(contract, self._case(call, result, self._sound))
            self._index.keep_judgement(judged, key, findings)
        by = result.made_by
        return tuple(explained(finding, by.precision, by.device) for finding in findings)

    def _case(self, call: StepCall, result: Result, sound: Callable[[ArtifactRecord], Sound]) -> Case:
        """Return everything that a check may look at; ``sound`` opens an artifact, or names it."""
        stage, ahead = call.stage, call.ahead
        came_in = [
            a for n in self._sources(stage).values() if n in ahead.results for a in ahead.results[n].artifacts
        ]
        return case_of(
            stage,
            call.settings,
            {a.name: sound(a) for a in came_in},
            {a.name: sound(a) for a in result.artifacts},
            result,
            read_figures(stage.figures_type, result.figures),
            ahead.plan,
            ahead.lyrics,
            self._silenced(call),
        )

    def _silenced(self, call: StepCall) -> tuple[Span, ...]:
        """Return the stretches of the song that the person had made silent, from that stage on."""
        names = [stage.name for stage in self._stages]
        if AssembleStage.name not in names[: names.index(call.stage.name) + 1]:
            return ()
        assemble: AssembleSettings = call.run.settings.assemble
        return tuple(Span(start_s=start, stop_s=stop) for start, stop in assemble.stretches)

    def _sound(self, artifact: ArtifactRecord) -> StoredSound:
        audio = self._store.needed(artifact.key)
        return StoredSound(artifact.name, audio, artifact.measurement, artifact.key)


def _unread(artifact: ArtifactRecord) -> Sound:
    return StoredSound.unread(artifact.name, artifact.measurement, artifact.key)


def _ended_by(error: Exception, call: StepCall, record: StepRecord, began: float) -> StepRecord:
    """Return the record of a step that raised; LostSoundError is raised on: another step makes it again."""
    if isinstance(error, LostSoundError):
        raise error
    if isinstance(error, Cancelled):
        return record.model_copy(update={"state": StepState.CANCELLED})
    if isinstance(error, GainstageError):
        return raised(record, blamed_on_the_file(error.report(), call.ahead.given), began)
    return raised(record, machine_failure(error, call.stage.title) or bug(call.stage, error), began)


def _made(result: Result | None, key: str) -> bool:
    return result is not None and key in result.keys
