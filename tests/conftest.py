"""What every test may use: a studio of its own, and a home that nobody else has."""

from __future__ import annotations

import importlib

import pytest

from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from tests.fakes import HouseEngines


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No test touches the person's own home."""
    monkeypatch.setenv("GAINSTAGE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GAINSTAGE_HOSTED", raising=False)
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def patient_probes(monkeypatch):
    """A probe of a test waits for its judgements on the busiest machine."""
    monkeypatch.setattr(importlib.import_module("core.probe.probe"), "CLOSES_WITHIN_S", 600.0)


@pytest.fixture
def open_studio(tmp_path):
    """Open studios that are closed when the test ends."""
    opened = []

    def opening(engines=None, **more):
        folder = tmp_path / "studio"
        folder.mkdir(exist_ok=True)
        studio = Studio(folder, engines or HouseEngines(), **more)
        opened.append(studio)
        return studio

    yield opening
    for studio in opened:
        studio.close()


@pytest.fixture
def finish():
    """Start a song and wait until it is done."""

    def finishing(studio, request=None, settings=None, owner="me"):
        request = request or SongRequest(prompt="a calm tune", instrumental=True, duration_s=8.0)
        run_id = studio.start(request, settings or RunSettings(), owner)
        return studio.wait(run_id, 120)

    return finishing
