"""Whether clips were joined without a click, a dip or a loss, in -> out.

The stage declares where the joins are (``figures["joins"]``, frames of the song); what should be heard
there is worked out here from the clips themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Samples
from core.contract import Case, Finding, Severity, Sound, Span

Wave = npt.NDArray[np.float64]

SONG = "song"
_BLOCK = 32
"""Frames over which the shares of the two clips hardly change."""


@dataclass(frozen=True)
class _Join:
    """One declared join: the fade's place in the song, and the clips' samples under it with their gains."""

    start_s: float
    """Where the arrays begin in the song."""
    rate: int
    lead_frames: int
    """Frames of the arrays before the fade begins."""
    fade_frames: int
    out: Samples
    leaving: Samples
    coming: Samples

    @property
    def span(self) -> Span:
        start_s = self.start_s + self.lead_frames / self.rate
        return Span(start_s=round(start_s, 4), stop_s=round(start_s + self.fade_frames / self.rate, 4))


@dataclass(frozen=True)
class JoinClick:
    """Nothing in a join that neither clip holds: no step, no spike.

    In blocks of 32 frames the song must be some share of the one clip and some share of the other; what
    is left over is a click when it is more than ``share`` of the clips' level there.
    """

    name: ClassVar[str] = "join_click"
    gate: ClassVar[bool] = False
    share: float = 0.1
    floor_dbfs: float = -60.0
    """What is left over below this is never a click."""

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at every join of one sound; None when it has none."""
        joins = _joins(sound, case, margin=2 * _BLOCK)
        if not joins:
            return None
        found = [(*self._left_over(join), join) for join in joins]
        excess, left_dbfs, at_s, _ = max(found, key=lambda one: one[0])
        severity = Severity.FAIL if excess > 1 else Severity.OK
        evidence = (
            f"{sound.name}: at {at_s:.3f} s a join holds {left_dbfs:.0f} dBFS that is in neither clip, "
            f"{excess * self.share:.1%} of their level (limit {self.share:.0%})."
        )
        if severity is Severity.OK:
            return Finding(check=self.name, severity=severity, artifact=sound.name, evidence=evidence)
        return Finding(
            check=self.name,
            severity=severity,
            artifact=sound.name,
            evidence=evidence,
            causes=("the clips were butted together without a crossfade", "samples were lost at the join"),
            remedy="Make the song again with a crossfade of 0.05 s or more.",
            spans=tuple(
                Span(start_s=round(at, 4), stop_s=round(at + _BLOCK / sound.audio.sample_rate, 4))
                for value, _, at, _ in found
                if value > 1
            ),
        )

    def _left_over(self, join: _Join) -> tuple[float, float, float]:
        """Return the worst block of one join: its excess (1 at the limit), what is left in dBFS, and when."""
        if join.out.shape[0] < _BLOCK:
            return 0.0, -120.0, join.start_s
        leaving, coming = (_blocks(side) for side in _faded(join))
        left = np.abs(_residual(_blocks(join.out), leaving, coming)).max(axis=1)
        level = _spread((np.abs(leaving) + np.abs(coming)).max(axis=1))
        excess = left / np.maximum(self.share * level, 10 ** (self.floor_dbfs / 20))
        worst = int(np.argmax(excess))
        at_s = join.start_s + worst * _BLOCK / join.rate
        return float(excess[worst]), 2 * _db(left[worst]), at_s


@dataclass(frozen=True)
class JoinLevel:
    """The level holds through a crossfade: neither the dip of a linear fade nor a swell.

    A fail compares with the crossfade that keeps the power of these very clips; a warning says that
    the clips cancel each other, which no fade can help.
    """

    name: ClassVar[str] = "join_level"
    gate: ClassVar[bool] = False
    fail_db: float = 1.5
    cancel_db: float = 3.0
    min_fade_s: float = 0.02

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the power in the middle half of each fade; None for a stem, or without a long fade.

        A join that the final fade reaches into is left out: its level is meant to fall.
        """
        if sound.name != SONG:
            return None
        ends = sound.audio.frames - int(case.figures.get("final_fade_frames", 0))
        joins = [
            join
            for join in _joins(sound, case, margin=0)
            if join.fade_frames >= self.min_fade_s * join.rate and join.span.stop_s * join.rate <= ends
        ]
        levels = [(level, j) for j in joins if (level := _fade_level_db(j)) is not None]
        if not levels:
            return None
        (change_db, summed_db), join = max(levels, key=lambda pair: abs(pair[0][0]))
        if abs(change_db) > self.fail_db:
            kind = "dips" if change_db < 0 else "swells"
            return Finding(
                check=self.name,
                severity=Severity.FAIL,
                artifact=sound.name,
                evidence=f"The join at {join.span.start_s:.2f} s {kind} by {abs(change_db):.1f} dB against a "
                f"crossfade that keeps the power (limit {self.fail_db:g}).",
                causes=("a linear crossfade",) if change_db < 0 else ("clips added without a fade",),
                remedy="Make the song again; another crossfade length moves the join.",
                spans=tuple(j.span for (change, _), j in levels if abs(change) > self.fail_db),
            )
        (_, summed_db), join = min(levels, key=lambda pair: pair[0][1])
        if summed_db < -self.cancel_db:
            return Finding(
                check=self.name,
                severity=Severity.WARN,
                artifact=sound.name,
                evidence=f"The clips cancel each other at {join.span.start_s:.2f} s: {-summed_db:.1f} dB "
                f"less than their power (warns at {self.cancel_db:g}).",
                causes=("both clips hold the same notes in opposite phase",),
                remedy="Try another crossfade length.",
                spans=(join.span,),
            )
        return Finding(
            check=self.name,
            severity=Severity.OK,
            artifact=sound.name,
            evidence=f"{len(levels)} joins hold their level within {abs(change_db):.1f} dB "
            f"(limit {self.fail_db:g}).",
        )


@dataclass(frozen=True)
class ClipsKept:
    """Away from the fades, every clip is in the song sample for sample, times its declared gain."""

    name: ClassVar[str] = "clips_kept"
    fail_db: float = -80.0

    def examine_all(self, case: Case) -> Finding | None:
        """Compare each clip with its stretch of each sound; None when nothing was joined."""
        clips = _clip_names(case)
        song = case.outputs.get(SONG)
        if not clips or song is None:
            return None
        declared = len(case.figures.get("joins", ()))
        if declared != len(clips) - 1:
            return self._fail(f"{len(clips)} clips went in and {declared} joins were declared.", ())
        starts, bodies = _bodies(case, clips)
        for name, sound in case.outputs.items():
            suffix = name.removeprefix(SONG)
            for index, clip in enumerate(clips):
                source = case.inputs.get(clip + suffix)
                if source is None:
                    return self._fail(f"{name} has no clip {clip + suffix} that it was made from.", ())
                residual_db = _body_residual_db(
                    sound.audio.samples,
                    source.audio.samples,
                    starts[index],
                    bodies[index],
                    _gain(case, index),
                )
                if residual_db > self.fail_db:
                    rate = sound.audio.sample_rate
                    span = Span(start_s=bodies[index][0] / rate, stop_s=bodies[index][1] / rate)
                    return self._fail(
                        f"{clip + suffix} differs from its place in {name} by {residual_db:.0f} dB "
                        f"(limit {self.fail_db:g}).",
                        (span,),
                        name,
                    )
        return Finding(
            check=self.name,
            severity=Severity.OK,
            artifact=SONG,
            evidence=f"All {len(clips)} clips are in the song unchanged but for their fades and gains.",
        )

    def _fail(self, evidence: str, spans: tuple[Span, ...], artifact: str = SONG) -> Finding:
        return Finding(
            check=self.name,
            severity=Severity.FAIL,
            artifact=artifact,
            evidence=evidence,
            causes=("a clip was dropped, moved or changed on its way into the song",),
            remedy="Make the song again from its clips.",
            spans=spans,
        )


@dataclass(frozen=True)
class ClipSpread:
    """Clips that are joined should be about equally loud (after the gains that the stage gave them)."""

    name: ClassVar[str] = "clip_spread"
    warn_lu: float = 3.0

    def examine_all(self, case: Case) -> Finding | None:
        """Compare the clips' integrated loudness; None with fewer than two that have one."""
        loudness = {
            clip: value + _gain_db(case, index)
            for index, clip in enumerate(_clip_names(case))
            if (value := case.inputs[clip].measurement.integrated_lufs) is not None
        }
        if len(loudness) < 2:
            return None
        quiet, loud = min(loudness, key=loudness.__getitem__), max(loudness, key=loudness.__getitem__)
        spread_lu = loudness[loud] - loudness[quiet]
        evidence = (
            f"{loud} is {spread_lu:.1f} LU louder than {quiet} ({loudness[loud]:.1f} and "
            f"{loudness[quiet]:.1f} LUFS; warns at {self.warn_lu:g})."
        )
        if spread_lu <= self.warn_lu:
            return Finding(check=self.name, severity=Severity.OK, artifact=SONG, evidence=evidence)
        return Finding(
            check=self.name,
            severity=Severity.WARN,
            artifact=SONG,
            evidence=evidence,
            causes=("the generator made one clip louder than another",),
            remedy="Let assemble match the clips' loudness, or make the odd clip again.",
        )


def _clip_names(case: Case) -> list[str]:
    """Return the clips' names in the order of their numbers."""
    names = [name for name in case.inputs if "/" not in name]
    return sorted(names, key=lambda name: (len(name), name))


def _gain_db(case: Case, index: int) -> float:
    gains = case.figures.get("clip_gains_db", ())
    return float(gains[index]) if index < len(gains) else 0.0


def _gain(case: Case, index: int) -> np.float32:
    return np.float32(10 ** (_gain_db(case, index) / 20))


def _joins(sound: Sound, case: Case, margin: int) -> list[_Join]:
    """Return the joins of one sound with ``margin`` frames on both sides of each fade."""
    declared = case.figures.get("joins", ())
    clips = _clip_names(case)
    suffix = sound.name.removeprefix(SONG)
    if len(declared) != len(clips) - 1 or any(clip + suffix not in case.inputs for clip in clips):
        return []
    starts = [0, *(int(join["start_frame"]) for join in declared)]
    rate = sound.audio.sample_rate
    joins = []
    for index, join in enumerate(declared):
        fade_start, fade_frames = int(join["fade_start_frame"]), int(join["fade_frames"])
        first = max(0, fade_start - margin)
        last = min(sound.audio.frames, fade_start + fade_frames + margin)
        sides = [
            _held(case.inputs[clips[k] + suffix].audio.samples, first - starts[k], last - starts[k])
            * _gain(case, k)
            for k in (index, index + 1)
        ]
        out = sound.audio.samples[first:last]
        joins.append(_Join(first / rate, rate, fade_start - first, fade_frames, out, sides[0], sides[1]))
    return joins


def _held(samples: Samples, first: int, last: int) -> Samples:
    """Return frames ``first`` to ``last`` of a clip, its edge value held where it has none: no false step."""
    at = np.clip(np.arange(first, last), 0, samples.shape[0] - 1)
    return samples[at]


def _faded(join: _Join) -> tuple[Wave, Wave]:
    """Return both clips under the fade that keeps their power."""
    done = (np.arange(join.out.shape[0]) + 0.5 - join.lead_frames) / max(1, join.fade_frames)
    turn = (np.clip(done, 0, 1) * (np.pi / 2))[:, None]
    power = np.sqrt(1 + np.sin(2 * turn) * _correlation(join.leaving, join.coming))
    return join.leaving * np.cos(turn) / power, join.coming * np.sin(turn) / power


def _blocks(samples: npt.NDArray[np.floating]) -> Wave:
    """Return (blocks, values): 32 frames of all channels each, the last rest left off."""
    count = samples.shape[0] // _BLOCK
    blocks: Wave = samples[: count * _BLOCK].astype(np.float64).reshape(count, -1)
    return blocks


def _residual(heard: Wave, leaving: Wave, coming: Wave) -> Wave:
    """Return what no share of ``leaving`` and ``coming`` explains, block by block (least squares)."""
    aa, bb, ab = ((x * y).sum(axis=1) for x, y in ((leaving, leaving), (coming, coming), (leaving, coming)))
    ya, yb = (heard * leaving).sum(axis=1), (heard * coming).sum(axis=1)
    ridge = 1e-9 * (aa + bb) + 1e-20
    aa, bb = aa + ridge, bb + ridge
    determinant = aa * bb - ab * ab
    share_a, share_b = (ya * bb - yb * ab) / determinant, (yb * aa - ya * ab) / determinant
    left: Wave = heard - share_a[:, None] * leaving - share_b[:, None] * coming
    return left


def _spread(values: Wave) -> Wave:
    """Return each value's maximum with its neighbours."""
    edged = np.pad(values, 1, mode="edge")
    widest: Wave = np.maximum(np.maximum(edged[:-2], edged[1:-1]), edged[2:])
    return widest


def _fade_level_db(join: _Join) -> tuple[float, float] | None:
    """Return two levels of a fade's middle half, in dB; None when the clips are silent there.

    First what is heard against a fade that keeps the power, then that fade against the clips' own power.
    """
    frames = join.out.shape[0]
    if frames < join.fade_frames:
        return None
    leaving, coming = _faded(join)
    ideal = leaving + coming
    middle = slice(frames // 4, frames - frames // 4)
    turn = (np.arange(frames)[middle] + 0.5)[:, None] / frames * (np.pi / 2)
    powers = ((join.leaving[middle] * np.cos(turn)) ** 2).sum() + (
        (join.coming[middle] * np.sin(turn)) ** 2
    ).sum()
    kept = (ideal[middle] ** 2).sum()
    heard = (join.out[middle].astype(np.float64) ** 2).sum()
    floor = 1e-7 * ideal[middle].size
    if powers < floor or kept < floor:
        return None
    return _db(heard / kept), _db(kept / powers)


def _correlation(a: Samples, b: Samples) -> float:
    """Return the correlation of two pieces, held over -0.5 as the fade does: 0 when either is silent."""
    x, y = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    power = math.sqrt(float(x @ x) * float(y @ y))
    return max(-0.5, float(x @ y) / power) if power > 1e-7 * x.size else 0.0


def _db(ratio: float) -> float:
    return 10 * math.log10(max(float(ratio), 1e-12))


def _bodies(case: Case, clips: list[str]) -> tuple[list[int], list[tuple[int, int]]]:
    """Return where each clip starts in the song, and the stretch of it that no fade touches, in frames."""
    joins = case.figures.get("joins", ())
    starts = [0, *(int(join["start_frame"]) for join in joins)]
    ends = starts[-1] + case.inputs[clips[-1]].audio.frames - int(case.figures.get("final_fade_frames", 0))
    bodies = []
    for index, clip in enumerate(clips):
        first = starts[index]
        last = first + case.inputs[clip].audio.frames
        if index > 0:
            first = int(joins[index - 1]["fade_start_frame"]) + int(joins[index - 1]["fade_frames"])
        if index < len(joins):
            last = int(joins[index]["fade_start_frame"])
        bodies.append((first, max(first, min(last, ends))))
    return starts, bodies


def _body_residual_db(
    song: Samples, clip: Samples, start: int, body: tuple[int, int], gain: np.float32
) -> float:
    """Return the level of song minus clip over the clip's untouched stretch, against the clip, in dB."""
    first, last = body
    expected = clip[first - start : last - start] * gain
    heard = song[first:last]
    if heard.shape != expected.shape:
        return 0.0
    power = float(np.vdot(expected, expected))
    difference = heard - expected
    left = float(np.vdot(difference, difference))
    return -200.0 if left == 0 else _db(left / max(power, 1e-12))
