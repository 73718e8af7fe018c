"""A followed page: every part has a state that changes when what it draws does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.runs.pipeline import STAGES, RunSettings
from core.runs.record import RunState, StepState
from core.song import SongRequest
from core.ui.rack import _measured, stage_part
from tests.ui.fake_studio import FakeStudio


def test_a_stages_part_has_another_state_when_it_begins_ends_and_is_passed_by(tmp_path: Path) -> None:
    fake = FakeStudio(tmp_path)
    done = fake.run(fake.start(SongRequest(prompt="a", duration_s=4), RunSettings(), "me"))
    part = stage_part(fake, "mix", linked=True)  # type: ignore[arg-type]
    step = done.step("mix")
    kinds = [
        step,
        step.model_copy(update={"key": "another"}),
        step.model_copy(update={"continued": True}),
        step.model_copy(update={"state": StepState.RUNNING, "key": ""}),
        step.model_copy(update={"state": StepState.NOT_RUN, "key": ""}),
    ]
    states = {
        part.state(
            done.model_copy(update={"steps": tuple(kind if s.stage == "mix" else s for s in done.steps)})
        )
        for kind in kinds
    }
    assert len(states) == len(kinds)
    later = done.model_copy(
        update={
            "steps": (
                *done.steps[:4],
                *(s.model_copy(update={"artifacts": (), "whole": None}) for s in done.steps[4:]),
            )
        }
    )
    assert _measured(done) != _measured(later)


def test_progress_within_a_stage_is_no_other_state_of_its_part(tmp_path: Path) -> None:
    fake = FakeStudio(tmp_path)
    run = fake.run(fake.start(SongRequest(prompt="a", duration_s=4), RunSettings(), "me"))
    part = stage_part(fake, "mix", linked=True)  # type: ignore[arg-type]

    def at(fraction: float) -> str:
        running = {"state": StepState.RUNNING, "fraction": fraction, "message": f"{fraction}"}
        steps = tuple(s.model_copy(update=running) if s.stage == "mix" else s for s in run.steps)
        return part.state(run.model_copy(update={"steps": steps}))

    assert at(0.1) == at(0.9)


def test_a_live_page_sends_the_state_of_every_part_and_a_finished_one_none(
    site: Callable[..., AppTest], fake: FakeStudio
) -> None:
    run = fake.start(SongRequest(prompt="a", duration_s=4), RunSettings(), "me")
    assert not sent(site("", run))
    fake._update(run, state=RunState.RUNNING)
    (pulse,) = [one for one in sent(site("", run)) if "states" in one]
    parts = [one for one in sent(site("", run)) if "part" in one]
    assert pulse["run"] == run
    assert set(pulse["states"]) == {"bar", "end", "levels", "listen", *(stage.name for stage in STAGES)}
    assert {one["part"]: one["state"] for one in parts} == pulse["states"]


def sent(test: AppTest) -> list[dict[str, object]]:
    """Return what the hidden components of a page hold."""
    protos = [one.proto for one in test.get("bidi_component")]
    texts = [json.loads(proto.json) for proto in protos if proto.component_name.endswith(("pulse", "part"))]
    return [json.loads(text["json"]) for text in texts]
