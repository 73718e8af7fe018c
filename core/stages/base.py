"""What every stage is: settings, ``run()`` and a contract.

A stage is one file with a settings model and a class that satisfies :class:`Stage`; it is registered by
one line in :mod:`core.stages.table`. Stages import neither each other nor the store nor Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from core.audio import Audio
from core.contract import Case, Contract, Figures, Material, Promise
from core.delivery.reuse import ProvedFiles
from core.engines.base import Engines
from core.progress import Report
from core.settings import Settings, knob
from core.song import Lyrics, Plan, SongRequest


class StageSettings(Settings):
    """Base of every stage's settings."""

    def uploads(self) -> Mapping[str, str]:
        """Return the keys of the stored sounds that these settings name, by what they are to the stage."""
        return {}

    @property
    def engine_named(self) -> str:
        """The engine that these settings ask for by name; empty when they ask for none."""
        return ""


S = TypeVar("S", bound=StageSettings)


@dataclass(frozen=True)
class MadeBy:
    """Who made a stage's sound, on what."""

    engine: str
    title: str
    version: str = ""
    device: str = "cpu"
    precision: str = "float32"
    native_rate: int | None = None
    """The engine's own rate in Hz before the one resampling at the door."""
    approximate: bool = False
    sings: bool = True
    """Whether lyrics, where there are some, are in its sound."""


@dataclass(frozen=True, eq=False)
class Work(Generic[S]):
    """All that a stage is given."""

    request: SongRequest
    settings: S
    inputs: Mapping[str, Mapping[str, Audio]]
    """Sounds by what they are, then by artifact name."""
    plan: Plan | None
    lyrics: Lyrics | None
    engines: Engines
    report: Report
    scratch: Path
    """An empty folder for this run of the stage; files that it delivers may lie here."""
    engine: str = ""
    """The engine chosen for this stage (settings said "auto" or a name); empty when it needs none."""
    checkpoint: str = ""
    """The folder of that engine's weights, when it has any."""
    made_by: Mapping[str, MadeBy] = field(default_factory=dict)
    """Who did the stages before, by stage: the export says so in its tags."""
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Events of the stages before, by stage: they belong into the export's tags (a fallback, ...)."""
    input_keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Content keys of ``inputs``, where they are known without reading the sound."""
    sources: Mapping[Material, str] = field(default_factory=dict)
    """The stages that delivered ``inputs``, by kind."""
    proved_files: ProvedFiles | None = None
    """Files of earlier exports that may be delivered again; None when all is to be written anew."""
    first_listen: Path | None = None
    """Where an engine may put a WAV of the song's first section while it still makes the rest."""


@dataclass(frozen=True, eq=False)
class Output:
    """What a stage delivers: named sounds, documents (JSON) and files, and who made them.

    Artifact names: ``clip_1`` and its true stems ``clip_1/vocals``; ``song`` and ``song/vocals`` after
    assemble; plain stem names after separate and enhance; ``mix``; ``master``. Export delivers files.
    """

    made_by: MadeBy
    sounds: Mapping[str, Audio] = field(default_factory=dict)
    plan: Plan | None = None
    lyrics: Lyrics | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    figures: Figures | None = None
    """What the stage reports about its own work (gain applied, residual, gain-reduction curve ...)."""
    notes: tuple[str, ...] = ()
    """Events worth a badge: a fallback that the person chose, lyrics not sung and why."""
    promise: Promise = Promise()
    chosen_silent: frozenset[str] = frozenset()
    uploaded: bool = False


@dataclass(frozen=True)
class Choice:
    """The engine that a stage will use, and why; shown on its card and recorded."""

    engine: str
    reason: str
    checkpoint: str = ""
    weights_id: str = ""


@runtime_checkable
class Chooses(Protocol):
    """A stage that has engines to choose from."""

    def choose(self, settings: Any, sounds: Mapping[str, Mapping[str, Audio]], engines: Engines) -> Choice:
        """Return the engine for these inputs; raises EngineMissingError when none can run."""
        ...


@runtime_checkable
class ChoosesForRequest(Protocol):
    """A stage whose choice depends on what was asked for, and not on sounds."""

    def choose_for(self, request: SongRequest, settings: Any, engines: Engines) -> Choice:
        """Return the engine for this request; raises EngineMissingError when none can run."""
        ...


class Stage(Protocol[S]):
    """One step from prompt to export."""

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int]
    """Bumped by hand when the stage's output changes; part of the step's key."""
    about: ClassVar[str]
    """One sentence: what it delivers."""
    icon: ClassVar[str]
    """Of its page, as Streamlit names it."""
    delivers: ClassVar[Material]
    takes: ClassVar[tuple[Material, ...]]
    """The kinds of sound it is given; each comes from the nearest stage before it that delivers it."""
    settings_type: type[S]
    figures_type: ClassVar[type[Figures]]
    """What it reports about its own work."""
    contract: Contract

    def run(self, work: Work[S]) -> Output:
        """Do the work; raises GainstageError's children or Cancelled, never returns stand-in sound."""
        ...


__all__ = [
    "Case",
    "Choice",
    "Chooses",
    "ChoosesForRequest",
    "MadeBy",
    "Material",
    "Output",
    "Stage",
    "StageSettings",
    "Work",
    "knob",
]
