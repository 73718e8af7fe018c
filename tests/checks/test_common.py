"""What the common checks say, where, how badly, and what excuses a sound."""

import numpy as np
import pytest

from core.checks import COMMON, FOREIGN
from core.contract import Case, Contract, Material, Promise, Severity, judge
from core.faults import fault
from tests import sounds
from tests.sounds import RATE, made

FAIL, WARN, NOTE, OK = Severity.FAIL, Severity.WARN, Severity.NOTE, Severity.OK


def asked(name, audio, **more):
    """One check's finding about one sound; None when it did not apply or was not asked."""
    found = sounds.findings(audio, FOREIGN, **more)
    return next((f for f in found if f.check == name), None)


def stage(outputs, inputs=None, name="separate", **more):
    """Findings over several named sounds."""
    case = Case(
        name,
        {key: sounds.sound(audio, key) for key, audio in outputs.items()},
        {key: sounds.sound(audio, key) for key, audio in (inputs or {}).items()},
        **more,
        delivers=Material.STEMS,
    )
    return judge(Contract(COMMON), case)


def of(found, check, artifact):
    return next((f for f in found if f.check == check and f.artifact == artifact), None)


def inject(name, audio, seed=1):
    return fault(name).inject(audio, np.random.default_rng(seed))


def silence(like):
    return made(np.zeros_like(like.samples))


class TestWhereItIs:
    def test_a_nan_is_marked_in_time_and_counted(self):
        broken = sounds.band().samples.copy()
        broken[2 * RATE, 0] = np.nan
        broken[2 * RATE + 5, 1] = np.inf
        finding = asked("finite", made(broken))
        assert "2 of 705600" in finding.evidence and "1 NaN, 1 infinite" in finding.evidence
        assert len(finding.spans) == 1
        assert finding.spans[0].start_s == pytest.approx(2.0, abs=1e-3)

    def test_a_gap_is_marked_where_it_is_and_as_long_as_it_is(self):
        broken = sounds.pad().samples.copy()
        broken[round(3.1 * RATE) : round(3.35 * RATE)] = 0
        (mark,) = asked("gaps", made(broken)).spans
        assert (mark.start_s, mark.stop_s) == (pytest.approx(3.1, abs=0.002), pytest.approx(3.35, abs=0.002))

    def test_zeros_where_a_soft_sound_came_in_are_a_gap(self):
        soft = made(0.1 * sounds.pad().samples)
        broken = soft.samples.copy()
        fade = np.linspace(1, 0, RATE // 5)[:, None] ** 2
        broken[3 * RATE - len(fade) : 3 * RATE] *= fade
        broken[3 * RATE : 4 * RATE] = 0
        found = stage({"pad": made(broken), "x": soft}, {"pad": soft, "x": soft}, "enhance")
        assert of(found, "gaps", "pad").severity is FAIL
        again = stage({"pad": made(broken), "x": soft}, {"pad": made(broken), "x": soft}, "enhance")
        assert of(again, "gaps", "pad").severity is OK

    def test_clicks_are_marked_each(self):
        broken = sounds.pad().samples.copy()
        broken[[RATE, 3 * RATE], 0] += 0.6
        finding = asked("clicks", made(broken))
        assert [round(mark.start_s + 0.005, 3) for mark in finding.spans] == [1.0, 3.0]
        assert finding.evidence.startswith("2 clicks")

    def test_a_click_that_came_in_and_is_a_little_sharper_now_is_not_this_stages(self):
        clean = sounds.pad()
        had, sharper = clean.samples.copy(), clean.samples.copy()
        had[4 * RATE + 123] += 0.3
        sharper[4 * RATE + 123] += 0.5
        came_in, left = made(had), made(sharper)
        assert of(stage({"mix": came_in}, {"mix": clean}, "mix"), "clicks", "mix").severity is FAIL
        assert of(stage({"master": left}, {"mix": came_in}, "master"), "clicks", "master").severity is WARN
        assert of(stage({"master": left}, {"mix": clean}, "master"), "clicks", "master").severity is FAIL

    def test_clipping_is_marked_where_it_happens(self):
        samples = sounds.band().samples.copy()
        part = slice(5 * RATE, 6 * RATE)
        samples[part] = np.clip(samples[part] * 6, -0.5, 0.5)
        finding = asked("flat_tops", made(samples))
        assert finding.severity is FAIL
        assert all(mark.start_s > 4.9 and mark.stop_s < 6.11 for mark in finding.spans)

    def test_a_silent_tail_is_marked_to_the_end(self):
        (mark,) = asked("silent_tail", inject("silent_tail", sounds.band())).spans
        assert (mark.start_s, mark.stop_s) == (pytest.approx(3.6, abs=0.05), pytest.approx(8.0))


class TestSilence:
    def test_each_kind_of_silence_names_only_itself(self):
        for name, check in (
            ("zeros", "not_silent"),
            ("near_silence", "near_silent"),
            ("constant", "not_stuck"),
        ):
            wrong = sounds.wrong(sounds.findings(inject(name, sounds.band()), COMMON))
            assert wrong == [(check, "fail")]

    def test_the_last_bit_of_sixteen_is_silence_and_the_one_above_is_near_silence(self):
        rng = np.random.default_rng(0)
        bits = rng.choice([-1.0, 0.0, 1.0], (RATE, 2)) / 32_768
        assert sounds.wrong(sounds.findings(made(bits), COMMON)) == [("not_silent", "fail")]
        assert sounds.wrong(sounds.findings(made(2 * bits), COMMON)) == [("near_silent", "fail")]

    def test_very_quiet_is_a_warning_and_quiet_is_music(self):
        band = sounds.band().samples
        assert asked("near_silent", made(band * 10 ** (-43 / 20))).severity is WARN
        assert asked("near_silent", made(band * 10 ** (-30 / 20))).severity is OK

    def test_a_sound_too_short_for_loudness_is_judged_by_its_level(self):
        blip = sounds.band().samples[RATE : RATE + 4_000]
        assert asked("near_silent", made(blip)).severity is OK
        assert asked("near_silent", made(blip * 1e-4)).severity is FAIL

    def test_silence_by_choice_is_fine_and_asked_nothing_more(self):
        found = stage(
            {"vocals": silence(sounds.band()), "other": sounds.band()}, chosen_silent=frozenset({"vocals"})
        )
        assert sounds.wrong(found) == []
        assert of(found, "not_silent", "vocals").evidence == "Silent by choice."

    def test_a_part_that_a_song_does_not_have_is_a_warning_beside_others_that_are_heard(self):
        found = stage({"drums": silence(sounds.pad()), "other": sounds.pad()}, {"song": sounds.pad()})
        assert sounds.wrong(found) == [("not_silent", "warn")]

    def test_all_parts_silent_fails(self):
        nothing = silence(sounds.pad())
        found = stage({"drums": nothing, "other": nothing}, {"song": sounds.pad()})
        assert sounds.wrong(found) == [("not_silent", "fail")] * 2

    def test_a_part_that_came_in_heard_and_goes_out_silent_fails(self):
        band, pad = sounds.band(), sounds.pad()
        found = stage({"drums": silence(band), "other": pad}, {"drums": band, "other": pad}, name="enhance")
        assert sounds.wrong(found) == [("not_silent", "fail")]
        assert "error inside" in found[0].causes[0]

    def test_what_came_in_silent_is_blamed_on_the_stage_before(self):
        nothing = silence(sounds.band())
        (finding,) = (
            f for f in stage({"master": nothing}, {"mix": nothing}, name="master") if f.severity != OK
        )
        assert finding.severity is WARN
        assert "stage before" in finding.causes[0]


class TestBrought:
    @pytest.mark.parametrize(
        "name",
        [
            "zeros",
            "near_silence",
            "near_silence_lifted",
            "nan_one",
            "constant",
            "integers_as_floats",
            "inverted_channel",
            "dead_channel",
        ],
    )
    def test_what_makes_a_sound_unusable_fails_all_the_same(self, name):
        assert sounds.findings(inject(name, sounds.band()), FOREIGN, uploaded=True)[0].severity is FAIL

    @pytest.mark.parametrize("name", ["dc_offset", "hard_clipping", "click", "gap"])
    def test_a_blemish_is_a_warning_with_its_figure(self, name):
        first = sounds.findings(inject(name, sounds.band()), FOREIGN, uploaded=True)[0]
        assert first.severity is WARN
        assert first.check in fault(name).caught_by

    @pytest.mark.parametrize("name", sounds.GOOD)
    def test_good_sounds_draw_nothing(self, name):
        assert sounds.wrong(sounds.findings(sounds.GOOD[name](), FOREIGN, uploaded=True)) == []

    @pytest.mark.parametrize(("plays_s", "severity"), [(32, NOTE), (8, WARN), (4, FAIL)])
    def test_a_silent_tail_is_as_bad_as_its_share(self, plays_s, severity):
        plays = np.resize(sounds.band().samples, (plays_s * RATE, 2))
        tail = made(np.concatenate([plays, np.zeros((5 * RATE, 2))]))
        assert asked("silent_tail", tail, uploaded=True).severity is severity

    def test_its_form_is_named(self):
        band = sounds.band().samples
        low = asked("form", made(band[:, :1], 8_000), uploaded=True)
        assert low.severity is WARN and "8000 Hz" in low.evidence
        surround = asked("form", made(np.repeat(band[:RATE], 3, axis=1)), uploaded=True)
        assert surround.severity is WARN and "6 channels" in surround.evidence
        short = asked("form", made(band[1000:1001]), uploaded=True)
        assert short.severity is WARN and "1 sample," in short.evidence
        assert asked("form", made(band, 192_000), uploaded=True).severity is OK


class TestPromises:
    @pytest.mark.parametrize(
        ("length_s", "said"),
        [
            (4.0, "half of what was promised"),
            (16.0, "twice what was promised"),
            (8.0 * 32_000 / 44_100, "32000 Hz"),
            (8.0 * 48_000 / 44_100, "48000 Hz"),
            (6.6, "stopped early"),
            (9.4, "ran on"),
        ],
    )
    def test_a_wrong_length_says_what_it_looks_like(self, length_s, said):
        samples = np.resize(sounds.band().samples, (round(length_s * RATE), 2))
        finding = asked("length", made(samples), promise=Promise(duration_s=8.0))
        assert finding.severity is FAIL
        assert said in finding.causes[0]

    def test_the_tolerance_is_the_engines_own(self):
        for tolerance_s, severity in ((0.1, OK), (0.01, FAIL)):
            promise = Promise(duration_s=8.05, duration_tolerance_s=tolerance_s)
            assert asked("length", sounds.band(), promise=promise).severity is severity

    def test_noise_that_untrained_weights_promised_is_a_warning_that_says_so(self):
        hiss = inject("near_silence_lifted", sounds.band())
        finding = asked("not_noise", hiss, promise=Promise(engine_untrained=True))
        assert finding.severity is WARN
        assert "as promised" in finding.evidence

    @pytest.mark.parametrize(("peak", "severity"), [(-80, FAIL), (-50, WARN), (-12, OK)])
    def test_the_level_before_an_engine_normalised_is_judged(self, peak, severity):
        promise = Promise(peak_before_normalising_dbfs=peak)
        assert asked("level_before_normalising", sounds.band(), promise=promise).severity is severity

    def test_a_silent_tail_is_held_against_the_promised_length(self):
        tail = made(np.concatenate([sounds.band().samples, np.zeros((round(3.5 * RATE), 2))]))
        assert asked("silent_tail", tail).severity is WARN
        assert asked("silent_tail", tail, promise=Promise(duration_s=11.5)).severity is FAIL

    @pytest.mark.parametrize(("channels", "severity"), [(1, FAIL), (2, OK), (4, FAIL)])
    def test_the_channels_are_counted(self, channels, severity):
        assert asked("channel_count", sounds.band(), promise=Promise(channels=channels)).severity is severity


class TestInAndOut:
    @pytest.mark.parametrize(
        "name", ["hard_clipping", "dc_offset", "inverted_channel", "dead_channel", "gap"]
    )
    def test_a_stage_is_not_failed_for_what_came_in(self, name):
        broken = inject(name, sounds.band())
        found = stage({"master": broken}, {"mix": broken}, name="master")
        assert all(f.severity is not FAIL for f in found), sounds.wrong(found)

    def test_a_gap_that_only_the_output_has_fails_even_in_a_wave_of_steps(self):
        whole = sounds.chiptune()
        broken = whole.samples.copy()
        broken[3 * RATE : 3 * RATE + 4_000] = 0
        assert asked("gaps", made(broken)).severity is OK
        found = stage({"master": made(broken)}, {"mix": whole}, name="master")
        assert of(found, "gaps", "master").severity is FAIL

    def test_stereo_that_is_lost_fails_and_a_mono_check_is_a_choice(self):
        mono = inject("mono_collapse", sounds.band())
        found = stage({"master": mono}, {"mix": sounds.band()}, name="master")
        assert of(found, "width", "master").severity is FAIL

        class Settings:
            mono_check = True

        found = stage({"mix": mono}, {"song": sounds.band()}, name="mix", settings=Settings())
        assert of(found, "width", "mix").severity is OK

    def test_a_bass_split_off_a_stereo_song_may_be_mono(self):
        bass = made(np.repeat(sounds.band().samples[:, :1], 2, axis=1))
        found = stage({"bass": bass, "other": sounds.pad()}, {"song": sounds.band()})
        assert sounds.wrong(found) == []

    def test_a_stem_on_one_side_is_a_warning(self):
        sided = made(sounds.band().samples * [1, 0])
        found = stage({"guitar": sided, "other": sounds.pad()}, {"song": sounds.band()})
        assert sounds.wrong(found) == [("dead_channel", "warn")]


class TestLimits:
    @pytest.mark.parametrize(("offset", "severity"), [(0.0005, OK), (0.003, WARN), (0.02, FAIL)])
    def test_an_offset_is_judged_by_its_size(self, offset, severity):
        assert asked("dc_offset", made(sounds.pad().samples + offset)).severity is severity

    def test_an_offset_that_comes_and_goes_with_the_level_is_a_lopsided_wave(self):
        pad = sounds.pad().samples
        level = np.sqrt(np.convolve((pad**2).mean(axis=1), np.ones(4_410) / 4_410, "same"))[:, None]
        gated = np.where(np.arange(len(pad)) % RATE < RATE // 2, 1.0, 0.01)[:, None]
        assert asked("dc_offset", made((pad + 0.4 * level) * gated)).severity is WARN

    @pytest.mark.parametrize("after_db", [0, -6, -20, -40])
    def test_clipping_is_flatness_at_any_level(self, after_db):
        clipped = np.clip(sounds.band().samples * 4, -1, 1) * 10 ** (after_db / 20)
        assert asked("flat_tops", made(clipped)).severity is FAIL

    def test_few_flat_tops_are_a_warning(self):
        samples = sounds.band().samples.astype(float)
        knee = np.sort(np.abs(samples).ravel())[-150]
        finding = asked("flat_tops", made(np.clip(samples, -knee, knee)))
        assert finding.severity is WARN

    @pytest.mark.parametrize("seconds", [0.02, 0.2, 3.4])
    def test_dropouts_of_every_length_are_caught(self, seconds):
        broken = sounds.pad().samples.copy()
        broken[2 * RATE : 2 * RATE + round(seconds * RATE)] = 0
        assert asked("gaps", made(broken)).severity is FAIL

    @pytest.mark.parametrize("fade_s", [0.01, 0.05, 0.3])
    def test_a_rest_with_a_fade_before_it_is_music(self, fade_s):
        loud = sounds.metal().samples
        t = np.arange(len(loud)) / RATE
        gain = np.where(t < 3, np.clip((3 - t) / fade_s, 0, 1), (t > 3.5).astype(float))
        assert asked("gaps", made(loud * gain[:, None])).severity is OK
        assert asked("gaps", made(loud * (gain == 1)[:, None])).severity is FAIL, "without the fade"

    def test_a_splice_without_a_crossfade_clicks(self):
        pad = sounds.pad().samples.astype(float)
        cut = np.concatenate([pad[: 2 * RATE], -pad[2 * RATE :]])
        jump = np.abs(cut[2 * RATE] - cut[2 * RATE - 1]).max()
        assert jump > 0.02
        assert asked("clicks", made(cut)).severity in (WARN, FAIL)

    def test_a_held_value_is_stuck_and_a_rest_with_an_offset_is_an_offset(self):
        held = sounds.pad().samples.copy()
        held[3 * RATE : 4 * RATE] = 0.3
        assert asked("not_stuck", made(held)).severity is FAIL
        rest = sounds.real_pause().samples + 0.05
        assert sounds.wrong(sounds.findings(made(rest), COMMON)) == [("dc_offset", "fail")]

    def test_full_scale_is_not_crossed_for_nothing(self):
        assert asked("true_peak", made(sounds.pad().samples * 2.1)).severity is WARN
        assert asked("true_peak", sounds.pad()).severity is OK

    @pytest.mark.slow
    @pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000])
    def test_the_checks_hold_at_other_rates(self, rate):
        for name in ("band", "pad", "sparse_piano", "real_pause"):
            other = sounds.GOOD[name]().resampled(rate)
            assert sounds.wrong(sounds.findings(other, COMMON)) == [], name
        pad = sounds.pad().resampled(rate)
        for name in ("gap", "dropout", "click", "hard_clipping", "near_silence_lifted", "silent_tail"):
            assert sounds.findings(inject(name, pad), COMMON)[0].check in fault(name).caught_by, name
