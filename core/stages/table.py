"""The one list of stages, in order; all that others know of a stage follows from it.

Adding a stage is one file beside this one, one line in :data:`STAGES`, and one page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.contract import Material
from core.stages.assemble import AssembleStage
from core.stages.base import Stage
from core.stages.enhance import EnhanceStage
from core.stages.export import ExportStage
from core.stages.generate import GenerateStage
from core.stages.lyrics import LyricsStage
from core.stages.master import MasterStage
from core.stages.mix import MixStage
from core.stages.separate import SeparateStage

STAGES: tuple[Stage[Any], ...] = (
    LyricsStage(),
    GenerateStage(),
    AssembleStage(),
    SeparateStage(),
    EnhanceStage(),
    MixStage(),
    MasterStage(),
    ExportStage(),
)

STAGE_NAMES = tuple(stage.name for stage in STAGES)
SOUNDING = tuple(stage.name for stage in STAGES if stage.delivers is not Material.WORDS)
"""The stages that deliver sound."""


def sources(name: str, stages: Sequence[Stage[Any]] = STAGES) -> dict[Material, str]:
    """Return the stage that delivers each kind that a stage takes: the nearest before it that does."""
    place = [stage.name for stage in stages].index(name)
    nearest = {stage.delivers: stage.name for stage in stages[:place]}
    return {kind: nearest[kind] for kind in stages[place].takes if kind in nearest}
