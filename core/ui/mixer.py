"""The mixer: the stems as channel strips, audible at once in the browser; Render writes the stage's settings.

The browser fetches a stem when it is first to be played, and holds it for as long as the page stands. Solo is
for listening: it is never written into the settings. The strips of other stages (:mod:`core.ui.strips`) are
the same component without faders.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import streamlit as st
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from core.checks.context import is_audible
from core.contract import Material
from core.errors import GainstageError, SettingsError
from core.runs.record import ArtifactRecord, RunRecord
from core.runs.stem_preview import preview_gain
from core.stages.mix import DEFAULT_GAIN_DB, Fader, MixSettings
from core.stages.stem_family import stem_family
from core.stages.table import STAGES
from core.studio import Studio
from core.ui.keys import hashed
from core.ui.master_view import target_lufs
from core.ui.media import stem_url
from core.ui.problem import act, show_error
from core.ui.scripts import stub

FETCH = "mixer_fetch"
"""The keys of the sounds that the browser asked for, until the next drawing names their addresses."""
WRITERS = 2
"""Stems that are written for the browser at a time."""
CHOSEN = "mix_settings_chosen"
"""What the page's other controls of the stage stand at, by run: Render applies it too."""

_component = st.components.v2.component("gainstage_mixer", js=stub("mixer"))


class Strip(BaseModel):
    """One channel strip as the browser sends it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    gain_db: float
    pan: float
    mute: bool


_STRIPS = TypeAdapter(list[Strip])


def stems_before_mix(run: RunRecord) -> tuple[ArtifactRecord, ...]:
    """Return the stems that the mix is made of: those of the last stage that delivered any."""
    for stage in reversed(STAGES):
        if stage.delivers is Material.STEMS and run.step(stage.name).artifacts:
            return run.step(stage.name).artifacts
    return ()


def mixer_state(run: RunRecord) -> str:
    """Return what the mixer shows of a run, as one text: it is drawn again when it is another one."""
    main = run.step("mix").main
    keys = [stem.key for stem in stems_before_mix(run)]
    return " ".join([str(run.revision), str(run.state.live), *keys, main.key if main else ""])


def show_mixer(studio: Studio, run: RunRecord) -> None:
    """Draw the mixer of ``run``; one sentence while there are no stems."""
    stems = stems_before_mix(run)
    if not stems:
        st.html('<div class="gs-faint">The mixer opens as soon as the song has stems.</div>')
        return
    settings: MixSettings = run.settings.mix
    mix = run.step("mix").main
    sounds = {stem.key: stem for stem in (*stems, *([mix] if mix else []))}
    urls, missing = fetched(studio, sounds)
    key = f"mixer_{hashed(run.id)}"
    draw_desk(
        key,
        {
            "kind": "mix",
            "id": f"mixer:{run.id}:{run.revision}",
            "strips": [_strip(stem, settings, missing) for stem in stems],
            "rendered": whole_sound(mix, missing),
            "mono_check": settings.mono_check,
            "headroom_dbfs": settings.headroom_dbfs,
            "soloed": any(fader.solo for fader in settings.faders.values()),
            "note": _note(settings, missing, sounds),
            "live": run.state.live,
            "target": target_lufs(run.step("master")),
            "urls": urls,
            **form_of(stems),
        },
        partial(_render, studio, run.id, key),
    )


def draw_desk(key: str, data: Mapping[str, Any], render: Callable[[], None] = lambda: None) -> None:
    """Draw the component; ``render`` is called when Render was pressed."""
    with st.container(border=True, key="card_mixer"):
        _component(
            key=key,
            data={"json": json.dumps(data)},
            on_fetch_change=partial(_fetch, key),
            on_render_change=render,
        )


def with_strips(settings: MixSettings, strips: list[Strip]) -> MixSettings:
    """Return the settings with the faders of the mixer; a stem at its usual level is not listed.

    Raises SettingsError for a value that no fader has.
    """
    faders = dict(settings.faders)
    for strip in strips:
        faders.pop(strip.name, None)
        usual = settings.model_copy(update={"faders": {}}).fader(strip.name)
        try:
            fader = Fader(gain_db=strip.gain_db, pan=strip.pan, mute=strip.mute)
        except ValidationError as error:
            raise SettingsError(
                f"The mixer sent a value for {strip.name} that its fader does not have.",
                remedy="Reload the page and set the fader again.",
            ) from error
        if fader != usual:
            faders[strip.name] = fader
    return settings.model_copy(update={"faders": faders})


def render_strips(studio: Studio, run_id: str, sent: str) -> None:
    """Write the strips that the browser sent into the run's settings, and re-run from the mix.

    Raises SettingsError for what no mixer sends, and what :meth:`core.studio.Studio.change` raises.
    """
    try:
        strips = _STRIPS.validate_json(sent)
    except ValidationError as error:
        raise SettingsError(
            "The mixer sent something that is not its strips.", remedy="Reload the page and try again."
        ) from error
    settings = studio.run(run_id).settings
    chosen: dict[str, MixSettings] = st.session_state.get(CHOSEN, {})
    mix = with_strips(settings.mix, strips)
    if run_id in chosen:
        mix = chosen[run_id].model_copy(update={"faders": mix.faders})
    studio.change(run_id, settings.model_copy(update={"mix": mix}))


def keep_chosen(run_id: str, settings: MixSettings) -> None:
    """Remember what the other controls of the stage stand at, for Render."""
    st.session_state[CHOSEN] = {run_id: settings}


def _render(studio: Studio, run_id: str, key: str) -> None:
    sent = st.session_state[key]["render"]
    if sent:
        act(render_strips)(studio, run_id, str(sent))


def _fetch(key: str) -> None:
    sent = st.session_state[key]["fetch"]
    st.session_state[FETCH] = frozenset(json.loads(sent)) if sent else frozenset()


def fetched(studio: Studio, sounds: Mapping[str, ArtifactRecord]) -> tuple[dict[str, str], frozenset[str]]:
    """Return the addresses of the sounds that were asked for, and the keys of those that are gone.

    A sound that gave way is made again when it is asked for, and not before.
    """
    missing = set()
    wanted: frozenset[str] = st.session_state.pop(FETCH, frozenset())
    for key in sounds:
        try:
            if key in wanted:
                studio.audio(key)
            else:
                studio.picture(key)
        except GainstageError as error:
            show_error(error)
            missing.add(key)
    asked = [key for key in sounds if key in wanted and key not in missing]
    try:
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(studio.stem_preview, asked))
    except GainstageError as error:
        show_error(error)
        asked = []
    return {key: url for key in asked if (url := stem_url(studio, key))}, frozenset(missing)


def form_of(stems: Iterable[ArtifactRecord]) -> dict[str, Any]:
    """Return the rate and channels of stems, and the length of the longest."""
    readings = [stem.measurement for stem in stems]
    return {
        "rate": readings[0].sample_rate,
        "channels": readings[0].channels,
        "seconds": max(reading.duration_s for reading in readings),
    }


def strip_of(stem: ArtifactRecord, missing: frozenset[str]) -> dict[str, Any]:
    """Return a stem's strip at unity; what is faulty about it is said on it."""
    gone = stem.key in missing
    return {
        "name": stem.name,
        "label": " ".join(stem.name.split()) or "stem",
        "key": stem.key,
        "gain_db": 0.0,
        "pan": 0.0,
        "mute": False,
        "default_db": 0.0,
        "scale": preview_gain(stem.measurement.sample_peak_dbfs),
        "missing": gone,
        "state": "not on disk" if gone else "" if is_audible(stem.measurement) else "silent",
    }


def _strip(stem: ArtifactRecord, settings: MixSettings, missing: frozenset[str]) -> dict[str, Any]:
    fader = settings.fader(stem.name)
    return strip_of(stem, missing) | {
        "gain_db": fader.gain_db,
        "pan": fader.pan,
        "mute": fader.mute,
        "default_db": DEFAULT_GAIN_DB[stem_family(stem.name)],
    }


def whole_sound(whole: ArtifactRecord | None, missing: frozenset[str]) -> dict[str, Any] | None:
    """Return the sound that the strips' sum is compared with; None where there is none any more."""
    if whole is None or whole.key in missing:
        return None
    reading = whole.measurement
    return {
        "key": whole.key,
        "scale": preview_gain(reading.sample_peak_dbfs),
        "lufs": reading.integrated_lufs,
        "dbtp": reading.true_peak_dbtp,
    }


def gone_note(missing: frozenset[str], sounds: Mapping[str, ArtifactRecord], stage: str) -> list[str]:
    """Return what is said of sounds that are not on disk; nothing when all are."""
    gone = [sounds[key].name for key in missing if key in sounds]
    return [f"Not on disk: {', '.join(gone)}. Re-run {stage} to make it again."] if gone else []


def _note(settings: MixSettings, missing: frozenset[str], sounds: dict[str, ArtifactRecord]) -> str:
    notes = gone_note(missing, sounds, "Enhance")
    soloed = [name for name, fader in settings.faders.items() if fader.solo]
    if soloed:
        notes.append(
            f"The settings render {', '.join(soloed)} alone; Solo here is for listening, and Render makes "
            "the whole mix."
        )
    return " ".join(notes)
