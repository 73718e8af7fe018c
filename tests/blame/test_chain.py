"""The first step of a chain that broke the sound."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Audio, write
from core.blame.chain import chain_of_files, chain_of_run
from core.contract import Severity
from core.errors import AudioFileError, InputError
from tests import sounds
from tests.blame import steps
from tests.blame.steps import chain, wrong
from tests.fakes import every_sound

BREAKS = {
    "silence": (steps.zeros, "not_silent"),
    "NaN": (steps.all_nan, "finite"),
    "one NaN": (steps.one_nan, "finite"),
    "constant": (steps.constant, "not_stuck"),
    "integers as floats": (steps.as_integers, "scale"),
    "divided twice": (steps.gain(-90.3), "not_silent"),
    "tanh at 6 dB": (steps.tanh(6), "squashed"),
    "tanh at 12 dB": (steps.tanh(12), "squashed"),
    "clipped": (steps.clipped(6), "squashed"),
    "equaliser and tanh": (lambda audio: steps.tanh(6)(steps.equalised(audio)), "squashed"),
    "wrong rate label": (steps.mislabelled, "speed"),
    "half": (steps.half, "length_kept"),
    "twice": (steps.twice, "length_kept"),
    "silent from the middle": (steps.silent_between(2.5, 5), "went_silent"),
    "silent in the middle": (steps.silent_between(1.5, 3), "went_silent"),
    "mono": (steps.mono, "width"),
    "mono in two channels": (steps.mono_in_two, "width"),
    "left and right swapped": (steps.swapped, "channel_order"),
    "dead channel": (steps.times(1, 0), "dead_channel"),
    "offset": (steps.with_offset, "dc_offset"),
    "another song": (lambda audio: sounds.pad(), "other_sound"),
}
SONG = sounds.band().between(0, 5)
HONEST = {
    "a gain": steps.gain(-9),
    "a delay": steps.delayed(2_000),
    "a trimmed start": steps.trimmed(2_000),
    "16 bits": steps.in_16_bits,
    "48 kHz": steps.resampled(48_000),
    "an equaliser": steps.equalised,
    "a limiter at 6 dB": steps.limited(6),
    "an equaliser and a limiter": lambda audio: steps.limited(5)(steps.equalised(audio)),
    "a room": steps.room,
    "a fade": steps.fade,
}


@pytest.mark.parametrize("fault", BREAKS)
def test_the_step_that_broke_it_is_to_blame_and_not_those_that_passed_it_on(fault):
    breaks, check = BREAKS[fault]
    good, broken = SONG, breaks(SONG)
    found = chain(good, steps.gain(-2)(good), broken, steps.gain(-1)(broken))
    blame = found.blame
    assert blame is not None, fault
    assert (blame.step, blame.position) == ("three", 3), (fault, blame)
    failed = [f.check for f in found.links[2].findings if f.severity is Severity.FAIL]
    assert check in failed, (fault, failed)
    assert blame.causes and blame.remedy and blame.what.endswith(".")
    assert "against two" in blame.did
    assert not [link.name for link in found.links if link.verdict is Severity.FAIL and link.name != "three"]


@pytest.mark.parametrize("name", ["band", "metal"])
@pytest.mark.parametrize("work", HONEST)
def test_honest_work_breaks_nothing(name, work):
    sound = sounds.GOOD[name]().between(0, 5)
    found = chain(sound, HONEST[work](sound))
    assert found.blame is None, found.blame
    assert wrong(found.links[1]).keys() <= {"true_peak", "crushed"}, (name, work)


def test_silence_from_step_two_on_is_step_twos_whatever_is_done_to_it_later():
    good, silent = sounds.band(), steps.zeros(sounds.band())
    found = chain(good, silent, steps.all_nan(good), silent)
    assert (found.blame.position, found.blame.check) == (2, "not_silent")
    assert "loudness -17.5 LUFS to nothing" in found.blame.did


def test_an_offset_that_a_shelf_lifts_came_in_already():
    hum = Audio(SONG.samples + np.float32(0.008), SONG.sample_rate)
    lifted = steps.limited(6)(steps.equalised(hum))
    assert abs(lifted.samples.mean()) > 0.01
    assert chain(hum, lifted).blame is None
    assert chain(hum, steps.with_offset(steps.with_offset(hum))).blame.check == "dc_offset"


def test_near_silence_that_is_lifted_later_is_the_first_steps():
    hiss = Audio((np.random.default_rng(1).standard_normal((352_800, 2)) * 1e-4).astype(np.float32), 44_100)
    found = chain(hiss, steps.gain(60)(hiss), steps.gain(60)(hiss))
    assert (found.blame.position, found.blame.check) == (1, "near_silent")


def test_what_a_person_brought_broken_is_warned_of_and_blames_no_step():
    loud = steps.clipped(6)(sounds.band())
    found = chain(loud, steps.gain(-6)(loud))
    assert found.blame is None
    assert [wrong(link).get("flat_tops") for link in found.links] == ["warn", "warn"]


def test_an_inverted_polarity_is_a_warning():
    found = chain(sounds.band(), steps.times(-1, -1)(sounds.band()))
    assert (found.blame, wrong(found.links[1])) == (None, {"polarity": "warn"})


def test_one_inverted_channel_breaks_the_sound():
    near = sounds.near_mono()
    assert chain(near, steps.times(1, -1)(near)).blame.check == "phase"


def test_a_brickwall_that_leaves_no_dynamics_breaks_the_sound_and_a_loud_master_does_not():
    song = sounds.band()
    assert chain(song, steps.limited(9)(song)).blame is None
    crushed = chain(song, steps.limited(15)(song))
    assert crushed.blame.check == "squashed"
    assert "a limiter or compressor" in crushed.blame.causes[0]


def test_a_step_after_a_broken_one_is_compared_with_the_last_that_could_be_heard():
    found = chain(sounds.band(), steps.constant(sounds.band()), steps.gain(-3)(sounds.band()))
    assert (found.blame.position, found.links[2].since) == (2, "raw")
    assert found.links[2].verdict is Severity.OK
    assert found.links[2].change.gain_db == pytest.approx(-3, abs=0.01)


def test_stems_are_one_step_that_is_summed():
    parts, song = steps.stems()
    found = chain(song, parts, steps.gain(-2)(song))
    assert found.blame is None
    assert list(found.links[1].parts) == list(parts)
    assert found.links[1].change.null_residual_db < -120
    assert found.links[2].change.gain_db == pytest.approx(-2, abs=0.01)


def without(parts, name):
    return {part: audio for part, audio in parts.items() if part != name}


def test_a_stem_that_was_dropped_is_missed_in_the_sum_by_name():
    parts, song = steps.stems()
    found = chain(song, without(parts, "drums"), song)
    assert (found.blame.position, found.blame.check) == (2, "stem_sum")
    assert found.blame.causes[0] == "the drums stem is missing"


def test_a_stem_that_is_not_in_the_mix_is_named():
    parts, song = steps.stems()
    mix = Audio(song.samples - parts["vocals"].samples, song.sample_rate)
    found = chain(song, parts, mix)
    assert (found.blame.position, found.blame.check) == (3, "stem_missing")
    assert found.blame.what.startswith("vocals ")


def test_faders_that_were_moved_miss_no_stem():
    parts, song = steps.stems()
    levels = dict(zip(parts, (0.7, 1.4, 0.5, 1.0), strict=True))
    mix = Audio(sum(audio.samples * np.float32(levels[n]) for n, audio in parts.items()), song.sample_rate)
    assert chain(song, parts, mix).blame is None


def test_a_stem_that_went_silent_between_two_steps_of_stems_is_named():
    parts, song = steps.stems()
    found = chain(song, parts, parts | {"bass": steps.zeros(parts["bass"])})
    assert found.blame.position == 3
    assert any(f.artifact == "three/bass" for f in found.links[2].findings if f.severity is Severity.FAIL)


def test_one_stem_of_nan_breaks_the_step_of_stems():
    parts, song = steps.stems()
    found = chain(song, parts | {"bass": steps.all_nan(parts["bass"])}, song)
    assert (found.blame.position, found.blame.check) == (2, "finite")


def test_stems_that_are_copies_of_the_song_are_no_stems():
    parts, song = steps.stems()
    copies = {name: steps.gain(-12)(song) for name in parts}
    assert chain(song, copies).blame.check == "not_scaled_copies"


def test_stems_of_other_lengths_rates_and_channels_are_summed_all_the_same(tmp_path):
    parts, song = steps.stems()
    folder = tmp_path / "stems"
    folder.mkdir()
    write(folder / "vocals.wav", parts["vocals"].resampled(48_000))
    write(folder / "bass.wav", steps.mono(parts["bass"]))
    write(folder / "drums.wav", parts["drums"].between(0, 7.5))
    write(folder / "other.wav", parts["other"])
    write(tmp_path / "raw.wav", song)
    found = chain_of_files([tmp_path / "raw.wav", folder])
    assert found.blame is None
    assert found.links[1].measurement.duration_s == pytest.approx(8)
    assert found.links[1].parts["vocals"].sample_rate == 48_000


def test_files_are_read_and_told_apart_by_their_folders(tmp_path):
    for number in ("1", "2"):
        (tmp_path / number).mkdir()
        write(tmp_path / number / "song.wav", sounds.band())
    found = chain_of_files([tmp_path / "1" / "song.wav", tmp_path / "2" / "song.wav"])
    assert [link.title for link in found.links] == ["1/song.wav", "2/song.wav"]
    assert found.links[0].name == str(tmp_path / "1" / "song.wav")


def test_what_cannot_be_read_is_one_sentence(tmp_path):
    write(tmp_path / "raw.wav", sounds.band())
    (tmp_path / "text.wav").write_text("la la la")
    (tmp_path / "empty").mkdir()
    for name, error in (("gone.wav", InputError), ("text.wav", AudioFileError), ("empty", InputError)):
        with pytest.raises(error) as caught:
            chain_of_files([tmp_path / "raw.wav", tmp_path / name])
        assert name in caught.value.message and caught.value.remedy
    with pytest.raises(InputError):
        chain_of_files([])


def test_a_run_is_a_chain_of_its_stages(songs):
    found = chain_of_run(songs.run(), songs.audio)
    assert found.blame is None
    by_name = {link.name: link for link in found.links}
    assert by_name["lyrics"].measurement is None
    assert by_name["assemble"].since == "Generate"
    assert by_name["master"].change.integrated_lufs.after == pytest.approx(-14, abs=0.2)
    assert by_name["master"].change.kind.value in ("moving gain", "gain")


def test_a_run_that_broke_blames_the_stage_its_contract_blames(songs):
    record = songs.run(harm=("effects", every_sound(steps.zeros)), enhance__strength="strong")
    found = chain_of_run(record, songs.audio)
    blame = found.blame
    assert blame.step == record.blame == found.links[-1].name == "enhance"
    assert blame.position == 5
    assert "to nothing" in blame.did


def test_a_run_whose_fader_was_muted_blames_nobody(songs):
    assert chain_of_run(songs.run(mix__faders__drums__mute="true"), songs.audio).blame is None
