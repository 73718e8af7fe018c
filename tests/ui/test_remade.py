"""What a change of settings makes again, and how long that takes."""

from __future__ import annotations

from core.runs.record import StepRecord
from core.ui.remade import what_is_remade

STEPS = tuple(StepRecord(stage=name.lower(), title=name) for name in ("Enhance", "Mix", "Master", "Export"))


def test_the_stages_from_the_changed_one_on_are_named_with_the_sum_of_their_times() -> None:
    times = {"enhance": 40.0, "mix": 0.3, "master": 1.5, "export": 0.2}
    assert what_is_remade(STEPS, "mix", times) == "Re-makes Mix, Master, Export: about 2.0 s."
    assert what_is_remade(STEPS, "enhance", times) == "Re-makes Enhance, Mix, Master, Export: about 42 s."
    assert what_is_remade(STEPS, "export", {"export": 0.01}) == "Re-makes Export: about 0.1 s."


def test_a_long_time_is_minutes() -> None:
    assert what_is_remade(STEPS, "export", {"export": 75.0}).endswith("about 1:15 min.")


def test_without_the_time_of_one_of_them_no_time_is_claimed() -> None:
    assert what_is_remade(STEPS, "mix", {"mix": 1.0, "export": 1.0}) == "Re-makes Mix, Master, Export."
