"""What a stage reports: its stored form, what of it is refused, and who may read it."""

import json

import pytest

from core.checks.figures import MasterFigures, SeparateFigures, read_figures, stored
from core.contract import Case, Figures
from core.dsp.match_eq import MatchCurve
from core.dsp.reduction import ReductionHistogram
from core.errors import StorageError
from core.stages.table import STAGES
from tests.figures import assembled, enhanced, mastered, mixed, separated, worded

REPORTED = (
    worded(lines=3, slack=2),
    Figures(engine={"text": "a song", "engine": "odd"}),
    assembled(2, joins=[{"start_frame": 7, "correlation": 0.5}]),
    separated(-20.0, levels_dbfs={"vocals": -18.0, "bass": None}),
    enhanced(vocals={"ratio": 3.0}),
    mixed(-2.0),
    mastered(match=MatchCurve((1.0,), (2.0,), (3.0,)), reference_tone_db=(None, -3.0)),
    mastered(reduction_histogram=ReductionHistogram((0.0, 1.0), (3.0,))),
)


@pytest.mark.parametrize("figures", REPORTED, ids=lambda f: type(f).__name__)
def test_figures_come_back_from_the_index_as_they_were(figures):
    assert read_figures(type(figures), json.loads(json.dumps(stored(figures)))) == figures


def test_an_engines_own_words_lie_beside_the_stages():
    figures = SeparateFigures(engine={"model": "m"}, residual_db=-9.0, sum_exact=True, levels_dbfs={})
    assert stored(figures) == {"model": "m", "residual_db": -9.0, "sum_exact": True, "levels_dbfs": {}}


def test_what_a_stage_has_none_of_is_not_stored():
    assert not {"match", "target_set_by", "reduction_histogram", "engine"} & set(stored(mastered()))


@pytest.mark.parametrize("name", ["target_lufs", "offset_removed"])
def test_a_missing_figure_is_an_error_that_names_it(name):
    held = {n: value for n, value in stored(mastered()).items() if n != name}
    with pytest.raises(StorageError, match=name) as raised:
        read_figures(MasterFigures, held)
    assert raised.value.remedy


def test_a_stage_that_reports_nothing_has_no_figures():
    assert stored(None) == {}
    assert all(read_figures(stage.figures_type, {}) is None for stage in STAGES)


def test_a_check_in_the_wrong_contract_is_told_so():
    with pytest.raises(TypeError, match="mix reports MixFigures"):
        Case("mix", {}, figures=mixed()).reported(MasterFigures)
    assert Case("chain", {}).reported(MasterFigures) is None
