"""Whether settings suit a checkpoint, judged before anything is loaded: each known bad pair has its cause.

Figures of ACE-Step 1.5: ``docs/en/INFERENCE.md`` (steps, shift, guidance by family) and its issues.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.diagnosis.families.recipe import ENTRIES, PREFIX
from core.engines.acestep15.device import MODERN, Machine
from core.engines.acestep15.lora_file import CONFIG, lora_file
from core.engines.acestep15.presets import PRESETS
from core.engines.acestep15.settings import OF_BASE, AceStepSettings, Dcw, Precision, Preset, Task
from core.errors import EngineInputError

TURBO_STEPS = 20
BASE_STEPS = 20
TURBO_SHIFTS = (1.0, 2.0, 3.0)
LARGEST_SHIFT = 3.0
STRONG_GUIDANCE = 10.0
SAID = {
    Task.EXTRACT: "extract a track",
    Task.LEGO: "add a track to a song",
    Task.COMPLETE: "complete a song with tracks",
}


class Family(StrEnum):
    """How a checkpoint was trained."""

    TURBO = "turbo"
    BASE = "base"
    SFT = "sft"


@dataclass(frozen=True)
class Advice:
    """A pair of settings and model that is known to go wrong: an entry of the diagnoses, filled in."""

    name: str
    sentence: str
    """What is to be expected."""
    cause: str
    remedy: str
    refused: bool = False
    """Whether nothing of use can come of it."""

    def error(self) -> EngineInputError:
        """Return the refusal."""
        return EngineInputError(
            self.sentence, causes=(self.cause,), remedy=self.remedy, diagnosis=f"{PREFIX}{self.name}"
        )


_KNOWN = {entry.name.removeprefix(PREFIX): entry for entry in ENTRIES}


def _advice(name: str, *, refused: bool = False, **values: object) -> Advice:
    entry = _KNOWN[name]
    return Advice(
        name, entry.sentence.format(**values), entry.causes[0], entry.remedy.format(**values), refused
    )


def family_of(folder: Path) -> Family:
    """Return the family of the checkpoint in a folder; base when nothing tells."""
    try:
        config = json.loads((folder / "transformer" / "config.json").read_text(encoding="utf-8"))
        version = str(config.get("model_version") or "").lower()
        turbo = bool(config.get("is_turbo"))
    except (OSError, ValueError, AttributeError):
        version, turbo = "", False
    if turbo or "turbo" in version:
        return Family.TURBO
    return Family.SFT if "sft" in version or "sft" in folder.name.lower() else Family.BASE


def judged(
    settings: AceStepSettings, family: Family, machine: Machine, adapter: Family | None = None
) -> list[Advice]:
    """Return what is known to go wrong with these settings on this model and machine, the worst first."""
    turbo = family is Family.TURBO
    own = Preset.TURBO if turbo else Preset.BASE
    usual = PRESETS[own if settings.preset is Preset.AUTO else settings.preset]
    steps = settings.steps or usual.count
    guidance, shift = settings.guidance or usual.guidance, settings.shift or usual.shift
    found = [
        *(_of_turbo(steps, guidance, shift) if turbo else _of_base(family, steps, guidance, shift)),
        *_of_task(settings.task, family),
        *_of_correction(settings.dcw, family),
        *_of_precision(settings.precision, machine),
    ]
    if adapter is not None and adapter is not family:
        found.append(_advice("adapter_family", adapter=adapter, family=family))
    return sorted(found, key=lambda advice: not advice.refused)


def adapter_family(path: str) -> Family | None:
    """Return the family that an adapter names as its own; None where it tells nothing."""
    if not path:
        return None
    try:
        config = json.loads((lora_file(path).parent / CONFIG).read_text(encoding="utf-8"))
        base_model = str(config.get("base_model_name_or_path") or "").lower()
    except (OSError, ValueError, AttributeError):
        return None
    return next((family for family in Family if family.value in base_model), None)


def _of_turbo(steps: int, guidance: float, shift: float) -> list[Advice]:
    found = []
    if steps > TURBO_STEPS:
        found.append(_advice("turbo_steps", steps=steps))
    if guidance > 1.0:
        found.append(_advice("turbo_guidance"))
    if shift not in TURBO_SHIFTS:
        found.append(_advice("turbo_shift", shift=f"{shift:g}"))
    return found


def _of_base(family: Family, steps: int, guidance: float, shift: float) -> list[Advice]:
    found = []
    if steps < BASE_STEPS:
        found.append(_advice("few_steps", family=family, steps=steps))
    if guidance <= 1.0:
        found.append(_advice("no_guidance", family=family))
    elif guidance > STRONG_GUIDANCE:
        found.append(_advice("strong_guidance", guidance=f"{guidance:g}"))
    if shift > LARGEST_SHIFT:
        found.append(_advice("large_shift", shift=f"{shift:g}"))
    return found


def _of_task(task: Task, family: Family) -> list[Advice]:
    if task not in OF_BASE or family is Family.BASE:
        return []
    return [_advice("task_family", family=family, task=SAID[task], refused=True)]


def _of_correction(dcw: Dcw, family: Family) -> list[Advice]:
    if dcw is not Dcw.ON or family is Family.TURBO:
        return []
    return [_advice("dcw_noise", family=family, refused=True)]


def _of_precision(precision: Precision, machine: Machine) -> list[Advice]:
    if precision is not Precision.FLOAT16 or machine.kind != "cuda" or machine.capability >= MODERN:
        return []
    return [_advice("half_precision", capability=".".join(map(str, machine.capability)))]
