import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from core.audio import Audio
from core.checks.figures import stored
from core.contract import Severity, judge, verdict
from core.dsp.limiter import limit
from core.errors import Cancelled, EngineInputError, InputError, NotFoundError
from core.faults import fault
from core.measure import measure
from core.progress import silent
from core.runs.pipeline import RunSettings
from core.song import SongRequest, Upload
from core.stages.master import MasterSettings, MasterStage, Reach, master_audio
from core.stages.platforms import Platform
from tests import sounds
from tests.stages.material import case_of, found, judged, noise, nothing, plucks, scaled, tone, work

STAGE = MasterStage()


def given(audio, **settings):
    return work(MasterSettings(**settings), {"mix": {"mix": audio}})


def peaky(seed=1, **form):
    """Plucks whose attacks stand 19 dB over their loudness, at -20 LUFS or so."""
    audio = plucks(seed, **form)
    samples = audio.samples.copy()
    samples[:: audio.sample_rate] += 1.5 * np.abs(samples).max()
    return Audio(samples, audio.sample_rate)


GOOD = {
    "sine": lambda: tone(997, seconds=2.0),
    "sparse piano": sounds.sparse_piano,
    "band": sounds.band,
    "dense": sounds.metal,
    "mono": lambda: plucks(1, channels=1),
    "48 kHz": lambda: plucks(2, rate=48_000),
    "96 kHz": lambda: plucks(3, rate=96_000),
    "single peaks": peaky,
    "quiet": lambda: scaled(sounds.band(), 0.05),
    "over full scale": lambda: scaled(sounds.band(), 8.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GOOD)
def test_a_good_mix_reaches_its_target_under_the_ceiling_or_says_that_it_does_not(name):
    mix = GOOD[name]()
    output = STAGE.run(given(mix))
    master = output.sounds["master"]
    reading = measure(master)
    assert master.samples.shape == mix.samples.shape
    assert master.sample_rate == mix.sample_rate
    assert reading.true_peak_dbtp <= -1.0 + 0.001
    assert reading.integrated_lufs == pytest.approx(output.promise.integrated_lufs, abs=0.051)
    if output.figures.reached:
        assert reading.integrated_lufs == pytest.approx(-14.0, abs=0.051)
        assert not output.notes
    else:
        assert "short of -14" in output.notes[0]
        assert output.figures.limiting_db == pytest.approx(6.0, abs=0.5)
    wrong = [f for f in judged(STAGE, given(mix), output) if f.severity is Severity.FAIL]
    assert not wrong


@pytest.mark.parametrize(("platform", "lufs"), [("spotify", -14), ("apple", -16), ("aes_track", -16)])
def test_a_platform_sets_the_target(platform, lufs):
    settings = MasterSettings(platform=platform, target_lufs=-20)
    result = master_audio(sounds.band(), settings, silent)
    assert result.target_lufs == lufs
    assert result.reached_lufs == pytest.approx(lufs, abs=0.05)


def test_a_custom_target_and_ceiling_are_met():
    result = master_audio(sounds.band(), MasterSettings(target_lufs=-18, ceiling_dbtp=-3), silent)
    assert result.reached
    assert result.reached_lufs == pytest.approx(-18, abs=0.05)
    assert result.measurement.true_peak_dbtp <= -3.0 + 0.001


def test_gain_alone_is_bit_exact():
    mix = sounds.pad()
    result = master_audio(mix, MasterSettings(target_lufs=-20), silent)
    gain = np.float32(10 ** (result.gain_db / 20))
    assert result.max_reduction_db == 0.0
    assert np.array_equal(result.audio.samples, mix.samples * gain)


def test_over_six_decibels_of_limiting_is_only_for_who_insists():
    mix = peaky()
    short = STAGE.run(given(mix))
    insisted = STAGE.run(given(mix, reach=Reach.INSIST))
    assert not short.figures.reached
    assert short.figures.reached_lufs < -14.5
    assert insisted.figures.reached
    assert insisted.figures.reached_lufs == pytest.approx(-14, abs=0.05)
    assert insisted.figures.limiting_db > 6.0
    warned = judged(STAGE, given(mix), insisted)
    assert found(warned, "loud_choice")[0].severity is Severity.WARN
    assert found(judged(STAGE, given(mix), short), "target_reached")[0].severity is Severity.WARN


def test_insisting_ends_where_nothing_is_left_to_insist_on():
    pulses = np.zeros((88_200, 1), np.float32)
    pulses[::22_050] = 1.0
    result = master_audio(Audio(pulses, 44_100), MasterSettings(target_lufs=-5, reach="insist"), silent)
    assert not result.reached
    assert "more than 24 dB of limiting" in result.shortfall
    assert result.limiting_db == pytest.approx(24.0, abs=0.5)


def test_a_mix_that_is_hardly_there_gets_no_endless_gain():
    hiss = noise(1, level_dbfs=-65.0)
    result = master_audio(hiss, MasterSettings(), silent)
    assert not result.reached
    assert result.gain_db <= 30.0
    assert "so quiet" in result.shortfall


def test_tilt_and_glue_shape_the_sound_and_the_target_still_holds():
    mix = sounds.band()
    plain = master_audio(mix, MasterSettings(target_lufs=-20), silent)
    output = STAGE.run(given(mix, target_lufs=-20, low_shelf_db=3, high_shelf_db=-3, glue=0.8))
    shaped = measure(output.sounds["master"])
    assert shaped.integrated_lufs == pytest.approx(-20, abs=0.05)
    assert output.promise.gain_reduction_db > 1.0
    assert not np.allclose(output.sounds["master"].samples, plain.audio.samples, atol=1e-3)
    findings = judged(STAGE, given(mix, low_shelf_db=3, high_shelf_db=-3, glue=0.8), output)
    assert found(findings, "squash")[0].severity is Severity.OK


def test_an_offset_is_taken_off_and_told():
    mix = Audio(sounds.band().samples * 0.5 + np.float32(0.02), 44_100)
    output = STAGE.run(given(mix))
    assert measure(output.sounds["master"]).dc_offset < 0.001
    assert "DC offset" in output.notes[-1]
    assert verdict(judged(STAGE, given(mix), output)) is not Severity.FAIL


def test_promise_and_figures_are_whole_and_fit_a_record():
    mix = sounds.band()
    output = STAGE.run(given(mix))
    promise, figures = output.promise, output.figures
    assert (promise.sample_rate, promise.channels, promise.duration_s) == (44_100, 2, mix.duration_s)
    assert promise.ceiling_dbtp == -1.0
    assert promise.gain_reduction_db >= 0.0
    curve = figures.reduction_curve_db
    assert 0 < len(curve) <= 600
    assert len(curve) * figures.reduction_hop_s == pytest.approx(mix.duration_s, abs=0.05)
    assert max(curve) == pytest.approx(promise.gain_reduction_db, abs=0.01)
    json.dumps(stored(figures), allow_nan=False)
    assert not output.uploaded


def test_the_histogram_tells_how_long_the_song_was_turned_down_by_how_much():
    mix = peaky()
    figures = STAGE.run(given(mix)).figures
    told = figures.reduction_histogram
    edges, seconds = told.edges_db, told.seconds
    assert edges[:3] == (0.0, 0.1, 1.0)
    assert len(seconds) == len(edges) - 1
    assert sum(seconds) == pytest.approx(mix.duration_s, abs=0.01)
    last = max(n for n, value in enumerate(seconds) if value)
    assert edges[last] <= max(figures.reduction_curve_db) <= edges[last + 1]
    untouched = STAGE.run(given(sounds.pad(), target_lufs=-20)).figures.reduction_histogram
    assert untouched.seconds[0] == pytest.approx(sounds.pad().duration_s)
    assert not any(untouched.seconds[1:])


SHAPED = {"low_shelf_db": 4, "high_shelf_db": -4, "glue": 0.8, "target_lufs": -18}


def test_intensity_0_is_gain_and_ceiling_alone_whatever_the_shaping():
    mix = sounds.band()
    plain = master_audio(mix, MasterSettings(target_lufs=-14), silent)
    nothing_of_it = master_audio(mix, MasterSettings(**SHAPED | {"target_lufs": -14}, intensity=0), silent)
    assert np.array_equal(plain.audio.samples, nothing_of_it.audio.samples)
    assert plain.max_reduction_db == nothing_of_it.max_reduction_db == nothing_of_it.limiting_db


def test_intensity_is_a_part_of_every_decibel_of_shaping():
    mix = sounds.band()
    half = master_audio(mix, MasterSettings(**SHAPED, intensity=0.5), silent)
    as_half = master_audio(
        mix, MasterSettings(low_shelf_db=2, high_shelf_db=-2, glue=0, target_lufs=-18), silent
    )
    whole = master_audio(mix, MasterSettings(**SHAPED), silent)
    again = half.reduction_db / np.maximum(1e-6, whole.reduction_db)
    # The glue works on the tilted sound, whose loudness differs a little between half a tilt and a whole one.
    assert np.median(again[whole.reduction_db > 0.5]) == pytest.approx(0.5, abs=0.05)
    assert half.reached_lufs == pytest.approx(whole.reached_lufs, abs=0.1)
    spectra = [measure_tone(result.audio) for result in (half, as_half, whole)]
    assert spectra[0] == pytest.approx(spectra[1], abs=0.5)
    assert spectra[2] - spectra[0] > 2.0


def measure_tone(audio):
    """Level under 150 Hz against that over 6 kHz, in dB."""
    power = (np.abs(np.fft.rfft(audio.samples[:, 0])) ** 2).astype(np.float64)
    hz = np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate)
    return 10 * np.log10(power[hz < 150].sum() / power[hz > 6_000].sum())


@pytest.mark.slow
@pytest.mark.parametrize("intensity", [0.0, 0.3, 0.7, 1.0])
def test_at_any_intensity_the_target_holds_and_the_checks_know_what_was_done(intensity):
    settings = SHAPED | {"intensity": intensity}
    output = STAGE.run(given(sounds.band(), **settings))
    findings = judged(STAGE, given(sounds.band(), **settings), output)
    assert output.figures.reached_lufs == pytest.approx(-18, abs=0.05)
    assert measure(output.sounds["master"]).true_peak_dbtp <= -1.0 + 0.001
    assert found(findings, "squash")[0].severity is Severity.OK
    assert verdict(findings) is not Severity.FAIL


def test_a_part_of_the_shaping_that_is_not_declared_is_squash():
    settings = SHAPED | {"intensity": 0.2}
    output = STAGE.run(given(sounds.band(), **SHAPED | {"intensity": 0.8}))
    findings = judged(STAGE, given(sounds.band(), **settings), output)
    assert found(findings, "squash")[0].severity is Severity.FAIL


@pytest.mark.parametrize(("then", "release_ms"), [(0.0, 250.0), (0.5, 100.0), (1.0, 40.0)])
def test_settings_of_earlier_runs_are_read_as_they_were_meant(then, release_ms):
    kept = (
        '{"platform":"custom","target_lufs":-12.0,"ceiling_dbtp":-1.0,"low_shelf_db":2.0,'
        f'"high_shelf_db":0.0,"glue":0.5,"intensity":{then},"reach":"insist"}}'
    )
    settings = RunSettings.model_validate_json(f'{{"master":{kept}}}').master
    assert settings.release_ms == pytest.approx(release_ms)
    assert settings.intensity == 1.0
    assert (settings.target_lufs, settings.glue, settings.reach) == (-12.0, 0.5, Reach.INSIST)
    assert MasterSettings.model_validate_json(settings.model_dump_json()) == settings
    assert MasterSettings(intensity=0.25).intensity == 0.25


def test_what_was_brought_is_marked_so():
    upload = Upload(sounds={"song": "0" * 64}, names={"song": "a.wav"})
    request = SongRequest(prompt="p", upload=upload)
    assert STAGE.run(work(MasterSettings(), {"mix": {"mix": plucks(1)}}, request=request)).uploaded


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_samples_that_are_no_numbers_are_refused(bad):
    samples = plucks(1).samples.copy()
    samples[99, 0] = bad
    with pytest.raises(EngineInputError, match="not valid numbers") as refused:
        STAGE.run(given(Audio(samples, 44_100)))
    assert refused.value.remedy


def test_silence_names_the_mutes():
    with pytest.raises(InputError, match="silent from end to end") as refused:
        STAGE.run(given(nothing(plucks(1))))
    assert "everything is muted" in refused.value.causes


def test_near_silence_is_not_amplified():
    with pytest.raises(InputError, match="nearly silent"):
        STAGE.run(given(noise(1, level_dbfs=-80.0)))


def test_too_short_a_sound_is_refused():
    with pytest.raises(InputError, match=r"lasts 0\.30 s"):
        STAGE.run(given(noise(1, seconds=0.3)))


def test_integers_blown_up_are_refused():
    with pytest.raises(EngineInputError, match="no sound any more"):
        STAGE.run(given(scaled(plucks(1), 1e9)))


def test_no_mix_no_master():
    with pytest.raises(NotFoundError):
        STAGE.run(work(MasterSettings(), {}))


def test_it_can_be_cancelled_between_passes():
    def stop(fraction, message):
        if "pass 2" in message:
            raise Cancelled

    with pytest.raises(Cancelled):
        master_audio(peaky(), MasterSettings(reach="insist"), stop)


@pytest.mark.parametrize(
    "wrong", [{"target_lufs": -4}, {"ceiling_dbtp": 0.5}, {"glue": 2}, {"platform": "x"}, {"loudness": -14}]
)
def test_settings_out_of_bounds_are_refused(wrong):
    with pytest.raises(ValidationError):
        MasterSettings(**wrong)


def test_every_setting_tells_a_page_what_it_is():
    for name, field in MasterSettings.model_fields.items():
        assert field.title, name
        assert field.description, name
    assert MasterSettings().platform is Platform.CUSTOM


FAULTS = {
    "tanh at +6 dB": (lambda a: fault("tanh_6_db").inject(a, np.random.default_rng(1)), "squash"),
    "tanh at +12 dB": (lambda a: fault("tanh_12_db").inject(a, np.random.default_rng(1)), "squash"),
    "hard clipping": (lambda a: fault("hard_clipping").inject(a, np.random.default_rng(1)), "squash"),
    "1 dB of gain after the limiter": (lambda a: scaled(a, 10 ** (1 / 20)), "ceiling"),
    "2 dB too quiet": (lambda a: scaled(a, 10 ** (-2 / 20)), "target_reached"),
    "silence": (nothing, "not_silent"),
    "one channel gone": (
        lambda a: Audio(a.samples * np.array([1, 0], np.float32), a.sample_rate),
        "dead_channel",
    ),
    "half the length": (lambda a: Audio(a.samples[: a.frames // 2], a.sample_rate), "length"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_injected_faults_are_caught(name):
    harm, check = FAULTS[name]
    mix = sounds.band()
    output = STAGE.run(given(mix))
    broken = case_of(STAGE, given(mix), output, {"master": harm(output.sounds["master"])})
    findings = judge(STAGE.contract, broken)
    assert verdict(findings) is Severity.FAIL
    assert found(findings, check)[0].severity is Severity.FAIL


@pytest.mark.parametrize("drive_db", [6.0, 12.0])
def test_a_saturator_in_the_limiters_place_is_caught_whatever_it_declares(drive_db, monkeypatch):
    def saturate(audio, *, gain_db, ceiling_dbtp, release_s):
        honest = limit(audio, gain_db=gain_db, ceiling_dbtp=ceiling_dbtp, release_s=release_s)
        driven = audio.samples * 10 ** (drive_db / 20) / np.abs(audio.samples).max()
        bent = np.tanh(driven) * 10 ** ((gain_db - drive_db) / 20) * np.abs(audio.samples).max()
        return replace(honest, audio=Audio(bent.astype(np.float32), audio.sample_rate))

    monkeypatch.setattr("core.dsp.to_loudness.limit", saturate)
    mix = sounds.band()
    settings = {"target_lufs": -20, "reach": "insist"}
    output = STAGE.run(given(mix, **settings))
    findings = judged(STAGE, given(mix, **settings), output)
    assert output.figures.reached
    assert [f.check for f in findings if f.severity is Severity.FAIL] == ["squash"]


def test_nothing_heavy_is_imported_with_the_stage():
    heavy = "numba scipy torch streamlit pedalboard soundfile"
    code = f"import sys, core.stages.master; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("left", [0.3, -1.0])
def test_a_constant_is_refused_in_one_sentence(left):
    constant = np.full((44_100 * 3, 2), left, np.float32)
    with pytest.raises(InputError, match="constant") as refused:
        master_audio(Audio(constant, 44_100), MasterSettings(), silent)
    assert refused.value.remedy
