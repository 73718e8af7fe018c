"""A fixed curve explains what bent a wave, and nothing else."""

import numpy as np
import pytest

from core.compare.curve import fit_curve

WAVE = (
    0.6 * np.sin(np.arange(60_000)[:, None] * np.array([0.031, 0.047])) * np.linspace(0.2, 1, 60_000)[:, None]
)


@pytest.mark.parametrize(
    ("bend", "top_db"),
    [(lambda x: np.tanh(3 * x), 3.0), (lambda x: np.clip(x, -0.3, 0.3), 3.0), (lambda x: 0.5 * x, 0.0)],
    ids=["tanh", "clipped", "a gain"],
)
def test_a_bend_is_explained_whole_and_its_top_is_turned_down(bend, top_db):
    curve = fit_curve(WAVE, bend(WAVE))
    assert curve.left_db(WAVE, bend(WAVE)) < -80
    assert curve.top_loss_db == pytest.approx(0, abs=0.01) if top_db == 0 else curve.top_loss_db > top_db


def test_a_gain_that_moves_with_time_is_no_curve():
    ridden = WAVE * np.where(np.arange(60_000) % 8_000 < 4_000, 1.0, 0.5)[:, None]
    assert fit_curve(WAVE, ridden).left_db(WAVE, ridden) > -20


def test_too_few_samples_have_no_curve():
    assert fit_curve(WAVE[:40], WAVE[:40]) is None
    assert fit_curve(np.zeros((9_000, 2)), WAVE[:9_000]) is None
