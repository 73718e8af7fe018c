"""Steps made of stems: whether they hold the whole song, and whether each of them is in the mix."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from core.audio import Audio, Samples
from core.blame.align import CHUNK, Aligned, finite
from core.blame.change import Change
from core.blame.explain import Kind
from core.blame.mixture import mixture_among
from core.blame.take import Take
from core.checks.dynamics import CrestLoss, StemsKept, StemVanished
from core.checks.finite import Finite
from core.checks.peaks import Scale
from core.checks.silence import NearSilent, NotSilent
from core.checks.stems import NotAllSilent, NotScaledCopies
from core.checks.stuck import NotStuck
from core.contract import Case, Check, Contract, Finding, Material, Severity, Sound, judge
from core.stages.stem_family import StemFamily, stem_family

ALONE: tuple[Check, ...] = (Finite(), NotSilent(), NotStuck(), Scale(), NearSilent())
"""What a stem is asked by itself; the rest is asked of their sum, since stems may be odd."""
PASSED_ON: tuple[Check, ...] = (StemVanished(), CrestLoss())
SUM_WARN_DB, SUM_FAIL_DB = -20.0, -6.0
"""What separated stems may leave of the song, as at our own separation."""
IN_IT = 0.1
"""A stem whose share in the mix is under this part of the largest share is not in it."""
HEARD_DB = -30.0
"""A stem this far under the sum is not missed."""
USUAL = (StemFamily.VOCALS, StemFamily.DRUMS, StemFamily.BASS, StemFamily.OTHER)


def judge_stems(
    before: Take | None, after: Take, change: Change | None, aligned: Aligned | None, *, brought: bool
) -> list[Finding]:
    """Return what is wrong with a step's stems, or with a mix of stems; each names ``step/stem``."""
    found: list[Finding] = []
    if after.parts:
        inputs = (before.parts or {"song": before.sound}) if before is not None else {}
        case = Case("separate", after.parts, inputs, brought=brought, delivers=Material.STEMS)
        found += judge(Contract(ALONE, (NotScaledCopies(), NotAllSilent())), case)
        found += mixture_among(after.parts)
    if before is not None and before.parts.keys() & after.parts.keys():
        case = Case("enhance", after.parts, before.parts, delivers=Material.STEMS)
        found += judge(Contract(PASSED_ON, (StemsKept(),)), case)
    told = [
        f.model_copy(update={"artifact": f"{after.name}/{f.artifact}"}) if f.artifact else f for f in found
    ]
    if before is None or change is None or aligned is None or change.kind is Kind.UNRELATED:
        return told
    if after.parts and not before.parts:
        told += _hold_the_song(before, after, change)
    if before.parts and not after.parts and change.made_at_hz is None:
        told += _are_in_the_mix(before, after, aligned)
    return told


def _hold_the_song(before: Take, after: Take, change: Change) -> list[Finding]:
    """The stems add up to what was separated, but for one gain."""
    left_db = change.null_residual_db
    if left_db is None:
        return []
    families = {stem_family(part) for part in after.parts}
    missing = [f.value for f in USUAL if f not in families] if len(families & set(USUAL)) > 1 else []
    evidence = (
        f"The {len(after.parts)} stems in {after.name} leave {left_db:.1f} dB of {before.name} at the best "
        f"gain (warns over {SUM_WARN_DB:g}, fails over {SUM_FAIL_DB:g} dB"
        + (f"; there is no stem of {' and '.join(missing)})." if missing else ").")
    )
    if left_db <= SUM_WARN_DB:
        return [Finding(check="stem_sum", severity=Severity.OK, artifact=after.name, evidence=evidence)]
    causes = ("a stem was dropped, shifted or scaled", "the separator does not suit this music")
    return [
        Finding(
            check="stem_sum",
            severity=Severity.FAIL if missing or left_db > SUM_FAIL_DB else Severity.WARN,
            artifact=after.name,
            evidence=evidence,
            causes=(*(f"the {name} stem is missing" for name in missing), *causes),
            remedy="Separate again and keep every stem; what is left over belongs into other.",
        )
    ]


def _are_in_the_mix(before: Take, after: Take, aligned: Aligned) -> list[Finding]:
    """Every stem that can be heard has its share in the mix, found by least squares over the stems."""
    shares = stem_shares(before.parts, aligned)
    largest = max((abs(share) for share, _ in shares.values()), default=0.0)
    if largest <= 0:
        return []
    lost = [n for n, (share, level_db) in shares.items() if level_db > HEARD_DB and share < IN_IT * largest]
    turned = [name for name in lost if shares[name][0] < -IN_IT * largest]
    told = ", ".join(f"{name} {share / largest:.2f}" for name, (share, _) in shares.items())
    evidence = f"Shares of the stems in {after.name} against the largest: {told} (fails under {IN_IT:g})."
    if not lost:
        return [Finding(check="stem_missing", severity=Severity.OK, artifact=after.name, evidence=evidence)]
    named = " and ".join(lost)
    return [
        Finding(
            check="stem_missing",
            severity=Severity.FAIL,
            artifact=after.name,
            evidence=f"{named} came in and did not come out in {after.name}. {evidence}",
            causes=(f"{' and '.join(turned)} went in with inverted polarity",)
            if turned
            else (f"{named} was muted or its file not found when it was mixed",),
            remedy=f"Mix again with {named}; if it was muted on purpose, this is where.",
        )
    ]


def stem_shares(parts: Mapping[str, Sound], aligned: Aligned) -> dict[str, tuple[float, float]]:
    """Return each stem's share in the mix that was laid over their sum, and its level against the sum in dB.

    The share is linear: 1 is as loud as the stem came in, 0 is not in it. Least squares over all stems.
    """
    laid = [_laid(sound.audio, aligned) for sound in parts.values()]
    count = len(laid)
    gram, against = np.zeros((count, count)), np.zeros(count)
    for start in range(0, len(aligned.after), CHUNK):
        stack = np.stack([one[start : start + CHUNK].astype(np.float64).reshape(-1) for one in laid])
        gram += stack @ stack.T
        against += stack @ aligned.after[start : start + CHUNK].astype(np.float64).reshape(-1)
    found, *_ = np.linalg.lstsq(gram, against, rcond=1e-9)
    whole = max(float(gram.sum()), 1e-30)
    levels = [10 * math.log10(max(float(gram[n, n]), 1e-30) / whole) for n in range(count)]
    return {n: (float(s), level) for n, s, level in zip(parts, found, levels, strict=True)}


def _laid(audio: Audio, aligned: Aligned) -> Samples:
    """Return a stem over the common stretch of its sum, in that stretch's rate and channels."""
    samples = finite(audio).resampled(aligned.sample_rate).samples
    frames, channels = aligned.before.shape
    first = round(aligned.only_before[0] * aligned.sample_rate)
    piece = samples[first : first + frames]
    if piece.shape[1] != channels:
        mono = piece.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
        piece = np.repeat(mono, channels, axis=1)
    return np.pad(piece, ((0, frames - len(piece)), (0, 0)))
