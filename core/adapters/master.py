"""The studio's master stage over any program's sound."""

from __future__ import annotations

from typing import Any

from core.audio import Audio
from core.contract import Material
from core.engines.opened import open_engines
from core.probe.outside import sound_of
from core.stages.master import MasterSettings, MasterStage
from core.stages.run_stage import made_alone


def mastered(sound: Any, target_lufs: float, ceiling_dbtp: float) -> Audio:
    """Return the sound at a loudness in LUFS under a ceiling in dBTP; quieter where that is out of reach.

    Raises InputError for what is no sound, and what the stage raises for a sound that cannot be mastered.
    """
    settings = MasterSettings(target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp)
    engines = open_engines()
    try:
        output = made_alone(MasterStage(), settings, {Material.MIX: {"mix": sound_of(sound)}}, engines)
    finally:
        engines.close()
    return output.sounds["master"]
