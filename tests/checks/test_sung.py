"""Whether a song was sung: a voice where words are, on its tune, every line, and none in an instrumental."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.audio import Audio
from core.checks.figures import SeparateFigures
from core.checks.sung import LinesSung, TuneSung, Unsung, VoiceThere
from core.checks.sung_lines import State, lines_by_plan, lines_reported, read_lines
from core.contract import Case, Contract, Figures, Material, Severity, judge, unasked
from core.engines.composer.compose.arrange import arrange
from core.engines.composer.play.sung_notes import sung_notes
from core.engines.composer.sing.voice import Voice
from core.engines.shared.clips import Cut
from core.meter.voice import activity as voices
from core.song import SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan
from tests import sounds

pytestmark = pytest.mark.slow

RATE = 16_000
PLAN = make_plan(SongRequest(prompt="slow ballad about rain", seed=103, duration_s=12.0))
LYRICS = write_lyrics(PLAN)
STEM = "clip_1/vocals"
OK, NOTE, WARN, FAIL = Severity.OK, Severity.NOTE, Severity.WARN, Severity.FAIL


@pytest.fixture(scope="module")
def score():
    return arrange(PLAN, LYRICS).score


@pytest.fixture(scope="module")
def voice(score):
    sung = Voice().start(score, round(PLAN.duration_s * RATE), RATE).result()
    return Audio(sung.sound, RATE)


@pytest.fixture(scope="module")
def figures(score, voice):
    return Figures(engine={"sung": sung_notes(score, Cut(((0, voice.frames),), ()), RATE)})


def case(audio, figures=None, name=STEM, **more):
    held = {"stage": "generate", "plan": PLAN, "lyrics": LYRICS, "delivers": Material.CLIPS} | more
    return Case(outputs={name: sounds.sound(audio, name)}, figures=figures, **held)


def found(check, asked):
    return {f.check: f for f in judge(Contract((check,)), asked)}.get(check.name)


def plucked(audio, figures):
    """The tune on an instrument, in the voice's place."""
    time_s = np.arange(audio.frames) / RATE
    wave = np.zeros(audio.frames)
    for note in (n for line in lines_reported(STEM, figures) for n in line.notes):
        inside = (time_s >= note.start_s) & (time_s < note.stop_s)
        age_s = time_s[inside] - note.start_s
        hz = 440 * 2 ** ((note.key - 69) / 12)
        wave[inside] = np.exp(-3 * age_s) * sum(
            np.sin(2 * np.pi * k * hz * age_s) / k**2 for k in range(1, 8)
        )
    return Audio(np.repeat(0.1 * wave[:, None], 2, axis=1).astype(np.float32), RATE)


def without(audio, start_s, stop_s):
    out = audio.samples.copy()
    out[round(start_s * RATE) : round(stop_s * RATE)] = 0
    return Audio(out, RATE)


def test_the_bands_own_voice_is_a_voice_on_its_tune_with_every_line(voice, figures):
    asked = case(voice, figures)
    assert [found(check, asked).severity for check in (VoiceThere(), TuneSung(), LinesSung())] == [OK, OK, OK]
    notes = [note for line in lines_reported(STEM, figures) for note in line.notes]
    in_tune = sum(one.in_tune for one in read_lines(voice, lines_reported(STEM, figures)))
    assert in_tune >= 0.9 * len(notes)


def test_a_quiet_voice_is_a_voice(voice, figures):
    quiet = Audio(voice.samples * np.float32(0.03), RATE)
    assert found(VoiceThere(), case(quiet, figures)).severity is OK


def test_an_instrument_that_has_the_tune_warns_as_the_detector_misses_voices_too(voice, figures):
    asked = case(plucked(voice, figures), figures)
    assert found(VoiceThere(), asked).severity is WARN
    assert found(TuneSung(), asked).severity is OK


def heard(share):
    """An answer of the detector with a voice in this part of the time, wherever that is."""
    return SimpleNamespace(share=lambda spans: share)


@pytest.mark.parametrize(("share", "severity"), [(0.05, OK), (0.049, WARN), (0.02, WARN), (0.019, FAIL)])
def test_too_little_voice_warns_and_next_to_none_fails(voice, figures, monkeypatch, share, severity):
    monkeypatch.setattr(voices, "activity", lambda *asked: heard(share))
    elsewhere = Audio(voice.samples[::-1].copy(), RATE)
    assert found(VoiceThere(), case(elsewhere, figures)).severity is severity


@pytest.mark.parametrize(("share", "severity"), [(0.10, OK), (0.101, WARN), (0.2, WARN), (0.201, FAIL)])
def test_a_little_voice_in_an_instrumental_warns_and_a_sung_one_fails(voice, monkeypatch, share, severity):
    monkeypatch.setattr(voices, "activity", lambda *asked: heard(share))
    silent = PLAN.model_copy(update={"instrumental": True})
    assert found(Unsung(), case(voice, None, "clip_1", plan=silent)).severity is severity


@pytest.mark.parametrize(("semitones", "severity"), [(0.3, OK), (1.0, FAIL), (12.0, FAIL)])
def test_the_tune_may_be_off_by_less_than_50_cents(voice, figures, semitones, severity):
    lines = [
        {"line": line.text, "notes": [[n.start_s, n.stop_s, n.key + semitones] for n in line.notes]}
        for line in lines_reported(STEM, figures)
    ]
    assert found(TuneSung(), case(voice, Figures(engine={"sung": {STEM: lines}}))).severity is severity


def test_the_line_that_is_left_out_is_named_with_its_second(voice, figures):
    lines = lines_reported(STEM, figures)
    gone = lines[1]
    asked = case(without(voice, gone.start_s - 0.3, gone.stop_s + 0.3), figures)
    finding = found(LinesSung(), asked)
    assert finding.severity is WARN
    assert gone.text[:40] in finding.evidence
    assert [round(one.start_s, 2) for one in finding.spans] == [round(gone.start_s, 2)]
    states = [one.state for one in read_lines(asked.outputs[STEM].audio, lines)]
    assert states == [State.MISSING if line is gone else State.SUNG for line in lines]


def test_a_line_on_other_notes_is_doubtful_and_no_alarm(voice, figures):
    lines = lines_reported(STEM, figures)
    held = [
        {
            "line": line.text,
            "notes": [[n.start_s, n.stop_s, n.key + 2 * (line is lines[0])] for n in line.notes],
        }
        for line in lines
    ]
    finding = found(LinesSung(), case(voice, Figures(engine={"sung": {STEM: held}})))
    assert (finding.severity, "1 doubtful" in finding.evidence) == (NOTE, True)


def test_of_a_separators_vocals_lines_are_looked_for_in_the_plans_time(voice):
    read = SeparateFigures(residual_db=-40.0, sum_exact=True, levels_dbfs={}, sung=True)
    made = {"stage": "separate", "delivers": Material.STEMS}
    whole = case(voice, read, "vocals", **made)
    assert found(LinesSung(), whole).severity in (OK, NOTE)
    line = lines_by_plan(whole)[0]
    cut = case(without(voice, line.start_s, line.stop_s), read, "vocals", **made)
    assert line.text[:40] in found(LinesSung(), cut).evidence


def test_what_was_not_to_be_sung_is_not_asked(voice, figures):
    silent = PLAN.model_copy(update={"instrumental": True})
    unsung = SeparateFigures(residual_db=-40.0, sum_exact=True, levels_dbfs={}, sung=False)
    for asked in (
        case(voice, figures, uploaded=True),
        case(voice, figures, plan=silent),
        case(voice, figures, lyrics=None),
        case(voice, figures, chosen_silent=frozenset({STEM})),
        case(voice, figures, "clip_1/other"),
        case(voice, unsung, "vocals", stage="separate", delivers=Material.STEMS),
    ):
        assert found(VoiceThere(), asked) is None
        assert found(LinesSung(), asked) is None


def test_a_voice_in_an_instrumental_is_found_in_its_vocals_and_in_the_whole(voice):
    silent = PLAN.model_copy(update={"instrumental": True})
    for name in (STEM, "clip_1"):
        assert found(Unsung(), case(voice, None, name, plan=silent)).severity is FAIL
        assert found(Unsung(), case(voice, None, name)) is None
    assert found(Unsung(), case(voice, None, "vocals", plan=silent, delivers=Material.STEMS)).severity is WARN


def test_an_instrumental_with_a_lead_is_none(voice, figures):
    silent = PLAN.model_copy(update={"instrumental": True})
    assert found(Unsung(), case(plucked(voice, figures), None, "clip_1", plan=silent)).severity is OK


def test_without_the_packages_nothing_is_asked_and_the_reason_is_given(voice, figures):
    checks = (VoiceThere(can_listen=False), TuneSung(can_listen=False), LinesSung(can_listen=False))
    contract, asked = Contract(checks), case(voice, figures)
    findings = judge(contract, asked)
    assert findings == ()
    reasons = [one.reason for one in unasked(contract, asked, findings)]
    assert len(reasons) == 3
    assert all("is not installed (make models)" in reason for reason in reasons)


def test_a_judgement_without_the_packages_is_made_again_with_them():
    assert repr(Contract((replace(VoiceThere(), can_listen=False),))) != repr(Contract((VoiceThere(),)))


@pytest.mark.parametrize("held", [None, [], {STEM: 3}, {STEM: [1]}, {STEM: [{"notes": [[1, 2]]}]}])
def test_figures_that_hold_no_lines_are_no_lines(held):
    assert lines_reported(STEM, Figures(engine={"sung": held})) == ()
