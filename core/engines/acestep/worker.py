"""The child's side of ACE-Step 1: a plan and its words in, clips out.

Runs under an interpreter of its own, which has acestep, torch and numpy, and nothing of the studio's. The
pipeline answers with paths of files, and with its settings as the last of them: the sound is read back.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.engines.acestep.loading import Model, load
from core.engines.acestep.order import Order, read_order, tags, words
from core.engines.child import WorkerError
from core.engines.shared.cuts import cut
from core.engines.shared.held import HoldsModel

Report = Callable[[float, str], None]
LOADED, DECODING = 0.05, 0.9
ROOM_S = 0.5
"""Asked for beyond the song's length: whole latent frames come out a little shorter than asked."""
SHORT_S = 0.25


class Worker(HoldsModel):
    """ACE-Step 1; loads its weights at the first song, and again when they have changed."""

    def compose(
        self, values: Mapping[str, Any], sounds: Mapping[str, Any], report: Report
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Make the song of ``values`` in one pass, and cut it into clips at bar lines.

        values: "plan" and "lyrics" (JSON), "seed", "clips", "overlap_s", "checkpoint", "options"
        (AceStepV1Settings). Returns ``clip_1`` ... (frames, 2) at the model's rate, and the settings it got.
        Raises WorkerError; what ``report`` raises ends the work within one step, and the model stays usable.
        """
        order = read_order(values)
        report(0.0, "Loading ACE-Step 1")
        model: Model = self._ready(load, Path(order.checkpoint).expanduser())
        song, rate = _performed(model, order, report)
        cuts = cut(order, rate)
        if song.shape[0] < cuts.frames - round(SHORT_S * rate):
            raise WorkerError(
                f"ACE-Step 1 made {song.shape[0] / rate:.1f} of {order.duration_s:.1f} s.",
                "Try again, or choose another length.",
                "engine_output",
                ("the model stopped early",),
            )
        song = np.pad(song[: cuts.frames], ((0, max(0, cuts.frames - song.shape[0])), (0, 0)))
        peak = float(np.abs(song).max())
        reply = {
            "notes": [*cuts.notes],
            "text": tags(order),
            "model": model.name,
            "steps": order.steps,
            "guidance": order.guidance,
            "scheduler": order.scheduler,
            "native_rate": rate,
            "raw_peak_dbfs": round(20 * math.log10(peak), 2),
            "duration_s": cuts.frames / rate,
            "overlap_s": [overlap / rate for overlap in cuts.overlaps],
            "overlap_identical": True,
        }
        if model.untrained:
            reply["untrained"] = True
        clips = (song[start:stop] for start, stop in cuts.spans)
        return reply, {f"clip_{number}": (clip, rate) for number, clip in enumerate(clips, start=1)}


def _performed(model: Model, order: Order, report: Report) -> tuple[Any, int]:
    """Run the pipeline once; return its sound (frames, 2) and its rate in Hz."""
    model.module.tqdm = _counted(order.steps, report)
    with tempfile.TemporaryDirectory(prefix="acestep-") as folder:
        answer = model.pipeline(
            audio_duration=order.duration_s + ROOM_S,
            prompt=tags(order),
            lyrics=words(order),
            infer_step=order.steps,
            guidance_scale=order.guidance,
            scheduler_type=order.scheduler,
            manual_seeds=[order.seed],
            save_path=str(Path(folder) / "song.wav"),
            format="wav",
        )
        report(0.99, "Reading what was made")
        return _samples_of(answer)


def _counted(steps: int, report: Report) -> Any:
    """Return what stands in the place of the pipeline's progress bars, and reports each step."""

    def bar(steps_of_it: Iterable[Any], total: int = 0, **shown: Any) -> Iterator[Any]:
        # The loop over the finished sounds names no total.
        count = total or 0
        for number, step in enumerate(steps_of_it):
            done = LOADED + (DECODING - LOADED) * number / count if count else DECODING
            report(done, f"Step {number + 1} of {count}" if count else "Decoding")
            yield step
        if count:
            report(DECODING, "Decoding")

    return bar


def _samples_of(answer: Any) -> tuple[Any, int]:
    """Read the sound that the pipeline's answer names: [path, ..., the settings it got]."""
    import soundfile

    paths = [item for item in answer if isinstance(item, str)] if isinstance(answer, (list, tuple)) else []
    if not paths:
        raise _no_sound(f"it returned a {type(answer).__name__} without a path")
    if not Path(paths[0]).is_file():
        raise _no_sound(f"it named {Path(paths[0]).name}, and there is no such file")
    try:
        samples, rate = soundfile.read(paths[0], dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise _no_sound(f"its file cannot be read ({error})") from error
    if not np.isfinite(samples).all():
        raise WorkerError(
            "ACE-Step 1 computed values that are not numbers.",
            "Make it again with another seed; if it stays, download the model again.",
            "engine_output",
            ("the precision overflows in this model", "its weights are damaged"),
        )
    if not samples.any():
        raise WorkerError(
            "ACE-Step 1 made digital silence: every sample is zero.",
            "Download the model again.",
            "engine_output",
            ("the decoder's weights are zero or were not loaded", "its precision underflows"),
        )
    wide = np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples
    return np.ascontiguousarray(wide), int(rate)


def _no_sound(what: str) -> WorkerError:
    return WorkerError(
        f"ACE-Step 1 did not return sound: {what}.",
        "Take the version of acestep that make acestep was proven with, or another engine.",
        "engine_output",
        ("its package is of another version than the adapter expects", "the disk is full"),
    )
