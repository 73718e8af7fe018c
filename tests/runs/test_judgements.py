"""Judgements are made once for a sound and a contract, and again as soon as either is another."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import ClassVar

import numpy as np
import pytest

from core.audio import Audio
from core.contract import (
    Case,
    Check,
    Contract,
    Figures,
    Finding,
    Material,
    Promise,
    Severity,
    Sound,
    Span,
    judge,
)
from core.measure import measure
from core.runs.judgements import StoredSound, contract_version, judgement_key
from core.runs.pipeline import STAGES, RunSettings
from core.runs.record import RunState, StepState
from core.song import Lyrics
from core.stages.mix import MixSettings
from tests.fakes import HouseEngines, every_sound
from tests.figures import mixed
from tests.sounds import band


@pytest.fixture
def judged(monkeypatch):
    """Stages in the order in which they are judged."""
    stages = []

    def counted(contract, case):
        stages.append(case.stage)
        return judge(contract, case)

    monkeypatch.setattr("core.runs.runner.judge", counted)
    return stages


def test_an_undo_judges_nothing_again(open_studio, finish, judged):
    studio = open_studio()
    run = finish(studio)
    assert judged == [stage.name for stage in STAGES]
    studio.change(run.id, run.settings.with_values({"mix.faders.bass.gain_db": "-6"}))
    changed = studio.wait(run.id)
    assert judged[len(STAGES) :] == ["mix", "master", "export"]
    del judged[:]
    studio.undo(run.id)
    undone = studio.wait(run.id)
    assert judged == []
    assert [s.findings for s in undone.steps] == [s.findings for s in run.steps]
    assert undone.step("mix").findings != changed.step("mix").findings


def test_another_studio_on_the_same_home_judges_nothing_again(open_studio, finish, judged):
    finish(open_studio())
    del judged[:]
    finish(open_studio())
    assert judged == []


def test_other_code_judges_every_cached_step_again(open_studio, finish, judged, monkeypatch):
    studio = open_studio()
    finish(studio)
    del judged[:]
    monkeypatch.setattr("core.runs.judgements.code_version", lambda: "a later release")
    assert all(step.cached for step in finish(studio).steps)
    assert judged == [stage.name for stage in STAGES]


def test_a_failed_step_is_made_again_and_not_judged_again_and_going_on_taints(open_studio, finish, judged):
    engines = HouseEngines(harm={"composer": every_sound(lambda a: replace(a, samples=a.samples * 0))})
    studio = open_studio(engines)
    run = finish(studio)
    assert (run.state, run.blame) == (RunState.STOPPED, "generate")
    played, findings = len(engines.asked), run.step("generate").findings
    del judged[:]
    studio.continue_anyway(run.id, "generate")
    again = studio.wait(run.id)
    assert len(engines.asked) > played and not again.step("generate").cached
    assert "generate" not in judged and "assemble" in judged
    assert again.step("generate").findings == findings
    assert again.step("generate").state is StepState.FAILED and again.tainted


def test_the_meter_shows_while_the_step_is_judged(open_studio, finish, monkeypatch):
    studio = open_studio()
    seen = {}

    def looking(contract, case):
        if case.stage == "mix":
            (run,) = studio.runs("me")
            seen["mix"] = studio.run(run.id).step("mix")
        return judge(contract, case)

    monkeypatch.setattr("core.runs.runner.judge", looking)
    run = finish(studio)
    assert seen["mix"].state is StepState.RUNNING
    assert seen["mix"].main == run.step("mix").main


def test_a_step_that_was_at_work_when_its_studio_died_is_interrupted(open_studio, finish):
    studio = open_studio()
    run = finish(studio)
    studio._index.put_step(run.id, run.step("mix").model_copy(update={"state": StepState.RUNNING}))
    assert studio.run(run.id).step("mix").state is StepState.INTERRUPTED


SOUND = StoredSound("mix", band(), measure(band()), "a" * 64)
CASE = Case(stage="mix", outputs={"mix": SOUND}, inputs={"bass": SOUND}, settings=MixSettings())
MIX = next(stage.contract for stage in STAGES if stage.name == "mix")
OTHER = {
    "delivers": Material.MIX,
    "stage": "master",
    "outputs": {"mix": replace(SOUND, key="b" * 64)},
    "inputs": {"bass": replace(SOUND, measurement=SOUND.measurement.model_copy(update={"dc_offset": 0.1}))},
    "settings": MixSettings(headroom_dbfs=-3),
    "plan": RunSettings(),
    "lyrics": Lyrics(title="Sea", sections=(), source="typed"),
    "promise": Promise(channels=2),
    "figures": mixed(-1.0),
    "chosen_silent": frozenset({"mix"}),
    "silenced": (Span(start_s=1.0, stop_s=2.0),),
    "uploaded": True,
}
"""Another value for each field of a case."""


@pytest.mark.parametrize("name", [field.name for field in fields(Case)])
def test_every_field_of_a_case_is_in_the_key(name):
    key = judgement_key(MIX, CASE)
    assert judgement_key(MIX, replace(CASE)) == key
    assert judgement_key(MIX, replace(CASE, **{name: OTHER[name]})) != key


def test_a_sound_that_is_not_in_the_store_stands_in_the_key_by_its_samples():
    plain = replace(CASE, outputs={"mix": Sound("mix", band(), SOUND.measurement)})
    stored = replace(CASE, outputs={"mix": replace(SOUND, key=band().key)})
    assert judgement_key(MIX, plain) == judgement_key(MIX, stored)


@dataclass(frozen=True)
class TooLoud(Check):
    """A check with a limit, of another package."""

    name: ClassVar[str] = "too_loud"
    limit_lufs: float = -9.0

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Find nothing."""
        return Finding(check=self.name, severity=Severity.OK, evidence="fine")


def test_another_limit_or_another_check_is_another_contract():
    versions = [
        contract_version(contract)
        for contract in (
            Contract((TooLoud(),)),
            Contract((TooLoud(-8.0),)),
            Contract((TooLoud(), TooLoud())),
            Contract((), whole=()),
        )
    ]
    assert len(set(versions)) == len(versions)
    assert contract_version(Contract((TooLoud(),))) == versions[0]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_contract_of_ours_reads_the_same_in_every_process(stage):
    assert " at 0x" not in repr(stage.contract)


def test_what_has_no_key_is_refused():
    with pytest.raises(TypeError):
        judgement_key(MIX, replace(CASE, figures=Figures(engine={"odd": object()})))


@pytest.mark.parametrize(("precision", "half"), [("float16", True), ("bfloat16", False), ("float32", False)])
def test_what_is_no_number_is_put_down_to_the_precision_that_it_was_made_in(
    open_studio, finish, precision, half
):
    def on_an_old_card(reply):
        broken = every_sound(lambda audio: Audio(np.full_like(audio.samples, np.nan), audio.sample_rate))
        return replace(broken(reply), device="cuda", precision=precision)

    run = finish(open_studio(HouseEngines(harm={"composer": on_an_old_card})))
    step = run.step("generate")
    first = step.findings[0]
    assert (first.check, first.severity) == ("finite", Severity.FAIL)
    assert first.causes[0].startswith("In half precision") is half
