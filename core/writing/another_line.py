"""One line of lyrics written anew: another line for its place, with its syllables and its rhyme."""

from __future__ import annotations

from functools import lru_cache

from core.song import Line, Lyrics, Plan, SectionKind
from core.writing.lyricist import Style, write_lyrics
from core.writing.pronunciation import rhymes

DRAFTS = 6
"""Songs that are written for the same plan with other seeds, to choose a line from."""
_NO_RHYME, _OTHER_KIND = 3, 1
"""In syllables too many or too few."""


def another_line(lyrics: Lyrics, section: int, line: int, plan: Plan, take: int) -> Line:
    """Return another line for a place in ``lyrics``, none of those that are there.

    ``take`` counts from 1: the next one is a line from other drafts. Of the built-in writer's drafts for the
    plan the line wins that is nearest in syllables and rhymes as the old one did. The old line comes back
    where the drafts hold no other.
    """
    old = lyrics.sections[section].lines[line]
    kind = lyrics.sections[section].kind
    taken = {one.text for one in lyrics.lines}
    partners = [
        other
        for n, other in enumerate(lyrics.sections[section].lines)
        if n != line and rhymes(_ending(other), _ending(old))
    ]

    def cost(found: tuple[SectionKind, Line]) -> int:
        of_kind, one = found
        rhymed = not partners or any(rhymes(_ending(one), _ending(other)) for other in partners)
        off = abs(len(one.syllables) - len(old.syllables))
        return off + (0 if rhymed else _NO_RHYME) + (0 if of_kind is kind else _OTHER_KIND)

    drafts = [found for found in _drafts(plan, take) if found[1].text not in taken]
    return min(drafts, key=cost)[1] if drafts else old


@lru_cache(maxsize=1)
def _drafts(plan: Plan, take: int) -> tuple[tuple[SectionKind, Line], ...]:
    """Return the lines of all drafts with their sections' kinds; several lines of one press share them."""
    seeds = (plan.seed + 7919 * (1 + draft + DRAFTS * (take - 1)) for draft in range(DRAFTS))
    songs = (write_lyrics(plan.model_copy(update={"seed": seed}), Style()) for seed in seeds)
    return tuple((one.kind, line) for song in songs for one in song.sections for line in one.lines)


def _ending(line: Line) -> str:
    words = line.text.split()
    return words[-1] if words else ""
