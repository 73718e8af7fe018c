"""Four stages of a third of a second of sound, for tests of what the runner, the store and the index do."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Audio
from core.checks.figures import Figures
from core.contract import Contract
from core.runs.runner import Runner
from core.stages.base import MadeBy, Material, Output
from core.stages.table import STAGES

TABLE = {stage.name: stage for stage in STAGES}
FRAMES = 14_700


class Small:
    """A stage of the table's name and settings that does next to nothing."""

    version = 1
    about = "A test's."
    icon = ""
    contract = Contract(())
    figures_type = Figures

    def __init__(self, name, delivers, takes, do):
        self.name, self.delivers, self.takes = name, delivers, takes
        self.title = TABLE[name].title
        self.settings_type = TABLE[name].settings_type
        self.runs = self.made = 0
        """How often it was begun, and how often it delivered."""
        self._do = do

    def run(self, work):
        self.runs += 1
        output = self._do(work)
        self.made += 1
        return output


def _made(**more):
    return Output(made_by=MadeBy(engine="composer", title="Band"), **more)


def _generate(work):
    if work.inputs.get(Material.UPLOAD):
        return _made(sounds={"clip_1": work.inputs[Material.UPLOAD]["song"]}, uploaded=True)
    x = np.random.default_rng(work.request.seed).standard_normal((FRAMES, 2)) * 0.1
    return _made(sounds={"clip_1": Audio(x.astype(np.float32), 44_100)})


def _gained(name, source, gain_of):
    def do(work):
        (sound,) = work.inputs[source].values()
        gain = np.float32(10 ** (gain_of(work.settings) / 20))
        return _made(sounds={name: Audio(sound.samples * gain, sound.sample_rate)})

    return do


def _export(work):
    from core.audio import write

    (sound,) = work.inputs[Material.MASTER].values()
    files = {"master.wav": work.scratch / "a.wav", "notes.txt": work.scratch / "b.txt"}
    write(files["master.wav"], sound)
    files["notes.txt"].write_text("made by a test")
    return _made(files=files)


def small_stages():
    """New stages, which count how often each ran."""
    clips, mix, master = Material.CLIPS, Material.MIX, Material.MASTER
    return (
        Small("generate", clips, (Material.UPLOAD,), _generate),
        Small("mix", mix, (clips,), _gained("mix", clips, lambda s: s.headroom_dbfs)),
        Small("master", master, (mix,), _gained("master", mix, lambda s: s.ceiling_dbtp)),
        Small("export", Material.FILES, (Material.MASTER,), _export),
    )


@pytest.fixture
def clips_only(monkeypatch):
    """Make every studio of the test end its songs with their clips: what comes after them takes no part."""
    monkeypatch.setattr("core.studio.Runner", lambda *given: Runner(*given, STAGES[:2]))


@pytest.fixture
def small(monkeypatch):
    """Make every studio of the test take its songs through small stages, which are returned by name."""
    stages = small_stages()
    monkeypatch.setattr("core.studio.Runner", lambda *given: Runner(*given, stages))
    monkeypatch.setattr("core.runs.housekeeping.Housekeeping.begin", lambda self: None)
    monkeypatch.setattr("core.runs.work.warm_up_beside", lambda *_: None)
    monkeypatch.setattr("core.studio.prepare_generator", lambda *_: None)
    return {stage.name: stage for stage in stages}
