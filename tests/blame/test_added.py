"""What a step added and what it filtered has a cause of its own; honest work draws neither."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Audio
from core.blame.added import ADDED_DB
from core.contract import Severity
from core.faults import blind
from tests import sounds
from tests.blame import steps
from tests.blame.steps import chain, changed

SONG = sounds.stop_time()
OURS = {"added", "filtered"}


def hiss(level_db, from_share=0.0):
    def step(audio):
        rng = np.random.default_rng(4)
        noise = rng.standard_normal(audio.samples.shape)
        noise[: round(from_share * len(noise))] = 0.0
        level = np.sqrt(np.mean(np.square(audio.samples))) * 10 ** (level_db / 20)
        return changed(audio, audio.samples + level * noise)

    return step


def with_fault(inject):
    return lambda audio: inject(audio, np.random.default_rng(1))


def brick(low_hz, high_hz):
    def step(audio):
        spectrum = np.fft.rfft(audio.samples, axis=0)
        hz = np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate)
        spectrum[(hz < low_hz) | (hz > high_hz)] *= 1e-3
        return changed(audio, np.fft.irfft(spectrum, audio.frames, axis=0))

    return step


def bell(hz, gain_db):
    def step(audio):
        spectrum = np.fft.rfft(audio.samples, axis=0)
        place = np.log2(np.maximum(np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate), 1.0) / hz)
        gain = 10 ** (gain_db / 20 * np.exp(-np.square(place / 0.5)))
        return changed(audio, np.fft.irfft(spectrum * gain[:, None], audio.frames, axis=0))

    return step


FAULTS = {
    "hiss": (hiss(-40), "added", "noise was added", Severity.WARN),
    "loud hiss": (hiss(-25), "added", "noise was added", Severity.WARN),
    "hum": (with_fault(blind.hum(50, -20)), "added", "mains hum was added", Severity.FAIL),
    "American hum": (with_fault(blind.hum(60, -25)), "added", "mains hum was added", Severity.FAIL),
    "a tone": (with_fault(blind.whine(3_000, -25)), "added", "a steady tone was added", Severity.FAIL),
    "low-pass": (brick(0, 4_000), "filtered", "low-pass", Severity.FAIL),
    "a telephone's treble": (brick(0, 3_400), "filtered", "low-pass", Severity.FAIL),
    "high-pass": (brick(400, 30_000), "filtered", "high-pass", Severity.FAIL),
    "equaliser": (bell(2_000, 12), "filtered", "lifts", Severity.WARN),
    "a hole": (bell(500, -14), "filtered", "cuts", Severity.WARN),
    "offset": (lambda a: changed(a, a.samples + 0.03), "dc_offset", "constant was added", Severity.FAIL),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_was_added_or_filtered_is_named_first(name):
    step, check, cause, severity = FAULTS[name]
    link = chain(SONG, step(SONG)).links[1]
    worst = [f for f in link.findings if f.severity is link.verdict]
    assert worst[0].check == check and cause in worst[0].causes[0]
    assert worst[0].severity is severity


def test_noise_from_the_middle_on_is_marked_there():
    link = chain(SONG, hiss(-30, 0.5)(SONG)).links[1]
    found = next(f for f in link.findings if f.check == "added")
    assert abs(found.spans[0].start_s - 0.5 * SONG.duration_s) < 1.0


@pytest.mark.parametrize(("level_db", "named"), [(ADDED_DB - 4, False), (ADDED_DB + 4, True)])
def test_the_limit_of_what_is_added(level_db, named):
    found = [f for f in chain(SONG, hiss(level_db)(SONG)).links[1].findings if f.check == "added"]
    assert bool(found) is named


HONEST = {
    "a gain": steps.gain(-9),
    "16 bits": steps.in_16_bits,
    "another rate": steps.resampled(48_000),
    "an equaliser": steps.equalised,
    "a bell of 6 dB": bell(1_000, 6),
    "a limiter": steps.limited(6),
    "both": lambda audio: steps.limited(5)(steps.equalised(audio)),
    "a room": steps.room,
    "a fade": steps.fade,
    "tanh": steps.tanh(6),
    "a high-pass at 80 Hz": brick(80, 30_000),
    "16 kHz of a codec": brick(0, 16_000),
}


@pytest.mark.parametrize("carrier", ["stop_time", "metal", "pad"])
@pytest.mark.parametrize("name", HONEST)
def test_honest_work_adds_nothing(name, carrier):
    song = sounds.GOOD[carrier]()
    link = chain(song, HONEST[name](song)).links[1]
    assert [f.check for f in link.findings if f.check in OURS] == []


def test_a_tiny_sound_is_not_asked():
    tiny = Audio(SONG.samples[:4_000], SONG.sample_rate)
    link = chain(tiny, hiss(-20)(tiny)).links[1]
    assert [f.check for f in link.findings if f.check in OURS] == []
