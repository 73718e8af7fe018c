"""Played by hands: one clock for the kit, the voice behind the beat, bars that differ, controllers."""

import io
import itertools
from collections import Counter

import mido
import numpy as np
import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.compose.hands import Hands
from core.engines.composer.model import BEND
from core.engines.composer.play.smf import part_bytes
from core.engines.composer.sing.sung import _in_seconds, sung_lines
from core.engines.composer.stock.feels import FEELS
from core.engines.composer.stock.grooves import HAT, KICK
from core.engines.composer.stock.sounds import Seat
from core.song import SectionKind
from core.writing.genres import BY_NAME
from core.writing.instruments import INSTRUMENTS
from tests.engines.composer.songs import plan_for, words_for

SUSTAINED = {tool.program for tool in INSTRUMENTS if tool.sustains}


def score_of(prompt, seconds=60.0, seed=42):
    plan = plan_for(prompt, seconds=seconds, seed=seed)
    return plan, arrange(plan, words_for(plan)).score


def off_ms(plan, notes, grid=0.25):
    return np.array(
        [(n.start_beat - round(n.start_beat / grid) * grid) * 60_000 / plan.tempo_bpm for n in notes]
    )


@pytest.mark.parametrize("genre", ["pop", "rock", "techno", "punk", "indie"])
def test_the_kit_has_one_drifting_clock(genre):
    plan, score = score_of(genre)
    kit = next(part for part in score.parts if part.seat is Seat.KIT)
    off = off_ms(plan, kit.notes)
    assert 2.0 <= off.std() <= 8.0
    assert np.corrcoef(off[:-1], off[1:])[0, 1] > 0.4
    together = [
        abs(a.start_beat - b.start_beat)
        for a, b in itertools.pairwise(n for n in kit.notes if n.pitch in (KICK, HAT))
        if {a.pitch, b.pitch} == {KICK, HAT} and abs(a.start_beat - b.start_beat) < 0.1
    ]
    assert together and max(together) * 60_000 / plan.tempo_bpm < 4.0, "kick and hat have one clock"


def test_the_ducking_and_the_bass_follow_the_kick_as_it_is_played():
    _, score = score_of("house")
    kit = next(part for part in score.parts if part.seat is Seat.KIT)
    played = {round(note.start_beat, 6) for note in kit.notes if note.pitch == KICK}
    assert {round(kick, 6) for kick in score.kicks} == played


@pytest.mark.parametrize("genre", ["pop", "soul", "punk", "ballad", "techno"])
def test_the_voice_is_behind_the_beat_by_phrases_and_keeps_its_ends(genre):
    plan, score = score_of(genre)
    late = []
    for written, line in zip(score.sung, sung_lines(score), strict=True):
        straight = _in_seconds(written, 60.0 / plan.tempo_bpm)
        for before, after in zip(straight.notes, line.notes, strict=True):
            late.append(1000 * (after.start_s - before.start_s))
            assert after.start_s + after.duration_s == pytest.approx(before.start_s + before.duration_s)
            assert after.duration_s > 0.05
    assert min(late) > 5.0 and max(late) <= 30.01 and np.std(late) > 1.5
    assert sung_lines(score) == sung_lines(score)


@pytest.mark.parametrize(
    "genre", ["pop", "ballad", "rock", "lullaby", "techno", "gospel", "waltz", "bossa nova"]
)
def test_a_chord_part_of_24_bars_has_eight_different_ones(genre):
    plan, score = score_of(genre, 120.0)
    part = next(part for part in score.parts if part.seat in (Seat.CHORDS, Seat.GUITARS))
    bars = {}
    for note in part.notes:
        place = (note.start_beat + 0.06) / plan.beats_per_bar
        bars.setdefault(int(place), set()).add(round((place % 1) * plan.beats_per_bar * 4))
    first = [frozenset(bars[at]) for at in sorted(bars)][:24]
    assert len(set(first)) >= 8 or len(first) < 24
    assert max(Counter(first).values()) >= 2, "it is still a figure that comes back"


@pytest.mark.parametrize(
    "prompt", ["pop", "cinematic", "gospel", "celtic fiddle", "jazz saxophone", "ambient", "metal"]
)
def test_every_sustained_part_has_controllers_and_all_values_are_midi(prompt):
    plan, score = score_of(prompt)
    for part in score.parts:
        if part.program in SUSTAINED and part.stem == "other":
            assert part.controls, part.name
        stop = score.beats + 4.0
        track = mido.MidiFile(file=io.BytesIO(part_bytes(part, plan.tempo_bpm, stop))).tracks[0]
        assert sum(m.type == "pitchwheel" for m in track) == sum(c.number == BEND for c in part.controls)
        assert sum(m.time for m in track) == round(stop * 480)


def test_a_pianos_pedal_is_lifted_with_every_bar_and_at_the_end():
    _, score = score_of("ballad")
    piano = next(part for part in score.parts if part.seat is Seat.CHORDS and part.program == 0)
    pedal = [control for control in piano.controls if control.number == 64]
    assert {control.value for control in pedal} == {0, 127} and pedal[-1].value == 0


def test_some_genres_broaden_before_the_last_chord_and_machines_do_not():
    for genre, slows in (("lullaby", True), ("waltz", True), ("techno", False), ("punk", False)):
        _, score = score_of(genre)
        last = score.bars[-1].start_beat
        first = min(n.start_beat for p in score.parts for n in p.notes if n.start_beat > last - 0.12)
        assert (first - last > 0.2) == slows, genre


def test_the_beats_before_a_broadened_end_are_later_and_later():
    plan, score = score_of("lullaby")
    hands = Hands(plan, score.bars)
    last = score.bars[-1].start_beat
    late = [hands.broadened(last - beat) - (last - beat) for beat in (4.0, 2.0, 1.0, 0.0)]
    assert late[0] == 0.0 and late == sorted(late) and 0.02 < late[1] < late[2] < late[3]


def test_the_last_chorus_lifts():
    plan, score = score_of("pop", 150.0)
    choruses = [at for at, s in enumerate(plan.sections) if s.kind is SectionKind.CHORUS]
    assert len(choruses) >= 2
    line = next(part for part in score.parts if part.seat is Seat.LINE)

    def top(index):
        inside = {bar.index for bar in score.bars if bar.section_index == index}
        return max(n.pitch for n in line.notes if int(n.start_beat // plan.beats_per_bar) in inside)

    assert top(choruses[-1]) > top(choruses[0])


def test_feels_are_of_genres_that_there_are():
    assert set(FEELS) <= set(BY_NAME)
