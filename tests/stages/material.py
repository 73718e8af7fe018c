"""Known sounds, and what a stage needs around it: used by the tests of assemble, enhance and mix."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from core.audio import Audio
from core.contract import Sound, judge
from core.engines.base import Availability, EngineCard, Reply
from core.measure import measure
from core.progress import silent
from core.song import Plan, PlanSection, SectionKind, SongRequest
from core.stages import run_stage
from core.stages.base import Work

RATE = 44_100


@cache
def noise(seed, seconds=3.0, level_dbfs=-20.0, channels=2, rate=RATE):
    """Uncorrelated white noise with the given RMS."""
    frames = round(seconds * rate)
    samples = np.random.default_rng(seed).standard_normal((frames, channels))
    return Audio((samples * 10 ** (level_dbfs / 20)).astype(np.float32), rate)


@cache
def tone(hz, seconds=3.0, level_dbfs=-20.0, channels=2, rate=RATE):
    """A sine with the given RMS."""
    time = np.arange(round(seconds * rate)) / rate
    wave = np.sqrt(2) * 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hz * time)
    return Audio(np.repeat(wave[:, None], channels, axis=1).astype(np.float32), rate)


@cache
def plucks(seed, seconds=4.0, level_dbfs=-20.0, every_s=0.25, channels=2, rate=RATE):
    """Notes that are struck and ring off: a crest of about 15 dB, like music."""
    rng = np.random.default_rng(seed)
    frames, step = round(seconds * rate), round(every_s * rate)
    out = np.zeros((frames, channels))
    for start in range(0, frames, step):
        time = np.arange(min(frames - start, 2 * step)) / rate
        note = np.exp(-time / 0.08) * np.sin(2 * np.pi * 110 * 2 ** (rng.integers(0, 24) / 12) * time)
        note += 0.3 * np.exp(-time / 0.01) * rng.standard_normal(time.size)
        out[start : start + time.size] += note[:, None] * rng.uniform(0.6, 1.0, channels)
    out *= 10 ** (level_dbfs / 20) / np.sqrt((out**2).mean())
    return Audio(out.astype(np.float32), rate)


def nothing(like):
    """Digital silence in the form of another sound."""
    return Audio(np.zeros_like(like.samples), like.sample_rate)


def scaled(audio, gain):
    """A sound times a linear gain."""
    return Audio((audio.samples * np.float32(gain)).astype(np.float32), audio.sample_rate)


def plan(tempo_bpm=120.0):
    """A plan with a tempo."""
    return Plan(
        prompt="p",
        title="t",
        genre="pop",
        tempo_bpm=tempo_bpm,
        key="C major",
        sections=(PlanSection(kind=SectionKind.VERSE, bars=4, energy=0.5),),
        seed=1,
    )


class NoEngines:
    """For stages that must not ask for an engine."""

    def __getattr__(self, name):
        raise AssertionError(f"this stage asked for an engine ({name})")


class EffectsHere:
    """The effect chain in this process, by the same messages; ``harm`` injects a fault into the reply."""

    def __init__(self, harm=None):
        self.harm = harm
        self.asked = []

    def cards(self, stage):
        return (self.card("effects"),)

    def card(self, name):
        return EngineCard(
            name=name,
            title="Effect chain",
            stage="enhance",
            worker="core.engines.effects.worker",
            version="1",
            summary="",
            licence="GPL-3.0",
            how_to_add="",
        )

    def availability(self, name, checkpoint=""):
        return Availability(True, "in this process")

    def call(self, engine, method, *, values, sounds, report, first_listen=None):
        from core.engines.effects.worker import Worker

        self.asked.append((engine, method, sorted(sounds)))
        worker = Worker()
        arrays = {name: (audio.samples, audio.sample_rate) for name, audio in sounds.items()}
        replied, made = getattr(worker, method)(dict(values), arrays, report)
        out = {
            name: Audio.checked(read_back(file), sample_rate=rate, source=engine)
            for name, (file, rate) in made.items()
        }
        if self.harm is not None:
            out = self.harm(out)
        return Reply(replied, out, worker.device, worker.precision)


def read_back(file):
    """The samples of a sound that a worker wrote to the disk; the file goes with them."""
    samples = np.asarray(file)
    Path(file.path).unlink()
    return samples


def work(settings, inputs, engines=None, song_plan=None, request=None):
    """All that a stage is given; ``inputs`` by kind."""
    return Work(
        request=request or SongRequest(prompt="p"),
        settings=settings,
        inputs=inputs,
        plan=song_plan,
        lyrics=None,
        engines=engines or NoEngines(),
        report=silent,
        scratch=Path("."),
    )


def measured(sounds):
    """Sounds with their readings, as a case holds them."""
    return {name: Sound(name, audio, _reading(audio)) for name, audio in sounds.items()}


@lru_cache(maxsize=256)
def _reading(audio):
    return measure(audio)


def case_of(stage, given, output, instead=None):
    """The case that the runner would make of a stage's output; ``instead`` replaces sounds by faulty ones."""
    outputs = {**output.sounds, **(instead or {})}
    came_in = {
        name: audio
        for kind in stage.takes
        if kind in given.inputs and kind != "upload"
        for name, audio in given.inputs[kind].items()
    }
    return run_stage.case_of(
        stage, given.settings, measured(came_in), measured(outputs), output, output.figures, given.plan
    )


def judged(stage, given, output, instead=None):
    """The findings of a stage's own contract."""
    return judge(stage.contract, case_of(stage, given, output, instead))


def found(findings, check, artifact=None):
    """The findings of one check."""
    return [f for f in findings if f.check == check and artifact in (None, f.artifact)]
