"""Demucs at the separate stage: chosen where its weights are, judged by its contract, told where it broke."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from core.audio import write
from core.checks.stems import residual_db
from core.cli.main import main
from core.contract import Severity
from core.engines.demucs.settings import DemucsSettings
from core.engines.registry import ENGINES
from core.errors import EngineMissingError
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.stages.base import Work
from core.stages.separate import Residual, SeparateSettings, SeparateStage
from tests.engines.demucs.conftest import RATE
from tests.engines.demucs.tiny import FOUR, package_of, write_bag, write_package
from tests.sounds import band
from tests.stages import material

STAGE = SeparateStage()
SONG = {"song": {"song": material.plucks(1)}}


@pytest.fixture
def models(tmp_path, monkeypatch):
    """An empty folder of models, and no hub's cache."""
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.fixture
def stays_open(hosts, monkeypatch):
    """The engines of every test here, which nobody closes."""
    monkeypatch.setattr(hosts, "close", lambda: None)
    return hosts


def chosen(hosts, **settings):
    return STAGE.choose(SeparateSettings(**settings), SONG, hosts)


def separated(hosts, folder, song, **settings):
    given = SeparateSettings(engine="demucs", checkpoint=str(folder), **settings)
    choice = STAGE.choose(given, {"song": {"song": song}}, hosts)
    plain = material.work(given, {"song": {"song": song}}, hosts)
    work = Work(**{**vars(plain), "engine": choice.engine, "checkpoint": choice.checkpoint})
    return work, STAGE.run(work)


# Which is taken


def test_it_is_registered_before_spleeter_which_auto_takes_without_its_weights(hosts, models):
    names = [engine.card.name for engine in ENGINES if engine.card.stage == "separate"]
    assert names[:2] == ["demucs", "spleeter"]
    choice = chosen(hosts)
    assert choice.engine == "spleeter"
    assert (
        "HT Demucs: its model (htdemucs or htdemucs_ft) is not downloaded: neither under GAINSTAGE_MODELS"
        in choice.reason
    )


@pytest.mark.parametrize("place", ["htdemucs", "demucs"])
def test_auto_prefers_it_where_its_weights_are(hosts, models, tiny, place):
    shutil.copytree(tiny, models / place)
    choice = chosen(hosts)
    assert choice.engine == "demucs"
    assert "its weights htdemucs are here; it declares itself untrained" in choice.reason
    assert choice.checkpoint == str((models / place).resolve())
    assert choice.weights_id


def test_the_hubs_cache_is_looked_at(hosts, models, tiny, tmp_path):
    cached = tmp_path / "hub" / "models--adefossez--HTDemucs"
    shutil.copytree(tiny, cached / "snapshots" / "abc")
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("abc")
    assert chosen(hosts).checkpoint.endswith("snapshots/abc")


def test_what_is_missing_is_named_file_by_file(hosts, models, fine_tuned):
    shutil.copytree(fine_tuned, models / "htdemucs_ft")
    next((models / "htdemucs_ft").glob("92cfc3b6*")).unlink()
    with pytest.raises(EngineMissingError) as raised:
        chosen(hosts, engine="demucs")
    assert "its weights htdemucs_ft lack 92cfc3b6.safetensors or 92cfc3b6.th" in raised.value.message
    assert "GAINSTAGE_MODELS/htdemucs" in raised.value.remedy


def test_a_model_that_is_chosen_is_taken_from_its_place_or_refused(hosts, models, tiny, six):
    shutil.copytree(tiny, models / "htdemucs")
    named = {"options": {"demucs": DemucsSettings(model="htdemucs_6s")}}
    for engine in ("demucs", "auto"):
        with pytest.raises(EngineMissingError) as raised:
            chosen(hosts, engine=engine, **named)
        told = raised.value.message + " ".join(raised.value.causes)
        assert "htdemucs_6s" in told
    assert chosen(hosts, engine="spleeter", **named).engine == "spleeter"
    shutil.copytree(six, models / "htdemucs_6s")
    assert chosen(hosts, **named).checkpoint.endswith("htdemucs_6s")


def test_a_shared_folder_holds_several_models_and_the_chosen_one_is_played(hosts, models, tiny, six):
    for folder in (tiny, six):
        shutil.copytree(folder, models / "demucs", dirs_exist_ok=True)
    for model, count in (("auto", 4), ("htdemucs_6s", 6)):
        settings = SeparateSettings(engine="demucs", options={"demucs": DemucsSettings(model=model)})
        choice = STAGE.choose(settings, SONG, hosts)
        plain = material.work(settings, SONG, hosts)
        output = STAGE.run(Work(**{**vars(plain), "engine": "demucs", "checkpoint": choice.checkpoint}))
        assert len(output.sounds) == count


def test_a_bag_of_ones_own_is_a_checkpoint_too(hosts, models, tmp_path, tiny):
    folder = shutil.copytree(tiny, tmp_path / "own")
    (folder / "htdemucs.yaml").rename(folder / "mine.yaml")
    assert chosen(hosts, engine="demucs", checkpoint=str(folder)).engine == "demucs"


# What it delivers


def test_the_stage_tells_the_residual_the_model_and_that_it_learned_nothing(hosts, tiny):
    song = band().between(0, 3)
    work, output = separated(hosts, tiny, song)
    kept = separated(hosts, tiny, song, residual=Residual.KEEP)[1]
    expected = residual_db(song.samples, {name: stem.samples for name, stem in kept.sounds.items()})
    assert output.figures.residual_db == pytest.approx(expected, abs=0.01)
    assert output.figures.sum_exact and not kept.figures.sum_exact
    assert output.figures.engine["model"] == "htdemucs"
    assert output.made_by.engine == "demucs" and output.made_by.native_rate == RATE
    assert not output.made_by.approximate
    findings = {finding.check: finding for finding in material.judged(STAGE, work, output)}
    assert findings["trained"].severity is Severity.WARN
    assert findings["stem_sum"].severity is Severity.WARN, (
        "random weights leave much of the song, as promised"
    )


def test_what_is_delivered_must_add_up_even_from_random_weights(hosts, tiny):
    work, output = separated(hosts, tiny, band().between(0, 3))
    other = material.scaled(output.sounds["other"], 0.5)
    harmed = replace(output, sounds={**output.sounds, "other": other})
    findings = {finding.check: finding for finding in material.judged(STAGE, work, harmed)}
    assert findings["stem_sum"].severity is Severity.FAIL


def test_a_network_of_zeros_is_silence_and_named_as_such(hosts, tmp_path):
    from tests.engines.demucs.tiny import make_network

    network = make_network()
    state = {key: value * 0 for key, value in package_of(network)["state"].items()}
    write_package(tmp_path, "955717e8", package_of(network, state=state))
    write_bag(tmp_path, "htdemucs", ["955717e8"])
    work, output = separated(hosts, tmp_path, band().between(0, 3), residual=Residual.KEEP)
    failed = {f.check for f in material.judged(STAGE, work, output) if f.severity is Severity.FAIL}
    assert "near_silent" in failed


# Where it breaks


def test_a_broken_checkpoint_stops_the_run_at_separate_with_its_diagnosis(
    open_studio, tmp_path, tiny, finish, stays_open
):
    folder = shutil.copytree(tiny, tmp_path / "broken")
    file = next(folder.glob("*.th"))
    file.write_bytes(file.read_bytes()[:1000])
    write(tmp_path / "mine.wav", band().between(0, 3))
    studio = open_studio(stays_open)
    request = SongRequest(upload=studio.upload({"mine.wav": tmp_path / "mine.wav"}))
    settings = RunSettings().with_values(
        {"separate.engine": "demucs", "separate.checkpoint": str(folder), "separate.demucs.shifts": "1"}
    )
    run = finish(studio, request, settings)
    (step,) = [step for step in run.steps if step.error]
    assert step.stage == "separate"
    assert step.error.message == f"The Demucs file {file.name} in broken cannot be read."
    assert "cut off" in step.error.causes[0]
    assert step.error.remedy == "Download the model again into that folder."


def test_the_command_separates_from_a_checkpoint(tmp_path, tiny, capsys, stays_open, monkeypatch):
    monkeypatch.setattr("core.cli.separate.open_engines", lambda: stays_open)
    write(tmp_path / "song.wav", band().between(0, 3))
    told = [
        "--separator",
        "demucs",
        "--set",
        f"separate.checkpoint={tiny}",
        "--set",
        "separate.demucs.shifts=1",
    ]
    status = main(["separate", str(tmp_path / "song.wav"), "-o", str(tmp_path / "out"), *told, "--json"])
    said = json.loads(capsys.readouterr().out)
    assert status == 0, said
    assert (said["engine"], said["verdict"]) == ("demucs", "warn")
    assert said["figures"]["model"] == "htdemucs" and "residual_db" in said["figures"]
    assert {path.stem for path in (tmp_path / "out").glob("*.wav")} == set(FOUR)
