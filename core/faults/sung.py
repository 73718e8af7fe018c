"""Faults of the voice: none where words are, one in an instrumental, another tune, a line left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.audio import Audio, Samples
from core.checks.context import VOCALS
from core.checks.sung_lines import PlannedLine, lines_reported
from core.contract import Figures, Severity
from core.faults.model import Delivery, Evidence, Fault
from core.faults.stems import separated
from core.song import SongRequest
from core.stages.base import Output
from core.writing.plan import make_plan

CLIP = "clip_1"
STEM = f"{CLIP}/{VOCALS}"


def _unvoiced(delivery: Delivery, rng: np.random.Generator) -> Output:
    """An instrument plays in the vocals what was to be sung; at separate the voice went into another stem."""
    if delivery.stage == "generate":
        return _with_vocals(delivery, _played(delivery.output.sounds[STEM], _lines(delivery)))
    sounds = dict(delivery.output.sounds)
    voice, other = sounds[VOCALS], sounds["other"]
    taken = 0.6 * other.samples
    sounds[VOCALS] = Audio(np.asarray(taken, np.float32), voice.sample_rate)
    sounds["other"] = Audio(np.asarray(other.samples - taken + voice.samples, np.float32), voice.sample_rate)
    return separated(delivery, sounds)


def _sung_anyway(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The engine sang as ever, and the plan is an instrumental."""
    return replace(delivery.output, plan=make_plan(SongRequest(prompt="calm piano", instrumental=True)))


def _another_tune(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The voice comes half a bar late or more: it sings, and at no time what is written."""
    audio = delivery.output.sounds[STEM]
    first, second = _lines(delivery)[0].notes[:2]
    late_s = 1.5 * (second.start_s - first.start_s)
    return _with_vocals(delivery, np.roll(audio.samples, round(late_s * audio.sample_rate), axis=0))


def _line_left_out(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The engine sings no more of its shortest line than the end: less than counts as a part that is lost."""
    audio = delivery.output.sounds[STEM]
    line = min(_lines(delivery), key=lambda one: one.stop_s - one.start_s)
    samples = audio.samples.copy()
    first, last = line.start_s - 0.05, line.start_s + 0.85 * (line.stop_s - line.start_s)
    samples[max(0, round(first * audio.sample_rate)) : round(last * audio.sample_rate)] = 0.0
    return _with_vocals(delivery, samples)


def _with_vocals(delivery: Delivery, samples: Samples) -> Output:
    """Return the delivery with other vocals; the clip stays the sum of its stems."""
    sounds = dict(delivery.output.sounds)
    rate = sounds[STEM].sample_rate
    clip = sounds[CLIP].samples - sounds[STEM].samples + samples
    sounds[CLIP] = Audio(np.asarray(clip, np.float32), rate)
    sounds[STEM] = Audio(np.ascontiguousarray(samples, np.float32), rate)
    return replace(delivery.output, sounds=sounds)


def _lines(delivery: Delivery) -> tuple[PlannedLine, ...]:
    return lines_reported(STEM, delivery.figures(Figures))


def _played(audio: Audio, lines: tuple[PlannedLine, ...]) -> Samples:
    """Return the tune on a plucked synth, as loud as the voice."""
    time_s = np.arange(audio.frames) / audio.sample_rate
    wave = np.zeros(audio.frames)
    for note in (note for line in lines for note in line.notes):
        part = slice(*np.searchsorted(time_s, (note.start_s, note.stop_s)))
        age_s = time_s[part] - note.start_s
        phase = 2 * np.pi * 440.0 * 2.0 ** ((note.key - 69.0) / 12.0) * age_s
        tone = sum(np.sin(k * phase) / k**2 for k in range(1, 8))
        fades = np.minimum(1.0, np.minimum(age_s, age_s[::-1]) / 0.01)
        wave[part] = tone * fades * np.exp(-3.0 * age_s)
    level = float(np.std(audio.samples)) / max(1e-6, float(np.std(wave)))
    return np.repeat((level * wave)[:, None], audio.channels, axis=1).astype(np.float32)


SUNG_FAULTS: tuple[Fault, ...] = (
    Fault(
        "unvoiced",
        "No voice in the vocals",
        "Something else plays in the vocals, and the voice went elsewhere.",
        Evidence.PROMISE,
        ("no_voice",),
        "something else than a voice",
        severity=Severity.WARN,
        stages=("generate", "separate"),
        # Beside the true stems it is known whose place the vocals took.
        at={"separate": ("stem_names",)},
        because_at={"separate": "were swapped"},
        befalls=_unvoiced,
    ),
    Fault(
        "sung_anyway",
        "A voice in an instrumental",
        "The engine sang although an instrumental was asked for.",
        Evidence.PROMISE,
        ("voice_in_instrumental",),
        "sang although no words",
        severity=Severity.WARN,
        stages=("generate",),
        befalls=_sung_anyway,
    ),
    Fault(
        "another_tune",
        "Another tune",
        "The vocals were put in at another place: a voice sings, and never what is written.",
        Evidence.PROMISE,
        ("tune_sung",),
        "of another song, shifted",
        stages=("generate",),
        befalls=_another_tune,
    ),
    Fault(
        "line_left_out",
        "A line is not sung",
        "The engine left one line of the words out; the band plays on.",
        Evidence.PROMISE,
        ("lines_sung",),
        "left these lines out",
        severity=Severity.WARN,
        stages=("generate",),
        befalls=_line_left_out,
    ),
)
