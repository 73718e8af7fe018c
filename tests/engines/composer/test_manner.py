"""How it is sung: vibrato that is audible, scoops, drift, falls, and a man's voice where one is asked for."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import Role
from core.engines.composer.sing.phrasing import _melody
from core.engines.composer.sing.singer import throat, through
from core.engines.composer.sing.sung import LOW_PLACES, SungNote, backing_lines, sung_lines
from core.engines.composer.sing.voice_graph import STEP_S
from core.engines.composer.stock.manners import MANNERS, USUAL, Manner
from core.writing.genres import BY_NAME
from core.writing.prompt import read_prompt
from tests.engines.composer.songs import plan_for, words_for

NOTES = (SungNote(0.45, 0.3, 60.0), SungNote(0.75, 1.2, 64.0), SungNote(2.4, 0.8, 62.0))
STEPS = 280


def melody(manner, seed=1, notes=NOTES):
    return _melody(notes, STEPS, manner, seed)


def inside(pitch, note, start=0.2, stop=0.9):
    time = (np.arange(STEPS) + 0.5) * STEP_S
    share = (time - note.start_s) / note.duration_s
    return pitch[(share >= start) & (share <= stop)] - note.midi


@pytest.mark.parametrize("genre", ["pop", "soul", "techno", "hip hop", "lo-fi"])
def test_notes_stay_in_tune_and_move_as_a_voice_does(genre):
    manner = MANNERS.get(genre, USUAL)
    for seed in range(20):
        pitch = melody(manner, seed)
        for note in NOTES:
            assert abs(100 * np.median(inside(pitch, note))) < 35.0
        spread = 100 * np.std(inside(pitch, NOTES[1], 0.1, 0.9))
        assert 5.0 < spread < 45.0


@pytest.mark.parametrize(
    "manner", sorted({*MANNERS.values(), USUAL}, key=repr), ids=lambda m: f"{m.vibrato_cents}"
)
@pytest.mark.parametrize("slower", [1.0, 1.26])
def test_every_note_moves_by_10_cents_about_its_own_pitch_and_by_no_more_than_25(manner, slower):
    times = np.cumsum([0.45, *[0.2, 0.28, 0.35, 0.5] * 2])
    notes = tuple(SungNote(at, after - at, 60.0) for at, after in pairwise(times))
    spreads, offs = [], []
    for seed in range(12):
        pitch = melody(through(replace(manner, scoops=0.0), slower), seed, notes)
        middles = [inside(pitch, note, 0.25, 0.9) for note in notes[:-1]]
        spreads += [100 * np.std(middle) for middle in middles]
        offs += [100 * abs(np.mean(middle)) for middle in middles]
    assert min(spreads) > 10.0 and np.median(spreads) < 25.0
    assert np.median(offs) < 8.0


def test_vibrato_sets_in_late_and_goes_as_far_as_the_genre_has_it():
    still = Manner(50.0, 5.4, 0.0, 0.0, 0.0, 0.0)
    pitch = melody(still)
    assert np.abs(inside(pitch, NOTES[1], 0.08, 0.16)).max() < 0.05
    assert np.abs(inside(pitch, NOTES[1], 0.5, 0.85)).max() == pytest.approx(0.5, abs=0.06)
    assert np.abs(inside(pitch, NOTES[0], 0.2, 0.8)).max() < 0.3, "a short note has none"
    flat = melody(Manner(0.0, 5.4, 0.0, 0.0, 0.0, 0.0))
    assert np.ptp(inside(flat, NOTES[1], 0.1, 0.9)) < 1e-6


def test_a_phrase_may_begin_below_its_note_and_its_last_note_falls():
    manner = Manner(0.0, 5.4, 80.0, 0.5, 0.0, 100.0)
    begins = [inside(melody(manner, seed), NOTES[0], 0.0, 0.1).min() for seed in range(20)]
    assert max(begins) < -0.2 or sum(begin < -0.2 for begin in begins) >= 15
    time = (np.arange(STEPS) + 0.5) * STEP_S
    end = NOTES[2].start_s + NOTES[2].duration_s
    assert melody(manner)[np.searchsorted(time, end)] < NOTES[2].midi - 0.6


def test_a_long_throat_is_sung_through_with_more_so_that_it_comes_out_the_same():
    same, long = through(USUAL, 1.0), through(USUAL, 1.26)
    assert same == USUAL
    assert long.vibrato_hz == pytest.approx(1.26 * USUAL.vibrato_hz)
    assert 1.05 < long.vibrato_cents / USUAL.vibrato_cents < 1.26
    assert long.drift_cents > USUAL.drift_cents and long.scoop_cents == USUAL.scoop_cents


def test_the_same_seed_sings_alike():
    assert np.array_equal(melody(USUAL, 3), melody(USUAL, 3))
    assert not np.array_equal(melody(USUAL, 3), melody(USUAL, 4))
    assert set(MANNERS) <= set(BY_NAME)


@pytest.mark.parametrize(
    ("prompt", "low", "duet"),
    [
        ("90s rock, male vocals", True, False),
        ("male singer, soul", True, False),
        ("a baritone sings a slow ballad", True, False),
        ("jazz crooner", True, False),
        ("folk, tenor", True, False),
        ("country, male", True, False),
        ("pop with female vocals", False, False),
        ("male and female vocals, pop", False, True),
        ("song about an old man", False, False),
        ("ballad for a young woman about a man", False, False),
        ("jazz with tenor sax", False, False),
        ("pop without male vocals", False, False),
        ("human voices", False, False),
    ],
)
def test_a_mans_voice_is_asked_for(prompt, low, duet):
    read = read_prompt(prompt)
    assert (read.low_voice, read.duet) == (low, duet)
    if low:
        assert read.instrumental is False
        assert not any("could not be followed" in note for note in read.notes)


@pytest.mark.parametrize("genre", ["country", "metal", "hip hop"])
def test_a_man_leads_lower_from_a_longer_throat_and_his_harmonies_follow(genre):
    plan = plan_for(f"{genre}, male vocals", seconds=90.0)
    assert plan.low_voice
    score = arrange(plan, words_for(plan)).score
    lead = LOW_PLACES[Role.LEAD]
    assert all(lead.low <= note.pitch <= lead.high for line in score.sung for note in line.notes)
    for line in (*sung_lines(score), *backing_lines(score)):
        assert line.low_voice and throat(line) > 1.05
    for line in score.backing:
        place = LOW_PLACES[line.role]
        assert all(place.low <= note.pitch <= place.high for note in line.notes)


def test_a_duet_and_an_instrumental_have_no_low_lead():
    assert not plan_for("duet, male vocals").low_voice
    assert not plan_for("male vocals", instrumental=True).low_voice
