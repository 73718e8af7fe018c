import json
import os
import time

import numpy as np
import pytest

from core.cli.main import main
from core.contract import Severity
from core.drill.controls import CHOICES, PAIRS
from core.drill.round import DrillSession
from core.drill.run import Cell, Drill, cells
from core.faults import FAULTS, SOUNDING, WAVEFORM_FAULTS, fault
from core.runs.pipeline import STAGES

STAGE_NAMES = [stage.name for stage in STAGES]


def tried_cells():
    """The cells that are tried here: a fault that the waveform shows at one stage each, the rest at all.

    ``python -m core drill`` tries every one.
    """
    declared = [cell for cell in cells() if not cell.unknowable]
    chosen = {}
    for number, one in enumerate(WAVEFORM_FAULTS):
        stages = [stage for stage in one.stages if stage not in one.unknowable]
        chosen[one.name] = stages[number % len(stages)]
    return [cell for cell in declared if chosen.get(cell.fault.name, cell.stage) == cell.stage]


@pytest.fixture(scope="module")
def drill():
    made = Drill()
    yield made
    made.close()


@pytest.fixture(scope="module")
def caught_in(drill):
    """What becomes of a cell, tried once for all tests."""
    seen = {}

    def caught(cell):
        key = (cell.fault.name, cell.stage)
        if key not in seen:
            seen[key] = drill.catch(cell)
        return seen[key]

    return caught


def test_at_least_120_cells_are_declared_and_each_names_who_is_to_notice():
    declared = cells()
    assert len([cell for cell in declared if not cell.unknowable]) >= 120
    assert len({(cell.fault.name, cell.stage) for cell in declared}) == len(declared)
    for cell in declared:
        assert cell.stage in STAGE_NAMES
        assert cell.unknowable.endswith(".") or cell.fault.named_by(cell.stage)
    assert {one.name for one in FAULTS if one.stages == SOUNDING} >= {"zeros", "nan_one", "gap", "stale"}


def test_what_is_unknowable_is_declared_only_where_the_fault_can_happen():
    for one in FAULTS:
        assert set(one.unknowable) <= set(one.stages)
        assert set(one.at) <= set(one.stages)


@pytest.mark.parametrize("cell", tried_cells(), ids=lambda c: f"{c.fault.name}@{c.stage}")
def test_every_fault_is_caught_where_it_happens_by_the_check_that_names_it(cell, caught_in):
    caught = caught_in(cell)
    assert caught.right, caught
    assert caught.cause or caught.remedy


@pytest.mark.parametrize(
    "cell", [c for c in cells() if c.unknowable], ids=lambda c: f"{c.fault.name}@{c.stage}"
)
def test_what_is_called_unknowable_really_is(cell, drill):
    assert drill.catch(cell).severity is not Severity.FAIL


def test_every_fault_has_a_negative_control():
    controlled = {fault for fault, _ in PAIRS} | {fault for choice in CHOICES for fault in choice.faults}
    assert {one.name for one in FAULTS} <= controlled


def test_every_negative_control_and_every_good_sound_is_let_pass(drill):
    passed = [*drill.controls(), *drill.good_sounds()]
    assert len(passed) > 50
    assert [one for one in passed if not one.right] == []


CHECKS = {
    check.name: type(check)
    for stage in STAGES
    for check in (*stage.contract.checks, *stage.contract.whole)
    if any(check.name in cell.fault.named_by(cell.stage) for cell in cells())
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_drill_misses_what_a_check_that_was_switched_off_would_have_named(
    name, drill, caught_in, monkeypatch
):
    """Without its check a fault is missed, or named by what it leaves in the sums, or by a symptom."""
    method = "examine" if hasattr(CHECKS[name], "examine") else "examine_all"
    alone = [c for c in cells() if c.fault.named_by(c.stage) == (name,) and not c.unknowable]
    several = [c for c in cells() if name in c.fault.named_by(c.stage) and not c.unknowable]
    cell = next((cell for cell in alone or several if cell in tried_cells()), (alone or several)[0])
    before = caught_in(cell)
    monkeypatch.setattr(CHECKS[name], method, lambda self, *asked: None)
    monkeypatch.setattr("core.runs.judgements.code_version", lambda: f"without {name}")
    after = drill.catch(cell)
    assert before.right
    assert after.by != name
    assert not (alone and after.right)


def test_a_cell_can_be_listened_to_beside_the_good_sound(drill):
    heard = drill.listen(Cell(fault("gap"), "master"))
    assert heard.finding.check == "gaps"
    assert heard.bad.frames == heard.good.frames
    assert not np.array_equal(heard.bad.samples, heard.good.samples)
    failed = drill.listen(Cell(fault("killed"), "generate"))
    assert failed.bad is None
    assert failed.error.kind == "engine_died"


def test_the_command_tells_of_one_fault_as_json(capsys):
    assert main(["drill", "--fault", "click", "--stage", "mix", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["caught"] == told["declared"] == 1
    assert told["cells"][0]["caught_by"] == "clicks"


def test_a_fault_that_does_not_exist_is_refused_with_those_that_do(capsys):
    assert main(["drill", "--fault", "gremlins"]) == 2
    assert "zeros" in capsys.readouterr().err


def test_a_drill_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    made = Drill()
    made.close()
    assert os.listdir(tmp_path) == []


def test_a_round_in_the_background_can_be_looked_into_and_cancelled():
    session = DrillSession()
    try:
        assert not session.standing().live
        session.start()
        deadline = time.monotonic() + 600
        while not session.standing().caught and time.monotonic() < deadline:
            time.sleep(0.05)
        seen = session.standing()
        assert seen.live
        assert all(one.right for one in seen.caught)
        session.cancel()
        while session.standing().live and time.monotonic() < deadline:
            time.sleep(0.05)
        ended = session.standing()
        assert ended.doing == "Cancelled"
        assert len(ended.caught) < len(cells())
        assert ended.error is None
    finally:
        session.close()
