"""Faults that the sound alone shows: each caught with its span and cause, and the music that is like it."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks import COMMON, FOREIGN
from core.checks.any_noise import NoNoiseInstead
from core.checks.coarse import FineSteps, NotHeld
from core.checks.edges import WholeEdges
from core.checks.layout import RightlyRead
from core.checks.lines import NoHum, NoWhine
from core.checks.polarity import BassInPhase, KeepsPolarity, NeitherLate
from core.checks.slow import NoDrift, NoRumble, NothingUltrasonic
from core.checks.stuck_buffer import NotOneLoop, NotStuckBuffer
from core.checks.tone import NotTone
from core.checks.treble import HasTreble
from core.contract import Case, Contract, Material, Origin, Severity, judge
from core.faults import blind
from core.stages.generate import GenerateStage
from tests import sounds

FAIL, WARN, NOTE, OK = Severity.FAIL, Severity.WARN, Severity.NOTE, Severity.OK
RATE = sounds.RATE
CARRIERS = ("band", "metal", "surf", "wide")
MINE = (
    NotTone(),
    NoNoiseInstead(),
    NotStuckBuffer(),
    NotOneLoop(),
    RightlyRead(),
    FineSteps(),
    NotHeld(),
    KeepsPolarity(),
    BassInPhase(),
    NeitherLate(),
    NoWhine(),
    NoHum(),
    NoDrift(),
    NoRumble(),
    NothingUltrasonic(),
    HasTreble(),
    WholeEdges(),
)
made = sounds.made


def spoilt(inject, carrier="band"):
    return inject(sounds.GOOD[carrier](), np.random.default_rng(5))


def asked(check, audio, **more):
    """The one answer of one check; None when it does not ask."""
    found = sounds.findings(audio, [check], **more)
    return found[0] if found else None


def drum_loop(step_s=0.125):
    """One dry hit, the same samples each step: a sequencer's hi-hat."""
    size = round(step_s * RATE)
    hit = np.random.default_rng(1).standard_normal(size) * np.exp(-np.arange(size) / size * 7.5)
    return made(0.5 * np.tile(hit, round(8 / step_s)))


def melody(partials=1):
    """A flute's or an organ's melody: pure tones that move, half a second each."""
    t = np.arange(8 * RATE) / RATE
    hz = np.array([440, 494, 523, 587, 659, 587, 523, 494])[(t / 0.5).astype(int) % 8]
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    return made(0.2 * sum(np.sin(k * phase) / k for k in range(1, partials + 1)))


class TestTone:
    @pytest.mark.parametrize("hz", [50, 330, 1000, 5000])
    def test_an_oscillator_fails_whoever_made_it(self, hz):
        tone = spoilt(blind.tone(hz))
        finding = asked(NotTone(), tone)
        assert finding.severity is FAIL and "oscillator" in finding.causes[0] and finding.spans
        assert f"{hz}" in finding.evidence or abs(float(finding.evidence.split()[3]) - hz) < 12
        assert asked(NotTone(), tone, uploaded=True).severity is FAIL

    @pytest.mark.parametrize("partials", [2, 4, 7])
    def test_a_few_partials_that_never_move_fail(self, partials):
        assert asked(NotTone(), spoilt(blind.tone(220, partials))).severity is FAIL

    def test_a_voice_over_an_oscillator_still_fails(self):
        voice = sounds.voice_alone().samples
        assert (
            asked(NotTone(), made(0.5 * voice + spoilt(blind.tone(1000, level=0.4)).samples[:, :1])).severity
            is FAIL
        )

    def test_a_tone_from_the_middle_on_fails_with_its_span(self):
        band = np.tile(sounds.band().samples, (2, 1))
        tone = blind.tone(660)(made(band), np.random.default_rng(0)).samples
        finding = asked(NotTone(), made(np.concatenate([band[: len(band) // 2], tone[len(band) // 2 :]])))
        assert finding.severity is FAIL and abs(finding.spans[0].start_s - 8.0) < 0.3

    @pytest.mark.parametrize("partials", [1, 8])
    def test_a_melody_of_pure_tones_is_music(self, partials):
        assert asked(NotTone(), melody(partials)).severity is OK

    def test_a_part_may_hold_one_note(self):
        tone = spoilt(blind.tone(110))
        parts = {"bass": tone, "other": sounds.band()}
        case = Case("separate", {n: sounds.sound(a, n) for n, a in parts.items()}, delivers=Material.STEMS)
        assert [f for f in judge(Contract((NotTone(),)), case) if f.severity != OK] == []

    def test_generate_does_not_let_a_tone_pass_for_a_song(self):
        tone = spoilt(blind.tone(1000))
        case = Case("generate", {"clip_1": sounds.sound(tone, "clip_1")})
        first = judge(GenerateStage.contract, case)[0]
        assert (first.check, first.severity) == ("tone", FAIL)


class TestNoise:
    @pytest.mark.parametrize("slope", [-1, 0, 1, 2, 3])
    @pytest.mark.parametrize("enveloped", [False, True])
    def test_noise_of_any_colour_and_envelope_fails(self, slope, enveloped):
        finding = asked(NoNoiseInstead(), spoilt(blind.noise(slope, enveloped=enveloped), "pad"))
        assert finding.severity is FAIL and "noise" in finding.causes[0]

    @pytest.mark.parametrize("share", [0.3, 0.5, 0.75])
    @pytest.mark.parametrize("carrier", ["band", "sparse_piano"])
    def test_noise_from_some_point_on_fails_there(self, share, carrier):
        good = sounds.GOOD[carrier]()
        finding = asked(NoNoiseInstead(), blind.noise(1, share)(good, np.random.default_rng(2)))
        assert finding.severity is FAIL
        assert abs(finding.spans[0].start_s - share * good.duration_s) < 0.7

    @pytest.mark.parametrize("name", ["surf", "metal", "drums_alone", "old_mono"])
    def test_waves_guitars_and_cymbals_are_music(self, name):
        assert asked(NoNoiseInstead(), sounds.GOOD[name]()).severity is OK

    def test_a_roll_on_the_snare_is_music(self):
        rng, t = np.random.default_rng(3), np.arange(RATE // 20) / RATE
        hit = rng.standard_normal(t.size) * np.exp(-t * 50) + np.sin(2 * np.pi * 190 * t) * np.exp(-t * 30)
        band = sounds.band().samples.copy()
        band[2 * RATE : 3 * RATE] = 0.4 * np.tile(hit, 20)[:RATE, None]
        assert asked(NoNoiseInstead(), made(band)).severity is OK


class TestRepeats:
    @pytest.mark.parametrize(("block_s", "plays"), [(0.01, 30), (0.033, 1), (0.1, 4), (0.3, 2)])
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_a_stuck_buffer_fails_where_it_is(self, block_s, plays, carrier):
        finding = asked(NotStuckBuffer(), spoilt(blind.stuck_buffer(block_s, plays), carrier))
        assert finding.severity is FAIL and "buffer" in finding.causes[0]
        assert abs(finding.spans[0].start_s - 4.0 - block_s) < 0.002

    def test_just_under_the_limit_passes(self):
        assert asked(NotStuckBuffer(), spoilt(blind.stuck_buffer(0.015, 1))).severity is OK

    @pytest.mark.parametrize("step_s", [0.05, 0.125, 0.25, 0.4])
    def test_a_sequencers_hits_are_music(self, step_s):
        assert asked(NotStuckBuffer(), drum_loop(step_s)).severity is OK

    def test_a_square_wave_of_whole_samples_is_no_stuck_buffer(self):
        square = np.where(np.arange(8 * RATE) % 400 < 200, 0.3, -0.3)
        assert asked(NotStuckBuffer(), made(square)).severity is OK

    @pytest.mark.parametrize("block_s", [0.7, 2.0, 3.1])
    def test_one_loop_for_all_of_it_is_told(self, block_s):
        finding = asked(NotOneLoop(), spoilt(blind.one_loop(block_s), "band"))
        assert finding.severity is WARN and f"{block_s:.2f} s" in finding.evidence

    def test_two_bars_played_twice_are_music(self):
        assert asked(NotOneLoop(), sounds.looped()).severity is OK


class TestLayout:
    @pytest.mark.parametrize("carrier", ["metal", "surf", "lopsided", "wide"])
    @pytest.mark.parametrize(
        ("inject", "cause"),
        [
            (blind.planes_as_frames, "planes"),
            (blind.frames_as_planes, "interleaved"),
            (blind.float_bits, "float"),
            (blind.unsigned_bytes, "unsigned"),
        ],
    )
    def test_what_was_read_wrongly_fails_and_answers_for_the_sound(self, carrier, inject, cause):
        found = sounds.findings(spoilt(inject, carrier), FOREIGN, uploaded=True)
        assert [(found[0].check, found[0].severity)] == [("misread", FAIL)], found[0]
        assert cause in found[0].causes[0]

    @pytest.mark.parametrize("name", sounds.GOOD)
    def test_good_sounds_are_read_rightly(self, name):
        answer = asked(RightlyRead(), sounds.GOOD[name]())
        assert answer is None or answer.severity is OK


class TestSteps:
    @pytest.mark.parametrize("bits", [4, 6, 8, 10, 12])
    @pytest.mark.parametrize("gain_db", [0.0, -4.0])
    def test_few_bits_are_named_after_any_gain(self, bits, gain_db):
        bad = spoilt(blind.coarse(bits, gain_db))
        assert asked(FineSteps(), bad).severity is FAIL
        assert asked(FineSteps(), bad, uploaded=True).severity is WARN

    @pytest.mark.parametrize("bits", [14, 16])
    def test_enough_bits_pass(self, bits):
        assert asked(FineSteps(), spoilt(blind.coarse(bits))).severity is OK

    def test_a_quiet_sixteen_bit_sound_is_not_coarse(self):
        quiet = np.round(sounds.band().samples * 10 ** (-36 / 20) * 32_768) / 32_768
        assert asked(FineSteps(), made(quiet)).severity is OK

    @pytest.mark.parametrize("name", ["chiptune", "lone_square"])
    def test_a_chips_own_wave_passes(self, name):
        for check in (FineSteps(), NotHeld()):
            assert asked(check, sounds.GOOD[name]()).severity is OK

    @pytest.mark.parametrize("ratio", [48 / 44.1, 1.5, 2, 3, 4, 8])
    def test_held_samples_are_named(self, ratio):
        finding = asked(NotHeld(), spoilt(blind.held(ratio)))
        assert finding.severity is FAIL and "repeating samples" in finding.causes[0]

    def test_a_proper_resampler_holds_nothing(self):
        assert asked(NotHeld(), sounds.band().resampled(32_000).resampled(48_000)).severity is OK


class TestChannels:
    @pytest.mark.parametrize(("start", "stop"), [(0.5, 1.0), (0.7, 1.0), (0.0, 0.4), (0.4, 0.7)])
    def test_a_channel_inverted_for_a_part_is_found_there(self, start, stop):
        finding = asked(KeepsPolarity(), spoilt(blind.inverted_part(start, stop)))
        assert finding.severity is FAIL and "inverted" in finding.causes[0]
        assert (
            abs(finding.spans[0].start_s - 8 * start) < 0.6 and abs(finding.spans[0].stop_s - 8 * stop) < 0.6
        )

    def test_mono_that_opens_into_stereo_is_music(self):
        opening = sounds.band().samples.copy()
        opening[: 4 * RATE] = opening[: 4 * RATE].mean(axis=1, keepdims=True)
        opening[4 * RATE :] = sounds.wide().samples[4 * RATE :]
        assert asked(KeepsPolarity(), made(opening)).severity is OK

    @pytest.mark.parametrize("under_hz", [110, 150])
    def test_an_inverted_bass_is_found_though_the_rest_is_upright(self, under_hz):
        finding = asked(BassInPhase(), spoilt(blind.inverted_bass(under_hz)))
        assert finding.severity is FAIL and "low band" in finding.causes[0]

    @pytest.mark.parametrize("name", ["band", "wide", "sub_bass"])
    def test_a_bass_that_pushes_the_same_way_passes(self, name):
        assert asked(BassInPhase(), sounds.GOOD[name]()).severity is OK

    @pytest.mark.parametrize("delay_ms", [0.4, 1, 5, 20])
    @pytest.mark.parametrize("carrier", ["band", "surf"])
    def test_a_late_channel_is_found_with_its_delay(self, delay_ms, carrier):
        finding = asked(NeitherLate(), spoilt(blind.late_channel(delay_ms / 1000), carrier))
        assert finding.severity is FAIL and finding.evidence.startswith("The right channel is late")
        told_ms = float(finding.remedy.split()[4])
        assert told_ms == pytest.approx(delay_ms, abs=0.05)

    def test_a_tenth_of_a_millisecond_is_a_microphones_place(self):
        assert asked(NeitherLate(), spoilt(blind.late_channel(0.0001))).severity is OK


class TestLines:
    @pytest.mark.parametrize(("hz", "level_db"), [(15_734, -40), (8_000, -30), (3_000, -20)])
    def test_a_whine_is_told_with_its_frequency(self, hz, level_db):
        finding = asked(NoWhine(), spoilt(blind.whine(hz, level_db)))
        assert finding.severity is WARN
        assert abs(float(finding.evidence.split()[3]) - hz) < 12

    @pytest.mark.parametrize("mains", [50, 60])
    def test_mains_hum_is_told(self, mains):
        finding = asked(NoHum(), spoilt(blind.hum(mains, -6), "old_mono"))
        assert finding.severity is WARN and f"{mains} Hz" in finding.evidence

    @pytest.mark.parametrize("name", sounds.GOOD)
    def test_music_neither_whines_nor_hums(self, name):
        for check in (NoWhine(), NoHum()):
            answer = asked(check, sounds.GOOD[name]())
            assert answer is None or answer.severity is OK


class TestSlow:
    @pytest.mark.parametrize(("swing", "severity"), [(0.04, OK), (0.1, WARN), (0.5, FAIL)])
    def test_an_offset_that_drifts(self, swing, severity):
        assert asked(NoDrift(), spoilt(blind.drifting_offset(swing))).severity is severity

    @pytest.mark.parametrize(("hz", "level_db", "severity"), [(5, 0, WARN), (12, 3, WARN), (5, -20, OK)])
    def test_rumble(self, hz, level_db, severity):
        assert asked(NoRumble(), spoilt(blind.rumble(hz, level_db))).severity is severity

    def test_sound_that_nobody_hears_over_21_khz(self):
        band = sounds.band().resampled(96_000)
        assert asked(NothingUltrasonic(), band).severity is OK
        assert (
            asked(NothingUltrasonic(), blind.whine(30_000, -12)(band, np.random.default_rng(0))).severity
            is WARN
        )


class TestTrebleAndEdges:
    @pytest.mark.parametrize("hz", [4_000, 7_500, 11_000])
    def test_missing_treble_is_a_note_of_an_upload_and_a_warning_of_ours(self, hz):
        bad = spoilt(blind.low_pass(hz))
        assert asked(HasTreble(), bad, uploaded=True).severity is NOTE
        assert asked(HasTreble(), bad).severity is WARN

    @pytest.mark.parametrize("hz", [15_000, 20_000])
    def test_a_codecs_usual_edge_is_none(self, hz):
        assert asked(HasTreble(), spoilt(blind.low_pass(hz))).severity is OK

    @pytest.mark.parametrize("share", [0.5, 0.85, 0.97])
    def test_an_engine_that_stops_short_fails(self, share):
        finding = asked(WholeEdges(), spoilt(blind.stops_short(share)))
        assert finding.severity is FAIL and "stopped short" in finding.causes[0]
        assert abs(finding.spans[0].start_s - 8 * share) < 0.01

    def test_a_fade_before_silence_is_an_end(self):
        faded = sounds.fade().samples
        assert asked(WholeEdges(), made(np.concatenate([faded, np.zeros((RATE, 2))]))).severity is OK


class TestOrigin:
    def test_what_came_in_is_passed_on_as_a_warning(self):
        late = sounds.sound(spoilt(blind.late_channel(0.005)))
        case = Case("master", {"song": late}, {"song": late})
        (finding,) = judge(Contract((NeitherLate(),)), case)
        assert (finding.severity, finding.origin) == (WARN, Origin.INPUT)

    def test_what_a_stage_did_fails_there(self):
        good, late = sounds.sound(sounds.band()), sounds.sound(spoilt(blind.late_channel(0.005)))
        (finding,) = judge(Contract((NeitherLate(),)), Case("master", {"song": late}, {"song": good}))
        assert (finding.severity, finding.origin) == (FAIL, Origin.STAGE)


class TestEdges:
    """Sounds at the edge of what can be asked: no check raises."""

    @pytest.mark.slow
    @pytest.mark.parametrize("channels", [1, 2, 8])
    @pytest.mark.parametrize("rate", [8_000, 48_000, 192_000])
    @pytest.mark.parametrize("seconds", [0.01, 0.3, 1.2])
    def test_short_sounds_at_any_rate(self, channels, rate, seconds):
        rng = np.random.default_rng(0)
        shape = (round(seconds * rate), channels)
        zeros, click = np.zeros(shape), np.zeros(shape)
        click[shape[0] // 2] = 0.9
        broken = 0.1 * rng.standard_normal(shape)
        broken[0], broken[-1], broken[shape[0] // 3] = np.nan, np.inf, -1e30
        for samples in (zeros, click, broken, np.full(shape, np.nan), np.full(shape, 0.25)):
            sound = sounds.sound(Audio(samples.astype(np.float32), rate))
            for check in MINE:
                check.examine(sound, Case("generate", {"song": sound}))
                check.examine(sound, Case("inspect", {"song": sound}, uploaded=True))

    def test_nan_beside_a_fault_hides_it_from_nobody(self):
        tone = np.array(spoilt(blind.tone(440)).samples)
        tone[RATE] = np.nan
        sound = sounds.sound(made(tone))
        assert NotTone().examine(sound, Case("generate", {"song": sound})).severity is FAIL

    def test_eight_channels_are_asked_by_their_loudest(self):
        eight = np.repeat(spoilt(blind.tone(440)).samples, 4, axis=1)
        assert asked(NotTone(), made(eight)).severity is FAIL


def test_all_of_them_are_asked_of_every_sound():
    assert {check.name for check in MINE} <= {check.name for check in COMMON}
