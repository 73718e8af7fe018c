"""Percussion beside the kit, and pieces of the kit: their words in a prompt and their keys. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Percussion:
    """What is struck or shaken: its name, its words, and its keys in the General MIDI drum map."""

    name: str
    words: tuple[str, ...]
    keys: tuple[int, ...]


def _struck(name: str, words: str, *keys: int) -> Percussion:
    return Percussion(name, (name, *(word.strip() for word in words.split(",") if word.strip())), keys)


PERCUSSION: tuple[Percussion, ...] = (
    _struck("congas", "conga, conga drums, tumbadora, tumbadoras", 62, 63, 64),
    _struck("bongos", "bongo, bongo drums", 60, 61),
    _struck("timbales", "timbale", 65, 66),
    _struck("shaker", "shakers, egg shaker", 82),
    _struck("maracas", "maraca", 70),
    _struck("cabasa", "afuche, shekere", 69),
    _struck("tambourine", "tambourines, tambourin, pandeiro, riq", 54),
    _struck("cowbell", "cowbells, more cowbell", 56),
    _struck("agogo", "agogo bells", 67, 68),
    _struck("claps", "handclaps, hand claps, clap, handclap, hand clap, clapping, clapped", 39),
    _struck("claves", "clave", 75),
    _struck("woodblock", "woodblocks, wood block, wood blocks, temple blocks", 76, 77),
    _struck("guiro", "güiro, guira, washboard", 73, 74),
    _struck("triangle", "triangles", 81),
)
"""What may be added to a song, and left out of one."""

KIT_PIECES: tuple[Percussion, ...] = (
    _struck("kick", "kick drum, bass drum, double kick", 35, 36),
    _struck("snare", "snare drum, snares, backbeat", 38, 40),
    _struck("hi-hats", "hi hats, hi hat, hihat, hihats, hats", 42, 44, 46),
    _struck("cymbals", "cymbal, crash, crashes, crash cymbals", 49, 51, 52, 53, 55, 57, 59),
    _struck("toms", "tom toms, tom", 41, 43, 45, 47, 48, 50),
)
"""What of the kit may be left out of a song; nothing follows from naming them."""

NAMES = tuple(one.name for one in PERCUSSION)
KEYS_OF: Mapping[str, frozenset[int]] = {one.name: frozenset(one.keys) for one in (*PERCUSSION, *KIT_PIECES)}


def named(phrase: str) -> str:
    """Return the name of the percussion that ``phrase`` means; empty for none."""
    return _BY_WORD.get(phrase, "")


def words_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return every word for the percussion of these names."""
    wanted = frozenset(names)
    return tuple(word for one in PERCUSSION if one.name in wanted for word in one.words)


def left_out(phrase: str) -> str:
    """Return what a song without ``phrase`` leaves out of its percussion or kit; empty for none of them."""
    return _BY_WORD.get(phrase, "") or _PIECES.get(phrase, "")


_BY_WORD = {word: one.name for one in PERCUSSION for word in one.words}
_PIECES = {word: one.name for one in KIT_PIECES for word in one.words}
