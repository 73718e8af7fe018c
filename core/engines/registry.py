"""Every engine, the preferred first for each stage. Adding one is one folder and one line here."""

from __future__ import annotations

from core.engines.acestep import card as acestep
from core.engines.acestep15 import card as acestep15
from core.engines.audiocraft import card as audiocraft
from core.engines.base import EngineCard, Registered
from core.engines.composer import card as composer
from core.engines.demucs import card as demucs
from core.engines.effects import card as effects
from core.engines.matchering import card as matchering
from core.engines.musicgen import card as musicgen
from core.engines.songcomposer import card as songcomposer
from core.engines.spleeter import card as spleeter
from core.engines.writer import card as writer

ENGINES: tuple[Registered, ...] = tuple(
    Registered(module.CARD, module.available)
    for module in (
        acestep15,
        acestep,
        musicgen,
        audiocraft,
        composer,
        demucs,
        spleeter,
        effects,
        matchering,
        writer,
        songcomposer,
    )
)

CARDS: tuple[EngineCard, ...] = tuple(engine.card for engine in ENGINES)
