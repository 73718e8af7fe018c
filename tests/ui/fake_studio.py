"""A studio without stages for the pages' tests: real sounds, real measurements, no engines, instant or paced.

It answers the verbs that pages call. What it makes is fixed: eight stages of a short song, one of which can
be told to break its contract or to raise.
"""

from __future__ import annotations

import math
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np

from core.audio import Audio, Stems, read, write
from core.contract import Finding, Material, Severity, Span, verdict
from core.engines.base import Availability, EngineCard, Engines
from core.errors import ErrorReport, NotFoundError
from core.inspect import Inspection
from core.machine.longest import Longest
from core.measure import Analysis, Measurement, Picture, analyse
from core.models.background import Downloads
from core.runs.pipeline import RunSettings, stage_named
from core.runs.preview import Codec, save_preview
from core.runs.record import ArtifactRecord, RunRecord, RunState, RunSummary, StepRecord, StepState
from core.runs.stem_preview import save_stem_preview
from core.runs.understanding import Understandings
from core.song import Line, Lyrics, LyricSection, Midi, Plan, PlanSection, SectionKind, SongRequest, Upload
from core.stages.table import STAGES, sources
from core.ui.verbs import StudioVerbs

RATE = 44_100
NAMES = tuple(stage.name for stage in STAGES)
BAND = EngineCard(
    name="composer",
    title="Built-in band (no AI model)",
    stage="generate",
    worker="",
    version="1",
    summary="Writes a song and plays it through a SoundFont.",
    licence="Apache-2.0",
    how_to_add="It is built in.",
)
MODEL = EngineCard(
    name="ace-step",
    title="ACE-Step 1.5",
    stage="generate",
    worker="",
    version="1",
    summary="A music model for graphics cards.",
    licence="MIT",
    how_to_add="Run make models, and download the weights.",
    needs_torch=True,
    takes_timbre=True,
)


class FakeEngines:
    """Two engines for generate; one is not ready."""

    def cards(self, stage: str) -> tuple[EngineCard, ...]:
        return (MODEL, BAND) if stage == "generate" else ()

    def availability(self, name: str, checkpoint: str = "") -> Availability:
        if name == MODEL.name:
            return Availability(False, "There is no CUDA device.", MODEL.how_to_add)
        return Availability(True, "It needs nothing.")


@dataclass
class _Run:
    record: RunRecord
    history: list[RunSettings] = field(default_factory=list)
    cancelled: bool = False


class FakeStudio:
    """The verbs of core.studio.Studio over sounds made on the spot."""

    def __init__(
        self, home: Path, *, pace_s: float = 0.0, hosted: bool = False, breaks: str = "", raises: str = ""
    ) -> None:
        self.home = home
        self.hosted = hosted
        self.engines = FakeEngines()
        self.downloads = Downloads(hosted=hosted)
        self.understanding = Understandings(cast(Engines, self.engines))  # none of them listens
        self.pace_s = pace_s
        self.breaks = breaks
        self.raises = raises
        self.calls: list[tuple[object, ...]] = []
        self.prepared: list[RunSettings] = []
        self._runs: dict[str, _Run] = {}
        self._sounds: dict[str, tuple[Audio, Analysis]] = {}
        self.closed = False
        self.recorded_takes: dict[int, StepRecord] = {}
        self.opening: bytes | None = None

    # Verbs ----------------------------------------------------------------------------------------

    def start(self, request: SongRequest, settings: RunSettings, owner: str) -> str:
        run_id = uuid.uuid4().hex
        self.calls.append(("start", request, settings))
        record = RunRecord(
            id=run_id,
            owner=owner,
            created=datetime.now(UTC),
            request=request,
            settings=settings,
            state=RunState.QUEUED,
            revision=0,
            steps=tuple(StepRecord(stage=stage.name, title=stage.title) for stage in STAGES),
        )
        self._runs[run_id] = _Run(record, [settings])
        self._go(run_id, NAMES[0])
        return run_id

    def prepare(self, settings: RunSettings) -> None:
        self.prepared.append(settings)

    def run(self, run_id: str) -> RunRecord:
        if run_id not in self._runs:
            raise NotFoundError("There is no such song.", remedy="Make a new one.")
        return self._runs[run_id].record

    def takes(self, run_id: str) -> dict[int, StepRecord]:
        return self.recorded_takes

    def change(self, run_id: str, settings: RunSettings) -> None:
        self.calls.append(("change", settings))
        run = self._runs[run_id]
        touched = next(n for n in NAMES if getattr(settings, n) != getattr(run.record.settings, n))
        run.history = [*run.history[: run.record.revision + 1], settings]
        self._to(run_id, run.record.revision + 1, touched)

    def rerun(self, run_id: str, stage: str) -> None:
        self.calls.append(("rerun", stage))
        self._go(run_id, stage)

    def continue_anyway(self, run_id: str, stage: str) -> None:
        self.calls.append(("continue_anyway", stage))
        self._set(run_id, stage, continued=True)
        self._update(run_id, tainted=True)
        self._go(run_id, NAMES[NAMES.index(stage) + 1])

    def undo(self, run_id: str) -> None:
        self.calls.append(("undo",))
        self._to(run_id, self.run(run_id).revision - 1, "mix")

    def redo(self, run_id: str) -> None:
        self.calls.append(("redo",))
        self._to(run_id, self.run(run_id).revision + 1, "mix")

    def cancel(self, run_id: str) -> None:
        self.calls.append(("cancel",))
        self._runs[run_id].cancelled = True

    def runs(self, owner: str, *, most: int = -1, after: int = 0) -> tuple[RunSummary, ...]:
        records = [run.record for run in self._runs.values()]
        found = tuple(
            RunSummary(
                id=r.id,
                owner=r.owner,
                created=r.created,
                title=r.request.prompt or "untitled",
                state=r.state,
                verdict=r.verdict,
                blame=r.blame,
                duration_s=main.measurement.duration_s if (main := r.step("master").main) else None,
            )
            for r in reversed(records)
            if not self.hosted or r.owner == owner
        )
        return found[after:] if most < 0 else found[after : after + most]

    def count_runs(self, owner: str) -> int:
        return len(self.runs(owner))

    def delete(self, run_id: str) -> None:
        self.calls.append(("delete", run_id))
        self.run(run_id)
        del self._runs[run_id]

    def upload(self, files: Mapping[str, Path]) -> Upload:
        sounds = {name: self._keep(read(path)) for name, path in files.items()}
        if len(sounds) == 1:
            ((name, key),) = sounds.items()
            return Upload(sounds={"song": key}, names={"song": name})
        return Upload(
            sounds={Path(n).stem: k for n, k in sounds.items()}, names={Path(n).stem: n for n in sounds}
        )

    def upload_midi(self, name: str, content: bytes) -> Midi:
        return Midi(name=name, base64=b64encode(content).decode("ascii"))

    def rate_of(self, upload: Upload) -> int:
        return max(self.audio(key).sample_rate for key in upload.sounds.values())

    def look(self, path: Path, name: str) -> tuple[Inspection, str]:
        key = self._keep(read(path))
        audio, analysis = self._sounds[key]
        findings = _judged(name, analysis.measurement)
        return Inspection(name, audio, analysis.measurement, analysis.picture, findings), key

    def keep(self, audio: Audio) -> tuple[str, Measurement]:
        key = self._keep(audio)
        return key, self._sounds[key][1].measurement

    def audio(self, key: str) -> Audio:
        return self._sounds[key][0]

    def picture(self, key: str) -> Picture:
        return self._sounds[key][1].picture

    def delivered(self, place: str) -> Path:
        return self.home / place

    def longest_song(self) -> Longest:
        return Longest(math.inf, "")

    def preview(self, key: str, codec: Codec = Codec.OPUS) -> Path:
        path = self.home / f"{key}.{codec}"
        save_preview(path, self.audio(key), codec)
        return path

    def wav(self, key: str) -> bytes:
        """The sound as 16-bit WAV."""
        path = self.home / f"{key}.wav"
        write(path, self.audio(key))
        return path.read_bytes()

    def stem_preview(self, key: str) -> Path:
        audio, analysis = self._sounds[key]
        path = self.home / f"{key}.flac"
        save_stem_preview(path, audio, analysis.measurement.sample_peak_dbfs)
        return path

    def first_listen(self, run_id: str) -> bytes | None:
        return self.opening

    def close(self) -> None:
        self.closed = True

    # Making ---------------------------------------------------------------------------------------

    def _to(self, run_id: str, revision: int, stage: str) -> None:
        run = self._runs[run_id]
        self._update(
            run_id,
            revision=revision,
            settings=run.history[revision],
            can_undo=revision > 0,
            can_redo=revision + 1 < len(run.history),
        )
        self._go(run_id, stage)

    def _go(self, run_id: str, first: str) -> None:
        self._runs[run_id].cancelled = False
        for name in NAMES[NAMES.index(first) :]:
            self._clear(run_id, name)
        self._update(run_id, state=RunState.RUNNING)
        if self.pace_s:
            threading.Thread(target=self._make, args=(run_id, first), daemon=True).start()
        else:
            self._make(run_id, first)

    def _make(self, run_id: str, first: str) -> None:
        for name in NAMES[NAMES.index(first) :]:
            for tenth in range(10):
                if self._runs[run_id].cancelled:
                    self._set(run_id, name, state=StepState.CANCELLED)
                    self._update(run_id, state=RunState.CANCELLED)
                    return
                if self.pace_s:
                    self._set(
                        run_id,
                        name,
                        state=StepState.RUNNING,
                        fraction=tenth / 10,
                        message=f"part {tenth} of 10",
                    )
                    time.sleep(self.pace_s / 10)
            if name == self.raises:
                error = ErrorReport(
                    kind="engine_died",
                    message="The engine's process ended.",
                    causes=("it ran out of memory",),
                    remedy="Make a shorter song.",
                    detail="exit status -9",
                )
                self._set(run_id, name, state=StepState.ERROR, error=error)
                self._update(run_id, state=RunState.STOPPED)
                return
            self._deliver(run_id, name)
            if name == self.breaks and not self.run(run_id).step(name).continued:
                self._update(run_id, state=RunState.STOPPED)
                return
        self._update(run_id, state=RunState.DONE, elapsed_s=3.2)

    def _deliver(self, run_id: str, name: str) -> None:
        request = self.run(run_id).request
        stems = band(request.seed, min(request.duration_s, 12.0))
        delivers = stage_named(name).delivers
        sounds = _sounds(delivers, stems, hotter=bool(sources(name).get(Material.STEMS)))
        extra = dict[str, object]()
        if name == self.breaks:
            sounds = {label: _broken(audio) for label, audio in sounds.items()}
        if delivers is Material.WORDS:
            extra = {"plan": PLAN, "lyrics": LYRICS}
        if name == "generate":
            extra = {"engine": "composer", "engine_title": BAND.title, "device": "cpu"}
        if delivers is Material.FILES:
            path = self.home / f"{run_id}.wav"
            path.write_bytes(self.wav(self._keep(stems.sum())))
            extra = {"files": {"master.wav": path.name}}
        if name == "master":
            extra = {"figures": MASTERING}
        if delivers is Material.STEMS:
            extra = {"whole": self._artifact("sum", Stems(sounds).sum())}
        artifacts = [self._artifact(label, audio) for label, audio in sounds.items()]
        findings = [f for a in artifacts for f in _judged(a.name, a.measurement)]
        findings.sort(key=lambda f: -f.severity.rank)
        failed = verdict(tuple(findings)) is Severity.FAIL
        self._set(
            run_id,
            name,
            state=StepState.FAILED if failed else StepState.DONE,
            key=uuid.uuid4().hex,
            seconds=0.8,
            artifacts=tuple(artifacts),
            findings=tuple(findings),
            **extra,
        )

    def _artifact(self, name: str, audio: Audio) -> ArtifactRecord:
        key = self._keep(audio)
        return ArtifactRecord(name=name, key=key, measurement=self._sounds[key][1].measurement)

    def _keep(self, audio: Audio) -> str:
        if audio.key not in self._sounds:
            self._sounds[audio.key] = (audio, _analysed(audio))
        return audio.key

    def _clear(self, run_id: str, stage: str) -> None:
        self._swap(run_id, StepRecord(stage=stage, title=self.run(run_id).step(stage).title))

    def _set(self, run_id: str, stage: str, **changes: object) -> None:
        self._swap(run_id, self.run(run_id).step(stage).model_copy(update=changes))

    def _swap(self, run_id: str, step: StepRecord) -> None:
        steps = tuple(step if one.stage == step.stage else one for one in self.run(run_id).steps)
        self._update(run_id, steps=steps)

    def _update(self, run_id: str, **changes: object) -> None:
        run = self._runs[run_id]
        run.record = run.record.model_copy(update=changes)


def _as_pages_see_it(studio: FakeStudio) -> StudioVerbs:
    """For mypy: the fake answers every verb that a page calls, with the studio's own arguments."""
    return studio


_ANALYSES: dict[str, Analysis] = {}


def _analysed(audio: Audio) -> Analysis:
    """The analysis of a sound, made once for all tests: their songs are mostly the same."""
    if audio.key not in _ANALYSES:
        _ANALYSES[audio.key] = analyse(audio)
    return _ANALYSES[audio.key]


@lru_cache(maxsize=8)
def band(seed: int, duration_s: float) -> Stems:
    """Return four stems of tones and noise, different for each seed."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(duration_s * RATE)) / RATE
    beat = np.exp(-8 * (t % 0.5))
    rise = np.minimum(1, t / 2)
    pitch = 220 * 2 ** (rng.integers(0, 12) / 12)
    parts = {
        "vocals": 0.22 * rise * np.sin(2 * np.pi * pitch * 2 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.4 * t)),
        "drums": 0.35 * beat * rng.standard_normal(t.size) * 0.4,
        "bass": 0.25 * beat**0.4 * np.sin(2 * np.pi * pitch / 4 * t),
        "other": 0.12 * rise * (np.sin(2 * np.pi * pitch * t) + np.sin(2 * np.pi * pitch * 1.5 * t)),
    }
    return Stems({n: Audio(np.stack([x, 0.9 * x], 1).astype(np.float32), RATE) for n, x in parts.items()})


def _sounds(delivers: Material, stems: Stems, *, hotter: bool) -> dict[str, Audio]:
    whole = stems.sum()
    louder = Audio((whole.samples * 1.4).clip(-0.89, 0.89), RATE)
    named = {f"song/{name}": audio for name, audio in stems.items()}
    return {
        Material.WORDS: {},
        Material.CLIPS: {"clip_1": whole} | {f"clip_1/{n}": a for n, a in stems.items()},
        Material.SONG: {"song": whole} | named,
        Material.STEMS: {
            n: Audio(a.samples * np.float32(1.1 if hotter else 1), RATE) for n, a in stems.items()
        },
        Material.MIX: {"mix": Audio(whole.samples * np.float32(1.1), RATE)},
        Material.MASTER: {"master": louder},
        Material.FILES: {"master.wav": louder},
    }[delivers]


def _broken(audio: Audio) -> Audio:
    samples = audio.samples.copy()
    samples[RATE : 2 * RATE] = np.nan
    return Audio(samples, audio.sample_rate)


def _judged(name: str, reading: Measurement) -> tuple[Finding, ...]:
    if reading.nonfinite_samples:
        return (
            Finding(
                check="finite",
                severity=Severity.FAIL,
                artifact=name,
                evidence=f"{reading.nonfinite_samples:,} samples are NaN or infinite; none may be.",
                causes=("half precision on this graphics card", "a filter that became unstable"),
                remedy="Choose float32 precision, or another engine.",
                spans=(Span(start_s=1.0, stop_s=2.0),),
            ),
        )
    fine = Finding(check="finite", severity=Severity.OK, artifact=name, evidence="All samples are numbers.")
    if (reading.true_peak_dbtp or -99) > 0:
        return (
            Finding(
                check="true_peak",
                severity=Severity.WARN,
                artifact=name,
                evidence=f"True peak {reading.true_peak_dbtp:.1f} dBTP, over 0.",
                causes=("the sum of the stems is louder than full scale",),
                remedy="Lower the faders.",
                spans=(Span(start_s=3.0, stop_s=3.4),),
            ),
            fine,
        )
    return (fine,)


MASTERING = {
    "gain_db": 3.2,
    "limiting_db": 2.0,
    "offset_removed": [0.0, 0.0],
    "reached": True,
    "target_lufs": -14.0,
    "reached_lufs": -14.0,
    "reduction_curve_db": [round(max(0.0, 3 - n % 10), 2) for n in range(120)],
    "reduction_hop_s": 0.1,
    "reduction_histogram": {
        "edges_db": [0.0, 0.1, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "seconds": [8.4, 0.0, 1.2, 1.2, 1.2, 0.0, 0.0],
    },
}
PLAN = Plan(
    prompt="warm lo-fi piano about the sea",
    title="The Sea at Night",
    genre="lo-fi",
    moods=("warm",),
    tempo_bpm=78,
    key="D minor",
    instruments=("electric piano", "double bass", "flute"),
    sections=(
        PlanSection(kind=SectionKind.VERSE, bars=8, energy=0.4, sung=True),
        PlanSection(kind=SectionKind.CHORUS, bars=8, energy=0.8, sung=True),
    ),
    seed=42,
    understood=("warm", "lo-fi", "piano"),
    not_understood=("sea",),
)
LYRICS = Lyrics(
    title="The Sea at Night",
    source="writer",
    sections=(
        LyricSection(
            kind=SectionKind.VERSE,
            lines=(
                Line(
                    text="The tide comes in on quiet feet",
                    syllables=("The", "tide", "comes", "in", "on", "qui", "et", "feet"),
                ),
                Line(
                    text="And leaves its letters in the sand",
                    syllables=("And", "leaves", "its", "let", "ters", "in", "the", "sand"),
                ),
            ),
        ),
        LyricSection(
            kind=SectionKind.CHORUS,
            lines=(Line(text="Stay, stay with me", syllables=("Stay", "stay", "with", "me")),),
        ),
    ),
)
