"""Generate: clips from an engine, or the sound that the person uploaded; the band plays a MIDI file.

No engine, no sound: whatever an engine cannot make is an error here, never a stand-in.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from core.audio import Audio, Stems
from core.checks import COMMON
from core.checks.planned import PlaysAsPlanned
from core.checks.planner import PlannerMoves
from core.checks.sung import LinesSung, TuneSung, Unsung, VoiceThere
from core.checks.trained import Trained
from core.checks.uploaded_stems import NoMixtureAmongStems, StemsInTime
from core.contract import Contract, Figures, Material, Promise
from core.engines.base import EngineCard, EngineOptions, Engines, Reply
from core.errors import InputError, NotFoundError, SettingsError, StorageError
from core.machine.home import storage_error
from core.settings import count, knob, pick
from core.song import SongRequest
from core.stages.answered import holding
from core.stages.base import Choice, MadeBy, Output, StageSettings, Work
from core.stages.choice import AUTO, best_engine, candidates, checkpoint_field, named_engine, options_field
from core.stages.reference import ReferenceTrack
from core.stages.uploaded import SONG, BrokenSamples, EncoderDelay, Mixture, usable
from core.values import Json

UPLOAD = "upload"
"""The engine name of an uploaded sound."""
SOURCE = "source"
"""What an engine is given a song as that it is to change."""
TIMBRE = "timbre"
"""What an engine is given a sound as that its song is to sound like."""


STEP_FILE = "steps/step-{:03d}.wav"
"""What a step of an engine's work sounds like, as a file beside the song."""
MOST_TAKES = 16
SEED_OF_TAKE = 1_000_033
"""Between the seeds of two takes."""
LAST_SEED = 2**31 - 1


class GenerateSettings(StageSettings):
    """How the clips are made."""

    engine: str = pick("auto", "Engine", "auto picks the best engine that can run here.")
    clips: int = count(1, 1, 10, "", "Clips", "How many pieces the song is made in; assemble joins them.")
    overlap_s: float = knob(
        2.0, 0.0, 10.0, "s", "Overlap", "How far each clip runs into the next, for the crossfade.", 0.5
    )
    takes: int = count(
        1, 1, MOST_TAKES, "", "Takes", "How many performances of the same plan are made to choose from."
    )
    take: int = count(
        0, 0, MOST_TAKES, "", "Take", "Which of them the song goes on with; 0 is the best by its checks."
    )
    broken_samples: BrokenSamples = pick(
        BrokenSamples.KEEP,
        "Broken samples of an upload",
        "Leave NaN and infinite samples in to inspect them, or replace them by silence to continue.",
    )
    mixture: Mixture = pick(
        Mixture.KEEP,
        "A mixture among uploaded stems",
        "Keep the sum of the others as a stem of its own, or leave it out, so that nothing plays twice.",
    )
    encoder_delay: EncoderDelay = pick(
        EncoderDelay.KEEP,
        "Encoder delay of uploaded stems",
        "Keep the samples that an MP3 or AAC encoder put before a stem, or take them out.",
    )
    timbre: ReferenceTrack | None = pick(
        None, "Timbre reference", "A sound whose timbre the song takes on, by an engine that listens to one."
    )
    checkpoint: str = checkpoint_field()
    options: EngineOptions = options_field()

    def uploads(self) -> Mapping[str, str]:
        """The timbre reference, by its key in the store."""
        return {TIMBRE: self.timbre.key} if self.timbre else {}

    def seed_of_take(self, seed: int) -> int:
        """Return the seed of the chosen take of a song; that of the first is the song's own."""
        return (seed + SEED_OF_TAKE * max(0, self.take - 1)) % (LAST_SEED + 1)

    @property
    def engine_named(self) -> str:
        """The engine that these settings ask for by name; empty when they ask for none."""
        return "" if self.engine == AUTO else self.engine


class GenerateStage:
    """Prompt, plan and lyrics in; ``clip_1`` ... and their true stems ``clip_1/vocals`` ... out."""

    name: ClassVar[str] = "generate"
    title: ClassVar[str] = "Generate"
    about: ClassVar[str] = "One or more clips of music."
    icon: ClassVar[str] = ":material/piano:"
    version: ClassVar[int] = 1
    delivers: ClassVar[Material] = Material.CLIPS
    takes: ClassVar[tuple[Material, ...]] = (Material.UPLOAD,)
    settings_type: type[GenerateSettings] = GenerateSettings
    figures_type: ClassVar[type[Figures]] = Figures
    contract: Contract = Contract(
        checks=(*COMMON, PlaysAsPlanned(), VoiceThere(), TuneSung(), LinesSung(), Unsung()),
        whole=(Trained(), PlannerMoves(), NoMixtureAmongStems(), StemsInTime()),
    )

    def choose_for(self, request: SongRequest, settings: GenerateSettings, engines: Engines) -> Choice:
        """Pick the engine: the upload if there is one, the named one, or the first that is ready.

        An uploaded song goes to an engine whose own settings are to change it, a MIDI file to one that plays
        it. Raises EngineMissingError when the named engine, or every engine, cannot run here,
        EngineInputError for a file of its settings that cannot be used, SettingsError when a song is to be
        changed and none was uploaded, or for an engine that plays no MIDI file, or takes no timbre.
        """
        choice = self._chosen(request, settings, engines)
        if settings.timbre is not None and not (
            choice.engine != UPLOAD and engines.card(choice.engine).takes_timbre
        ):
            raise _no_timbre(choice.engine, engines)
        return choice

    def _chosen(self, request: SongRequest, settings: GenerateSettings, engines: Engines) -> Choice:
        if request.midi is not None:
            return _plays_midi(settings, engines)
        changing, task = _changing(settings, engines)
        if request.upload is not None:
            if changing is None:
                return Choice(UPLOAD, "the sound was uploaded")
            choice = named_engine(changing.name, engines, settings.checkpoint, settings.options)
            return replace(choice, reason=f"to {task} the uploaded song")
        if changing is not None:
            raise SettingsError(
                f"{changing.title} is to {task} a song, and none was uploaded.",
                remedy=f"Upload a song to change, or set the task of {changing.title} to song.",
            )
        if settings.engine != AUTO:
            return named_engine(settings.engine, engines, settings.checkpoint, settings.options)
        remedy = "Install requirements-lite.txt for the built-in band."
        if settings.checkpoint:
            remedy = "Name a folder that holds one of these models, or clear the checkpoint setting."
        return best_engine("generate", engines, settings.checkpoint, settings.options, remedy)

    def run(self, work: Work[GenerateSettings]) -> Output:
        """Make the clips; raises EngineError's children and InputError."""
        if work.engine == UPLOAD:
            return _uploaded(work)
        source = work.inputs.get(Material.UPLOAD, {})
        if work.plan is None and not source and work.request.midi is None:
            raise InputError("There is no plan to make sound from.", remedy="Run the lyrics stage first.")
        card = work.engines.card(work.engine)
        reply = work.engines.call(
            work.engine,
            "compose",
            values={
                "midi": work.request.midi.model_dump(mode="json") if work.request.midi else None,
                "plan": work.plan.model_dump(mode="json") if work.plan else None,
                "lyrics": work.lyrics.model_dump(mode="json") if work.lyrics else None,
                "prompt": work.request.prompt,
                "typed_lyrics": work.request.typed_lyrics,
                "instrumental": work.request.instrumental,
                "seed": work.settings.seed_of_take(work.request.seed),
                "sample_rate": work.request.sample_rate,
                "clips": work.settings.clips,
                "overlap_s": work.settings.overlap_s if work.settings.clips > 1 else 0.0,
                "checkpoint": work.checkpoint,
                "options": card.options(work.settings.options).model_dump(mode="json"),
            },
            sounds=_sounds(work),
            report=work.report,
            first_listen=partial(_put, work.first_listen) if work.first_listen else None,
        )
        return _made(work, holding(reply, ["clip_1"], card, "clips"))


def _sounds(work: Work[GenerateSettings]) -> dict[str, Audio]:
    """Return what the engine is given: the song to change, and what its song is to sound like."""
    sounds = {SOURCE: _whole(work)} if work.inputs.get(Material.UPLOAD) else {}
    if work.settings.timbre is None:
        return sounds
    timbre = work.inputs.get(TIMBRE, {}).get(TIMBRE)
    if timbre is None:
        raise NotFoundError("The timbre reference is not here.", remedy="Choose it again, or remove it.")
    return sounds | {TIMBRE: timbre}


def _no_timbre(engine: str, engines: Engines) -> SettingsError:
    able = " or ".join(card.name for card in engines.cards("generate") if card.takes_timbre)
    why = "An uploaded song that is only taken over" if engine == UPLOAD else engines.card(engine).title
    return SettingsError(
        f"{why} takes no timbre reference; {able or 'no engine here'} does.",
        remedy=f"Set generate.engine to {able}, or remove the reference."
        if able
        else "Remove the reference.",
    )


def _plays_midi(settings: GenerateSettings, engines: Engines) -> Choice:
    """Choose an engine that plays a MIDI file."""
    players = [card for card in candidates("generate", settings.engine, engines) if card.plays_midi]
    if not players:
        able = " or ".join(card.name for card in engines.cards("generate") if card.plays_midi)
        raise SettingsError(
            f"{settings.engine} plays no MIDI file; {able or 'no engine here'} does.",
            remedy=f"Set generate.engine to {AUTO} or {able or 'an engine that does'}.",
        )
    choice = named_engine(players[0].name, engines, "", settings.options)
    return replace(choice, reason="to play the uploaded MIDI file")


def _changing(settings: GenerateSettings, engines: Engines) -> tuple[EngineCard | None, str]:
    """Return the engine whose own settings are to change an uploaded song, and what they do with it."""
    for card in candidates("generate", settings.engine, engines):
        task = card.changes(card.options(settings.options))
        if task:
            return card, task
    return None, ""


def _made(work: Work[GenerateSettings], reply: Reply) -> Output:
    values = dict(reply.values)
    card = work.engines.card(work.engine)
    rates = {audio.sample_rate for audio in reply.sounds.values()}
    rate = work.request.sample_rate
    silent = _names(values.get("chosen_silent"))
    midi, steps = values.pop("midi_base64", None), values.pop("steps_wav", None)
    length = values.get("duration_s") if work.settings.clips == 1 else None
    peak = values.get("raw_peak_dbfs")
    return Output(
        made_by=MadeBy(
            engine=card.name,
            title=card.title,
            version=card.version,
            device=reply.device,
            precision=reply.precision,
            native_rate=rates.pop() if len(rates) == 1 else None,
            approximate=card.approximate,
            # Random weights sing no words: nobody need look for a voice.
            sings=card.sings and values.get("untrained") is not True,
        ),
        sounds={name: audio.resampled(rate) for name, audio in reply.sounds.items()},
        files=_score(work.scratch, midi, values.get("chords"), steps),
        figures=Figures(engine={n: v for n, v in values.items() if n not in ("notes", "chosen_silent")}),
        notes=tuple(_names(values.get("notes"))),
        promise=Promise(
            duration_s=float(length) if isinstance(length, (int, float)) else None,
            duration_tolerance_s=0.1,
            sample_rate=rate,
            channels=2,
            peak_before_normalising_dbfs=float(peak) if isinstance(peak, (int, float)) else None,
            engine_untrained=values.get("untrained") is True,
        ),
        chosen_silent=frozenset(
            name
            for name in reply.sounds
            if "/" in name and (name in silent or name.rsplit("/", 1)[1] in silent)
        ),
    )


def _put(path: Path, wav: bytes) -> None:
    """Write the song's first section, whole as soon as it is there."""
    part = path.with_suffix(".part")
    try:
        part.write_bytes(wav)
        part.replace(path)
    except OSError as error:
        raise storage_error(error, "The first listen cannot be written.") from error


def _names(value: Json) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _score(scratch: Path, midi: Json, sheet: Json, steps: Json) -> dict[str, Path]:
    """Write what an engine hands over: a MIDI file, a lead sheet as text, and WAVs of its steps by number."""
    files: dict[str, Path] = {}
    try:
        if isinstance(midi, str):
            files["song.mid"] = scratch / "song.mid"
            files["song.mid"].write_bytes(base64.b64decode(midi, validate=True))
        if isinstance(sheet, str):
            files["lead-sheet.txt"] = scratch / "lead-sheet.txt"
            files["lead-sheet.txt"].write_text(sheet, encoding="utf-8")
        for number, wav in (steps if isinstance(steps, dict) else {}).items():
            path = files[STEP_FILE.format(int(number))] = scratch / f"step-{int(number):03d}.wav"
            path.write_bytes(base64.b64decode(str(wav), validate=True))
    except (OSError, binascii.Error) as error:
        raise StorageError(
            "The song's score could not be written.",
            remedy="Free some space on the disk that holds the studio's home.",
            detail=str(error),
        ) from error
    return files


def _usable(work: Work[GenerateSettings], rate: int) -> tuple[Mapping[str, Audio], list[str]]:
    chosen = work.settings
    uploads = work.inputs[Material.UPLOAD]
    return usable(uploads, rate, chosen.broken_samples, chosen.mixture, chosen.encoder_delay)


def _whole(work: Work[GenerateSettings]) -> Audio:
    """Return the uploaded song, at most stereo; stems as their sum."""
    rates = [audio.sample_rate for audio in work.inputs[Material.UPLOAD].values()]
    sounds, _ = _usable(work, rates[0] if len(set(rates)) == 1 else work.request.sample_rate)
    return sounds[SONG] if set(sounds) == {SONG} else Stems(sounds).sum()


def _uploaded(work: Work[GenerateSettings]) -> Output:
    """Return the upload as one clip; stems ride along, and their sum is the clip."""
    sounds, notes = _usable(work, work.request.sample_rate)
    upload = work.request.upload
    hidden = [name for stem, name in upload.names.items() if stem not in upload.sounds] if upload else []
    notes += [f"{name}: left out; macOS writes it beside a file, and it holds no sound." for name in hidden]
    clips: dict[str, Audio] = {}
    if set(sounds) == {SONG}:
        clips["clip_1"] = sounds[SONG]
    else:
        clips["clip_1"] = Stems(sounds).sum()
        clips |= {f"clip_1/{name}": audio for name, audio in sounds.items()}
    return Output(
        made_by=MadeBy(engine=UPLOAD, title="Uploaded by you"),
        sounds=clips,
        notes=tuple(notes),
        uploaded=True,
    )
