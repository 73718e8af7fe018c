"""What a song is about: its themes, its subject in the prompt's own words, and its tone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.song import Plan
from core.writing.corpus import ANYTHING, Theme, themes
from core.writing.pronunciation import syllable_count
from core.writing.syllables import words_of

_BY_GENRE = {
    "ambient": "stars night",
    "bossa nova": "summer sea",
    "blues": "loss work",
    "afrobeat": "dance friends",
    "bluegrass": "road home",
    "celtic": "sea home",
    "chillout": "morning sea",
    "chiptune": "machine stars",
    "cinematic": "legend hope",
    "classical": "time wild",
    "country": "road home",
    "disco": "dance city",
    "drum and bass": "city night",
    "dubstep": "machine night",
    "folk": "road wild",
    "funk": "dance music",
    "gospel": "hope morning",
    "grunge": "loss fire",
    "hip hop": "city work",
    "house": "dance night",
    "indie": "time city",
    "jazz": "night city",
    "latin": "dance summer",
    "lo-fi": "morning rain",
    "lullaby": "night stars",
    "march": "hope road",
    "metal": "legend fire",
    "pop": "love dance",
    "ballad": "love loss",
    "punk": "fire work",
    "r&b": "love night",
    "reggae": "summer friends",
    "rock": "road fire",
    "rock and roll": "dance music",
    "ska": "dance friends",
    "soul": "love hope",
    "swing": "dance music",
    "synthwave": "machine city",
    "techno": "machine dance",
    "trance": "dance stars",
    "trap": "city work",
    "waltz": "love winter",
    "world": "wild road",
}
_BY_MOOD = {
    "happy": "summer friends dance",
    "sad": "loss rain time",
    "melancholic": "loss rain time",
    "warm": "home morning love",
    "calm": "morning home sea",
    "dreamy": "stars night sea",
    "dark": "night legend fire",
    "angry": "fire work machine",
    "energetic": "dance fire city",
    "uplifting": "hope morning friends",
    "romantic": "love night dance",
    "heartfelt": "love home loss",
    "catchy": "dance summer friends",
    "nostalgic": "time home summer",
    "epic": "legend hope fire",
    "mysterious": "night stars legend",
    "playful": "friends summer dance",
    "groovy": "dance city music",
    "tense": "city machine night",
    "lazy": "morning summer rain",
    "cold": "winter night loss",
    "solemn": "time hope loss",
    "festive": "friends love music",
    "mourning": "loss time rain",
}
_BRIGHT = frozenset(("happy", "uplifting", "energetic", "playful", "groovy", "festive", "catchy"))
_DARK = frozenset(("sad", "melancholic", "dark", "angry", "tense", "cold", "solemn", "mourning"))
_TENDER = frozenset(("warm", "calm", "romantic", "lazy", "heartfelt"))
"""Moods that no minor key makes dark."""
_SUBJECT = re.compile(
    r"\b(?:about|called|titled|named|dedicated to|ode to|story of)\s++[\"“'‘]?(?P<what>.+?)"
    r"(?=[\"”,.;:!?\n(]|(?<!\s)\s++(?:with|in|at|on|by|who|that|which|where|when|and|but|for|from|featuring|using)\b|$)",
    re.I,
)
_FOR = re.compile(
    r"\b(?i:song|ballad|lullaby|anthem|tune|hymn|music|waltz|serenade|piece)s?\s+(?i:for)\s+"
    r"(?P<what>(?:(?i:my|our)\s+[a-z]+(?:\s+[A-Z]\w+)?|[A-Z][a-z]+(?:\s+(?:and|&)\s+[A-Z][a-z]+)?)\b)"
)
"""Whom a song is for: names, or "my" and "our" somebody."""
_DETERMINERS = (
    "the",
    "a",
    "an",
    "my",
    "your",
    "our",
    "his",
    "her",
    "their",
    "this",
    "that",
    "these",
    "those",
)
_NOUNS_IN_ING = frozenset(
    ("morning", "evening", "king", "ring", "spring", "string", "thing", "nothing", "wedding", "wing")
)
_MOST_WORDS, _MOST_SYLLABLES = 4, 5


@dataclass(frozen=True)
class Matter:
    """What the words are to be about.

    ``rank``: each theme's distance, 0 the nearest. ``subject``: a noun phrase that fits after "of".
    ``own_subject``: whether it is the prompt's own. ``tone``: 1 bright, -1 dark, 0 neither.
    """

    rank: dict[str, float]
    subject: str
    own_subject: bool
    tone: int

    @property
    def nearest(self) -> tuple[Theme, ...]:
        """The themes in order of distance, without the one that suits every song."""
        names = sorted((name for name in self.rank if name != ANYTHING), key=lambda name: self.rank[name])
        return tuple(themes()[name] for name in names)


def matter_of(plan: Plan, rng: random.Random) -> Matter:
    """Read from the plan what its words are to be about; without a hint, what its genre usually sings of."""
    called = called_themes(plan.prompt, plan.title)
    moods = [theme for mood in plan.moods for theme in _BY_MOOD.get(mood, "").split()]
    usual = _BY_GENRE.get(plan.genre, "love road hope").split()
    rng.shuffle(usual)
    order = [*dict.fromkeys([*called, *moods, *usual])] if called else _mixed(moods, usual, rng)
    rank = {name: 2.6 + 0.6 * rng.random() for name in themes()}
    for place, name in reversed([*enumerate(order[:3])]):
        for neighbour in themes()[name].near:
            rank[neighbour] = min(rank[neighbour], 1.3 + 0.3 * place)
        rank[name] = 0.0 if place == 0 else 0.35 if name in called else 1.0
    rank[ANYTHING] = 1.2
    own = own_subject(plan.prompt)
    return Matter(rank, own or themes()[order[0]].image, own is not None, _tone(plan))


def called_themes(prompt: str, title: str = "") -> list[str]:
    """Return the themes whose words stand in the prompt, most called for first."""
    said = [form for word in words_of(f"{prompt} {title}") for form in _forms(word.lower())]
    subject = _SUBJECT.search(prompt)
    central = {form for word in words_of(subject["what"] if subject else "") for form in _forms(word.lower())}
    votes = {
        name: sum((3 if word in central else 1) for word in dict.fromkeys(said) if word in theme.words)
        for name, theme in themes().items()
    }
    return [name for name in sorted(votes, key=lambda name: -votes[name]) if votes[name]]


def _forms(word: str) -> tuple[str, ...]:
    stem = word.removesuffix("'s")
    return (word, stem, stem.removesuffix("s"), stem.removesuffix("ing"), stem.removesuffix("ed"))


def _mixed(moods: list[str], usual: list[str], rng: random.Random) -> list[str]:
    """Draw the themes of a prompt that names none."""
    choices = [*dict.fromkeys([*moods, *usual])]
    head = choices[:3]
    rng.shuffle(head)
    return [*head, *choices[3:]]


def subject_span(prompt: str) -> tuple[int, int] | None:
    """Return where the prompt says what the song is about."""
    found = _SUBJECT.search(prompt)
    return found.span() if found else None


def own_subject(prompt: str) -> str | None:
    """Return what the prompt says that the song is about, when it can stand after "of" in a line."""
    found = _SUBJECT.search(prompt) or _FOR.search(prompt)
    if not found:
        return None
    words = ["and" if word == "&" else word for word in words_of(found["what"].replace("&", " and "))]
    if len(words) > 1 and _cut_off(words, prompt[found.end("what") :]):
        words.pop()
    if not words or len(words) > _MOST_WORDS or not all(word.isascii() for word in words):
        return None
    first = words[0].lower()
    if first.endswith("ing") or first in ("how", "why", "what", "being", "to", "me", "i", "love", "you"):
        return None
    if sum(syllable_count(word) for word in words) > _MOST_SYLLABLES:
        return None
    if first in _DETERMINERS:
        words[0] = {"a": "a", "an": "an", "your": "my", "his": "his"}.get(first, first)
    return " ".join(words)


def _cut_off(words: list[str], rest: str) -> bool:
    """Return whether the last word only began to say what the noun does: "robots falling (in love)"."""
    last, before = words[-1].lower(), words[-2].lower()
    noun = last in _NOUNS_IN_ING or before in _DETERMINERS
    return last.endswith("ing") and not noun and bool(re.match(r"\s+\w", rest))


def _tone(plan: Plan) -> int:
    """Read the tone off moods and occasions (which are moods); the key says only what those leave open."""
    moods = set(plan.moods)
    lean = len(moods & _BRIGHT) - len(moods & _DARK)
    if lean == 0 and not moods & (_BRIGHT | _TENDER):
        lean = 0 if not plan.key.lower().endswith(("minor", "aeolian")) else -1
    return max(-1, min(1, lean))


def tones_allowed(tone: int) -> Iterable[int]:
    """Return the couplet tones that suit a song of ``tone``."""
    return {1: (0, 1), -1: (0, -1), 0: (0,)}[tone]
