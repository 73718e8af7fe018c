"""Figures of a stage with neutral values for all that a test does not say."""

from dataclasses import asdict

from core.checks.figures import (
    AssembleFigures,
    EnhanceFigures,
    JoinFigures,
    LyricsFigures,
    MasterFigures,
    MixFigures,
    SeparateFigures,
    StemFigures,
)

_JOIN = JoinFigures(0, 0, 0, 0, 0.0, 0.0, 0.0, False)
_STEM = StemFigures(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def assembled(clips=2, clip_gains_db=None, joins=(), final_fade_frames=0):
    return AssembleFigures(
        clips=clips,
        clip_gains_db=tuple(clip_gains_db or [0.0] * clips),
        joins=tuple(JoinFigures(**{**asdict(_JOIN), **join}) for join in joins),
        final_fade_frames=final_fade_frames,
    )


def separated(residual_db=-130.0, sum_exact=False, levels_dbfs=None):
    return SeparateFigures(residual_db=residual_db, sum_exact=sum_exact, levels_dbfs=levels_dbfs or {})


def enhanced(**stems):
    return EnhanceFigures(
        stems={name: StemFigures(**{**asdict(_STEM), **done}) for name, done in stems.items()}
    )


def mixed(bus_gain_db=0.0):
    return MixFigures(bus_gain_db=bus_gain_db, sum_peak_dbfs=None, audible=(), muted=(), faders={})


def mastered(target_lufs=-14.0, **given):
    neutral = {"gain_db": 0.0, "limiting_db": 0.0, "reached": True, "reached_lufs": target_lufs}
    curve = {"reduction_curve_db": (), "reduction_hop_s": 0.1, "offset_removed": (0.0,)}
    return MasterFigures(**{**neutral, **curve, "target_lufs": target_lufs, **given})


def worded(**given):
    neutral = {"lines": 0, "words": 0, "syllables": 0, "lines_that_rhyme": 0, "language": "en"}
    return LyricsFigures(**{**neutral, **given})
