"""From a pronounced line and its notes to the voice's controls: durations, pitch and energy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.engines.composer.sing.phonemes import SPACE, STRESS, VOICELESS, Nucleus, Pronounced
from core.engines.composer.sing.sung import SungNote
from core.engines.composer.sing.voice_graph import FRAME_S, STEP_S, STEP_SAMPLES
from core.engines.composer.stock.manners import USUAL, Manner

Curve = npt.NDArray[np.float32]
Samples = npt.NDArray[np.float32]

LEAD_S = 0.45
"""Time before a line's first note, for the consonants that come before its vowel."""
_TAIL_FRAMES = 10
_LATE_FRAMES = 0.4
"""The network sounds a phoneme during the label of the one *before* it, this much after that label begins."""
_VOICING_FRAMES, _GLOTTAL_FRAMES = 0.35, 0.8
"""How much later still a vowel sets in after a voiceless consonant, and at the beginning of a word in a line,
where the voice closes first (medians over 50 verses)."""
_LONGEST_CONSONANT = 5
_SHORTEST_VOWEL = 3
_REST_S = 0.14
"""A gap between two notes that is audible as a rest."""
_GLIDE_S = 0.055
"""How long a glide between two notes takes to either side."""
_VIBRATO_AFTER_S, _VIBRATO_FULL_S, _LEAST_VIBRATO_S = 0.2, 0.45, 0.4
_SCOOP_S, _FALL_S = 0.07, 0.14
_WANDERS = 0.3
"""Share of a voice's drift that goes on from note to note; the rest is each note's own, about its pitch."""
_LEAST_MOVED_S = 0.16
_OPENS_S = 0.25
"""A rest from which on a note opens a phrase."""
_STILL = -9.0
"""The network's energy of silence."""


@dataclass(frozen=True)
class Phrase:
    """The voice's controls for one line; time 0 is ``LEAD_S`` before the line's first note.

    ``frames``: duration of each id, pads included. The curves have a value every ``STEP_S``.
    """

    frames: npt.NDArray[np.int64]
    pitch_hz: Curve
    sounding: npt.NDArray[np.bool_]
    """False in rests, and before and after the line."""
    held: npt.NDArray[np.bool_]
    """Whether a vowel is being held."""
    swell: Curve
    """Dynamics in the network's energy: an arch over each line, more for high notes."""

    def shaped(self, energy: Curve, consonants: float = 0.0) -> Curve:
        """Return the network's own energy as a singer's: vowels carry on to their end, rests are still.

        A vowel may die away, a consonant never does: the last of a line is half of its word's meaning.
        ``consonants``: what those of a line are given in the network's energy.
        """
        usual = float(np.median(energy[self.held])) if self.held.any() else 0.0
        vowels = np.maximum(energy, usual - 0.3) + self.swell
        sung = np.where(self.held, vowels, energy + consonants + np.maximum(self.swell, 0.0))
        sung = np.where(self.sounding, sung, np.minimum(sung, _STILL))
        kernel = np.hanning(7)
        return np.convolve(np.pad(sung, 3, mode="edge"), kernel / kernel.sum(), "valid").astype(np.float32)

    def gated(self, sound: Samples) -> Samples:
        """Return ``sound`` with its rests faded out (the network hisses a little in them)."""
        gate = np.convolve(np.pad(self.sounding.astype(float), 2, mode="edge"), np.ones(5) / 5.0, "valid")
        time = (np.arange(len(sound)) + 0.5) / STEP_SAMPLES - 0.5
        return np.asarray(sound * np.interp(time, np.arange(len(gate)), gate), np.float32)


@dataclass(frozen=True)
class _Vowel:
    """A nucleus in time: frames from the line's start."""

    first: int
    """Index of the id with which the vowel begins (its stress mark, or itself)."""
    last: int
    """Index of the id that is held."""
    start: float
    stop: float
    rest_after: bool


def lay_out(
    line: Pronounced,
    notes: Sequence[SungNote],
    natural: npt.NDArray[np.float64],
    manner: Manner = USUAL,
    seed: int = 0,
) -> Phrase:
    """Return durations and pitch for ``line`` sung on ``notes`` in a ``manner``, its liberties drawn.

    ``natural``: spoken durations of the ids (pads included), from which the consonants take theirs.
    """
    zero = notes[0].start_s - LEAD_S
    shifted = tuple(SungNote(note.start_s - zero, note.duration_s, note.midi) for note in notes)
    vowels = _vowels(line, shifted)
    lengths = _sounding_lengths(line, natural)
    starts = _starts(line, vowels, lengths)
    frames = _label_frames(starts)
    pitch = _melody(shifted, 2 * int(frames.sum()), manner, seed)
    return Phrase(
        frames,
        (440.0 * 2.0 ** ((pitch - 69.0) / 12.0)).astype(np.float32),
        _sounding(vowels, starts, len(pitch)),
        _held(vowels, starts, len(pitch)),
        _swell(shifted, pitch),
    )


def _vowels(line: Pronounced, notes: Sequence[SungNote]) -> list[_Vowel]:
    vowels = []
    for nucleus in line.nuclei:
        start_s, stop_s = _span(nucleus, notes)
        following = nucleus.notes[-1] + 1
        gap = notes[following].start_s - stop_s if following < len(notes) else math.inf
        held = nucleus.at + 1
        marked = nucleus.at > 0 and line.phonemes[nucleus.at - 1] in STRESS
        vowels.append(
            _Vowel(
                held - marked,
                held,
                start_s / FRAME_S - _attack_frames(line.phonemes[: nucleus.at - marked]),
                stop_s / FRAME_S,
                nucleus.share[0] + 1 == nucleus.share[1] and gap > _REST_S,
            )
        )
    return vowels


def _attack_frames(before: Sequence[str]) -> float:
    """Return how much later than other sounds a vowel becomes audible after those ``before`` it."""
    if not before:
        return 0.0
    if before[-1] == SPACE:
        return _GLOTTAL_FRAMES
    return _VOICING_FRAMES if before[-1] in VOICELESS else 0.0


def _span(nucleus: Nucleus, notes: Sequence[SungNote]) -> tuple[float, float]:
    """Return the seconds a vowel is sung; of several on a note the first is held, the others follow late."""
    first, last = notes[nucleus.notes[0]], notes[nucleus.notes[-1]]
    start, stop = first.start_s, last.start_s + last.duration_s
    place, of = nucleus.share
    if of == 1:
        return start, stop
    each = min(0.18, (stop - start) / of)
    edges = [start, *(stop - each * (of - k) for k in range(1, of)), stop]
    return edges[place], edges[place + 1]


def _sounding_lengths(line: Pronounced, natural: npt.NDArray[np.float64]) -> list[float]:
    """Return how long each id sounds when nothing stretches it, in frames; index 0 is the first pad."""
    lengths = [0.0]
    for at, sound in enumerate(line.phonemes, start=1):
        if sound == SPACE:
            lengths.append(1.0)
        else:
            lengths.append(float(min(max(1.0, natural[at - 1]), _LONGEST_CONSONANT)) if at > 1 else 3.0)
    return lengths


def _starts(line: Pronounced, vowels: Sequence[_Vowel], lengths: Sequence[float]) -> list[float]:
    """Return when each id begins to sound, in frames; one more entry for where the last ends."""
    count = len(line.phonemes)
    starts = [0.0] * (count + 2)
    first = vowels[0]
    at = first.start
    for index in range(first.first - 1, 0, -1):
        at -= lengths[index]
        starts[index] = at
    for here, following in zip(vowels, [*vowels[1:], None], strict=True):
        stop_index = following.first if following else count + 1
        between = list(range(here.last + 1, stop_index))
        sizes = [lengths[index] for index in between]
        starts[here.first] = here.start
        if here.last != here.first:
            starts[here.last] = here.start + min(lengths[here.first], 2.0)
        room = (following.start if following else here.stop + 0.4 * sum(sizes)) - here.start
        squeeze = min(1.0, max(0.0, room - _SHORTEST_VOWEL) / sum(sizes)) if sizes else 1.0
        sizes = [max(1.0, size * squeeze) for size in sizes]
        rest = 0.0
        pause = _pause_at(line, between) if following and here.rest_after else None
        if following and pause is not None:
            coda = sum(size for index, size in zip(between, sizes, strict=True) if index < pause)
            onset = sum(size for index, size in zip(between, sizes, strict=True) if index >= pause)
            rest = max(0.0, following.start - onset - max(here.stop, here.start + _SHORTEST_VOWEL + coda))
        end = following.start if following else here.start + room
        at = end
        for index, size in zip(reversed(between), reversed(sizes), strict=True):
            at -= size + (rest if index == pause else 0.0)
            starts[index] = at
        if not following:
            starts[count + 1] = end
    return starts


def _pause_at(line: Pronounced, between: Sequence[int]) -> int | None:
    """Return the id of the last word boundary among ``between``."""
    spaces = [index for index in between if line.phonemes[index - 1] == SPACE]
    return spaces[-1] if spaces else None


def _label_frames(starts: Sequence[float]) -> npt.NDArray[np.int64]:
    """Return the duration of each id's label, so that the ids sound at ``starts``."""
    count = len(starts) - 2
    edges = [0.0, *(starts[index + 1] - _LATE_FRAMES for index in range(1, count + 1))]
    whole = [0]
    for edge in edges[1:]:
        whole.append(max(whole[-1] + 1, round(edge)))
    return np.asarray([*np.diff(whole), _TAIL_FRAMES, 2], np.int64)


def _melody(notes: Sequence[SungNote], steps: int, manner: Manner, seed: int) -> npt.NDArray[np.float64]:
    """Return the pitch in MIDI keys at each step: glides, drift, scoops, late vibrato, a fall at the end."""
    time: npt.NDArray[np.float64] = np.asarray((np.arange(steps) + 0.5) * STEP_S, np.float64)
    pitch: npt.NDArray[np.float64] = np.full(steps, notes[0].midi, np.float64)
    for note in notes[1:]:
        pitch[time >= note.start_s] = note.midi
    reach = max(1, round(_GLIDE_S / STEP_S))
    kernel = np.hanning(2 * reach + 3)
    pitch = np.asarray(
        np.convolve(np.pad(pitch, reach + 1, mode="edge"), kernel / kernel.sum(), "valid"), np.float64
    )
    rng = np.random.default_rng(seed)
    pitch = pitch + _WANDERS * manner.drift_cents / 100.0 * _drift(time, rng)
    stop_s = -math.inf
    for note in notes:
        pitch = pitch + _scoop(note, note.start_s - stop_s > _OPENS_S, time, manner, rng)
        stop_s = note.start_s + note.duration_s
        pitch = pitch + _vibrato(note, time, manner)
        pitch = pitch + _movement(note, time, pitch, manner.drift_cents / 100.0, rng)
    left = np.clip((time - (stop_s - _FALL_S)) / _FALL_S, 0.0, 1.5)
    return np.asarray(pitch - manner.fall_cents / 100.0 * left**2)


def _drift(time: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return slow wandering of spread 1: four waves of 0.4 to 3 Hz, the slower the larger."""
    hertz = rng.uniform((0.4, 0.8, 1.4, 2.2), (0.7, 1.3, 2.1, 3.0))
    waves = np.sin(2 * np.pi * (hertz[:, None] * time + rng.uniform(0.0, 1.0, (4, 1))))
    weights = np.array((1.0, 0.8, 0.6, 0.4))
    return np.asarray(weights @ waves / math.sqrt(float(np.square(weights).sum()) / 2.0))


def _movement(
    note: SungNote,
    time: npt.NDArray[np.float64],
    pitch: npt.NDArray[np.float64],
    least: float,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Return what a note's ``pitch`` lacks of a spread of ``least`` keys: once up and down, or down and up.

    It begins and ends at nothing, and goes the way that the pitch is going already.
    """
    place = (time - note.start_s) / note.duration_s
    turn = np.sin(2 * np.pi * np.clip(place, 0.0, 1.0) ** rng.uniform(0.8, 1.25))
    middle = (place >= 0.25) & (place <= 0.9)
    if note.duration_s < _LEAST_MOVED_S or np.count_nonzero(middle) < 3:
        return np.zeros_like(time)
    own, wave = pitch[middle] - pitch[middle].mean(), turn[middle] - turn[middle].mean()
    power, along = float(wave @ wave), float(own @ wave)
    missing = least**2 * len(own) - float(own @ own)
    if missing <= 0.0:
        return np.zeros_like(time)
    size = (math.sqrt(along**2 + power * missing) - abs(along)) / power
    return np.asarray(math.copysign(size, along) * turn)


def _scoop(
    note: SungNote, opens: bool, time: npt.NDArray[np.float64], manner: Manner, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return how far a note begins below its pitch: some do, of those that open a phrase most."""
    depth = manner.scoop_cents / 100.0 * rng.uniform(0.5, 1.0)
    if rng.random() > manner.scoops * (2.0 if opens else 1.0) or note.duration_s < 2.5 * _SCOOP_S:
        return np.zeros_like(time)
    since = time - note.start_s
    # What comes before the note (its consonants) rises with it from the same place.
    rise = np.where(
        since < 0.0, np.clip(1.0 + since / 0.1, 0.0, 1.0), np.exp(-np.maximum(since, 0.0) / _SCOOP_S)
    )
    return np.asarray(np.where(since > note.duration_s, 0.0, -depth * rise))


def _vibrato(note: SungNote, time: npt.NDArray[np.float64], manner: Manner) -> npt.NDArray[np.float64]:
    """Return the vibrato of a note: it sets in late, grows, and is gone before the next."""
    since, left = time - note.start_s, note.start_s + note.duration_s - time
    depth = np.clip((since - _VIBRATO_AFTER_S) / (_VIBRATO_FULL_S - _VIBRATO_AFTER_S), 0.0, 1.0)
    depth *= np.clip(left / 0.1, 0.0, 1.0) * (note.duration_s >= _LEAST_VIBRATO_S)
    wave = np.sin(2 * np.pi * manner.vibrato_hz * (since - _VIBRATO_AFTER_S))
    return np.asarray(manner.vibrato_cents / 100.0 * depth * wave)


def _sounding(vowels: Sequence[_Vowel], starts: Sequence[float], steps: int) -> npt.NDArray[np.bool_]:
    """Return at which steps the voice sounds: not in rests, nor before and after the line."""
    sounding = np.zeros(steps, np.bool_)
    begin = starts[1] - 2.0
    for here, following in zip(vowels, [*vowels[1:], None], strict=True):
        if here.rest_after or following is None:
            coda_stop = here.stop + 2.0 if following else starts[-1] + 3.0
            sounding[max(0, int(2 * begin)) : int(2 * coda_stop)] = True
            begin = following.start - 8.0 if following else 0.0
    return sounding


def _held(vowels: Sequence[_Vowel], starts: Sequence[float], steps: int) -> npt.NDArray[np.bool_]:
    """Return at which steps a vowel is held: from its onset until the consonants after it."""
    held = np.zeros(steps, np.bool_)
    for vowel in vowels:
        stop = starts[vowel.last + 1] if vowel.last + 1 < len(starts) - 1 else vowel.stop
        held[int(2 * vowel.start) + 2 : max(0, int(2 * stop) - 2)] = True
    return held


def _swell(notes: Sequence[SungNote], pitch: npt.NDArray[np.float64]) -> Curve:
    """Return the dynamics of a line: fullest past its middle, softer at its end, a little more up high."""
    time = (np.arange(len(pitch)) + 0.5) * STEP_S
    begin, end = notes[0].start_s, notes[-1].start_s + notes[-1].duration_s
    place = np.clip((time - begin) / (end - begin), 0.0, 1.0)
    arch = np.sin(np.pi * place**0.8)
    fade = np.clip((time - (end - 0.35)) / 0.35, 0.0, 1.0)
    return np.asarray(0.5 * arch - 0.25 + 0.04 * (pitch - 63.0) - 0.8 * fade, np.float32)
