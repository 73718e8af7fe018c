"""Whether every clip is in the song as it came, and whether the clips are about equally loud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Samples
from core.checks.altered import alteration
from core.checks.join_view import (
    SONG,
    as_silenced,
    clip_names,
    correlation,
    final_fade_frames,
    gain,
    gain_db,
    joins_of,
    joins_reported,
    ratio_db,
)
from core.contract import Case, Finding, Rank, Span, WholeCheck

SAME = 0.9
"""Clips that correlate better than this where they overlap are cuts of one performance."""


@dataclass(frozen=True)
class ClipsKept(WholeCheck):
    """Away from the fades, every clip is in the song sample for sample, times its declared gain."""

    name: ClassVar[str] = "clips_kept"
    unasked: ClassVar[str] = "when nothing was joined"
    rank: ClassVar[Rank] = Rank.ARITHMETIC
    fail_db: float = -80.0

    def examine_all(self, case: Case) -> Finding | None:
        """Compare each clip with its stretch of each sound."""
        clips = clip_names(case)
        song = case.outputs.get(SONG)
        if not clips or song is None:
            return None
        declared = len(joins_reported(case))
        if declared != len(clips) - 1:
            return self._fail(f"{len(clips)} clips went in and {declared} joins were declared.", ())
        starts, bodies = _bodies(case, clips)
        for name, sound in case.outputs.items():
            suffix = name.removeprefix(SONG)
            for index, clip in enumerate(clips):
                source = case.inputs.get(clip + suffix)
                if source is None:
                    return self._fail(f"{name} has no clip {clip + suffix} that it was made from.", ())
                rate, (first, last) = sound.audio.sample_rate, bodies[index]
                body = sound.audio.samples[first:last]
                expected = as_silenced(
                    source.audio.samples[first - starts[index] : last - starts[index]] * gain(case, index),
                    *(case, sound, first),
                )
                residual_db = _residual_db(body, expected)
                if residual_db > self.fail_db:
                    change = alteration(expected, body, rate)
                    return self._fail(
                        f"{clip + suffix} differs from its place in {name} by {residual_db:.0f} dB "
                        f"(limit {self.fail_db:g}).",
                        (Span(start_s=first / rate, stop_s=last / rate),),
                        name,
                        change.cause,
                    )
        return self.ok(
            f"All {len(clips)} clips are in the song unchanged but for their fades and gains.", SONG
        )

    def _fail(self, evidence: str, spans: tuple[Span, ...], artifact: str = SONG, cause: str = "") -> Finding:
        return self.fail(
            evidence,
            artifact,
            causes=(
                *((cause,) if cause else ()),
                "a clip was dropped, moved or changed on its way into the song",
            ),
            remedy="Make the song again from its clips.",
            spans=spans,
        )


@dataclass(frozen=True)
class ClipSpread(WholeCheck):
    """Clips that are joined should be about equally loud (after the gains that the stage gave them).

    Cuts of one performance, which agree where they overlap, count together: their differences are the
    music's own.
    """

    name: ClassVar[str] = "clip_spread"
    unasked: ClassVar[str] = "with fewer than two performances that have a loudness"
    warn_lu: float = 3.0

    def examine_all(self, case: Case) -> Finding | None:
        """Compare the clips' integrated loudness."""
        loudness = _performance_loudness(case)
        if len(loudness) < 2:
            return None
        quiet, loud = min(loudness, key=loudness.__getitem__), max(loudness, key=loudness.__getitem__)
        spread_lu = loudness[loud] - loudness[quiet]
        evidence = (
            f"{loud} is {spread_lu:.1f} LU louder than {quiet} ({loudness[loud]:.1f} and "
            f"{loudness[quiet]:.1f} LUFS; warns at {self.warn_lu:g})."
        )
        if spread_lu <= self.warn_lu:
            return self.ok(evidence, SONG)
        return self.warn(
            evidence,
            SONG,
            causes=("the generator made one clip louder than another",),
            remedy="Let assemble match the clips' loudness, or make the odd clip again.",
        )


def _performance_loudness(case: Case) -> dict[str, float]:
    """Return the mean loudness in LUFS of each performance, by the name of its first clip."""
    song = case.outputs.get(SONG)
    joins = joins_of(song, case, margin=0) if song is not None else []
    first = ""
    found: dict[str, list[float]] = {}
    for index, clip in enumerate(clip_names(case)):
        same = (
            0 < index <= len(joins) and correlation(joins[index - 1].leaving, joins[index - 1].coming) > SAME
        )
        first = first if same else clip
        value = case.inputs[clip].measurement.integrated_lufs
        if value is not None:
            found.setdefault(first, []).append(value + gain_db(case, index))
    return {clip: sum(values) / len(values) for clip, values in found.items()}


def _bodies(case: Case, clips: list[str]) -> tuple[list[int], list[tuple[int, int]]]:
    """Return where each clip starts in the song, and the stretch of it that no fade touches, in frames."""
    joins = joins_reported(case)
    starts = [0, *(join.start_frame for join in joins)]
    ends = starts[-1] + case.inputs[clips[-1]].audio.frames - final_fade_frames(case)
    bodies = []
    for index, clip in enumerate(clips):
        first = starts[index]
        last = first + case.inputs[clip].audio.frames
        if index > 0:
            first = joins[index - 1].fade_start_frame + joins[index - 1].fade_frames
        if index < len(joins):
            last = joins[index].fade_start_frame
        bodies.append((first, max(first, min(last, ends))))
    return starts, bodies


def _residual_db(actual: Samples, expected: Samples) -> float:
    """Return the level of a stretch of the song minus the clip's, against the clip, in dB."""
    if actual.shape != expected.shape:
        return 0.0
    power = float(np.vdot(expected, expected))
    difference = actual - expected
    left = float(np.vdot(difference, difference))
    return -200.0 if left == 0 else ratio_db(left / max(power, 1e-12))
