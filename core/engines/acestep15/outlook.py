"""What a song will take of this machine's memory, asked from outside: no torch, nothing loaded."""

from __future__ import annotations

from pathlib import Path

from core.engines.acestep15.checkpoint import inspect
from core.engines.acestep15.device import GB, Machine, machine_outside, placed
from core.engines.acestep15.estimate import Song
from core.engines.acestep15.planned import planner_folder
from core.engines.acestep15.presets import guidance_asked
from core.engines.acestep15.settings import LONGEST_S, AceStepSettings
from core.engines.acestep15.sizes import Size, size_of
from core.engines.base import MemoryOutlook
from core.engines.planner.fitting import device_here, needed
from core.errors import EngineError


def outlook(folder: Path, options: AceStepSettings, seconds: float) -> MemoryOutlook | None:
    """Return what ``seconds`` of song take with the checkpoint in ``folder``; None when that cannot be told.

    What is wrong with the checkpoint itself is reported by what loads it.
    """
    try:
        size = size_of(inspect(folder))
    except EngineError:
        return None
    seen = foreseen(machine_outside(), size, options, seconds, folder.name)
    return with_planner(seen, options, seconds)


def with_planner(seen: MemoryOutlook, options: AceStepSettings, seconds: float) -> MemoryOutlook:
    """Return an outlook with the planner, which writes before the model plays and takes turns with it."""
    try:
        folder = planner_folder(options)
    except EngineError as error:
        return MemoryOutlook(False, error.message, error.remedy) if seen.fits else seen
    device = device_here()
    takes = None if folder is None else needed(folder, seconds, device)
    if not seen.fits or folder is None or takes is None:
        return seen
    if device.total is not None and takes > device.total:
        return MemoryOutlook(
            False,
            f"The planner {folder.name} needs {takes / GB:.1f} GB, and there are {device.total / GB:.1f} GB.",
            "Name a smaller planner, such as acestep-5Hz-lm-0.6B, or set ACE-Step's planner to off.",
        )
    turns = f"The planner {folder.name} takes {takes / GB:.1f} GB before it plays, in turns."
    return MemoryOutlook(True, f"{seen.sentence} {turns}")


def foreseen(
    machine: Machine, size: Size, options: AceStepSettings, seconds: float, name: str
) -> MemoryOutlook:
    """Return the outlook of a song on a machine."""
    song = Song(min(seconds, LONGEST_S), guidance_asked(options))
    try:
        place = placed(machine, size, options.precision, song, name)
    except EngineError as error:
        return MemoryOutlook(False, error.message, error.remedy)
    where = "GPU" if place.device == "cuda" else "machine"
    free = "" if place.free is None else f" of the {place.free / GB:.1f} GB that the {where} has free"
    turns = ", its parts in turns" if place.offload else ""
    sentence = (
        f"{name} needs about {place.needed / GB:.1f} GB for {song.seconds:.0f} s in "
        f"{place.precision}{turns}{free}."
    )
    return MemoryOutlook(True, sentence)
