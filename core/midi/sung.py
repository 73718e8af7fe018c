"""Words on notes: which player has the tune, and what is sung on each of its notes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.midi.song import Phrase, Player, Struck, SyllableNote, Tempi
from core.midi.words import Word
from core.writing.syllables import line_of, words_of

_MATCHED = 0.9
"""Share of the syllables that must stand on a note of the tune for it to be the tune."""
_TOLERANCE_QUARTERS = 1 / 16
_TOLERANCE_S = 0.07
"""A word stands on a note when it is no further from its start: files are timed by hand."""
_LATE_S = 0.3
"""Words that are late or early by one time, at most this, are moved onto their notes."""
_BREATH_S = 0.3
"""A rest longer than this ends a syllable: what follows without words of its own is no part of it."""
_LINE_REST_S = 0.9
_LONGEST_LINE = 16
_MOST_NOTES = 4
"""Notes that one syllable is sung on, at most."""


_AS_GOOD_AS_ALL = 0.95
_LOWEST_VOICE = 48
"""The key below which a bass plays, and no tune lies: C3."""
_TUNE_NAME = re.compile(
    r"\b(?:vocals?|vox|voice|melod\w*|lead|tune|sing\w*|gesang|chant|canto|мелод\w*)\b", re.I
)


@dataclass(frozen=True)
class _Held:
    """One syllable and the notes that it is sung on."""

    word: Word
    notes: tuple[Struck, ...]


def set_on_notes(
    words: Sequence[Word], players: Sequence[Player], sections_s: Sequence[float], tempi: Tempi
) -> tuple[tuple[Phrase, ...], int | None, tuple[str, ...]]:
    """Return the sung lines, the place of the tune's player, and what is worth telling.

    ``sections_s``: when the file's sections begin; without any, the words' own verses are sections. Words
    that stand on no notes are reported and not sung.
    """
    if not words:
        return (), None, ()
    first = list({word.tick: word for word in reversed(words)}.values())[::-1]
    near = max(
        round(tempi.ticks_per_quarter * _TOLERANCE_QUARTERS), _ticks_of(_TOLERANCE_S, first[0].tick, tempi)
    )
    first = _in_time(first, players, near, tempi)
    singer = max(range(len(players)), key=lambda at: _likeness(first, players[at], near))
    matched = _matches(first, players[singer], near)
    if matched < _MATCHED * len(first) or players[singer].stem == "drums":
        return (
            (),
            None,
            (f"The file's {len(words)} syllables are not sung: they stand on no player's notes.",),
        )
    held = list(_held(first, _one_voice(players[singer].notes), near))
    phrases, verse = list[Phrase](), 0
    for line in _lines(held):
        section = _section(line[0].notes[0].start_s, sections_s) if sections_s else verse
        phrase = _phrase(line, section)
        phrases += [phrase] if phrase else []
        verse += line[-1].word.ends_verse
    shared = "Of verses that share their notes the first is sung." if len(first) < len(words) else ""
    return tuple(phrases), singer if phrases else None, (shared,) if shared and phrases else ()


def _ticks_of(seconds: float, at: int, tempi: Tempi) -> int:
    """Return how many ticks a time is at a place of the song; at least one."""
    return max(1, tempi.tick(tempi.seconds(at) + seconds) - at)


def _in_time(words: Sequence[Word], players: Sequence[Player], near: int, tempi: Tempi) -> list[Word]:
    """Return the words, moved by the one time that they are late or early against the tune's notes."""
    reach = _ticks_of(_LATE_S, words[0].tick, tempi)
    best, moved = max(_matches(words, player, near) for player in players), list(words)
    if best >= _MATCHED * len(words):
        return moved
    for player in players:
        starts = sorted({note.start_tick for note in player.notes})
        places = [(word.tick, _nearest(starts, word.tick, reach)) for word in words]
        late = sorted(tick - starts[place] for tick, place in places if place is not None)
        if len(late) < _MATCHED * len(words):
            continue
        offset = late[len(late) // 2]
        shifted = [replace(word, tick=max(0, word.tick - offset)) for word in words]
        matched = _matches(shifted, player, near)
        if matched > best:
            best, moved = matched, shifted
    return moved


def _likeness(words: Sequence[Word], player: Player, near: int) -> tuple[int, bool, int, bool, bool, int]:
    """Return how likely a player has the tune.

    By its notes, of which 95 % are as good as all, since another part may share the tune's rhythm; then by
    where the words stand, its name, a voice's register, and few other notes.
    """
    beside = sum(word.track == player.track for word in words)
    pitches = sorted(note.pitch for note in player.notes)
    return (
        min(_matches(words, player, near), round(_AS_GOOD_AS_ALL * len(words))),
        player.stem != "drums",
        beside,
        bool(_TUNE_NAME.search(player.name)),
        player.stem != "bass" and pitches[len(pitches) // 2] >= _LOWEST_VOICE,
        -len(player.notes),
    )


def _matches(words: Sequence[Word], player: Player, near: int) -> int:
    starts = sorted({note.start_tick for note in player.notes})
    return sum(_nearest(starts, word.tick, near) is not None for word in words)


def _nearest(starts: Sequence[int], tick: int, near: int) -> int | None:
    """Return the place of the start that is nearest to ``tick``, within ``near`` ticks."""
    at = bisect_right(starts, tick)
    places = [place for place in (at - 1, at) if 0 <= place < len(starts)]
    place = min(places, key=lambda one: abs(starts[one] - tick), default=None)
    return place if place is not None and abs(starts[place] - tick) <= near else None


def _one_voice(notes: Sequence[Struck]) -> list[Struck]:
    """Return the top note of each chord: a voice sings one."""
    top: dict[int, Struck] = {}
    for note in notes:
        if note.start_tick not in top or note.pitch > top[note.start_tick].pitch:
            top[note.start_tick] = note
    return [top[tick] for tick in sorted(top)]


def _held(words: Sequence[Word], notes: Sequence[Struck], near: int) -> Iterator[_Held]:
    """Give each syllable its note, and those after it that are slurred to it."""
    starts = [note.start_tick for note in notes]
    firsts = [_nearest(starts, word.tick, near) for word in words]
    taken = -1
    for at, (word, first) in enumerate(zip(words, firsts, strict=True)):
        if first is None or first <= taken:
            continue
        following = next((place for place in firsts[at + 1 :] if place is not None), len(notes))
        last = first
        while last + 1 < following and notes[last + 1].start_s - notes[last].stop_s < _BREATH_S:
            last += 1
        last = min(last, first + _MOST_NOTES - 1)
        taken = last
        yield _Held(word, tuple(notes[first : last + 1]))


def _lines(held: Sequence[_Held]) -> Iterator[list[_Held]]:
    """Part the syllables where the file says so, where there is a rest, and where a breath is needed."""
    line: list[_Held] = []
    marked = any(one.word.ends_line for one in held[:-1])
    for at, one in enumerate(held):
        line.append(one)
        rest_s = held[at + 1].notes[0].start_s - one.notes[-1].stop_s if at + 1 < len(held) else 0.0
        rested = one.word.ends_word and rest_s > (2.0 * _LINE_REST_S if marked else _LINE_REST_S)
        if one.word.ends_line or rested or (one.word.ends_word and len(line) >= _LONGEST_LINE):
            yield line
            line = []
    if line:
        yield line


def _phrase(line: Sequence[_Held], section: int) -> Phrase | None:
    """Return a line as it is sung; None when nothing in it can be."""
    text, syllables, notes = "", list[str](), list[SyllableNote]()
    for one in line:
        text += one.word.text + (" " if one.word.ends_word else "")
        struck = [(note.start_s, max(0.05, note.stop_s - note.start_s), note.pitch) for note in one.notes]
        pieces = _pieces("".join(words_of(one.word.text)), len(struck))
        if " " in one.word.text:
            pieces = list(line_of(one.word.text).syllables)
            struck = _shared(struck, len(pieces))
        syllables += pieces
        notes += [SyllableNote(*note) for note in struck[: len(pieces)]]
    if not notes:
        return None
    return Phrase(" ".join(text.split()), tuple(syllables), tuple(notes), section)


def _shared(struck: list[tuple[float, float, int]], count: int) -> list[tuple[float, float, int]]:
    """Return ``count`` notes: the last one is struck again for syllables that have none of their own."""
    if len(struck) >= count or not struck:
        return struck[:count]
    start_s, length_s, pitch = struck[-1]
    parts = count - len(struck) + 1
    return [*struck[:-1], *((start_s + n * length_s / parts, length_s / parts, pitch) for n in range(parts))]


def _section(start_s: float, sections_s: Sequence[float]) -> int:
    return max(0, bisect_right(sections_s, start_s + 0.05) - 1)


def _pieces(syllable: str, count: int) -> list[str]:
    """Cut a syllable's letters for ``count`` notes, at most one a letter: its vowel is held over them."""
    count = min(count, len(syllable))
    edges = [round(len(syllable) * part / count) for part in range(count + 1)] if count else []
    return [syllable[start:stop] for start, stop in pairwise(edges)]
