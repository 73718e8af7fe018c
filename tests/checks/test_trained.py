"""Random weights that declare themselves are told of, whoever the engine is."""

from core.checks.trained import Trained
from core.contract import Case, Contract, Promise, Severity, judge
from tests import sounds


def asked(**more):
    heard = {"clip_1": sounds.sound(sounds.band(), "clip_1")}
    return judge(Contract((), (Trained(),)), Case(stage="generate", outputs=heard, **more))


def test_untrained_weights_are_a_warning():
    (finding,) = asked(promise=Promise(engine_untrained=True))
    assert (finding.check, finding.severity) == ("trained", Severity.WARN)
    assert finding.causes and finding.remedy


def test_nothing_is_said_of_weights_that_declare_nothing():
    assert asked() == ()
