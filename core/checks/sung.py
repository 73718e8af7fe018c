"""Whether a song was sung: a voice where words are, its tune and every line, and none in an instrumental.

The limits were fitted on songs of the built-in band and on instrumental music (``benchmarks.sung``).
What is asked needs the packages silero-vad and swift-f0 (``make models``); without them nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from core.checks.altered_stem import TRUE_STEM
from core.checks.context import MOST_SPANS, VOCALS, by_choice, clock, is_audible, span
from core.checks.figures import SeparateFigures
from core.checks.sung_lines import (
    IN_TUNE_CENTS,
    LineRead,
    PlannedLine,
    State,
    lines_by_plan,
    read_lines,
    reported_lines,
)
from core.contract import Case, Check, Finding, Material, Rank, Severity, Sound, Span
from core.meter.voice import activity as voices
from core.meter.voice import pitch as pitches
from core.meter.voice.excerpts import Stretch

HELD_S, HELD_SHARE = 0.8, 0.5
"""The detector knows speech: where more of the singing lies in longer notes, it finds no voice in a voice."""
_WITHOUT_VAD = f"where {voices.PACKAGE} is not installed (make models)"
_WITHOUT_PITCH = f"where {pitches.PACKAGE} is not installed (make models)"


@dataclass(frozen=True)
class VoiceThere(Check):
    """The vocals hold a voice where the song has words: as an engine reports them, or separated ones.

    ``warn_share``, ``fail_share``: parts of the sung time with a voice under which it warns and fails.
    """

    name: ClassVar[str] = "no_voice"
    rank: ClassVar[Rank] = Rank.TRACE
    unasked: ClassVar[str] = (
        f"but for an audible vocals stem of a song with words whose notes are not held, and {_WITHOUT_VAD}"
    )
    warn_share: float = 0.05
    fail_share: float = 0.02
    can_listen: bool = field(default_factory=voices.installed)
    """Part of the contract, so that what was judged without the package is judged again with it."""

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Listen where lines are to be sung."""
        if not self.can_listen or not _is_sung_voice(sound, case):
            return None
        lines = reported_lines(sound, case)
        if (not lines and case.delivers is not Material.STEMS) or _is_held(lines):
            return None
        lines = lines or lines_by_plan(case)
        if case.silenced and not lines:
            return None
        spans = [(line.start_s, line.stop_s) for line in lines] or [(0.0, sound.audio.duration_s)]
        share = _share(sound, spans)
        before = _true_voice(case)
        # A voice that was not to be recognised before is not to be missed.
        if before is not None and share < self.warn_share and _share(before, spans) < 2 * self.warn_share:
            return None
        evidence = (
            f"A voice is likely in {100 * share:.0f} % of {_seconds(spans):.0f} s in which the song is sung "
            f"(warns under {100 * self.warn_share:g}, fails under {100 * self.fail_share:g} %)."
        )
        if share >= self.warn_share:
            return self.ok(evidence, sound)
        # The detector misses some voices: where the notes are sung it stops no song.
        sung = pitches.installed() and _is_on_its_tune(sound, lines)
        return self.rated(
            _ours(case) if share < self.fail_share and not sung else Severity.WARN,
            evidence,
            sound,
            causes=("something else than a voice is in the vocals", "the engine did not sing these words"),
            remedy="Make the clips again; choose another separator if the clips have the voice.",
            spans=tuple(span(*one) for one in spans[:MOST_SPANS]),
        )


@dataclass(frozen=True)
class Unsung(Check):
    """No voice is in a song that is to be an instrumental: in its vocals, or in the whole where it has none.

    In a whole mix the detector finds about half of the voices at a usual level, in stems nearly all. In 131
    pieces of instrumental music it finds a voice in at most 3.4 % of the time; in sung stems, their rests
    included, in 5 to 79 %.
    """

    name: ClassVar[str] = "voice_in_instrumental"
    unasked: ClassVar[str] = (
        f"but for the audible vocals of an instrumental, or the whole, and {_WITHOUT_VAD}"
    )
    warn_share: float = 0.1
    fail_share: float = 0.2
    can_listen: bool = field(default_factory=voices.installed)

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Listen all over the sound."""
        instrumental = case.plan is not None and case.plan.instrumental
        if not self.can_listen or not instrumental or case.uploaded or not _may_hold_a_voice(sound, case):
            return None
        if case.promise.engine_untrained or not is_audible(sound.measurement):
            return None
        whole = [(0.0, sound.audio.duration_s)]
        share = _share(sound, whole)
        evidence = (
            f"A voice is likely in {100 * share:.0f} % of the {_seconds(whole):.0f} s of this instrumental "
            f"(warns over {100 * self.warn_share:g}, fails over {100 * self.fail_share:g} %)."
        )
        if share <= self.warn_share:
            return self.ok(evidence, sound)
        return self.rated(
            _ours(case) if share > self.fail_share else Severity.WARN,
            evidence,
            sound,
            causes=("the engine sang although no words were asked for", "an instrument sounds like a voice"),
            remedy="Make the clips again with another seed, or take the vocals out after separating.",
        )


@dataclass(frozen=True)
class TuneSung(Check):
    """The voice sings the notes that the engine reports.

    ``warn_share``, ``fail_share``: parts of the notes within 50 cents under which it warns and fails.
    """

    name: ClassVar[str] = "tune_sung"
    unasked: ClassVar[str] = f"where no sung notes are reported, and {_WITHOUT_PITCH}"
    warn_share: float = 0.7
    fail_share: float = 0.4
    can_listen: bool = field(default_factory=pitches.installed)

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the pitch of each note."""
        lines = reported_lines(sound, case)
        if not self.can_listen or not lines or not _is_sung_voice(sound, case):
            return None
        read = read_lines(sound.audio, lines)
        in_tune, notes = _notes_sung(read)
        share = in_tune / notes
        evidence = (
            f"{in_tune} of {notes} sung notes ({100 * share:.0f} %) are within {IN_TUNE_CENTS:g} cents of it "
            f"(warns under {100 * self.warn_share:g}, fails under {100 * self.fail_share:g} %)."
        )
        if share >= self.warn_share:
            return self.ok(evidence, sound)
        return self.rated(
            Severity.FAIL if share < self.fail_share else Severity.WARN,
            evidence,
            sound,
            causes=(
                "the vocals are of another song, shifted, or at another pitch",
                "the voice sang off its notes",
            ),
            remedy="Make the clips again.",
            spans=_spans([one for one in read if one.state is not State.SUNG]),
        )


@dataclass(frozen=True)
class LinesSung(Check):
    """Every line of the words is sung where it is planned; words are not recognised."""

    name: ClassVar[str] = "lines_sung"
    unasked: ClassVar[str] = f"without an audible vocals stem of a song with words, and {_WITHOUT_PITCH}"
    can_listen: bool = field(default_factory=lambda: voices.installed() and pitches.installed())

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Name the lines that are missing."""
        if not self.can_listen or not _is_sung_voice(sound, case):
            return None
        lines = planned_lines(sound, case)
        if not lines:
            return None
        read = read_lines(sound.audio, lines)
        missing = [one for one in read if one.state is State.MISSING]
        doubtful = [one for one in read if one.state is State.DOUBTFUL]
        said = f"{len(read) - len(missing) - len(doubtful)} of {len(read)} lines are sung"
        said += f", {len(doubtful)} doubtful" if doubtful else ""
        if not missing:
            ending = f": {_named(doubtful)}." if doubtful else "."
            return self.note(said + ending, sound) if doubtful else self.ok(said + ending, sound)
        return self.warn(
            f"{said}; nothing is sung at {_named(missing)}.",
            sound,
            causes=(
                "the engine left these lines out",
                "they were lost when the voice was taken out of the song",
            ),
            remedy="Make the clips again with another seed, or shorten the words.",
            spans=_spans(missing),
        )


def planned_lines(sound: Sound, case: Case) -> tuple[PlannedLine, ...]:
    """Return the lines to look for in a vocals stem: as reported, else by the plan.

    By the plan they are looked for in what a separator made of a song that came without vocals of its own.
    """
    reported = reported_lines(sound, case)
    if reported or case.delivers is not Material.STEMS or _true_voice(case):
        return reported
    length_s = sound.audio.duration_s
    return tuple(line for line in lines_by_plan(case) if line.stop_s <= length_s)


def _notes_sung(read: Sequence[LineRead]) -> tuple[int, int]:
    """Return how many of the notes are sung, and how many there are."""
    return sum(one.in_tune for one in read), sum(len(one.line.notes) for one in read)


def _is_on_its_tune(sound: Sound, lines: tuple[PlannedLine, ...]) -> bool:
    """Return whether so many of the reported notes are sung as :class:`TuneSung` asks for."""
    in_tune, notes = (
        _notes_sung(read_lines(sound.audio, lines)) if any(one.notes for one in lines) else (0, 0)
    )
    return notes > 0 and in_tune / notes >= TuneSung.warn_share


def _is_held(lines: Sequence[PlannedLine]) -> bool:
    """Return whether most of the singing lies in long notes."""
    lengths = [note.stop_s - note.start_s for line in lines for note in line.notes]
    return sum(length for length in lengths if length > HELD_S) > HELD_SHARE * sum(lengths)


def _is_sung_voice(sound: Sound, case: Case) -> bool:
    """Return whether the sound is an audible vocals stem of a song that an engine was to sing."""
    words = case.lyrics is not None and bool(case.lyrics.lines)
    if not words or sound.name.rpartition("/")[2] != VOCALS or case.uploaded or by_choice(sound, case):
        return False
    if (case.plan is not None and case.plan.instrumental) or case.promise.engine_untrained:
        return False
    if isinstance(case.figures, SeparateFigures) and case.figures.sung is False:
        return False
    return is_audible(sound.measurement)


def _may_hold_a_voice(sound: Sound, case: Case) -> bool:
    """Return whether the sound is a vocals stem, or a whole that comes without one."""
    whole, _, part = sound.name.rpartition("/")
    if part == VOCALS:
        return True
    return case.delivers is not Material.STEMS and not whole and f"{part}/{VOCALS}" not in case.outputs


def _ours(case: Case) -> Severity:
    """Return a fail where the limits were fitted on the voice, the band's own: it has true stems."""
    own = case.delivers is not Material.STEMS or _true_voice(case) is not None
    return Severity.FAIL if own else Severity.WARN


def _true_voice(case: Case) -> Sound | None:
    """Return the voice that came with the song, where it is a stem of its own."""
    return case.inputs.get(TRUE_STEM + VOCALS)


def _share(sound: Sound, spans: Sequence[Stretch]) -> float:
    """Return the part of these spans in which a voice is likely."""
    first_s, last_s = min(start_s for start_s, _ in spans), max(stop_s for _, stop_s in spans)
    return voices.activity(sound.audio, first_s, last_s).share(spans)


def _seconds(spans: Sequence[Stretch]) -> float:
    return sum(stop_s - start_s for start_s, stop_s in spans)


def _spans(read: list[LineRead]) -> tuple[Span, ...]:
    return tuple(span(one.line.start_s, one.line.stop_s) for one in read[:MOST_SPANS])


def _named(read: list[LineRead]) -> str:
    shown = "; ".join(f"{clock(one.line.start_s)} “{one.line.text[:40]}”" for one in read[:3])
    return shown + (" ..." if len(read) > 3 else "")
