"""Whether the band's tunes come back to themselves as much as tunes that people have kept do.

A tune's phrases are held against each other: how alike two are is one less their edit distance, for the
steps from note to note and for the rhythm, by the longer one's length; a tune's self-similarity is the mean
over all pairs of its phrases. Too little is rambling, too much is one line over and over. The range is that
of twenty well-known tunes, written down in ``tunes.json``. It is a wide one; what the band's own notes
give in a random order is told beside it.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure, show
from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import SungLineBeats
from core.song import SongRequest
from core.writing.genres import GENRES
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

SEEDS = 4
LEAST_PHRASES = 4
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_NOTE = re.compile(r"([#b]?)([1-7])([,']*):(\d+(?:\.\d+)?)")
Phrase = tuple[tuple[float, float], ...]
"""A phrase's notes: key in semitones, length in beats."""


def run() -> list[Figure]:
    """Compare; a few seconds."""
    known = [self_similarity(phrases) for phrases in known_tunes().values()]
    low, high = min(known), max(known)
    tunes = _made_tunes()
    made = [self_similarity(phrases) for phrases in tunes]
    inside = sum(low <= one <= high for one in made)
    control = [self_similarity(phrases) for phrases in _shuffled(tunes)]
    return [
        Figure(f"least self-similar of {len(known)} well-known tunes", low, ""),
        Figure("most self-similar of them", high, ""),
        Figure("their median", float(np.median(known)), ""),
        Figure("median of the band's tunes", float(np.median(made)), ""),
        Figure("  and of the same notes in a random order", float(np.median(control)), ""),
        Figure(
            f"of {len(tunes)} tunes by the band inside that range", 100 * inside / len(made), "%", ">= 95"
        ),
    ]


def known_tunes() -> dict[str, list[Phrase]]:
    """Return the twenty tunes of ``tunes.json``, phrase by phrase."""
    told = json.loads(Path(__file__).with_name("tunes.json").read_text("utf-8"))["tunes"]
    return {name: [_read(phrase, mode) for phrase in phrases] for name, (mode, *phrases) in told.items()}


def _read(text: str, mode: str) -> Phrase:
    notes = []
    for word in text.split():
        match = _NOTE.fullmatch(word)
        if match is None:
            raise ValueError(f"not a note: {word!r}")
        accidental, degree, octaves, beats = match.groups()
        key = _SCALES[mode][int(degree) - 1] + {"#": 1, "b": -1, "": 0}[accidental]
        notes.append((key + 12.0 * (octaves.count("'") - octaves.count(",")), float(beats)))
    return tuple(notes)


def self_similarity(phrases: Sequence[Phrase]) -> float:
    """Return the mean likeness of all pairs of phrases, 0 to 1."""
    pairs = list(itertools.combinations(phrases, 2))
    return float(
        np.mean([(_alike(_steps(a), _steps(b)) + _alike(_beats(a), _beats(b))) / 2 for a, b in pairs])
    )


def _steps(phrase: Phrase) -> list[float]:
    return [after - before for (before, _), (after, _) in itertools.pairwise(phrase)]


def _beats(phrase: Phrase) -> list[float]:
    """Lengths without the last one's: how long a phrase is held says nothing of its rhythm."""
    return [round(beats * 4) / 4 for _, beats in phrase[:-1]]


def _alike(one: Sequence[float], other: Sequence[float]) -> float:
    row = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return 1.0 - row[-1] / max(1, len(one), len(other))


def _made_tunes() -> list[list[Phrase]]:
    """Return the tune of every sung section with phrases enough, over all genres."""
    tunes = []
    for genre, seed in itertools.product(GENRES, range(SEEDS)):
        plan = make_plan(SongRequest(prompt=f"{genre.name} song about home", seed=seed, duration_s=60.0))
        score = arrange(plan, write_lyrics(plan)).score
        sections: dict[int, list[SungLineBeats]] = {}
        for line in score.sung:
            sections.setdefault(line.section_index, []).append(line)
        tunes += [
            [_sung(line) for line in lines] for lines in sections.values() if len(lines) >= LEAST_PHRASES
        ]
    return tunes


def _shuffled(tunes: Sequence[Sequence[Phrase]]) -> list[list[Phrase]]:
    rng = random.Random(1)
    out = []
    for phrases in tunes:
        notes = [note for phrase in phrases for note in phrase]
        rng.shuffle(notes)
        drawn = iter(notes)
        out.append([tuple(itertools.islice(drawn, len(phrase))) for phrase in phrases])
    return out


def _sung(line: SungLineBeats) -> Phrase:
    """Return a line's notes, each as long as until the next one, as a tune is written down."""
    starts = [note.start_beat for note in line.notes]
    ends = [*starts[1:], line.notes[-1].start_beat + line.notes[-1].length_beats]
    return tuple(
        (float(note.pitch), end - start) for note, start, end in zip(line.notes, starts, ends, strict=True)
    )


if __name__ == "__main__":
    show(run())
