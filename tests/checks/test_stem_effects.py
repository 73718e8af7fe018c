"""What an effect chain may not do to a stem: lose its treble, add to it, or show its blocks."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks.block_edges import gain_jumps, held_frames
from core.checks.mixing import MixSum
from core.checks.stem_effects import KeepsToNoBlocks, KeepsTreble, NothingAdded
from core.contract import Case, Contract, Material, Severity, judge
from core.dsp.effect_chain import ChainSettings, EqBand, EqShape
from core.engines.effects.chain import run_chain
from core.faults import blind
from core.stages.enhance import BUILT_IN, EnhanceSettings, Strength, scaled
from core.stages.mix import MixSettings
from core.stages.stem_family import stem_family
from tests import sounds
from tests.fakes import stems_of
from tests.figures import mixed

pytestmark = pytest.mark.slow

FAIL, OK = Severity.FAIL, Severity.OK
NAMES = ("vocals", "drums", "bass", "other")
CHECKS = (KeepsTreble(), NothingAdded(), KeepsToNoBlocks())


@pytest.fixture(scope="module")
def stems():
    return dict(stems_of(sounds.stop_time(), 3))


@pytest.fixture(scope="module")
def enhanced(stems):
    """Each stem through its own chain at medium strength."""
    return {name: chained(stems[name], name) for name in NAMES}


def chained(audio, name, strength=Strength.MEDIUM):
    chain = scaled(BUILT_IN[stem_family(name)], strength)
    planes, _ = run_chain(np.ascontiguousarray(audio.samples.T), audio.sample_rate, chain)
    return Audio(np.ascontiguousarray(planes.T), audio.sample_rate)


def asked(check, before, after, name="vocals", settings=None):
    case = Case(
        "enhance",
        {name: sounds.sound(after, name)},
        {name: sounds.sound(before, name)},
        settings=settings or EnhanceSettings(),
        delivers=Material.STEMS,
    )
    (found,) = judge(Contract((check,)), case)
    return found


def spoilt(audio, inject):
    return inject(audio, np.random.default_rng(1))


@pytest.mark.parametrize("name", ["vocals", "drums", "other"])
@pytest.mark.parametrize(("cut_hz", "severity"), [(2_000, FAIL), (3_000, FAIL), (16_000, OK)])
def test_a_stem_keeps_its_treble(stems, enhanced, name, cut_hz, severity):
    found = asked(KeepsTreble(), stems[name], spoilt(enhanced[name], blind.low_pass(cut_hz)), name)
    assert found.severity is severity
    if severity is FAIL:
        said_hz = 1000 * float(found.evidence.split(" kHz")[0].split()[-1])
        assert abs(said_hz / cut_hz - 1) < 0.3 and "low-pass" in found.causes[0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("strength", [Strength.LIGHT, Strength.STRONG])
def test_the_built_in_chains_are_let_pass(stems, name, strength):
    after = chained(stems[name], name, strength)
    for check in CHECKS:
        assert asked(check, stems[name], after, name).severity is OK


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", [sounds.lone_square, sounds.drums_alone, sounds.sub_bass, sounds.pad])
def test_a_beat_on_a_grid_or_a_held_chord_is_no_fault_of_the_chain(make, name):
    after = chained(make(), name, Strength.STRONG)
    for check in CHECKS:
        assert asked(check, make(), after, name).severity is OK


def test_a_treble_that_the_settings_take_is_no_fault(stems):
    low_pass = spoilt(stems["drums"], blind.low_pass(3_000))
    band = EqBand(shape=EqShape.HIGH_SHELF, frequency_hz=4_000, gain_db=-15)
    dark = EnhanceSettings(chains={"drums": ChainSettings(bands=(band,))})
    assert asked(KeepsTreble(), stems["drums"], low_pass, "drums", dark).severity is OK


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level_db", [-35, -45])
def test_hiss_that_a_chain_adds_is_named(stems, enhanced, name, level_db):
    found = asked(NothingAdded(), stems[name], spoilt(enhanced[name], blind.hiss(level_db)), name)
    assert found.severity is FAIL and "noise was added" in found.causes[0]


@pytest.mark.parametrize(("hz", "level_db"), [(50, -20), (60, -30)])
@pytest.mark.parametrize("make", [sounds.pad, sounds.sub_bass])
def test_hum_that_a_chain_adds_is_named_with_its_mains(make, hz, level_db):
    after = spoilt(chained(make(), "other"), blind.hum(hz, level_db))
    found = asked(NothingAdded(), make(), after, "other")
    assert found.severity is FAIL and f"mains hum of {hz} Hz was added" in found.causes[0]


def test_hum_and_noise_that_came_in_are_not_added():
    hissing = spoilt(spoilt(sounds.pad(), blind.hum(50, -20)), blind.hiss(-40))
    assert asked(NothingAdded(), hissing, chained(hissing, "other"), "other").severity is OK


@pytest.mark.parametrize("name", ["drums", "bass", "other"])
@pytest.mark.parametrize("block", [1024, 4096])
def test_frames_held_and_gains_that_jump_are_named_at_their_block(stems, enhanced, name, block):
    held = asked(KeepsToNoBlocks(), stems[name], spoilt(enhanced[name], blind.last_frames_held(block)), name)
    assert held.severity is FAIL and f"every {block} frames one is held" in held.causes[0]
    jumps = asked(KeepsToNoBlocks(), stems[name], spoilt(enhanced[name], blind.block_gains(4, block)), name)
    assert jumps.severity is FAIL and "at the edges of blocks" in jumps.causes[0]


@pytest.mark.parametrize("offset", [0, 1_000, 2_500])
def test_blocks_may_begin_anywhere(offset):
    good = sounds.band()
    stepped = spoilt(good, blind.block_gains(4, 4096))
    later = [side.samples[offset:] for side in (good, stepped)]
    assert "every 4096 frames" in gain_jumps(*later)


def test_a_still_source_holds_no_frames():
    still = np.repeat(sounds.band().samples[::8], 8, axis=0)
    assert held_frames(still, 0.5 * still) == ""


@pytest.mark.parametrize("frames", [0, 1, 2, 500, 20_000])
def test_short_sounds_are_not_asked(frames):
    short = sounds.band().samples[:frames]
    assert held_frames(short, short) == gain_jumps(short, short) == ""


def test_a_mix_whose_last_frames_are_held_says_so():
    stems, settings = dict(stems_of(sounds.band(), 3)), MixSettings()
    gains = {name: 10 ** (settings.fader(name).gain_db / 20) for name in stems}
    total = np.sum([gains[name] * audio.samples for name, audio in stems.items()], axis=0)
    mix = Audio((0.4 * total).astype(np.float32), sounds.RATE)
    case = Case(
        "mix",
        {"mix": sounds.sound(spoilt(mix, blind.last_frames_held(4096)), "mix")},
        {name: sounds.sound(audio, name) for name, audio in stems.items()},
        settings=settings,
        figures=mixed(bus_gain_db=20 * np.log10(0.4)),
        delivers=Material.MIX,
    )
    (found,) = judge(Contract((), (MixSum(),)), case)
    assert found.severity is FAIL and "every 4096 frames one is held" in found.causes[0]


def test_a_compressor_under_a_beat_that_keeps_to_blocks_is_no_fault():
    phase = np.arange(40 * 8_192) % 8_192
    noise = np.random.default_rng(1).standard_normal((len(phase), 2))
    hits = (0.1 * noise * np.exp(-phase / 2_000)[:, None]).astype(np.float32)
    pressed = (hits * (0.5 + phase / 16_384)[:, None]).astype(np.float32)
    assert gain_jumps(hits, pressed) == ""


@pytest.mark.parametrize("name", NAMES)
def test_to_a_held_chord_a_chain_adds_nothing_that_is_audible(name):
    t = np.arange(4 * 44_100) / 44_100
    wave = 0.3 * (np.sin(2 * np.pi * 220 * t) + 0.7 * np.sin(2 * np.pi * 277.2 * t)) * (1 + 0.1 * np.sin(t))
    before = Audio(np.stack([wave, 0.8 * wave], 1).astype(np.float32), 44_100)
    assert asked(NothingAdded(), before, chained(before, name, Strength.STRONG), name).severity is OK
