"""Steps made of stems: whether they hold the whole song, and whether each of them is in the mix."""

from __future__ import annotations

from core.blame.change import Change
from core.blame.in_the_mix import in_the_mix
from core.blame.out_of_the_song import out_of_the_song
from core.blame.take import Take
from core.checks.dynamics import CrestLoss, StemsKept, StemVanished
from core.checks.finite import Finite
from core.checks.peaks import Scale
from core.checks.silence import NearSilent, NotSilent
from core.checks.stems import NotAllSilent, NotScaledCopies
from core.checks.stuck import NotStuck
from core.checks.uploaded_stems import NoMixtureAmongStems, StemsInTime
from core.compare.align import Aligned
from core.compare.explain import Kind
from core.contract import Case, Check, Contract, Finding, Material, Severity, finding_about, judge
from core.stages.stem_family import StemFamily, stem_family

ALONE: tuple[Check, ...] = (Finite(), NotSilent(), NotStuck(), Scale(), NearSilent())
"""What a stem is asked by itself; the rest is asked of their sum, since stems may be odd."""
OF_ALL = (NotScaledCopies(), NotAllSilent(), NoMixtureAmongStems(), StemsInTime())
PASSED_ON: tuple[Check, ...] = (StemVanished(), CrestLoss())
SUM_WARN_DB, SUM_FAIL_DB = -20.0, -6.0
"""What separated stems may leave of the song, as at our own separation."""
DOUBLED = frozenset({NoMixtureAmongStems.name, NotScaledCopies.name})
"""Where a stem lies there twice, its share in the song is unknown."""
USUAL = (StemFamily.VOCALS, StemFamily.DRUMS, StemFamily.BASS, StemFamily.OTHER)


def judge_stems(
    before: Take | None, after: Take, change: Change | None, aligned: Aligned | None, *, uploaded: bool
) -> list[Finding]:
    """Return what is wrong with a step's stems, or with a mix of stems; each names ``step/stem``."""
    found: list[Finding] = []
    if after.parts:
        inputs = (before.parts or {"song": before.sound}) if before is not None else {}
        case = Case("separate", after.parts, inputs, uploaded=uploaded, delivers=Material.STEMS)
        found += judge(Contract(ALONE, OF_ALL), case)
    doubled = any(f.check in DOUBLED and f.severity is not Severity.OK for f in found)
    if before is not None and before.parts.keys() & after.parts.keys():
        case = Case("enhance", after.parts, before.parts, delivers=Material.STEMS)
        found += judge(Contract(PASSED_ON, (StemsKept(),)), case)
    findings = [
        f.model_copy(update={"artifact": f"{after.name}/{f.artifact}"}) if f.artifact else f for f in found
    ]
    if before is None or change is None or aligned is None:
        return findings
    if after.parts and not before.parts and change.kind is not Kind.UNRELATED:
        findings += [] if doubled else out_of_the_song(before, after, aligned)
        findings += _hold_the_song(before, after, change)
    if before.parts and not after.parts and change.made_at_hz is None:
        findings += in_the_mix(before, after, aligned)
    return findings


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
        return [finding_about("stem_sum", Severity.OK, after.name, evidence)]
    causes = ("a stem was dropped, shifted or scaled", "the separator does not suit this music")
    return [
        finding_about(
            "stem_sum",
            Severity.FAIL if missing or left_db > SUM_FAIL_DB else Severity.WARN,
            after.name,
            evidence,
            causes=(*(f"the {name} stem is missing" for name in missing), *causes),
            remedy="Separate again and deliver every stem; the remainder belongs to other.",
        )
    ]
