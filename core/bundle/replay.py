"""Making a bundle's song again, and saying which stage first comes out differently."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from core.audio import Audio
from core.bundle.manifest import BundledStep, documents, uploads
from core.bundle.read import Bundle
from core.engines.base import Engines
from core.errors import InputError
from core.machine.hosting import operators_own
from core.runs.record import RunRecord, StepRecord, StepState
from core.stages.table import STAGE_NAMES
from core.studio import Studio

OWNER = "replay"
TOLERANCE_DB = -60.0
"""What another processor's rounding leaves; a changed setting leaves far more."""
TOLERANCE_LU = 0.1
TOLERANCE_S = 0.01


class Likeness(StrEnum):
    """How a stage came out, against the bundle."""

    EXACT = "bit-exact"
    CLOSE = "within tolerance"
    DIFFERENT = "different"
    NOT_RUN = "not run"


class ReplayedStep(BaseModel):
    """One stage, made again."""

    model_config = ConfigDict(frozen=True)

    stage: str
    likeness: Likeness
    why: str
    """One sentence with the figure it rests on."""


class Replay(BaseModel):
    """A song made again, stage by stage."""

    model_config = ConfigDict(frozen=True)

    steps: tuple[ReplayedStep, ...]

    @property
    def first_different(self) -> str | None:
        """The first stage that came out differently; None when all agree."""
        return next((step.stage for step in self.steps if step.likeness is Likeness.DIFFERENT), None)


def replay(
    bundle: Bundle,
    engines: Engines,
    watch: Callable[[RunRecord], None] | None = None,
    *,
    trust: bool = False,
) -> Replay:
    """Make the bundle's song again in a home of its own, which is gone afterwards, and compare.

    ``watch`` is called with the run as it goes on. ``trust``: the sender may have a model's own code run and
    files of this machine read. Raises InputError when the bundle asks for that without trust, holds steps of
    another program, or an uploaded sound does not travel along; and what the studio raises.
    """
    if tuple(step.stage for step in bundle.manifest.steps) != STAGE_NAMES:
        raise InputError(
            "The bundle's steps are not this studio's stages, and cannot be made again here.",
            causes=("a probe recorded another program", "another version of the studio wrote it"),
            remedy="Look at its report.html, or run the program that made them again.",
        )
    if not trust:
        _refuse_operators(bundle)
    with tempfile.TemporaryDirectory(prefix="gainstage-replay-") as home:
        studio = Studio(Path(home), engines)
        try:
            _upload_sounds(bundle, studio)
            run_id = studio.start(bundle.manifest.request, bundle.manifest.settings, OWNER)
            while (record := studio.wait(run_id, timeout_s=0.5)).state.live:
                if watch is not None:
                    watch(record)
            pairs = zip(bundle.manifest.steps, record.steps, strict=True)
            return Replay(steps=tuple(_compared(bundle, studio, was, now) for was, now in pairs))
        finally:
            studio.close()


def _refuse_operators(bundle: Bundle) -> None:
    """Raise InputError when the bundle's settings run code from elsewhere or name files of this machine."""
    asked = ", ".join(f"{title} ({path} = {value!r})" for path, title, value in
                      operators_own(bundle.manifest.settings))  # fmt: skip
    if asked:
        raise InputError(
            f"The bundle wants what only you may decide on this machine: {asked}.",
            causes=(
                "it would run a model's own code, or read files of this machine, because its sender did",
            ),
            remedy="Ask the sender what it is for; if you trust it, add --trust.",
        )


def _upload_sounds(bundle: Bundle, studio: Studio) -> None:
    """Put the uploaded sounds into the new home, where they have the keys that they had."""
    for name, key in uploads(bundle.manifest.request, bundle.manifest.settings).items():
        if name not in bundle.manifest.inputs:
            raise InputError(
                f"An uploaded sound ({name}) does not travel with the bundle.",
                remedy="Ask for a bundle written with --with-input.",
            )
        kept, _ = studio.keep(bundle.input(name))
        if kept != key:
            raise InputError(f"The bundle's {name} is not the uploaded sound.", remedy="Ask again.")


def _compared(bundle: Bundle, studio: Studio, was: BundledStep, now: StepRecord) -> ReplayedStep:
    def said(likeness: Likeness, why: str) -> ReplayedStep:
        return ReplayedStep(stage=was.stage, likeness=likeness, why=why)

    if was.state is StepState.NOT_RUN or now.state is StepState.NOT_RUN:
        if was.state is now.state:
            return said(Likeness.NOT_RUN, "It did not run then, and does not now.")
        return said(Likeness.DIFFERENT, f"It was {was.state.value} then, and is {now.state.value} now.")
    kind = now.error.kind if now.error else ""
    if was.error_kind or kind:
        same = was.error_kind == kind
        why = f"It ended in {was.error_kind or 'sound'} then, and in {kind or 'sound'} now."
        return said(Likeness.EXACT if same else Likeness.DIFFERENT, why)
    sounds = {artifact.name: artifact.key for artifact in now.artifacts}
    if documents(now) != was.documents:
        return said(Likeness.DIFFERENT, "Its plan, or its words, are others.")
    if sounds == was.sounds:
        return said(Likeness.EXACT, _agreed(len(sounds)))
    if set(sounds) != set(was.sounds):
        return said(Likeness.DIFFERENT, f"It delivered {_list(was.sounds)} then, and {_list(sounds)} now.")
    return _alike(bundle, studio, was, now, said)


def _alike(
    bundle: Bundle,
    studio: Studio,
    was: BundledStep,
    now: StepRecord,
    said: Callable[[Likeness, str], ReplayedStep],
) -> ReplayedStep:
    """Compare what is not the same to the last bit: length, level, and the excerpt."""
    main = now.main
    assert main is not None
    reading = main.measurement
    if was.duration_s is not None and abs(reading.duration_s - was.duration_s) > TOLERANCE_S:
        return said(
            Likeness.DIFFERENT, f"It lasted {was.duration_s:.2f} s then, {reading.duration_s:.2f} s now."
        )
    levels = was.integrated_lufs, reading.integrated_lufs
    if (levels[0] is None) != (levels[1] is None) or (
        levels[0] is not None and levels[1] is not None and abs(levels[0] - levels[1]) > TOLERANCE_LU
    ):
        shown = [f"{level:.1f} LUFS" if level is not None else "silent" for level in levels]
        return said(Likeness.DIFFERENT, f"It was at {shown[0]} then, and is at {shown[1]} now.")
    if was.excerpt is None:
        return said(
            Likeness.DIFFERENT, "Its samples differ, and the bundle holds no excerpt to compare with."
        )
    left_db = _null_db(bundle.excerpt(was.excerpt), studio.audio(main.key), was.excerpt.start_s)
    why = f"Over the excerpt they differ by {left_db:.0f} dB (tolerance {TOLERANCE_DB:g})."
    return said(Likeness.CLOSE if left_db <= TOLERANCE_DB else Likeness.DIFFERENT, why)


def _null_db(then: Audio, now: Audio, start_s: float) -> float:
    """Return what is left of an excerpt when the same seconds of now are taken away, in dB."""
    first = round(start_s * now.sample_rate)
    piece = now.samples[first : first + then.frames]
    if piece.shape != then.samples.shape or not np.isfinite(piece).all():
        return 0.0
    power = float(np.square(then.samples, dtype=np.float64).sum())
    left = float(np.square(piece.astype(np.float64) - then.samples).sum())
    return 10 * float(np.log10(max(left, 1e-20) / max(power, 1e-20)))


def _agreed(count: int) -> str:
    if not count:
        return "Its plan and its words are the same."
    return f"{count} sounds agree in every sample." if count > 1 else "Its sound agrees in every sample."


def _list(sounds: dict[str, str]) -> str:
    return ", ".join(sorted(sounds)) or "nothing"
