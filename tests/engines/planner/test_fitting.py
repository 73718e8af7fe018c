"""The planner that fits, and what it takes in the outlook of a song."""

import pytest

from core.engines.acestep15 import outlook, planned
from core.engines.acestep15.outlook import with_planner
from core.engines.acestep15.planned import planner_folder
from core.engines.acestep15.settings import AceStepSettings, Planning
from core.engines.base import MemoryOutlook
from core.engines.planner import fitting
from core.engines.planner.fitting import Device, largest_fitting, needed
from core.engines.planner.layout import PUBLISHED
from tests.engines.planner.tiny import write_tiny

GB = 1e9
SIZES = {"4B": 8.4, "1.7B": 3.7, "0.6B": 1.35}
FOLDERS = [f"acestep-5Hz-lm-{size}" for size in SIZES]


@pytest.fixture
def folders(monkeypatch, tmp_path):
    """Planners of the published sizes in bfloat16, told by name."""
    monkeypatch.setattr(
        fitting,
        "needed",
        lambda folder, s, device: int(SIZES[folder.name.split("-")[-1]] * GB * device.each / 2),
    )
    return [tmp_path / name for name in FOLDERS]


@pytest.mark.parametrize(
    ("total_gb", "each", "taken"),
    [
        (80, 2, "4B"),
        (12, 2, "4B"),
        (8, 2, "1.7B"),
        (4, 2, "0.6B"),
        (16, 4, "1.7B"),
        (3.5, 4, "0.6B"),
        (1, 2, "0.6B"),
    ],
)
def test_the_largest_planner_that_a_device_holds_is_taken(folders, total_gb, each, taken):
    assert largest_fitting(folders, Device(int(total_gb * GB), each)).name.endswith(taken)


def test_where_the_system_tells_no_memory_the_largest_is_taken_and_none_of_none(folders):
    assert largest_fitting(folders, Device(None, 4)).name.endswith("4B")
    assert largest_fitting([], Device(None, 4)) is None


def test_the_published_planners_come_largest_first():
    assert [one.name for one in PUBLISHED] == FOLDERS
    assert sorted((one.size_mb for one in PUBLISHED), reverse=True) == [one.size_mb for one in PUBLISHED]


def test_a_longer_song_takes_more_and_files_that_do_not_tell_take_nothing(tmp_path):
    folder = write_tiny(tmp_path / "planner")
    short, long = (needed(folder, s, Device(None, 4)) for s in (10, 600))
    assert 0 < short < long
    (folder / "config.json").write_text("{")
    assert needed(folder, 10, Device(None, 4)) is None


SEEN = MemoryOutlook(True, "x needs 5.0 GB.")


def test_the_outlook_holds_the_planner_and_says_when_it_fits_nowhere(tmp_path, monkeypatch):
    folder = write_tiny(tmp_path / "planner")
    options = AceStepSettings(planner=Planning.ON, planner_folder=str(folder))
    monkeypatch.setattr(outlook, "device_here", lambda: Device(int(8 * GB), 2))
    said = with_planner(SEEN, options, 60)
    assert said.fits and said.sentence.startswith("x needs 5.0 GB. The planner planner takes 0.0 GB")
    monkeypatch.setattr(outlook, "device_here", lambda: Device(1_000, 2))
    assert (
        not with_planner(SEEN, options, 60).fits
        and "smaller planner" in with_planner(SEEN, options, 60).remedy
    )
    assert with_planner(SEEN, AceStepSettings(planner=Planning.OFF), 60) == SEEN


def test_a_planner_that_is_asked_for_and_is_not_here_is_said_before_the_song(monkeypatch):
    monkeypatch.setattr(planned, "found", lambda weights: None)
    options = AceStepSettings(planner=Planning.ON)
    said = with_planner(SEEN, options, 60)
    assert not said.fits and "cannot be found" in said.sentence
    assert planner_folder(AceStepSettings()) is None
