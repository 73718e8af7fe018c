"""The child's side of MusicGen: a plan in, clips at the model's own rate out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.engines.checkpoint import usual_place
from core.engines.musicgen.card import CARD
from core.engines.shared import musicgen_text as text
from core.engines.shared.cuts import Cuts, cut
from core.engines.shared.held import HoldsModel
from core.engines.shared.musicgen_order import Order, drawn_from, read_order
from core.engines.shared.windows import Seam, Window, faded_out, laid_together, windows, without_offset
from core.progress import Report, part

if TYPE_CHECKING:
    from core.engines.musicgen.loading import Model

Samples = npt.NDArray[np.float32]
Sounds = dict[str, tuple[Samples, int]]

WINDOW_S = 30
"""What the published models were trained on; beyond it their music falls apart."""
READS = 512
"""Tokens of text that T5 was trained on."""


class Worker(HoldsModel):
    """MusicGen; loads its weights at the first song, and again when the checkpoint has changed."""

    def compose(
        self, values: Mapping[str, Any], sounds: Mapping[str, Any], report: Report
    ) -> tuple[dict[str, Any], Sounds]:
        """Play the song of ``values``.

        values: "plan" and "lyrics" (JSON), "seed", "clips", "overlap_s", "checkpoint", "options".

        Returns ``clip_1`` ... (frames, 2) at the model's rate, 32 kHz, and values: the text it was given, the
        notes worth telling, length, windows and seams. A mono model's sound is on both channels.
        With "continuation" the clips are overlapping cuts of one performance.
        Raises EngineInputError, EngineMissingError, EngineMemoryError and EngineError; what ``report`` raises
        ends the work within one step, and the model stays usable.
        """
        from core.engines.musicgen.loading import load

        order = read_order(values)
        report(0.0, "Loading MusicGen")
        folder = (
            Path(order.checkpoint).expanduser()
            if order.checkpoint
            else usual_place(CARD, "MusicGen's weights")
        )
        model: Model = self._ready(load, folder)
        order = replace(order, top_k=drawn_from(order.top_k, model.codebook_size))
        words = text.description(order)
        ids, notes = _read(model, words)
        notes = [*text.notes_before(order), *notes, *model.notes]
        cuts = cut(order, model.sample_rate)
        going = part(report, 0.02, 1.0)
        made = _performed(model, order, ids, cuts, going)
        notes += [*cuts.notes, *text.notes_on_sound(model.channels, made.offset, made.peak)]
        rate = model.sample_rate
        reply = {
            "notes": notes,
            "text": words,
            "model": model.name,
            "native_rate": rate,
            "native_channels": model.channels,
            "duration_s": cuts.frames / rate,
            "overlap_s": [overlap / rate for overlap in cuts.overlaps],
            "overlap_identical": order.continuation,
            "seams": [asdict(seam) for seam in made.seams],
            "offset_removed": made.offset,
            **({"untrained": True} if model.untrained else {}),
        }
        return reply, {f"clip_{number}": (clip, rate) for number, clip in enumerate(made.clips, start=1)}


def _read(model: Model, words: str) -> tuple[Any, list[str]]:
    """Return the text's tokens (1, n) on the model's device, and what was lost in reading."""
    import torch

    every = model.tokenizer(words).input_ids
    ids = every if len(every) <= READS else [*every[: READS - 1], every[-1]]
    notes = text.notes_on_reading(ids, model.tokenizer.unk_token_id, len(every), READS)
    return torch.tensor([ids], device=model.device), notes


@dataclass(frozen=True, eq=False)
class _Performed:
    """Clips, the seams of their windows, and the offset that was taken out."""

    clips: list[Samples]
    seams: list[Seam]
    offset: float

    @property
    def peak(self) -> float:
        """Largest sample, full scale 1."""
        return max(float(np.max(np.abs(clip))) for clip in self.clips)


def _performed(model: Model, order: Order, ids: Any, cuts: Cuts, report: Report) -> _Performed:
    """Play the song in one go and cut it, or clip by clip; the last clip fades out."""
    ending = round(order.ending_s * model.sample_rate)
    if order.continuation:
        song, seams = _performance(model, order, ids, cuts.frames, order.seed, report)
        song, offset = without_offset(song)
        song = faded_out(song, ending)
        return _Performed([song[start:stop] for start, stop in cuts.spans], seams, offset)
    made = _Performed([], [], 0.0)
    for number, (start, stop) in enumerate(cuts.spans):
        share = part(report, number / len(cuts.spans), (number + 1) / len(cuts.spans))
        clip, seams = _performance(model, order, ids, stop - start, order.seed + number, share)
        clip, offset = without_offset(clip)
        made = _Performed([*made.clips, clip], [*made.seams, *seams], max(made.offset, offset))
    made.clips[-1] = faded_out(made.clips[-1], ending)
    return made


def _performance(
    model: Model, order: Order, ids: Any, frames: int, seed: int, report: Report
) -> tuple[Samples, list[Seam]]:
    """Return ``frames`` samples (frames, 2) played in windows, each going on from the one before."""
    from core.engines.musicgen.generation import play

    wanted = math.ceil(frames / model.hop)
    parts = windows(wanted, WINDOW_S * model.frame_rate, round(order.context_s * model.frame_rate))
    pieces: list[Samples] = []
    codes: Any = None
    done = 0
    length_s = frames / model.sample_rate

    for number, window in enumerate(parts):

        def step(count: int, before: int = done, window: Window = window) -> None:
            made = min(before + count, before + window.new)
            report(made / wanted, f"{made / model.frame_rate:.1f} of {length_s:.1f} s played")

        context = codes[:, codes.shape[1] - window.context :] if codes is not None else None
        # Each window draws from a sequence of its own, so that what it makes depends on nothing else.
        codes, piece = play(model, order, ids, window, context, seed + 1_000_003 * number, step)
        pieces.append(piece)
        done += window.new
    song, seams = laid_together(pieces, parts, model.hop, model.sample_rate)
    song = song[:frames]
    return (np.repeat(song, 2, axis=1) if song.shape[1] == 1 else song), seams
