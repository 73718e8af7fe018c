"""Words asked of a language model: what it is asked, how its answer is read, and what happens to misfits."""

from __future__ import annotations

import pytest

from core.contract import Case, Severity, judge
from core.errors import Cancelled
from core.progress import silent
from core.song import Line, Lyrics, LyricSection, Plan, PlanSection, SectionKind
from core.stages.lyrics import LyricsStage
from core.writing.answer import given_to, read_answer
from core.writing.brief import MOST_LINES, brief_of, in_goes, language_of, longest_answer, parts_of, question
from core.writing.lyricist import Scheme
from core.writing.modelled import Reply, write
from core.writing.syllables import line_of
from tests.figures import worded

SUNG = (SectionKind.VERSE, SectionKind.CHORUS, SectionKind.VERSE, SectionKind.CHORUS, SectionKind.BRIDGE)
VERSE = ["The tide comes in and I go out", "A window burns across the bay"]
CHORUS = ["Oh carry me over the sea", "Oh carry me back to the shore"]
SECOND = ["The harbor lights are going down", "A paper boat is on the wave"]
BRIDGE = ["And if the morning never comes", "I keep a candle in the hall"]
GOOD = {"Verse 1": VERSE, "Chorus": CHORUS, "Verse 2": SECOND, "Bridge": BRIDGE}


def plan(kinds=SUNG, lines=2, prompt="warm pop about the sea", **more):
    """Sections of ``lines`` lines; 8 syllables each at 120 bpm in bars of 4."""
    sections = tuple(PlanSection(kind=kind, bars=2 * lines, energy=0.5, sung=True) for kind in kinds)
    intro = PlanSection(kind=SectionKind.INTRO, bars=2, energy=0.2)
    made = Plan(
        prompt=prompt,
        title="Tide",
        genre="pop",
        moods=("warm",),
        tempo_bpm=120.0,
        key="C major",
        sections=(intro, *sections),
        seed=1,
        **more,
    )
    assert made.syllables_per_line == 8
    return made


def brief(given=None, scheme=Scheme.AABB, language="", slack=2, tries=3):
    return brief_of(given or plan(), scheme, True, language, slack=slack, tries=tries)


def answer(parts=None, head=""):
    blocks = ["\n".join([f"[{name}]", *lines]) for name, lines in (parts or GOOD).items()]
    return head + "\n\n".join(blocks)


class Fake:
    """A model that gives the answers it was made with, one after the other; the last one for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def __call__(self, text, tokens, seed, report):
        self.asked.append((text, tokens, seed))
        report(0.5, "half")
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return said if isinstance(said, Reply) else Reply(said)


def texts(written):
    return [[line.text for line in section.lines] for section in written.sections]


# The question


def test_the_question_holds_the_plan():
    asked = question(brief(language="spanish"), parts_of(plan(not_understood=("lighthouse",))))
    for wanted in (
        "in Spanish",
        "[Verse 1] 2 lines",
        "[Verse 2] 2 lines",
        "[Bridge] 2 lines",
        "about 8 syllables, never fewer than 6 or more than 10",
        "(AABB)",
        "hook",
        "warm pop about the sea",
        "120 bpm",
    ):
        assert wanted in asked
    assert asked.count("[Chorus]") == 1, "a chorus is written once"
    assert "lighthouse" in question(brief(plan(not_understood=("lighthouse",))), parts_of(plan()))


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("warm pop about the sea", "English"),
        ("a slow ballad in Portuguese about rain", "Portuguese"),
        ("ein Lied über die Nacht und das Meer, mit einer Gitarre für dich", "German"),
        ("日本の海の歌", "Japanese"),
        ("", "English"),
    ],
)
def test_the_language_is_the_one_that_the_prompt_names_or_is_in(prompt, language):
    assert language_of(prompt) == language


def test_a_long_song_is_asked_for_in_goes_that_leave_nothing_out():
    kinds = (SectionKind.VERSE,) * 20
    parts = parts_of(plan(kinds, lines=4))
    goes = in_goes(parts)
    assert [one for go in goes for one in go] == list(parts)
    assert len(goes) == 4 and all(sum(one.lines for one in go) <= MOST_LINES for go in goes)
    assert longest_answer(brief(), goes[0]) < 2000
    fake = Fake("")
    write(brief(plan(kinds, lines=4), tries=1), fake, 1, silent)
    assert len(fake.asked) == 4


# Reading the answer


CHATTY = """<think>
[Verse 1] I should count syllables...
</think>
Sure! Here are the lyrics you asked for:

**Title: "Salt and Light"**

```
### Verse 1
1. The tide comes in and I go out (8)
2. **A window burns across the bay** - 8 syllables

(Chorus)
"Oh carry me over the sea"
*Oh carry me back to the shore*

**Verse 2:**
The harbor lights are going down [8]
A paper boat is on the wave

[Chorus]

[Bridge]
And if the morning never comes
I keep a candle in the hall
```

Note: each line has eight syllables.
Let me know if you would like changes!
"""


def test_a_chatty_answer_is_read_to_its_words_alone():
    fake = Fake(CHATTY)
    written = write(brief(), fake, 1, silent)
    assert texts(written) == [VERSE, CHORUS, SECOND, CHORUS, BRIDGE]
    assert written.title == "Salt and Light"
    assert len(fake.asked) == 1 and written.notes == ()


def test_an_answer_that_was_cut_off_loses_its_half_line():
    found = read_answer("[Verse]\nThe tide comes in and I go out\nA window bur", finished=False)
    assert [line.text for line in found.sections[0][1]] == ["The tide comes in and I go out"]


def test_one_part_takes_what_stands_without_a_heading():
    (verse,) = parts_of(plan((SectionKind.VERSE,)))
    given = given_to([verse], read_answer("Here you are:\n" + "\n".join(VERSE)))
    assert [line.text for line in given["Verse"]] == VERSE


@pytest.mark.parametrize("text", ["", "\n\n", "<think>never ends", "[Verse 1]\n[Chorus]", "🎵🎵", "\0\x07"])
def test_an_answer_without_words_leaves_empty_sections_that_the_contract_fails(text):
    written = write(brief(tries=2), Fake(text), 1, silent)
    assert len(written.sections) == 5
    if not any(line.syllables for section in written.sections for line in section.lines):
        assert judged(written)["sections_hold_lines"].severity is Severity.FAIL or "🎵" in text
        assert written.notes


# What does not fit


def judged(written, language="English"):
    lyrics = Lyrics(
        title=written.title, sections=written.sections, language=written.language, source="some-model"
    )
    case = Case(
        stage="lyrics", outputs={}, plan=plan(), lyrics=lyrics, figures=worded(language_asked=language)
    )
    return {f.check: f for f in judge(LyricsStage.contract, case)}


LONG = "The tide comes in and carries everything I ever said to you away"


def test_a_line_off_the_plan_is_asked_for_again_with_what_was_wrong():
    first = answer({**GOOD, "Verse 2": [SECOND[0], LONG]})
    fake = Fake(first, answer({"Verse 2": SECOND}))
    written = write(brief(), fake, 1, silent)
    assert texts(written) == [VERSE, CHORUS, SECOND, CHORUS, BRIDGE]
    assert len(fake.asked) == written.questions == 2
    again = fake.asked[1][0]
    assert f"“{LONG}” has 18 syllables, 8 too many." in again
    assert "[Verse 2] 2 lines" in again and "[Bridge] 2 lines" not in again
    assert fake.asked[0][2] != fake.asked[1][2], "the same question twice would have the same answer"
    assert written.notes == () and written.off_plan == 0
    assert {f.severity for f in judged(written).values()} == {Severity.OK}


def test_what_never_fits_is_kept_told_and_found_by_the_contract():
    bad = {**GOOD, "Verse 2": [SECOND[0], LONG]}
    fake = Fake(answer(bad), answer({"Verse 2": [SECOND[0], LONG]}))
    written = write(brief(tries=3), fake, 1, silent)
    assert len(fake.asked) == 3, "three tries for the section, the first with all others"
    assert texts(written)[2] == [SECOND[0], LONG], "nobody else's words take its place"
    (note,) = written.notes
    assert "1 lines are more than 2 syllables off the plan's 8 after 3 tries" in note and LONG[:60] in note
    assert written.off_plan == 1
    finding = judged(written)["words_on_plan"]
    assert finding.severity is Severity.WARN and LONG[:60] in finding.evidence


def test_the_best_answer_is_kept_though_a_later_one_was_worse():
    near, far = "The tide comes in and I am going out to", LONG
    fake = Fake(answer({**GOOD, "Bridge": [BRIDGE[0], near + " sea"]}), answer({"Bridge": [far, far]}))
    written = write(brief(slack=1), fake, 1, silent)
    assert texts(written)[4] == [BRIDGE[0], near + " sea"]


def test_too_few_lines_and_a_missing_section_are_asked_for_again_and_else_told():
    first = {"Verse 1": VERSE[:1], "Chorus": CHORUS, "Verse 2": SECOND}
    written = write(brief(tries=1), Fake(answer(first)), 1, silent)
    assert texts(written) == [VERSE[:1], CHORUS, SECOND, CHORUS, []]
    assert "Verse 1 has 1 of 2 lines after 1 try." in written.notes
    assert "The model wrote no words for bridge in 1 try." in written.notes
    found = judged(written)
    assert found["sections_hold_lines"].severity is Severity.FAIL
    assert "1, 2, 2, 2, 0 lines" in found["words_on_plan"].evidence
    mended = Fake(answer(first), answer({"Verse 1": VERSE}), answer({"Bridge": BRIDGE}))
    assert texts(write(brief(), mended, 1, silent)) == [VERSE, CHORUS, SECOND, CHORUS, BRIDGE]


def test_lines_beyond_the_plans_room_are_left_out_and_told():
    more = [*VERSE, "I never said I would be long"]
    written = write(brief(tries=1), Fake(answer({**GOOD, "Verse 1": more})), 1, silent)
    assert texts(written)[0] == VERSE
    assert written.notes == ("Verse 1 had 3 lines for 2; left out: “I never said I would be long”.",)


def test_a_verse_that_says_the_same_again_is_asked_for_anew():
    fake = Fake(answer({**GOOD, "Verse 2": VERSE}), answer({"Verse 2": SECOND}))
    assert texts(write(brief(), fake, 1, silent))[2] == SECOND
    assert "stands in another section already" in fake.asked[1][0]


def test_a_script_whose_syllables_cannot_be_counted_is_held_to_its_lines_alone():
    russian = {
        name: [f"{name}, мой далёкий друг", f"Я пою для тебя {name}"]
        for name in ("Море", "Ветер", "Парус", "Берег")
    }
    russian = dict(zip(GOOD, russian.values(), strict=True))
    fake = Fake(answer(russian))
    written = write(brief(language="Russian"), fake, 1, silent)
    assert len(fake.asked) == 1 and not written.singable and written.off_plan == 0


def test_words_that_are_none_fail_and_only_where_english_was_asked_for():
    gibberish = {name: [f"vrxq blorp zhkk tnuoq{n} wpfft" for n in range(2)] for name in GOOD}
    written = write(brief(tries=1, slack=6), Fake(answer(gibberish)), 1, silent)
    finding = judged(written)["words_are_words"]
    assert finding.severity is Severity.FAIL and "vrxq" in finding.evidence
    assert "words_are_words" not in judged(written, language="Finnish")


def test_what_a_report_raises_ends_it_and_progress_rises():
    seen = []
    write(brief(), Fake(answer({"Chorus": CHORUS})), 1, lambda fraction, message: seen.append(fraction))
    assert seen == sorted(seen) and seen[-1] <= 1.0

    def stop(fraction, message):
        raise Cancelled

    with pytest.raises(Cancelled):
        write(brief(), Fake(answer()), 1, stop)


def test_the_embedded_writers_words_are_on_plan():
    lines = tuple(line_of(text) for text in VERSE)
    sections = (LyricSection(kind=SectionKind.VERSE, lines=lines),)
    case = Case(
        stage="lyrics",
        outputs={},
        plan=plan((SectionKind.VERSE,)),
        lyrics=Lyrics(title="t", sections=sections, source="writer"),
    )
    found = {f.check: f.severity for f in judge(LyricsStage.contract, case)}
    assert found["words_on_plan"] is Severity.OK
    off = (LyricSection(kind=SectionKind.VERSE, lines=(lines[0], Line(text="no"))),)
    case = Case(
        stage="lyrics",
        outputs={},
        plan=plan((SectionKind.VERSE,)),
        lyrics=Lyrics(title="t", sections=off, source="typed"),
    )
    assert "words_on_plan" not in {f.check for f in judge(LyricsStage.contract, case)}
