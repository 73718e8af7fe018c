"""Setting words to the tune: which lyrics belong to which section, and one note for every syllable."""

from __future__ import annotations

from collections.abc import Sequence

from core.engines.composer.compose.motifs import Tunes, line_bars
from core.engines.composer.compose.stress import stresses
from core.engines.composer.model import Bar, SungLineBeats, SungNoteBeats
from core.engines.composer.sing.backing import who_sings
from core.engines.composer.sing.sung import place_of
from core.engines.composer.stock.manners import MANNERS, USUAL
from core.song import Lyrics, Plan
from core.writing.line_times import words_by_section


def why_not_sung(plan: Plan, lyrics: Lyrics | None) -> str | None:
    """Return the reason why nothing is sung, in one sentence, or None when the song is sung."""
    if plan.instrumental:
        return "The song is instrumental: nothing is sung, and the vocals stem is silent by choice."
    if not any(plan.lines_in(section) for section in plan.sections):
        return "No section of the form takes a sung line: the vocals stem is silent by choice."
    if lyrics is None or not any(line.text.strip() for line in lyrics.lines):
        return "There are no lyrics: an instrument plays the tune, and the vocals stem is silent by choice."
    if not lyrics.singable:
        return (
            f"The embedded voice cannot sing these lyrics (language: {lyrics.language}): an instrument"
            " plays the tune, and the vocals stem is silent by choice."
        )
    return None


def set_words(
    bars: Sequence[Bar], plan: Plan, lyrics: Lyrics, tunes: Tunes
) -> tuple[tuple[SungLineBeats, ...], tuple[str, ...]]:
    """Return every sung line with its notes, and notes on lines that did not fit."""
    chosen = words_by_section(plan, lyrics)
    sung: list[SungLineBeats] = []
    left_out = 0
    for section_index, words in chosen.items():
        places = line_bars(bars, section_index, plan.bars_per_line)
        left_out += max(0, len(words.lines) - len(places))
        for line_index, (line, here) in enumerate(zip(words.lines, places, strict=False)):
            syllables = line.syllables or tuple(line.text.split())
            if not syllables:
                continue
            role = who_sings(plan, section_index, line_index, len(places))
            place = place_of(role, low_voice=plan.low_voice)
            low, high = MANNERS.get(plan.genre, USUAL).compass
            compass = place.low + low, min(place.high, place.low + high)
            line_notes = tunes.sing(here, line_index, len(places), stresses(line.text, syllables), compass)
            sung.append(
                SungLineBeats(
                    line.text,
                    syllables,
                    tuple(
                        SungNoteBeats(note.start_beat, note.length_beats, note.pitch) for note in line_notes
                    ),
                    section_index,
                    role,
                )
            )
    notes = (f"{left_out} lines of the lyrics did not fit into the form.",) if left_out else ()
    return tuple(sung), notes
