"""What the voice is told: consonants before the beat, vowels on it, glides, rests and vibrato."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.composer.sing.phonemes import Nucleus, Pronounced
from core.engines.composer.sing.phrasing import LEAD_S, lay_out
from core.engines.composer.sing.singer import Singer
from core.engines.composer.sing.sung import SungLine, SungNote
from core.engines.composer.sing.voice_graph import FRAME_S, STEP_S
from core.engines.composer.stock.manners import Manner
from core.progress import silent

RATE = 24_000


def la_la(onsets=("l", "l")):
    """Return a line of as many words as ``onsets``, each a consonant or none and a stressed vowel."""
    phonemes, nuclei = [], []
    for number, onset in enumerate(onsets):
        phonemes += [*" "[: len(phonemes)], *onset, "ˈ"]
        nuclei.append(Nucleus(len(phonemes), (number,)))
        phonemes.append("ɑ")
    return Pronounced(tuple(phonemes), tuple(nuclei))


STILL = Manner(28.0, 5.5, scoop_cents=0.0, scoops=0.0, drift_cents=0.0, fall_cents=0.0)
"""Without liberties, so that glides and vibrato can be read off."""


def laid_out(line, notes, spoken=4, manner=STILL):
    return lay_out(line, notes, np.full(len(line.phonemes) + 2, spoken, np.int64), manner)


def begins_s(phrase, line, which):
    """Return when the label of one vowel's mark begins, against the line's first note."""
    first = line.nuclei[which].at - 1
    return float(phrase.frames[: first + 1].sum() * FRAME_S - LEAD_S)


def keys_of(phrase):
    return 69.0 + 12.0 * np.log2(phrase.pitch_hz / 440.0)


def at(phrase, time_s):
    return keys_of(phrase)[int((time_s + LEAD_S) / STEP_S)]


TWO = (SungNote(3.0, 0.5, 60.0), SungNote(3.5, 0.5, 65.0))


def test_a_glide_is_half_way_on_its_note_and_done_soon_after():
    phrase = laid_out(la_la(), TWO, manner=replace(STILL, vibrato_cents=0.0))
    time = (np.arange(len(phrase.pitch_hz)) + 0.5) * STEP_S - LEAD_S
    half = time[np.argmax(keys_of(phrase) > 62.5)]
    assert half == pytest.approx(0.5, abs=STEP_S)
    assert at(phrase, 0.4) == pytest.approx(60.0, abs=0.01)
    assert at(phrase, 0.6) == pytest.approx(65.0, abs=0.01)


@pytest.mark.parametrize("word", ["k", "s", ""])
def test_a_vowel_that_sets_in_late_is_told_earlier(word):
    line, voiced = la_la(("l", word)), la_la(("l", "l"))
    assert begins_s(laid_out(line, TWO), line, 1) < begins_s(laid_out(voiced, TWO), voiced, 1)


def test_a_consonant_is_sung_before_the_beat_and_no_longer_than_it_is_spoken():
    line = la_la(("l", "s"))
    short, spoken, drawn = (
        laid_out(line, TWO, frames).frames[line.nuclei[1].at - 2] for frames in (2, 5, 20)
    )
    assert 1 <= short < spoken == drawn <= 6


def test_a_long_note_has_a_vibrato_after_a_moment_and_a_short_one_none():
    line = la_la(("l",))
    long, short = (keys_of(laid_out(line, (SungNote(1.0, length, 62.0),))) for length in (2.0, 0.35))
    steady = slice(round(LEAD_S / STEP_S), round((LEAD_S + 0.18) / STEP_S))
    assert np.ptp(long[steady]) < 0.01 and 0.4 < np.ptp(long) < 0.6
    assert np.ptp(short) < 0.01


def test_a_rest_inside_a_line_is_still_and_a_legato_line_is_not():
    apart = (TWO[0], SungNote(4.2, 0.5, 65.0))
    breathless = (TWO[0], SungNote(3.6, 0.5, 65.0))
    for notes, sounds in ((apart, False), (breathless, True), (TWO, True)):
        phrase = laid_out(la_la(), notes)
        gap = slice(*(round((LEAD_S + edge) / STEP_S) for edge in (0.3, notes[1].start_s - 3.0)))
        assert bool(phrase.sounding[gap].all()) is sounds
        energy = phrase.shaped(np.full(len(phrase.sounding), -2.0, np.float32))
        assert (energy.min() < -6.0) and (bool((energy[gap] > -4.0).all()) is sounds)


def test_a_lines_last_vowel_dies_away_and_the_consonants_after_it_do_not():
    line = Pronounced(("l", "ˈ", "ɑ", "m", "p"), (Nucleus(2, (0,)),))
    phrase = laid_out(line, (SungNote(3.0, 1.2, 62.0),))
    energy = phrase.shaped(np.full(len(phrase.sounding), -2.0, np.float32))
    held = np.flatnonzero(phrase.held)
    coda = np.flatnonzero(phrase.sounding & (np.arange(len(energy)) > held[-1]))[2:-4]
    assert len(coda) >= 3 and energy[coda].min() > -2.05
    assert energy[held[-3]] < energy[held[len(held) // 2]] - 0.4


def test_what_lies_outside_the_line_is_faded_out():
    phrase = laid_out(la_la(), TWO)
    gated = phrase.gated(np.ones(len(phrase.sounding) * 300, np.float32))
    assert gated[0] == 0.0 and gated[len(gated) // 2] == 1.0


notes_of = st.lists(
    st.tuples(st.floats(0.06, 2.0), st.floats(0.0, 1.0), st.integers(57, 69)), min_size=1, max_size=8
)


@settings(max_examples=80, deadline=None)
@given(notes=notes_of, spoken=st.integers(1, 12), onset=st.sampled_from(["", "l", "st", "ŋkst"]))
def test_any_line_keeps_its_time(notes, spoken, onset):
    start, sung = 0.5, []
    for length, rest, key in notes:
        sung.append(SungNote(start, length, float(key)))
        start += length + (rest if rest > 0.2 else 0.0)
    line = la_la((onset,) * len(sung))
    phrase = laid_out(line, sung, spoken)
    steps = 2 * int(phrase.frames.sum())
    assert phrase.frames.min() >= 1 and len(phrase.frames) == len(line.phonemes) + 2
    assert {len(phrase.pitch_hz), len(phrase.sounding), len(phrase.held), len(phrase.swell)} == {steps}
    assert np.isfinite(phrase.pitch_hz).all() and np.isfinite(phrase.swell).all()
    assert keys_of(phrase).min() > 56.5 and keys_of(phrase).max() < 69.5
    end = sung[-1].start_s + sung[-1].duration_s - sung[0].start_s + LEAD_S
    assert end - 0.1 < phrase.frames.sum() * FRAME_S < end + 1.3 + 0.1 * len(sung) * (len(onset) + 1)


@pytest.fixture(scope="module")
def singer():
    return Singer()


def sets_in_s(wave, when_s):
    """Return when, against ``when_s``, the voice has become periodic (autocorrelation over 30 ms)."""
    unvoiced_until = np.nan
    for start in range(round((when_s - 0.12) * RATE), round((when_s + 0.12) * RATE), 60):
        window = wave[start - 360 : start + 360] * np.hanning(720)
        same = np.fft.irfft(np.square(np.abs(np.fft.rfft(window, 2048))))
        if same[RATE // 500 : RATE // 200].max() < 0.4 * same[0] or same[0] < 1e-3:
            unvoiced_until = start + 60
    return unvoiced_until / RATE - when_s


@pytest.mark.parametrize(
    "words",
    [("see", "toe", "caw", "cow", "tea", "sea", "fee"), ("oh", "at", "all", "every", "under", "is")],
    ids=["voiceless", "vowel"],
)
def test_the_voice_sets_in_on_the_beat_whatever_a_word_begins_with(singer, words):
    line = tuple(part for word in words for part in ("la", word))
    notes = tuple(SungNote(1.0 + 0.6 * n, 0.6, 60.0 + 7.0 * (n % 2)) for n in range(len(line)))
    sung = SungLine(" ".join(line), line, notes)
    sound = singer.sing([sung], 2.0 + 0.6 * len(line), RATE, silent).mean(axis=1)
    late = [sets_in_s(sound, note.start_s) for note in notes[1::2]]
    assert np.isfinite(late).all()
    assert abs(float(np.median(late))) < 0.025, late
