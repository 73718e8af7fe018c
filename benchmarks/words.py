"""Whether the words are understood in the mix of every genre: word error of a woman's and a man's song.

Needs what benchmarks/singing.py does. A song has 30 to 80 words, some of which are read wrong by chance: the
mean of a genre's seeds is what counts. ``python -m benchmarks.words GENRE ...`` reads some genres only.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from benchmarks.composed import composed
from benchmarks.figure import Figure, show
from benchmarks.singing import heard_words, plain_words, tools, word_error
from core.engines.composer.worker import Worker
from core.song import SongRequest
from core.writing.genres import GENRES
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

RATE = 44_100
SECONDS = 40.0
SEEDS = (0, 1)
VOICES = ("female", "male")
WANTED = 0.15


def run(genres: Sequence[str] = tuple(genre.name for genre in GENRES)) -> list[Figure]:
    """Play, sing and listen; about 15 minutes of one core for all genres."""
    _, recogniser = tools()
    band, figures = Worker(), list[Figure]()
    for genre in genres:
        for voice in VOICES:
            errors = [_error(band, recogniser, f"{genre} song about home, {voice} vocals", x) for x in SEEDS]
            mean = sum(errors) / len(errors)
            figures.append(Figure(f"word error in the mix, {genre}, {voice}", mean, "", f"<= {WANTED}"))
            print(f"{genre:14} {voice:6}", *(f"{error:.3f}" for error in (*errors, mean)), flush=True)
    return figures


def _error(band: Worker, recogniser: object, prompt: str, seed: int) -> float:
    plan = make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=SECONDS))
    lyrics = write_lyrics(plan)
    reply, sounds = composed(band, plan, lyrics, RATE)
    wanted = plain_words(" ".join(line["line"] for line in reply["sung"]["clip_1/vocals"]))
    song = sounds["clip_1"][0].mean(axis=1)
    return word_error(wanted, plain_words(heard_words(recogniser, song)))


if __name__ == "__main__":
    show(run(sys.argv[1:]) if sys.argv[1:] else run())
