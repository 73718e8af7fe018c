"""Comparing songs made here: one song is a chain of its stages, two songs part somewhere."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.blame.chain import Chain, chain_of_run
from core.blame.difference import Difference, difference_of_runs
from core.runs.record import RunRecord
from core.studio import Studio
from core.ui import session
from core.ui.ab import Playable
from core.ui.by_ear import choose_two, two_by_ear
from core.ui.chain_view import show_chain
from core.ui.difference_view import show_difference
from core.ui.master_view import target_lufs
from core.ui.trash import deleted

MOST_SONGS = 100
FIRST_STAGES = ("mix", "master")
"""What is played first of one song: what went into the master, and what came out."""


def compare_songs(studio: Studio) -> None:
    """Draw the choice of one or two songs, and what is to be shown of them."""
    titles = _titles(studio)
    if not titles:
        st.html('<div class="gs-faint">No song has been made yet. Make one on Home, or upload files.</div>')
        return
    ids = list(titles)
    held = session.run_id()
    with st.container(horizontal=True):
        a = st.selectbox(
            "Song A", ids, ids.index(held) if held in ids else 0, lambda i: titles[i], key="compare_a"
        )
        b = st.selectbox(
            "Song B", ids, ids.index(a), lambda i: titles[i], key=f"compare_b_{a}", help="The same: one song."
        )
    _older(studio)
    first, second = studio.run(a), studio.run(b)
    if first.id == second.id:
        _one(studio, first)
    else:
        _two(studio, first, second)


def _most_songs() -> int:
    return int(st.session_state.get("compare_most", MOST_SONGS))


def _older(studio: Studio) -> None:
    """Offer to list older songs, when there are some."""
    listed, count = _most_songs(), studio.count_runs(session.owner())
    if count > listed:
        st.button(
            f"List older songs ({count - listed} more)",
            key="compare_older",
            type="tertiary",
            on_click=st.session_state.__setitem__,
            args=("compare_most", listed + MOST_SONGS),
        )


def _titles(studio: Studio) -> dict[str, str]:
    """Return the songs that this person may see, by id; the one that is looked at is among them."""
    gone = deleted(studio.home)
    listed = studio.runs(session.owner(), most=_most_songs())
    runs = [run for run in listed if run.readable and run.id not in gone]
    titles = {run.id: f"{run.title} ({run.created:%d %b %H:%M})" for run in runs}
    held = session.run_id()
    if held and held not in titles:
        record = studio.run(held)
        titles[held] = f"{record.request.prompt or 'This song'} ({record.created:%d %b %H:%M})"
    return distinct_titles(titles)


def distinct_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """Return titles by id with a number behind each that another song has had before."""
    seen: dict[str, int] = {}
    apart = {}
    for run, title in titles.items():
        seen[title] = seen.get(title, 0) + 1
        apart[run] = title if seen[title] == 1 else f"{title} · {seen[title]}"
    return apart


def _one(studio: Studio, run: RunRecord) -> None:
    show_chain(_chain(studio, run, _token(run)), key=run.id)
    sounds = _playable(run)
    stages = [stage for stage, _ in sounds]
    first, second = (
        stages.index(name) if name in stages else max(0, len(stages) - back)
        for name, back in zip(FIRST_STAGES, (2, 1), strict=True)
    )
    choose_two(studio, [one for _, one in sounds], first, second, key=run.id)


def _two(studio: Studio, a: RunRecord, b: RunRecord) -> None:
    show_difference(_difference(studio, a, b, (_token(a), _token(b))))
    first, second = _playable(a), _playable(b)
    common = [stage for stage, _ in first if stage in dict(second)]
    if not common:
        return
    with st.container(border=True, key="card_ab_two"):
        st.html('<div class="gs-head"><h2>A/B listen</h2></div>')
        last = common.index("master") if "master" in common else len(common) - 1
        stage = st.selectbox("Stage", common, last, lambda s: a.step(s).title, key=f"ab_{a.id}_{b.id}")
        two_by_ear(studio, dict(first)[stage], dict(second)[stage])


def _playable(run: RunRecord) -> list[tuple[str, Playable]]:
    """Return the stages of a run that have a sound."""
    target = target_lufs(run.step("master"))
    return [
        (step.stage, Playable(step.title, step.main.key, step.main.measurement, target))
        for step in run.steps
        if step.main is not None
    ]


def _token(run: RunRecord) -> str:
    """Return what tells a run's chain from that of the same run at another time."""
    steps = ((s.stage, s.state.value, s.verdict.value, s.main.key if s.main else "") for s in run.steps)
    return f"{run.id}:{run.revision}:{':'.join('/'.join(step) for step in steps)}"


@st.cache_data(max_entries=64, show_spinner="Aligning stages")
def _chain(_studio: Studio, _run: RunRecord, token: str) -> Chain:
    return chain_of_run(_run, _studio.audio)


@st.cache_data(max_entries=64, show_spinner="Aligning songs")
def _difference(_studio: Studio, _a: RunRecord, _b: RunRecord, tokens: tuple[str, str]) -> Difference:
    return difference_of_runs(_a, _b, _studio.audio)
