"""How well the embedded band writes: chord tones, parallels, variety, words, levels and time.

Everything is counted on the score and on the words, over many prompts and seeds; nothing is tuned to them.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.composed import composed
from benchmarks.figure import Figure, show
from core.audio import Audio
from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import Part, Score
from core.engines.composer.stock.sounds import Seat
from core.engines.composer.worker import Worker
from core.measure import measure
from core.song import Lyrics, Plan, SectionKind, SongRequest
from core.writing.genres import GENRES
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan
from core.writing.pronunciation import rhymes
from core.writing.syllables import words_of

SEEDS = 100
LEVEL_SEEDS = (3, 4)
RATE = 44_100
AVOIDS_PARALLELS = ("classical", "waltz", "jazz", "ballad", "bossa nova", "lullaby")
ABOUT = tuple(enumerate(("rain", "home", "the sea", "my mother", "freedom")))
SUBJECTS = {
    "the sea": "the sea",
    "rain": "rain",
    "my dog Max": "my dog max",
    "freedom": "freedom",
    "my wife": "my wife",
    "hope": "hope",
    "robots falling in love": "robots",
    "a dragon war": "dragon war",
    "old trucks": "old trucks",
    "my grandmother": "grandmother",
    "New York": "new york",
    "coffee": "coffee",
    "the moon": "the moon",
    "Friday nights": "friday nights",
    "lost keys": "lost keys",
    "my brother": "my brother",
    "winter": "winter",
    "a broken heart": "broken heart",
    "the river": "the river",
    "a lighthouse": "lighthouse",
}
"""What a song is about, and what of it a chorus must say."""
SHARED = ("the sea", "rain", "freedom", "my wife", "hope")
STRAIGHT = frozenset(("pop", "rock", "indie", "punk", "metal", "techno", "synthwave", "grunge"))
PROMPT = "warm lo-fi piano about the sea"


def run() -> list[Figure]:
    """Write, count and play; about four minutes."""
    genres = [genre.name for genre in GENRES]
    songs = [_written(f"{genre} song", seed) for genre in genres for seed in range(4)]
    return [
        *_harmony(songs),
        *_variety(),
        *_words([_worded(f"{genre} about {about}", seed) for genre in genres for seed, about in ABOUT]),
        *_about(),
        *_hands(songs),
        *_levels(genres),
        _time(),
    ]


Song = tuple[Plan, Lyrics, Score]


def _written(prompt: str, seed: int, seconds: float = 60.0) -> Song:
    plan = make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=seconds))
    lyrics = write_lyrics(plan)
    return plan, lyrics, arrange(plan, lyrics).score


def _worded(prompt: str, seed: int, seconds: float = 120.0) -> tuple[Plan, Lyrics]:
    plan = make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=seconds))
    return plan, write_lyrics(plan)


def _harmony(songs: Sequence[Song]) -> list[Figure]:
    strong = tones = 0
    for plan, _, score in songs:
        for line in score.sung:
            for note in line.notes:
                if note.start_beat % plan.beats_per_bar in (0.0, plan.beats_per_bar / 2):
                    strong += 1
                    bar = score.bars[int(note.start_beat // plan.beats_per_bar)]
                    tones += note.pitch % 12 in bar.chord.tones
    careful = [song for song in songs if song[0].genre in AVOIDS_PARALLELS]
    moved_alike = sum(parallels(score) for _, _, score in careful)
    return [
        Figure("sung chord tones on strong beats", 100 * tones / strong, "%", ">= 85"),
        Figure("songs of genres that avoid parallels", float(len(careful)), ""),
        Figure("parallel fifths and octaves, bass with inner parts", float(moved_alike), "", "<= 0"),
    ]


def parallels(score: Score) -> int:
    """Count fifths and octaves in which bass and an inner part move, from one bar's first beat to the next.

    Both move, the same way, and stand a fifth or an octave apart before and after (Fux, Gradus ad Parnassum).
    """
    bass = next((part for part in score.parts if part.stem == "bass"), None)
    inner = [part for part in score.parts if part.stem == "other" and _polyphonic(part)]
    if bass is None:
        return 0
    found = 0
    for part in inner:
        for here, there in itertools.pairwise(score.bars):
            low, low_after = _sounding(bass, here.start_beat), _sounding(bass, there.start_beat)
            before, after = _sounding(part, here.start_beat), _sounding(part, there.start_beat)
            if len(low) != 1 or len(low_after) != 1 or low == low_after or len(before) != len(after):
                continue
            for key, key_after in zip(before, after, strict=True):
                apart, apart_after = (key - low[0]) % 12, (key_after - low_after[0]) % 12
                same_way = (key_after - key) * (low_after[0] - low[0]) > 0
                found += same_way and apart == apart_after and apart in (0, 7)
    return found


def _polyphonic(part: Part) -> bool:
    starts = [round(note.start_beat, 1) for note in part.notes]
    return len(starts) > 2 * len(set(starts))


def _sounding(part: Part, beat: float) -> list[int]:
    return sorted(
        {note.pitch for note in part.notes if note.start_beat - 0.15 <= beat < note.stop_beat - 0.05}
    )


def _variety() -> list[Figure]:
    rows = []
    for seed in range(SEEDS):
        _, _, score = _written(PROMPT, seed)
        keys = [note.pitch for line in score.sung for note in line.notes]
        rows.append([after - before for before, after in itertools.pairwise(keys)])
    distances = [_distance(one, other) for one, other in itertools.combinations(rows, 2)]
    return [
        Figure(f"least edit distance of any two of {SEEDS} seeds", min(distances), "", ">= 0.3"),
        Figure("median edit distance", float(np.median(distances)), ""),
    ]


def _distance(one: Sequence[int], other: Sequence[int]) -> float:
    """Levenshtein distance by the longer row's length."""
    a, b = np.asarray(one), np.asarray(other)
    row = np.arange(len(b) + 1)
    for i, x in enumerate(a, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (b != x))
        new = np.concatenate([[i], best])
        row = np.minimum.accumulate(new - np.arange(len(new))) + np.arange(len(new))
    return float(row[-1]) / max(len(a), len(b))


def _words(songs: Sequence[tuple[Plan, Lyrics]]) -> list[Figure]:
    lines = off = exact = twice = pairs = rhymed = 0
    for plan, lyrics in songs:
        seen: set[str] = set()
        for section in lyrics.sections:
            texts = [line.text for line in section.lines]
            away = [abs(len(line.syllables) - plan.syllables_per_line) for line in section.lines]
            off += sum(syllables > 1 for syllables in away)
            exact += away.count(0)
            lines += len(texts)
            if section.kind is not SectionKind.CHORUS:
                twice += sum(text in seen for text in texts)
                seen |= set(texts)
            for verse in _fours(texts):
                pairs += 1
                rhymed += _rhymes(verse)
    return [
        Figure("lines within a syllable of the plan", 100 * (1 - off / lines), "%", ">= 100"),
        Figure("  with the plan's syllables exactly", 100 * exact / lines, "%"),
        Figure("four-line verses with a true rhyme", 100 * rhymed / pairs, "%", ">= 90"),
        Figure("lines that come twice outside the chorus", float(twice), "", "<= 0"),
        Figure("lines", float(lines), ""),
    ]


def _about() -> list[Figure]:
    """Whether choruses name their subject, and how much two songs on one theme share."""
    named = 0
    for seed, (about, word) in enumerate(SUBJECTS.items()):
        _, lyrics = _worded(f"pop song about {about}", seed, 150.0)
        lines = [x.text for s in lyrics.sections if s.kind is SectionKind.CHORUS for x in s.lines]
        named += any(word in line.lower() for line in lines)
    shares: list[float] = []
    for about in SHARED:
        songs = [
            {x.text for x in _worded(f"pop song about {about}", seed, 150.0)[1].lines}
            for seed in range(1, 13)
        ]
        shares += [len(a & b) / min(len(a), len(b)) for a, b in itertools.combinations(songs, 2)]
    return [
        Figure(f"choruses of {len(SUBJECTS)} that name their subject", float(named), "", ">= 18"),
        Figure(
            "lines that two songs on one theme share, 150 s, median",
            100 * float(np.median(shares)),
            "%",
            "<= 20",
        ),
    ]


def _hands(songs: Sequence[Song]) -> list[Figure]:
    """How the kit and the chords are played, in songs that do not swing."""
    spreads, alike, different = [], [], []
    for plan, _, score in songs:
        kit = next((part for part in score.parts if part.stem == "drums"), None)
        if kit is not None and plan.genre in STRAIGHT:
            off = [(n.start_beat - round(4 * n.start_beat) / 4) * 60_000 / plan.tempo_bpm for n in kit.notes]
            spreads.append(float(np.std(off)))
            alike.append(float(np.corrcoef(off[:-1], off[1:])[0, 1]))
        chords = next((part for part in score.parts if part.seat in (Seat.CHORDS, Seat.GUITARS)), None)
        if chords is not None:
            bars: dict[int, set[int]] = {}
            for note in chords.notes:
                whole, inside = divmod(note.start_beat + 0.06, plan.beats_per_bar)
                bars.setdefault(int(whole), set()).add(round(4 * inside))
            if len(bars) >= 24:
                first = [frozenset(bars[at]) for at in sorted(bars)[:24]]
                different.append(len(set(first)))
    return [
        Figure(
            "spread of the kit's timing, straight genres, median", float(np.median(spreads)), "ms", ">= 3"
        ),
        Figure("  from stroke to stroke, correlation", float(np.median(alike)), "", ">= 0.3"),
        Figure("fewest different bars in 24 of a chord part", float(min(different)), "", ">= 8"),
    ]


def _fours(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts) - 3, 4):
        yield texts[start : start + 4]


def _rhymes(verse: Sequence[str]) -> bool:
    """Whether the verse keeps ABAB, AABB or ABCB: its hook may stand in a rhyme's place."""
    ends = [words_of(text)[-1] for text in verse]

    def fits(one: int, other: int) -> bool:
        return rhymes(ends[one], ends[other]) or verse[one] == verse[other]

    return fits(1, 3) or (fits(0, 1) and fits(2, 3))


def _levels(genres: Sequence[str]) -> list[Figure]:
    """Play every genre twice and read the songs, their stems and their last moments."""
    worker, loudness, peaks, stem_peaks, ends = (
        Worker(),
        list[float](),
        list[float](),
        list[float](),
        list[float](),
    )
    silent_stems = 0
    for genre, seed in itertools.product(genres, LEVEL_SEEDS):
        plan, lyrics, _ = _written(f"{genre} song", seed, 24.0)
        reply, sounds = composed(worker, plan, lyrics, RATE)
        for name, (samples, _) in sounds.items():
            reading = measure(Audio(samples, RATE))
            if name == "clip_1":
                loudness.append(reading.integrated_lufs or -99.0)
                peaks.append(reading.true_peak_dbtp or 0.0)
                ends.append(_dbfs(samples[-RATE // 50 :]))
                continue
            stem_peaks.append(-99.0 if reading.sample_peak_dbfs is None else reading.sample_peak_dbfs)
            silent_stems += reading.sample_peak_dbfs is None and name not in reply["chosen_silent"]
    songs = f"{len(genres)} genres x {len(LEVEL_SEEDS)} seeds"
    return [
        Figure(f"spread of loudness over {songs}", max(loudness) - min(loudness), "LU", "<= 4"),
        Figure("highest true peak of a song", max(peaks), "dBTP", "<= -1"),
        Figure("highest peak of a stem", max(stem_peaks), "dBFS", "<= -6"),
        Figure("loudest last 20 ms of a song", max(ends), "dBFS", "<= -60"),
        Figure("silent stems that nobody chose", float(silent_stems), "", "<= 0"),
    ]


def _dbfs(samples: npt.NDArray[np.float32]) -> float:
    return 20.0 * math.log10(max(1e-6, float(np.abs(samples).max())))


def _time() -> Figure:
    worker = Worker()
    plan, lyrics, _ = _written(PROMPT, 1, 180.0)
    started = time.perf_counter()
    composed(worker, plan, lyrics, RATE)
    return Figure("3 min song with vocals, all stems, cold", time.perf_counter() - started, "s", "<= 15")


if __name__ == "__main__":
    show(run())
