"""The child's side of ACE-Step as a separator: a song in, a track a pass, and what they leave of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from core.engines.acestep15.order import SOURCE
from core.engines.acestep15.settings import Planning, Task
from core.engines.acestep15.tracks import REST
from core.engines.acestep15.worker import Worker as AceStep
from core.engines.acestep_extract.card import CARD
from core.engines.acestep_extract.settings import ExtractSettings
from core.engines.checkpoint import usual_place
from core.errors import EngineInputError
from core.progress import Report, part

Samples = npt.NDArray[np.float32]
SONG = "song"


class Worker:
    """ACE-Step's player, asked for one track after the other; its weights stay loaded between them."""

    def __init__(self) -> None:
        self._player = AceStep()
        self.device = "cpu"
        self.precision = "float32"

    def separate(
        self, values: Mapping[str, Any], sounds: Mapping[str, tuple[Samples, int]], report: Report
    ) -> tuple[dict[str, Any], dict[str, tuple[Samples, int]]]:
        """Separate sounds["song"] (frames, 1 or 2), any rate, into the tracks of the settings and "other".

        values: "checkpoint" (a folder; empty for the usual places), "options" (ExtractSettings), "seed". The
        stems have the song's length, rate and channels. Raises what :meth:`AceStep.compose` does; a model
        that is no base model is refused.
        """
        settings, seed = _asked(values)
        song, rate = sounds[SONG]
        folder = str(values.get("checkpoint") or usual_place(CARD, "ACE-Step's base weights"))
        stems: dict[str, tuple[Samples, int]] = {}
        reply: dict[str, Any] = {}
        rest = np.array(song, dtype=np.float64)
        for number, track in enumerate(settings.tracks):
            share = part(report, number / len(settings.tracks), (number + 1) / len(settings.tracks))
            options = {
                "task": Task.EXTRACT.value,
                "track": track.value,
                "planner": Planning.OFF.value,
                **settings.model_dump(mode="json", include={"steps", "guidance", "precision"}),
            }
            asked = {"checkpoint": folder, "options": options, "seed": seed}
            reply, made = self._player.compose(
                asked, {SOURCE: (song, rate)}, _named(share, track.value.replace("_", " "))
            )
            stem = _as_wide(made["clip_1"][0], song.shape[1])
            rest -= stem
            stems[track.value] = stem, rate
        self.device, self.precision = self._player.device, self._player.precision
        stems[REST] = rest.astype(np.float32), rate
        told = {name: reply[name] for name in ("native_rate", "model", "steps", "guidance")}
        return {**told, **({"untrained": True} if reply.get("untrained") else {})}, stems


def _asked(values: Mapping[str, Any]) -> tuple[ExtractSettings, int]:
    try:
        settings, seed = (
            ExtractSettings.model_validate(values.get("options") or {}),
            int(values.get("seed") or 0),
        )
    except (ValidationError, TypeError, ValueError) as error:
        raise EngineInputError(
            "ACE-Step was not run: a setting is out of its bounds, or is not one of its own.",
            remedy="Set the separator's settings back.",
            detail=str(error),
        ) from error
    if not settings.tracks or len(set(settings.tracks)) < len(settings.tracks):
        raise EngineInputError(
            "ACE-Step was not run: it is to extract no track, or one twice.",
            remedy="Name each track once, such as vocals, drums and bass.",
        )
    return settings, seed


def _as_wide(stem: Samples, channels: int) -> Samples:
    return stem if channels == stem.shape[1] else stem.mean(axis=1, keepdims=True, dtype=np.float32)


def _named(report: Report, track: str) -> Report:
    return lambda fraction, message: report(fraction, f"{track.capitalize()}: {message}")
