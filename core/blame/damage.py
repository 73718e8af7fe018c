"""Findings that only the comparison of a step with the one before it can give.

Each answers one question about a :class:`core.blame.change.Change`, as a check answers one about a sound.
What is quieter, filtered or limited with measure is a step's work and draws nothing. The limits of the squash
were fitted on the known sounds of the tests: an honest limiter at 6 dB of drive, gain changes, equalisers,
rooms and lossy codecs stay under them, tanh at +6 dB and a clipper at +6 dB do not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.blame.added import added_and_filtered
from core.blame.change import UNRELATED, Change
from core.blame.jump import level_jump
from core.checks.channels import WIDE
from core.checks.context import clock, is_audible
from core.checks.wrapped import wrapped_jumps
from core.compare.align import Aligned
from core.compare.curve import fit_curve
from core.compare.explain import Kind
from core.compare.warp import Warp, Warped, warped
from core.contract import Finding, Severity, Sound, Span, finding_about

GONE_WARN_S = 0.25
GONE_FAIL_S = 1.0
LOST_WARN_S = 1.0
LOST_FAIL_SHARE = 0.2
LEVEL_WARN_LU = 20.0

BENT_WARN_DB, BENT_FAIL_DB = 1.0, 3.0
"""Crest that a saturator or clipper may take."""
BENT_TOP_DB, BENT_NULL_DB = 4.0, -30.0
"""Or: it turns the tops down by this much, and it shows in the null residual."""
LIMITED_WARN_DB = 6.0
"""LEVELS: an honest limiter with 6 dB of reduction cost 5.9 dB of crest."""
CRUSHED_PLR_DB = 7.5
CLIPPED_RUNS = 10
MIXED_WARN_DB, MIXED_FAIL_DB = 4.0, 9.0
"""For a chain whose parts cannot be distinguished: equaliser, compressor and limiter in one step."""

FOLD = 4.0
"""A curve that wraps falls at once by a quarter of its range and more; noise on another one by far less."""

Question = Callable[[Change, Sound, Sound], Finding | None]


def damage(change: Change, before: Sound, after: Sound, aligned: Aligned | None = None) -> list[Finding]:
    """Return what the change shows to be wrong with ``after``, worst first; nothing for silence.

    What was added and what was filtered is asked of sounds that are ``aligned``.
    """
    if not (is_audible(before.measurement) and is_audible(after.measurement)):
        return []
    found = [finding for ask in QUESTIONS if (finding := ask(change, before, after)) is not None]
    if aligned is not None:
        found += added_and_filtered(change, after, aligned)
        found += [jump] if (jump := level_jump(change, after, aligned)) is not None else []
    return sorted(found, key=lambda finding: -finding.severity.rank)


def speed(change: Change, before: Sound, after: Sound) -> Finding | None:
    """Samples that carry the label of another rate play at another speed and pitch."""
    if change.made_at_hz is None:
        return None
    label = after.audio.sample_rate
    return finding_about(
        "speed",
        Severity.FAIL,
        after,
        f"{after.name} is {before.name} played {change.speed:.3f} times as fast: {_lengths(change)}; read at "
        f"{change.made_at_hz} Hz instead of {label} it correlates by {abs(change.correlation or 0):.2f}.",
        causes=(
            f"samples made at {change.made_at_hz} Hz were labelled {label} Hz",
            "a resampler was left out where the rate changes",
        ),
        remedy=f"Write the file with its true rate, {change.made_at_hz} Hz, or resample it.",
    )


def other_sound(change: Change, before: Sound, after: Sound) -> Finding | None:
    """What came in is to be found in what goes out."""
    if change.kind is not Kind.UNRELATED or change.made_at_hz is not None:
        return None
    bent = warped(before.audio, after.audio)
    if bent is not None:
        return _warped(bent, before, after)
    return finding_about(
        "other_sound",
        Severity.FAIL,
        after,
        f"Nothing of {before.name} is found in {after.name}: at no delay are they alike by more than "
        f"{change.likeness or 0:.2f} (fails under {UNRELATED:g}).",
        causes=(
            "a file of another song or an earlier run was taken",
            "the step made a new sound in place of the one it was given",
            "the tempo or pitch was changed",
        ),
        remedy=f"Check what {after.name} was made from; if it is meant to be new, start a chain with it.",
    )


def _warped(bent: Warped, before: Sound, after: Sound) -> Finding:
    """Name what bent the time of a sound that is not another one."""
    if bent.kind is Warp.BLOCKS:
        moved = "were lost" if bent.lost_s > 0 else "were put in twice"
        return finding_about(
            "time_bent",
            Severity.FAIL,
            after,
            f"{after.name} is {before.name} in pieces: their distance jumps {bent.steps} times at least, by "
            f"{abs(bent.lost_s):.2f} s in all.",
            causes=(f"blocks of samples {moved}: a buffer that ran over or ran dry",),
            remedy="Run the step again with a larger buffer, or offline.",
        )
    resampled = bent.kind is Warp.SPEED
    return finding_about(
        "time_bent",
        Severity.FAIL,
        after,
        f"{after.name} is {before.name} {bent.speed:.4f} times as fast, at "
        f"{'a pitch that moved with it' if resampled else 'the same pitch'}.",
        causes=(
            f"it was resampled by a wrong ratio: {bent.speed:.4f} times as fast"
            if resampled
            else f"its tempo was changed, at the same pitch: a time-stretch by {1 / bent.speed:.3f}",
        ),
        remedy="Resample it by the true ratio of its rates."
        if resampled
        else "Take the stretch off; if it is meant, start a chain with its result.",
    )


def gone(change: Change, before: Sound, after: Sound) -> Finding | None:
    """What plays in the source is not silent in the result."""
    if change.gone_s < GONE_WARN_S or change.gone_from_s is None:
        return None
    fails = change.gone_s >= min(GONE_FAIL_S, 0.2 * after.measurement.duration_s)
    return finding_about(
        "went_silent",
        Severity.FAIL if fails else Severity.WARN,
        after,
        f"{after.name} is silent for {change.gone_s:.1f} s in which {before.name} plays, from "
        f"{clock(change.gone_from_s)} on (warns at {GONE_WARN_S:g} s, fails at {GONE_FAIL_S:g} s).",
        causes=("the step stopped early and filled up with zeros", "a chunk failed and zeros took its place"),
        remedy="Run the step again from there and read its log.",
        spans=(
            Span(start_s=change.gone_from_s, stop_s=min(after.audio.duration_s, change.gone_from_s + 0.5)),
        ),
    )


def length_kept(change: Change, before: Sound, after: Sound) -> Finding | None:
    """Nothing that plays is cut off, and nothing is joined on twice."""
    if change.made_at_hz is not None or change.kind is Kind.UNRELATED:
        return None
    lost = change.lost_s / before.measurement.duration_s
    if change.lost_s >= LOST_WARN_S or lost >= LOST_FAIL_SHARE:
        return finding_about(
            "length_kept",
            Severity.FAIL if lost >= LOST_FAIL_SHARE else Severity.WARN,
            after,
            f"{change.lost_s:.1f} s that play in {before.name}, {lost:.0%} of it, are not in {after.name}: "
            f"{_lengths(change)} (warns at {LOST_WARN_S:g} s, fails at {LOST_FAIL_SHARE:.0%}).",
            causes=(
                "the step ended early",
                "stereo pairs were counted as frames, and half was dropped",
                "the file was cut when it was written or read",
            ),
            remedy="Run the step again; if it was cut on purpose, this is where.",
        )
    if not change.repeated:
        return None
    return finding_about(
        "length_kept",
        Severity.FAIL,
        after,
        f"{after.name} holds {before.name} twice over: {_lengths(change)}.",
        causes=("the sound was joined to itself",),
        remedy="Run the step again; if it is to be repeated, this is where.",
    )


def squashed(change: Change, before: Sound, after: Sound) -> Finding | None:
    """The peaks keep their distance, or lose it to a gain that moves and not to a bend."""
    crest = change.crest_db
    if crest.change is None or change.kind in (Kind.IDENTICAL, Kind.GAIN, Kind.FILTER, Kind.UNRELATED):
        return None
    if _folds(before, after):  # integers that wrapped have a check of their own
        return None
    loss_db = -crest.change
    severity, limits, causes = _squash(change, loss_db)
    if after.measurement.clipped_runs > before.measurement.clipped_runs + CLIPPED_RUNS:
        causes = ("it was driven into a ceiling that cuts the tops off: a clipper, or integers", *causes)
    if severity is Severity.OK:
        return None
    evidence = (
        f"Crest fell {loss_db:.1f} dB in {after.name}, from {crest.before:.1f} to {crest.after:.1f} dB "
        f"({limits}); at the best gain {change.null_residual_db:.0f} dB of it are left over"
    )
    if change.kind is Kind.CURVE:
        evidence += f", and a fixed curve that takes {change.top_db:.1f} dB off the tops explains "
        evidence += f"all but {change.left_db:.0f} dB"
    return finding_about("squashed", severity, after, f"{evidence}.", causes=causes, remedy=SQUASH_REMEDY)


def _folds(before: Sound, after: Sound) -> bool:
    """Return whether the curve from one to the other comes back at its ends: what is louder wraps around."""
    x, y = before.audio.samples, after.audio.samples
    if x.shape != y.shape or not wrapped_jumps(after.audio)[0]:
        return False
    curve = fit_curve(x, y)
    return curve is not None and bool(np.ptp(curve.results) < FOLD * -np.diff(curve.results).min(initial=0.0))


SQUASH_REMEDY = "Lower the level into this step, and let a look-ahead limiter take the last few decibels."


def _squash(change: Change, loss_db: float) -> tuple[Severity, str, tuple[str, ...]]:
    plr_db = change.plr_db.after
    crushed = loss_db > LIMITED_WARN_DB and plr_db is not None and plr_db < CRUSHED_PLR_DB
    if change.kind is Kind.CURVE:
        top_db, null_db = change.top_db or 0.0, change.null_residual_db or 0.0
        driven = top_db > BENT_TOP_DB and null_db > BENT_NULL_DB
        severity = Severity.OK
        if loss_db > BENT_WARN_DB or driven:
            severity = Severity.FAIL if loss_db > BENT_FAIL_DB or driven else Severity.WARN
        return (
            severity,
            f"a saturator or clipper warns at {BENT_WARN_DB:g}, fails at {BENT_FAIL_DB:g}",
            (
                "a saturator such as tanh, or a clipper, stands where a limiter should: it bends every swing",
                "the sum before it was not normalised and drove it too hot",
            ),
        )
    if change.kind is Kind.MOVING_GAIN:
        severity = Severity.OK
        if loss_db > LIMITED_WARN_DB:
            severity = Severity.FAIL if crushed else Severity.WARN
        return (
            severity,
            f"a limiter warns at {LIMITED_WARN_DB:g}, fails with a PLR under {CRUSHED_PLR_DB:g}",
            ("a limiter or compressor set for more loudness than the sound takes",),
        )
    severity = Severity.OK
    if loss_db > MIXED_WARN_DB:
        severity = Severity.FAIL if crushed or loss_db > MIXED_FAIL_DB else Severity.WARN
    return (
        severity,
        f"warns at {MIXED_WARN_DB:g}, fails at {MIXED_FAIL_DB:g}, or with a PLR under {CRUSHED_PLR_DB:g}",
        (
            "compression, saturation or limiting, several at once",
            "the level into this step was too high",
        ),
    )


def stereo_kept(change: Change, before: Sound, after: Sound) -> Finding | None:
    """A stereo sound does not become one channel; two equal ones are the check ``width``'s."""
    correlation = before.measurement.correlation
    if after.measurement.channels != 1 or before.measurement.channels < 2:
        return None
    if correlation is None or correlation >= WIDE:
        return None
    return finding_about(
        "width",
        Severity.FAIL,
        after,
        f"{after.name} has one channel; {before.name} came in as stereo (correlation {correlation:+.2f}, "
        f"fails under {WIDE:g}).",
        causes=("the channels were averaged for a step that works in mono", "one channel was dropped"),
        remedy="Run the step on both channels.",
    )


def channel_order(change: Change, before: Sound, after: Sound) -> Finding | None:
    """Left stays left."""
    if not change.channels_swapped:
        return None
    return finding_about(
        "channel_order",
        Severity.FAIL,
        after,
        f"Left and right changed places in {after.name}: the other way round it fits {before.name} far "
        f"better than the {change.null_residual_db:.0f} dB that are left over as it is.",
        causes=("channels were written in another order than they were read",),
        remedy="Swap the channels back where the step writes its file.",
    )


def polarity(change: Change, before: Sound, after: Sound) -> Finding | None:
    """The wave keeps its sign: alone it is inaudible, mixed with its counterpart it cancels."""
    delay_s, left_db = change.delay_s, change.null_residual_db
    if not change.polarity_inverted or delay_s is None or left_db is None:
        return None
    if abs(delay_s) > 0.005 or left_db > -10.0:
        return None
    return finding_about(
        "polarity",
        Severity.WARN,
        after,
        f"{after.name} has the polarity of {before.name} inverted (correlation {change.correlation:+.2f}).",
        causes=("a minus sign in the step's gain", "a plug-in that inverts"),
        remedy="Invert it back: added to an untouched copy, or to its stems, it cancels.",
    )


def level_kept(change: Change, before: Sound, after: Sound) -> Finding | None:
    """The loudness does not jump further than any fader is moved."""
    loudness = change.integrated_lufs
    if loudness.change is None or abs(loudness.change) <= LEVEL_WARN_LU:
        return None
    return finding_about(
        "level_kept",
        Severity.WARN,
        after,
        f"Loudness went from {loudness.before:.1f} to {loudness.after:.1f} LUFS in {after.name} "
        f"({loudness.change:+.1f} LU; warns at {LEVEL_WARN_LU:g}).",
        causes=("near silence was normalised up",) if loudness.change > 0 else ("a gain of a tenth or less",),
        remedy="Look at the gain of this step.",
    )


QUESTIONS: tuple[Question, ...] = (
    speed,
    other_sound,
    gone,
    length_kept,
    channel_order,
    stereo_kept,
    squashed,
    polarity,
    level_kept,
)
"""In the order in which they are named when they are equally bad."""


def _lengths(change: Change) -> str:
    return f"{change.duration_s.before:.2f} s came in, {change.duration_s.after:.2f} s went out"
