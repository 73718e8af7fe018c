"""The form as a prompt asks for it: sections, solos, drops, key changes, fades."""

import pytest

from core.song import Plan, SectionKind, SongRequest
from core.writing.plan import make_plan
from core.writing.prompt import read_prompt

LETTERS = dict(
    zip(("intro", "verse", "pre-chorus", "chorus", "bridge", "solo", "outro"), "IVPCBSO", strict=True)
)


def plan_of(prompt, seconds=90.0, seed=4):
    return make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=seconds))


def form(plan):
    return "".join(LETTERS[s.kind] for s in plan.sections)


def longest(plan, kind):
    return max(s.bars * plan.bar_s for s in plan.sections if s.kind is kind)


@pytest.mark.parametrize(
    ("prompt", "held"),
    [
        ("metal with guitar solo", "S"),
        ("ballad with a sax solo", "S"),
        ("rock, long guitar solo in the middle", "S"),
        ("pop with a bridge", "B"),
        ("indie, bridge, big chorus", "B"),
        ("rock with intro and outro", "IO"),
        ("trance, build-up", "P"),
        ("country, instrumental break", "S"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_section_that_is_asked_for_is_there(prompt, held, seed):
    plan = plan_of(prompt, seed=seed)
    assert set(held) <= set(form(plan)) and not plan.not_understood and not plan.instrumental


@pytest.mark.parametrize(
    ("prompt", "letter"), [("pop, no intro", "I"), ("rock without a solo", "S"), ("folk, no outro", "O")]
)
def test_a_section_that_is_declined_is_not(prompt, letter):
    assert letter not in form(plan_of(prompt, 150.0))


def test_an_order_is_followed_with_an_opening_or_an_end_where_the_bars_ask_for_it():
    asked = "rock: verse, chorus, verse, chorus, bridge, chorus"
    assert form(plan_of(asked)).strip("IO") == "VCVCBC"
    assert form(plan_of("pop, intro - verse - pre-chorus - chorus - outro", 60.0)) == "IVPCO"
    assert form(plan_of("pop that starts with the chorus", 60.0)).startswith("C")


def test_a_form_that_does_not_fit_is_reported():
    plan = plan_of("slow ballad, verse chorus verse chorus bridge solo chorus", 12.0)
    assert any("does not fit" in note for note in plan.notes)


def test_a_drop_is_a_chorus_that_nobody_sings():
    plan = plan_of("house with a heavy drop about summer")
    drops = [s for s in plan.sections if s.kind is SectionKind.CHORUS and not s.sung]
    sung = [s for s in plan.sections if s.kind is SectionKind.CHORUS and s.sung]
    assert drops and sung and drops[0].energy >= sung[0].energy


@pytest.mark.parametrize(("said", "up"), [("key change", 2), ("modulates up a half step at the end", 1)])
def test_a_key_change_lifts_the_last_chorus(said, up):
    plan = plan_of(f"pop, {said}")
    shifts = [(s.kind, s.key_shift) for s in plan.sections]
    last = max(at for at, (kind, _) in enumerate(shifts) if kind is SectionKind.CHORUS)
    assert shifts[last][1] == up and shifts[0][1] == 0


def test_a_fade_is_no_ending():
    assert plan_of("pop that fades out").fades_out and plan_of("rock, fade out at the end").fades_out
    assert plan_of("ambient, fade in").fades_in
    assert not plan_of("rock, no fade out").fades_out


def test_an_intro_is_as_long_and_by_whom_it_is_asked_for():
    usual, long = plan_of("rock"), plan_of("rock, long intro")
    assert longest(long, SectionKind.INTRO) > longest(usual, SectionKind.INTRO)
    assert plan_of("ballad with piano intro").sections[0].only == ("piano",)
    assert plan_of("metal, guitar intro").sections[0].only == ("distorted guitar",)


@pytest.mark.parametrize(
    ("prompt", "player"),
    [
        ("ballad with guitar solo", "overdriven guitar"),
        ("jazz, guitar solo", "jazz guitar"),
        ("soul with sax solo", "saxophone"),
    ],
)
def test_a_solo_is_played_by_whom_the_genre_means(prompt, player):
    plan = plan_of(prompt)
    assert plan.solo == player and player in plan.instruments


@pytest.mark.parametrize(
    "prompt",
    [
        "pop song about the bridge over the river",
        "a song called Fade Out",
        "ballad about my solo trip",
        "folk song about rain drops",
        "the colors fade, indie",
    ],
)
def test_what_a_song_is_about_is_no_form(prompt):
    assert not read_prompt(prompt).form.words


def test_typed_lyrics_keep_their_own_form():
    from core.writing.typed import parse_typed

    request = SongRequest(
        prompt="pop with guitar solo", typed_lyrics="[verse]\nOne line of words here", seed=1
    )
    plan = make_plan(request, parse_typed(request.typed_lyrics))
    assert any("typed lyrics" in note for note in plan.notes)


def test_later_fields_are_written_only_where_they_say_something():
    plain = plan_of("pop").model_dump(mode="json")
    assert not {"solo", "fades_in", "fades_out"} & set(plain)
    assert not {"key_shift", "only"} & set(plain["sections"][0])
    asked = plan_of("pop with sax solo, piano intro, key change, fade out")
    assert Plan.model_validate(asked.model_dump(mode="json")) == asked


@pytest.mark.parametrize("genre", ["pop", "rock", "techno", "folk", "waltz", "soul", "house", "celtic"])
def test_a_second_verse_fits_in_forty_seconds(genre):
    plan = plan_of(f"{genre} song", 40.0)
    assert form(plan).count("V") == 2 and form(plan).count("C") == 2
    assert form(plan_of(f"{genre} song", 20.0)).count("V") <= 1
