"""A selection that is silenced: keyed, undone, and not called a dropout by any stage."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import write
from core.checks.gaps import NoGaps
from core.contract import Case, Severity, Span
from core.errors import SettingsError
from core.runs.pipeline import RunSettings, key_settings
from core.runs.record import RunState
from core.song import SongRequest
from core.stages.assemble import AssembleSettings, Silence
from tests.sounds import band, sound


def with_silence(settings, *stretches):
    silences = tuple(Silence(start_s=start, stop_s=stop) for start, stop in stretches)
    return settings.model_copy(update={"assemble": AssembleSettings(silences=silences)})


def odd(run):
    return {
        (step.stage, f.check)
        for step in run.steps
        for f in step.findings
        if f.severity in (Severity.WARN, Severity.FAIL)
    }


def test_silenced_stretches_are_made_from_the_clip_on_and_are_no_dropouts(open_studio, finish):
    studio = open_studio()
    before = finish(studio)
    studio.change(before.id, with_silence(before.settings, (2.0, 4.0), (7.0, 8.0)))
    run = studio.wait(before.id)
    assert run.state is RunState.DONE
    assert odd(run) <= odd(before)
    assert [step.stage for step in run.steps if step.cached] == ["lyrics", "generate"]
    for stage in ("assemble", "separate"):
        samples = studio.audio(run.step(stage).main.key).samples
        assert not any(samples[round(44_100 * at)].any() for at in (2.05, 3.0, 3.95, 7.05, 7.99))
        assert np.abs(samples[2 * 44_100 - 4_410 : 2 * 44_100]).max() > 0
    assert run.step("assemble").notes[:2] == (
        "Silenced by choice: 2.00 to 4.00 s.",
        "Silenced by choice: 7.00 to 8.00 s.",
    )
    studio.undo(run.id)
    undone = studio.wait(run.id)
    assert [step.main.key for step in undone.steps[1:]] == [step.main.key for step in before.steps[1:]]


def test_a_silence_in_an_uploaded_song_is_no_gap_and_another_gap_is_one(open_studio, tmp_path):
    path = tmp_path / "song.wav"
    write(path, band())
    studio = open_studio()
    request = SongRequest(upload=studio.upload({"song.wav": path}))
    plain = studio.wait(studio.start(request, RunSettings(), "me"))
    cut = studio.wait(studio.start(request, with_silence(RunSettings(), (2.0, 3.0)), "me"))
    # No separator is here: both come as far as that.
    assert cut.blame == plain.blame == "separate"
    assert odd(cut) <= odd(plain)
    song, clip = (studio.audio(cut.step(stage).main.key) for stage in ("assemble", "generate"))
    case = {"stage": "assemble", "outputs": {"song": sound(song)}, "inputs": {"clip_1": sound(clip)}}
    meant, other = (Span(start_s=start, stop_s=start + 1) for start in (2.0, 5.0))
    (outcome,) = case["outputs"].values()
    assert NoGaps().examine(outcome, Case(**case, silenced=(meant,))).severity is Severity.OK
    assert NoGaps().examine(outcome, Case(**case, silenced=(other,))).severity is Severity.FAIL


def test_without_a_silence_the_key_is_what_it_was_and_with_one_another():
    without = key_settings("assemble", AssembleSettings(), "")
    assert "silences" not in without
    silenced = with_silence(RunSettings(), (1.0, 2.0)).assemble
    assert key_settings("assemble", silenced, "")["silences"] == [{"start_s": 1.0, "stop_s": 2.0}]


@pytest.mark.parametrize("text", ['[{"start_s": 2, "stop_s": 2}]', '[{"start_s": -1, "stop_s": 2}]', "[1]"])
def test_a_silence_that_is_none_is_refused_in_a_sentence(text):
    with pytest.raises(SettingsError):
        RunSettings().with_values({"assemble.silences": text})
