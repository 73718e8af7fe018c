"""Whether the tempo and the key that were asked for are heard, by a library that knows nothing of the band.

librosa finds the tempo from onsets and a chroma from the constant-Q spectrum; the key is the one of 24 whose
profile (Krumhansl and Kessler 1982) fits the chroma best. Needs requirements-bench.txt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.composed import composed
from benchmarks.figure import Figure, show
from core.engines.composer.worker import Worker
from core.errors import EngineMissingError
from core.song import SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

RATE = 22_050
SECONDS = 40.0
GENRES = ("pop", "rock", "house", "folk", "disco", "country", "soul", "synthwave", "ballad", "reggae", "funk")
NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_OCTAVES = (1.0, 2.0, 0.5, 3.0, 1 / 3)
"""Of a tempo: a listener may well count twice as fast, and so may the library (MIREX's second accuracy)."""
_WITHIN = 0.04


def run() -> list[Figure]:
    """Make 24 songs of eleven genres, one in each key, and listen; about two minutes."""
    librosa = _librosa()
    worker = Worker()
    exact = near = same = related = 0
    songs = 2 * len(NAMES)
    for number in range(songs):
        tonic, mode = NAMES[number % 12], ("major", "minor")[number // 12]
        tempo = 80 + 3 * ((7 * number) % 20)
        prompt = f"{GENRES[number % len(GENRES)]} at {tempo} bpm in {tonic} {mode}"
        sound, bare = _made(worker, prompt, number)
        heard = float(np.atleast_1d(librosa.feature.tempo(y=sound, sr=RATE))[0])
        fits = [abs(heard / (tempo * times) - 1) <= _WITHIN for times in _OCTAVES]
        exact += fits[0]
        near += any(fits)
        found = _key(librosa, bare)
        same += found == (number % 12, mode)
        related += _related(found, (number % 12, mode))
    return [
        Figure(
            f"tempo of {songs} songs as requested, or a simple multiple", 100 * near / songs, "%", ">= 90"
        ),
        Figure("  tempo itself", 100 * exact / songs, "%"),
        Figure("key as requested, or its relative or a fifth away", 100 * related / songs, "%", ">= 90"),
        Figure("  key itself", 100 * same / songs, "%"),
    ]


def _librosa() -> Any:
    try:
        import librosa
    except ImportError as error:
        raise EngineMissingError(
            "Tempo and key cannot be listened for: librosa is not installed.", remedy="Run make bench."
        ) from error
    return librosa


def _made(worker: Worker, prompt: str, seed: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the song, and the song without its drums, mono."""
    plan = make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=SECONDS))
    lyrics = write_lyrics(plan)
    sounds = composed(worker, plan, lyrics, RATE)[1]
    song = sounds["clip_1"][0].mean(axis=1)
    return song, song - sounds["clip_1/drums"][0].mean(axis=1)


def _key(librosa: Any, sound: npt.NDArray[Any]) -> tuple[int, str]:
    chroma = librosa.feature.chroma_cqt(y=sound, sr=RATE).mean(axis=1)
    fits = {
        (tonic, mode): float(np.corrcoef(chroma, np.roll(profile, tonic))[0, 1])
        for tonic in range(12)
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
    }
    return max(fits, key=lambda key: fits[key])


def _related(found: tuple[int, str], asked: tuple[int, str]) -> bool:
    """Whether two keys are the same, relatives, or neighbours on the circle of fifths."""
    if found[1] == asked[1]:
        return (found[0] - asked[0]) % 12 in (0, 5, 7)
    minor, major = (found, asked) if found[1] == "minor" else (asked, found)
    return (minor[0] + 3) % 12 == major[0]


if __name__ == "__main__":
    show(run())
