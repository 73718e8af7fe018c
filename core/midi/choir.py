"""Voices behind the tune: a choir's part that goes note by note with the sung syllables."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from core.midi.instruments import CHOIRS
from core.midi.song import MidiSong, Phrase, Player, SyllableNote

_TOGETHER_S = 0.04
ABOVE, BELOW = "harmony above", "harmony below"


def behind(song: MidiSong) -> tuple[tuple[tuple[str, Phrase], ...], frozenset[int]]:
    """Return the lines that are sung beside the tune with who sings them, and the places of their players."""
    if song.singer is None:
        return (), frozenset()
    lines: list[tuple[str, Phrase]] = []
    places = set[int]()
    for at, player in enumerate(song.players):
        if at == song.singer or player.program not in CHOIRS or player.stem == "drums":
            continue
        found = [(tune, line) for tune in song.phrases if (line := _with(tune, player)) is not None]
        if sum(len(line.notes) for _, line in found) == len(player.notes):
            lines += [(ABOVE if _height(line) > _height(tune) else BELOW, line) for tune, line in found]
            places.add(at)
    return tuple(lines), frozenset(places)


def _with(phrase: Phrase, player: Player) -> Phrase | None:
    """Return the line as the player has it; None where it is silent or goes its own way."""
    notes = [_at(note, player) for note in phrase.notes]
    if any(note is None for note in notes):
        return None
    return replace(phrase, notes=tuple(note for note in notes if note is not None))


def _at(note: SyllableNote, player: Player) -> SyllableNote | None:
    """Return the player's note that begins with ``note``; a player's notes are in order."""
    at = bisect_left(player.notes, note.start_s - _TOGETHER_S, key=lambda struck: struck.start_s)
    if at == len(player.notes) or player.notes[at].start_s > note.start_s + _TOGETHER_S:
        return None
    struck = player.notes[at]
    return SyllableNote(struck.start_s, max(0.05, struck.stop_s - struck.start_s), struck.pitch)


def _height(line: Phrase) -> float:
    return sum(note.pitch for note in line.notes) / len(line.notes)
