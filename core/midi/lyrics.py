"""The words of a MIDI file as lyrics."""

from __future__ import annotations

from itertools import groupby

from core.midi.song import MidiSong
from core.song import Line, Lyrics, LyricSection, SectionKind
from core.writing.language import tongue_of


def lyrics_of(song: MidiSong) -> Lyrics | None:
    """Return the words that stand on notes, section by section; None without any."""
    if not song.phrases:
        return None
    sections = []
    for number, phrases in groupby(song.phrases, key=lambda phrase: phrase.section):
        kind = song.marks[number].kind if song.marks else None
        lines = tuple(Line(text=phrase.text, syllables=phrase.syllables) for phrase in phrases)
        sections.append(LyricSection(kind=kind or SectionKind.VERSE, lines=lines))
    tongue = tongue_of("\n".join(phrase.text for phrase in song.phrases))
    return Lyrics(
        title=song.title,
        sections=tuple(sections),
        language=tongue.code,
        source="midi",
        singable=tongue.singable,
    )
