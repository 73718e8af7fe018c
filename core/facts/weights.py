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


def weights(states: list[tuple[EngineCard, Availability]]) -> Iterator[Fact]:
    """Look at the files of every engine that has found some."""
    for card, state in states:
        if state.checkpoint:
            yield _files(f"weights: {card.title}", Path(state.checkpoint))


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


def _damage(path: Path) -> str:
    """Return why a file cannot be loaded; empty when it is whole."""
    try:
        read_header(path)
    except NotSafetensorsError as error:
        return str(error)
    except OSError as error:
        return error.strerror or str(error)
    return ""
