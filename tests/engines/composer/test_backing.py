"""Harmonies, doubles and the second voice: what they sing, where they stand; the lead stays itself."""

import numpy as np
import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.compose.rhythm import strength
from core.engines.composer.model import TUNE, Role
from core.engines.composer.sing.blend import blended
from core.engines.composer.sing.reverb import Reverb
from core.engines.composer.sing.singer import Singer
from core.engines.composer.sing.sung import PLACES, SungLine, SungNote, backing_lines, sung_lines
from core.engines.composer.sing.voice import Voice
from core.engines.composer.stock.manners import Manner
from core.progress import silent
from core.song import SectionKind
from core.writing.prompt import read_prompt
from tests.engines.composer.songs import ToneSinger, plan_for, words_for

DOUBLES = {Role.DOUBLE_LEFT, Role.DOUBLE_RIGHT}
PROMPTS = ("pop", "rock ballad", "soul", "country waltz", "synthwave", "jazz")


def score_of(plan):
    return arrange(plan, words_for(plan)).score


def beside_the_tune(score):
    """Yield each line behind the tune with the line of the tune that it goes with."""
    tune = {(line.section_index, line.notes[0].start_beat): line for line in score.sung}
    for line in score.backing:
        yield line, tune[line.section_index, line.notes[0].start_beat]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_harmony_keeps_a_third_or_sixth_from_the_tune_and_stands_in_the_chord(prompt):
    plan = plan_for(prompt, seconds=150.0)
    score = score_of(plan)
    apart, exposed, in_chord = [], 0, 0
    for line, tune in beside_the_tune(score):
        if line.role in DOUBLES:
            assert line.notes == tune.notes
            continue
        place = PLACES[line.role]
        for note, sung in zip(line.notes, tune.notes, strict=True):
            assert place.low <= note.pitch <= place.high
            assert (note.start_beat, note.length_beats) == (sung.start_beat, sung.length_beats)
            apart.append(abs(note.pitch - sung.pitch))
            if strength(note.start_beat, plan.beats_per_bar) >= 0.8:
                exposed += 1
                bar = score.bars[int(note.start_beat // plan.beats_per_bar)]
                in_chord += note.pitch % 12 in bar.chord.tones
    assert len(apart) > 30
    assert np.isin(apart, (3, 4, 8, 9)).mean() >= 0.85
    assert np.isin(apart, (0, 3, 4, 5, 7, 8, 9, 12)).all()
    assert in_chord / exposed >= 0.75


def test_verses_are_sung_alone_and_the_first_chorus_holds_something_back():
    plan = plan_for("pop", seconds=180.0)
    score = score_of(plan)
    harmonies = [line.section_index for line in score.backing if line.role not in DOUBLES]
    choruses = [at for at, section in enumerate(plan.sections) if section.kind is SectionKind.CHORUS]
    assert len(choruses) > 1 and {line.section_index for line in score.backing} == set(choruses)
    assert 0 < harmonies.count(choruses[0]) < harmonies.count(choruses[1])
    assert {line.role for line in score.sung} == {Role.LEAD}


def test_takes_of_one_line_are_late_and_off_by_a_little_against_the_lead():
    score = score_of(plan_for("pop", seconds=60.0))
    lead = {line.notes[0].start_s: line for line in sung_lines(score)}
    doubles = [line for line in backing_lines(score) if line.role in DOUBLES]
    lateness = []
    for line in doubles:
        near = min(lead.values(), key=lambda other: abs(other.notes[0].start_s - line.notes[0].start_s))
        lateness.append(line.notes[0].start_s - near.notes[0].start_s)
        assert 0.0 < abs(line.notes[0].midi - near.notes[0].midi) <= 0.12
    assert min(lateness) > 0.005 and max(lateness) < 0.04 and len(set(lateness)) > 2
    beat_s = 60.0 / score.tempo_bpm
    for line, written in zip(sung_lines(score), score.sung, strict=True):
        assert [note.midi for note in line.notes] == [float(note.pitch) for note in written.notes]
        assert 0.009 < line.notes[0].start_s - written.notes[0].start_beat * beat_s < 0.031


def test_a_duet_takes_turns_in_its_verses_and_sings_its_choruses_together_an_octave_apart():
    plan = plan_for("pop duet about the sea", seconds=180.0)
    score = score_of(plan)
    verses = [at for at, s in enumerate(plan.sections) if s.sung and s.kind is not SectionKind.CHORUS]
    roles = {line.section_index: line.role for line in score.sung}
    assert len(verses) >= 2
    assert [roles[at] for at in verses] == [(Role.LEAD, Role.SECOND)[k % 2] for k in range(len(verses))]
    in_chorus = [line for line in score.sung if plan.sections[line.section_index].kind is SectionKind.CHORUS]
    assert {line.role for line in in_chorus} == {Role.LEAD}
    assert [line.text for line in score.backing] == [line.text for line in in_chorus]
    assert {line.role for line in score.backing} == {Role.PARTNER}
    first, second = (
        [note.pitch for line in score.sung if line.role is role for note in line.notes]
        for role in (Role.LEAD, Role.SECOND)
    )
    assert np.mean(first) - np.mean(second) >= 5 and max(second) <= PLACES[Role.SECOND].high


def test_a_duet_with_one_verse_shares_it_and_says_how_the_song_was_shared():
    plan = plan_for("ballad duet", seconds=30.0)
    arrangement = arrange(plan, words_for(plan))
    verses = [at for at, s in enumerate(plan.sections) if s.sung and s.kind is not SectionKind.CHORUS]
    roles = [line.role for line in arrangement.score.sung if line.section_index == verses[0]]
    assert len(verses) == 1 and roles == sorted(roles) and set(roles) == {Role.LEAD, Role.SECOND}
    assert any("second voice sings" in note for note in arrangement.notes)


def test_duet_is_read_from_the_prompt_and_an_instrumental_has_none():
    assert "duet" in read_prompt("a duet about rain").understood
    assert plan_for("a duet about rain").duet and not plan_for("a song about rain").duet
    assert not plan_for("a duet about rain", instrumental=True).duet


def level_db(wave, hertz, rate):
    time = np.arange(len(wave)) / rate
    return 20 * np.log10(2 * abs(np.mean(wave * np.exp(-2j * np.pi * hertz * time))) + 1e-12)


def test_those_behind_the_tune_are_softer_and_to_their_side():
    rate = 24_000
    time = np.arange(8 * rate) / rate
    takes = {
        Role.LEAD: 0.2 * np.sin(2 * np.pi * 1000 * time),
        Role.BELOW: 0.2 * np.sin(2 * np.pi * 1100 * time),
        Role.DOUBLE_RIGHT: 0.02 * np.sin(2 * np.pi * 1200 * time),
    }
    dry = Reverb(wet_db=-90.0)
    out = blended({role: take.astype(np.float32) for role, take in takes.items()}, rate, dry)
    lead, below, right = (
        [level_db(out[:, side], hertz, rate) for side in (0, 1)] for hertz in (1000, 1100, 1200)
    )
    assert lead[0] == pytest.approx(lead[1], abs=0.1)
    assert below[0] - below[1] > 6 and right[1] - right[0] > 9
    for heard, role in ((below, Role.BELOW), (right, Role.DOUBLE_RIGHT)):
        power = 10 * np.log10(np.mean([10 ** (db / 10) for db in heard]))
        assert power - lead[0] == pytest.approx(PLACES[role].level_db, abs=1.0)


def test_the_tune_can_be_listened_to_by_itself():
    score = score_of(plan_for("pop", seconds=40.0))
    for roles, behind in ((frozenset(Role), len(score.backing)), (TUNE, 0)):
        singer = ToneSinger()
        Voice(lambda singer=singer: singer, roles).start(score, 40 * 22_050, 22_050).result()
        assert len(singer.behind) == behind and len(singer.heard) == len(score.sung)


@pytest.fixture(scope="module")
def singer():
    return Singer()


def held(singer, role, key, word="oh"):
    """Return a held word of one singer, mono at 24 kHz."""
    still = Manner(20.0, scoop_cents=0.0, drift_cents=0.0, fall_cents=0.0)
    line = SungLine(word, (word,), (SungNote(1.0, 1.5, key),), role, manner=still)
    return singer.perform([line], 3.0, 24_000, silent).sound.mean(axis=1)


def pitch_hz(wave, rate=24_000):
    """Pitch by autocorrelation, refined by a parabola (Boersma 1993, without the window's correction)."""
    wave = wave * np.hanning(len(wave))
    spectrum = np.fft.rfft(wave, 4 * len(wave))
    same = np.fft.irfft(np.square(np.abs(spectrum)))[: rate // 70]
    at = rate // 500 + int(np.argmax(same[rate // 500 : -1]))
    a, b, c = same[at - 1 : at + 2]
    return rate / (at + 0.5 * (a - c) / (a - 2 * b + c))


@pytest.mark.parametrize(("role", "key"), [(Role.LEAD, 62), (Role.SECOND, 52), (Role.ABOVE, 67)])
def test_each_voice_is_in_tune_and_in_time_at_its_own_height(singer, role, key):
    sound = held(singer, role, key)
    wanted = 440 * 2 ** ((key - 69) / 12)
    assert abs(1200 * np.log2(pitch_hz(sound[33_000:40_000]) / wanted)) < 15
    power = np.square(sound).reshape(-1, 240).sum(axis=1)
    loud = np.flatnonzero(power > 0.1 * power.max())
    assert loud[0] / 100 == pytest.approx(1.0, abs=0.06)
    assert 2.3 < loud[-1] / 100 < 2.7


def test_the_second_voice_has_a_longer_throat_than_the_first(singer):
    def resonance(role):
        sound = held(singer, role, 60, "he")[30_000:54_000]
        power = np.square(np.abs(np.fft.rfft(sound)))
        hertz = np.fft.rfftfreq(len(sound), 1 / 24_000)
        heard = (hertz > 1_200) & (hertz < 6_000)
        return float((hertz[heard] * power[heard]).sum() / power[heard].sum())

    assert resonance(Role.SECOND) < 0.9 * resonance(Role.LEAD)
