"""A song has three scenes, each played in a way of its own: verses, choruses and bridges."""

from __future__ import annotations

import random
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from core.song import SectionKind

_T = TypeVar("_T")


class Scene(StrEnum):
    """Sections that are played alike."""

    VERSE = "verse"
    CHORUS = "chorus"
    BRIDGE = "bridge"


_CHORUS_KINDS = (SectionKind.CHORUS, SectionKind.PRE_CHORUS, SectionKind.SOLO)


def scene_of(kind: SectionKind) -> Scene:
    """Return the scene of a kind of section: choruses and solos, bridges, and all else."""
    if kind in _CHORUS_KINDS:
        return Scene.CHORUS
    return Scene.BRIDGE if kind is SectionKind.BRIDGE else Scene.VERSE


def in_turn(stock: Sequence[_T], number: int, of_the_song: random.Random) -> dict[Scene, _T]:
    """Give every scene one of ``stock``: in the song's own order, from which each take begins one further on.

    ``of_the_song`` must be the same source for all takes, so that two in a row never begin alike.
    """
    order = of_the_song.sample(stock, len(stock))
    return {scene: order[(number + at) % len(order)] for at, scene in enumerate(Scene)}
