"""The words on the lyrics page, changed line by line; ticked lines are written anew, the others stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.song import Line, Lyrics, LyricSection, Plan
from core.stages.lyrics import TYPED
from core.ui.keys import hashed
from core.writing.another_line import another_line
from core.writing.syllables import line_of

LONGEST_LINE = 300


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
        rows, ticked = _table(
            shown,
            plan,
            f"{place}.{hashed(shown.text)}.{st.session_state.get(f'{place}.drops', 0)}",
            disabled=disabled,
        )
        edited = with_lines(shown, rows)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Rewrite {_lines(len(ticked))}" if ticked else "Rewrite ticked lines",
                key=f"words_rewrite-{key}",
                disabled=disabled or not ticked or plan is None,
                help="Another line of as many syllables, from the built-in writer. The other lines stay.",
                on_click=_rewrite,
                args=(place, edited, tuple(ticked), plan),
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


def _table(
    lyrics: Lyrics, plan: Plan | None, key: str, *, disabled: bool
) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the lines as they stand in the table, and the places, section and line, of those ticked."""
    columns = st.column_config
    aim = f", about {plan.syllables_per_line} fit the tune" if plan is not None else ""
    places = [(s, n) for s, section in enumerate(lyrics.sections) for n in range(len(section.lines))]
    edited = st.data_editor(
        [_row(lyrics, place) for place in places],
        key=key,
        hide_index=True,
        column_order=("rewrite", "line", "syllables", "section"),
        disabled=disabled,
        column_config={
            "section": columns.TextColumn("Section", disabled=True, width=80),
            "line": columns.TextColumn("Line", max_chars=LONGEST_LINE),
            "syllables": columns.NumberColumn(
                "Syllables", disabled=True, width=75, help=f"Of the line as it was made{aim}."
            ),
            "rewrite": columns.CheckboxColumn("Rewrite", width=70, help="Lines without a tick stay."),
        },
    )
    rows: list[dict[str, Any]] = list(edited)
    texts = [str(row.get("line") or "") for row in rows]
    return texts, [place for place, row in zip(places, rows, strict=True) if row.get("rewrite")]


def _row(lyrics: Lyrics, place: tuple[int, int]) -> dict[str, Any]:
    section = lyrics.sections[place[0]]
    line = section.lines[place[1]]
    name = section.kind.value if place[1] == 0 else ""
    return {"section": name, "line": line.text, "syllables": len(line.syllables), "rewrite": False}


def _rewrite(place: str, lyrics: Lyrics, ticked: Sequence[tuple[int, int]], plan: Plan) -> None:
    """Write the ticked lines anew, one after the other, so that none comes twice."""
    take = st.session_state[f"{place}.takes"] = st.session_state.get(f"{place}.takes", 0) + 1
    for section, line in ticked:
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


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
