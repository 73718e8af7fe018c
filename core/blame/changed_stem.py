"""Which stem of a separation was changed afterwards, and how, where no gain, sign or delay explains it.

What the stems leave of the song is the same for each of them, taken as the culprit. It is tried on all: the
stem that is silent just where something is left; the one that becomes what the others leave of the song by
one fixed curve or one moving gain; the one that holds what is left, the other way round, as added noise does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Samples
from core.blame.change import block_powers
from core.blame.take import Take
from core.checks.altered import alteration
from core.checks.context import clock, span
from core.compare.align import Aligned, over, power, power_db
from core.compare.curve import fit_curve
from core.compare.gain_fit import fit_gain
from core.compare.likeness import correlation
from core.contract import Finding, Severity, Span, finding_about

BLOCK_S = 0.05
SILENT = 1e-6
"""Of full scale: what a stem holds in a block where it was not written."""
MISSED_DB = -25.0
"""What is left of a block of the song where a stem is silent, at least, for it to be missed there."""
ELSEWHERE_DB = 12.0
"""By so much less is left where the stem plays. Separators leave something everywhere."""
FEWEST = 3
EXPLAINS_DB, BEFORE_OTHERS_DB = 10.0, 6.0
"""By so much a curve or a gain shrinks what is left, and by so much more than for any other stem."""
WINDOW_S = 0.0025
HOLDS, BEFORE_OTHERS = 0.01, 4.0
"""Correlation of a stem with what was added to it, and how many times that of any other stem. Stems of 9 s
that hold nothing of a noise correlate with it by 0.002."""
FAIL_DB = -25.0
"""What is left against the song: from here on the stem fails."""
LEAST_DB = -60.0
MOST_SPANS = 8

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Found:
    stem: str
    what: str
    cause: str
    spans: tuple[Span, ...] = ()


def changed_stem(before: Take, after: Take, laid: Aligned, gain: float) -> list[Finding]:
    """Return what was done to one stem, or to several that fall silent; nothing when no stem explains it.

    ``laid``: the song and the sum of its stems, ``gain``: what all stems are turned down by against it.
    """
    song = laid.before
    stems = {
        name: np.float32(gain) * over(part.audio, laid, laid.only_after[0])
        for name, part in after.parts.items()
    }
    left = song - np.sum(list(stems.values()), axis=0, dtype=np.float32)
    left_db = power_db(power(left), power(song))
    if len(stems) < 2 or left_db < LEAST_DB or not np.isfinite(left).all():
        return []
    found = [*_silent(stems, left, song, laid.sample_rate)]
    found = found or [*_bent(stems, left, laid.sample_rate)] or [*_added(stems, left, song)]
    evidence = f"The stems leave {left_db:.0f} dB of {before.name} (fails over {FAIL_DB:g})."
    return [
        finding_about(
            "stem_of_the_song",
            Severity.FAIL if left_db > FAIL_DB else Severity.WARN,
            f"{after.name}/{one.stem}",
            f"{one.stem} {one.what}. {evidence}",
            causes=(one.cause, "its file was changed after the separation"),
            remedy="Separate again, or put the stem back as the separator wrote it.",
            spans=one.spans,
        )
        for one in found
    ]


def _silent(stems: Mapping[str, Samples], left: Samples, song: Samples, rate: int) -> Iterator[_Found]:
    """Yield the stems that hold nothing where something is left of the song, and only there."""
    size = max(1, round(BLOCK_S * rate))
    missed_db = 10 * np.log10((block_powers(left, size) + 1e-12) / (block_powers(song, size) + 1e-9))
    missed = missed_db > MISSED_DB
    for name, samples in stems.items():
        silent = _highest(samples, size) < SILENT
        there = silent & missed
        if there.sum() < FEWEST or there.sum() < 0.5 * missed.sum():
            continue
        others = [_highest(one, size) < SILENT for other, one in stems.items() if other != name]
        if any((one & there).sum() > 0.5 * there.sum() for one in others):
            continue  # a rest of several: it cannot be told whose sound is left
        if not silent.all() and np.median(missed_db[there]) < _typical(missed_db[~silent]) + ELSEWHERE_DB:
            continue
        first, stop = _longest(there)
        whole = silent.all()
        yield _Found(
            name,
            "is silent, though the song holds what no other stem has"
            if whole
            else f"is silent from {clock(first * BLOCK_S)} to {clock(stop * BLOCK_S)}, where the song holds "
            "what no other stem has",
            f"{name} was dropped, or its file is silent"
            if whole
            else f"{name} was muted, cut or written over with zeros there",
            () if whole else (span(first * BLOCK_S, stop * BLOCK_S),),
        )


def _bent(stems: Mapping[str, Samples], left: Samples, rate: int) -> Iterator[_Found]:
    """Yield the stem that one curve or one moving gain turns into what the others leave of the song."""
    window = max(8, round(WINDOW_S * rate))
    gains: dict[str, float] = {}
    for name, samples in stems.items():
        own = power(samples)
        if own <= 0.0:
            continue
        true = samples + left
        curve = fit_curve(true, samples)
        fits = [curve.left_db(true, samples)] if curve else []
        fits.append(fit_gain(true, samples, window).bend_db)
        gains[name] = power_db(power(left), own) - min(fits)
    name = max(gains, key=lambda one: gains[one], default="")
    others = max((gain for one, gain in gains.items() if one != name), default=0.0)
    if name and gains[name] >= max(EXPLAINS_DB, others + BEFORE_OTHERS_DB):
        done = alteration(stems[name] + left, stems[name], rate)
        yield _Found(name, "is not what the other stems leave of the song", f"{name}: {done.cause}")


def _added(stems: Mapping[str, Samples], left: Samples, song: Samples) -> Iterator[_Found]:
    """Yield the stem that holds what is left, the other way round: it came on top of the stem.

    What a separator leaves is a part of the song; what was added to a stem is not.
    """
    rest = left.astype(np.float64)
    if abs(correlation(rest, song.astype(np.float64))) > HOLDS:
        return
    shares = {name: -correlation(rest, samples.astype(np.float64)) for name, samples in stems.items()}
    name = max(shares, key=lambda one: shares[one])
    others = max(abs(share) for one, share in shares.items() if one != name)
    if shares[name] >= max(HOLDS, BEFORE_OTHERS * others):
        yield _Found(name, "holds what the song does not", f"{name}: noise or another sound was added to it")


def _cut(samples: Samples, size: int) -> Samples:
    count = len(samples) // size
    return samples[: count * size].reshape(count, -1)


def _highest(samples: Samples, size: int) -> Doubles:
    return np.asarray(np.abs(_cut(samples, size)).max(axis=1, initial=0.0), dtype=np.float64)


def _typical(values: Doubles) -> float:
    return float(np.median(values)) if len(values) else -200.0


def _longest(flags: Flags) -> tuple[int, int]:
    turns = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return max(zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True), key=lambda one: one[1] - one[0])
