"""Lyrics as ACE-Step wants them: a tag for each section of the form, and its lines under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.engines.acestep15.order import Order
from core.engines.acestep15.settings import LONGEST_S
from core.errors import EngineInputError
from core.song import LyricSection, Plan, SectionKind
from core.writing.plan import ring_out_s

READS = 2048
"""Tokens of lyrics that the model reads; what comes after is cut without a word."""
INSTRUMENTAL = "[Instrumental]"
_TAGS = {
    SectionKind.INTRO: "Intro",
    SectionKind.VERSE: "Verse",
    SectionKind.PRE_CHORUS: "Pre-Chorus",
    SectionKind.CHORUS: "Chorus",
    SectionKind.BRIDGE: "Bridge",
    SectionKind.SOLO: "Solo",
    SectionKind.OUTRO: "Outro",
}


@dataclass(frozen=True)
class Passage:
    """One section of the form: how long it lasts, and its words under their tag."""

    text: str
    duration_s: float


def passages(order: Order) -> list[Passage]:
    """Return the form's sections in order, with every line of the lyrics in one of them.

    The lyrics' sections go to the sung sections of the form one by one; what is left over goes to the last.
    The last passage includes the time in which the last chord rings.
    """
    plan = order.plan
    if plan is None:
        raise ValueError("an uploaded song has no form")
    words = list(order.lyrics.sections) if order.lyrics and not plan.instrumental else []
    shares = _shared(plan, words)
    counts = Counter(section.kind for section in plan.sections)
    numbers: Counter[SectionKind] = Counter()
    out = []
    for section, share in zip(plan.sections, shares, strict=True):
        numbers[section.kind] += 1
        number = numbers[section.kind] if counts[section.kind] > 1 else 0
        out.append(Passage(_block(section.kind, number, share), section.bars * plan.bar_s))
    ring = ring_out_s(plan.duration_s)
    out[-1] = Passage(out[-1].text, out[-1].duration_s + ring)
    return [Passage("", p.duration_s) for p in out] if not words else out


def lyrics_of(group: Sequence[Passage]) -> str:
    """Return the lyrics of some passages together."""
    return "\n\n".join(passage.text for passage in group if passage.text) or INSTRUMENTAL


def grouped(parts: Sequence[Passage], tokens: Callable[[str], int], context_s: float) -> list[list[Passage]]:
    """Share passages out into as few passes of the model as can read and play them all.

    ``tokens``: how many tokens lyrics take with everything around them; ``context_s``: what every pass but
    the first hears again. Raises EngineInputError for a section that alone is too long.
    """
    groups: list[list[Passage]] = []
    for part in parts:
        _check_alone(part, tokens, context_s)
        if groups and _fits([*groups[-1], part], tokens, context_s if len(groups) > 1 else 0.0):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _fits(group: Sequence[Passage], tokens: Callable[[str], int], context_s: float) -> bool:
    lasts_s = sum(part.duration_s for part in group) + context_s
    return lasts_s <= LONGEST_S and tokens(lyrics_of(group)) <= READS


def _check_alone(part: Passage, tokens: Callable[[str], int], context_s: float) -> None:
    head = part.text.split("\n")[0] or "A section"
    count = tokens(lyrics_of([part]))
    if count > READS:
        raise EngineInputError(
            f"{head} is {count:,} tokens long, and ACE-Step reads {READS:,} at a time.",
            causes=("the lyrics have no section headings, so they are one section",),
            remedy="Put a heading such as [Verse] before each part of the lyrics.",
        )
    if part.duration_s + context_s > LONGEST_S:
        raise EngineInputError(
            f"{head} lasts {part.duration_s:.0f} s, and ACE-Step continues for {LONGEST_S - context_s:.0f} s "
            "at a time.",
            remedy="Make the song shorter, or give its form more sections.",
        )


def _shared(plan: Plan, words: Sequence[LyricSection]) -> list[list[LyricSection]]:
    """Return for each section of the form the lyrics that belong to it."""
    shares: list[list[LyricSection]] = [[] for _ in plan.sections]
    sung = [at for at, section in enumerate(plan.sections) if section.sung] or [len(shares) - 1]
    for number, section in enumerate(words):
        shares[sung[min(number, len(sung) - 1)]].append(section)
    return shares


def _block(kind: SectionKind, number: int, share: Sequence[LyricSection]) -> str:
    """Return a section's tag and lines; more lyrics than one keep tags of their own."""
    blocks = []
    for at, section in enumerate(share):
        tag = _tag(kind, number) if at == 0 and section.kind is kind else _tag(section.kind, 0)
        blocks.append("\n".join([tag, *(line.text for line in section.lines)]))
    return "\n\n".join(blocks) or _tag(kind, number)


def _tag(kind: SectionKind, number: int) -> str:
    return f"[{_TAGS[kind]}{f' {number}' if number else ''}]"
