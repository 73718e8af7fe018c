"""A tone from some point on, hum under music, a late channel, clipping that was resampled."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks import COMMON
from core.checks.clipped_before import PILED, NotClippedBefore, pile
from core.checks.coarse import NotHeld, shows_held
from core.checks.lines import NoHum
from core.checks.polarity import FAR_HEIGHT, NeitherLate
from core.checks.stuck_buffer import shows_stuck_buffer
from core.checks.tone import FEWEST_S, NotTone
from core.contract import Case, Contract, Severity, judge
from core.dsp.limiter import limit
from core.faults import blind, injections
from tests import sounds

FAIL, WARN, OK = Severity.FAIL, Severity.WARN, Severity.OK
GOOD = sorted(set(sounds.GOOD) - {"lone_square"})


def spoilt(inject, carrier="band"):
    return inject(sounds.GOOD[carrier](), np.random.default_rng(5))


def asked(check, audio, **more):
    (found,) = sounds.findings(audio, [check], **more)
    return found


def sixteen_seconds(carrier="band"):
    return sounds.made(np.tile(sounds.GOOD[carrier]().samples, (2, 1)))


class TestToneFromSomePointOn:
    @pytest.mark.parametrize("partials", [1, 3])
    @pytest.mark.parametrize("share", [0.15, 0.3, 0.6])
    @pytest.mark.parametrize("carrier", ["band", "metal"])
    def test_it_fails_where_it_begins(self, partials, share, carrier):
        long = sixteen_seconds(carrier)
        finding = asked(NotTone(), blind.tone(523, partials, from_share=1 - share)(long, None))
        assert finding.severity is FAIL and "oscillator" in finding.causes[0]
        assert abs(finding.spans[0].start_s - (1 - share) * long.duration_s) < 0.25

    @pytest.mark.parametrize(("seconds", "severity"), [(FEWEST_S - 0.3, OK), (FEWEST_S + 0.4, FAIL)])
    def test_it_takes_a_second(self, seconds, severity):
        share = 1 - seconds / sounds.SECONDS
        assert asked(NotTone(), spoilt(blind.tone(523, 2, from_share=share))).severity is severity

    def test_in_an_upload_it_warns(self):
        assert asked(NotTone(), spoilt(blind.tone(523, 2, from_share=0.7)), uploaded=True).severity is WARN

    def test_a_last_note_that_dies_away_is_music(self):
        tone = blind.tone(523, 3, from_share=0.6)(sounds.band(), None).samples.copy()
        first = round(0.6 * len(tone))
        tone[first:] *= np.exp(-np.arange(len(tone) - first) / sounds.RATE * 1.5)[:, None]
        assert asked(NotTone(), sounds.made(tone)).severity is OK

    @pytest.mark.parametrize(
        "name", ["pad", "sub_bass", "sparse_piano", "voice_alone", "chiptune", "movements"]
    )
    def test_held_notes_are_music(self, name):
        assert asked(NotTone(), sounds.GOOD[name]()).severity is OK


class TestHum:
    @pytest.mark.parametrize("mains", [50, 60])
    @pytest.mark.parametrize("carrier", ["voice_alone", "sparse_piano"])
    def test_hum_20_db_under_the_music_is_named(self, mains, carrier):
        finding = asked(NoHum(), spoilt(blind.hum(mains, -20), carrier))
        assert finding.severity is WARN and f"of {mains} Hz" in finding.evidence

    @pytest.mark.parametrize(
        ("carrier", "mains", "level_db"),
        [("band", 60, -20), ("surf", 60, -20), ("drums_alone", 50, -15), ("metal", 50, -25)],
    )
    def test_hum_under_dense_playing_is_named_by_many_lines_or_by_sure_ones(self, carrier, mains, level_db):
        finding = asked(NoHum(), spoilt(blind.hum(mains, level_db), carrier))
        assert finding.severity is WARN and f"of {mains} Hz" in finding.evidence

    @pytest.mark.parametrize("off", [0.99, 1.01])
    def test_lines_that_are_no_multiples_of_the_mains_are_no_hum(self, off):
        assert asked(NoHum(), spoilt(blind.hum(50 * off, -20), "band")).severity is OK

    def test_hum_comes_and_goes_with_no_note(self):
        """A bass that plays the mains' frequency starts anew with each note."""
        t = np.arange(8 * sounds.RATE) / sounds.RATE
        beat = (t % 0.5) / 0.5
        rng = np.random.default_rng(3)
        phase = np.repeat(rng.uniform(0, 2 * np.pi, 16), sounds.RATE // 2)
        bass = np.sin(2 * np.pi * 50 * t + phase) * np.exp(-2 * beat)
        audio = sounds.made(0.3 * bass[:, None] + 0.3 * sounds.band().samples)
        assert asked(NoHum(), audio).severity is OK

    @pytest.mark.parametrize("name", GOOD)
    def test_no_good_sound_hums(self, name):
        assert [f for f in sounds.findings(sounds.GOOD[name](), [NoHum()]) if f.severity is not OK] == []


class TestLateAndWide:
    @pytest.mark.parametrize("ms", [0.3, 2.0, 20.0])
    @pytest.mark.parametrize("carrier", ["band", "metal", "lopsided"])
    def test_a_late_channel_fails(self, ms, carrier):
        assert asked(NeitherLate(), spoilt(blind.late_channel(ms / 1000), carrier)).severity is FAIL

    @pytest.mark.parametrize(("height", "severity"), [(0.5 * FAR_HEIGHT, OK), (2 * FAR_HEIGHT, FAIL)])
    def test_channels_that_share_little_are_asked_as_far_as_they_share_it(self, height, severity):
        rng = np.random.default_rng(1)
        common, left, right = rng.standard_normal((3, 8 * sounds.RATE))
        part = np.sqrt(height)
        x = np.stack([part * common + left, part * np.roll(common, 100) + right], axis=1)
        assert asked(NeitherLate(), sounds.made(0.05 * x)).severity is severity


class TestClippedBefore:
    @pytest.mark.parametrize("drive_db", [10, 15])
    @pytest.mark.parametrize("carrier", ["band", "stop_time", "surf", "pad"])
    def test_clipping_shows_after_a_change_of_rate(self, drive_db, carrier):
        broken = spoilt(blind.clipped_and_resampled(drive_db), carrier)
        finding = asked(NotClippedBefore(), broken)
        assert finding.severity is WARN and "was clipped" in finding.causes[0]
        assert pile(broken)[0] > PILED > pile(sounds.GOOD[carrier]())[0]

    @pytest.mark.parametrize("name", sorted(sounds.GOOD))
    def test_no_good_sound_was_clipped(self, name):
        found = sounds.findings(sounds.GOOD[name](), [NotClippedBefore()])
        assert [f for f in found if f.severity is not OK] == []

    @pytest.mark.parametrize("name", ["lone_square", "chiptune", "voice_alone"])
    def test_steps_and_pulses_that_were_resampled_are_no_clipping(self, name):
        good = sounds.GOOD[name]()
        assert asked(NotClippedBefore(), good.resampled(48_000)).severity is OK

    @pytest.mark.parametrize("drive_db", [6, 15])
    def test_a_limiter_is_no_clipper(self, drive_db):
        driven = limit(sounds.made(sounds.band().samples), gain_db=drive_db, ceiling_dbtp=-1.0).audio
        assert asked(NotClippedBefore(), driven).severity is OK

    def test_of_what_was_made_of_another_sound_others_ask(self):
        broken = spoilt(blind.clipped_and_resampled(12))
        case = Case("mix", {"mix": sounds.sound(broken, "mix")}, {"song": sounds.sound(sounds.band())})
        assert judge(Contract((NotClippedBefore(),)), case) == ()


class TestHeld:
    @pytest.mark.parametrize(("ratio", "held"), [(1.03, False), (1.055, True)])
    def test_one_sample_of_twenty_five_is_the_limit(self, ratio, held):
        assert shows_held(spoilt(blind.held(ratio))) is held

    @pytest.mark.parametrize("drive_db", [3, 12, 30])
    @pytest.mark.parametrize("carrier", ["band", "metal"])
    def test_what_was_clipped_and_separated_is_not_held(self, drive_db, carrier):
        clipped = spoilt(injections.clipped(drive_db), carrier)
        rest = clipped.samples - 0.3 * np.roll(clipped.samples, 7, axis=0)
        assert asked(NotHeld(), sounds.made(rest)).severity is OK


def test_what_came_in_is_not_asked_to_be_made_again():
    tone = spoilt(blind.tone(523, 2, from_share=0.5))
    case = Case("mix", {"mix": sounds.sound(tone, "mix")}, {"song": sounds.sound(tone)})
    (found,) = [f for f in judge(Contract(COMMON), case) if f.check == "tone"]
    assert found.severity is WARN
    assert "came in" in found.causes[0] and "step before" in found.remedy


@pytest.mark.parametrize("frames", [1, 441, 22_050])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_short_sounds_of_any_form_are_asked_without_error(frames, channels):
    rng = np.random.default_rng(1)
    samples = rng.standard_normal((frames, channels)).astype(np.float32)
    for rate in (8_000, 192_000):
        sounds.findings(Audio(0.1 * samples, rate), [NotTone(), NoHum(), NotClippedBefore(), NotHeld()])


@pytest.mark.parametrize(("level_dbfs", "stuck"), [(-95.0, False), (-45.0, True)])
def test_what_a_decoder_repeats_in_a_rest_is_no_stuck_buffer(level_dbfs, stuck):
    """Vorbis fills silence with one block of rounding noise, again and again."""
    block = np.random.default_rng(2).standard_normal((5_120, 2)) * 10 ** (level_dbfs / 20)
    rest = np.concatenate([sounds.band().samples, np.tile(block, (8, 1))])
    assert shows_stuck_buffer(sounds.made(rest)) is stuck
