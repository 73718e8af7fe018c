"""Assemble: join the clips to one song, the song and its true stems alike, with the same gains.

Clips that are overlapping cuts of one performance are laid exactly over each other; other clips overlap
by the crossfade, moved to the nearest beat when the plan has a tempo.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from core.audio import Audio, Samples
from core.checks import COMMON
from core.checks.clips import ClipsKept, ClipSpread
from core.checks.figures import AssembleFigures, JoinFigures
from core.checks.joins import JoinClick, JoinLevel
from core.contract import Contract, Figures, Material, Promise
from core.dsp.crossfade import equal_power, found_overlap, overlap_correlation
from core.dsp.silencing import silenced
from core.errors import InputError, NotFoundError
from core.measure import measure
from core.settings import Settings, knob, pick
from core.stages.base import MadeBy, Output, StageSettings, Work

MIN_FADE_S = 0.005
"""Even a hard cut overlaps this long, so that it does not click."""
MAX_FOUND_OVERLAP_S = 12.0
LONGEST_S = 36_000.0
MOST_SILENCES = 64
SILENT_PEAK = 10 ** (-70 / 20)


class Silence(Settings):
    """A stretch of the song that is to be silent."""

    start_s: float = knob(0, 0, LONGEST_S, "s", "From", "Where the silence begins.")
    stop_s: float = knob(1, 0, LONGEST_S, "s", "To", "Where it ends.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_s >= self.stop_s:
            raise ValueError("a silence ends after it begins")
        return self


class AssembleSettings(StageSettings):
    """How clips are joined and how the song ends."""

    crossfade_s: float = knob(
        2, 0, 10, "s", "Crossfade", "How long one clip fades into the next; shorter when a clip is short."
    )
    beat_aligned: bool = pick(
        True, "Join on the beat", "Move a join to the nearest beat when the song has a tempo."
    )
    final_fade_s: float = knob(
        0.05, 0, 20, "s", "Final fade", "Fade at the very end; 0 leaves the ending as it is.", step=0.05
    )
    match_limit_db: float = knob(
        0,
        0,
        12,
        "dB",
        "Match clip loudness",
        "Largest gain that makes clips equally loud; 0 is off.",
        step=0.5,
    )
    silences: tuple[Silence, ...] = Field(
        default=(),
        max_length=MOST_SILENCES,
        title="Silenced",
        description="Stretches of the song that are silent.",
    )

    @property
    def stretches(self) -> tuple[tuple[float, float], ...]:
        """Start and stop in seconds of each silence."""
        return tuple((one.start_s, one.stop_s) for one in self.silences)


@dataclass(frozen=True, eq=False)
class _Clip:
    """One clip and its true stems by artifact name: "" for the clip itself, "vocals" ..."""

    sounds: Mapping[str, Audio]

    @property
    def whole(self) -> Audio:
        return self.sounds[""]


class AssembleStage:
    """Joins the clips."""

    name: ClassVar[str] = "assemble"
    title: ClassVar[str] = "Assemble"
    about: ClassVar[str] = "The clips joined into one song."
    icon: ClassVar[str] = ":material/join:"
    version: ClassVar[int] = 1
    delivers: ClassVar[Material] = Material.SONG
    takes: ClassVar[tuple[Material, ...]] = (Material.CLIPS,)
    settings_type: type[AssembleSettings] = AssembleSettings
    figures_type: ClassVar[type[Figures]] = AssembleFigures
    contract: Contract = Contract(
        checks=(*COMMON, JoinClick(), JoinLevel()), whole=(ClipsKept(), ClipSpread())
    )

    def run(self, work: Work[AssembleSettings]) -> Output:
        """Return ``song``, and ``song/<stem>`` when every clip has the same true stems.

        Raises NotFoundError without clips, InputError when their rates or channels cannot be joined.
        """
        clips, notes = _clips(work.inputs.get(Material.CLIPS, {}))
        settings = work.settings
        beat_s = 60.0 / work.plan.tempo_bpm if work.plan and settings.beat_aligned else None
        joins = _place(clips, settings.crossfade_s, beat_s)
        gains_db = _matching_gains_db(clips, joins, settings.match_limit_db)
        work.report(0.3, "joining the clips")
        fade_frames = round(settings.final_fade_s * clips[0].whole.sample_rate)
        sounds = {
            f"song/{stem}" if stem else "song": _joined(
                [clip.sounds[stem] for clip in clips], joins, gains_db, fade_frames
            )
            for stem in clips[0].sounds
        }
        if settings.silences:
            sounds = {name: _silenced(audio, settings) for name, audio in sounds.items()}
            notes = (*notes, *_silence_notes(settings))
        work.report(1.0, "joined")
        song = sounds["song"]
        return Output(
            made_by=MadeBy("assembler", "Assembler"),
            sounds=sounds,
            figures=AssembleFigures(
                clips=len(clips),
                clip_gains_db=tuple(gains_db),
                joins=tuple(joins),
                final_fade_frames=min(fade_frames, song.frames),
            ),
            notes=(*notes, *_join_notes(joins, settings, song.sample_rate)),
            promise=Promise.form_of(song),
            chosen_silent=_came_silent(clips) | (_left_silent(sounds) if settings.silences else frozenset()),
            uploaded=work.request.upload is not None,
        )


def _clips(sounds: Mapping[str, Audio]) -> tuple[list[_Clip], tuple[str, ...]]:
    """Group ``clip_1``, ``clip_1/vocals`` ... by clip, in the order of their numbers."""
    heads = sorted((name for name in sounds if "/" not in name), key=_clip_number)
    if not heads:
        raise NotFoundError("There are no clips to assemble.", remedy="Run the generate stage first.")
    grouped = [
        {"": sounds[head]}
        | {name.split("/", 1)[1]: audio for name, audio in sounds.items() if name.startswith(f"{head}/")}
        for head in heads
    ]
    _refuse_mixed([group[""] for group in grouped])
    shared = all(group.keys() == grouped[0].keys() for group in grouped)
    fit = all(
        (audio.frames, audio.sample_rate) == (group[""].frames, group[""].sample_rate)
        for group in grouped
        for audio in group.values()
    )
    if shared and fit:
        return [_Clip(group) for group in grouped], ()
    reason = "their lengths or rates differ from their clip's" if shared else "the clips have different ones"
    note = f"The true stems were left out, because {reason}; separation will make new ones."
    return [_Clip({"": group[""]}) for group in grouped], (note,)


def _clip_number(name: str) -> tuple[int, str]:
    digits = name.rpartition("_")[2]
    return (int(digits) if digits.isdigit() else 0, name)


def _refuse_mixed(clips: list[Audio]) -> None:
    formats = {(clip.sample_rate, clip.channels) for clip in clips}
    if len(formats) > 1:
        listed = ", ".join(f"{rate} Hz with {channels} channels" for rate, channels in sorted(formats))
        raise InputError(
            f"The clips cannot be joined, because they differ: {listed}.",
            remedy="Upload or make all clips at one sample rate and channel count.",
        )


def _matching_gains_db(clips: list[_Clip], joins: list[JoinFigures], limit_db: float) -> list[float]:
    """Return the gain of each clip towards the clips' median loudness, at most ``limit_db`` either way.

    Cuts of one performance get one gain together: their differences are the music's own.
    """
    performances = [0]
    for join in joins:
        performances.append(performances[-1] + (0 if join.same_performance else 1))
    if limit_db == 0 or performances[-1] == 0:
        return [0.0] * len(clips)
    loudness: dict[int, list[float]] = {}
    for performance, clip in zip(performances, clips, strict=True):
        value = measure(clip.whole).integrated_lufs
        if value is not None:
            loudness.setdefault(performance, []).append(value)
    means = {performance: fmean(values) for performance, values in loudness.items()}
    target = median(means.values()) if means else 0.0
    gains = {key: round(min(limit_db, max(-limit_db, target - mean)), 3) for key, mean in means.items()}
    return [gains.get(performance, 0.0) for performance in performances]


def _place(clips: list[_Clip], crossfade_s: float, beat_s: float | None) -> list[JoinFigures]:
    joins: list[JoinFigures] = []
    start, taken = 0, 0
    for earlier, later in pairwise(clips):
        a, b = earlier.whole, later.whole
        join = _join(a, b, start=start, taken=taken, crossfade_s=crossfade_s, beat_s=beat_s)
        joins.append(join)
        start, taken = join.start_frame, join.overlap_frames
    return joins


def _join(
    a: Audio, b: Audio, *, start: int, taken: int, crossfade_s: float, beat_s: float | None
) -> JoinFigures:
    """Choose where ``b`` begins over ``a``, which starts at ``start`` and gave ``taken`` frames already."""
    rate = a.sample_rate
    available = min(a.frames - taken, b.frames)
    fade = max(round(crossfade_s * rate), round(MIN_FADE_S * rate))
    longest = min(available, round(MAX_FOUND_OVERLAP_S * rate))
    found = found_overlap(a.samples, b.samples, rate, longest, likely_frames=fade)
    if found is not None:
        overlap = found
    else:
        available = min(available, a.frames // 2, b.frames // 2)
        overlap = min(fade, available)
        if beat_s is not None and crossfade_s > 0:
            overlap = _on_the_beat(
                start + a.frames, overlap, available, beat_s * rate, round(MIN_FADE_S * rate)
            )
    fade = min(fade, overlap) if found is not None else overlap
    begins = start + a.frames - overlap
    fade_start = begins + (overlap - fade) // 2
    first, second = fade_start - start, fade_start - begins
    correlation = overlap_correlation(a.samples[first : first + fade], b.samples[second : second + fade])
    return JoinFigures(
        start_frame=begins,
        overlap_frames=overlap,
        fade_start_frame=fade_start,
        fade_frames=fade,
        at_s=round((fade_start + fade / 2) / rate, 4),
        overlap_s=overlap / rate,
        correlation=round(correlation, 4),
        same_performance=found is not None,
    )


def _on_the_beat(end: int, wanted: int, available: int, beat: float, least: int) -> int:
    """Return the overlap nearest to ``wanted`` that starts the next clip on a beat, else ``wanted``.

    ``end`` is where the earlier clip ends; clips are taken to begin on a beat. All in frames.
    """
    nearest = round((end - wanted) / beat)
    choices = [end - round(count * beat) for count in (nearest - 1, nearest, nearest + 1)]
    fitting = [overlap for overlap in choices if least <= overlap <= available]
    return min(fitting, key=lambda overlap: abs(overlap - wanted), default=wanted)


def _joined(sounds: list[Audio], joins: list[JoinFigures], gains_db: list[float], final_fade: int) -> Audio:
    """Return the sounds laid over each other; a lone one without a fade is returned as it is."""
    first = sounds[0]
    if len(sounds) == 1 and final_fade == 0:
        return first
    starts = [0, *(join.start_frame for join in joins)]
    out: Samples = np.zeros((starts[-1] + sounds[-1].frames, first.channels), dtype=np.float32)
    for index, audio in enumerate(sounds):
        _lay(out, audio.samples, starts[index], gains_db[index], joins, index)
    fade = min(final_fade, out.shape[0])
    if fade:
        out[-fade:] *= np.cos(np.linspace(0, math.pi / 2, fade, dtype=np.float32))[:, None]
    return Audio(out, first.sample_rate)


def _lay(
    out: Samples, samples: Samples, start: int, gain_db: float, joins: list[JoinFigures], index: int
) -> None:
    """Add one clip from the start of its fade in to the end of its fade out, in place."""
    begin, end = start, start + samples.shape[0]
    shape = np.ones(0, dtype=np.float32)
    fade_in = fade_out = shape
    if index > 0:
        join = joins[index - 1]
        begin = join.fade_start_frame
        fade_in = equal_power(join.fade_frames, join.correlation)[1]
    if index < len(joins):
        join = joins[index]
        end = join.fade_start_frame + join.fade_frames
        fade_out = equal_power(join.fade_frames, join.correlation)[0]
    piece = samples[begin - start : end - start] * np.float32(10 ** (gain_db / 20))
    piece[: fade_in.size] *= fade_in[:, None]
    piece[piece.shape[0] - fade_out.size :] *= fade_out[:, None]
    out[begin:end] += piece


def _join_notes(joins: list[JoinFigures], settings: AssembleSettings, rate: int) -> list[str]:
    notes = []
    if any(join.same_performance for join in joins):
        count = sum(join.same_performance for join in joins)
        notes.append(
            f"{count} of {len(joins)} joins lay overlapping cuts of one performance over each other."
        )
    short = [
        join
        for join in joins
        if join.fade_frames < 0.5 * settings.crossfade_s * rate and settings.crossfade_s
    ]
    if short:
        notes.append(f"{len(short)} crossfades are shorter than asked, because the clips are short.")
    return notes


def _silenced(audio: Audio, settings: AssembleSettings) -> Audio:
    return Audio(silenced(audio.samples, audio.sample_rate, settings.stretches), audio.sample_rate)


def _silence_notes(settings: AssembleSettings) -> list[str]:
    return [f"Silenced by choice: {start:.2f} to {stop:.2f} s." for start, stop in settings.stretches]


def _left_silent(sounds: Mapping[str, Audio]) -> frozenset[str]:
    """Return the sounds of which the silences leave nothing."""
    return frozenset(name for name, audio in sounds.items() if not _sounds(audio.samples))


def _came_silent(clips: list[_Clip]) -> frozenset[str]:
    """Return the stems that came silent in every clip: the plan left them out, or generate was blamed."""
    return frozenset(
        f"song/{stem}"
        for stem in clips[0].sounds
        if stem and all(not _sounds(clip.sounds[stem].samples) for clip in clips)
    )


def _sounds(samples: Samples) -> bool:
    return samples.size > 0 and not bool(max(samples.max(), -samples.min()) < SILENT_PEAK)
