"""The lead sheet: what a guitarist needs to sing the song, chords over the words they change on."""

from dataclasses import replace

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import Chord
from core.engines.composer.play.sheet import lead_sheet
from tests.engines.composer.songs import plan_for, words_for

PLAN = plan_for("pop ballad", seconds=40.0)
SCORE = arrange(PLAN, words_for(PLAN)).score


def test_every_section_has_its_heading_its_chords_and_its_lines_in_order():
    sheet = lead_sheet(PLAN, SCORE)
    headings = [row[1:-1] for row in sheet.splitlines() if row.startswith("[")]
    assert headings == [str(section.kind) for section in PLAN.sections]
    rows = "".join(row for row in sheet.splitlines() if row.startswith("|"))
    assert [n.strip() for n in rows.split("|") if n.strip()] == [bar.chord.name for bar in SCORE.bars]
    words = [row.strip() for row in sheet.splitlines() if row.strip() in {line.text for line in SCORE.sung}]
    assert words == [line.text for line in SCORE.sung]


def test_a_chord_stands_over_the_syllable_that_is_sung_when_it_comes():
    line = SCORE.sung[0]
    names = iter("CDEFGAB" * 20)
    bars = tuple(replace(bar, chord=Chord("i", next(names), 0, (0, 4, 7))) for bar in SCORE.bars)
    rows = lead_sheet(PLAN, replace(SCORE, bars=bars)).splitlines()
    over = rows[rows.index("    " + line.text) - 1]
    found = {over[at]: at - 4 for at in range(4, len(over)) if over[at] != " "}
    for name, column in found.items():
        bar = next(b for b in bars if b.chord.name == name and b.section_index == line.section_index)
        sung = next(n for n in line.notes if n.start_beat >= bar.start_beat - 0.26)
        syllable = line.syllables[line.notes.index(sung)]
        assert line.text[column:].lower().startswith(syllable.lower()), (name, over)
    assert len(found) >= 2


def test_chords_that_change_faster_than_the_words_never_touch():
    bars = tuple(replace(bar, chord=Chord("i", f"Ebmaj7{bar.index}", 0, (0, 4, 7))) for bar in SCORE.bars)
    line = replace(SCORE.sung[0], text="oh", syllables=("oh",), notes=(
        replace(SCORE.sung[0].notes[0], length_beats=3.0 * SCORE.beats_per_bar),
    ))  # fmt: skip
    rows = lead_sheet(PLAN, replace(SCORE, bars=bars, sung=(line,))).splitlines()
    assert len(rows[rows.index("    oh") - 1].split()) >= 3


def test_a_chord_that_stays_is_written_once():
    same = Chord("i", "Am", 9, (9, 0, 4), minor=True)
    score = replace(SCORE, bars=tuple(replace(bar, chord=same) for bar in SCORE.bars))
    rows = lead_sheet(PLAN, score).splitlines()
    assert rows[rows.index("    " + SCORE.sung[0].text) - 1].split() == ["Am"]
