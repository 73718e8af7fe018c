"""A step that bends a sound's time is told from one that took another song."""

import pytest

from tests import sounds
from tests.blame.steps import chain
from tests.compare.test_warp import faster, stretched, without_blocks

FAULTS = {
    "lost blocks": (lambda audio: without_blocks(audio, 20, 0.03), "blocks of samples were lost"),
    "a wrong ratio": (lambda audio: faster(audio, 44_100 / 40_500), "resampled by a wrong ratio: 1.08"),
    "a stretch": (lambda audio: stretched(audio, 1.15), "its tempo was changed, at the same pitch"),
    "another song": (lambda audio: sounds.metal(), "a file of another song"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_step_is_blamed_for_what_it_did_to_the_time(name):
    step, cause = FAULTS[name]
    blame = chain(sounds.band(), step(sounds.band())).blame
    assert blame.position == 2 and cause in blame.causes[0]
