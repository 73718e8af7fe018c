"""The music's description and its metadata, in the words that ACE-Step was trained on.

Languages, meters and keys are those of ``acestep/constants.py`` in ACE-Step 1.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.engines.acestep15.order import Order
from core.song import Plan
from core.writing.keys import MINOR_MODES

LANGUAGES = frozenset(
    [
        "ar",
        "az",
        "bg",
        "bn",
        "ca",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "fa",
        "fi",
        "fr",
        "he",
        "hi",
        "hr",
        "ht",
        "hu",
        "id",
        "is",
        "it",
        "ja",
        "ko",
        "la",
        "lt",
        "ms",
        "ne",
        "nl",
        "no",
        "pa",
        "pl",
        "pt",
        "ro",
        "ru",
        "sa",
        "sk",
        "sr",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tl",
        "tr",
        "uk",
        "ur",
        "vi",
        "yue",
        "zh",
    ]
)
UNKNOWN = "unknown"
METERS = (2, 3, 4, 6)
READS = 256
"""Tokens of description and metadata that the model reads; what comes after is cut without a word."""


@dataclass(frozen=True)
class Description:
    """What ACE-Step gets to know of the music."""

    caption: str
    bpm: int | None = None
    key: str = ""
    meter: str = ""
    language: str = UNKNOWN
    notes: tuple[str, ...] = ()


def describe(order: Order) -> Description:
    """Return the description of an order; of an uploaded song only the prompt is known."""
    plan = order.plan
    if plan is None:
        return Description(" ".join(order.prompt.split()))
    notes = []
    meter = str(plan.beats_per_bar) if plan.beats_per_bar in METERS else ""
    if not meter:
        notes.append(
            f"ACE-Step knows no {plan.beats_per_bar} beats to the bar: it was left to choose the meter."
        )
    key, said = _key(plan)
    language, unknown = _language(order)
    return Description(
        caption=_caption(plan, with_plan=order.settings.tell_plan),
        bpm=round(plan.tempo_bpm),
        key=key,
        meter=meter,
        language=language,
        notes=(*notes, *said, *unknown),
    )


def fitted(description: Description, prompt: str, tokens: Callable[[str], int]) -> Description:
    """Return the description with a caption that is read to its end.

    ``tokens``: how many tokens a caption takes with everything around it. The plan's facts go first, then
    the end of the ``prompt``; what is lost is noted.
    """
    if tokens(description.caption) <= READS:
        return description
    words = prompt.split()
    kept = _most(words, lambda count: tokens(" ".join(words[:count])) <= READS)
    if kept == len(words):
        note = "The prompt is so long that the plan's genre, moods and instruments were not added to it."
        return replace(description, caption=" ".join(words), notes=(*description.notes, note))
    caption = " ".join(words[:kept]) or _cut(prompt, tokens)
    lost = f"its first {len(caption):,} of {len(prompt):,} letters count."
    note = f"The prompt is longer than ACE-Step reads: {lost}"
    return replace(description, caption=caption, notes=(*description.notes, note))


def _caption(plan: Plan, *, with_plan: bool) -> str:
    prompt = " ".join(plan.prompt.split()).rstrip(".,")
    parts = [prompt] if prompt else []
    if with_plan:
        known = prompt.lower()
        facts = [plan.genre, *plan.moods, *plan.instruments, *plan.percussion]
        parts += [fact for fact in facts if fact and fact.lower() not in known]
        parts += [f"no {name}" for name in plan.without]
        parts += ["instrumental"] if plan.instrumental and "instrumental" not in known else []
    return ", ".join(parts) or plan.genre or "music"


def _key(plan: Plan) -> tuple[str, list[str]]:
    """Return the key as a major or minor one, which is all that the model knows."""
    tonic, _, mode = plan.key.partition(" ")
    if mode in ("major", "minor"):
        return plan.key, []
    near = "minor" if mode in MINOR_MODES else "major"
    return f"{tonic} {near}", [f"ACE-Step knows major and minor: {plan.key} was given as {tonic} {near}."]


def _language(order: Order) -> tuple[str, list[str]]:
    lyrics = order.lyrics
    if lyrics is None or not lyrics.lines or order.plan is None or order.plan.instrumental:
        return UNKNOWN, []
    code = lyrics.language.lower().split("-")[0]
    if code in LANGUAGES:
        return code, []
    return UNKNOWN, [f"ACE-Step knows no language {lyrics.language}: it was left to find out which it is."]


def _most(items: Sequence[str], fits: Callable[[int], bool]) -> int:
    """Return the largest count of items that fits, by halving; 0 when not even one does."""
    low, high = 0, len(items)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _cut(prompt: str, tokens: Callable[[str], int]) -> str:
    """Return the start of a prompt whose very first word is too long (a script without spaces)."""
    letters = list(prompt.strip())
    return "".join(letters[: _most(letters, lambda count: tokens("".join(letters[:count])) <= READS)])
