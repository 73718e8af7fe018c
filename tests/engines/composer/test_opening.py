"""The first listen: a song's first section, there before the rest, and no part of the song itself."""

import wave

import numpy as np
import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.play.opening import LONGEST_S, RING_S, opening_of, write_opening
from core.engines.composer.sing.voice import Voice
from core.engines.composer.worker import Worker
from core.errors import Cancelled, StorageError
from core.progress import silent
from tests.engines.composer.songs import ToneSinger, plan_for, the_players, words_for

RATE = 22_050


def made(plan, lyrics, path="", report=silent):
    worker = Worker(Voice(ToneSinger), the_players())
    return worker.compose(
        {
            "plan": plan.model_dump(mode="json"),
            "lyrics": lyrics.model_dump(mode="json"),
            "sample_rate": RATE,
            "first_listen": str(path),
        },
        {},
        report,
    )


def heard(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32_768.0


@pytest.mark.parametrize("prompt", ["pop", "ballad"])
def test_the_first_section_is_heard_before_the_song_is_played_and_the_song_is_the_same(tmp_path, prompt):
    plan = plan_for(prompt, seconds=40.0)
    lyrics = words_for(plan)
    path = tmp_path / "first.wav"
    there_at = []

    def report(fraction, message):
        if path.exists() and not there_at:
            there_at.append(fraction)

    _, sounds = made(plan, lyrics, path, report)
    assert there_at and there_at[0] < 0.1
    assert [found.name for found in tmp_path.iterdir()] == ["first.wav"]
    opening, song = heard(path), sounds["clip_1"][0]
    seconds = min(plan.sections[0].bars * plan.bar_s, LONGEST_S // plan.bar_s * plan.bar_s)
    assert len(opening) / RATE == pytest.approx(seconds + RING_S, abs=0.01)
    assert 0.05 < np.abs(opening).max() < 0.8 and np.abs(opening[-20:]).max() < 1e-3
    same = slice(0, int((seconds - 0.5) * RATE))
    assert np.corrcoef(opening[same].mean(axis=1), song[same].mean(axis=1))[0, 1] > 0.8
    assert np.array_equal(made(plan, lyrics)[1]["clip_1"][0], song)


def test_a_section_that_is_sung_is_sung_in_the_first_listen():
    plan = plan_for("ballad", seconds=40.0)
    assert plan.sections[0].sung
    score = arrange(plan, words_for(plan)).score
    opening = opening_of(score)
    assert opening is not None
    first = [line for line in score.sung if line.section_index == 0]
    assert opening.score.sung and opening.score.sung == tuple(first[: len(opening.score.sung)])


def test_a_short_song_has_none(tmp_path):
    plan = plan_for("pop", seconds=10.0)
    made(plan, words_for(plan), tmp_path / "first.wav")
    assert not list(tmp_path.iterdir())


def test_a_song_can_be_cancelled_while_its_opening_is_played(tmp_path):
    plan = plan_for("pop", seconds=40.0)

    def stop(fraction, message):
        if message.startswith("Playing"):
            raise Cancelled

    with pytest.raises(Cancelled):
        made(plan, words_for(plan), tmp_path / "first.wav", stop)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_a_typed_error(tmp_path):
    sound = np.random.default_rng(1).normal(0, 0.1, (RATE, 2)).astype(np.float32)
    with pytest.raises(StorageError):
        write_opening({"other": sound}, RATE, tmp_path / "nowhere" / "first.wav")
