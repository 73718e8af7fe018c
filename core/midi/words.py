"""The words of a MIDI file: lyric events in reading order, cut into words and lines.

Lyric events follow the MIDI Association's RP-017: a space ends a word, a carriage return a line, a line feed
a verse. Karaoke files (.kar) hold text events instead: "/" begins a line, a backslash a verse, "@" a heading.
Notation programs write "morn-" "ing" without spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import category

from core.midi.text import decoded, encoding_of

_FEWEST = 3
_KARAOKE_TRACKS = frozenset({"words", "lyrics", "lyric", "karaoke"})
_BREAKS = "\r\n\\/"
_VERSE_SIGNS = "\n\\"


@dataclass(frozen=True)
class Word:
    """One syllable as it is written, and what ends with it."""

    tick: int
    track: int
    text: str
    ends_word: bool = False
    ends_line: bool = False
    ends_verse: bool = False


def words_in(placed: Sequence[tuple[int, int, Any]]) -> tuple[list[Word], tuple[str, ...]]:
    """Return the syllables of ``placed`` (tick, track, message), none when there are hardly any; and a note.

    None, either, when their letters are in no encoding that is known: gibberish is not sung, but noted.
    """
    raw = [(tick, track, m.text) for tick, track, m in placed if m.type == "lyrics"]
    if len(raw) < _FEWEST:
        tracks = _karaoke_tracks(placed)
        raw = [(tick, t, m.text) for tick, t, m in placed if m.type == "text" and t in tracks]
    raw = [one for one in raw if not one[2].startswith("@")]
    encoding = encoding_of(text for _, _, text in raw)
    if encoding is None:
        return [], (f"The file's {len(raw)} syllables are not sung: their letters are in no known encoding.",)
    texts = [(tick, track, decoded(text, encoding)) for tick, track, text in raw]
    spaced = any(text.strip(_BREAKS) != text.strip(_BREAKS + " ") for _, _, text in texts)
    hyphened = any(text.rstrip(_BREAKS + " ").endswith("-") for _, _, text in texts)
    words: list[Word] = []
    for tick, track, text in texts:
        _append(words, Word(tick, track, text), spaced=spaced, hyphened=hyphened)
    return (words if len(words) >= _FEWEST else []), ()


def _karaoke_tracks(placed: Sequence[tuple[int, int, Any]]) -> frozenset[int]:
    """Return the tracks whose text events are words."""
    named = {t for _, t, m in placed if m.type == "track_name" and m.name.strip().lower() in _KARAOKE_TRACKS}
    broken = {t for _, t, m in placed if m.type == "text" and m.text[:1] in ("/", "\\")}
    return frozenset(named | broken)


def _append(words: list[Word], event: Word, *, spaced: bool, hyphened: bool) -> None:
    """Add one event's syllable, and to the one before what this event ends."""
    text = event.text
    body = text.strip(_BREAKS)
    head, tail = text[: len(text) - len(text.lstrip(_BREAKS))], text[len(text.rstrip(_BREAKS)) :]
    if not body:
        head, tail = text, ""
    if words and (head or body[:1] == " "):
        words[-1] = replace(
            words[-1],
            ends_word=True,
            ends_line=words[-1].ends_line or bool(head),
            ends_verse=words[-1].ends_verse or any(sign in _VERSE_SIGNS for sign in head),
        )
    bare = body.strip()
    joined = bare.endswith("-")
    kept = "".join(
        sign
        for sign in bare
        if sign.isalnum() or category(sign)[0] == "M" or sign.isspace() or sign in "'’,.!?;:"
    )
    syllable = " ".join(kept.split())
    if not any(sign.isalpha() for sign in syllable):
        return
    ends = bool(tail) or body.endswith(" ") or (not joined and (hyphened or not spaced))
    words.append(
        replace(
            event,
            text=syllable,
            ends_word=ends and not joined,
            ends_line=bool(tail),
            ends_verse=any(sign in _VERSE_SIGNS for sign in tail),
        )
    )
