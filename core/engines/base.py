"""What the studio knows of an engine, and how a stage reaches one.

An engine's heavy side runs elsewhere (:mod:`core.engines.executors.base`). A stage sees only the
:class:`Engines` protocol, so a test can put a fake in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pydantic import ConfigDict, SerializeAsAny

from core.audio import Audio
from core.engines.weights import Weights
from core.progress import Report
from core.settings import Settings
from core.values import Json


class EngineSettings(Settings):
    """Base of every engine's own settings; an engine without any has these."""


class UnknownSettings(EngineSettings):
    """Settings of an engine that is not installed here: stored as they are, for when it is again."""

    model_config = ConfigDict(extra="allow")


EngineOptions = dict[str, SerializeAsAny[EngineSettings]]
"""Engines' own settings by engine name, as a stage holds them; an engine at its defaults may be left out."""


@dataclass(frozen=True)
class Availability:
    """Whether an engine can run here now; ``reason`` is one sentence either way."""

    ready: bool
    reason: str
    remedy: str = ""
    auto: bool = True
    """Whether ``auto`` may take it: a model that needs a GPU runs without one only when it is asked for."""
    checkpoint: str = ""
    """Where its weights lie, when it has any; read where the engine runs, and nowhere else."""
    weights_id: str = ""
    """Changes when the weights do; part of the step's key."""


@dataclass(frozen=True)
class MemoryOutlook:
    """What a song will take of this machine's memory, known before anything is loaded."""

    fits: bool
    sentence: str
    """What it needs and what is free."""
    remedy: str = ""
    """Where it does not fit: which choices do."""


@dataclass(frozen=True)
class EngineCard:
    """An engine's card: what it is, where it runs, what it needs."""

    name: str
    title: str
    """As shown on a page, e.g. "Built-in band (no AI model)"."""
    stage: str
    """The stage it serves: "lyrics", "generate", "separate", "enhance", "master"."""
    worker: str
    """Dotted module of the child's side; it has ``class Worker`` (see ``core/engines/child.py``)."""
    version: str
    """Bumped by hand when its output changes; part of every step's key."""
    summary: str
    licence: str
    how_to_add: str
    """One sentence: what to install or download when it is not ready."""
    needs_torch: bool = False
    approximate: bool = False
    """Its result is an approximation and must be labelled so."""
    weights: tuple[Weights, ...] = ()
    """Published weights, any one of which it can run from, the preferred first; none: it brings its own."""
    helpers: tuple[Weights, ...] = ()
    """Published weights of another model that it uses where they are here, and does without."""
    own_weights: tuple[str, ...] = ()
    """What a checkpoint folder must hold at least, where it may hold others than the published weights."""
    sings: bool = True
    """Whether the lyrics are in its sound; of one that does not, nobody asks for a voice."""
    gpu_first: bool = False
    """``auto`` takes it only where there is a GPU."""
    settings: type[EngineSettings] = EngineSettings
    """Its own settings."""
    files_id: Callable[[Any], str] = lambda options: ""
    """Of its settings: what changes when the files do that they name. Raises EngineInputError for one that
    cannot be used."""
    weights_named: Callable[[Any], str] = lambda options: ""
    """Of its settings: the published weights that they ask for; empty for the usual ones."""
    memory: Callable[[Path, Any, float], MemoryOutlook | None] = lambda folder, options, seconds: None
    """Of a checkpoint, its settings and a song's length: what memory the song takes; None when not known."""
    changes: Callable[[Any], str] = lambda options: ""
    """Of its settings: what they do with an uploaded song ("cover"); empty: it makes one from words."""
    takes_timbre: bool = False
    """Whether its song can take on the timbre of a sound that it is given."""
    plays_midi: bool = False
    """Whether it plays an uploaded MIDI file."""
    runs_own_code: bool = False
    """Whether code that comes with its weights runs on this machine: somebody has to agree to that."""
    repeatable: bool = False
    """Whether it makes the same of the same to the last bit, so that its sounds may give way to save disk."""
    may_start_early: bool = False
    """Its worker has ``prepare(values, sounds, report)`` and is light: it may be started while a person
    still types, and loads then what its first call would wait for."""

    def options(self, given: EngineOptions) -> EngineSettings:
        """Return its settings among those of its stage; raises ValidationError for what it does not know."""
        own = given.get(self.name, EngineSettings())
        return own if isinstance(own, self.settings) else self.settings.model_validate(own.model_dump())


@dataclass(frozen=True)
class Registered:
    """An engine's card and the question whether it can run here."""

    card: EngineCard
    available: Callable[[], Availability]


FirstListen = Callable[[bytes], None]
"""Takes a WAV of a song's first section, once, while the engine still makes the rest."""


@dataclass(frozen=True, eq=False)
class Reply:
    """What a call returned: plain values and validated sounds."""

    values: Mapping[str, Json] = field(default_factory=dict)
    sounds: Mapping[str, Audio] = field(default_factory=dict)
    device: str = "cpu"
    precision: str = "float32"


class Engines(Protocol):
    """The way to the engines; :func:`core.engines.opened.open_engines` makes the real one."""

    def cards(self, stage: str) -> tuple[EngineCard, ...]:
        """Return the engines of a stage, the preferred first."""
        ...

    def card(self, name: str) -> EngineCard:
        """Return one engine's card; raises NotFoundError."""
        ...

    def availability(self, name: str, checkpoint: str = "") -> Availability:
        """Return whether the engine can run here now, without loading it.

        ``checkpoint``: the weights to take, as the person named them; empty for the usual places.
        """
        ...

    def call(
        self,
        engine: str,
        method: str,
        *,
        values: Mapping[str, Json],
        sounds: Mapping[str, Audio],
        report: Report,
        first_listen: FirstListen | None = None,
    ) -> Reply:
        """Run ``Worker.<method>`` of the engine and return its reply.

        ``report`` is called with every progress message and at least every 0.25 s, from this thread; what it
        raises ends the call within 2 s. Raises EngineError's children, StorageError when sounds cannot be
        handed over, or Cancelled.
        """
        ...

    def prepare(self, name: str) -> None:
        """Let an engine get ready for its first call, if its card says that it may; returns at once."""
        ...

    def memory_mb(self) -> dict[str, int | None]:
        """Return the resident memory of each open engine, None where the executor cannot tell it."""
        ...

    def close(self) -> None:
        """End every engine at once; a call that is under way ends as Cancelled."""
        ...
