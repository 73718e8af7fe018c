"""The song bar: on every page the open song, to play, to see how it stands, and to go to its stages.

Its two sides are previews, both in one codec; the exact sounds are compared on the Compare page.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.contract import Severity
from core.errors import GainstageError
from core.runs.record import ArtifactRecord, RunRecord, StepRecord, StepState
from core.studio import Studio
from core.ui import compare, session
from core.ui.keys import hashed
from core.ui.labels import rename, title_of
from core.ui.live import Part, ask_when_another
from core.ui.master_view import target_lufs
from core.ui.media import codec_of, prepare_preview, preview_url
from core.ui.meters import loudness, true_peak
from core.ui.problem import act, acted, guarded
from core.ui.scripts import stub
from core.ui.song_more import TAKE, do, files_of, taken, verbs_of
from core.ui.wave_codes import encode_peaks
from core.ui.words import VERDICT_WORDS

FETCH = "song_bar_fetch"
"""The codec and the keys of the sounds that the bar asked for, until it is drawn with their addresses."""
GO = "song_bar_go"
HOME = "home"
"""Home among the pages that the bar leads to; it is no stage's."""
GONE = "gone"
"""Fetched in vain, so that the bar says of a lost sound what it says of a lost connection."""
AUTOPLAY = "song_bar_autoplay"
"""The run whose song is to be played as soon as its bar is drawn."""
COLUMNS = 300

_component = st.components.v2.component("gainstage_song_bar", js=stub("song_bar"))


def show_song_bar(page: str, files: dict[str, str]) -> None:
    """Draw the bar of the open song, if one is open; a page that follows the run keeps it fresh.

    ``page`` is the page that is shown; ``files``: Home's page and those of the stages, by name.
    """
    if st.session_state.get(GO) == HOME:
        del st.session_state[GO]
        st.switch_page(files[HOME])  # A new song: none is open by now.
    run_id = session.run_id()
    if run_id is None:
        return
    try:
        studio = session.studio()
        run = studio.run(run_id)
    except GainstageError:
        return  # The page itself says what is the matter.

    acted()  # The whole page is being drawn anyway.

    @st.fragment
    def bar() -> None:
        with guarded():
            if acted():
                st.rerun()
            now = studio.run(run.id)
            ask_when_another(BAR, now)
            _bar(studio, now, page, files)
        if (stage := st.session_state.pop(GO, None)) in files:
            st.switch_page(files[stage], query_params={session.RUN: run.id})

    with st.container(key="song_bar"):
        bar()


def _state(run: RunRecord) -> str:
    return " ".join(f"{step.state.value} {step.key} {step.verdict.value}" for step in run.steps)


BAR = Part("bar", _state, lambda _: None)
"""The bar as a part of a followed page: it is drawn here, and its state comes with the page's pulse."""


def _bar(studio: Studio, run: RunRecord, page: str, files: dict[str, str]) -> None:
    sounds = [(step, whole) for step in run.steps if (whole := compare.whole(step)) is not None]
    # The export's sound is the master's, to the last bit that its format holds.
    delivered = run.step("master").main or (sounds[-1][1] if sounds else None)
    mix = run.step("mix").main
    if delivered is not None and not run.state.live:
        prepare_preview(studio, delivered.key)
    _component(
        key=f"song_bar_{hashed(run.id)}",
        data={
            "json": json.dumps(
                {
                    "id": run.id,
                    "page": page,
                    "title": title_of(studio.home, run),
                    "target": target_lufs(run.step("master")),
                    "delivered": delivered.key if delivered else None,
                    "beside": mix.key if mix else None,
                    "peaks": _peaks(studio, delivered.key) if delivered else None,
                    "sounds": _distinct([_sound(step, sound) for step, sound in sounds]),
                    "stages": [
                        {"name": step.stage, "title": step.title, **_standing(step)}
                        for step in run.steps
                        if step.stage in files
                    ],
                    "autoplay": st.session_state.pop(AUTOPLAY, None) == run.id,
                    "urls": _urls(studio, [sound.key for _, sound in sounds]),
                    "files": files_of(studio, run),
                    "taken": taken(studio, run),
                    "verbs": verbs_of(run),
                }
            )
        },
        on_fetch_change=partial(_fetch, run.id),
        on_go_change=partial(_go, run.id),
        on_rename_change=partial(_rename, studio, run.id),
        on_take_change=partial(_take, run.id),
        on_verb_change=partial(_do, studio, run.id),
    )


def _sound(step: StepRecord, sound: ArtifactRecord) -> dict[str, Any]:
    reading = sound.measurement
    return {
        "key": sound.key,
        "label": step.title,
        "levels": f"{loudness(reading)} LUFS {true_peak(reading)} dBTP",
        "lufs": reading.integrated_lufs,
        "seconds": reading.duration_s,
    }


def _distinct(sounds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each sound once, under its last stage: a stage may pass on what it was given."""
    last = {sound["key"]: sound for sound in sounds}
    return [sound for sound in sounds if last[sound["key"]] is sound]


def _standing(step: StepRecord) -> dict[str, str]:
    if step.state is StepState.RUNNING:
        return {"kind": "run", "word": "working"}
    if step.state is StepState.ERROR:
        return {"kind": "fail", "word": "failed"}
    if step.state in (StepState.DONE, StepState.FAILED):
        kind = {Severity.FAIL: "fail", Severity.WARN: "warn"}.get(step.verdict, "ok")
        return {"kind": kind, "word": VERDICT_WORDS.get(kind, kind)}
    return {"kind": "idle", "word": step.state.value}


def _urls(studio: Studio, keys: list[str]) -> dict[str, str]:
    """Return the addresses of the sounds that were asked for; one that is gone has none."""
    codec, *wanted = st.session_state.pop(FETCH, [""])
    urls = {}
    for key in set(wanted).intersection(keys):
        try:
            url = preview_url(studio, key, codec_of(codec))
        except GainstageError:
            url = GONE
        if url is not None:
            urls[key] = url
    return urls


@st.cache_data(max_entries=64, show_spinner=False)
def _peaks(_studio: Studio, key: str) -> str:
    """Return a sound's envelope in few columns, as the waveform's codes."""
    picture = _studio.picture(key)
    starts = np.arange(0, picture.low.shape[0], max(1, -(-picture.low.shape[0] // COLUMNS)))
    low, high = picture.low.min(axis=1), picture.high.max(axis=1)
    codes, _ = encode_peaks(np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts))
    return codes


def _fetch(run_id: str) -> None:
    sent = st.session_state[f"song_bar_{hashed(run_id)}"]["fetch"]
    if sent:
        st.session_state[FETCH] = json.loads(sent)


def _take(run_id: str) -> None:
    what, _, _ = str(st.session_state[f"song_bar_{hashed(run_id)}"]["take"]).partition(" ")
    st.session_state[TAKE] = run_id, what


def _do(studio: Studio, run_id: str) -> None:
    verb, _, _ = str(st.session_state[f"song_bar_{hashed(run_id)}"]["verb"]).partition(" ")
    if verb == "new":
        st.session_state[GO] = HOME
    do(studio, run_id, verb)


def _rename(studio: Studio, run_id: str) -> None:
    title = st.session_state[f"song_bar_{hashed(run_id)}"]["rename"]
    if title is not None:
        act(rename)(studio.home, run_id, str(title))


def _go(run_id: str) -> None:
    st.session_state[GO] = st.session_state[f"song_bar_{hashed(run_id)}"]["go"]
