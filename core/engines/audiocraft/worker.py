"""The child's side of MusicGen through audiocraft: a plan, and perhaps a melody, in; clips out.

Runs under an interpreter of its own, which has audiocraft, torch and numpy, and nothing of the studio's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.engines.audiocraft.loading import Model, load
from core.engines.child import WorkerError
from core.engines.shared import musicgen_text as text
from core.engines.shared.cuts import cut
from core.engines.shared.held import HoldsModel
from core.engines.shared.musicgen_order import Order, drawn_from, read_order
from core.engines.shared.windows import faded_out, windows, without_offset

Report = Callable[[float, str], None]
Sound = tuple[Any, int]
"""Samples (frames, channels) and their rate in Hz."""


class Worker(HoldsModel):
    """MusicGen of audiocraft; loads its weights at the first song, and again when they have changed."""

    def compose(
        self, values: Mapping[str, Any], sounds: Mapping[str, Sound], report: Report
    ) -> tuple[dict[str, Any], dict[str, Sound]]:
        """Play the song of ``values``: in and out as for MusicGen through transformers.

        sounds: "melody" (frames, 1 or 2), which the song takes up; else the option "melody" names a file.
        Raises WorkerError; what ``report`` raises ends the work within one step.
        """
        options = dict(values.get("options") or {})
        named = str(options.pop("melody", "") or "")
        order = read_order({**values, "options": options})
        melody = _checked(sounds["melody"]) if "melody" in sounds else _read_melody(named)
        report(0.0, "Loading MusicGen (audiocraft)")
        model: Model = self._ready(load, Path(order.checkpoint).expanduser())
        drawn = drawn_from(order.top_k, model.codebook_size)
        if melody is not None and not model.takes_melody:
            raise WorkerError(
                f"The model {model.name} takes no melody.",
                "Take a melody model, such as facebook/musicgen-melody, or leave the melody out.",
                "engine_input",
            )
        words = text.description(order)
        cuts = cut(order, model.sample_rate)
        spans = [(0, cuts.frames)] if order.continuation else list(cuts.spans)
        made, offset = [], 0.0
        for number, (start, stop) in enumerate(spans):
            going = _share(report, number, len(spans))
            sound = _performance(model, order, drawn, words, melody, stop - start, order.seed + number, going)
            sound, removed = without_offset(sound)
            made.append(sound)
            offset = max(offset, removed)
        made[-1] = faded_out(made[-1], round(order.ending_s * model.sample_rate))
        clips = [made[0][start:stop] for start, stop in cuts.spans] if order.continuation else made
        rate = model.sample_rate
        reply = {
            "notes": [
                *text.notes_before(order),
                *(model.notes_on_melody if melody is not None else ()),
                *cuts.notes,
                *text.notes_on_sound(model.channels, offset, _peak(clips)),
            ],
            "text": words,
            "model": model.name,
            "melody": melody is not None,
            "native_rate": rate,
            "native_channels": model.channels,
            "duration_s": cuts.frames / rate,
            "overlap_s": [overlap / rate for overlap in cuts.overlaps],
            "overlap_identical": order.continuation,
            "offset_removed": offset,
        }
        if model.untrained:
            reply["untrained"] = True
        return reply, {f"clip_{number}": (clip, rate) for number, clip in enumerate(clips, start=1)}


def _performance(
    model: Model,
    order: Order,
    drawn: int,
    words: str,
    melody: Any,
    frames: int,
    seed: int,
    report: Report,
) -> Any:
    """Return ``frames`` samples (frames, 2); past the model's window audiocraft itself goes on by strides."""
    import torch

    hop = model.sample_rate // model.frame_rate
    codes = math.ceil(frames / hop)
    context_s = min(order.context_s, 0.9 * model.window_s)
    longest = round(model.window_s * model.frame_rate)
    parts = windows(codes, longest, round(context_s * model.frame_rate))
    model.player.set_generation_params(
        # Half a frame more: audiocraft rounds down.
        duration=(codes + 0.5) / model.frame_rate,
        top_k=drawn,
        temperature=order.temperature,
        cfg_coef=order.guidance,
        extend_stride=model.window_s - context_s,
    )
    steps = _Steps(codes, len(parts), frames / model.sample_rate, report)
    model.player.set_custom_progress_callback(steps)
    torch.manual_seed(seed)
    if melody is None:
        sound = model.player.generate([words], progress=True)
    else:
        samples, rate = melody
        wave = torch.from_numpy(np.ascontiguousarray(samples.T))[None]
        sound = model.player.generate_with_chroma([words], wave, rate, progress=True)
    song = sound[0].to(torch.float32).cpu().numpy().T[:frames]
    if song.shape[0] != frames:
        raise WorkerError(
            f"MusicGen made {song.shape[0]} of {frames} samples.", "Try again, or choose another length."
        )
    return np.ascontiguousarray(np.repeat(song, 2, axis=1) if song.shape[1] == 1 else song, dtype=np.float32)


class _Steps:
    """Counts audiocraft's steps itself: its own count starts again at every window."""

    LATE = 4
    """Steps that a window takes beyond its frames, for the codebooks' delay."""

    def __init__(self, codes: int, windows: int, length_s: float, report: Report) -> None:
        self._all = codes + self.LATE * windows
        self._length_s = length_s
        self._report = report
        self._done = 0

    def __call__(self, generated: int, to_generate: int) -> None:
        self._done += 1
        fraction = min(1.0, self._done / self._all)
        self._report(fraction, f"{fraction * self._length_s:.1f} of {self._length_s:.1f} s played")


def _share(report: Report, number: int, count: int) -> Report:
    def shared(fraction: float, message: str) -> None:
        report(0.02 + 0.98 * (number + fraction) / count, message)

    return shared


def _peak(clips: list[Any]) -> float:
    return max(float(np.max(np.abs(clip))) for clip in clips)


def _read_melody(path: str) -> Any:
    """Return the samples and the rate of a sound file; None for no path."""
    if not path:
        return None
    import soundfile

    try:
        samples, rate = soundfile.read(str(Path(path).expanduser()), dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise WorkerError(
            f"The melody {Path(path).name} cannot be read as sound.",
            "Name a WAV, FLAC, OGG or MP3 file that exists.",
            "engine_input",
            (str(error),),
        ) from error
    return _checked((samples, rate))


def _checked(melody: Sound) -> Sound:
    samples, rate = melody
    samples = np.asarray(samples, dtype=np.float32)
    if samples.ndim != 2 or samples.shape[1] not in (1, 2) or samples.shape[0] < rate // 2:
        raise WorkerError(
            "A melody is mono or stereo and at least half a second long.",
            "Upload another sound.",
            "engine_input",
        )
    if not np.isfinite(samples).all() or not samples.any():
        raise WorkerError(
            "The melody is silent, or holds samples that are not numbers.",
            "Upload another sound.",
            "engine_input",
        )
    return samples, int(rate)
