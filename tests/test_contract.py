"""What a check says about itself is all that the judge, a chain and an upload's faults know of it."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from core.contract import Case, Check, Contract, Finding, Rank, Severity, Sound, WholeCheck, judge
from tests import sounds


@dataclass(frozen=True)
class Says(Check):
    """Fails every sound."""

    name: ClassVar[str] = "says"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Fail it."""
        return Finding(check=self.name, severity=Severity.FAIL, artifact=sound.name, evidence="so it is")


def ranked(rank):
    return type("Ranked", (Says,), {"name": f"of_{rank.name.lower()}", "rank": rank})()


def test_a_cause_is_named_before_what_follows_from_it_in_whatever_order_they_are_asked():
    ranks = (Rank.SYMPTOM, Rank.ARITHMETIC, Rank.CAUSE, Rank.TRACE)
    found = judge(Contract(tuple(ranked(rank) for rank in ranks)), sounds.case(sounds.band()))
    assert [f.rank for f in found] == sorted(ranks)
    assert [f.check for f in found] == ["of_cause", "of_trace", "of_arithmetic", "of_symptom"]


def test_a_rank_is_stored_and_a_finding_of_earlier_versions_opens_without_one():
    (found,) = judge(Contract((ranked(Rank.SYMPTOM),)), sounds.case(sounds.band()))
    assert Finding.model_validate_json(found.model_dump_json()) == found
    earlier = '{"check": "true_peak", "severity": "fail", "evidence": "over"}'
    assert Finding.model_validate_json(earlier).rank is Rank.CAUSE


def test_an_alteration_makes_a_fail_of_a_cause_that_was_let_pass_and_of_nothing_that_follows():
    def warns(rank, **more):
        def examine(self, sound, case):
            return Finding(check=self.name, severity=Severity.WARN, evidence="hm", **more)

        return type("Warns", (Says,), {"name": f"of_{rank.name.lower()}", "rank": rank, "examine": examine})()

    class Altered(Says):
        name = "altered"

        def examine(self, sound, case):
            return super().examine(sound, case).model_copy(update={"implicates": True})

    found = judge(Contract((warns(Rank.CAUSE), warns(Rank.SYMPTOM), Altered())), sounds.case(sounds.band()))
    assert {f.check: f.severity for f in found} == {
        "altered": Severity.FAIL,
        "of_cause": Severity.FAIL,
        "of_symptom": Severity.WARN,
    }


@pytest.mark.parametrize("base", [Check, WholeCheck])
def test_a_check_without_its_question_cannot_be_made(base):
    with pytest.raises(TypeError, match="abstract"):
        type("Empty", (base,), {"name": "empty"})()


@pytest.mark.parametrize("severity", list(Severity))
def test_an_answer_names_its_check_and_sound_and_an_ok_one_keeps_its_figure_alone(severity):
    sound = sounds.sound(sounds.band(), "mix")
    say = getattr(Says(), severity.value)
    reasons = {} if severity is Severity.OK else {"causes": ("a cause",), "remedy": "Mend it."}
    finding = say("3 dB (limit 2).", sound, **reasons)
    assert (finding.check, finding.severity, finding.artifact) == ("says", severity, "mix")
    assert finding == Says().rated(severity, "3 dB (limit 2).", "mix", causes=("a cause",), remedy="Mend it.")
    assert bool(finding.causes and finding.remedy) is (severity is not Severity.OK)
