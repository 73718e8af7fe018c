"""A gain that was set for one part of a sound alone is named; what a compressor or a fader does is not."""

import numpy as np
import pytest

from core.blame.jump import FAIL_DB, WARN_DB, largest_jump
from core.compare.align import align
from core.contract import Severity
from tests import sounds
from tests.blame import steps
from tests.blame.steps import chain, changed


def jumped(by_db, at_share=0.5, over_s=0.0):
    def step(audio):
        time = np.arange(audio.frames) / audio.sample_rate
        place = np.clip((time - at_share * audio.duration_s) / max(over_s, 1e-9), 0.0, 1.0)
        return changed(audio, audio.samples * 10 ** (by_db * place / 20)[:, None])

    return step


def found(step):
    song = sounds.GOOD["band"]()
    links = chain(song, step(song)).links
    return next((one for one in links[1].findings if one.check == "level_jump"), None)


@pytest.mark.parametrize("at_share", [0.3, 0.5, 0.7])
@pytest.mark.parametrize(
    ("by_db", "severity"),
    [
        (WARN_DB + 0.2, Severity.WARN),
        (-WARN_DB - 0.2, Severity.WARN),
        (FAIL_DB + 0.2, Severity.FAIL),
        (-FAIL_DB - 0.2, Severity.FAIL),
        (20.0, Severity.FAIL),
    ],
)
def test_a_level_that_jumps_is_named_with_its_place_and_size(by_db, severity, at_share):
    finding = found(jumped(by_db, at_share))
    length_s = sounds.GOOD["band"]().duration_s
    assert finding is not None and finding.severity is severity
    assert f"{by_db:+.1f} dB" in finding.evidence
    assert finding.spans[0].start_s <= at_share * length_s <= finding.spans[0].stop_s


@pytest.mark.parametrize(
    "step",
    [
        jumped(WARN_DB - 0.2),
        jumped(8.0, over_s=1.5),
        steps.gain(-12.0),
        steps.limited(6.0),
        steps.equalised,
        steps.tanh(6.0),
        steps.delayed(500),
    ],
    ids=["a small one", "a fade", "a gain", "a limiter", "an equaliser", "a saturator", "a delay"],
)
def test_honest_work_is_no_jump(step):
    assert found(step) is None


def test_the_largest_of_two_jumps_is_found():
    song = sounds.GOOD["band"]()
    jump = largest_jump(align(song, jumped(9.0, 0.7)(jumped(-5.0, 0.3)(song))))
    assert jump is not None and jump.by_db == pytest.approx(9.0, abs=0.1)
    assert jump.at_s == pytest.approx(0.7 * song.duration_s, abs=0.15)


def test_integers_that_wrapped_are_no_squashing():
    song = sounds.GOOD["band"]()
    wrapped = changed(song, (1.4 * steps.full(song) + 1.0) % 2.0 - 1.0)
    failed = [one.check for one in chain(song, wrapped).links[1].findings if one.severity is Severity.FAIL]
    assert failed[0] == "wrapped" and "squashed" not in failed
