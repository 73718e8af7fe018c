"""What each stage reports about its own work: one type for each, which checks, faults and pages read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.contract import Case, F, Figures
from core.dsp.match_eq import MatchCurve
from core.dsp.reduction import ReductionHistogram
from core.errors import StorageError
from core.values import Json

Names = tuple[str, ...]

EARLIER_NAMES = {"heard": "audible"}
"""Figures that earlier versions stored under another name, and the name of today."""


@dataclass(frozen=True, kw_only=True)
class LyricsFigures(Figures):
    """The words that were written; the last five by a language model alone."""

    lines: int
    words: int
    syllables: int
    lines_that_rhyme: int
    language: str
    language_asked: str | None = None
    rhyme_asked: str | None = None
    questions: int | None = None
    lines_off_plan: int | None = None
    slack: int | None = None
    """Syllables that a line may be off."""


@dataclass(frozen=True)
class JoinFigures:
    """Where one clip goes over into the next, in frames of the song."""

    start_frame: int
    """First frame of the next clip."""
    overlap_frames: int
    fade_start_frame: int
    fade_frames: int
    at_s: float
    """Middle of the fade."""
    overlap_s: float
    correlation: float
    """Of the two clips over the fade, -1 to 1; the fade keeps the power for it."""
    same_performance: bool
    """The clips were found to be overlapping cuts of one performance."""


@dataclass(frozen=True, kw_only=True)
class AssembleFigures(Figures):
    """How the clips were joined."""

    clips: int
    clip_gains_db: tuple[float, ...]
    joins: tuple[JoinFigures, ...]
    final_fade_frames: int


@dataclass(frozen=True, kw_only=True)
class SeparateFigures(Figures):
    """How well the stems add up to the song."""

    residual_db: float
    """What the stems left of the song before anything was folded into one of them."""
    sum_exact: bool
    """They are promised to add up now."""
    levels_dbfs: Mapping[str, float | None]
    """RMS of each stem when it was made; None for digital silence."""
    sung: bool | None = None
    """Whether an engine was to sing in it; None in runs that were stored before it was reported."""


@dataclass(frozen=True)
class StemFigures:
    """What the chain did to one stem; see :class:`core.engines.effects.chain.ChainReport`."""

    ratio: float
    threshold_db: float
    match_gain_db: float
    makeup_db: float
    reverb_wet: float
    threshold_dbfs: float
    compression_max_db: float
    compression_mean_db: float
    de_ess_max_db: float
    reduction_codes: str = ""
    """The compressor's gain reduction over time, as :class:`core.engines.effects.chain.ChainReport` has it;
    empty when it is off, and in runs that were stored before it was reported."""
    reduction_hop_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class EnhanceFigures(Figures):
    """The chains by stem; none for a stem that came silent, and no strength when bypassed."""

    stems: Mapping[str, StemFigures]
    strength: str | None = None


@dataclass(frozen=True, kw_only=True)
class MixFigures(Figures):
    """What was summed, and how far the sum was turned down."""

    bus_gain_db: float
    sum_peak_dbfs: float | None
    audible: Names
    muted: Names
    faders: Mapping[str, Mapping[str, Json]]


@dataclass(frozen=True, kw_only=True)
class MasterFigures(Figures):
    """How the target was reached; the last four with a reference alone."""

    gain_db: float
    limiting_db: float
    reached: bool
    target_lufs: float
    reached_lufs: float
    reduction_curve_db: tuple[float, ...]
    reduction_hop_s: float
    offset_removed: tuple[float, ...]
    """Of full scale, by channel."""
    reduction_histogram: ReductionHistogram | None = None
    """None in runs that were stored before it was reported."""
    target_set_by: str | None = None
    match: MatchCurve | None = None
    reference_name: str | None = None
    reference_tone_db: tuple[float | None, ...] | None = None


@dataclass(frozen=True)
class FileFigures:
    """One delivered file, as it was read back."""

    format: str
    bits: int | None
    lossy: bool
    padding_frames: int
    wrong_tags: Names
    clipped_samples: int


@dataclass(frozen=True, kw_only=True)
class ExportFigures(Figures):
    """The delivered files by name, and whether each stem's file decodes to exactly its stem."""

    files: Mapping[str, FileFigures]
    stems_exact: Mapping[str, bool]


def chain_of(stem: str, case: Case) -> StemFigures | None:
    """Return what enhance reports about its work on one stem; None when it reports nothing."""
    done = case.figures
    return done.stems.get(stem) if isinstance(done, EnhanceFigures) else None


def level_when_made_dbfs(stem: str, case: Case) -> float | None:
    """Return a stem's RMS when it was separated; None for silence, or where none was separated."""
    made = case.figures
    return made.levels_dbfs.get(stem) if isinstance(made, SeparateFigures) else None


_adapters: dict[type[Figures], TypeAdapter[Any]] = {}


def _adapter(kind: type[Figures]) -> TypeAdapter[Any]:
    return _adapters.get(kind) or _adapters.setdefault(kind, TypeAdapter(kind))


def stored(figures: Figures | None) -> dict[str, Json]:
    """Return figures as JSON that is stored: flat, without those that a stage reports none of."""
    if figures is None:
        return {}
    own: dict[str, Json] = _adapter(type(figures)).dump_python(figures, mode="json", exclude_defaults=True)
    return {**own.pop("engine", {}), **own}


def read_figures(kind: type[F], held: Mapping[str, Json]) -> F | None:
    """Return what :func:`stored` made, of this version or of one before; None where nothing was reported.

    Raises StorageError when a figure is missing or is no such figure.
    """
    if not held:
        return None
    held = {EARLIER_NAMES.get(name, name): value for name, value in held.items()}
    names = {f.name for f in fields(kind)} - {"engine"}
    own = {name: value for name, value in held.items() if name in names}
    try:
        found: F = _adapter(kind).validate_python(
            {**own, "engine": {n: held[n] for n in held if n not in own}}
        )
    except ValidationError as error:
        odd = ", ".join(sorted({str(one["loc"][0]) for one in error.errors()}))
        raise StorageError(
            f"The stored figures of this step cannot be read: {odd}.",
            causes=("the run was stored by another version", "the studio's index was changed by hand"),
            remedy="Run the stage again.",
        ) from error
    return found
