"""Two sounds by ear: they play in step, one of them audible, and switching leaves no gap.

A, B, the difference and the ABX test are of the exact sounds, as FLAC: a difference between two Opus previews
could be the codec's.

Both are turned to the loudness of the quieter one, because the louder of two always seems the better; nothing
is ever turned up, so nothing clips that did not clip before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.bundle.abx import CHANCES, TRIALS
from core.measure import Measurement
from core.runs.stem_preview import preview_gain
from core.studio import Studio
from core.ui.keys import hashed
from core.ui.media import stem_url
from core.ui.meters import loudness
from core.ui.scripts import stub
from core.ui.words import number

LONGEST_S = 900.0
"""A browser unpacks both sounds into its memory: a quarter of an hour of stereo is 640 MB."""

_component = st.components.v2.component("gainstage_ab", js=stub("ab"))


@dataclass(frozen=True)
class Playable:
    """One of the two sounds."""

    name: str
    key: str
    reading: Measurement
    target_lufs: float | None = None
    """What its song was to reach; None where nothing says."""

    @property
    def label(self) -> str:
        """The name with the loudness behind it."""
        return f"{self.name} {loudness(self.reading)} LUFS"


def matched_gains_db(a_lufs: float | None, b_lufs: float | None) -> tuple[float, float] | None:
    """Return the gains that make both as loud as the quieter one; None when one has no loudness."""
    if a_lufs is None or b_lufs is None:
        return None
    quieter = min(a_lufs, b_lufs)
    return quieter - a_lufs, quieter - b_lufs


def ab_player(
    studio: Studio, a: Playable, b: Playable, *, delay_s: float = 0.0, blind_test: bool = False
) -> None:
    """Draw the player of two sounds; ``delay_s`` is how much later ``b`` is, so that both keep step.

    ``blind_test``: offer an ABX test of them as well.
    """
    if max(a.reading.duration_s, b.reading.duration_s) > LONGEST_S:
        st.html(
            f'<div class="gs-faint">Sounds over {LONGEST_S / 60:.0f} minutes are not played side by side; '
            "listen to them on their stages' pages.</div>"
        )
        return
    gains = matched_gains_db(a.reading.integrated_lufs, b.reading.integrated_lufs)
    wanted = f"ab:{a.key}:{b.key}"
    asked = bool(st.session_state.get(wanted))
    sounds = {
        side: {
            "label": one.label,
            "seconds": one.reading.duration_s,
            "gain_db": gain or 0.0,
            "scale": preview_gain(one.reading.sample_peak_dbfs),
            "matched": _gain_in_words(one, gain),
            "plain": _gain_in_words(one, None),
            "url": stem_url(studio, one.key) if asked else None,
        }
        for side, one, gain in zip("ab", (a, b), gains or (None, None), strict=True)
    }
    _component(
        key=f"ab_{hashed(a.key, b.key)}",
        data={
            "json": json.dumps(
                {
                    "id": f"{wanted}:{a.label}:{b.label}",
                    "sounds": sounds,
                    "delay": delay_s,
                    "target": a.target_lufs if b.target_lufs in (None, a.target_lufs) else None,
                    "matchable": gains is not None,
                    "blind": {"trials": TRIALS, "chances": CHANCES} if blind_test else None,
                }
            )
        },
        on_play_change=partial(st.session_state.__setitem__, wanted, True),
    )


def _gain_in_words(one: Playable, gain_db: float | None) -> str:
    if one.reading.integrated_lufs is None:
        return "no loudness to match"
    return f"played at {number(gain_db)} dB" if gain_db else "played as it is"
