"""Every engine, the preferred first for each stage: those of the studio, then those of other packages.

Adding one here is one folder and one line. A package of its own declares its ``card`` module as an entry
point of the group ``gainstage.engines``, named ``<stage>.<engine>``; it is imported when the studio starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from core.engines.acestep import card as acestep
from core.engines.acestep15 import card as acestep15
from core.engines.acestep_extract import card as acestep_extract
from core.engines.audiocraft import card as audiocraft
from core.engines.base import Availability, EngineCard, Registered, UnknownSettings
from core.engines.composer import card as composer
from core.engines.demucs import card as demucs
from core.engines.effects import card as effects
from core.engines.matchering import card as matchering
from core.engines.musicgen import card as musicgen
from core.engines.songcomposer import card as songcomposer
from core.engines.space import card as space
from core.engines.spleeter import card as spleeter
from core.engines.writer import card as writer

GROUP = "gainstage.engines"
_OURS = (
    acestep15,
    acestep,
    musicgen,
    audiocraft,
    space,
    composer,
    demucs,
    spleeter,
    acestep_extract,
    effects,
    matchering,
    writer,
    songcomposer,
)


def registered(found: Iterable[EntryPoint]) -> tuple[Registered, ...]:
    """Return the studio's engines and those of other packages, each of a name of its own."""
    engines = {module.CARD.name: Registered(module.CARD, module.available) for module in _OURS}
    for point in sorted(found, key=lambda one: one.name):
        engine = _of_package(point, frozenset(engines))
        engines[engine.card.name] = engine
    return tuple(engines.values())


def _of_package(point: EntryPoint, taken: frozenset[str]) -> Registered:
    """Return the engine of an entry point; one that cannot be used is there, unavailable, with its reason."""
    stage, _, name = point.name.partition(".")
    try:
        module = point.load()
        card, available = module.CARD, module.available
    except Exception as error:  # noqa: BLE001 - whatever another package raises, the rest of the studio works
        return _unusable(point, taken, f"it fails while it is imported ({type(error).__name__}: {error})")
    if not isinstance(card, EngineCard) or (card.stage, card.name) != (stage, name):
        return _unusable(point, taken, f"its card is not that of {point.name}")
    if name in taken:
        return _unusable(point, taken, f"there is another engine {name}")
    return Registered(card, available)


def _unusable(point: EntryPoint, taken: frozenset[str], why: str) -> Registered:
    stage, _, name = point.name.partition(".")
    package = point.dist.name if point.dist else point.value
    remedy = f"Update or reinstall {package}, or uninstall it."
    card = EngineCard(
        name=point.name if name in taken else name,
        title=name or point.name,
        stage=stage,
        worker="",
        version="",
        summary=f"An engine of the package {package}.",
        licence=f"that of {package}",
        how_to_add=remedy,
        settings=UnknownSettings,
    )
    return Registered(card, lambda: Availability(False, f"{why}.", remedy))


ENGINES: tuple[Registered, ...] = registered(entry_points(group=GROUP))
CARDS: tuple[EngineCard, ...] = tuple(engine.card for engine in ENGINES)
