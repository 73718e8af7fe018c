"""Songs made once for all tests of blame and comparison, in one studio."""

from __future__ import annotations

import pytest

from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from tests.fakes import HouseEngines


class Songs:
    """A studio whose runs are made when they are first asked for."""

    def __init__(self, folder):
        self.engines = HouseEngines()
        self.studio = Studio(folder, self.engines)
        self.audio = self.studio.audio
        self._made = {}

    def run(self, seed=1, harm=None, **values):
        """The run of a seed, with settings such as ``mix__faders__drums__mute="true"``."""
        wanted = (seed, harm, tuple(values.items()))
        if wanted not in self._made:
            settings = RunSettings().with_values({k.replace("__", "."): v for k, v in values.items()})
            request = SongRequest(prompt="a calm tune", instrumental=True, duration_s=8, seed=seed)
            self.engines.harm = dict([harm]) if harm else {}
            run_id = self.studio.start(request, settings, "me")
            self._made[wanted] = self.studio.wait(run_id, 600)
        return self._made[wanted]


@pytest.fixture(scope="session")
def songs(tmp_path_factory):
    made = Songs(tmp_path_factory.mktemp("songs"))
    yield made
    made.studio.close()
