"""Where one fault draws several checks, the one that names its cause comes first."""

import numpy as np
import pytest

from core.checks import COMMON
from core.contract import Severity
from core.faults import blind
from tests import sounds

SEED = 5


def drawn(inject, carrier):
    audio = sounds.GOOD[carrier]()
    bad = inject(audio, np.random.default_rng(SEED))
    return [one for one in sounds.findings(bad, COMMON) if one.severity.rank > Severity.NOTE.rank]


@pytest.mark.parametrize("carrier", ["pad", "voice_alone", "sparse_piano"])
@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_a_loop_comes_before_the_clicks_of_its_joins(carrier, seconds):
    assert drawn(blind.one_loop(seconds), carrier)[0].check in ("one_loop", "stuck_buffer")


@pytest.mark.parametrize("carrier", ["pad", "sub_bass"])
def test_a_late_start_comes_before_the_click_that_it_makes(carrier):
    assert drawn(blind.starts_late(0.3), carrier)[0].check in ("abrupt_edge", "long_silence")


@pytest.mark.parametrize("carrier", ["band", "metal", "pad"])
@pytest.mark.parametrize("hz", [3.0, 5.0, 12.0])
def test_a_wave_of_a_few_hertz_is_rumble_and_no_drift(carrier, hz):
    assert drawn(blind.rumble(hz, 0.0), carrier)[0].check == "rumble"


@pytest.mark.parametrize("swing", [0.1, 0.4])
def test_an_offset_that_drifts_is_named_as_that(swing):
    assert drawn(blind.drifting_offset(swing), "band")[0].check == "dc_drift"
