"""Silence, offset, form, and the top of the wave: readings of the meter, and counts of the waveform."""

import numpy as np

from core.checks.channels import BothAlive, InPhase, Width
from core.checks.crushed import Crushed
from core.checks.form import Form
from core.checks.noise import NotNoise
from core.checks.peaks import FlatTops, Scale, TruePeak
from core.checks.silence import LevelBeforeNormalising, NearSilent, NotSilent
from core.checks.stuck import NoOffset, NotStuck
from core.checks.wrapped import NoWrap
from core.contract import Promise
from tests.checks.limits.table import RATE, Limit, cause, give, quiet, said, shaped, sound, valued, wave


def of(check, reading, answer=said, audio=None, **more):
    """What is said of a sound with one reading at a value, and others as given."""
    case = {name: more.pop(name) for name in ("uploaded", "inputs") if name in more}
    return lambda value: answer(check, sound(audio, **{**more, reading: value}), **case)


def tail(lufs):
    """What is said of a stem whose channels cancel, and that is never louder than this."""
    return said(InPhase, sound(name="clip_1/vocals", momentary_max_lufs=lufs, correlation=-0.9))


def tops(seconds, check=FlatTops, uploaded=False, **more):
    """What is said of so many clipped tops in all, in so many seconds."""
    shares = {"top_share": np.full(2, 0.5), **more}
    return lambda count: said(check, sound(shaped(seconds, tops=round(count), **shares)), uploaded=uploaded)


def per_s(seconds, **more):
    found = tops(seconds, **more)
    return lambda rate: found(rate * seconds)


SILENCE = (
    Limit(NotSilent, "context.AUDIBLE_DBFS", -90.0, 0.1, of(NotSilent, "sample_peak_dbfs"), "fail", "ok"),
    Limit(NearSilent, "context.QUIET_LUFS", -50.0, 0.1, of(NearSilent, "momentary_max_lufs"), "warn", "ok"),
    Limit(
        NearSilent, "silence.INAUDIBLE_LUFS", -70.0, 0.1, of(NearSilent, "momentary_max_lufs"), "fail", "warn"
    ),
    *(
        Limit(
            LevelBeforeNormalising,
            f"silence.LIFTED_{kind}_DBFS",
            level_dbfs,
            0.1,
            lambda peak: said(
                LevelBeforeNormalising, sound(), promise=Promise(peak_before_normalising_dbfs=peak)
            ),
            *answers,
        )
        for kind, level_dbfs, answers in (("FAIL", -60.0, ("fail", "warn")), ("WARN", -40.0, ("warn", "ok")))
    ),
    Limit(
        NearSilent,
        "noise.FLATNESS",
        0.8,
        0.01,
        of(NearSilent, "spectral_flatness", cause, momentary_max_lufs=-75.0),
        "the engine returned zeros",
        "nothing but noise was made",
    ),
    Limit(
        NearSilent,
        "silence.DIVIDED_DBFS",
        -85.0,
        0.1,
        of(NearSilent, "sample_peak_dbfs", cause, momentary_max_lufs=-75.0),
        "samples were divided by their full scale",
        "the engine returned zeros",
    ),
)


def absurd(share):
    """A sound of which this share lies at 200 times full scale."""
    samples = np.zeros(10_000)
    samples[: round(share * 10_000)] = 200.0
    return cause(Scale, sound(wave(samples), sample_peak_dbfs=46.0))


def railed(rails=0.5, runs=100, alike=0.0, stop_s=10.0, last_s=None):
    """A sound that stands at its extremes for a share of each second, or of its last piece alone."""
    blocks = round(1000 * stop_s)
    arrays = np.zeros((3, 2, blocks), dtype=np.uint8)
    for second in range(0, blocks, 1000) if last_s is None else [blocks - round(1000 * last_s)]:
        arrays[0, 0, second : second + round(1000 * rails)] = 1
        arrays[1, 0, second : second + round(runs)] = 1
        arrays[2, 0, second : second + round(runs * alike)] = 1
    names = ("rails", "rail_runs", "rail_alike")
    return said(FlatTops, sound(shaped(stop_s, **dict(zip(names, arrays, strict=True)))))


def stepped(share):
    return said(FlatTops, sound(shaped(tops=1000, flat_share=np.full(2, share))))


def coarse_and_railed(share):
    """A sound of few levels, whose tops are flat, and which stands at its extremes for a share of it."""
    audio = shaped(tops=1000, rails=share * 10_000)
    return said(FlatTops, sound(valued(audio, levels=100, coarse=True)))


PEAKS = (
    Limit(TruePeak, "peaks.TRUE_PEAK_DBTP", 0.0, 0.05, of(TruePeak, "true_peak_dbtp"), "ok", "warn"),
    Limit(
        TruePeak,
        "peaks.UPLOADED_PEAK_DBTP",
        3.0,
        0.05,
        of(TruePeak, "true_peak_dbtp", uploaded=True),
        "note",
        "warn",
    ),
    Limit(Scale, "peaks.NOT_SOUND_DBFS", 40.0, 0.1, of(Scale, "sample_peak_dbfs"), "ok", "fail"),
    Limit(Scale, "peaks.FEW_SHARE", 1e-3, 1e-4, absurd, "a filter blew up", "16-bit integers"),
    Limit(FlatTops, "peaks.CLIPPED_WARN_RUNS", 5, (-1, 0), tops(1.0), "ok", "warn"),
    Limit(FlatTops, "peaks.CLIPPED_WARN_PER_S", 0.5, 0.02, per_s(100.0), "ok", "warn"),
    Limit(FlatTops, "peaks.CLIPPED_FAIL_RUNS", 10, (-1, 0), tops(1.0), "warn", "fail"),
    Limit(FlatTops, "peaks.CLIPPED_FAIL_PER_S", 2.0, 0.02, per_s(100.0), "warn", "fail"),
    Limit(FlatTops, "peaks.BEYOND_PER_S", 100.0, 1.0, per_s(10.0, uploaded=True), "warn", "fail"),
    Limit(
        FlatTops,
        "peaks.BEYOND_SHARE",
        0.02,
        0.001,
        lambda share: tops(10.0, uploaded=True, top_share=np.full(2, share))(2000),
        "warn",
        "fail",
    ),
    Limit(FlatTops, "peaks.STEPPED_SHARE", 0.5, 0.01, stepped, "fail", "ok"),
    Limit(FlatTops, "peaks.COARSE_SHARE", 0.1, 0.005, coarse_and_railed, "ok", "fail"),
    Limit(FlatTops, "peaks.RAILED_SHARE", 0.25, 0.01, lambda x: railed(rails=x), "ok", "fail"),
    Limit(FlatTops, "peaks.RAILED_ALIKE", 0.75, 0.02, lambda x: railed(alike=x), "fail", "ok"),
    Limit(FlatTops, "peaks.RAILED_RUNS", 20, (-1, 0), lambda x: railed(runs=x), "ok", "fail"),
    Limit(FlatTops, "peaks.RAILED_S", 0.5, 0.01, lambda x: railed(stop_s=10.0 + x, last_s=x), "ok", "fail"),
)


def crushed(loudness=-3.0, plr=5.0, crest=2.5, rate=360.0, share=0.3):
    audio = shaped(tops=10 * rate, top_share=np.full(2, share))
    return said(Crushed, sound(audio, integrated_lufs=loudness, plr_db=plr, crest_db=crest))


CRUSHED = (
    Limit(Crushed, "crushed.PLR_DB", 6.5, 0.1, lambda x: crushed(plr=x), "fail", "note"),
    Limit(Crushed, "crushed.CREST_DB", 6.0, 0.1, lambda x: crushed(crest=x), "fail", "note"),
    Limit(Crushed, "crushed.FLAT_PER_S", 20.0, 0.2, lambda x: crushed(rate=x), "note", "fail"),
    Limit(Crushed, "crushed.FLAT_SHARE", 0.01, 0.001, lambda x: crushed(share=x), "note", "fail"),
    Limit(Crushed, "crushed.LOUD_LUFS", -7.0, 0.1, lambda x: crushed(loudness=x, plr=12.0), "ok", "note"),
)


def wrapped(down=100, up=100, rails=0, seconds=10.0, uploaded=True):
    audio = shaped(seconds, wraps_down=down, wraps_up=up, rails=rails)
    return said(NoWrap, sound(audio), uploaded=uploaded)


WRAPPED = (
    Limit(NoWrap, "wrapped.OFTEN_PER_S", 2.0, 0.1, lambda x: wrapped(5 * x, 5 * x), "warn", "fail"),
    Limit(NoWrap, "wrapped.RAIL_SHARE", 0.2, 0.01, lambda x: wrapped(rails=10_000 * x), "fail", "unasked"),
    Limit(NoWrap, "wrapped.BOTH_WAYS", 0.25, 0.02, lambda x: wrapped(up=100 * x), "ok", "fail"),
    Limit(NoWrap, "wrapped.OF_RAILS", 0.013, 1e-3, lambda x: wrapped(x * 500, x * 500, 1000), "ok", "warn"),
    Limit(
        NoWrap,
        "noise.FLATNESS",
        0.8,
        0.01,
        lambda x: said(NoWrap, sound(shaped(wraps_down=50, wraps_up=50), spectral_flatness=x)),
        "fail",
        "unasked",
    ),
)


def held(frames, audio_s, level=0.3, uploaded=False, **more):
    """One value for so many frames."""
    runs = {"longest_run": np.full(2, round(frames)), "longest_run_start": np.zeros(2, dtype=np.int64)}
    audio = shaped(audio_s, **runs)
    filled = wave(*np.full((2, audio.frames), level))
    shaped_as(filled, audio)
    return said(NotStuck, sound(filled, **more), uploaded=uploaded)


def shaped_as(audio, other):
    from core.checks import waveform

    give(waveform.waveform, audio, waveform.waveform(other))


def offset(value, seconds=10.0, before=None, at_rest=1.0, uploaded=False, rms_dbfs=-20.0):
    """A sound whose mean is this, and whose quiet parts have a share of it."""
    steady = wave(np.full(round(seconds * RATE), at_rest * value))
    inputs = {"song": sound(dc_offset=before)} if before is not None else {}
    one = sound(steady, dc_offset=value, rms_dbfs=rms_dbfs)
    return said(NoOffset, one, inputs=inputs, uploaded=uploaded)


STUCK = (
    Limit(NotStuck, "stuck.STUCK_S", 0.25, 0.002, lambda x: held(RATE * x, 10.0), "ok", "fail"),
    Limit(NotStuck, "stuck.STUCK_SHARE", 0.5, 0.01, lambda x: held(100 * x, 0.1), "ok", "fail"),
    Limit(NoOffset, "stuck.DC_WARN", 0.001, 2e-5, lambda x: offset(x, 1000.0), "ok", "warn"),
    Limit(NoOffset, "stuck.DC_FAIL", 0.01, 2e-4, offset, "warn", "fail"),
    Limit(NoOffset, "stuck.UPLOADED_DC_WARN", 0.05, 1e-3, lambda x: offset(x, uploaded=True), "note", "warn"),
    Limit(NoOffset, "stuck.INHERITED", 1.5, 0.02, lambda x: offset(0.02 * x, before=0.02), "warn", "fail"),
    Limit(NoOffset, "stuck.LOWEST_HZ", 20.0, 0.5, lambda hz: offset(0.1 / hz, 1.0), "warn", "ok"),
)


def came_in(check, before, **after):
    return said(check, sound(**after), inputs={"song": sound(**before)})


CHANNELS = (
    Limit(BothAlive, "channels.DEAD_DB", 20.0, 0.1, of(BothAlive, "channel_balance_db"), "ok", "fail"),
    Limit(
        BothAlive,
        "channels.DEAD_DB",
        20.0,
        0.1,
        lambda x: said(BothAlive, sound(channel_balance_db=-x)),
        "ok",
        "fail",
    ),
    Limit(InPhase, "channels.OUT_OF_PHASE_WARN", -0.05, 0.005, of(InPhase, "correlation"), "warn", "ok"),
    Limit(InPhase, "channels.OUT_OF_PHASE_FAIL", -0.5, 0.01, of(InPhase, "correlation"), "fail", "warn"),
    Limit(InPhase, "channels.TAIL_LUFS", -60.0, 0.1, tail, "unasked", "fail"),
    Limit(
        InPhase,
        "channels.TURNED",
        0.05,
        0.005,
        lambda x: came_in(InPhase, {"correlation": 0.3 + x}, correlation=-0.3),
        "fail",
        "warn",
    ),
    Limit(
        Width,
        "channels.MONO",
        0.999,
        2e-4,
        lambda x: came_in(Width, {"correlation": 0.5}, correlation=x),
        "ok",
        "fail",
    ),
    Limit(
        Width,
        "channels.WIDE",
        0.98,
        0.002,
        lambda x: came_in(Width, {"correlation": x}, correlation=1.0),
        "fail",
        "ok",
    ),
)


def steps_of_level(spread_db, flatness=0.95, seconds=10.0):
    """A sound whose blocks of 50 ms take two levels."""
    blocks = np.where(np.arange(round(20 * seconds)) % 2, 0.1, 0.1 * 10 ** (spread_db / 20))
    return said(NotNoise, sound(wave(np.repeat(blocks, RATE // 20)), spectral_flatness=flatness))


NOISE = (
    Limit(NotNoise, "noise.FLATNESS", 0.8, 0.01, lambda x: steps_of_level(0.5, x), "ok", "fail"),
    Limit(NotNoise, "noise.STEADY_DB", 1.5, 0.05, steps_of_level, "fail", "ok"),
    Limit(
        NotNoise,
        "noise.SHORTEST_S",
        0.5,
        0.002,
        lambda x: said(NotNoise, sound(quiet(x), spectral_flatness=0.95)),
        "unasked",
        "fail",
    ),
    Limit(Form, "form.LOW_RATE_HZ", 16_000, (-1, 0), of(Form, "sample_rate"), "warn", "ok"),
    Limit(Form, "form.SHORTEST_S", 0.4, 0.001, of(Form, "duration_s", sample_rate=44_100), "warn", "ok"),
)

LIMITS = (*SILENCE, *PEAKS, *CRUSHED, *WRAPPED, *STUCK, *CHANNELS, *NOISE)
