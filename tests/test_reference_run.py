"""A run whose master has a reference: found in the store, kept for undo, told when it is gone."""

import pytest

from core.audio import write
from core.cli.main import main
from core.measure import measure
from core.runs.pipeline import RunSettings
from core.runs.record import RunState, StepState
from core.stages.master import MasterSettings
from core.stages.reference import ReferenceTrack
from core.studio import Studio
from tests.engines.matchering.here import MatcheringHere
from tests.fakes import HouseEngines
from tests.sounds import metal


class WithMatchering(HouseEngines):
    """The house's engines, and matchering, all in this process."""

    def __init__(self):
        super().__init__()
        self.matchering = MatcheringHere()

    def cards(self, stage):
        return self.matchering.cards(stage) or super().cards(stage)

    def card(self, name):
        return self.matchering.card(name) if name == "matchering" else super().card(name)

    def call(self, engine, method, **given):
        return (self.matchering if engine == "matchering" else super()).call(engine, method, **given)


def like(key, **settings):
    reference = ReferenceTrack(key=key, name="hit.wav")
    return RunSettings(master=MasterSettings(reference=reference, **settings))


@pytest.fixture
def hit(tmp_path):
    """A reference as a file."""
    write(tmp_path / "hit.wav", metal())
    return tmp_path / "hit.wav"


def test_a_song_is_mastered_like_the_reference_that_was_brought(open_studio, finish, hit):
    studio = open_studio(WithMatchering())
    key = studio.upload({"hit.wav": hit}).sounds["song"]
    run = finish(studio, settings=like(key, take="tone"))
    step = run.step("master")
    assert run.state is RunState.DONE
    assert (step.engine, step.engine_title) == ("matchering", "Mastering, Reference match (matchering)")
    assert step.figures["reference_name"] == "hit.wav"
    assert {"squash", "reference_tone"} <= {finding.check for finding in step.findings}
    studio.change(run.id, like(key, take="tone", intensity=0.5))
    half = studio.wait(run.id, 120)
    assert not half.step("master").cached
    assert half.step("mix").cached
    assert half.step("master").main.key != step.main.key


def test_a_reference_outlives_other_songs_and_undone_settings(open_studio, finish, hit):
    studio = open_studio()
    key = studio.upload({"hit.wav": hit}).sounds["song"]
    kept, gone = finish(studio, settings=like(key, take="loudness")), finish(studio)
    wanted = measure(metal()).integrated_lufs
    assert kept.step("master").figures["target_lufs"] == pytest.approx(wanted, abs=0.01)
    studio.change(kept.id, RunSettings())
    studio.wait(kept.id, 120)
    studio.delete(gone.id)
    studio.undo(kept.id)
    back = studio.wait(kept.id, 120)
    assert back.state is RunState.DONE
    assert back.settings.master.reference.key == key
    studio.delete(kept.id)
    assert not studio._store.has(key)


def test_a_reference_that_is_gone_is_one_sentence_and_the_song_before_it_stays(open_studio, finish):
    run = finish(open_studio(), settings=like("0" * 64, take="loudness"))
    step = run.step("master")
    assert run.state is RunState.STOPPED
    assert step.state is StepState.ERROR
    assert step.error.message == "The reference is not in the studio any more."
    assert step.error.remedy == "Upload the reference again on the master page."
    assert run.step("mix").main is not None


def test_the_song_command_takes_a_reference(monkeypatch, capsys, tmp_path, open_studio, hit):
    studio = open_studio(WithMatchering())
    monkeypatch.setattr(Studio, "open", classmethod(lambda cls, **_: studio))
    shape = ["song", "--prompt", "x", "--instrumental", "--out", str(tmp_path / "out"), "--json"]
    assert main([*shape, "--reference", str(hit)]) in (0, 3)
    capsys.readouterr()
    reopened = open_studio()
    (summary,) = reopened.runs("me")
    assert reopened.run(summary.id).step("master").figures["reference_name"] == "hit.wav"
