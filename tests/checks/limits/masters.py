"""Mix, master and delivered files against what was promised of them."""

from types import SimpleNamespace
from unittest.mock import patch

import numpy as np

from core.checks import reference
from core.checks.exporting import FileContent, FileLevel, FilePeak
from core.checks.figures import ExportFigures, FileFigures
from core.checks.mastering import Ceiling, LoudChoice, Squash, TargetReached
from core.checks.mixing import Headroom, MixSum
from core.checks.reference import ReferenceTone
from core.compare.gain_fit import fit_gain
from core.contract import Case, Promise
from core.stages.mix import Fader, MixSettings
from tests.checks.limits.table import OTHER, RATE, SECOND, Limit, noise, quiet, reached, said, sound, wave
from tests.figures import mastered, mixed


def mix_sum(left_db):
    rest = OTHER * 10 ** (left_db / 20)
    stems, out = {"bass": sound(wave(SECOND), "bass")}, (SECOND.astype(np.float32) + rest)
    mix = sound(wave(out), "mix")
    case = Case("mix", {"mix": mix}, stems, MixSettings(faders={"bass": Fader()}), figures=mixed(0.0))
    return said(MixSum, case)


def headroom(off_db, bus_db=0.0):
    settings = SimpleNamespace(headroom_dbfs=-1.0)
    one = sound(name="mix", sample_peak_dbfs=-1.0 + off_db)
    return said(Headroom, one, settings=settings, figures=mixed(bus_db))


MIX = (
    Limit(MixSum, "mixing.MixSum.warn_db", -100.0, 0.5, mix_sum, "ok", "warn"),
    Limit(MixSum, "mixing.MixSum.fail_db", -80.0, 0.1, mix_sum, "warn", "fail"),
    Limit(Headroom, "mixing.Headroom.tolerance_db", 0.05, 0.005, headroom, "ok", "fail"),
    Limit(Headroom, "mixing.Headroom.tolerance_db", 0.05, 0.005, lambda x: headroom(-x, -3.0), "ok", "fail"),
    Limit(Headroom, "mixing.Headroom.tolerance_db", 0.05, 0.005, lambda x: headroom(-3.0, -x), "ok", "fail"),
)


def target(off_lu, promised=True):
    """A master off what it declares, or one that declares to be off its target."""
    lufs = -14.0 + off_lu
    promise = Promise(integrated_lufs=-14.0 if promised else lufs)
    return said(TargetReached, sound(integrated_lufs=lufs), promise=promise, figures=mastered())


TILT = {"low_shelf_db": 0.0, "high_shelf_db": 0.0, "intensity": 0.5}


def squashed(bend_db=-200.0, crest_db=0.0, declared_db=0.0):
    """A mix whose master bends so far from a moving gain, or lost so much crest."""
    mix = noise(4 * RATE)
    bent = mix**3 / np.sqrt(np.mean(mix**4))
    window = max(8, round(Squash().window_s * RATE))

    def read(amount_db):
        out = wave(mix + bent * 10 ** (amount_db / 20)).samples
        return fit_gain(wave(mix).samples, out, window).bend_db

    out = mix if bend_db < -150 else mix + bent * 10 ** (reached(read, bend_db, -90.0, 0.0) / 20)
    one = sound(wave(out), "master", crest_db=14.0 - crest_db)
    promise = Promise(gain_reduction_db=declared_db)
    settings = SimpleNamespace(**TILT)
    return said(Squash, one, inputs={"mix": sound(wave(mix), "mix")}, settings=settings, promise=promise)


def toned(distance_db, before_db=None, intensity=1.0):
    """A master whose octaves lie so far from the reference's, and those of the mix further."""
    flat = [0.0] * 9
    far = {}
    mix, master = sound(quiet(0.1), "mix"), sound(quiet(0.1), "master")
    for one, db in ((mix, before_db or distance_db), (master, distance_db)):
        far[id(one.audio)] = [db * 9 / 8 * (1 if k % 2 else -1) if k else 0.0 for k in range(9)]
    settings = SimpleNamespace(intensity=intensity)
    with patch.object(reference, "tone_of", lambda audio: far[id(audio)]):
        case = Case(
            "master", {"master": master}, {"mix": mix}, settings, figures=mastered(reference_tone_db=flat)
        )
        return said(ReferenceTone, case)


MASTER = (
    Limit(
        Ceiling,
        "mastering.Ceiling.tolerance_db",
        0.1,
        0.01,
        lambda x: said(Ceiling, sound(true_peak_dbtp=x - 1.0), promise=Promise(ceiling_dbtp=-1.0)),
        "ok",
        "fail",
    ),
    *(
        Limit(
            TargetReached,
            "mastering.TargetReached.tolerance_lu",
            0.1,
            0.01,
            lambda x, sign=sign, promised=promised: target(sign * x, promised),
            "ok",
            bad,
        )
        for sign, promised, bad in ((1, True, "fail"), (-1, True, "fail"), (-1, False, "warn"))
    ),
    Limit(
        LoudChoice,
        "mastering.LOUD_LUFS",
        -9.0,
        0.05,
        lambda x: said(LoudChoice, sound(), figures=mastered(x)),
        "ok",
        "warn",
    ),
    Limit(
        LoudChoice,
        "mastering.MUCH_LIMITING_DB",
        6.0,
        0.05,
        lambda x: said(LoudChoice, sound(), figures=mastered(limiting_db=x + 0.5)),
        "ok",
        "warn",
    ),
    Limit(Squash, "mastering.Squash.warn_db", -50.0, 0.2, squashed, "ok", "warn"),
    Limit(Squash, "mastering.Squash.fail_db", -44.0, 0.2, squashed, "warn", "fail"),
    Limit(
        Squash,
        "mastering.Squash.undeclared_crest_db",
        1.5,
        0.05,
        lambda x: squashed(crest_db=3.0 + x, declared_db=3.0),
        "ok",
        "fail",
    ),
    Limit(ReferenceTone, "reference.ReferenceTone.least_db", 2.0, 0.05, toned, "ok", "warn"),
    Limit(
        ReferenceTone,
        "reference.ReferenceTone.part",
        0.1,
        0.01,
        lambda x: toned(10.0 * (1 - x), 10.0),
        "warn",
        "ok",
    ),
)


def delivered(
    check, lossy=False, bits=24, before=None, padding=0, settings=None, audio=None, master=None, **after
):
    """A file beside its master, as they read."""
    figures = FileFigures("mp3-320" if lossy else "wav", None if lossy else bits, lossy, padding, (), 0)
    one = sound(audio or quiet(0.1), "song", **after)
    return said(
        check,
        one,
        inputs={"master": sound(master or quiet(0.1), "master", **(before or {}))},
        figures=ExportFigures(files={"song": figures}, stems_exact={}),
        settings=settings,
    )


def level(off_lu, lossy=False):
    return delivered(FileLevel, lossy, integrated_lufs=-20.0 + off_lu)


def faint(level_dbfs):
    before = {"integrated_lufs": None, "rms_dbfs": level_dbfs}
    return delivered(FileLevel, before=before, integrated_lufs=None, rms_dbfs=level_dbfs + 5)


def lossy_content(here_db=0.0, lost_db=90.0):
    """A master at a level, and a lossy file that has a hole in it."""
    master = np.ones(RATE) * 10 ** (here_db / 20)
    file = master.copy()
    file[300:700] *= 10 ** (-lost_db / 20)
    return delivered(FileContent, True, audio=wave(file), master=wave(master))


EXPORT = (
    Limit(FileLevel, "exporting.LEVEL_LU", 0.1, 0.01, level, "ok", "fail"),
    Limit(FileLevel, "exporting.LEVEL_LU", 0.1, 0.01, lambda x: level(-x), "ok", "fail"),
    Limit(FileLevel, "exporting.LOSSY_LEVEL_LU", 0.3, 0.01, lambda x: level(x, True), "ok", "warn"),
    Limit(FileLevel, "exporting.LOSSY_FAIL_LU", 2.0, 0.01, lambda x: level(x, True), "warn", "fail"),
    Limit(FileLevel, "exporting.FAINTEST_DBFS", -70.0, 0.1, faint, "unasked", "fail"),
    *(
        Limit(
            FilePeak,
            "exporting.PEAK_DB",
            0.1,
            0.01,
            lambda x, sign=sign: delivered(FilePeak, true_peak_dbtp=-6.0 + sign * x),
            "ok",
            "fail",
        )
        for sign in (1, -1)
    ),
    Limit(
        FileContent,
        "exporting.LOSSY_PLAYS_DBFS",
        -40.0,
        0.5,
        lossy_content,
        "ok",
        "fail",
    ),
    Limit(
        FileContent, "exporting.LOSSY_LOST_DB", 20.0, 0.2, lambda x: lossy_content(lost_db=x), "ok", "fail"
    ),
)

LIMITS = (*MIX, *MASTER, *EXPORT)
