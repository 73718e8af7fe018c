"""The child's side of ACE-Step 1.5: a plan and lyrics in, or an uploaded song; clips out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.engines.acestep15.caption import describe, fitted
from core.engines.acestep15.card import CARD
from core.engines.acestep15.device import machine_by_torch
from core.engines.acestep15.estimate import Song
from core.engines.acestep15.listen_steps import wavs
from core.engines.acestep15.order import Order, read_order
from core.engines.acestep15.passes import Schedule, schedule
from core.engines.acestep15.planned import (
    brief_of,
    listened,
    matched,
    planner_asked,
    planner_folder,
    reads_codes,
    reported,
)
from core.engines.acestep15.player import Player
from core.engines.acestep15.presets import guidance_asked, steps_for
from core.engines.acestep15.proof import Proof, proved
from core.engines.acestep15.recipe import adapter_family, family_of, judged
from core.engines.acestep15.settings import OF_BASE, AceStepSettings, Task
from core.engines.acestep15.splice import Seam, extended, replaced
from core.engines.acestep15.tracks import added, within
from core.engines.acestep15.words import passages
from core.engines.checkpoint import usual_place
from core.engines.planner.codes import NOTED_S, Codes
from core.engines.planner.planner import Planner
from core.errors import EngineInputError
from core.progress import Report, part

if TYPE_CHECKING:
    from core.engines.acestep15.loading import Model
    from core.engines.acestep15.performance import Made, Manner

Samples = npt.NDArray[np.float32]
Sounds = dict[str, tuple[Samples, int]]

WEIGHTS = "ACE-Step's weights"
PLANNED = 0.3
"""Share of the work after which the planner has written its codes."""
LOADED = 0.05
"""Share of the work after which the model is loaded."""
SHORTEST_S = 10.0
"""What the model was trained on, at least."""


class Worker:
    """ACE-Step 1.5; loads its weights at the first song, and again when they or their precision change."""

    def __init__(self) -> None:
        self._player = Player()
        self.device = "cpu"
        self.precision = "float32"
        self._planner = Planner()
        self._codes: Codes | None = None
        self._advice: list[str] = []

    def compose(
        self, values: Mapping[str, Any], sounds: Mapping[str, tuple[Samples, int]], report: Report
    ) -> tuple[dict[str, Any], Sounds]:
        """Make the song of ``values``, or change sounds["source"] as the settings' task says.

        sounds["timbre"] is what all of it is to sound like. values: "plan" and "lyrics" (JSON; None for an
        uploaded song), "prompt", "typed_lyrics", "instrumental", "seed", "clips", "overlap_s", "checkpoint",
        "options" (AceStepSettings).

        Returns ``clip_1`` ... (frames, 2) at the model's rate, or a changed song at its own, an added track
        beside it, and values: what
        the model was given, notes, length, how it was played, and the level before the pipeline normalised it
        ("raw_peak_dbfs", "raw_rms_dbfs", of the quietest pass).
        Raises EngineInputError, EngineMissingError, EngineMemoryError, EngineOutputError and EngineError;
        what ``report`` raises ends the work within one step, and the model stays usable.
        """
        order = read_order(values, sounds)
        report(0.0, "Loading ACE-Step")
        settings = order.settings
        folder = Path(order.checkpoint).expanduser() if order.checkpoint else usual_place(CARD, WEIGHTS)
        self._advice = _advised(folder, settings)
        song = Song(order.longest_pass_s, guidance_asked(settings))
        report = self._planned(order, folder, report)
        self._player.ready(folder, settings.precision, (settings.lora, settings.lora_weight), song)
        working = part(report, LOADED, 1.0)
        reply = self._song(order, working) if order.source is None else self._changed(order, working)
        # Read back at the end: a retry may have loaded the model anew.
        self.device, self.precision = self._player.model.device, self._player.model.precision
        return reply

    def understand(
        self, values: Mapping[str, Any], sounds: Mapping[str, tuple[Samples, int]], report: Report
    ) -> tuple[dict[str, Any], Sounds]:
        """Return what the planner makes of sounds["source"], and how well it matches a prompt.

        values: "checkpoint", "options" (the planner among them), and "prompt" with "typed_lyrics" to be
        matched, or none; "in_words": False for the match alone. Returns "understood" (caption, lyrics, bpm,
        key, meter, language; empty where the planner does not say), "codes" and "match": nats a code by which
        the prompt makes them likelier.
        Raises EngineInputError, EngineMissingError, EngineMemoryError, EngineOutputError and EngineError.
        """
        from core.engines.acestep15.listening import codes_of

        order = read_order(listened(values), sounds)
        folder = Path(order.checkpoint).expanduser() if order.checkpoint else usual_place(CARD, WEIGHTS)
        place = planner_asked(order.settings)
        report(0.0, "Loading ACE-Step")
        self._player.ready(folder, order.settings.precision, ("", 0.0), Song(order.source_s))
        model = self._player.model
        source = Audio(_stereo(order.source), order.source_rate).resampled(model.sample_rate)
        codes = codes_of(model, source.samples)
        brief = matched(values, order.source_s)
        said, match = self._planner.understand(
            *(place, codes, brief, self._player.let_go, part(report, LOADED, 1.0)),
            in_words=values.get("in_words") is not False,
        )
        self.device, self.precision = model.device, model.precision
        words = asdict(said) if said else {}
        found = {"understood": words, "codes": len(codes), "planner": self._planner.name}
        untrained = model.untrained or self._planner.untrained
        return {**found, "match": match, "untrained": untrained}, {}

    def _planned(self, order: Order, folder: Path, report: Report) -> Report:
        """Have the planner write the song's codes, and return what is left of the work to report."""
        self._codes = None
        settings = order.settings
        place = planner_folder(settings)
        if place is None:
            return report
        why_not = reads_codes(folder, settings)
        if why_not:
            self._advice.append(why_not)
            return report
        self._codes = self._planner.plan(
            place, brief_of(order), order.seed, self._player.let_go, part(report, 0.0, PLANNED)
        )
        return part(report, PLANNED, 1.0)

    def _song(self, order: Order, report: Report) -> tuple[dict[str, Any], Sounds]:
        from core.engines.acestep15.generation import counted_lyrics
        from core.engines.acestep15.performance import Instrument, Made, perform

        model = self._player.model
        rate = model.sample_rate
        instrument = Instrument(self._player.play, rate, model.hop)
        manner, notes = _manner(model, order, order.duration_s)
        if self._codes is not None:
            manner = replace(manner, codes=self._codes.numbers)
        plan = schedule(
            passages(order),
            rate,
            order.clips,
            order.overlap_s,
            order.settings.context_s,
            counted_lyrics(model, manner.description.language),
            one_performance=order.settings.continuation,
        )
        made, count = Made(), len(plan.performances)
        for number, (passes, frames) in enumerate(zip(plan.performances, plan.frames, strict=True)):
            share = part(report, number / count, (number + 1) / count)
            start_s = 0.0 if count == 1 else plan.cut.spans[number][0] / rate
            made.sounds.append(perform(instrument, manner, passes, frames, made, share, start_s=start_s))
        figures = self._figures(order, manner, made, [*notes, *plan.cut.notes, *_notes_on(plan, rate)])
        figures |= {
            "duration_s": plan.cut.spans[-1][1] / rate,
            "overlap_s": [overlap / rate for overlap in plan.cut.overlaps],
            "overlap_identical": order.settings.continuation,
        }
        clips = _clips(plan, made, one=order.settings.continuation)
        return figures, {f"clip_{number}": (clip, rate) for number, clip in enumerate(clips, start=1)}

    def _changed(self, order: Order, report: Report) -> tuple[dict[str, Any], Sounds]:
        from core.engines.acestep15.performance import Instrument, change

        model = self._player.model
        rate = model.sample_rate
        _check_can(model, order.settings.task)
        manner, notes = _manner(model, order, order.source_s)
        source = Audio(_stereo(order.source), order.source_rate)
        instrument = Instrument(self._player.play, rate, model.hop)
        made = change(instrument, manner, order, source.resampled(rate).samples, report)
        sound, seams, proof = _put_back(order, source, Audio(made.sounds[0], rate))
        made.seams.extend(seams)
        sounds, said = {"": sound.samples}, [proof.note] if proof else []
        if order.settings.task is Task.LEGO:
            track, where = within(sound.samples, *_window(order.settings, source), source.sample_rate)
            sounds, lowered = added(source.samples, track, order.settings.track.value)
            said = [note for note in (where, lowered) if note]
        figures = self._figures(order, manner, made, [*notes, *said])
        figures |= {"duration_s": sound.duration_s} | ({"proof": proof.figures} if proof else {})
        # A stem is named after its clip: "clip_1/drums".
        named = {
            f"clip_1/{name}".rstrip("/"): (samples, sound.sample_rate) for name, samples in sounds.items()
        }
        return figures, named

    def _figures(self, order: Order, manner: Manner, made: Made, notes: list[str]) -> dict[str, Any]:
        model, description, events = self._player.model, manner.description, self._player.events
        return {
            "notes": [
                *model.notes,
                *self._planner_notes(made),
                *self._advice,
                *description.notes,
                *notes,
                *events,
            ],
            "text": description.caption,
            "task": order.settings.task.value,
            "model": model.name,
            "turbo": model.turbo,
            "steps": manner.steps.count,
            "guidance": manner.steps.guidance,
            "shift": manner.steps.shift,
            "dcw": manner.steps.dcw,
            "latents": [asdict(step) for step in made.steps],
            **({"steps_wav": wavs(made.excerpts, model.sample_rate)} if made.excerpts else {}),
            "passes": len(made.raw_peaks),
            "seams": [asdict(seam) for seam in made.seams],
            "native_rate": model.sample_rate,
            "raw_peak_dbfs": _decibels(min(made.raw_peaks)),
            "raw_rms_dbfs": _decibels(min(made.raw_rms)),
            "made_again_in_float32": bool(events),
            **({"planner": reported(self._planner, self._codes)} if self._codes else {}),
            **({"lora": Path(order.settings.lora).name} if model.lora[0] else {}),
            **({"untrained": True} if model.untrained or (self._codes and self._planner.untrained) else {}),
        }

    def _planner_notes(self, made: Made) -> list[str]:
        codes = self._codes
        if codes is None:
            return []
        notes = [f"The planner {self._planner.name} wrote the song in {len(codes.numbers)} codes."]
        if codes.longest_repeat_s >= NOTED_S:
            notes.append(f"One pattern of its codes repeats for {codes.longest_repeat_s:.0f} s.")
        if len(made.raw_peaks) > len(made.sounds):
            notes.append(
                "Only the first part follows its codes: the others go on from the sound before them."
            )
        return [*self._planner.notes, *notes]


def _advised(folder: Path, settings: AceStepSettings) -> list[str]:
    """Return what is known to go wrong with these settings; raises EngineInputError for what only can."""
    import torch

    advice = judged(settings, family_of(folder), machine_by_torch(torch), adapter_family(settings.lora))
    for each in advice:
        if each.refused:
            raise each.error()
    return [f"{each.sentence} {each.remedy}" for each in advice]


def _manner(model: Model, order: Order, duration_s: float) -> tuple[Manner, list[str]]:
    """Return what all passes share, and what a person should know of it."""
    from core.engines.acestep15.generation import counted_prompt
    from core.engines.acestep15.performance import Manner

    described = describe(order)
    prompt = order.plan.prompt if order.plan is not None else order.prompt
    description = fitted(described, prompt, counted_prompt(model, described, duration_s))
    steps, notes = steps_for(order.settings, turbo=model.turbo)
    late = sorted(step for step in order.settings.listened if step > steps.count)
    if late:
        named = ", ".join(map(str, late))
        notes.append(f"There is no step {named} to listen to: {steps.count} steps are made.")
    timbre = None
    if order.timbre is not None:
        timbre = Audio(_stereo(order.timbre), order.timbre_rate).resampled(model.sample_rate).samples
    manner = Manner(description, steps, order.seed, order.settings.context_s)
    return replace(manner, timbre=timbre, listened=order.settings.listened), notes


def _clips(plan: Schedule, made: Made, *, one: bool) -> list[Samples]:
    if not one:
        return made.sounds
    return [made.sounds[0][start:stop] for start, stop in plan.cut.spans]


def _notes_on(plan: Schedule, rate: int) -> list[str]:
    notes = []
    if min(plan.frames) / rate < SHORTEST_S:
        notes.append(
            f"ACE-Step was trained on {SHORTEST_S:.0f} s and more: what is shorter may start in the middle."
        )
    most = max(len(passes) for passes in plan.performances)
    if most > 1:
        notes.append(
            f"The song is more than ACE-Step reads or plays at a time: it was made in {most} parts that go "
            "on from each other, each with its own sections of the words."
        )
    return notes


def _check_can(model: Model, task: Task) -> None:
    if task is Task.COVER and model.pipe.audio_tokenizer is None:
        raise EngineInputError(
            f"The checkpoint {model.name} makes no covers: it has no audio tokenizer.",
            remedy="Take a checkpoint with audio_tokenizer and audio_token_detokenizer, or repaint instead.",
        )


def _put_back(order: Order, source: Audio, new: Audio) -> tuple[Audio, list[Seam], Proof | None]:
    """Put what was made into the upload, which stays as it is, sample by sample, outside of it.

    A track, or a song completed with some, is as long as the upload, and by itself. Returns the proof of
    that for a repaint.
    """
    settings, rate = order.settings, source.sample_rate
    if settings.task is Task.COVER:
        return new, [], None
    made = new.resampled(rate).samples
    if settings.task is Task.EXTEND:
        context = made.shape[0] - round(settings.extend_s * rate)
        sound, seam = extended(source.samples, made, context, rate)
        return Audio(sound, rate), [seam], None
    if settings.task in OF_BASE:
        return Audio(_as_long(made, source.frames), rate), [], None
    start, stop = _window(settings, source)
    sound, seams = replaced(source.samples, _as_long(made, source.frames), start, stop, rate)
    return Audio(sound, rate), seams, proved(source.samples, sound, start, stop, rate)


def _window(settings: AceStepSettings, source: Audio) -> tuple[int, int]:
    """Return the frames of the upload that are repainted, or that a track is added to."""
    stop_s = settings.repaint_to_s or source.duration_s
    start, stop = (
        min(source.frames, round(at * source.sample_rate)) for at in (settings.repaint_from_s, stop_s)
    )
    return start, stop


def _as_long(samples: Samples, frames: int) -> Samples:
    """Return samples of exactly this length: resampling there and back may end a frame off."""
    return np.pad(samples[:frames], ((0, max(0, frames - samples.shape[0])), (0, 0)))


def _stereo(samples: Samples | None) -> Samples:
    if samples is None:
        raise ValueError("an order without a source")
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples


def _decibels(level: float) -> float | None:
    return round(20.0 * math.log10(level), 2) if level > 0.0 else None
