"""The weights that engines would load: whole, or cut off? Only the headers of their files are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.contract import Severity
from core.diagnosis import diagnose
from core.engines.base import Availability, EngineCard
from core.engines.shared.safetensors_header import NotSafetensorsError, read_header
from core.facts.fact import GB, Fact, bad, ok

SHOWN = 4
LENGTHS_S = (60.0, 240.0, 600.0)
"""Of the songs whose memory is reported."""


def weights(states: list[tuple[EngineCard, Availability]]) -> Iterator[Fact]:
    """Look at the files of every engine that has found some."""
    for card, state in states:
        if state.checkpoint:
            yield _files(f"weights: {card.title}", Path(state.checkpoint))
            yield from _memory(f"memory: {card.title}", card, Path(state.checkpoint))


def _files(name: str, folder: Path) -> Fact:
    files = sorted(folder.rglob("*.safetensors"))
    broken = {path: why for path in files if (why := _damage(path))}
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if not broken:
        whole = f"{len(files)} safetensors files are whole; " if files else ""
        return ok(name, f"{folder.name}: {whole}{size / GB:.2f} GB.")
    listed = "; ".join(f"{path.relative_to(folder)}: {why}" for path, why in list(broken.items())[:SHOWN])
    known = diagnose(next(iter(broken.values())))
    return bad(
        Severity.WARN,
        name,
        f"{folder.name} holds files that cannot be loaded. {listed}.",
        known.remedy if known else "Download the model again into that folder.",
        *(known.causes if known else ("the download was cut off",)),
    )


def _memory(name: str, card: EngineCard, folder: Path) -> Iterator[Fact]:
    """Tell what songs of a minute, four and ten take; nothing for an engine that does not know."""
    for seconds in LENGTHS_S:
        outlook = card.memory(folder, card.settings(), seconds)
        if outlook is None:
            return
        if not outlook.fits:
            yield bad(
                Severity.WARN,
                name,
                outlook.sentence,
                outlook.remedy,
                "the model is too large for this device",
            )
            return
        yield ok(f"{name}, {seconds:.0f} s", outlook.sentence)


def _damage(path: Path) -> str:
    """Return why a file cannot be loaded; empty when it is whole."""
    try:
        read_header(path)
    except NotSafetensorsError as error:
        return str(error)
    except OSError as error:
        return error.strerror or str(error)
    return ""
