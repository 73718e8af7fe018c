"""Export: what is delivered, what it decodes to, and every fault that may happen on the way to the disk."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audio import Audio, read
from core.contract import Origin, Severity, verdict
from core.delivery import Format, delivered, read_tags
from core.errors import Cancelled, InputError, NotFoundError, StorageError
from core.measure import measure
from core.song import Lyrics, LyricSection, SectionKind, Upload
from core.stages.base import MadeBy
from core.stages.export import ExportSettings, ExportStage, stem_file_names
from tests import sounds
from tests.delivery.test_encode import room_for
from tests.stages.material import (
    case_of,
    found,
    judged,
    measured,
    noise,
    nothing,
    plan,
    plucks,
    scaled,
    tone,
    work,
)

STAGE = ExportStage()
EVERY_FORMAT = tuple(Format)
OVERSHOOTING = (Format.MP3,)


@pytest.fixture
def song(tmp_path):
    """Make the work of exporting one master; ``stems`` ride along."""

    def making(master=None, stems=None, folder=tmp_path, **settings):
        settings.setdefault("stems", bool(stems))
        inputs = {"master": {"master": plucks(1) if master is None else master}, "stems": stems or {}}
        return replace(work(ExportSettings(**settings), inputs, song_plan=plan()), scratch=folder)

    return making


def findings_of(given_work):
    output = STAGE.run(given_work)
    return output, judged(STAGE, given_work, output)


def warnings_and_fails(findings):
    return [(f.check, f.artifact, f.severity) for f in findings if f.severity is not Severity.OK]


# What is delivered


def test_by_default_a_24_bit_wav_and_the_stems_as_float(song, tmp_path):
    stems = {"vocals": plucks(2), "drums": plucks(3)}
    given_work = song(stems=stems)
    output, findings = findings_of(given_work)
    assert sorted(output.files) == ["master.wav", "stems/drums.wav", "stems/vocals.wav"]
    assert list(output.sounds) == ["master.wav"]
    assert all(path.is_file() and path.is_relative_to(tmp_path) for path in output.files.values())
    assert read(output.files["master.wav"]).key == output.sounds["master.wav"].key
    for name, stem in stems.items():
        assert read(output.files[f"stems/{name}.wav"]).key == stem.key
    assert warnings_and_fails(findings) == []
    assert {f.check for f in findings} == {
        "finite", "not_silent", "file_length", "file_content", "file_level", "file_peak", "file_tags",
        "stem_files",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("make", [sounds.band, sounds.sparse_piano, sounds.metal])
def test_real_music_keeps_its_contract_in_every_format(make, song):
    output, findings = findings_of(song(scaled(make(), 0.5), formats=EVERY_FORMAT))
    assert sorted(output.files) == [
        "master-flac-24.flac", "master-wav-24.wav", "master-wav-32-float.wav", "master.flac",
        "master.mp3", "master.ogg", "master.wav",
    ]  # fmt: skip
    assert verdict(findings) is Severity.OK, warnings_and_fails(findings)


@pytest.mark.parametrize("rate", [22_050, 48_000, 96_000])
def test_other_rates_and_mono_keep_their_contract_too(rate, song):
    master = tone(440, rate=rate, channels=1)
    output, findings = findings_of(song(master, formats=EVERY_FORMAT))
    assert verdict(findings) is Severity.OK, warnings_and_fails(findings)
    told = [note for note in output.notes if "master.mp3 has 48000 Hz" in note]
    assert len(told) == (1 if rate == 96_000 else 0)


def test_the_same_format_twice_is_one_file(song):
    output = STAGE.run(song(formats=(Format.WAV_24, Format.WAV_24)))
    assert list(output.files) == ["master.wav"]


def test_without_stems_none_are_written(song, tmp_path):
    output = STAGE.run(replace(song(stems={"bass": plucks(2)}), settings=ExportSettings(stems=False)))
    assert list(output.files) == ["master.wav"]
    assert not (tmp_path / "stems").exists()


def test_a_stage_run_twice_delivers_the_same_samples(song):
    keys = [STAGE.run(song(formats=(Format.WAV_16,))).sounds["master.wav"].key for _ in range(2)]
    assert keys[0] == keys[1]


def test_tags_tell_title_prompt_engine_words_and_events(song):
    words = Lyrics(title="t", sections=(LyricSection(kind=SectionKind.VERSE, lines=()),), source="writer")
    given_work = replace(
        song(stems={"bass": plucks(2)}),
        lyrics=words,
        made_by={"generate": MadeBy("composer", "Built-in band (no AI model)")},
        notes={"generate": ("The lyrics were not sung.", "")},
    )
    output = STAGE.run(given_work)
    tags = read_tags(output.files["master.wav"], Format.WAV_24)
    assert (
        tags["TITLE"] == "t" and tags["PROMPT"] == "p" and tags["BPM"] == "120" and tags["KEY"] == "C major"
    )
    assert tags["ENGINE"] == "Built-in band (no AI model)"
    assert tags["COMMENT"] == "The lyrics were not sung."
    assert tags["LYRICS"] == "[verse]"
    assert tags["INTEGRATED_LOUDNESS"] == f"{measure(plucks(1)).integrated_lufs:.2f} LUFS"
    stem = read_tags(output.files["stems/bass.wav"], Format.WAV_FLOAT)
    assert stem["TITLE"] == "t (bass)"
    assert "REPLAYGAIN_TRACK_GAIN" not in stem


def test_an_upload_is_called_as_its_file_was(song):
    given_work = song()
    upload = Upload(sounds={"song": "k"}, names={"song": "My song.mp3"})
    given_work = replace(
        given_work, plan=None, request=given_work.request.model_copy(update={"upload": upload})
    )
    output = STAGE.run(given_work)
    assert read_tags(output.files["master.wav"], Format.WAV_24)["TITLE"] == "My song"


@given(st.lists(st.text(max_size=100), unique=True, max_size=12))
def test_any_stem_names_become_file_names_of_their_own(stems):
    names = stem_file_names(stems)
    assert list(names) == stems
    assert len({name.casefold() for name in names.values()}) == len(stems)
    for name in names.values():
        head, _, leaf = name.partition("/")
        assert head == "stems" and not set(leaf) & set('/\\:*?"<>|\0\n') and leaf not in (".wav", "..wav")


def test_stems_that_differ_in_case_or_in_odd_characters_do_not_overwrite_each_other(song):
    stems = {"Lead": plucks(2), "lead": plucks(3), "../x": plucks(4), "..:x": plucks(5)}
    output, findings = findings_of(song(stems=stems))
    assert len(output.files) == 5
    assert output.figures.stems_exact == dict.fromkeys(stems, True)
    assert verdict(findings) is Severity.OK


# Faults on the way to the disk


def harmed(monkeypatch, harm):
    """Let every file be written from what ``harm`` makes of the sound."""
    encode = delivered.encode

    def encoding(audio, *rest):
        return encode(harm(audio), *rest)

    monkeypatch.setattr(delivered, "encode", encoding)


def half(audio):
    return audio.between(0, audio.duration_s / 2)


def a_little_short(audio):
    return Audio(audio.samples[:-1], audio.sample_rate)


def off_time(audio):
    return Audio(audio.samples, audio.sample_rate * 2)


def _with_a_peak(audio):
    samples = np.array(audio.samples)
    samples[len(samples) // 2] = 0.999
    return Audio(samples, audio.sample_rate)


HARM = {
    "cut in half": (half, "file_length"),
    "one frame short": (a_little_short, "file_length"),
    "1 dB louder": (lambda a: scaled(a, 1.12), "file_content"),
    "0.2 dB quieter": (lambda a: scaled(a, 0.977), "file_content"),
    "zeros": (nothing, "not_silent"),
    "twice the rate": (off_time, "file_length"),
    "normalised": (lambda a: scaled(a, 1 / np.abs(a.samples).max()), "file_content"),
    "one sample high": (_with_a_peak, "file_content"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HARM)
@pytest.mark.parametrize("format", [Format.WAV_16, Format.WAV_24, Format.WAV_FLOAT, Format.FLAC_24])
def test_a_file_that_holds_something_else_breaks_the_contract(name, format, song, monkeypatch):
    harm, check = HARM[name]
    harmed(monkeypatch, harm)
    _, findings = findings_of(song(scaled(plucks(1), 0.5), formats=(format,)))
    assert findings[0].severity is Severity.FAIL
    assert findings[0].check == check, warnings_and_fails(findings)
    assert findings[0].artifact.startswith("master.") and findings[0].causes and findings[0].remedy


@pytest.mark.parametrize("format", [Format.MP3, Format.OGG])
@pytest.mark.parametrize("name", ["cut in half", "normalised", "zeros"])
def test_a_lossy_file_that_holds_something_else_breaks_it_too(name, format, song, monkeypatch):
    harm, check = HARM[name]
    harmed(monkeypatch, harm)
    _, findings = findings_of(song(scaled(plucks(1), 0.5), formats=(format,)))
    told = check.replace("file_content", "file_level")  # the samples of a lossy file are never the master's
    assert (findings[0].check, findings[0].severity) == (told, Severity.FAIL), warnings_and_fails(findings)


@pytest.mark.parametrize("format", [Format.WAV_24, Format.FLAC_16, Format.MP3, Format.OGG])
def test_a_file_cut_off_on_the_disk_is_never_passed_on_as_good(format, song, monkeypatch):
    encode = delivered.encode

    def cutting(audio, path, *rest):
        done = encode(audio, path, *rest)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return done

    monkeypatch.setattr(delivered, "encode", cutting)
    try:
        output, findings = findings_of(song(formats=(format,)))
    except StorageError as error:
        assert error.remedy
    else:
        assert found(findings, "file_length")[0].severity is Severity.FAIL, output.figures


@pytest.mark.parametrize("format", [Format.WAV_24, Format.FLAC_16, Format.OGG, Format.MP3])
def test_a_file_of_rubbish_is_an_error_and_is_removed(format, song, tmp_path, monkeypatch):
    encode = delivered.encode

    def rubbish(audio, path, *rest):
        done = encode(audio, path, *rest)
        path.write_bytes(b"not a sound" * 1000)
        return done

    monkeypatch.setattr(delivered, "encode", rubbish)
    with pytest.raises(StorageError):
        STAGE.run(song(formats=(format,)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", EVERY_FORMAT)
def test_lost_tags_draw_a_warning_that_names_them(format, song, monkeypatch):
    read_back = delivered.read_tags
    monkeypatch.setattr(
        delivered, "read_tags", lambda *a: {k: v for k, v in read_back(*a).items() if k != "TITLE"}
    )
    _, findings = findings_of(song(formats=(format,)))
    warned = found(findings, "file_tags")[0]
    assert warned.severity is Severity.WARN and "TITLE" in warned.evidence


def test_a_harmed_stem_is_named(song, monkeypatch):
    encode = delivered.encode

    def harming(audio, path, *rest):
        return encode(scaled(audio, 0.999) if path.name == "bass.wav" else audio, path, *rest)

    monkeypatch.setattr(delivered, "encode", harming)
    _, findings = findings_of(song(stems={"vocals": plucks(2), "bass": plucks(3)}))
    assert (findings[0].check, findings[0].severity) == ("stem_files", Severity.FAIL)
    assert "Not so: bass." in findings[0].evidence


def test_a_master_over_full_scale_is_cut_off_by_integers_and_that_is_said(song):
    output, findings = findings_of(song(scaled(plucks(1), 6.0)))
    failed = found(findings, "file_peak")[0]
    assert failed.severity is Severity.FAIL and "over full scale were clipped" in failed.causes[0]
    assert "ceiling" in failed.remedy
    assert any("samples over full scale were cut off" in note for note in output.notes)
    _, findings = findings_of(song(scaled(plucks(1), 6.0), formats=(Format.WAV_FLOAT,)))
    assert verdict(findings) is Severity.OK


@pytest.mark.parametrize("format", [Format.MP3, Format.OGG])
def test_a_lossy_file_that_overshoots_draws_a_warning_with_the_remedy(format, song):
    loud = Audio(np.clip(noise(1, level_dbfs=-3).samples, -0.98, 0.98), 44_100)
    _, findings = findings_of(song(loud, formats=(format,)))
    warned = found(findings, "file_peak")[0]
    assert warned.severity is Severity.WARN
    assert "overshoots" in warned.causes[0] and warned.remedy.startswith("Lower the master's ceiling by ")


def test_the_lossy_ceiling_can_be_set_lower(song):
    master = scaled(plucks(1), 0.9 / np.abs(plucks(1).samples).max())
    for ceiling_dbtp, severity in ((0.5, Severity.OK), (-3.0, Severity.WARN)):
        _, findings = findings_of(song(master, formats=OVERSHOOTING, lossy_ceiling_dbtp=ceiling_dbtp))
        assert found(findings, "file_peak")[0].severity is severity


def test_a_sound_that_the_codec_makes_duller_is_warned_of_not_failed(song):
    _, findings = findings_of(song(noise(1, level_dbfs=-25), formats=(Format.MP3,), mp3_kbps=128))
    warned = found(findings, "file_level")[0]
    assert warned.severity is Severity.WARN and "bit rate" in warned.remedy


@pytest.mark.parametrize("level_dbfs", [-65.0, -80.0])
def test_a_faint_master_is_not_failed_for_its_rounding(level_dbfs, song):
    master = scaled(plucks(1), 10 ** ((level_dbfs + 20) / 20))
    _, findings = findings_of(song(master, formats=(Format.WAV_16, Format.FLAC_16)))
    assert verdict(findings) is Severity.OK, warnings_and_fails(findings)


def test_a_sound_too_short_for_loudness_is_compared_by_its_rms(song, monkeypatch):
    short = noise(1, seconds=0.2)
    _, findings = findings_of(song(short, formats=(Format.WAV_24, Format.FLAC_16)))
    assert verdict(findings) is Severity.OK
    assert "dBFS RMS" in found(findings, "file_level")[0].evidence
    harmed(monkeypatch, lambda a: scaled(a, 0.5))
    _, findings = findings_of(song(short))
    assert findings[0].check == "file_content" and findings[0].severity is Severity.FAIL
    assert found(findings, "file_level")[0].severity is Severity.FAIL


def test_a_silent_master_is_not_the_export_s_fault(song):
    output, findings = findings_of(song(nothing(plucks(1)), formats=(Format.WAV_FLOAT,)))
    assert {(f.check, f.origin) for f in findings if f.severity is not Severity.OK} == {
        ("not_silent", Origin.INPUT)
    }
    assert verdict(findings) is Severity.WARN
    assert output.chosen_silent == {"master.wav"}


def test_a_broken_master_is_refused_but_float_wav_keeps_it_for_inspection(song):
    samples = np.array(plucks(1).samples)
    samples[1000] = np.nan
    broken = Audio(samples, 44_100)
    with pytest.raises(InputError, match="not numbers"):
        STAGE.run(song(broken))
    _, findings = findings_of(song(broken, formats=(Format.WAV_FLOAT,)))
    assert (findings[0].check, findings[0].severity) == ("finite", Severity.FAIL)


# Places that cannot be written


def test_a_full_disk_is_a_storage_error(song):
    with room_for(50_000), pytest.raises(StorageError, match="no free space") as raised:
        STAGE.run(song())
    assert "Free some space" in raised.value.remedy and raised.value.exit_status == 4


def test_a_folder_that_cannot_be_written_is_a_storage_error(song, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "missing"):
        with pytest.raises(StorageError) as raised:
            STAGE.run(song(folder=folder))
        assert "folder you may write to" in raised.value.remedy
        with pytest.raises(StorageError):
            STAGE.run(replace(song(stems={"bass": plucks(2)}), scratch=folder))


def test_no_master_is_an_error_with_a_remedy(song):
    with pytest.raises(NotFoundError, match="no master"):
        STAGE.run(replace(song(), inputs={}))


def test_cancelling_stops_between_two_blocks(song, tmp_path):
    def report(fraction, message):
        if fraction > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        STAGE.run(replace(song(noise(1, seconds=9.0)), report=report))
    assert list(tmp_path.iterdir()) == []


def test_progress_goes_from_none_to_all_without_going_back(song):
    seen = []
    given_work = song(stems={"bass": plucks(2), "drums": plucks(3)}, formats=(Format.WAV_24, Format.OGG))
    STAGE.run(replace(given_work, report=lambda fraction, message: seen.append(fraction)))
    assert seen == sorted(seen) and seen[0] == 0.0 and seen[-1] < 1.0


def test_what_another_program_put_in_the_file_s_place_is_found(song):
    given_work = song()
    output = STAGE.run(given_work)
    case = case_of(STAGE, given_work, output, instead={"master.wav": plucks(9)})
    assert measured({"x": plucks(9)})["x"].measurement != case.inputs["master"].measurement
    findings = judged(STAGE, given_work, output, instead={"master.wav": plucks(9, level_dbfs=-26)})
    assert findings[0].severity is Severity.FAIL
