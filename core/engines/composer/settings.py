"""The built-in band's settings: another take of one part, while the others stay as they are."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from core.engines.base import EngineSettings
from core.engines.composer.sing.voices import VoiceName
from core.settings import count, machine_line, pick

LAST_TAKE = 999


def _take(title: str, help: str) -> Any:
    return count(0, 0, LAST_TAKE, "", title, help)


class MidiWords(StrEnum):
    """What becomes of the words of an uploaded MIDI file."""

    SING = "sing"
    PLAY = "play"
    """An instrument plays their tune."""


class BandSettings(EngineSettings):
    """Which take of each part is played; take 0 is the one that belongs to the song's seed."""

    drums_take: int = _take(
        "Drums, take",
        "Another number is another take of the drums: who keeps time, backbeat, ghost notes, fills, crashes. "
        "Where the bass plays with the kick, or others duck under it, the kick stays the first take's.",
    )
    bass_take: int = _take(
        "Bass, take",
        "Another number is another take of the bass: another figure or walk, other octaves and pick-ups; "
        "a bass that plays with the kick stays on it.",
    )
    chords_take: int = _take(
        "Chords, take",
        "Another number is another take of chords, pad, arpeggio and counter-line: other voicings of the "
        "same chords, another rhythm, another order, another line.",
    )
    melody_take: int = _take(
        "Melody, take",
        "Another number is another tune, for the voice with its harmonies and for what plays it.",
    )
    midi_words: MidiWords = pick(
        MidiWords.SING,
        "Words of a MIDI file",
        "Sing the words of an uploaded MIDI file, or let an instrument play their tune.",
    )
    voice: VoiceName = pick(
        VoiceName.HEART,
        "Voice",
        "Who sings. Heart comes with the band; kore, fenrir, emma and fable are downloads of 8 MB each on "
        "the Models page, and heart sings while they are missing. Fenrir and fable are men.",
    )
    soundfont: str = machine_line(
        "SoundFont",
        "An .sf2 file of this machine to play through, by path, or by name where it lies in a usual folder; "
        "empty for GAINSTAGE_SOUNDFONT, else the bundled one.",
    )
