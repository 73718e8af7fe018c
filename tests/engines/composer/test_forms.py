"""What the band makes of a form: a lifted last chorus, a soloist, an intro of one player, a fade."""

import numpy as np
import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.compose.theory import scale
from core.engines.composer.play.fades import audible, fade
from core.engines.composer.play.sheet import lead_sheet
from core.song import SectionKind, SongRequest
from core.writing.instruments import BY_NAME
from core.writing.keys import shifted
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan


def song(prompt, seconds=60.0, seed=4, **more):
    plan = make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=seconds, **more))
    return plan, arrange(plan, write_lyrics(plan)).score


def inside(plan, score, part, index):
    beats = [bar.start_beat for bar in score.bars if bar.section_index == index]
    return [n for n in part.notes if beats[0] + 0.2 <= n.start_beat < beats[-1] + plan.beats_per_bar - 0.5]


def test_after_a_key_change_the_tune_is_in_the_new_key():
    plan, score = song("pop, key change")
    index = next(at for at, section in enumerate(plan.sections) if section.key_shift)
    key = shifted(plan.key, plan.sections[index].key_shift)
    notes = [n.pitch % 12 for line in score.sung if line.section_index == index for n in line.notes]
    here, before = (sum(p in scale(one) for p in notes) for one in (key, plan.key))
    assert here >= 0.95 * len(notes) and here > before
    assert f"in {key}" in lead_sheet(plan, score)


def test_the_soloist_plays_the_solos_and_nothing_else():
    plan, score = song("ballad with guitar solo")
    solo = next(part for part in score.parts if part.name.endswith("solo"))
    assert solo.program == BY_NAME["overdriven guitar"].program
    at = {score.bars[int((n.start_beat + 0.1) // plan.beats_per_bar)].section.kind for n in solo.notes}
    assert at == {SectionKind.SOLO}


def test_an_intro_of_one_player_is_left_to_it():
    plan, score = song("rock with piano intro")
    for part in score.parts:
        is_piano = part.program == BY_NAME["piano"].program and part.stem == "other"
        assert is_piano or not inside(plan, score, part, 0)
    assert any(inside(plan, score, part, 0) for part in score.parts)


@pytest.mark.parametrize("prompt", ["pop that fades out", "rock that fades out"])
def test_a_song_that_fades_plays_on(prompt):
    plan, score = song(prompt)
    drums = next(part for part in score.parts if part.stem == "drums")
    assert len([n for n in drums.notes if n.start_beat > score.bars[-1].start_beat - 0.1]) > 3
    sound = {"other": np.ones((44_100 * 60, 2), np.float32)}
    fade(sound, plan, 44_100)
    level = sound["other"][:, 0]
    assert level[-1] < 1e-3 and level[44_100 * 40] == 1.0 and np.all(np.diff(level) <= 0)
    played = audible(plan, {"other": [(0.0, plan.duration_s)]})["other"]
    assert played[0][1] < plan.duration_s - 2.0


def test_a_song_that_fades_in_is_audible_at_once():
    plan, _ = song("ambient, fade in, instrumental")
    sound = {"other": np.ones((44_100 * 60, 2), np.float32)}
    fade(sound, plan, 44_100)
    assert 0.01 < sound["other"][0, 0] < 0.1 and sound["other"][44_100 * 4, 0] == 1.0
