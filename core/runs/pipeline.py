"""A run's settings, and the key of each step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails

from core.engines.base import EngineOptions, EngineSettings, UnknownSettings
from core.engines.registry import CARDS
from core.errors import SettingsError
from core.sentences import sentence
from core.stages.base import Stage, StageSettings
from core.stages.generate import GenerateSettings
from core.stages.migration import FIRST_NAMES, LATER, OPTIONS, SCHEMA, migrated, path_today
from core.stages.table import STAGE_NAMES, STAGES

_MODELS = {(card.stage, card.name): card.settings for card in CARDS}


class _OfEveryStage(BaseModel):
    """The settings of a run, but for the stages' own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_number: int = SCHEMA

    @model_validator(mode="before")
    @classmethod
    def _as_today(cls, stored: Any) -> Any:
        """Read settings of earlier versions, and let each engine's card check its own."""
        return _with_options_checked(migrated(stored)) if isinstance(stored, Mapping) else stored

    def of(self, stage: str) -> StageSettings:
        """Return one stage's settings."""
        settings: StageSettings = getattr(self, stage)
        return settings

    def with_values(self, assignments: Mapping[str, str]) -> Self:
        """Return these settings with ``{"mix.faders.bass.gain_db": "-3"}`` put in; values are JSON or text.

        Raises SettingsError that names the assignment, its bounds or the settings that exist.
        """
        tree = self.model_dump(mode="json")
        for path, text in assignments.items():
            _put(tree, _known_path(path), text)
        try:
            return type(self).model_validate(tree)
        except ValidationError as error:
            raise _settings_error(error) from error


if TYPE_CHECKING:

    class RunSettings(_OfEveryStage):
        """The settings of every stage of one run, as ``schema_number`` has it, a field for each."""

        def __init__(self, **stages: StageSettings) -> None: ...
        def __getattr__(self, stage: str) -> Any: ...

else:
    RunSettings = create_model(
        "RunSettings",
        __base__=_OfEveryStage,
        __module__=__name__,
        __doc__="The settings of every stage of one run, in the form of ``schema_number``.",
        **{stage.name: (stage.settings_type, stage.settings_type()) for stage in STAGES},
    )


def stage_named(name: str) -> Stage[Any]:
    """Return a stage; raises SettingsError for an unknown name."""
    for stage in STAGES:
        if stage.name == name:
            return stage
    raise SettingsError(f"There is no stage {name}.", remedy=f"Stages are {', '.join(STAGE_NAMES)}.")


def step_key(stage: Stage[Any], version_of_engine: str, given: Mapping[str, Any]) -> str:
    """Return the content key of a step: what makes two results the same.

    ``given``: JSON-ready settings, request, plan, lyrics and the keys of the input sounds.
    """
    parts = {"stage": stage.name, "version": stage.version, "engine": version_of_engine, **given}
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _with_options_checked(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with engines' own as their cards' models; raises ValidationError for all refused.

    Those of an engine that is not installed stay as they are; one at its defaults is left out.
    """
    refused: list[InitErrorDetails] = []
    for stage, given in settings.items():
        if not isinstance(given, Mapping) or not isinstance(given.get(OPTIONS), Mapping):
            continue
        read: EngineOptions = {}
        for name, own in given[OPTIONS].items():
            model = _MODELS.get((stage, name), UnknownSettings)
            try:
                options = own if isinstance(own, EngineSettings) else model.model_validate(own)
                if options != model():
                    read[name] = options
            except ValidationError as error:
                refused += [_inside((stage, OPTIONS, name), problem) for problem in error.errors()]
        settings = {**settings, stage: {**given, OPTIONS: read}}
    if refused:
        raise ValidationError.from_exception_data("RunSettings", refused)
    return settings


def _inside(where: tuple[str, ...], problem: ErrorDetails) -> InitErrorDetails:
    """Return a problem of a model as one of the model that it lies in."""
    return InitErrorDetails(
        type=problem["type"],
        loc=(*where, *problem["loc"]),
        input=problem["input"],
        ctx=problem.get("ctx", {}),
    )


def _known_path(path: str) -> str:
    """Return a setting's path as it is today; raises SettingsError for one of an engine that is not there."""
    today = path_today(path, {card.name: card.stage for card in CARDS})
    stage, _, inner = today.partition(f".{OPTIONS}.")
    engine = inner.partition(".")[0]
    if engine and (stage, engine) not in _MODELS:
        known = ", ".join(name for of, name in _MODELS if of == stage)
        raise SettingsError(f"{stage} has no engine {engine}.", remedy=f"Its engines are {known}.")
    return today


def key_settings(stage: str, settings: StageSettings, engine: str) -> dict[str, Any]:
    """Return a stage's settings as they count for its step's key, JSON-ready.

    Written as schema 1 wrote them, so that what it stored is found; of engines that it did not know, the
    chosen one's alone.
    """
    dumped = _without_later(stage, settings)
    given: EngineOptions = getattr(settings, OPTIONS, {})
    dumped.pop(OPTIONS, None)
    if isinstance(settings, GenerateSettings):
        # How many takes there are changes none of them, and the first is the song as it is without any.
        dumped.pop("takes")
        if settings.take <= 1:
            dumped.pop("take")
    cards = {card.name: card for card in CARDS}
    for field, name in FIRST_NAMES.get(stage, {}).items():
        dumped[field] = _without_later(name, cards[name].options(given))
    if engine in given and engine not in FIRST_NAMES.get(stage, {}).values():
        dumped[OPTIONS] = given[engine].model_dump(mode="json")
    return dumped


def _without_later(name: str, settings: BaseModel) -> dict[str, Any]:
    """Return settings, JSON-ready, without those that came later and are as they were without a choice."""
    usual = type(settings)()
    unchanged = {one for one in LATER.get(name, ()) if getattr(settings, one) == getattr(usual, one)}
    return settings.model_dump(mode="json", exclude=unchanged)


def _put(tree: dict[str, Any], path: str, text: str) -> None:
    *parents, leaf = path.split(".")
    if not parents or not leaf:
        raise SettingsError(
            f"{path!r} names no setting.",
            remedy="Write stage.setting=value, for example master.target_lufs=-16.",
        )
    node = tree
    for name in parents:
        child = node.setdefault(name, {})
        if not isinstance(child, dict):
            raise SettingsError(f"{path!r} names no setting.", remedy=f"{name} holds a plain value.")
        node = child
    try:
        node[leaf] = json.loads(text)
    except json.JSONDecodeError:
        node[leaf] = text


def _settings_error(error: ValidationError) -> SettingsError:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    remedy = "Choose a value within the bounds."
    if first["type"] == "extra_forbidden":
        stage = str(first["loc"][0])
        known = (
            ", ".join(type(RunSettings().of(stage)).model_fields)
            if stage in STAGE_NAMES
            else ", ".join(STAGE_NAMES)
        )
        remedy = f"Known here: {known}."
        return SettingsError(f"There is no setting {where}.", remedy=remedy)
    return SettingsError(sentence(first, where), remedy=remedy, detail=str(error))


def first_difference(before: RunSettings, after: RunSettings) -> str:
    """Return the first stage whose settings differ; the last stage when none does."""
    return next((name for name in STAGE_NAMES if before.of(name) != after.of(name)), STAGE_NAMES[-1])


def share_within(fraction: float, stage: str) -> float:
    """Return a stage's own share done, 0 to 1, of a run that is at ``fraction``."""
    return min(1.0, max(0.0, fraction * len(STAGE_NAMES) - STAGE_NAMES.index(stage)))
