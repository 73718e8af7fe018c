"""What differs between two runs or two files: settings, stage by stage, and where it began.

A stage whose sounds have the same keys is identical without being read. Everything else is laid over each
other as the steps of a chain are, so that "the same but for 0.5 dB" is distinguished from "another song".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from core.audio import Audio
from core.blame.change import Change, compare
from core.blame.take import Take, take_of
from core.blame.words import change_in_words
from core.compare.explain import Kind
from core.runs.record import ArtifactRecord, RunRecord, StepRecord
from core.stages.table import STAGE_NAMES
from core.values import Json

REQUEST = "request"
"""Where what was asked for stands beside the stages' settings."""
SAME_TIME_S = 0.0001


class Same(StrEnum):
    """How alike two sounds are."""

    IDENTICAL = "identical"
    """Not one sample differs."""
    GAIN = "gain"
    """The same but for a gain."""
    DIFFERENT = "different"
    ONLY_A = "only in a"
    ONLY_B = "only in b"
    NEITHER = "in neither"


@dataclass(frozen=True)
class Setting:
    """One setting that differs."""

    stage: str
    """The stage, or "request"."""
    name: str
    a: Json
    b: Json

    @property
    def in_words(self) -> str:
        """The setting and both values as text."""
        where = self.name if self.stage == REQUEST else f"{self.stage}.{self.name}"
        usual = None if self.stage == REQUEST else "default"
        a, b = (usual if value is None and usual else _plain(value) for value in (self.a, self.b))
        return f"{where} {a} against {b}"


@dataclass(frozen=True)
class Part:
    """One stage, or the file, of both sides."""

    stage: str
    title: str
    same: Same
    change: Change | None = None
    """From a to b, over the whole sound; None when identical or when one side has none."""
    parts: Mapping[str, Same] = field(default_factory=dict)
    """How alike the sounds of one name are, where there are several."""
    notes: tuple[str, ...] = ()
    """What else differs: the words, the plan, the engine, the machine."""


@dataclass(frozen=True)
class Difference:
    """What differs between a and b."""

    settings: tuple[Setting, ...]
    stages: tuple[Part, ...]
    same: Same
    began: Part | None
    """The first stage that is not identical."""
    because: tuple[str, ...]
    """What is known to differ at that stage or in what was asked for: settings, engine, machine."""
    what: str
    """The whole of it in a sentence or two."""


def difference_of_takes(a: Take, b: Take) -> Difference:
    """Compare two sounds."""
    change = compare(a, b).change
    same = _same(change)
    part = Part("file", "The sound", same, None if same is Same.IDENTICAL else change)
    what = (
        change_in_words(change, b.name, a.name)
        if a.name != b.name
        else change_in_words(change, "The second", "the first")
    )
    return Difference((), (part,), same, None if same is Same.IDENTICAL else part, (), what)


def difference_of_runs(a: RunRecord, b: RunRecord, audio: Callable[[str], Audio]) -> Difference:
    """Compare two runs; ``audio`` returns a stored sound by its key."""
    settings = changed_settings(a, b)
    stages = tuple(_stage(one, other, audio) for one, other in _pairs(a, b))
    began = next((p for p in stages if p.same not in (Same.IDENTICAL, Same.NEITHER)), None)
    if began is None:
        what = "Both runs are identical, sample for sample"
        what += f", though {_listed(settings)} differ." if settings else "."
        return Difference(settings, stages, Same.IDENTICAL, None, (), what)
    because = (*_causes(began.stage, settings), *began.notes)
    last = next(p for p in reversed(stages) if p.same is not Same.NEITHER)
    return Difference(settings, stages, last.same, began, because, _what(began, last, because))


def _pairs(a: RunRecord, b: RunRecord) -> Iterator[tuple[StepRecord, StepRecord]]:
    """Yield the steps of one name of two runs; a step that only one has is beside one that did not run."""
    sides = [{step.stage: step for step in run.steps} for run in (a, b)]
    for name in dict.fromkeys((*sides[0], *sides[1])):
        title = (sides[0].get(name) or sides[1][name]).title
        absent = StepRecord(stage=name, title=title)
        yield sides[0].get(name, absent), sides[1].get(name, absent)


def last_take(run: RunRecord, audio: Callable[[str], Audio]) -> Take | None:
    """Return the last whole sound of a run, for comparing it with a file; None when it has none."""
    for step in reversed(run.steps):
        if step.main is not None:
            return take_of(f"{step.title} of run {run.id}", audio(step.main.key))
    return None


def changed_settings(a: RunRecord, b: RunRecord) -> tuple[Setting, ...]:
    """Return every setting and every part of the request in which two runs differ."""
    pairs = [(REQUEST, *_values(a.request, b.request))]
    for name in STAGE_NAMES:
        pairs.append((name, *_values(a.settings.of(name), b.settings.of(name))))
    return tuple(
        Setting(stage, name, one.get(name), other.get(name))
        for stage, one, other in pairs
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    )


def _stage(a: StepRecord, b: StepRecord, audio: Callable[[str], Audio]) -> Part:
    notes = tuple(_notes(a, b))
    sounds_a, sounds_b = ({x.name: x for x in step.artifacts} for step in (a, b))
    names = [*sounds_a, *(name for name in sounds_b if name not in sounds_a)]
    parts = {name: _by_key(sounds_a.get(name), sounds_b.get(name)) for name in names}
    if a.main is None or b.main is None:
        return Part(a.stage, a.title, _without_sound(a, b), None, parts, notes)
    if all(same is Same.IDENTICAL for same in parts.values()) and a.main.key == b.main.key:
        return Part(a.stage, a.title, Same.IDENTICAL, None, parts, notes)
    change = _change(a.main, b.main, audio)
    for name, same in parts.items():
        if same is Same.DIFFERENT and change.kind is not Kind.UNRELATED:
            parts[name] = _same(_change(sounds_a[name], sounds_b[name], audio))
    alike = {_same(change), *parts.values()}
    same = Same.GAIN if alike <= {Same.GAIN, Same.IDENTICAL} else Same.DIFFERENT
    return Part(a.stage, a.title, same, change, parts, notes)


def _without_sound(a: StepRecord, b: StepRecord) -> Same:
    """Return how alike two stages are of which one or both deliver no sound."""
    has_a, has_b = (bool(s.main or s.lyrics or s.plan or s.files) for s in (a, b))
    if not has_a and not has_b:
        return Same.NEITHER
    if has_a != has_b:
        return Same.ONLY_A if has_a else Same.ONLY_B
    if a.main or b.main:
        return Same.ONLY_A if a.main else Same.ONLY_B
    return Same.IDENTICAL if (a.plan, a.lyrics) == (b.plan, b.lyrics) else Same.DIFFERENT


def _change(a: ArtifactRecord, b: ArtifactRecord, audio: Callable[[str], Audio]) -> Change:
    return compare(take_of(a.name, audio(a.key)), take_of(b.name, audio(b.key))).change


def _by_key(a: ArtifactRecord | None, b: ArtifactRecord | None) -> Same:
    if a is None or b is None:
        return Same.ONLY_A if a else Same.ONLY_B
    return Same.IDENTICAL if a.key == b.key else Same.DIFFERENT


def _same(change: Change) -> Same:
    if change.kind is Kind.IDENTICAL:
        return Same.IDENTICAL
    moved = change.delay_s is not None and abs(change.delay_s) > SAME_TIME_S
    alike = change.kind is Kind.GAIN and change.made_at_hz is None
    return Same.GAIN if alike and not moved and not change.polarity_inverted else Same.DIFFERENT


def _notes(a: StepRecord, b: StepRecord) -> list[str]:
    """Tell what the records of two stages differ in, besides their sounds."""
    notes = []
    if a.lyrics is not None and b.lyrics is not None and a.lyrics != b.lyrics:
        notes.append("the lyrics differ")
    if a.plan is not None and b.plan is not None and a.plan != b.plan:
        notes.append("the plan of the song differs")
    for what, one, other in (
        ("engine", a.engine, b.engine),
        ("device", a.device, b.device),
        ("precision", a.precision, b.precision),
    ):
        if one and other and one != other:
            notes.append(f"{what} {one} against {other}")
    for side, step in (("a", a), ("b", b)):
        if step.error is not None:
            notes.append(f"{side} failed: {step.error.message}")
    return notes


def _causes(stage: str, settings: tuple[Setting, ...]) -> tuple[str, ...]:
    """Return the settings of the stage where it began, else what was asked for."""
    own = tuple(s.in_words for s in settings if s.stage == stage)
    return own or tuple(s.in_words for s in settings if s.stage == REQUEST)


def _what(began: Part, last: Part, because: tuple[str, ...]) -> str:
    how = {
        Same.GAIN: "the same sound at another level from here on",
        Same.DIFFERENT: "different from here on",
        Same.ONLY_A: "b has nothing here",
        Same.ONLY_B: "a has nothing here",
    }.get(began.same, "")
    text = f"The runs part at {began.title}: {how}"
    text += f" ({'; '.join(because)})." if because else "; no setting explains it."
    if began.change is not None:
        text += f" {change_in_words(began.change, 'b', 'a')}"
    if last is not began and last.change is not None:
        at_the_end = change_in_words(last.change, "b", "a")
        text += f" At the end: {at_the_end}" if at_the_end not in text else ""
    return text


def _values(a: BaseModel, b: BaseModel) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return two models of one type as one level each, names joined by dots.

    An entry that only one of them has (a fader that was moved) is named by what it sets beside its defaults.
    """
    flat = dict[str, Json](), dict[str, Json]()
    for name in type(a).model_fields:
        one, other = getattr(a, name), getattr(b, name)
        for key, *sides in _entries(name, one, other):
            for values, side in zip(flat, sides, strict=True):
                values.update(_leaves(key, side, alone=None in sides))
    return flat


def _entries(name: str, one: Any, other: Any) -> list[tuple[str, Any, Any]]:
    """Return a field, or each entry of one that holds entries by name, of both sides."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [(f"{name}.{key}", one.get(key), other.get(key)) for key in {**one, **other}]
    return [(name, one, other)]


def _leaves(name: str, value: Any, *, alone: bool) -> dict[str, Json]:
    """Return a field's values by their names; of a model that stands alone, those beside its defaults."""
    if not isinstance(value, BaseModel):
        return {name: to_jsonable_python(value)}
    fields = type(value).model_fields
    leaves = [leaf for leaf, field in fields.items() if not alone or getattr(value, leaf) != field.default]
    return {f"{name}.{leaf}": to_jsonable_python(getattr(value, leaf)) for leaf in leaves}


def _plain(value: Json) -> str:
    return "none" if value is None else value if isinstance(value, str) and value else repr(value)


def _listed(settings: tuple[Setting, ...]) -> str:
    return ", ".join(setting.in_words for setting in settings[:4])
