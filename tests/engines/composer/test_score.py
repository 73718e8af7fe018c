"""The written music: in key, on the chord, in the singer's range, locked, varied, and ended."""

import itertools

import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.compose.drums import fitted, groove_for, play_drums, swung
from core.engines.composer.compose.harmony import lay_out, voicings
from core.engines.composer.compose.stress import stresses
from core.engines.composer.compose.theory import chord, chord_scale, scale
from core.engines.composer.model import Score, dice
from core.engines.composer.stock.grooves import GROOVES, KICK
from core.engines.composer.stock.styles import STYLES
from core.song import Plan, SectionKind
from core.writing.genres import GENRES
from core.writing.instruments import BY_NAME
from core.writing.progressions import progressions
from tests.engines.composer.songs import plan_for, words_for

GENRE_NAMES = [genre.name for genre in GENRES]


def score_of(plan: Plan, *, sung=True) -> Score:
    return arrange(plan, words_for(plan) if sung else None).score


def strong_hits(plan: Plan, score: Score) -> tuple[int, int]:
    """Sung notes on first and middle beats, and how many of them are chord tones."""
    strong = hits = 0
    for line in score.sung:
        for note in line.notes:
            if note.start_beat % plan.beats_per_bar in (0.0, plan.beats_per_bar / 2):
                bar = score.bars[int(note.start_beat // plan.beats_per_bar)]
                strong += 1
                hits += note.pitch % 12 in bar.chord.tones
    return strong, hits


def pitch_row(score: Score) -> tuple[int, ...]:
    return tuple(note.pitch for line in score.sung for note in line.notes)


def distance(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Normalised edit distance of two rows of intervals."""
    a, b = (tuple(y - x for x, y in itertools.pairwise(row)) for row in (a, b))
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            row.append(min(row[-1] + 1, before[j] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1] / max(len(a), len(b))


@pytest.mark.parametrize("genre", GENRE_NAMES)
def test_every_genre_is_composed_in_key_with_a_part_for_every_stem(genre):
    plan = plan_for(genre)
    score = score_of(plan)
    assert {part.stem for part in score.parts} == {"drums", "bass", "other"}
    assert len({part.channel for part in score.parts}) == len(score.parts)
    allowed = [chord_scale(bar.chord, plan.key) for bar in score.bars]
    inside = total = 0
    for part in score.parts:
        for note in part.notes:
            assert 1 <= note.velocity <= 127 and note.length_beats > 0 and note.start_beat >= 0
            assert note.start_beat < score.beats
            if part.stem != "drums":
                bar = min(len(score.bars) - 1, int((note.start_beat + 0.02) // plan.beats_per_bar))
                inside += note.pitch % 12 in allowed[bar]
                total += 1
    assert inside / total >= 0.93


@pytest.mark.parametrize("genre", GENRE_NAMES)
def test_the_tune_stays_in_the_singers_range_with_a_note_a_syllable_and_a_breath_a_line(genre):
    plan = plan_for(genre)
    score = score_of(plan)
    assert score.sung
    beat_s = 60.0 / plan.tempo_bpm
    for line in score.sung:
        assert len(line.notes) == len(line.syllables)
        assert all(57 <= note.pitch <= 69 for note in line.notes)
        for note, following in itertools.pairwise(line.notes):
            assert note.start_beat + note.length_beats <= following.start_beat + 1e-9
            assert note.length_beats * beat_s >= 0.1
    for line, following in itertools.pairwise(score.sung):
        gap_s = (
            following.notes[0].start_beat - line.notes[-1].start_beat - line.notes[-1].length_beats
        ) * beat_s
        assert gap_s >= 0.3
    strong, hits = strong_hits(plan, score)
    assert hits / strong >= 0.85


def test_a_line_starts_in_its_first_bar():
    for genre in ("pop", "punk", "ballad", "waltz"):
        plan = plan_for(genre)
        score = score_of(plan)
        starts = {bar.start_beat for bar in score.bars if bar.bar_in_section % plan.bars_per_line == 0}
        for line in score.sung:
            first = line.notes[0].start_beat // plan.beats_per_bar * plan.beats_per_bar
            assert first in starts


def test_the_chorus_has_a_hook_that_returns():
    plan = plan_for("pop", seconds=150.0)
    score = score_of(plan)
    rows = [
        tuple(note.pitch for note in line.notes)
        for line in score.sung
        if plan.sections[line.section_index].kind is SectionKind.CHORUS
    ]
    assert len(rows) > len(set(rows)), "no line of the chorus is ever sung to the same tune again"
    assert len(set(rows)) > 1, "every line of the chorus is the same"


def test_verse_and_chorus_have_tunes_of_their_own():
    plan = plan_for("rock", seconds=90.0)
    by_kind = {}
    for line in score_of(plan).sung:
        by_kind.setdefault(plan.sections[line.section_index].kind, []).append([n.pitch for n in line.notes])
    verse, chorus = by_kind[SectionKind.VERSE], by_kind[SectionKind.CHORUS]
    assert not any(line in chorus for line in verse)
    mean = {kind: sum(map(sum, rows)) / sum(map(len, rows)) for kind, rows in by_kind.items()}
    assert mean[SectionKind.CHORUS] > mean[SectionKind.VERSE]


@pytest.mark.parametrize("genre", [name for name, style in STYLES.items() if style.bass == "kick"])
def test_the_bass_is_locked_to_the_kick(genre):
    plan = plan_for(genre)
    score = score_of(plan)
    bass = next(part for part in score.parts if part.stem == "bass")
    first = min(note.start_beat for note in bass.notes) - 0.05
    kicks = [kick for kick in score.kicks if kick > first]
    met = sum(any(abs(note.start_beat - kick) < 0.08 for note in bass.notes) for kick in kicks)
    assert met / len(kicks) >= 0.85


def test_the_bass_plays_the_root_on_the_one():
    for genre in GENRE_NAMES:
        plan = plan_for(genre)
        score = score_of(plan)
        bass = next(part for part in score.parts if part.stem == "bass")
        ones = roots = 0
        for bar in score.bars:
            for note in bass.notes:
                if abs(note.start_beat - bar.start_beat) < 0.05:
                    ones += 1
                    roots += note.pitch % 12 == bar.chord.root
        assert ones and roots / ones >= 0.95, genre


def test_sections_differ_in_what_is_played():
    plan = plan_for("pop", seconds=150.0)
    score = score_of(plan)
    density = {}
    for index, section in enumerate(plan.sections):
        beats = [bar.start_beat for bar in score.bars if bar.section_index == index]
        inside = [
            note.velocity
            for part in score.parts
            for note in part.notes
            if beats[0] <= note.start_beat < beats[-1] + plan.beats_per_bar
        ]
        density.setdefault(section.kind, []).append(sum(inside) / len(beats))
    assert max(density[SectionKind.INTRO]) < min(density[SectionKind.CHORUS])
    assert density[SectionKind.VERSE][0] < min(density[SectionKind.CHORUS])


def test_the_song_ends_on_the_tonic_chord_struck_on_the_last_bars_one():
    for genre in ("pop", "metal", "waltz", "techno", "jazz", "reggae"):
        plan = plan_for(genre)
        score = score_of(plan)
        last = score.bars[-1]
        final = [
            n
            for p in score.parts
            if p.stem != "drums"
            for n in p.notes
            if n.start_beat > last.start_beat - 0.1
        ]
        assert final and all(note.start_beat < last.start_beat + 0.5 for note in final), genre
        assert all(note.pitch % 12 in last.chord.tones for note in final), genre
        assert max(note.stop_beat for note in final) >= score.beats - 0.2, genre


def test_voicings_move_by_the_nearest_way():
    plan = plan_for("pop", seconds=120.0)
    rows = voicings([bar.chord for bar in lay_out(plan)], 50, 72)
    for bar, row in zip(lay_out(plan), rows, strict=True):
        assert {key % 12 for key in row} <= set(bar.chord.tones)
        assert list(row) == sorted(row) and row[0] >= 50 and row[-1] <= 72
    moves = [
        sum(min(abs(a - b) for b in after) for a in before) / len(before)
        for before, after in itertools.pairwise(rows)
    ]
    assert sum(moves) / len(moves) < 2.5


def test_every_genre_has_a_style_whose_groove_and_bass_player_exist():
    assert set(STYLES) == set(GENRE_NAMES)
    for style in STYLES.values():
        assert style.groove in GROOVES
        assert "bass" in BY_NAME[style.bass_player].roles or style.bass_player == "cello"


def test_every_progression_is_made_of_chords():
    for genre in GENRES:
        for minor in (True, False):
            for cycle in progressions(genre.harmony, minor):
                for numeral in cycle:
                    harmony = chord(numeral, "A minor" if minor else "Eb major")
                    assert len(harmony.tones) >= 3 and harmony.tones[0] == harmony.root


def test_chords_are_spelled_in_their_key():
    assert chord("bVI", "C minor").name == "Ab"
    assert chord("V7", "E major").name == "B7"
    assert chord("iiø7", "A minor").tones == (11, 2, 5, 9)
    assert scale("D dorian") == (2, 4, 5, 7, 9, 11, 0)


@pytest.mark.parametrize("numeral", ["", "VIII", "Q", "I!"])
def test_what_is_no_chord_is_refused(numeral):
    with pytest.raises(ValueError, match="numeral"):
        chord(numeral, "C major")


def test_swing_moves_only_what_lies_between_the_beats():
    groove = GROOVES["swing"]
    assert swung(1.0, groove) == 1.0
    assert swung(0.5, groove) == pytest.approx(0.655)
    assert swung(0.5, GROOVES["rock"]) == 0.5


@pytest.mark.parametrize("beats", [2, 3, 4, 5, 6, 7, 9, 12])
def test_every_groove_plays_any_meter(beats):
    for name in GROOVES:
        groove = groove_for(name, beats)
        assert all(len(fitted(row, beats)) == 4 * beats for row in groove.full.values())
    plan = plan_for(f"rock in {beats}/4")
    notes = play_drums(lay_out(plan), groove_for("rock", beats), beats, dice(plan, "drums"))
    assert any(note.pitch == KICK for note in notes)


def test_stress_follows_the_dictionary():
    text, syllables = "I remember tonight", ("I", "re", "mem", "ber", "to", "night")
    weights = stresses(text, syllables)
    assert len(weights) == 6
    assert weights[2] > weights[1] and weights[2] > weights[3] and weights[5] > weights[4]


def test_words_the_dictionary_lacks_and_other_scripts_have_a_stress_too():
    assert len(stresses("zxqv морская", ("zxqv", "мор", "ска", "я"))) == 4
    assert stresses("", ()) == ()


def test_twenty_seeds_give_twenty_different_tunes():
    rows = [pitch_row(score_of(plan_for("pop", seed=seed))) for seed in range(20)]
    distances = [distance(a, b) for a, b in itertools.combinations(rows, 2)]
    assert min(distances) >= 0.3


def test_another_prompt_with_the_same_seed_is_another_tune():
    rows = [pitch_row(score_of(plan_for(prompt))) for prompt in ("pop", "pop about rain", "rock", "folk")]
    assert min(distance(a, b) for a, b in itertools.combinations(rows, 2)) >= 0.3


def test_leaving_the_drums_out_leaves_the_tune_alone():
    plan = plan_for("pop")
    without = plan.model_copy(update={"without": ("drums",)})
    with_drums, bare = score_of(plan), score_of(without)
    assert with_drums.sung == bare.sung
    assert [part for part in with_drums.parts if part.stem != "drums"] == list(bare.parts)


def test_an_asked_for_instrument_plays():
    plan = plan_for("pop with saxophone and harp")
    programs = {part.program for part in score_of(plan, sung=False).parts}
    assert {BY_NAME["saxophone"].program, BY_NAME["harp"].program} <= programs


def test_a_plan_without_chords_is_still_played():
    plan = plan_for("pop")
    bare = plan.model_copy(
        update={"sections": tuple(section.model_copy(update={"chords": ()}) for section in plan.sections)}
    )
    assert score_of(bare).parts


@pytest.mark.parametrize("genre", [name for name in GENRE_NAMES if not STYLES[name].power])
def test_no_voice_moves_in_fifths_or_octaves_with_the_bass(genre):
    for seed in (1, 2):
        bars = lay_out(plan_for(genre, seed=seed))
        rows = voicings([bar.chord for bar in bars], 50, 72)
        for (here, before), (there, after) in itertools.pairwise(zip(bars, rows, strict=True)):
            if here.chord.root == there.chord.root:
                continue
            for low, high in zip(before, after, strict=False):
                apart = (low - here.chord.root) % 12, (high - there.chord.root) % 12
                assert apart not in ((0, 0), (7, 7))
