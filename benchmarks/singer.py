"""How each genre is sung and played: pitch within a note, vibrato, how late, different bars, controllers.

The voice is sung by itself, without the band, and its pitch is read by SwiftF0 (16 ms a value), which comes
with the studio. The reader smooths a vibrato; a tone with a known one says by how much, and what is read is
put right by that. Bars and controllers are counted on the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from benchmarks.figure import Figure, show
from core.audio import Audio
from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import TUNE, Score
from core.engines.composer.sing.sung import SungLine, sung_lines
from core.engines.composer.sing.voice import Voice
from core.engines.composer.stock.manners import MANNERS, USUAL
from core.engines.composer.stock.sounds import Seat
from core.meter.voice.pitch import Pitch, pitch
from core.song import Plan, SongRequest
from core.writing.genres import GENRES
from core.writing.instruments import INSTRUMENTS
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

RATE = 44_100
SECONDS = 24.0
BAR_SEEDS = 4
LEAST_NOTE_S, LEAST_VIBRATO_S = 0.25, 0.85
VIBRATES_CENTS = 40.0
"""Depth from which on a genre's vibrato is to be audible."""
_VIBRATO_AFTER_S = 0.45
_SUSTAINED = frozenset(tool.program for tool in INSTRUMENTS if tool.sustains)
Curve = npt.NDArray[np.float64]


@dataclass
class Row:
    """One genre's figures: cents, milliseconds and counts."""

    off: list[float] = field(default_factory=list)
    unread: int = 0
    spread: list[float] = field(default_factory=list)
    vibrato: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    audibly_late_ms: list[float] = field(default_factory=list)
    bars: list[int] = field(default_factory=list)
    sustained: int = 0
    still: int = 0
    """Sustained parts without a controller."""


def run(genres: Sequence[str] = tuple(genre.name for genre in GENRES)) -> list[Figure]:
    """Sing every genre as a woman and as a man; about five minutes."""
    voice, share = Voice(roles=TUNE), _reader_share()
    rows: dict[str, dict[str, Row]] = {"woman": {}, "man": {}}
    for number, genre in enumerate(genres):
        for who, words in (("woman", "female vocals"), ("man", "male vocals")):
            row = rows[who][genre] = Row()
            prompt = f"{genre} song about home, {words}"
            plan = make_plan(SongRequest(prompt=prompt, seed=number, duration_s=SECONDS))
            score = arrange(plan, write_lyrics(plan)).score
            _listen(voice, plan, score, row, share)
        _count(genre, rows["woman"][genre])
        print(_line(genre, rows["woman"][genre], rows["man"][genre]), flush=True)
    return list(_figures(rows, share))


def _figures(rows: dict[str, dict[str, Row]], share: float) -> Iterator[Figure]:
    for who, by_genre in rows.items():
        off = [abs(one) for row in by_genre.values() for one in row.off]
        notes = len(off) + sum(row.unread for row in by_genre.values())
        good = sum(one <= 50.0 for one in off)
        yield Figure(f"a {who}'s notes within 50 cents", 100 * good / notes, "%", ">= 93")
        spreads = [float(np.median(row.spread)) for row in by_genre.values() if row.spread]
        yield Figure(f"  spread within a note, least of {len(spreads)} genres", min(spreads), "ct", ">= 10")
        yield Figure("  most", max(spreads), "ct", "<= 25")
        deep = [
            float(np.median(row.vibrato))
            for genre, row in by_genre.items()
            if row.vibrato and MANNERS.get(genre, USUAL).vibrato_cents >= VIBRATES_CENTS
        ]
        yield Figure(f"  vibrato, least of {len(deep)} genres that vibrate", min(deep), "ct", ">= 45")
        yield Figure("  most", max(deep), "ct", "<= 65")
        late = [one for row in by_genre.values() for one in row.late_ms]
        yield Figure("  phrases behind the beat, least", min(late), "ms", ">= 10")
        yield Figure("  most", max(late), "ms", "<= 30")
        heard = [one for row in by_genre.values() for one in row.audibly_late_ms]
        yield Figure("  leaps behind the beat as audible, median", float(np.median(heard)), "ms", ">= 10")
    women = rows["woman"].values()
    yield Figure("fewest different bars in 24 of a chord part", float(min(_bars(women))), "", ">= 8")
    yield Figure("sustained parts", float(sum(row.sustained for row in women)), "")
    yield Figure("  without a controller", float(sum(row.still for row in women)), "", "<= 0")
    yield Figure("share of a vibrato that the reader shows", 100 * share, "%")


def _bars(rows: Iterable[Row]) -> list[int]:
    return [count for row in rows for count in row.bars]


def _line(genre: str, woman: Row, man: Row) -> str:
    def middle(values: Sequence[float]) -> str:
        return f"{float(np.median(values)):5.1f}" if values else "    -"

    sung = " ".join(
        f"{middle(row.spread)} {middle(row.vibrato)} {middle(row.late_ms)}" for row in (woman, man)
    )
    bars = f"{min(woman.bars):3d}" if woman.bars else "  -"
    return f"{genre:14} {sung} {bars} {woman.sustained:3d} {woman.still:2d}"


def _listen(voice: Voice, plan: Plan, score: Score, row: Row, share: float) -> None:
    lines = sung_lines(score)
    if not lines:
        return
    row.late_ms += list(_late_ms(score, lines))
    frames = round((plan.duration_s + 1.0) * RATE)
    sound = voice.start(score, frames, RATE).result().sound
    read = pitch(Audio(sound, RATE), 0.0, frames / RATE)
    for line in lines:
        for note in line.notes:
            stop_s = note.start_s + note.duration_s
            inside = read.within(note.start_s + 0.25 * note.duration_s, note.start_s + 0.9 * note.duration_s)
            if note.duration_s < LEAST_NOTE_S or len(inside) < 5:
                row.unread += len(inside) < 3
                row.off += [100 * (float(np.median(inside)) - note.midi)] if len(inside) >= 3 else []
                continue
            row.off.append(100 * (float(np.median(inside)) - note.midi))
            row.spread.append(100 * float(np.std(inside)))
            if note.duration_s >= LEAST_VIBRATO_S:
                depth = _vibrato(read, note.start_s + _VIBRATO_AFTER_S, stop_s - 0.12)
                row.vibrato += [] if depth is None else [depth / share]
    row.audibly_late_ms += list(_leaps_ms(read, score, lines))


def _late_ms(score: Score, lines: Sequence[SungLine]) -> Iterator[float]:
    """Yield how late each phrase as a whole is sung, against what is written."""
    beat_s = 60.0 / score.tempo_bpm
    for written, sung in zip(score.sung, lines, strict=True):
        late = [n.start_s - w.start_beat * beat_s for w, n in zip(written.notes, sung.notes, strict=True)]
        yield round(1000 * float(np.median(late)), 3)


def _leaps_ms(read: Pitch, score: Score, lines: Sequence[SungLine]) -> Iterator[float]:
    """Yield how late the voice passes the middle of each leap, against the written beat."""
    beat_s = 60.0 / score.tempo_bpm
    for written, sung in zip(score.sung, lines, strict=True):
        for (before, note), (_, on_beat) in zip(pairwise(sung.notes), pairwise(written.notes), strict=True):
            start_s = on_beat.start_beat * beat_s
            near = (read.times_s > start_s - 0.12) & (read.times_s < start_s + 0.14) & ~np.isnan(read.keys)
            middle = (note.midi + before.midi) / 2
            above = (read.keys[near] > middle) == (note.midi > before.midi)
            if abs(note.midi - before.midi) >= 2 and len(above) > 10 and not above[0] and above[-1]:
                yield 1000 * float(read.times_s[near][np.argmax(above)] - start_s)


def _vibrato(read: Pitch, start_s: float, stop_s: float) -> float | None:
    """Return how far the pitch swings to either side, in cents: the best fit of 4.5 to 6.5 Hz.

    A frame that the reader puts over a key off the others is no swing.
    """
    within = read.within(start_s, stop_s)
    usual = float(np.median(within)) if len(within) else 0.0
    inside = (read.times_s >= start_s) & (read.times_s <= stop_s) & (np.abs(read.keys - usual) < 1.0)
    times, cents = read.times_s[inside], 100 * read.keys[inside]
    if len(times) < 16:
        return None
    least, depth = np.inf, 0.0
    for hertz in np.arange(4.5, 6.6, 0.1):
        turn = 2 * np.pi * hertz * times
        around = times - times.mean()
        terms = np.stack([np.sin(turn), np.cos(turn), np.ones_like(times), around, around**2], axis=1)
        found = np.linalg.lstsq(terms, cents, rcond=None)[0]
        left = float(np.sum(np.square(cents - terms @ found)))
        if left < least:
            least, depth = left, float(np.hypot(found[0], found[1]))
    return depth


def _reader_share(depth_cents: float = 50.0, hertz: float = 5.4) -> float:
    """Return what part of a known vibrato the reader shows."""
    time = np.arange(3 * RATE) / RATE
    keys = 62.0 + depth_cents / 100.0 * np.sin(2 * np.pi * hertz * time)
    phase = 2 * np.pi * np.cumsum(440.0 * 2.0 ** ((keys - 69.0) / 12.0)) / RATE
    wave = sum(np.sin(number * phase) / number for number in range(1, 12))
    tone = np.repeat((0.1 * np.asarray(wave))[:, None], 2, axis=1).astype(np.float32)
    shown = _vibrato(pitch(Audio(tone, RATE), 0.0, 3.0), 0.3, 2.7)
    assert shown is not None
    return shown / depth_cents


def _count(genre: str, row: Row) -> None:
    """Count different bars and parts with controllers on a minute of some seeds."""
    for seed in range(BAR_SEEDS):
        plan = make_plan(SongRequest(prompt=f"{genre} song", seed=seed, duration_s=60.0))
        score = arrange(plan, write_lyrics(plan)).score
        for part in score.parts:
            if part.stem == "other" and part.program in _SUSTAINED:
                row.sustained += 1
                row.still += not part.controls
            if part.seat in (Seat.CHORDS, Seat.GUITARS):
                bars: dict[int, set[int]] = {}
                for note in part.notes:
                    whole, inside = divmod(note.start_beat + 0.06, plan.beats_per_bar)
                    bars.setdefault(int(whole), set()).add(round(4 * inside))
                if len(bars) >= 24:
                    row.bars.append(len({frozenset(bars[at]) for at in sorted(bars)[:24]}))


if __name__ == "__main__":
    show(run())
