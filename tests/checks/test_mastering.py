import numpy as np
import pytest

from core.audio import Audio
from core.checks.mastering import Ceiling, LoudChoice, Squash, TargetReached
from core.checks.not_a_bend import not_a_bend
from core.compare.gain_fit import fit_gain
from core.contract import Case, Promise, Severity
from core.dsp.limiter import limit
from core.faults import fault
from core.measure import measure
from core.stages.master import MasterSettings
from tests import sounds
from tests.figures import mastered
from tests.stages.material import noise, plucks, scaled, tone

DRIVES_DB = (1.0, 6.0, 12.0)


def impulses():
    """Faint noise with a pulse three times a second."""
    samples = noise(5, seconds=4.0, level_dbfs=-46.0).samples.copy()
    samples[:: 44_100 // 3] += 0.8
    return Audio(samples, 44_100)


KNOWN = {
    "sine": lambda: tone(997, level_dbfs=-9.0),
    "low sine": lambda: tone(50, level_dbfs=-9.0),
    "piano-like": sounds.sparse_piano,
    "band": sounds.band,
    "drums": sounds.drums_alone,
    "held chord": sounds.pad,
    "dense noise": lambda: noise(3, level_dbfs=-12.0),
    "impulses": impulses,
    "mono": lambda: plucks(1, channels=1),
    "48 kHz": lambda: plucks(2, rate=48_000),
    "96 kHz": lambda: plucks(3, rate=96_000),
}


def full_scale(audio):
    return scaled(audio, 1 / np.abs(audio.samples).max())


def case(mix, master, settings=None, figures=None, **promise):
    return Case(
        stage="master",
        outputs={"master": sounds.sound(master, "master")},
        inputs={"mix": sounds.sound(mix, "mix")},
        settings=settings or MasterSettings(),
        promise=Promise(**promise),
        figures=figures,
    )


def examined(check, given):
    return check.examine(given.outputs["master"], given)


def matched(audio, loudness_lufs):
    """A sound taken to a loudness by gain alone: no meter of level tells it from another."""
    return scaled(audio, 10 ** ((loudness_lufs - measure(audio).integrated_lufs) / 20))


@pytest.mark.slow
@pytest.mark.parametrize("drive_db", DRIVES_DB)
@pytest.mark.parametrize("name", KNOWN)
def test_an_honest_limiter_is_no_squash(name, drive_db):
    mix = full_scale(KNOWN[name]())
    for release_s in (0.04, 0.25):
        made = limit(mix, gain_db=drive_db - 1, ceiling_dbtp=-1, release_s=release_s)
        found = examined(Squash(), case(mix, made.audio, gain_reduction_db=made.max_reduction_db))
        assert found.severity is Severity.OK, found.evidence


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["tanh_6_db", "tanh_12_db", "hard_clipping"])
@pytest.mark.parametrize("name", KNOWN)
def test_a_bent_wave_is_squash_at_any_level(name, harm):
    mix = full_scale(KNOWN[name]())
    honest = limit(mix, gain_db=5.0, ceiling_dbtp=-1)
    bent = fault(harm).inject(mix, np.random.default_rng(1))
    for master in (bent, matched(bent, measure(honest.audio).integrated_lufs)):
        found = examined(Squash(), case(mix, master, gain_reduction_db=honest.max_reduction_db))
        assert found.severity is Severity.FAIL, found.evidence
        assert "bends" in found.causes[0]
        assert found.remedy


def test_the_old_formula_is_squash_even_at_full_scale():
    mix = full_scale(sounds.band())
    bent = fault("tanh_6_db").inject(scaled(mix, 1.0), np.random.default_rng(1))
    assert examined(Squash(), case(mix, bent, gain_reduction_db=6.0)).severity is Severity.FAIL


def test_clipping_after_the_limiter_is_squash():
    mix = full_scale(sounds.band())
    made = limit(mix, gain_db=5.0, ceiling_dbtp=-1)
    clipped = Audio(np.clip(made.audio.samples, -0.5, 0.5), mix.sample_rate)
    found = examined(Squash(), case(mix, clipped, gain_reduction_db=made.max_reduction_db))
    assert found.severity is Severity.FAIL


def test_reduction_that_is_not_declared_is_squash():
    mix = full_scale(sounds.sparse_piano())
    made = limit(mix, gain_db=11.0, ceiling_dbtp=-1)
    declared = case(mix, made.audio, gain_reduction_db=made.max_reduction_db)
    hidden = case(mix, made.audio, gain_reduction_db=0.0)
    assert examined(Squash(), declared).severity is Severity.OK
    assert examined(Squash(), hidden).severity is Severity.FAIL
    assert "does not say so" in examined(Squash(), hidden).causes[0]


def test_another_song_is_squash():
    found = examined(Squash(), case(sounds.band(), sounds.pad(), gain_reduction_db=3.0))
    assert found.severity is Severity.FAIL


def test_tone_controls_of_the_settings_are_no_squash_and_undeclared_ones_are():
    mix = full_scale(sounds.band())
    from core.dsp.shelves import tilt

    tilted = tilt(scaled(mix, 0.3), low_db=4.0, high_db=-4.0)
    asked = MasterSettings(low_shelf_db=4.0, high_shelf_db=-4.0)
    assert examined(Squash(), case(mix, tilted, settings=asked)).severity is Severity.OK
    assert examined(Squash(), case(mix, tilted)).severity is Severity.FAIL


def test_squash_has_no_answer_without_a_mix_or_for_another_length():
    mix = plucks(1)
    alone = Case(stage="master", outputs={"master": sounds.sound(mix, "master")}, settings=MasterSettings())
    assert examined(Squash(), alone) is None
    assert examined(Squash(), case(mix, Audio(mix.samples[:-1], mix.sample_rate))) is None


@pytest.mark.parametrize(
    ("peak_dbtp", "severity"), [(-1.0, "ok"), (-0.95, "ok"), (-0.85, "fail"), (0.5, "fail")]
)
def test_the_ceiling_fails_a_tenth_of_a_decibel_over_it(peak_dbtp, severity):
    plain = plucks(1)
    audio = scaled(plain, 10 ** ((peak_dbtp - measure(plain).true_peak_dbtp) / 20))
    assert examined(Ceiling(), case(plain, audio, ceiling_dbtp=-1.0)).severity == severity


@pytest.mark.parametrize(("off_lu", "severity"), [(0.0, "ok"), (0.08, "ok"), (0.15, "fail"), (-2.0, "fail")])
def test_loudness_other_than_declared_fails(off_lu, severity):
    audio = matched(plucks(1), -14.0 + off_lu)
    given = case(plucks(1), audio, integrated_lufs=-14.0, figures=mastered(-14.0))
    assert examined(TargetReached(), given).severity == severity


def test_a_target_out_of_reach_is_a_warning_with_its_distance():
    audio = matched(plucks(1), -17.0)
    given = case(plucks(1), audio, integrated_lufs=-17.0, figures=mastered(-14.0, reached=False))
    found = examined(TargetReached(), given)
    assert found.severity is Severity.WARN
    assert "3.0 LU short" in found.evidence


@pytest.mark.parametrize(
    ("target_lufs", "limiting_db", "severity"),
    [(-14.0, 3.0, "ok"), (-9.0, 6.0, "ok"), (-8.0, 3.0, "warn"), (-12.0, 9.0, "warn")],
)
def test_a_loud_choice_is_warned_of(target_lufs, limiting_db, severity):
    given = case(plucks(1), plucks(1), figures=mastered(target_lufs, limiting_db=limiting_db))
    assert examined(LoudChoice(), given).severity == severity


def test_no_promise_no_question():
    given = case(plucks(1), plucks(1))
    assert [examined(check, given) for check in (Ceiling(), TargetReached(), LoudChoice())] == [None] * 3


def test_a_gain_that_moves_along_a_line_is_found_and_leaves_nothing():
    source = noise(1, seconds=1.0).samples
    ramp = np.linspace(1.0, 0.5, len(source))[:, None]
    fit = fit_gain(source, (source * ramp).astype(np.float32), 441)
    assert fit.bend_db < -90
    assert np.allclose(fit.gain, ramp[220:-220:441, 0][: len(fit.gain)], atol=1e-3)


def test_a_fit_of_silence_or_of_less_than_a_window_is_nothing():
    silent = np.zeros((1_000, 2), np.float32)
    assert fit_gain(silent, silent, 100).bend_db == 0.0
    assert fit_gain(silent[:50], silent[:50], 100).gain.size == 0


def held(samples, period):
    out = samples.copy()
    out[period - 1 :: period] = out[period - 2 :: period][: len(out[period - 1 :: period])]
    return out


def low_passed(samples, hertz):
    spectrum = np.fft.rfft(samples, axis=0)
    spectrum[np.fft.rfftfreq(len(samples), 1 / 44_100) > hertz] = 0
    return np.fft.irfft(spectrum, len(samples), axis=0)


def hissing(samples, level_dbfs):
    rng = np.random.default_rng(4)
    return samples + rng.standard_normal(samples.shape) * 10 ** (level_dbfs / 20)


@pytest.mark.parametrize("name", ["band", "drums"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: held(x, 4096), "every 4096 frames one is held"),
        (lambda x: held(x, 1024), "every 1024 frames one is held"),
        (lambda x: low_passed(x, 8_000), "kHz is gone: a low-pass"),
        (lambda x: low_passed(x, 4_000), "kHz is gone: a low-pass"),
        (lambda x: hissing(x, -50), "noise at -50 dBFS was added"),
        (lambda x: hissing(x, -40), "noise at -40 dBFS was added"),
    ],
)
def test_a_master_that_was_not_bent_is_named_by_what_was_done(name, change, words):
    mix = full_scale(KNOWN[name]())
    made = limit(mix, gain_db=1.0, ceiling_dbtp=-1)
    after = Audio(change(made.audio.samples).astype(np.float32), mix.sample_rate)
    assert words in not_a_bend(mix.samples, after.samples, mix.sample_rate)


@pytest.mark.parametrize("name", ["band", "drums", "dense noise"])
def test_a_bent_or_limited_master_is_none_of_these(name):
    mix = full_scale(KNOWN[name]())
    made = limit(mix, gain_db=6.0, ceiling_dbtp=-1)
    bent = fault("tanh_6_db").inject(mix, np.random.default_rng(1))
    for after in (made.audio, bent):
        assert not not_a_bend(mix.samples, after.samples, mix.sample_rate)
