"""What every test may use: a studio of its own, and a home that nobody else has."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path

import pytest

from core.drill.engine import hosts
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from tests.fakes import HouseEngines
from tests.judged_once import judged_once
from tests.remembered import RememberingEngines

TESTS = Path(__file__).parent
BROWSER = "e2e"
FIRST = (f"{BROWSER}/test_studio_browser.py", BROWSER, "test_drill.py", "engines", "blame", "ui")
"""What takes longest comes first, so that no worker sits over it alone at the end.

The browser tests begin with the one file whose first page is the server's first.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Order the tests."""
    items.sort(key=lambda item: _turn(_place(item)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep in one worker what shares what takes long to make, in the order of the tests.

    pytest-xdist's own marks for that rename a test, which pytest 9 no longer allows.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return _group(nodeid.partition("::")[0].removeprefix(f"{TESTS.name}/"))

    config.option.loadscopereorder = False
    return Together(config, log)


def _group(place):
    """Return a file's own name, or that of a folder whose files share what takes long to make.

    The browser tests share a server, a browser and a song, those of an engine its process and its weights.
    """
    folders = place.split("/")[:-1]
    if folders[:1] in ([BROWSER], ["blame"]):
        return folders[0]
    return "/".join(folders[:2]) if folders[:1] == ["engines"] and len(folders) > 1 else place


def _place(item):
    own = item.path.is_relative_to(TESTS)
    return item.path.relative_to(TESTS).as_posix() if own else item.path.as_posix()


def _turn(place):
    return next((n for n, first in enumerate(FIRST) if f"{place}/".startswith(f"{first}/")), len(FIRST))


@pytest.fixture(scope="session")
def homes(tmp_path_factory):
    """The folder in which a test that asks for none has its home."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(request, homes, monkeypatch):
    """No test touches the person's own home; it has its own, which is there when something writes to it."""
    asked = "tmp_path" in request.fixturenames
    own = (request.getfixturevalue("tmp_path") if asked else homes) / "home"
    monkeypatch.setenv("GAINSTAGE_HOME", str(own))
    monkeypatch.delenv("GAINSTAGE_HOSTED", raising=False)
    yield own
    if not asked and own.exists():
        shutil.rmtree(own)


@pytest.fixture(scope="session", autouse=True)
def cheap_judgements():
    """A run and a chain ask the checks about the same case once in this process."""
    with pytest.MonkeyPatch.context() as patched:
        for asking in ("core.runs.runner.judge", "core.blame.chain.judge"):
            patched.setattr(asking, judged_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_drills():
    """The drill's engines are the real ones; what they made for one drill they give to the next."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("core.drill.run.hosts", lambda: RememberingEngines(hosts(), ("composer", "effects")))
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_probes():
    """A probe of a test waits for its judgements on the busiest machine."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(importlib.import_module("core.probe.probe"), "CLOSES_WITHIN_S", 600.0)
        yield


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
        return studio.wait(run_id, 600)

    return finishing
