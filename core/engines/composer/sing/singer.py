"""The embedded singer: lines of words and notes in, a stereo vocal out.

A line is pronounced (:mod:`phonemes`), laid out in time and pitch (:mod:`phrasing`), sung by the network
(:mod:`voice_graph`), set to the level of the other lines and mixed with the other singers into one reverb
(:mod:`blend`).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.engines.composer.model import TUNE
from core.engines.composer.play.tone import shape
from core.engines.composer.sing.air import WALL_HZ, with_air
from core.engines.composer.sing.blend import blended
from core.engines.composer.sing.breath import add_breaths
from core.engines.composer.sing.levelling import held_down, to_loudness
from core.engines.composer.sing.phonemes import Reader
from core.engines.composer.sing.phrasing import LEAD_S, lay_out
from core.engines.composer.sing.reverb import Reverb
from core.engines.composer.sing.sung import Place, SungLine, SungNote
from core.engines.composer.sing.voice_graph import SAMPLE_RATE, VoiceGraph
from core.engines.composer.sing.voices import EMBEDDED, Network
from core.engines.composer.stock.manners import Manner
from core.engines.composer.stock.sounds import VOICE
from core.progress import Report

Samples = npt.NDArray[np.float32]

TARGET_LUFS = -20.0
PEAK_DBFS = -6.5
_SHORTEST_NOTE_S = 0.05
_BEHIND_CONSONANTS = -1.0
"""What those who sing behind the tune give its consonants: several never meet, and would blur the words."""
_REVERB = Reverb(wet_db=-16.5)
_AIR_HEADROOM_DB = 0.5
"""How much the air may add to the peak."""


@dataclass(frozen=True, eq=False)
class Performance:
    """What was sung, (frames, 2) float32, and what had to be done otherwise than written."""

    sound: Samples
    notes: tuple[str, ...]


class Singer:
    """The embedded voice; loads its network once (0.5 s). Deterministic: the same lines give the same sound.

    Raises EngineMissingError when the voice is not installed.
    """

    def __init__(self, reverb: Reverb | None = None, threads: int = 2, network: Network = EMBEDDED) -> None:
        self._graph = VoiceGraph(network.file)
        self._reader = Reader(self._graph.vocabulary, british=network.british)
        self._own_throat = 2.0 ** (-network.throat_semitones / 12.0)
        self._reverb = reverb or _REVERB
        self._threads = threads

    def sing(self, lines: Sequence[SungLine], total_s: float, sample_rate: int, report: Report) -> Samples:
        """Return ``lines`` sung, (frames, 2) float32 at ``sample_rate``, ``total_s`` long, with reverb.

        Integrated loudness is about -20 LUFS and the peak below -6 dBFS. Raises Cancelled.
        """
        return self.perform(lines, total_s, sample_rate, report).sound

    def perform(
        self, lines: Sequence[SungLine], total_s: float, sample_rate: int, report: Report
    ) -> Performance:
        """Sing as :meth:`sing` does, and return notes on what was folded or could not be read."""
        frames = round(total_s * sample_rate)
        sung, said = _singable(lines)
        if not sung:
            return Performance(np.zeros((frames, 2), np.float32), said)
        length = round(total_s * SAMPLE_RATE) + SAMPLE_RATE
        takes = {role: np.zeros(length, np.float32) for role in sorted({line.role for line in sung})}
        unread: list[str] = []
        with ThreadPoolExecutor(self._threads, thread_name_prefix="voice") as pool:
            jobs = [pool.submit(self._line, line, number) for number, line in enumerate(sung)]
            try:
                for number, (line, job) in enumerate(zip(sung, jobs, strict=True)):
                    report(number / len(sung) * 0.8, f"Singing line {number + 1} of {len(sung)}")
                    sound, words = job.result()
                    unread += [word for word in words if word not in unread]
                    _place(takes[line.role], sound, line.notes[0].start_s - LEAD_S * self._slower(line))
            finally:
                for job in jobs:
                    job.cancel()
        for role in TUNE & takes.keys():
            add_breaths(takes[role], SAMPLE_RATE, [line for line in sung if line.role is role])
        report(0.85, "Adding reverb to the voice")
        stereo = blended(takes, SAMPLE_RATE, self._reverb)
        shape(stereo, SAMPLE_RATE, VOICE, "voice")
        held_down(stereo, SAMPLE_RATE)
        stereo = to_loudness(stereo, SAMPLE_RATE, TARGET_LUFS, PEAK_DBFS - _AIR_HEADROOM_DB)
        sound = _at_rate(stereo, sample_rate, frames)
        with_air(sound, sample_rate, WALL_HZ * self._own_throat / _front_throat(sung))
        return Performance(sound, (*said, *_unread_note(unread)))

    def _line(self, line: SungLine, number: int) -> tuple[Samples, tuple[str, ...]]:
        """Return one line's dry sound, beginning LEAD_S before its first note, and the words not read.

        Another throat is the same voice sung higher and quicker, then played so much slower.
        """
        slower = self._slower(line)
        pronounced = self._reader.read(line.text, line.syllables)
        ids = [0, *(self._graph.vocabulary[sound] for sound in pronounced.phonemes), 0]
        manner = through(line.manner, slower)
        seed = zlib.crc32(f"{line.text} {line.role}".encode())
        # What is played slower has its consonants spoken as much quicker: they last as long as anyone's.
        natural = self._graph.durations(ids) / slower
        phrase = lay_out(pronounced, _quicker(line.notes, slower), natural, manner, seed)
        consonants = 0.0 if line.role in TUNE else _BEHIND_CONSONANTS
        energy = phrase.shaped(self._graph.energy(ids, phrase.frames), consonants)
        pitch = np.where(phrase.sounding, phrase.pitch_hz, 0.0).astype(np.float32)
        sound = phrase.gated(self._graph.sound(ids, phrase.frames, pitch, energy, number))
        return _slowed(sound, slower), pronounced.unread

    def _slower(self, line: SungLine) -> float:
        """Return how much slower than it is sung a line is played: its throat against the network's."""
        return float(throat(line) / self._own_throat)


def _front_throat(lines: Sequence[SungLine]) -> float:
    """Return the throat of who sings in front, of the shorter one of two."""
    return min(throat(line) for line in [line for line in lines if line.role in TUNE] or lines)


def throat(line: SungLine) -> float:
    """Return how many times longer the throat of a line's singer is than a woman's."""
    return float(2.0 ** (-line.place.throat_semitones / 12.0))


def through(manner: Manner, slower: float) -> Manner:
    """Return a manner as it is to be sung to come out right: a long throat evens out what is wavering.

    Read off the voice: of a man's drift a fifth is lost, of his vibrato a tenth.
    """
    return replace(
        manner,
        vibrato_hz=manner.vibrato_hz * slower,
        vibrato_cents=manner.vibrato_cents * math.sqrt(max(1.0, slower)),
        drift_cents=manner.drift_cents * max(1.0, slower),
    )


def _quicker(notes: Sequence[SungNote], factor: float) -> tuple[SungNote, ...]:
    """Return the notes ``factor`` times as quick, counted from the line's first note, and as much higher."""
    higher = 12.0 * math.log2(factor)
    start_s = notes[0].start_s
    return tuple(
        SungNote(start_s + (note.start_s - start_s) / factor, note.duration_s / factor, note.midi + higher)
        for note in notes
    )


def _slowed(sound: Samples, factor: float) -> Samples:
    if factor == 1.0:
        return sound
    import soxr

    return np.asarray(soxr.resample(sound, 1.0, factor, quality="HQ"), np.float32)


def _singable(lines: Sequence[SungLine]) -> tuple[list[SungLine], tuple[str, ...]]:
    """Return the lines that have notes, in range and in order, and say what was changed."""
    kept, folded = [], 0
    for line in sorted((line for line in lines if line.notes), key=lambda line: line.notes[0].start_s):
        place = line.place
        notes = tuple(_in_range(note, place) for note in sorted(line.notes, key=lambda note: note.start_s))
        folded += sum(after.midi != before.midi for after, before in zip(notes, line.notes, strict=True))
        kept.append(replace(line, notes=_apart(notes)))
    note = f"{folded} notes were sung an octave away, where the voice is in tune (a woman's: A3 to A4)."
    return kept, (note,) if folded else ()


def _in_range(note: SungNote, place: Place) -> SungNote:
    """Move a note by octaves into the voice's range."""
    midi = note.midi
    while midi < place.low - 0.5:
        midi += 12
    while midi > place.high + 0.5:
        midi -= 12
    return replace(note, midi=midi)


def _apart(notes: tuple[SungNote, ...]) -> tuple[SungNote, ...]:
    """Let no note run into the next, and none be shorter than can be sung."""
    out = []
    for at, note in enumerate(notes):
        length = max(_SHORTEST_NOTE_S, note.duration_s)
        if at + 1 < len(notes):
            length = min(length, max(_SHORTEST_NOTE_S, notes[at + 1].start_s - note.start_s))
        out.append(replace(note, duration_s=length))
    return tuple(out)


def _place(dry: Samples, sound: Samples, start_s: float) -> None:
    """Add ``sound`` into ``dry`` from ``start_s`` on; what lies outside is cut."""
    first = round(start_s * SAMPLE_RATE)
    skip = max(0, -first)
    first = max(0, first)
    length = min(len(sound) - skip, len(dry) - first)
    if length > 0:
        dry[first : first + length] += sound[skip : skip + length]


def _unread_note(words: Sequence[str]) -> tuple[str, ...]:
    if not words:
        return ()
    listed = ", ".join(words[:5]) + (" ..." if len(words) > 5 else "")
    return (f'The voice cannot read: {listed}. These are sung on "la".',)


def _at_rate(stereo: Samples, sample_rate: int, frames: int) -> Samples:
    import soxr

    sound = (
        soxr.resample(stereo, SAMPLE_RATE, sample_rate, quality="HQ")
        if sample_rate != SAMPLE_RATE
        else stereo
    )
    out = np.zeros((frames, 2), np.float32)
    kept = min(frames, len(sound))
    out[:kept] = sound[:kept]
    return out
