"""Whether settings suit a checkpoint, judged before anything is loaded: each known bad pair has its cause.

Figures of ACE-Step 1.5: ``docs/en/INFERENCE.md`` (steps, shift, guidance by family) and its issues.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

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
    """A pair of settings and model that is known to go wrong."""

    name: str
    sentence: str
    """What will be heard."""
    cause: str
    remedy: str
    refused: bool = False
    """Whether nothing of use can come of it."""

    def error(self) -> EngineInputError:
        """Return the refusal."""
        return EngineInputError(
            self.sentence, causes=(self.cause,), remedy=self.remedy, diagnosis=f"recipe_{self.name}"
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
        found.append(
            Advice(
                "adapter_family",
                f"The adapter was trained for a {adapter} model and is played on a {family} model.",
                "an adapter holds changes to the weights that it was trained on",
                f"Take the {adapter} model, or an adapter for {family}.",
            )
        )
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
        found.append(
            Advice(
                "turbo_steps",
                f"A turbo model at {steps} steps sounds distorted.",
                "its steps were distilled to 8, and it takes 20 at most",
                "Set the steps to 8, or take a base or sft model.",
            )
        )
    if guidance > 1.0:
        found.append(
            Advice(
                "turbo_guidance",
                "A turbo model of ACE-Step takes no guidance: it was left out.",
                "guidance was distilled into its weights",
                "Set the guidance to 0.",
            )
        )
    if shift not in TURBO_SHIFTS:
        found.append(
            Advice(
                "turbo_shift",
                f"A turbo model was trained at shift 1, 2 and 3, and {shift:g} breaks the sound up.",
                "its steps lie at noise levels that it never met",
                "Set the shift to 3.",
            )
        )
    return found


def _of_base(family: Family, steps: int, guidance: float, shift: float) -> list[Advice]:
    found = []
    if steps < BASE_STEPS:
        found.append(
            Advice(
                "few_steps",
                f"A {family} model at {steps} steps is blurred and noisy.",
                "it was not distilled: it takes 32 to 50 steps",
                "Set the steps to 50, or take a turbo model.",
            )
        )
    if guidance <= 1.0:
        found.append(
            Advice(
                "no_guidance",
                f"A {family} model without guidance hardly follows the prompt.",
                "it was trained to be guided",
                "Set the guidance to 7.",
            )
        )
    elif guidance > STRONG_GUIDANCE:
        found.append(
            Advice(
                "strong_guidance",
                f"A guidance of {guidance:g} drives the sound into distortion.",
                "the difference to the unguided sound is exaggerated",
                "Set the guidance to 7.",
            )
        )
    if shift > LARGEST_SHIFT:
        found.append(
            Advice(
                "large_shift",
                f"A shift of {shift:g} breaks the sound up.",
                "nearly all steps lie where all is noise",
                "Set the shift to 1.",
            )
        )
    return found


def _of_task(task: Task, family: Family) -> list[Advice]:
    if task not in OF_BASE or family is Family.BASE:
        return []
    return [
        Advice(
            "task_family",
            f"A {family} model cannot {SAID[task]}: base models alone can.",
            "extract, lego and complete are no part of what it was trained on",
            "Take a base model (python -m core models get acestep-v15-base-diffusers), or another task.",
            refused=True,
        )
    ]


def _of_correction(dcw: Dcw, family: Family) -> list[Advice]:
    if dcw is not Dcw.ON or family is Family.TURBO:
        return []
    return [
        Advice(
            "dcw_noise",
            f"A {family} model with DCW makes noise.",
            "the correction was made for turbo models and adds up over 50 steps",
            "Set DCW to auto or off.",
            refused=True,
        )
    ]


def _of_precision(precision: Precision, machine: Machine) -> list[Advice]:
    if precision is not Precision.FLOAT16 or machine.kind != "cuda" or machine.capability >= MODERN:
        return []
    major, minor = machine.capability
    return [
        Advice(
            "half_precision",
            f"float16 overflows in this model on compute capability {major}.{minor}: it computes NaN.",
            "the card has no bfloat16, and float16 is too small for the model's values",
            "Set the precision to auto.",
        )
    ]
