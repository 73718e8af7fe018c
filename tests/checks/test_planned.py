"""A stem sounds where its engine reports notes, and goes by its own name."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks.planned import MISSING_S, PlaysAsPlanned
from core.checks.silence import NotSilent
from core.checks.stem_names import RightNames
from core.checks.stuck_buffer import NotOneLoop
from core.contract import Case, Contract, Figures, Material, Severity, judge
from core.faults import blind
from core.song import Line, Lyrics, LyricSection, Plan, PlanSection, SectionKind
from tests import sounds
from tests.fakes import stems_of

FAIL, WARN, OK = Severity.FAIL, Severity.WARN, Severity.OK
SECTION = PlanSection(kind=SectionKind.VERSE, bars=4, energy=0.5, sung=True)
PLAN = Plan(prompt="pop", title="x", genre="pop", tempo_bpm=120, key="C major", sections=(SECTION,), seed=1)
WORDS = Lyrics(
    title="x",
    source="typed",
    sections=(LyricSection(kind=SectionKind.VERSE, lines=(Line(text="la"),)),),
)


def generated(stems, plays=None, silent=(), lyrics=WORDS, **more):
    named = {f"clip_1/{name}": sounds.sound(audio, f"clip_1/{name}") for name, audio in stems.items()}
    named["clip_1"] = sounds.sound(sounds.band(), "clip_1")
    figures = {} if plays is None else {"plays_s": {f"clip_1/{n}": spans for n, spans in plays.items()}}
    return Case(
        "generate",
        named,
        plan=PLAN,
        lyrics=lyrics,
        figures=Figures(engine=figures),
        chosen_silent=frozenset(f"clip_1/{name}" for name in silent),
        delivers=Material.CLIPS,
        **more,
    )


def wrong(check, case):
    return [f for f in judge(Contract((check,)), case) if f.severity in (WARN, FAIL)]


def silent(audio, start_s, stop_s):
    out = audio.samples.copy()
    out[round(start_s * audio.sample_rate) : round(stop_s * audio.sample_rate)] = 0
    return Audio(out, audio.sample_rate)


@pytest.fixture(scope="module")
def stems():
    return dict(stems_of(sounds.band(), 3))


@pytest.mark.parametrize(("missing_s", "fails"), [(MISSING_S - 0.2, False), (MISSING_S + 0.2, True)])
def test_a_part_may_be_silent_for_less_than_three_seconds_where_it_has_notes(stems, missing_s, fails):
    stems = stems | {"drums": silent(stems["drums"], 2.0, 2.0 + missing_s)}
    found = wrong(PlaysAsPlanned(), generated(stems, {"drums": [[0.0, 8.0]], "bass": [[0.0, 8.0]]}))
    assert [f.artifact for f in found] == (["clip_1/drums"] if fails else [])


def test_a_part_is_missed_only_where_it_has_notes(stems):
    stems = stems | {"drums": silent(stems["drums"], 0.0, 5.0)}
    assert not wrong(PlaysAsPlanned(), generated(stems, {"drums": [[5.0, 8.0]]}))
    (found,) = wrong(PlaysAsPlanned(), generated(stems, {"drums": [[0.5, 8.0]]}))
    assert abs(found.spans[0].start_s - 0.5) < 0.05 and "piece of the part" in found.causes[0]


def test_a_voice_that_leaves_is_missed_although_each_line_is_short(stems):
    lines = [[0.0, 1.8], [3.0, 4.8], [6.0, 7.8]]
    gone = stems | {"vocals": silent(stems["vocals"], 2.5, 8.0)}
    (found,) = wrong(PlaysAsPlanned(), generated(gone, {"vocals": lines}))
    assert "left the song half-way" in found.causes[0] and abs(found.spans[0].start_s - 3.0) < 0.05
    one = stems | {"vocals": silent(stems["vocals"], 2.5, 5.5)}
    assert not wrong(PlaysAsPlanned(), generated(one, {"vocals": lines}))


def test_without_a_report_of_notes_nothing_is_asked(stems):
    stems = stems | {"drums": silent(stems["drums"], 2.0, 8.0)}
    assert not wrong(PlaysAsPlanned(), generated(stems))


@pytest.mark.parametrize(
    ("name", "plays", "severity"),
    [
        ("drums", {"drums": [[0.0, 8.0]]}, FAIL),
        ("drums", {"drums": []}, WARN),
        ("drums", None, WARN),
        ("vocals", None, FAIL),
    ],
)
def test_a_silent_part_fails_when_it_is_planned(stems, name, plays, severity):
    stems = stems | {name: silent(stems[name], 0.0, 8.0)}
    (found,) = wrong(NotSilent(), generated(stems, plays))
    assert (found.artifact, found.severity) == (f"clip_1/{name}", severity)


def test_a_voice_is_missed_only_of_a_song_that_is_sung(stems):
    stems = stems | {"vocals": silent(stems["vocals"], 0.0, 8.0)}
    instrumental = generated(stems, lyrics=Lyrics(title="x", source="writer", sections=()))
    assert [f.severity for f in wrong(NotSilent(), instrumental)] == [WARN]
    assert not wrong(NotSilent(), generated(stems, silent=("vocals",)))


def separated(names):
    true = {name: sounds.sound(audio) for name, audio in stems_of(sounds.band(), 3).items()}
    inputs = {f"song/{name}": sound for name, sound in true.items()}
    inputs["song"] = sounds.sound(sounds.band())
    rng = np.random.default_rng(2)
    outputs = {}
    for name, source in names.items():
        made = true[source].audio.samples + 0.3 * true["other"].audio.samples
        made = made + 0.001 * rng.standard_normal(made.shape)
        outputs[name] = sounds.sound(Audio(made.astype(np.float32), sounds.RATE), name)
    return Case("separate", outputs, inputs, delivers=Material.STEMS)


NAMES = ("vocals", "drums", "bass", "other")


@pytest.mark.parametrize(("one", "other"), [("drums", "bass"), ("vocals", "bass")])
def test_two_stems_with_each_others_names_are_named(one, other):
    names = dict(zip(NAMES, NAMES, strict=True)) | {one: other, other: one}
    (found,) = judge(Contract((), (RightNames(),)), separated(names))
    assert found.severity is FAIL
    assert one in found.causes[0] and other in found.causes[0] and "swapped" in found.causes[0]


def test_stems_that_leak_keep_their_names():
    (found,) = judge(Contract((), (RightNames(),)), separated(dict(zip(NAMES, NAMES, strict=True))))
    assert found.severity is OK


@pytest.mark.parametrize(("block_s", "severity"), [(0.9, FAIL), (2.5, WARN)])
def test_a_loop_played_four_times_is_no_composed_song(block_s, severity):
    loop = blind.one_loop(block_s)(sounds.band(), np.random.default_rng(1))
    case = Case("generate", {"clip_1": sounds.sound(loop, "clip_1")}, plan=PLAN)
    assert [f.severity for f in wrong(NotOneLoop(), case)] == [severity]
    uploaded = Case("generate", {"clip_1": sounds.sound(loop, "clip_1")}, uploaded=True)
    assert [f.severity for f in wrong(NotOneLoop(), uploaded)] == [WARN]
