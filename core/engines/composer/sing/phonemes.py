"""How a line is pronounced: its phonemes, and which of the line's notes each vowel is sung on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.writing.syllables import words_of

VOWELS = frozenset("AIOQWYaeiouɑɐɒæəɚɛɜɪɔʊʌɨᵊᵻ")
HUMS = frozenset("mnŋlɹ")
"""Consonants that can carry a note when a word has no vowel ("hmm")."""
VOICELESS = frozenset("ptkfθsʃʧ")
STRESS = frozenset("ˈˌ")
SPACE = " "
_LA = "lˈɑ"
"""What is sung for a word that the voice cannot read."""


@dataclass(frozen=True)
class Nucleus:
    """A vowel that is sung: its place among the line's phonemes, and its notes.

    ``notes``: places of the line's notes that it holds. ``share``: (place, of how many) when several
    vowels divide one note between them.
    """

    at: int
    notes: tuple[int, ...]
    share: tuple[int, int] = (0, 1)


@dataclass(frozen=True)
class Pronounced:
    """A line in phonemes; ``unread`` are the words that were sung on "la"."""

    phonemes: tuple[str, ...]
    nuclei: tuple[Nucleus, ...]
    unread: tuple[str, ...] = ()


class Reader:
    """English spelling to phonemes, by the voice's own dictionary and rules; loaded on first use."""

    def __init__(self, vocabulary: dict[str, int], *, british: bool = False) -> None:
        self._known = frozenset(vocabulary)
        self._british = british

    @cached_property
    def _g2p(self) -> Any:
        from hibari.g2p import G2P

        return G2P(british=self._british)

    def read(self, text: str, syllables: Sequence[str]) -> Pronounced:
        """Pronounce ``text``, whose written ``syllables`` have one note each."""
        words = words_of(text)
        counts = _counts(words, syllables)
        if counts is None:
            words, counts = tuple(syllables), (1,) * len(syllables)
        phonemes: list[str] = []
        nuclei: list[Nucleus] = []
        unread: list[str] = []
        first_note = 0
        for word, sounds, count in zip(words, self._pronounce(words), counts, strict=True):
            if not _carriers(sounds):
                unread.append(word)
                sounds = _LA  # noqa: PLW2901
            if phonemes:
                phonemes.append(SPACE)
            places = [len(phonemes) + at for at in _carriers(sounds)]
            nuclei += _share(places, sounds, len(phonemes), first_note, count)
            phonemes += sounds
            first_note += count
        return Pronounced(tuple(phonemes), tuple(nuclei), tuple(unread))

    def _pronounce(self, words: Sequence[str]) -> list[str]:
        """Return each word's phonemes, read in the context of the line."""
        tokens = self._g2p.phonemize_tokens(self._g2p.tokenize(" ".join(words)))
        read = [""]
        for token in tokens:
            read[-1] += token.phonemes or ""
            if token.whitespace:
                read.append("")
        if len(read) != len(words):
            read = [self._g2p(word) for word in words]
        return ["".join(c for c in sounds if c in self._known and c != SPACE) for sounds in read]


def _counts(words: Sequence[str], syllables: Sequence[str]) -> tuple[int, ...] | None:
    """Return how many of the syllables spell each word; None when they do not spell the line."""
    counts, at = [], 0
    for word in words:
        spelled, first = "", at
        while at < len(syllables) and len(spelled) < len(word):
            spelled += syllables[at]
            at += 1
        if spelled.lower() != word.lower():
            return None
        counts.append(at - first)
    return tuple(counts) if at == len(syllables) else None


def _carriers(sounds: str) -> list[int]:
    """Return the places that can carry a note: the vowels, or one hum when there is none."""
    vowels = [at for at, sound in enumerate(sounds) if sound in VOWELS]
    return vowels or [at for at, sound in enumerate(sounds) if sound in HUMS][:1]


def _share(places: Sequence[int], sounds: str, offset: int, first_note: int, count: int) -> list[Nucleus]:
    """Give ``count`` notes to the vowels at ``places``: one each, or held, or divided."""
    vowels = len(places)
    if vowels <= count:
        held: list[list[int]] = [[] for _ in places]
        for note in range(count):
            held[note * vowels // count].append(first_note + note)
        return [Nucleus(at, tuple(notes)) for at, notes in zip(places, held, strict=True)]
    on = [k * count // vowels for k in range(vowels)]
    return [
        Nucleus(at, (first_note + on[k],), (k - on.index(on[k]), on.count(on[k])))
        for k, at in enumerate(places)
    ]
