"""The separate stage: which stems it takes, what it makes of them, and what its contract catches."""

import shutil

import numpy as np
import pytest

from core.audio import Audio, read
from core.contract import Severity, judge, verdict
from core.engines.base import Availability, EngineCard, Reply
from core.engines.opened import open_engines
from core.engines.spleeter.card import CARD as SPLEETER
from core.engines.spleeter.network import weights_folder
from core.errors import EngineInputError, EngineMissingError, EngineOutputError, NotFoundError
from core.song import Line, Lyrics, LyricSection, SectionKind, SongRequest, Upload
from core.stages.base import MadeBy, Work
from core.stages.separate import TRUE_STEMS, Residual, SeparateSettings, SeparateStage
from tests.stages.material import case_of, found, judged, measured, noise, nothing, plucks, scaled, work

STAGE = SeparateStage()
LYRICS = Lyrics(
    title="t",
    sections=(LyricSection(kind=SectionKind.VERSE, lines=(Line(text="the sea"),)),),
    source="typed",
)
UPLOAD = SongRequest(upload=Upload(sounds={"song": "key"}, names={"song": "mine.mp3"}))


class Separator:
    """A separator in this process that answers with what it is told to."""

    def __init__(self, stems=None, ready=True, name="spleeter"):
        self.stems, self.ready, self.name = stems or {}, ready, name
        self.asked = []

    def cards(self, stage):
        return (self.card(self.name),) if stage == "separate" else ()

    def card(self, name):
        return EngineCard(
            name=name,
            title="A separator",
            stage="separate",
            worker="w",
            version="3",
            summary="",
            licence="",
            how_to_add="Install it.",
            approximate=True,
        )

    def availability(self, name, checkpoint=""):
        return Availability(self.ready, "it is here." if self.ready else "torch is missing.", "make models")

    def call(self, engine, method, *, values, sounds, report, first_listen=None):
        self.asked.append((engine, method, sounds["song"].key))
        return Reply({"native_rate": 44_100}, self.stems, "cpu", "float32")


def hits(seed):
    """Eight short bursts of noise, each dying away."""
    audio = noise(seed, 4.0, -12)
    beat = np.arange(audio.frames) % (audio.frames // 8) / 44_100
    return Audio((audio.samples * np.exp(-beat / 0.05)[:, None]).astype(np.float32), 44_100)


@pytest.fixture(scope="module")
def stems():
    return {"vocals": plucks(1), "drums": hits(2), "bass": plucks(3, every_s=0.5), "other": plucks(4)}


@pytest.fixture(scope="module")
def song(stems):
    return total(stems)


def total(stems):
    samples = sum(audio.samples.astype(np.float64) for audio in stems.values())
    return Audio(samples.astype(np.float32), 44_100)


def with_true(song, stems):
    return {"song": song} | {f"song/{name}": audio for name, audio in stems.items()}


def choose(given, engines=None, engine="auto"):
    return STAGE.choose(SeparateSettings(engine=engine), {"song": given}, engines or Separator())


def run(
    given, engines=None, engine="spleeter", lyrics=None, request=None, plan=None, made_by=None, **settings
):
    """The stage's work and output for these inputs."""
    base = work(SeparateSettings(**settings), {"song": given}, engines, plan, request)
    whole = Work(**{**vars(base), "engine": engine, "lyrics": lyrics, "made_by": made_by or {}})
    return whole, STAGE.run(whole)


# Which engine


def test_true_stems_that_add_up_are_taken(song, stems):
    choice = choose(with_true(song, stems))
    assert choice.engine == TRUE_STEMS
    assert "true stems" in choice.reason


def test_true_stems_of_another_song_are_passed_over_and_the_reason_says_so(song, stems):
    choice = choose(with_true(song, stems | {"drums": scaled(stems["drums"], 0.7)}))
    assert choice.engine == "spleeter"
    assert "the true stems leave" in choice.reason


def test_true_stems_of_another_length_are_passed_over(song, stems):
    short = Audio(stems["bass"].samples[:-1], 44_100)
    assert "length" in choose(with_true(song, stems | {"bass": short})).reason


def test_a_burst_that_the_true_stems_lack_is_seen_wherever_it_is(song, stems):
    for at_s in (0.0, 1.3, 3.9):
        samples = song.samples.copy()
        start = round(at_s * 44_100)
        samples[start : start + 4_410] += 0.05
        assert choose(with_true(Audio(samples, 44_100), stems)).engine == "spleeter"


def test_broken_samples_in_song_and_stem_alike_are_no_reason_to_pass_the_stems_over(song, stems):
    drums = stems["drums"].samples.copy()
    drums[1000, 0] = np.nan
    broken = stems | {"drums": Audio(drums, 44_100)}
    assert choose(with_true(total(broken), broken)).engine == TRUE_STEMS


def test_without_true_stems_the_separator_that_is_ready_is_taken_with_its_reason(song):
    choice = choose({"song": song})
    assert (choice.engine, choice.reason) == ("spleeter", "A separator: it is here.")


def test_a_named_engine_is_taken_even_when_true_stems_ride_along(song, stems):
    assert choose(with_true(song, stems), engine="spleeter").engine == "spleeter"


@pytest.mark.parametrize("engine", ["auto", "spleeter"])
def test_no_separator_is_an_error_with_the_remedy_never_another_engine(song, engine):
    with pytest.raises(EngineMissingError) as caught:
        choose({"song": song}, Separator(ready=False), engine)
    assert "make models" in caught.value.remedy
    assert "torch is missing" in caught.value.message + "".join(caught.value.causes)


def test_true_stems_that_are_asked_for_and_not_there_are_an_error(song):
    with pytest.raises(EngineMissingError):
        choose({"song": song}, engine=TRUE_STEMS)


def test_true_stems_that_are_asked_for_are_taken_as_they_are(song, stems):
    wrong = stems | {"drums": nothing(stems["drums"])}
    assert choose(with_true(song, wrong), engine=TRUE_STEMS).engine == TRUE_STEMS


# What is delivered


def test_true_stems_come_through_untouched_without_an_engine(song, stems):
    given, output = run(with_true(song, stems), engine=TRUE_STEMS)
    assert {name: audio.key for name, audio in output.sounds.items()} == {n: a.key for n, a in stems.items()}
    assert output.made_by.engine == TRUE_STEMS
    assert not output.made_by.approximate
    assert verdict(judged(STAGE, given, output)) is Severity.OK


def test_stems_may_have_any_names_and_number(song):
    parts = {"kazoo": plucks(5), "hand drum": hits(6)}
    given, output = run(with_true(total(parts), parts), engine=TRUE_STEMS)
    assert list(output.sounds) == ["kazoo", "hand drum"]
    assert verdict(judged(STAGE, given, output)) is not Severity.FAIL


def lossy(stems):
    """Stems of which a tenth of the drums got lost."""
    return stems | {"drums": scaled(stems["drums"], 0.9)}


def test_the_residual_is_folded_into_other_and_told_as_it_was_before(song, stems):
    given, output = run({"song": song}, Separator(lossy(stems)))
    assert np.abs(total(output.sounds).samples - song.samples).max() < 1e-6
    assert output.sounds["drums"].key == lossy(stems)["drums"].key
    assert -35 < output.figures.residual_db < -20
    assert output.figures.sum_exact is True
    assert found(judged(STAGE, given, output), "stem_sum")[0].severity is Severity.OK


def test_the_residual_can_be_kept_apart(song, stems):
    _, output = run({"song": song}, Separator(lossy(stems)), residual=Residual.KEEP)
    assert output.sounds["other"].key == stems["other"].key
    assert output.figures.sum_exact is False


def test_without_a_stem_called_other_nothing_is_folded(song, stems):
    parts = {name: audio for name, audio in lossy(stems).items() if name != "other"} | {
        "rest": stems["other"]
    }
    _, output = run({"song": song}, Separator(parts))
    assert output.sounds["rest"].key == stems["other"].key
    assert output.figures.sum_exact is False


def test_the_separator_is_named_with_what_it_is(song, stems):
    _, output = run({"song": song}, Separator(stems))
    made = output.made_by
    assert (made.engine, made.title, made.version) == ("spleeter", "A separator", "3")
    assert (made.native_rate, made.approximate) == (44_100, True)
    assert "approximation" in output.notes[0]


def test_levels_by_stem_are_told(song, stems):
    _, output = run({"song": song}, Separator(stems | {"vocals": nothing(song)}))
    levels = output.figures.levels_dbfs
    assert levels["bass"] == pytest.approx(-20, abs=0.1)
    assert levels["vocals"] is None


def test_without_a_song_there_is_nothing_to_separate():
    with pytest.raises(NotFoundError):
        run({})


@pytest.mark.parametrize(
    "harm",
    [
        lambda stems: {},
        lambda stems: {name: Audio(a.samples[:-100], 44_100) for name, a in stems.items()},
        lambda stems: stems | {"bass": Audio(stems["bass"].samples[:, :1], 44_100)},
    ],
    ids=["none", "short", "mono"],
)
def test_stems_of_another_form_are_an_output_error(song, stems, harm):
    with pytest.raises(EngineOutputError) as caught:
        run({"song": song}, Separator(harm(stems)))
    assert "A separator returned" in caught.value.message


# What the contract catches


def test_a_good_separation_passes(song, stems):
    given, output = run({"song": song}, Separator(stems), lyrics=LYRICS)
    assert verdict(heard_as_played(lyrics_case(given, output))) is Severity.OK


def heard_as_played(case):
    """What is found but for the voice: these stems are synthetic, and nobody sings in them."""
    findings = judge(STAGE.contract, case)
    assert "no_voice" in [finding.check for finding in findings]
    return tuple(finding for finding in findings if finding.check != "no_voice")


def lyrics_case(given, output, instead=None):
    case = case_of(STAGE, given, output, instead)
    return type(case)(**{**vars(case), "lyrics": given.lyrics})


def test_a_dropped_stem_fails_and_is_named(song, stems):
    given, output = run({"song": song}, Separator(stems))
    findings = judged(STAGE, given, output, {"drums": nothing(song)})
    assert verdict(findings) is Severity.FAIL
    case = case_of(STAGE, given, output)
    left = {name: sound for name, sound in case.outputs.items() if name != "bass"}
    dropped = judge(STAGE.contract, type(case)(**{**vars(case), "outputs": left}))
    assert found(dropped, "stem_sum")[0].causes[0].startswith("bass is missing")


def test_the_song_divided_by_four_fails(song):
    given, output = run(
        {"song": song}, Separator({n: scaled(song, 0.25) for n in ("vocals", "drums", "bass", "other")})
    )
    assert found(judged(STAGE, given, output), "not_scaled_copies")[0].severity is Severity.FAIL


def test_all_stems_silent_fails(song, stems):
    zeros = {name: nothing(song) for name in stems}
    given, output = run({"song": song}, Separator(zeros), residual=Residual.KEEP)
    assert output.chosen_silent == frozenset()
    assert verdict(judged(STAGE, given, output)) is Severity.FAIL


def test_zeros_hidden_by_folding_still_fail_by_the_residual_before_it(song, stems):
    zeros = {name: nothing(song) for name in stems}
    given, output = run({"song": song}, Separator(zeros))
    assert found(judged(STAGE, given, output), "stem_sum")[0].severity is Severity.FAIL


def test_a_nan_in_a_stem_fails_as_such(song, stems):
    given, output = run({"song": song}, Separator(stems))
    samples = stems["bass"].samples.copy()
    samples[99, 0] = np.nan
    findings = judged(STAGE, given, output, {"bass": Audio(samples, 44_100)})
    assert findings[0].check == "finite"
    assert findings[0].severity is Severity.FAIL


# Who may be silent


def quiet_vocals(song, stems):
    parts = {name: audio for name, audio in stems.items() if name != "vocals"}
    return parts | {"vocals": nothing(song)}


@pytest.mark.parametrize("level", [0.0, 1e-4, 2e-3], ids=["digital", "near", "faint"])
def test_an_instrumental_may_have_silent_vocals(song, stems, level):
    parts = stems | {"vocals": scaled(stems["vocals"], level)}
    mix = total(parts)
    given, output = run({"song": mix}, Separator(parts), residual=Residual.KEEP)
    assert "vocals" in output.chosen_silent
    assert verdict(judged(STAGE, given, output)) is Severity.OK


def test_a_sung_song_may_not(song, stems):
    parts = quiet_vocals(song, stems)
    given, output = run({"song": total(parts)}, Separator(parts), lyrics=LYRICS)
    assert output.chosen_silent == frozenset()
    findings = judge(STAGE.contract, lyrics_case(given, output))
    assert findings[0].severity is Severity.FAIL
    assert findings[0].artifact == "vocals"


def test_lyrics_that_cannot_be_sung_do_not_ask_for_a_voice(song, stems):
    parts = quiet_vocals(song, stems)
    unsingable = LYRICS.model_copy(update={"singable": False})
    _, output = run({"song": total(parts)}, Separator(parts), lyrics=unsingable)
    assert output.chosen_silent == frozenset({"vocals"})


def test_an_engine_that_cannot_sing_is_not_asked_for_a_voice(song, stems):
    parts = quiet_vocals(song, stems)
    mute, voiced = MadeBy("m", "M", sings=False), MadeBy("m", "M")
    for maker, quiet in ((mute, {"vocals"}), (voiced, set())):
        made_by = {"generate": maker}
        _, output = run({"song": total(parts)}, Separator(parts), lyrics=LYRICS, made_by=made_by)
        assert output.chosen_silent == frozenset(quiet)


def test_an_uploaded_instrumental_is_judged_leniently(song, stems):
    parts = quiet_vocals(song, stems)
    given, output = run({"song": total(parts)}, Separator(parts), request=UPLOAD)
    assert verdict(judged(STAGE, given, output)) is Severity.OK


def test_a_part_that_does_not_play_may_rest(song, stems):
    parts = {
        "vocals": stems["vocals"],
        "drums": nothing(song),
        "bass": nothing(song),
        "other": stems["other"],
    }
    given, output = run({"song": total(parts)}, Separator(parts), lyrics=LYRICS)
    assert output.chosen_silent == {"drums", "bass"}
    assert verdict(heard_as_played(lyrics_case(given, output))) is Severity.OK


@pytest.mark.parametrize("gain", [0.0, 1e-4, 2e-3], ids=["digital", "near", "faint"])
def test_the_stems_of_an_upload_that_is_too_quiet_do_not_stop_the_run(song, stems, gain):
    parts = {name: scaled(audio, gain) for name, audio in stems.items()}
    given, output = run({"song": total(parts)}, Separator(parts), request=UPLOAD)
    findings = judged(STAGE, given, output)
    assert verdict(findings) is Severity.WARN
    assert found(findings, "not_all_silent")


def test_the_offset_and_the_inverted_channel_of_an_upload_do_not_stop_the_run(song, stems):
    inverted = {name: Audio(a.samples * np.float32([1, -1]), 44_100) for name, a in stems.items()}
    inverted["vocals"] = Audio(inverted["vocals"].samples * np.float32([1, 0.9]), 44_100)
    offset = stems | {"bass": Audio(stems["bass"].samples + np.float32(0.05), 44_100)}
    for parts, check in ((inverted, "phase"), (offset, "dc_offset")):
        given, output = run({"song": total(parts)}, Separator(parts), request=UPLOAD)
        findings = judged(STAGE, given, output)
        assert verdict(findings) is Severity.WARN
        assert found(findings, check)


def test_a_channel_that_the_separation_inverts_fails(song, stems):
    given, output = run({"song": song}, Separator(stems), request=UPLOAD)
    inverted = Audio(output.sounds["other"].samples * np.float32([1, -1]), 44_100)
    assert verdict(judged(STAGE, given, output, {"other": inverted})) is Severity.FAIL


# The real separator, in its own process


@pytest.fixture(scope="module")
def hosts():
    hosts = open_engines()
    yield hosts
    hosts.close()


@pytest.fixture(scope="module")
def real(hosts, tmp_path_factory):
    """Three seconds of the song that comes with Spleeter's weights, at 48 kHz, separated."""
    copy = tmp_path_factory.mktemp("song") / "song.mp3"
    shutil.copy(weights_folder() / "audio_example.mp3", copy)
    song = read(copy).between(3.0, 6.0).resampled(48_000)
    return run({"song": song}, hosts, request=UPLOAD)


@pytest.mark.slow
def test_a_real_song_goes_through_and_passes(real):
    given, output = real
    song = given.inputs["song"]["song"]
    assert list(output.sounds) == ["vocals", "drums", "bass", "other"]
    assert {a.samples.shape for a in output.sounds.values()} == {song.samples.shape}
    assert output.made_by.title == SPLEETER.title == "Spleeter 2 stems, extended to 4 (approximate)"
    assert output.made_by.approximate
    assert output.figures.residual_db < -40
    assert verdict(judged(STAGE, given, output)) is not Severity.FAIL


def test_the_real_separator_refuses_broken_samples(hosts, song):
    samples = song.samples.copy()
    samples[50, 0] = np.nan
    with pytest.raises(EngineInputError) as caught:
        run({"song": Audio(samples, 44_100)}, hosts)
    assert "NaN" in caught.value.message
    assert caught.value.remedy


def test_measuring_is_of_the_very_samples(real):
    _, output = real
    for name, sound in measured(output.sounds).items():
        assert sound.measurement.rms_dbfs == output.figures.levels_dbfs[name]
