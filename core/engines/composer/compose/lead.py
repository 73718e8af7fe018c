"""The tune on an instrument: everywhere in an instrumental, in intro, solo and outro of a sung song."""

from __future__ import annotations

import random
from collections.abc import Sequence

from core.engines.composer.compose.harmony import nearest
from core.engines.composer.compose.motifs import Tunes, line_bars
from core.engines.composer.model import Bar, Note, dice
from core.song import Plan, SectionKind
from core.writing.instruments import Instrument


def play_lead(
    plan: Plan,
    bars: Sequence[Bar],
    tunes: Tunes,
    player: Instrument,
    sung_sections: set[int],
    *,
    solos: bool | None = None,
) -> tuple[Note, ...]:
    """Return the lead's notes; sections in ``sung_sections`` belong to the voice.

    ``solos``: True for the solos alone, False for all but those.
    """
    notes: list[Note] = []
    compass = _compass(player)
    for index, section in enumerate(plan.sections):
        if solos is not None and solos is not (section.kind is SectionKind.SOLO):
            continue
        if index in sung_sections:
            notes += _answers(plan, bars, index, tunes, compass)
            continue
        if sung_sections and section.kind is SectionKind.VERSE:
            continue
        lines = line_bars(bars, index, plan.bars_per_line)
        if not lines:
            notes += _short_tune(plan, bars, index, tunes, compass)
        rng = dice(plan, f"lead {index}", tunes.take)
        for number, here in enumerate(lines):
            if section.kind is SectionKind.INTRO and number < len(lines) // 2:
                continue
            count = _note_count(plan, section.energy, section.kind, number)
            stresses = [0.5] * count
            line = tunes.sing(here, number, len(lines), stresses, compass)
            notes += _touched(line, section.energy, rng)
    return tuple(sorted(notes if plan.fades_out or solos else _closed(notes, plan, bars, compass)))


def _compass(player: Instrument) -> tuple[int, int]:
    """Fifteen semitones in the middle of the player's good range, near the staff."""
    middle = min(max((player.low + player.high) // 2, player.low + 8), player.high - 7)
    return middle - 7, middle + 8


def _note_count(plan: Plan, energy: float, kind: SectionKind, line_number: int) -> int:
    """Notes in a line: as many as syllables would be, more in a solo; the same for like lines."""
    count = plan.syllables_per_line
    if kind is SectionKind.SOLO:
        count += 3
    elif kind in (SectionKind.INTRO, SectionKind.OUTRO):
        count -= 2
    if energy < 0.3:
        count -= 2
    return max(3, count - (1 if line_number % 2 else 0))


def _touched(line: Sequence[Note], energy: float, rng: random.Random) -> list[Note]:
    """Phrase a line: rising to its middle, falling to its end, a little apart from note to note."""
    out = []
    for place, note in enumerate(line):
        arch = 1.0 - abs(place / max(1, len(line) - 1) - 0.55)
        velocity = 70 + 18 * energy + 16 * arch + rng.uniform(-4, 4)
        out.append(
            Note(note.start_beat, note.length_beats * 0.94, note.pitch, int(min(118, max(40, velocity))))
        )
    return out


def _answers(
    plan: Plan, bars: Sequence[Bar], index: int, tunes: Tunes, compass: tuple[int, int]
) -> list[Note]:
    """Answer the voice while it breathes: after every second line, the hook's last notes over the chord.

    The first verse is left to the voice alone.
    """
    section = plan.sections[index]
    first_of_kind = all(other.kind is not section.kind for other in plan.sections[:index])
    if section.kind is SectionKind.VERSE and first_of_kind:
        return []
    rng = dice(plan, f"answers {section.kind}", tunes.take)
    shape = rng.choice(((0, 1, 2), (2, 1, 0), (0, 2, 1), (1, 2, 0)))
    notes = []
    for number, here in enumerate(line_bars(bars, index, plan.bars_per_line)):
        if number % 2 == 0:
            continue
        bar = here[-1]
        step = 0.5 if plan.tempo_bpm >= 80 else 0.25
        start = bar.start_beat + plan.beats_per_bar - 3 * step
        middle = (compass[0] + compass[1]) // 2 + 2
        low = nearest(bar.chord.tones[number // 2 % 3], middle - 3, compass[0], compass[1] + 4)
        tones = sorted(low + (tone - low) % 12 for tone in bar.chord.tones[:3])
        for place, which in enumerate(shape):
            velocity = int(62 + 20 * section.energy + rng.uniform(-4, 4))
            notes.append(Note(start + place * step, step * 0.95, tones[which], velocity))
    return notes


def _short_tune(
    plan: Plan, bars: Sequence[Bar], index: int, tunes: Tunes, compass: tuple[int, int]
) -> list[Note]:
    """A section shorter than one line: the opening of its tune, cut at its end."""
    inside = [bar for bar in bars if bar.section_index == index]
    if plan.sections[index].kind is SectionKind.OUTRO and len(inside) < 2:
        return []
    stop = inside[-1].start_beat + plan.beats_per_bar
    line = tunes.sing(inside, 0, 1, [0.5] * plan.syllables_per_line, compass)
    return [
        Note(note.start_beat, min(note.length_beats, stop - note.start_beat), note.pitch, 84)
        for note in line
        if note.start_beat < stop - 0.25
    ]


def _closed(notes: list[Note], plan: Plan, bars: Sequence[Bar], compass: tuple[int, int]) -> list[Note]:
    """Let the tune come to rest on the tonic with the last chord, when it plays to the end."""
    last = bars[-1]
    kept = [note for note in notes if note.start_beat < last.start_beat - 1e-6]
    if not kept or last.start_beat - kept[-1].start_beat > 2 * plan.beats_per_bar:
        return kept
    final = kept[-1].pitch
    options = [key for key in range(compass[0], compass[1] + 1) if key % 12 == last.chord.root]
    final = min(options, key=lambda key: abs(key - final))
    return [*kept, Note(last.start_beat, plan.beats_per_bar * 1.5, final, 80)]
