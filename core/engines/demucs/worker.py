"""The child's side of Demucs: a song in, four or six stems of its length and rate out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from core.engines.checkpoint import usual_place
from core.engines.child import DiskSound
from core.engines.demucs.card import CARD
from core.engines.demucs.settings import DemucsSettings, Published
from core.engines.shared.held import HoldsModel
from core.engines.shared.streaming import StemFile, at_rate, examined
from core.errors import EngineInputError
from core.progress import Report, part

if TYPE_CHECKING:
    from core.engines.demucs.loading import Model

Samples = npt.NDArray[np.float32]

LOADED, SEPARATED = 0.02, 0.99
FIRST = ("vocals", "drums", "bass")
LAST = "other"


class Worker(HoldsModel):
    """Demucs; loads its weights at the first song, and again when they or the chosen model change."""

    def separate(
        self, values: Mapping[str, Any], sounds: Mapping[str, tuple[Samples, int]], report: Report
    ) -> tuple[dict[str, Any], dict[str, tuple[DiskSound, int]]]:
        """Separate sounds["song"] (frames, 1 or 2), any rate, into the model's stems.

        values: "checkpoint" (a folder; empty for the usual places), "options" (DemucsSettings), "seed" (of
        the shifts). The stems have the song's length, rate and channels; memory does not grow with its
        length. Raises EngineInputError before anything is loaded, EngineMissingError, EngineMemoryError and
        EngineError; what ``report`` raises ends the work within a layer, and the model stays usable.
        """
        settings, seed = _asked(values)
        song, rate = sounds["song"]
        examined(song, "Demucs")
        if not song.shape[0]:
            raise EngineInputError(
                "The song holds no samples.", remedy="Export it again, and check its length."
            )
        report(0.0, "Loading Demucs")
        from core.engines.demucs.loading import load
        from core.engines.demucs.separation import separate

        named = str(values.get("checkpoint") or "")
        which = "" if settings.model is Published.AUTO else settings.model.value
        what = f"Demucs' model {which}" if which else "Demucs' weights"
        folder = Path(named).expanduser() if named else usual_place(CARD, what, which)
        model: Model = self._ready(load, folder, which)

        inside = at_rate(song, rate, model.sample_rate)
        stems = [StemFile(song, model.sample_rate, rate) for _ in model.sources]
        going = part(report, LOADED, SEPARATED)
        for parts in separate(model, inside, settings.shifts, settings.overlap, seed, going):
            for file, samples in zip(stems, parts, strict=True):
                file.write(samples)
        files = dict(zip(model.sources, stems, strict=True))
        reply = {
            "native_rate": model.sample_rate,
            "model": model.name,
            "networks": len(model.networks),
            **({"untrained": True} if model.untrained else {}),
        }
        return reply, {name: (files[name].finished(), rate) for name in _ordered(model.sources)}


def _asked(values: Mapping[str, Any]) -> tuple[DemucsSettings, int]:
    try:
        return DemucsSettings.model_validate(values.get("options") or {}), int(values.get("seed") or 0)
    except (ValidationError, TypeError, ValueError) as error:
        raise EngineInputError(
            "Demucs was not run: a setting is out of its bounds, or is not one of its own.",
            remedy="Choose shifts from 0 to 10, an overlap from 0 to 0.9, and one of the published models.",
            detail=str(error),
        ) from error


def _ordered(sources: tuple[str, ...]) -> list[str]:
    """Return the stems as every separator gives them: vocals, drums, bass, what else there is, other."""
    ranks = {name: number for number, name in enumerate(FIRST)} | {LAST: len(FIRST) + 1}
    return sorted(sources, key=lambda name: ranks.get(name, len(FIRST)))
