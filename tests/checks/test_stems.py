"""The stems' checks: each fault is caught and named, its good twin passes."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks.stems import NotAllSilent, NotScaledCopies, StemSum, VocalsAudible, residual_db
from core.contract import Case, Material, Severity
from core.song import Line, Lyrics, LyricSection, SectionKind
from tests.figures import separated
from tests.stages.material import measured, noise, nothing, plucks, scaled, tone

LYRICS = Lyrics(
    title="t",
    sections=(LyricSection(kind=SectionKind.VERSE, lines=(Line(text="the sea"), Line(text="the sky"))),),
    source="typed",
)


@pytest.fixture(scope="module")
def stems():
    return {"vocals": plucks(1), "drums": noise(2, 4.0, -25), "bass": tone(80, 4.0, -22), "other": plucks(4)}


def total(stems):
    samples = sum(audio.samples.astype(np.float64) for audio in stems.values())
    return Audio(samples.astype(np.float32), 44_100)


def case(stems, song=None, uploaded=False, lyrics=None, chosen=(), **figures):
    return Case(
        stage="separate",
        delivers=Material.STEMS,
        outputs=measured(stems),
        inputs=measured({"song": song}) if song is not None else {},
        figures=separated(**figures) if figures else None,
        uploaded=uploaded,
        lyrics=lyrics,
        chosen_silent=frozenset(chosen),
    )


def levels(stems):
    return {name: sound.measurement.rms_dbfs for name, sound in measured(stems).items()}


# The sum


def test_stems_that_add_up_pass(stems):
    finding = StemSum().examine_all(case(stems, total(stems), residual_db=-130.0, sum_exact=True))
    assert finding.severity is Severity.OK


@pytest.mark.parametrize(
    ("before_db", "severity"),
    [(-20.1, Severity.OK), (-19.9, Severity.WARN), (-6.1, Severity.WARN), (-5.9, Severity.FAIL)],
)
def test_the_residual_before_folding_is_what_is_judged(stems, before_db, severity):
    folded = case(stems, total(stems), residual_db=before_db, sum_exact=True)
    assert StemSum().examine_all(folded).severity is severity


@pytest.mark.parametrize("lost", ["vocals", "drums", "bass", "other"])
def test_a_stem_that_is_dropped_after_the_separation_is_named(stems, lost):
    left = {name: audio for name, audio in stems.items() if name != lost}
    faulty = case(left, total(stems), residual_db=-130.0, sum_exact=True, levels_dbfs=levels(stems))
    finding = StemSum().examine_all(faulty)
    assert finding.severity is Severity.FAIL
    assert finding.causes[0].startswith(f"{lost} is missing")


@pytest.mark.parametrize(
    ("harm", "said"),
    [(nothing, "drums: zeros stand in"), (lambda a: scaled(a, 0.5), "drums: a gain of -6.02 dB")],
)
def test_a_stem_that_is_silenced_or_scaled_is_named(stems, harm, said):
    faulty = stems | {"drums": harm(stems["drums"])}
    finding = StemSum().examine_all(
        case(faulty, total(stems), residual_db=-130.0, sum_exact=True, levels_dbfs=levels(stems))
    )
    assert finding.severity is Severity.FAIL
    assert finding.causes[0].startswith(said)


def test_a_stem_one_sample_late_breaks_an_exact_sum(stems):
    late = Audio(np.roll(stems["other"].samples, 1, axis=0), 44_100)
    finding = StemSum().examine_all(case(stems | {"other": late}, total(stems), sum_exact=True))
    assert finding.severity is Severity.FAIL


def test_a_stem_of_another_length_counts_as_lost(stems):
    short = Audio(stems["vocals"].samples[:-1000], 44_100)
    finding = StemSum().examine_all(
        case(stems | {"vocals": short}, total(stems), sum_exact=True, levels_dbfs=levels(stems))
    )
    assert finding.severity is Severity.FAIL
    assert finding.causes[0].startswith("vocals is missing")


def test_stems_of_another_song_fail(stems):
    other_song = plucks(77)
    assert StemSum().examine_all(case(stems, other_song)).severity is Severity.FAIL


def test_without_a_song_there_is_nothing_to_add_up_to(stems):
    assert StemSum().examine_all(case(stems)) is None


def test_the_residual_is_a_power_ratio():
    song = noise(1, 1.0)
    assert residual_db(song.samples, {"a": scaled(song, 0.9).samples}) == pytest.approx(-20.0, abs=0.01)
    assert residual_db(song.samples, {"a": song.samples}) == -200
    assert residual_db(nothing(song).samples, {"a": nothing(song).samples}) == -200
    broken = song.samples.copy()
    broken[5, 0] = np.nan
    assert residual_db(broken, {"a": song.samples}) == 0.0


# Copies


def copies(song):
    return {name: scaled(song, gain) for name, gain in (("vocals", 0.4), ("drums", 0.3), ("bass", -0.3))}


@pytest.mark.parametrize("song", [plucks(1), noise(5)], ids=["plucks", "noise"])
def test_the_song_divided_by_the_number_of_stems_fails(song):
    finding = NotScaledCopies().examine_all(case(copies(song), song))
    assert finding.severity is Severity.FAIL
    assert "1.0000" in finding.evidence


def test_different_stems_pass(stems):
    assert NotScaledCopies().examine_all(case(stems, total(stems))).severity is Severity.OK


def test_a_song_that_is_one_tone_has_stems_that_are_its_copies():
    song = tone(200)
    assert NotScaledCopies().examine_all(case(copies(song), song)) is None


def test_the_same_file_brought_twice_is_a_warning(stems):
    uploaded = {"drums": stems["drums"], "drums 2": stems["drums"]}
    assert NotScaledCopies().examine_all(case(uploaded, uploaded=True)).severity is Severity.WARN


@pytest.mark.slow
def test_copies_are_found_among_others_and_in_a_long_song():
    long = plucks(3, 90.0)
    faulty = {"vocals": noise(8, 90.0), "drums": long, "other": scaled(long, 0.1)}
    finding = NotScaledCopies().examine_all(case(faulty, total(faulty)))
    assert finding.severity is Severity.FAIL
    assert "drums and other" in finding.evidence


# Silence


def test_all_silent_fails_and_one_heard_passes(stems):
    silent = {name: nothing(audio) for name, audio in stems.items()}
    finding = NotAllSilent().examine_all(case(silent, total(stems)))
    assert finding.severity is Severity.FAIL
    assert "returned zeros" in finding.causes[0]
    assert NotAllSilent().examine_all(case(silent | {"bass": stems["bass"]})).severity is Severity.OK


def test_when_the_song_was_silent_already_the_separator_is_not_blamed(stems):
    silent = {name: nothing(audio) for name, audio in stems.items()}
    finding = NotAllSilent().examine_all(case(silent, nothing(stems["bass"])))
    assert finding.severity is Severity.WARN
    assert "the song itself" in finding.causes[0]


def test_silent_vocals_fail_only_in_a_song_with_lyrics(stems):
    silent = stems | {"vocals": nothing(stems["vocals"])}
    finding = VocalsAudible().examine_all(case(silent, lyrics=LYRICS))
    assert finding.severity is Severity.FAIL
    assert "2 lines" in finding.evidence
    assert VocalsAudible().examine_all(case(silent)) is None
    assert VocalsAudible().examine_all(case(silent, lyrics=LYRICS, chosen=["vocals"])) is None
    assert VocalsAudible().examine_all(case(stems, lyrics=LYRICS)).severity is Severity.OK
