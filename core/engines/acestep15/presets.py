"""How many steps, how much guidance, and where the steps lie, by the kind of model.

Turbo models have guidance distilled into them and were trained on 8 steps at shift 3; base and sft models
take about 50 at shift 1 (docs/en/INFERENCE.md of ACE-Step 1.5). A wrong shift breaks the sound up (its
issue 1114).
"""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.acestep15.settings import AceStepSettings, Dcw, Preset


@dataclass(frozen=True)
class Steps:
    """How a pass walks from noise to sound."""

    count: int
    guidance: float
    shift: float
    dcw: bool = False
    """Whether each step is corrected in the wavelet domain."""
    guided_from: float = 0.0
    guided_to: float = 1.0
    """The part of the way on which guidance works: 0 is noise, 1 the sound."""


PRESETS = {
    Preset.TURBO: Steps(count=8, guidance=1.0, shift=3.0),
    Preset.BASE: Steps(count=50, guidance=7.0, shift=1.0),
}


def steps_for(settings: AceStepSettings, *, turbo: bool) -> tuple[Steps, list[str]]:
    """Return the steps to take, and a note where the preset is another model's; ``recipe.py`` judges."""
    own = Preset.TURBO if turbo else Preset.BASE
    preset = own if settings.preset is Preset.AUTO else settings.preset
    usual, notes = PRESETS[preset], []
    if preset is not own:
        notes.append(f"This is a {own} model of ACE-Step, played with the {preset} preset.")
    guidance = 1.0 if turbo else settings.guidance or usual.guidance
    dcw = turbo if settings.dcw is Dcw.AUTO else settings.dcw is Dcw.ON
    steps = Steps(
        count=settings.steps or usual.count,
        guidance=guidance,
        shift=settings.shift or usual.shift,
        dcw=dcw,
        guided_from=settings.guidance_from,
        guided_to=settings.guidance_to,
    )
    return steps, notes


def guidance_asked(settings: AceStepSettings) -> float:
    """Return the guidance of settings before the model is known; a turbo model takes none, whatever it is."""
    preset = Preset.TURBO if settings.preset is Preset.TURBO else Preset.BASE
    return settings.guidance or PRESETS[preset].guidance
