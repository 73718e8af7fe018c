"""The studio's master stage over any program's sound."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from core.audio import Audio
from core.contract import Material
from core.engines.opened import open_engines
from core.probe.outside import sound_of
from core.progress import silent
from core.song import SongRequest
from core.stages.base import Work
from core.stages.master import MasterSettings, MasterStage


def mastered(sound: Any, target_lufs: float, ceiling_dbtp: float) -> Audio:
    """Return the sound at a loudness in LUFS under a ceiling in dBTP; quieter where that is out of reach.

    Raises InputError for what is no sound, and what the stage raises for a sound that cannot be mastered.
    """
    engines = open_engines()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            output = MasterStage().run(
                Work(
                    request=SongRequest(),
                    settings=MasterSettings(target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp),
                    inputs={Material.MIX: {"mix": sound_of(sound)}},
                    plan=None,
                    lyrics=None,
                    engines=engines,
                    report=silent,
                    scratch=Path(scratch),
                )
            )
    finally:
        engines.close()
    return output.sounds["master"]
