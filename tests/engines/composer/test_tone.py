"""Tone and width: curves are followed, nothing moves in time, the low end and the mono sum stay whole."""

from dataclasses import replace

import numpy as np
import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.play.loudness import loudness_lufs
from core.engines.composer.play.render import SONG_LUFS, play
from core.engines.composer.play.tone import OFF_DB, WIDEST, Tone, drive, shape
from core.engines.composer.play.way import make_way
from core.engines.composer.sing.air import with_air
from core.engines.composer.sing.reverb import Reverb, in_room
from core.engines.composer.stock.sounds import SOUNDS, TONES, VOICE, Seat, under_a_voice
from core.progress import silent
from core.writing.genres import BY_NAME
from tests.engines.composer.songs import compose, plan_for, the_players, words_for

RATE = 48_000


def noise(seconds=2.0, seed=1, channels=2):
    return np.random.default_rng(seed).normal(0, 0.1, (round(seconds * RATE), channels)).astype(np.float32)


def level_db(wave, low, high):
    hertz = np.fft.rfftfreq(len(wave), 1 / RATE)
    power = np.abs(np.fft.rfft(wave)) ** 2
    return 10 * np.log10(power[(hertz >= low) & (hertz < high)].sum() + 1e-20)


def side_to_mid_db(sound, low, high):
    middle, sides = sound.sum(axis=1) / 2, (sound[:, 0] - sound[:, 1]) / 2
    return level_db(sides, low, high) - level_db(middle, low, high)


def test_a_curve_is_followed_and_a_flat_one_changes_nothing():
    sound = noise(1.5)
    flat = sound.copy()
    shape(flat, RATE, Tone(), "x")
    assert np.abs(flat - sound).max() < 1e-4
    shaped = sound.copy()
    shape(shaped, RATE, Tone(((200.0, 0.0), (1000.0, -6.0), (4000.0, 3.0))), "x")
    middle, before = shaped.sum(axis=1), sound.sum(axis=1)
    assert level_db(middle, 950, 1050) - level_db(before, 950, 1050) == pytest.approx(-6.0, abs=0.3)
    assert level_db(middle, 5000, 9000) - level_db(before, 5000, 9000) == pytest.approx(3.0, abs=0.3)


def test_sides_without_a_curve_of_their_own_stay_as_they_are():
    sound = noise(3.0)
    shaped = sound.copy()
    shape(shaped, RATE, under_a_voice(9.0, sides=0.0), "drums")
    assert np.abs((shaped[:, 0] - shaped[:, 1]) - (sound[:, 0] - sound[:, 1])).max() < 1e-6
    fall = level_db(sound.sum(axis=1), 2500, 4000) - level_db(shaped.sum(axis=1), 2500, 4000)
    assert fall == pytest.approx(9.0, abs=0.5)


@pytest.mark.parametrize("at", [0, 1, 30_719, 30_720, 40_000, 61_440])
def test_a_click_stays_where_it_is_at_the_seams_of_blocks_too(at):
    sound = np.zeros((70_000, 2), np.float32)
    sound[at] = 0.5
    shape(sound, RATE, TONES[Seat.KIT], "drums")
    assert int(np.abs(sound.sum(axis=1)).argmax()) == at


def test_what_is_spread_is_not_in_the_mono_sum_and_not_in_the_low_end():
    mono = np.repeat(noise(2.0, channels=1), 2, axis=1)
    wide = mono.copy()
    shape(wide, RATE, Tone(spread=TONES[Seat.PAD].spread), "pad")
    assert np.abs(wide.sum(axis=1) - mono.sum(axis=1)).max() < 1e-4
    assert side_to_mid_db(wide, 600, 6000) > -6.0
    assert side_to_mid_db(wide, 20, 110) < -40.0
    again = mono.copy()
    shape(again, RATE, Tone(spread=TONES[Seat.PAD].spread), "strings")
    lean = np.vdot(wide[:, 0] - wide[:, 1], again[:, 0] - again[:, 1])
    assert abs(lean) < 0.2 * np.vdot(wide[:, 0] - wide[:, 1], wide[:, 0] - wide[:, 1])


def test_silence_stays_silent_and_every_seat_keeps_the_low_end_in_the_middle():
    for seat, tone in {**TONES, "voice": VOICE}.items():
        silence = np.zeros((10_000, 2), np.float32)
        shape(silence, RATE, tone, str(seat))
        assert not silence.any()
        assert tone.sides[0][0] <= 110.0 and tone.sides[0][1] <= OFF_DB
        assert tone.spread[0][1] <= OFF_DB and tone.spread[0][0] <= 1000.0
    assert set(TONES) == set(Seat) and set(SOUNDS) <= set(BY_NAME)


@pytest.mark.parametrize("seat", [Seat.PAD, Seat.CHORDS, Seat.LINE])
def test_no_part_is_so_wide_that_one_channel_seems_inverted(seat):
    sound = noise()
    shape(sound, RATE, TONES[seat], "strings", WIDEST)
    assert np.corrcoef(sound.T)[0, 1] > 0.1


def share_of_sides(sound, low=20.0, high=20_000.0):
    """The sides' level against the middle's in dB."""
    middle, side = sound.mean(axis=1), (sound[:, 0] - sound[:, 1]) / 2
    return level_db(side, low, high) - level_db(middle, low, high)


@pytest.mark.parametrize("tone", [*(TONES[seat] for seat in Seat), VOICE])
@pytest.mark.parametrize("low, high", [(150, 230), (230, 410), (410, 600)])
def test_what_is_cut_from_the_middle_is_not_left_alone_at_the_sides(tone, low, high):
    """Singers on both sides, of whom a cut left the sides alone, read as one channel inverted."""
    sound = noise(3.0)
    sound[:, 1] = 0.8 * sound[:, 0] + 0.6 * sound[:, 1]
    before = share_of_sides(sound, low, high)
    shape(sound, RATE, replace(tone, spread=Tone().spread), "chorus")
    assert share_of_sides(sound, low, high) < before + 6.0


def test_a_part_that_is_wide_for_a_moment_is_narrowed_there_and_nowhere_else():
    sound = noise(6.0)
    mono = sound.mean(axis=1, keepdims=True)
    sound[:] = mono + 0.3 * (sound - mono)
    sound[2 * RATE : 3 * RATE, 1] *= -1
    before = sound.copy()
    shape(sound, RATE, Tone(), "organ", WIDEST)
    wide = slice(int(2.2 * RATE), int(2.8 * RATE))
    assert share_of_sides(before[wide]) > 5
    assert share_of_sides(sound[wide]) < 10 * np.log10(WIDEST) + 2.0
    for kept in (slice(0, RATE), slice(4 * RATE, 6 * RATE)):
        assert np.abs(sound[kept] - before[kept]).max() < 1e-5


def test_the_band_makes_way_for_consonants_and_leaves_the_rest_alone():
    sound = noise()
    before = sound.copy()
    shape(sound, RATE, under_a_voice(6.0), "other")
    fall = [
        level_db(before.sum(axis=1), *band) - level_db(sound.sum(axis=1), *band)
        for band in ((2500, 4000), (100, 300))
    ]
    assert fall[0] > 5.0 and abs(fall[1]) < 0.1
    assert {name for name, place in SOUNDS.items() if place.voice_db} == {
        "rock",
        "metal",
        "punk",
        "grunge",
        "ballad",
    }


def test_the_band_makes_way_while_a_line_is_sung_and_not_between_lines():
    plan = plan_for("pop", seconds=30.0)
    score = arrange(plan, words_for(plan)).score
    line = score.sung[0]
    later = tuple(replace(note, start_beat=note.start_beat + 8.0) for note in line.notes)
    score = replace(score, sung=(replace(line, notes=later),))
    start = round(later[0].start_beat * 60.0 / score.tempo_bpm * RATE)
    before, sung = noise(start / RATE + 3.0), noise(start / RATE + 3.0)
    make_way(sung, RATE, score, under_a_voice(6.0), "other")
    quiet = slice(0, start - RATE // 2)
    assert np.array_equal(sung[quiet], before[quiet])
    inside = slice(start + RATE // 10, start + round(0.9 * RATE))
    fall = [
        level_db(before[inside].sum(axis=1), *band) - level_db(sung[inside].sum(axis=1), *band)
        for band in ((2500, 4000), (100, 300), (10_000, 16_000))
    ]
    assert fall[0] > 4.5 and abs(fall[1]) < 0.2 and abs(fall[2]) < 0.2
    nobody = noise(1.0)
    make_way(nobody, RATE, replace(score, sung=()), under_a_voice(6.0), "other")
    assert np.array_equal(nobody, noise(1.0))


def test_every_stem_makes_way_where_vowels_and_consonants_are_told_apart():
    plan = plan_for("pop", seconds=12.0)
    score = arrange(plan, words_for(plan)).score
    frames = round(plan.duration_s * RATE)
    line = max(score.sung, key=lambda line: line.notes[-1].start_beat - line.notes[0].start_beat)
    beats = line.notes[0].start_beat, line.notes[-1].start_beat
    inside = slice(*(round(beat * 60.0 / score.tempo_bpm * RATE) for beat in beats))
    alone, sung = (
        play(one, the_players(), frames, RATE, silent).stems for one in (replace(score, sung=()), score)
    )
    for stem in ("drums", "bass", "other"):
        before, after = (stems[stem][inside].mean(axis=1) for stems in (alone, sung))
        vowels, consonants, lows = (
            level_db(before, *band) - level_db(after, *band)
            for band in ((1000, 2000), (2500, 4000), (60, 250))
        )
        assert vowels > 3.5 and consonants > 4.0 and abs(lows) < 0.5, stem


def test_drive_makes_dense_and_keeps_the_level_of_what_is_soft():
    sound = noise()
    sound[1000:1100] *= 8.0
    dense = sound.copy()
    drive(dense, 7.0)
    assert np.abs(dense).max() < 0.6 * np.abs(sound).max()
    soft = np.abs(sound) < 0.01
    assert np.abs(dense[soft] - sound[soft]).max() < 0.0005
    nothing = np.zeros((100, 2), np.float32)
    drive(nothing, 7.0)
    assert not nothing.any()


def test_a_latin_kits_peaks_leave_the_song_its_loudness():
    plan = plan_for("latin", seconds=14.0, seed=3, instrumental=True)
    _, sounds = compose(plan, rate=RATE)
    assert loudness_lufs(sounds["clip_1"][0], RATE) > SONG_LUFS - 1.5


def test_the_room_is_wide_and_leaves_what_was_there():
    sound = np.zeros((RATE, 2), np.float32)
    sound[100] = 0.5
    in_room(sound, RATE, Reverb())
    assert np.allclose(sound[100], 0.5, atol=1e-5) and np.abs(sound[:100]).max() < 1e-5
    assert abs(np.corrcoef(sound[3000:, 0], sound[3000:, 1])[0, 1]) < 0.2


def test_the_voice_has_air_where_its_network_ends_and_only_there():
    wave = noise(2.0)
    spectrum = np.fft.rfft(wave, axis=0)
    spectrum[np.fft.rfftfreq(len(wave), 1 / RATE) > 11_400] = 0.0
    closed = np.fft.irfft(spectrum, len(wave), axis=0).astype(np.float32)
    open_ = closed.copy()
    with_air(open_, RATE)
    bands = [(11_600, 12_600), (12_600, 13_600), (13_600, 14_600), (14_600, 15_600)]
    below = level_db(open_[:, 0], 10_000, 11_000)
    levels = [level_db(open_[:, 0], *band) - below for band in bands]
    assert all(-9.0 < level < 0.0 for level in levels) and levels == sorted(levels, reverse=True)
    assert abs(level_db(open_[:, 0], 200, 11_000) - level_db(closed[:, 0], 200, 11_000)) < 0.05
    low_rate = closed.copy()
    with_air(low_rate, 22_050)
    assert np.array_equal(low_rate, closed)


def test_a_song_is_as_wide_as_records_and_its_bass_stands_in_the_middle():
    plan = plan_for("indie pop", seconds=10.0, instrumental=True)
    _, sounds = compose(plan, rate=RATE)
    song = sounds["clip_1"][0]
    assert -8.0 < side_to_mid_db(song, 500, 6000) < -1.0
    assert side_to_mid_db(song, 20, 100) < -20.0
    assert side_to_mid_db(sounds["clip_1/bass"][0], 20, 8000) < -40.0
