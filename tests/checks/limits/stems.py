"""Stems: what a separation leaves of a song, and what a chain makes of a stem."""

from dataclasses import replace

import numpy as np

from core.checks.dynamics import CrestLoss, LevelChange, StemVanished
from core.checks.stem_names import RightNames
from core.checks.stems import NotAllSilent, NotScaledCopies, StemSum, VocalsAudible
from core.checks.uploaded_stems import NoMixtureAmongStems
from core.contract import Case, Material
from core.song import Line, Lyrics, LyricSection, SectionKind
from tests.checks.limits.table import OTHER, RATE, SECOND, Limit, cause, noise, quiet, said, sound, wave
from tests.figures import enhanced, separated


def chain(check, before, after, answer=said, **stem):
    """A stem that came in with some readings, and goes out with others."""
    figures = enhanced(bass=stem)
    one = sound(quiet(0.1), "bass", **after)
    return answer(check, one, inputs={"bass": sound(quiet(0.1), "bass", **before)}, figures=figures)


def louder(db, answer=said, crest_db=0.0, **stem):
    after = {"integrated_lufs": -20.0 + db, "crest_db": 14.0 - crest_db}
    return chain(LevelChange, {}, after, answer, **stem)


def lost_crest(db, answer=said, **stem):
    return chain(CrestLoss, {}, {"crest_db": 14.0 - db}, answer, **stem)


def stepping(db=10.0, quiet_db=0.0, shared=1.0, seconds=8, rate=RATE):
    """A stem whose second half goes out at another level; it came in, or stays alike, as given."""
    samples = noise(seconds * rate)
    gains = np.where(np.arange(seconds * rate) < seconds * rate / 2, 1.0, 10 ** (db / 20))
    came = samples * np.where(gains == 1.0, 1.0, 10 ** (-quiet_db / 20))
    out = (shared * came + np.sqrt(1 - shared**2) * _unlike(came)) * gains
    return said(LevelChange, sound(wave(out)), inputs={"song": sound(wave(came))})


def _unlike(samples):
    """As loud in every second, and without anything in common with it."""
    rows = samples.reshape(-1, RATE)
    return np.stack([row[::-1] - row * (row[::-1] @ row) / (row @ row) for row in rows]).reshape(-1)


DYNAMICS = (
    Limit(
        StemVanished,
        "dynamics.StemVanished.fall_db",
        30.0,
        0.1,
        lambda x: chain(StemVanished, {}, {"integrated_lufs": -20.0 - x}),
        "ok",
        "fail",
    ),
    Limit(
        StemVanished,
        "dynamics.AUDIBLE_DBFS",
        -60.0,
        0.1,
        lambda x: chain(StemVanished, {"integrated_lufs": x}, {"integrated_lufs": -99.0}),
        "unasked",
        "fail",
    ),
    Limit(LevelChange, "dynamics.LevelChange.warn_db", 3.0, 0.1, louder, "ok", "warn"),
    Limit(LevelChange, "dynamics.LevelChange.warn_db", 3.0, 0.1, lambda x: louder(-x), "ok", "warn"),
    Limit(LevelChange, "dynamics.LevelChange.fail_db", 6.0, 0.1, louder, "warn", "fail"),
    Limit(
        LevelChange,
        "dynamics.LevelChange.fail_db",
        6.0,
        0.1,
        lambda x: louder(x + 2, makeup_db=2.0),
        "warn",
        "fail",
    ),
    Limit(
        LevelChange,
        "dynamics.DRIVEN_CREST_DB",
        1.5,
        0.1,
        lambda x: louder(7.0, cause, x),
        "a gain was put",
        "it was driven",
    ),
    Limit(LevelChange, "dynamics.STEP_DB", 8.0, 0.1, lambda x: stepping(-x), "ok", "fail"),
    Limit(
        LevelChange, "dynamics.STEP_PLAYS_DB", 40.0, 1.0, lambda x: stepping(-10.0, x - 10.0), "fail", "ok"
    ),
    Limit(LevelChange, "dynamics.STEP_SHARED", 0.5, 0.02, lambda x: stepping(shared=x), "ok", "fail"),
    Limit(
        LevelChange,
        "dynamics.STEP_LEAST_WINDOWS",
        2,
        (-1, 0),
        lambda x: stepping(-10.0, seconds=round(2 * x)),
        "ok",
        "fail",
    ),
    Limit(CrestLoss, "dynamics.CrestLoss.warn_db", 3.0, 0.1, lost_crest, "ok", "warn"),
    Limit(CrestLoss, "dynamics.CrestLoss.fail_db", 6.0, 0.1, lost_crest, "warn", "fail"),
    Limit(
        CrestLoss,
        "dynamics.BEYOND_DB",
        1.0,
        0.05,
        lambda x: lost_crest(5.0 + x, cause, ratio=3.0, compression_max_db=5.0),
        "compressor ratio",
        "the stem was clipped",
    ),
)


def stem_sum(left_db, exact=False, answer=said):
    """Stems that leave so much of the song, as separated or (``exact``) as delivered."""
    song = sound(wave(SECOND))
    stem = sound(wave(SECOND * (1 - 10 ** (left_db / 20))), "other")
    figures = separated(-130.0, sum_exact=True) if exact else None
    case = Case("separate", {"other": stem}, {"song": song}, figures=figures)
    return answer(StemSum, case)


def reported_sum(left_db, answer=said):
    case = Case("separate", {"other": sound(wave(SECOND), "other")}, {"song": sound(wave(SECOND))})
    return answer(StemSum, replace(case, figures=separated(left_db)))


def copies(likeness, flatness=0.1):
    second = likeness * SECOND + np.sqrt(1 - likeness**2) * OTHER
    stems = {name: sound(wave(x), name) for name, x in (("bass", SECOND), ("drums", second))}
    song = sound(wave(SECOND), spectral_flatness=flatness)
    return said(NotScaledCopies, Case("separate", stems, {"song": song}))


def swapped(other, own):
    """Two stems, each so like the other's true one, and so like its own."""
    rest = np.sqrt(1 - other**2 - own**2)
    parts = np.stack([SECOND, OTHER])
    more = np.linalg.qr(np.stack([*parts, noise(RATE, 2), noise(RATE, 3)]).T)[0].T[2:]
    more *= np.sqrt(SECOND @ SECOND)
    made = [own * parts[k] + other * parts[1 - k] + rest * more[k] for k in (0, 1)]
    outputs = {name: sound(wave(x), name) for name, x in zip(("bass", "drums"), made, strict=True)}
    inputs = {f"song/{name}": sound(wave(x), name) for name, x in zip(outputs, parts, strict=True)}
    return said(RightNames, Case("separate", outputs, inputs))


def mixture(left_db):
    """Three stems of which the last is the sum of the others, but for something of its own."""
    whole = SECOND + OTHER
    rest = noise(RATE, 4) * 10 ** (left_db / 20)
    power = (whole + rest) @ (whole + rest)
    rest *= np.sqrt(power / (rest @ rest)) * 10 ** (left_db / 20)
    stems = {name: sound(wave(x), name) for name, x in (("a", SECOND), ("b", OTHER), ("c", whole + rest))}
    return said(NoMixtureAmongStems, Case("separate", stems, delivers=Material.STEMS))


def sung(check, momentary_max_lufs):
    """The vocals of a song of one line, alone, at a level."""
    line = LyricSection(kind=SectionKind.VERSE, lines=(Line(text="la", syllables=("la",)),))
    vocals = sound(name="vocals", momentary_max_lufs=momentary_max_lufs)
    return said(
        check,
        Case("separate", {"vocals": vocals}, lyrics=Lyrics(title="x", sections=(line,), source="typed")),
    )


STEMS = (
    Limit(StemSum, "stems.StemSum.warn_db", -20.0, 0.1, stem_sum, "ok", "warn"),
    Limit(StemSum, "stems.StemSum.warn_db", -20.0, 0.1, reported_sum, "ok", "warn"),
    Limit(StemSum, "stems.StemSum.fail_db", -6.0, 0.1, stem_sum, "warn", "fail"),
    Limit(StemSum, "stems.StemSum.fail_db", -6.0, 0.1, reported_sum, "warn", "fail"),
    Limit(StemSum, "stems.StemSum.exact_db", -60.0, 0.1, lambda x: stem_sum(x, exact=True), "ok", "fail"),
    Limit(
        StemSum,
        "stems.NOTHING_TAKEN_DB",
        -0.5,
        0.05,
        lambda x: reported_sum(x, cause),
        "the separator does not suit",
        "the separator returned zeros",
    ),
    Limit(NotScaledCopies, "stems.NotScaledCopies.fail_correlation", 0.999, 2e-4, copies, "ok", "fail"),
    Limit(
        NotScaledCopies,
        "stems.FEW_TONES_FLATNESS",
        1e-5,
        1e-6,
        lambda x: copies(1.0, x),
        "unasked",
        "fail",
    ),
    Limit(RightNames, "stem_names.ALIKE", 0.5, 0.01, lambda x: swapped(x, 0.1), "ok", "fail"),
    Limit(RightNames, "stem_names.CLEARLY", 0.25, 0.01, lambda x: swapped(0.4 + x, 0.4), "ok", "fail"),
    Limit(NoMixtureAmongStems, "uploaded_stems.LEFT_DB", -20.0, 0.2, mixture, "warn", "unasked"),
    *(
        Limit(check, "context.QUIET_LUFS", -50.0, 0.1, lambda x, check=check: sung(check, x), "fail", "ok")
        for check in (NotAllSilent, VocalsAudible)
    ),
)

LIMITS = (*DYNAMICS, *STEMS)
