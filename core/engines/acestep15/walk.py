"""From noise to sound: the pipeline's calls for one pass, and what is done between its steps.

As ACE-Step 1.5 does it (``acestep/models/base/modeling_acestep_v15_base.py``): a cover of strength s lets the
source go after int(steps * s) steps and goes on from the words alone; a conservative repaint puts the source,
at each step's own noise level, back outside of its window, a balanced one for half of the steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from core.engines.acestep15 import caption, words
from core.engines.acestep15.caption import Description
from core.engines.acestep15.presets import Steps
from core.engines.acestep15.settings import WINDOWED, RepaintMode
from core.engines.planner.codes import in_text
from core.progress import Report

Samples = npt.NDArray[np.float32]
StepDone = Callable[..., dict[str, Any]]

LOOK_EVERY = 4
"""Steps between two looks at whether the latents are numbers; on a GPU each look waits for it."""
DECODING = 0.9
"""Share of a pass after which its sound is decoded."""
HELD = {RepaintMode.CONSERVATIVE: 1.0, RepaintMode.BALANCED: 0.5, RepaintMode.AGGRESSIVE: 0.0}
"""Share of the steps for which the source is put back outside of the window."""


@dataclass(frozen=True, eq=False)
class Ask:
    """What one pass is to make."""

    description: Description
    lyrics: str
    duration_s: float
    steps: Steps
    seed: int
    task: str = "text2music"
    """The pipeline's word: text2music, cover, repaint, extract, lego or complete."""
    track: str = ""
    """The one that is extracted, or added by lego."""
    complete_with: tuple[str, ...] = ()
    timbre: Samples | None = None
    """(frames, 2) at the model's rate: what the sound is to be like."""
    source: Samples | None = None
    """(frames, 2) at the model's rate."""
    start_s: float = 0.0
    stop_s: float = 0.0
    """The part to repaint, or to add a track to; 0 is the end."""
    repaint_mode: RepaintMode = RepaintMode.AGGRESSIVE
    cover_strength: float = 1.0
    codes: tuple[int, ...] = ()
    """The planner's, five a second; none: the model starts from its learned silence."""
    listened: frozenset[int] = frozenset()
    """Steps of which two seconds are decoded, the first is 1."""

    @property
    def covered_steps(self) -> int:
        """Steps after which a cover lets its source go; all of them at full strength."""
        return int(self.steps.count * self.cover_strength) if self.task == "cover" else self.steps.count


class NotNumbersError(Exception):
    """The model computed values that are not numbers; ``where`` says at which point."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


def walk(pipe: Any, ask: Ask, report: Report) -> Any:
    """Return the pipeline's sound, (1, channels, samples) at -1 dBFS peak.

    Raises NotNumbersError, and after each step whatever ``report`` raises.
    """
    given = _arguments(ask)
    count, covered = ask.steps.count, ask.covered_steps
    watch = _step_watch(count, report)
    if covered == count:
        with _source_held(pipe, ask) as put_back:
            return pipe(**given, callback_on_step_end=_each(watch, put_back)).audios
    freed = given | {"task_type": "text2music", "src_audio": None}
    if covered == 0:
        return pipe(**freed, callback_on_step_end=watch).audios
    latents = pipe(
        **given, output_type="latent", callback_on_step_end=_each(watch, _ends_after(covered))
    ).audios
    pipe.maybe_free_model_hooks()
    levels = pipe._get_timestep_schedule(count, ask.steps.shift, torch.device("cpu"), torch.float32).tolist()
    freed |= {
        "latents": latents,
        "timesteps": levels[covered:],
        "audio_duration": _lasting(latents.shape[1], pipe),
    }
    return pipe(**freed, callback_on_step_end=_step_watch(count, report, before=covered)).audios


def _arguments(ask: Ask) -> dict[str, Any]:
    asked = ask.description
    return {
        "prompt": asked.caption,
        "lyrics": ask.lyrics,
        "audio_duration": ask.duration_s,
        "vocal_language": asked.language,
        "bpm": asked.bpm,
        "keyscale": asked.key or None,
        "timesignature": asked.meter or None,
        "num_inference_steps": ask.steps.count,
        "guidance_scale": ask.steps.guidance,
        "cfg_interval_start": ask.steps.guided_from,
        "cfg_interval_end": ask.steps.guided_to,
        "shift": ask.steps.shift,
        # Noise is drawn on the processor, so that a seed means the same on every device.
        "generator": torch.Generator().manual_seed(ask.seed),
        "max_text_length": caption.READS,
        "max_lyric_length": words.READS,
        "task_type": ask.task,
        "track_name": ask.track or None,
        "complete_track_classes": list(ask.complete_with) or None,
        "src_audio": _tensor(ask.source),
        "reference_audio": _tensor(ask.timbre),
        "audio_codes": in_text(ask.codes) or None,
        "repainting_start": ask.start_s if ask.task in WINDOWED else None,
        "repainting_end": (ask.stop_s or None) if ask.task in WINDOWED else None,
    }


def _tensor(sound: Samples | None) -> Any:
    return None if sound is None else torch.from_numpy(np.ascontiguousarray(sound.T))


def _step_watch(count: int, report: Report, before: int = 0) -> StepDone:
    """Return what reports each step; ``before``: steps that another call of the pipeline has made."""

    def step_done(pipe: Any, step: int, timestep: float, tensors: dict[str, Any]) -> dict[str, Any]:
        number = before + step + 1
        report(DECODING * number / count, f"Step {number} of {count}")
        looked_at = step % LOOK_EVERY == 0 or number == count
        if looked_at and not bool(torch.isfinite(tensors["latents"]).all()):
            raise NotNumbersError(f"step {number} of {count}")
        return {}

    return step_done


def _each(*called: StepDone) -> StepDone:
    """Return what calls all in turn; what the last one that has something returns is the pipeline's."""

    def step_done(pipe: Any, step: int, timestep: float, tensors: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for each in called:
            made |= each(pipe, step, timestep, tensors)
        return made

    return step_done


def _ends_after(steps: int) -> StepDone:
    def step_done(pipe: Any, step: int, timestep: float, tensors: dict[str, Any]) -> dict[str, Any]:
        pipe._interrupt = step + 1 == steps
        return {}

    return step_done


@dataclass(eq=False)
class _Seen:
    """The pipeline's own latents of a source, and the noise that it started from."""

    source: Any = None
    noise: Any = None
    window: Any = field(default=None)


@contextmanager
def _source_held(pipe: Any, ask: Ask) -> Iterator[StepDone]:
    """Yield what puts the source back outside of a repaint's window, at the noise level of each step."""
    held = round(HELD[ask.repaint_mode] * ask.steps.count) if ask.task == "repaint" else 0
    if not held:
        yield lambda pipe, step, timestep, tensors: {}
        return
    seen = _Seen()
    prepare_source, prepare_noise, build = (
        pipe.prepare_src_latents,
        pipe.prepare_latents,
        pipe._build_chunk_mask,
    )

    def source(*more: Any, **named: Any) -> Any:
        made = prepare_source(*more, **named)
        if named.get("src_audio") is not None:
            seen.source = made[0]
        return made

    def noise(*more: Any, **named: Any) -> Any:
        seen.noise = prepare_noise(*more, **named)
        return seen.noise

    def window(*more: Any, **named: Any) -> Any:
        seen.window = build(*more, **named)
        return seen.window

    def put_back(pipe: Any, step: int, timestep: float, tensors: dict[str, Any]) -> dict[str, Any]:
        if step >= held:
            return {}
        latents = tensors["latents"]
        level = float(pipe.scheduler.sigmas[step + 1])
        there = level * seen.noise + (1.0 - level) * seen.source
        return {"latents": torch.where(seen.window > 0.5, latents, there.to(latents.dtype))}

    pipe.prepare_src_latents, pipe.prepare_latents, pipe._build_chunk_mask = source, noise, window
    try:
        yield put_back
    finally:
        del pipe.prepare_src_latents, pipe.prepare_latents, pipe._build_chunk_mask


def _lasting(frames: int, pipe: Any) -> float:
    """Return the seconds of whole latent frames, so that the pipeline counts as many."""
    seconds = frames / pipe.latents_per_second
    while math.ceil(seconds * pipe.latents_per_second) > frames:
        seconds = math.nextafter(seconds, 0.0)
    return float(seconds)
