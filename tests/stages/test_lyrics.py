"""The lyrics stage: whose words they are, and what is wrong with them."""

from __future__ import annotations

import base64

import pytest

from core.contract import Case, Severity, judge
from core.progress import silent
from core.runs.pipeline import key_settings
from core.song import Line, Lyrics, LyricSection, Midi, SectionKind, SongRequest, Upload
from core.stages.base import Work
from core.stages.lyrics import LyricsSettings, LyricsStage
from core.writing.given_plan import read_plan
from tests.midi.files import file_of, tune
from tests.stages.material import NoEngines


@pytest.fixture
def made(tmp_path):
    def make(settings=None, **request):
        stage = LyricsStage()
        settings = settings or LyricsSettings()
        output = stage.run(
            Work(
                request=SongRequest(**request),
                settings=settings,
                inputs={},
                plan=None,
                lyrics=None,
                engines=NoEngines(),
                report=silent,
                scratch=tmp_path,
            )
        )
        case = Case(stage="lyrics", outputs={}, settings=settings, plan=output.plan, lyrics=output.lyrics)
        return output, {f.check: f for f in judge(stage.contract, case)}

    return make


def test_a_prompt_gets_words_that_pass_their_contract(made):
    output, found = made(prompt="warm lo-fi piano about the sea", duration_s=60)
    assert output.lyrics.source == "writer" and output.lyrics.lines
    assert {f.severity for f in found.values()} == {Severity.OK}


def test_typed_words_are_kept_as_they_are(made):
    output, _ = made(prompt="pop", typed_lyrics="[verse]\nhello my friend\nthe day is long")
    assert output.lyrics.source == "typed"
    assert [line.text for line in output.lyrics.lines] == ["hello my friend", "the day is long"]
    assert any(section.sung for section in output.plan.sections)


def test_edited_words_are_sung_and_the_plan_stays_that_of_the_request(made):
    asked = {"prompt": "pop", "typed_lyrics": "[verse]\nhello my friend\nthe day is long"}
    before, _ = made(**asked)
    line = Line(text="goodbye my friend", syllables=("good", "bye", "my", "friend"))
    words = Lyrics(title="", sections=(LyricSection(kind=SectionKind.VERSE, lines=(line,)),), source="writer")
    output, _ = made(LyricsSettings(words=words), **asked)
    assert [one.text for one in output.lyrics.lines] == ["goodbye my friend"]
    assert output.lyrics.source == "typed" and output.lyrics.title
    assert output.plan == before.plan
    choice = LyricsStage().choose_for(SongRequest(**asked), LyricsSettings(words=words), NoEngines())
    assert choice.engine == "typed"


def test_words_that_nobody_edited_are_no_part_of_the_steps_key():
    assert "words" not in key_settings("lyrics", LyricsSettings(), "writer")
    words = Lyrics(title="", sections=(), source="typed")
    assert "words" in key_settings("lyrics", LyricsSettings(words=words), "typed")


def test_an_instrumental_has_a_plan_and_no_words(made):
    output, _ = made(prompt="calm piano", instrumental=True)
    assert output.plan.instrumental and output.lyrics.sections == ()


def test_a_brought_sound_needs_neither(made):
    output, found = made(upload=Upload(sounds={"song": "k"}, names={"song": "x.wav"}))
    assert output.plan is None and output.lyrics is None and found == {}
    assert output.notes


def test_words_in_another_script_are_kept_and_a_warning_says_so(made):
    output, found = made(prompt="pop", typed_lyrics="Привет, мой друг\nЯ пою для тебя")
    assert not output.lyrics.singable
    assert found["singable"].severity is Severity.WARN and found["singable"].remedy


@pytest.mark.parametrize("prompt", ["", "🎹🌊", "x" * 2000, "тёплое пианино", "0", "500 bpm 5 bpm"])
def test_any_prompt_becomes_a_plan(prompt, made):
    output, _ = made(prompt=prompt, duration_s=20)
    assert output.plan.sections and 30 <= output.plan.tempo_bpm <= 300


def with_sections(made, *sections):
    output, _ = made(prompt="pop", duration_s=60)
    lyrics = Lyrics(title="t", sections=sections, source="writer")
    case = Case(stage="lyrics", outputs={}, plan=output.plan, lyrics=lyrics)
    return {f.check: f for f in judge(LyricsStage.contract, case)}


def line(text, syllables=1):
    return Line(text=text, syllables=("la",) * syllables)


def test_an_empty_section_fails(made):
    found = with_sections(made, LyricSection(kind=SectionKind.VERSE, lines=()))
    assert found["sections_hold_lines"].severity is Severity.FAIL


def test_a_line_that_comes_twice_in_verses_is_told_and_in_choruses_not(made):
    twice = (line("one"), line("one"))
    found = with_sections(made, LyricSection(kind=SectionKind.VERSE, lines=twice))
    assert found["no_accidental_repeats"].severity is Severity.WARN
    found = with_sections(made, LyricSection(kind=SectionKind.CHORUS, lines=twice))
    assert found["no_accidental_repeats"].severity is Severity.OK


def test_a_line_with_too_many_syllables_is_told(made):
    found = with_sections(made, LyricSection(kind=SectionKind.VERSE, lines=(line("very long", 60),)))
    assert found["syllables_fit"].severity is Severity.WARN


def test_a_given_plan_is_played_in_place_of_the_prompts(tmp_path, made):
    understood, _ = made(prompt="fast techno", duration_s=30)
    edited = understood.plan.model_copy(update={"tempo_bpm": 91.0, "key": "F# dorian"})
    output = LyricsStage().run(
        Work(
            request=SongRequest(prompt="fast techno", duration_s=30),
            settings=LyricsSettings(plan=edited),
            inputs={},
            plan=None,
            lyrics=None,
            engines=NoEngines(),
            report=silent,
            scratch=tmp_path,
        )
    )
    assert (output.plan.tempo_bpm, output.plan.key) == (91.0, "F# dorian")
    assert any("The plan was given" in note for note in output.notes)
    delivered = read_plan(output.files["plan.json"].read_text(encoding="utf-8"))
    assert delivered == output.plan


def test_words_that_are_one_line_again_and_again_are_a_placeholders_also_in_a_chorus(made):
    line = Line(text="Music is in the air", syllables=("Mu", "sic", "is", "in", "the", "air"))
    output, _ = made(prompt="pop", duration_s=30)

    def said(count, source):
        section = LyricSection(kind=SectionKind.CHORUS, lines=(line,) * count)
        lyrics = Lyrics(title="x", sections=(section,), source=source)
        case = Case(stage="lyrics", outputs={}, settings=LyricsSettings(), plan=output.plan, lyrics=lyrics)
        return {f.check: f for f in judge(LyricsStage().contract, case)}["no_accidental_repeats"]

    assert "placeholder" in said(4, "writer").causes[0]
    assert said(2, "writer").severity is Severity.OK
    assert said(4, "typed").severity is Severity.OK


SUNG = tune((60, 62, 64, 65), words=("The ", "morn", "ing ", "light"), name="Voice")


def midi(content):
    return Midi(name="Over the sea.mid", base64=base64.b64encode(content).decode())


def test_a_midi_files_own_words_are_the_lyrics_and_nothing_is_planned(made):
    output, found = made(midi=midi(file_of(SUNG)))
    assert output.plan is None and output.uploaded and found == {}
    assert [line.text for line in output.lyrics.lines] == ["The morning light"]
    assert output.lyrics.title == "Over the sea" and output.figures.syllables == 4


def test_a_midi_file_without_words_or_played_as_an_instrumental_has_none(made):
    assert made(midi=midi(file_of(tune())))[0].lyrics is None
    assert made(midi=midi(file_of(SUNG)), instrumental=True)[0].lyrics is None
