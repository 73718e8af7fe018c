"""What stored settings of earlier versions mean today.

Schema 2: each engine's own settings lie under its stage's ``options``, by the engine's name. Schema 1 had a
field of the stage for each. Schema 0 had the limiter's release as ``master.intensity``. Neither said its
number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCHEMA = 2
OPTIONS = "options"
LATER: Mapping[str, frozenset[str]] = {
    "ace-step": frozenset(
        {
            "complete_with",
            "dcw",
            "guidance_from",
            "guidance_to",
            "listen_steps",
            "planner",
            "planner_folder",
            "repaint_mode",
            "track",
        }
    ),
    "assemble": frozenset({"silences"}),
    "composer": frozenset({"soundfont"}),
    "generate": frozenset({"mixture", "encoder_delay", "timbre"}),
    "lyrics": frozenset({"words"}),
}
"""Settings that came after the first ones of an engine or a stage: unchanged, they are no part of a key."""
FIRST_NAMES: Mapping[str, Mapping[str, str]] = {
    "generate": {
        "band": "composer",
        "ace_step": "ace-step",
        "acestep": "acestep",
        "musicgen": "musicgen",
        "audiocraft": "audiocraft",
    },
    "separate": {"demucs": "demucs"},
}
"""Schema 1's fields by stage, and the engines whose settings they held."""
_SCHEMA_0_MASTER = {
    "platform",
    "target_lufs",
    "ceiling_dbtp",
    "low_shelf_db",
    "high_shelf_db",
    "glue",
    "intensity",
    "reach",
}
_SLOWEST_MS, _FASTEST_MS = 250.0, 40.0


def migrated(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's settings as they are written today; what is written so already stays as it is.

    Raises ValueError for settings of a later version.
    """
    if stored.get("schema_number", SCHEMA) > SCHEMA:
        raise ValueError("these settings were stored by a later version of the studio")
    settings = {**stored, "schema_number": SCHEMA}
    for stage, names in FIRST_NAMES.items():
        given = settings.get(stage)
        if isinstance(given, Mapping) and names.keys() & given.keys():
            rest = {name: value for name, value in given.items() if name not in names}
            own = {names[name]: value for name, value in given.items() if name in names}
            settings[stage] = {**rest, OPTIONS: {**own, **rest.get(OPTIONS, {})}}
    master = settings.get("master")
    if isinstance(master, Mapping) and set(master) == _SCHEMA_0_MASTER:
        release_ms = _SLOWEST_MS * (_FASTEST_MS / _SLOWEST_MS) ** float(master["intensity"])
        settings["master"] = {**master, "intensity": 1.0, "release_ms": max(_FASTEST_MS, release_ms)}
    return settings


def path_today(path: str, engines: Mapping[str, str]) -> str:
    """Return where a setting is today that is named as schema 1 did, or by its stage and engine alone.

    ``engines`` maps each engine to its stage: ``generate.musicgen.top_k`` is
    ``generate.options.musicgen.top_k``.
    """
    stage, _, rest = path.partition(".")
    name, dot, setting = rest.partition(".")
    engine = FIRST_NAMES.get(stage, {}).get(name, name)
    return f"{stage}.{OPTIONS}.{engine}{dot}{setting}" if engines.get(engine) == stage else path
