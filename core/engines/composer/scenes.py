"""A song's three scenes, each played in a way of its own: what is told, what is sung out, what is apart."""

from __future__ import annotations

from enum import StrEnum

from core.song import SectionKind


class Scene(StrEnum):
    """Sections that are played alike."""

    TOLD = "told"
    SUNG_OUT = "sung out"
    APART = "apart"


_SUNG_OUT = (SectionKind.CHORUS, SectionKind.PRE_CHORUS, SectionKind.SOLO)


def scene_of(kind: SectionKind) -> Scene:
    """Return the scene of a kind of section: choruses and solos, bridges, and all else."""
    if kind in _SUNG_OUT:
        return Scene.SUNG_OUT
    return Scene.APART if kind is SectionKind.BRIDGE else Scene.TOLD
