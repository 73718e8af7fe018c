"""Takes: another number changes its own part's notes, and no other's."""

import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import Score
from core.engines.composer.settings import BandSettings
from core.errors import EngineInputError
from tests.engines.composer.songs import compose, plan_for, words_for

GENRES = ("pop", "jazz", "metal")
FIRST_LINE = [61, 62, 64, 66, 66, 64, 62, 61]
FIRST_TOUCHES = [88, 62, 50, 95, 89, 90, 79, 84, 85, 68, 68, 73, 83, 70, 79, 86, 90, 90, 81, 90, 93]


def events(score: Score) -> dict[str, object]:
    """Return what each of the four settings is about, as notes."""
    groups: dict[str, object] = {"drums_take": [], "bass_take": [], "chords_take": [], "melody_take": []}
    for part in score.parts:
        lead = part.name.endswith(" lead")
        take = "melody_take" if lead else f"{part.stem}_take" if part.stem != "other" else "chords_take"
        groups[take].append((part.name, part.notes))
    groups["melody_take"] = (groups["melody_take"], score.sung, score.backing)
    return groups


@pytest.mark.parametrize("take", ["drums_take", "bass_take", "chords_take", "melody_take"])
@pytest.mark.parametrize("sung", [True, False], ids=["sung", "instrumental"])
@pytest.mark.parametrize("genre", GENRES)
def test_another_take_changes_its_part_alone(genre, sung, take):
    plan = plan_for(genre, instrumental=not sung)
    lyrics = words_for(plan) if sung else None
    first, again, other = (
        arrange(plan, lyrics, BandSettings.model_validate({take: number})).score for number in (0, 1, 2)
    )
    before, after = events(first), events(again)
    assert {part for part in before if before[part] != after[part]} == {take}
    assert events(other)[take] not in (before[take], after[take])
    assert first.kicks == again.kicks
    assert arrange(plan, lyrics, BandSettings.model_validate({take: 1})).score == again


@pytest.mark.parametrize("genre", GENRES)
def test_every_instrument_of_the_chords_plays_their_take(genre):
    plan = plan_for(genre)
    before, after = (
        dict(events(arrange(plan, words_for(plan), settings).score)["chords_take"])
        for settings in (BandSettings(), BandSettings(chords_take=3))
    )
    assert before.keys() == after.keys()
    assert all(before[name] != after[name] for name in before)


@pytest.mark.parametrize("genre", GENRES)
def test_another_take_of_the_melody_is_another_tune_and_so_are_its_harmonies(genre):
    plan = plan_for(genre, seconds=120.0)
    before, after = (
        arrange(plan, words_for(plan), settings).score
        for settings in (BandSettings(), BandSettings(melody_take=1))
    )
    for row in ("sung", "backing"):
        tunes = [
            [note.pitch for line in getattr(score, row) for note in line.notes] for score in (before, after)
        ]
        assert tunes[0] and tunes[0] != tunes[1]


def test_the_first_takes_are_the_songs_own():
    """The figures were read off version 8 of the band: the song of a seed stays what it is."""
    plan = plan_for("pop")
    score = arrange(plan, words_for(plan)).score
    assert arrange(plan, words_for(plan), BandSettings()).score == score
    assert [note.pitch for note in score.sung[0].notes] == FIRST_LINE
    assert [note.velocity for part in score.parts for note in part.notes[:3]] == FIRST_TOUCHES


def test_the_worker_plays_the_take_that_its_options_name():
    plan = plan_for("pop", seconds=8.0, instrumental=True)
    _, first = compose(plan)
    _, again = compose(plan, options={"drums_take": 4})
    assert (first["clip_1/drums"][0] != again["clip_1/drums"][0]).any()


@pytest.mark.parametrize("options", [{"drums_take": -1}, {"bass_take": 1000}, {"flute_take": 1}])
def test_settings_that_the_band_does_not_know_are_refused(options):
    with pytest.raises(EngineInputError, match="settings"):
        compose(plan_for("pop", seconds=8.0, instrumental=True), options=options)
