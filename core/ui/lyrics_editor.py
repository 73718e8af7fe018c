"""The words on the lyrics page, changed line by line; lines are written anew, locked lines never are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.song import Line, Lyrics, LyricSection, Plan
from core.stages.lyrics import TYPED
from core.ui.keys import hashed
from core.writing.another_line import another_line
from core.writing.syllables import line_of

LONGEST_LINE = 300
SLACK = 2
"""Syllables that a line may have more or fewer than the tune and still be sung as it is."""


def words_place(key: str) -> str:
    """Return where the session holds the words that an editor of this key was given."""
    return f"{key}.words"


def edit_words(
    sung: Lyrics | None, given: Lyrics | None, plan: Plan | None, key: str, *, disabled: bool
) -> Lyrics | None:
    """Draw the lines as a table; return the words to sing, None for those that the stage finds itself.

    ``sung``: the words of the song as it was made; ``given``: the edited ones that its settings name.
    """
    if sung is None or not sung.sections:
        return given
    place = words_place(key)
    held: Lyrics | None = st.session_state.setdefault(place, given)
    shown = held or sung
    with st.expander("Words", icon=":material/lyrics:", expanded=True):
        rows = _table(
            shown,
            plan,
            st.session_state.get(_locked(place), frozenset()),
            f"{place}.{hashed(shown.text)}.{st.session_state.get(f'{place}.drops', 0)}",
            disabled=disabled,
        )
        edited = with_lines(shown, [row.text for row in rows])
        anew, label = _to_rewrite(rows)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                label,
                key=f"words_rewrite-{key}",
                disabled=disabled or not anew or plan is None,
                help="Another line of as many syllables, from the built-in writer. The other lines stay. "
                "With none ticked, every line that is not locked is written anew.",
                on_click=_rewrite,
                args=(place, edited, tuple(anew), plan, frozenset(row.text for row in rows if row.locked)),
            )
            st.button(
                "Words of the prompt",
                key=f"words_reset-{key}",
                disabled=disabled or (held is None and edited.text == shown.text),
                help="Drop every edit: the words that were typed, or that the writer finds.",
                on_click=_drop,
                args=(place,),
            )
    return held if edited.text == shown.text else edited.model_copy(update={"source": TYPED})


def with_lines(lyrics: Lyrics, texts: Sequence[str]) -> Lyrics:
    """Return the lyrics with these lines, in order; emptied lines and sections are left out."""
    left = iter(texts)
    sections = []
    for section in lyrics.sections:
        lines = [_changed(line, next(left)) for line in section.lines]
        if words := tuple(line for line in lines if line.text):
            sections.append(LyricSection(kind=section.kind, lines=words))
    return lyrics.model_copy(update={"sections": tuple(sections)})


def _changed(line: Line, text: str) -> Line:
    tidy = " ".join(text.split())[:LONGEST_LINE]
    return line if tidy == line.text else line_of(tidy)


@dataclass(frozen=True)
class _Row:
    """One line as it stands in the table, and its place: section and line."""

    place: tuple[int, int]
    text: str
    ticked: bool
    locked: bool


def _to_rewrite(rows: Sequence[_Row]) -> tuple[list[tuple[int, int]], str]:
    """Return the places of the lines to be written anew, and what the button says."""
    free = [row for row in rows if not row.locked]
    ticked = [row for row in free if row.ticked]
    if ticked:
        return [row.place for row in ticked], f"Rewrite {_lines(len(ticked))}"
    if free and len(free) < len(rows):
        return [row.place for row in free], f"Rewrite {_lines(len(free), 'unlocked ')}"
    return [], "Rewrite ticked lines"


def _table(
    lyrics: Lyrics, plan: Plan | None, locked: Collection[str], key: str, *, disabled: bool
) -> list[_Row]:
    """Draw the lines as a table; return them as they stand there. ``locked``: texts of lines to lock."""
    columns = st.column_config
    aim = None if plan is None else plan.syllables_per_line
    tune = f" and of the tune: {aim}" if aim else ""
    places = [(s, n) for s, section in enumerate(lyrics.sections) for n in range(len(section.lines))]
    edited = st.data_editor(
        [_row(lyrics, place, aim, locked) for place in places],
        key=key,
        hide_index=True,
        column_order=("rewrite", "lock", "line", "syllables", "section"),
        disabled=disabled,
        column_config={
            "section": columns.TextColumn("Section", disabled=True, width=85),
            "line": columns.TextColumn("Line", max_chars=LONGEST_LINE),
            "syllables": columns.TextColumn(
                "Syllables", disabled=True, width=95, help=f"Of the line as it was made{tune}."
            ),
            "rewrite": columns.CheckboxColumn("Rewrite", width=95, help="Lines without a tick stay."),
            "lock": columns.CheckboxColumn("Lock", width=75, help="A locked line is never written anew."),
        },
    )
    rows: list[dict[str, Any]] = list(edited)
    return [
        _Row(place, str(row.get("line") or ""), bool(row.get("rewrite")), bool(row.get("lock")))
        for place, row in zip(places, rows, strict=True)
    ]


def _row(lyrics: Lyrics, place: tuple[int, int], aim: int | None, locked: Collection[str]) -> dict[str, Any]:
    section = lyrics.sections[place[0]]
    line = section.lines[place[1]]
    return {
        "section": section.kind.value if place[1] == 0 else "",
        "line": line.text,
        "syllables": beside_the_tune(len(line.syllables), aim),
        "rewrite": False,
        "lock": line.text in locked,
    }


def beside_the_tune(syllables: int, aim: int | None) -> str:
    """Return a line's syllables beside those that the tune has for a line, and whether they fit."""
    if aim is None or not syllables:
        return str(syllables or "")
    off = syllables - aim
    return f"{syllables} / {aim}" + (" long" if off > SLACK else " short" if off < -SLACK else "")


def _locked(place: str) -> str:
    return f"{place}.locked"


def _rewrite(
    place: str, lyrics: Lyrics, anew: Sequence[tuple[int, int]], plan: Plan, locked: frozenset[str]
) -> None:
    """Write lines anew, one after the other, so that none comes twice; the locked texts stay locked."""
    take = st.session_state[f"{place}.takes"] = st.session_state.get(f"{place}.takes", 0) + 1
    st.session_state[_locked(place)] = locked
    for section, line in anew:
        if section >= len(lyrics.sections) or line >= len(lyrics.sections[section].lines):
            continue  # A line before it was emptied: its own place is another one now.
        texts = [one.text for one in lyrics.lines]
        at = sum(len(one.lines) for one in lyrics.sections[:section]) + line
        texts[at] = another_line(lyrics, section, line, plan, take).text
        lyrics = with_lines(lyrics, texts)
    st.session_state[place] = lyrics.model_copy(update={"source": TYPED})


def _drop(place: str) -> None:
    """Go back to no edited words; the table begins anew, so that what was written in it is gone as well."""
    st.session_state[place] = None
    st.session_state[f"{place}.drops"] = st.session_state.get(f"{place}.drops", 0) + 1


def _lines(count: int, which: str = "") -> str:
    return f"1 {which}line" if count == 1 else f"{count} {which}lines"
