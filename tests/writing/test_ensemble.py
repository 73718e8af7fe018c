"""The prompt's band: who plays alone, what a bare guitar or horn means, tempo and length without ceremony."""

import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.stock.styles import STYLES
from core.song import SongRequest
from core.writing.dances import DANCES
from core.writing.ensemble import length_s
from core.writing.instruments import INSTRUMENTS
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan


def plan_of(prompt, seconds=24.0):
    return make_plan(SongRequest(prompt=prompt, seed=4, duration_s=seconds))


@pytest.mark.parametrize(
    ("prompt", "band", "without"),
    [
        ("solo harp lullaby, instrumental", ("harp",), {"drums", "bass"}),
        ("piano only, instrumental", ("piano",), {"drums", "bass"}),
        ("string quartet only, instrumental", ("strings",), {"drums", "bass"}),
        ("just nylon guitar and cello, instrumental", ("nylon guitar", "cello"), {"drums", "bass"}),
        ("only piano, double bass and drums, instrumental", ("piano", "double bass"), set()),
        ("a cappella gospel", ("choir",), {"drums", "bass"}),
        ("ballad for piano and voice", ("piano",), {"drums", "bass"}),
    ],
)
def test_a_band_of_just_those_is_just_those(prompt, band, without):
    plan = plan_of(prompt)
    assert plan.instruments == band and set(plan.without) == without
    score = arrange(plan, None).score
    programs = {tool.program for tool in INSTRUMENTS if tool.name in band}
    assert {part.program for part in score.parts if part.stem != "drums"} <= programs
    assert score.parts and any("alone" in note or "Nobody" in note or "choir" in note for note in plan.notes)


@pytest.mark.parametrize(
    "prompt", ["guitar solo, metal", "a lonely piano ballad with strings", "piano, only better", "jazz trio"]
)
def test_other_bands_have_the_genres_players_too(prompt):
    plan = plan_of(prompt)
    assert not plan.without and len(plan.instruments) >= 2


@pytest.mark.parametrize(
    ("prompt", "band", "without"),
    [
        ("piano without anything else", ("piano",), {"drums", "bass"}),
        ("single acoustic guitar, sad", ("acoustic guitar",), {"drums", "bass"}),
        ("nur Klavier, ruhig", ("piano",), {"drums", "bass"}),
        ("seulement piano et violon", ("piano", "violin"), {"drums", "bass"}),
        ("solo piano, no other instruments, 3 minutes", ("piano",), {"drums", "bass"}),
        ("barbershop quartet", ("choir",), {"drums", "bass"}),
        ("vocals only", ("choir",), {"drums", "bass"}),
        ("without instruments", ("choir",), {"drums", "bass"}),
    ],
)
def test_alone_is_said_in_many_ways(prompt, band, without):
    plan = plan_of(prompt)
    assert plan.instruments == band and set(plan.without) == without


def test_not_only_is_no_only_and_a_voice_alone_in_an_intro_is_no_a_cappella():
    assert len(plan_of("not only piano but also strings").instruments) > 2
    plan = plan_of("a cappella intro, gospel", 60.0)
    assert not plan.without and plan.sections[0].only == ("choir",)


@pytest.mark.parametrize(
    ("prompt", "gone"),
    [
        ("rock, no guitars", {"overdriven guitar", "electric guitar", "acoustic guitar"}),
        ("soul, no horns", {"brass section", "french horn"}),
        ("synthwave without synths", {"synth lead", "polysynth", "synth pad", "synth strings"}),
        ("metal, no electric guitar", {"distorted guitar", "overdriven guitar"}),
    ],
)
def test_who_is_not_to_play_is_the_whole_family(prompt, gone):
    plan = plan_of(prompt)
    assert not set(plan.instruments) & gone and arrange(plan, None).score.parts


def test_one_of_a_family_that_is_asked_for_plays():
    assert "acoustic guitar" in plan_of("metal with acoustic guitar, no electric guitars").instruments


@pytest.mark.parametrize(
    ("prompt", "genre"),
    [("folk metal", "metal"), ("blues rock", "rock"), ("country rap", "hip hop"), ("folk and metal", "folk"),
     ("lo-fi jazz", "lo-fi"), ("soul ballad", "soul"), ("metal, folk", "metal")],
)  # fmt: skip
def test_of_two_genres_in_a_row_the_noun_is_the_groove(prompt, genre):
    assert plan_of(prompt).genre == genre


@pytest.mark.parametrize("prompt", ["drums only, no drums", "only bass, no bass"])
def test_a_band_of_nobody_is_a_piano(prompt):
    plan = plan_of(f"{prompt}, instrumental")
    assert any("nobody to play" in note for note in plan.notes)
    assert arrange(plan, None).score.parts


@pytest.mark.parametrize(
    ("prompt", "bpm"),
    [("90-100 bpm lo-fi", 95), ("between 120 and 130 bpm, house", 125), ("120ish bpm, pop", 120),
     ("around 128, techno", 128), ("slow 60", 60)],
)  # fmt: skip
def test_a_range_and_a_rough_tempo_are_followed(prompt, bpm):
    assert plan_of(prompt).tempo_bpm == bpm


@pytest.mark.parametrize(
    ("prompt", "letters"),
    [("double chorus at the end, pop", "cc"), ("bridge after the second chorus, pop", "b"),
     ("AABA form, jazz", "vvbv")],
)  # fmt: skip
def test_a_form_that_is_described_is_followed(prompt, letters):
    plan = plan_of(prompt, 120.0)
    assert letters in "".join(str(section.kind)[0] for section in plan.sections)
    assert not plan.not_understood


@pytest.mark.parametrize(
    ("prompt", "low"),
    [
        ("no male vocals, pop", False),
        ("no female vocals, pop", True),
        ("boy band pop", True),
        ("low voice, blues", True),
    ],
)
def test_whose_voice_it_is_not_says_whose_it_is(prompt, low):
    plan = plan_of(prompt)
    assert (plan.low_voice, plan.instrumental) == (low, False) and not plan.not_understood


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("metal with guitars", "distorted guitar"),
        ("hard rock guitars", "overdriven guitar"),
        ("folk with guitar", "acoustic guitar"),
        ("jazz with guitar", "jazz guitar"),
        ("funk with horns", "brass section"),
        ("cinematic with horns", "french horn"),
        ("metal with acoustic guitar", "acoustic guitar"),
    ],
)
def test_a_bare_word_means_what_the_genre_means(prompt, name):
    assert plan_of(prompt).instruments[0] == name


@pytest.mark.parametrize(
    ("prompt", "bpm"), [("174, drum and bass", 174), ("rock at 90", 90), ("house, 124, dark", 124)]
)
def test_a_bare_tempo_is_followed(prompt, bpm):
    assert plan_of(prompt).tempo_bpm == bpm


@pytest.mark.parametrize(
    "prompt", ["pop at 5 in the morning", "80s synthwave", "summer of 69", "12, 13 and 14"]
)
def test_other_figures_are_no_tempo(prompt):
    plan = plan_of(prompt)
    assert plan.tempo_bpm not in (5, 80, 69, 12, 13, 14)


def test_a_length_in_words_is_answered_when_another_is_set():
    assert any("5 minutes" in note and "24 s" in note for note in plan_of("5 minutes of jazz").notes)
    assert not any("length" in note for note in plan_of("five minutes of jazz", 300.0).notes)


def test_contradictory_bands_are_played_and_say_who_plays():
    plan = plan_of("solo drums with strings")
    parts = arrange(plan, None).score.parts
    assert {part.stem for part in parts} == {"drums", "other"}
    assert "Nobody else plays, as asked: strings and drums." in plan.notes
    assert arrange(plan_of("a cappella with loud guitars, no voice"), None).score.parts


def test_forty_instruments_are_a_band_and_those_without_a_part_are_named():
    names = [tool.name for tool in INSTRUMENTS[:40]]
    arrangement = arrange(plan_of(", ".join(names)), None)
    assert 4 <= len(arrangement.score.parts) <= 12
    said = next(note for note in arrangement.notes if "no part left for" in note)
    assert sum(name in said for name in names) >= 6 and "..." in said


@pytest.mark.parametrize(
    "prompt",
    ["a story with no subject", "a song about", "song about nothing", "about about", "", "sung by nobody"],
)
def test_a_song_about_nothing_has_words_and_is_sung(prompt):
    plan = plan_of(prompt, 60.0)
    lyrics = write_lyrics(plan)
    assert lyrics.lines and plan.title and arrange(plan, lyrics).score.sung


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("pop, three minutes", 180.0),
        ("rock, 90 seconds", 90.0),
        ("ambient, 2:30", 150.0),
        ("two and a half minutes of jazz", 150.0),
        ("a minute and a half of jazz", 90.0),
        ("half a minute of jazz", 30.0),
        ("a two-minute ballad", 120.0),
        ("1 min 30 sec, folk", 90.0),
        ("two minutes thirty of jazz", 150.0),
        ("zwei Minuten Jazz", 120.0),
        ("tres minutos de salsa", 180.0),
    ],
)
def test_a_length_is_read_in_words_and_figures(prompt, seconds):
    found = length_s(prompt)
    assert found is not None and found[1] == seconds
    assert not plan_of(prompt).not_understood


@pytest.mark.parametrize("prompt", ["a song about two lovers", "90s pop", "at 5:30 in the morning, pop"])
def test_other_words_are_no_length(prompt):
    assert length_s(prompt) is None


def test_only_drums_and_bass_is_drums_and_bass():
    parts = arrange(plan_of("only drums and bass, instrumental"), None).score.parts
    assert {part.stem for part in parts} == {"drums", "bass"}
    assert {part.stem for part in arrange(plan_of("solo drums, instrumental"), None).score.parts} == {"drums"}


def test_instruments_without_a_part_are_named():
    notes = arrange(plan_of("pop with violin, flute, oboe, trumpet, clarinet and piano"), None).notes
    assert any("no part left for" in note and "clarinet" in note for note in notes)
    assert not any("no part left" in note for note in arrange(plan_of("pop with piano"), None).notes)


@pytest.mark.parametrize(
    ("prompt", "leader", "beats"),
    [("polka", "accordion", 4), ("mazurka", "piano", 3), ("klezmer wedding dance", "clarinet", 4)],
)
def test_a_dance_brings_its_own_band(prompt, leader, beats):
    plan = plan_of(prompt)
    assert (plan.instruments[0], plan.beats_per_bar) == (leader, beats)
    assert set(plan.instruments) <= {tool.name for tool in INSTRUMENTS}


def test_every_dance_is_read_and_played_by_players_of_the_palette():
    names = {tool.name for tool in INSTRUMENTS}
    for dance in DANCES:
        assert set(dance.band) <= names and dance.name in STYLES
        for word in dance.words:
            assert plan_of(word).instruments == dance.band, word


@pytest.mark.parametrize("prompt", ["Wah Male Falsetto", "lots of reverb, ambient", "half a minute of jazz"])
def test_no_title_is_made_of_what_was_not_followed(prompt):
    assert not set(plan_of(prompt).title.lower().split()) & set(prompt.lower().replace(",", "").split())
