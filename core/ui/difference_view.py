"""What differs between two songs, on a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.blame.difference import REQUEST, Difference, Part, Same
from core.blame.words import change_in_words
from core.ui.setting_names import Row, rows
from core.ui.words import number

WRAPS = 'style="overflow-wrap: anywhere"'
DETAIL = 'style="overflow-wrap: anywhere; padding-top: 0"'
WORDS = {
    Same.IDENTICAL: ("ok", "identical"),
    Same.GAIN: ("run", "same but for a gain"),
    Same.DIFFERENT: ("warn", "different"),
    Same.ONLY_A: ("idle", "only in A"),
    Same.ONLY_B: ("idle", "only in B"),
    Same.NEITHER: ("idle", "in neither"),
}


def show_difference(difference: Difference) -> None:
    """Draw where two songs part, the settings that differ, and every stage."""
    kind = "ok" if difference.began is None else "warn"
    st.html(
        f'<div class="gs-finding gs-{kind}">{_badge(difference.same)}<b>{escape(_headline(difference))}</b>'
        f"<div>{escape(_what(difference))}</div></div>"
    )
    if difference.settings:
        st.html(_settings(rows(difference.settings)))
    st.html(_stages(difference))


def _headline(difference: Difference) -> str:
    began = difference.began
    return "Both songs are identical." if began is None else f"First difference: {began.title}"


def _what(difference: Difference) -> str:
    """Return what differs in a few sentences; the settings themselves stand in the table below."""
    began = difference.began
    if began is None:
        return f"Sample for sample{', though settings differ' if difference.settings else ''}."
    of_stage = [s for s in difference.settings if s.stage == began.stage]
    asked = [s for s in difference.settings if s.stage == REQUEST]
    causes = [row.title for row in rows(of_stage or asked)] + list(began.notes)
    sentences = [f"Cause: {'; '.join(causes)}." if causes else "No setting explains it."]
    last = next((p for p in reversed(difference.stages) if p.same is not Same.NEITHER), began)
    first = change_in_words(began.change, "B", "A") if began.change is not None else ""
    end = change_in_words(last.change, "B", "A") if last.change is not None else ""
    sentences += [first] if first else []
    sentences += [f"At the end: {end}"] if end and end != first else []
    return " ".join(sentences)


def _settings(differing: Sequence[Row]) -> str:
    body = "".join(
        f"<tr><th>{escape(row.where)}<br><small>{escape(row.title)}</small></th>"
        f'<td class="gs-text" {WRAPS}>{escape(row.a)}</td>'
        f'<td class="gs-text" {WRAPS}>{escape(row.b)}</td></tr>'
        for row in differing
    )
    return (
        '<table class="gs-table"><thead><tr><th>Setting</th><th class="gs-text">A</th>'
        f'<th class="gs-text">B</th></tr></thead><tbody>{body}</tbody></table>'
    )


def _stages(difference: Difference) -> str:
    rows = "".join(_stage(part) for part in difference.stages if part.same is not Same.NEITHER)
    return (
        '<table class="gs-table"><thead><tr><th>Stage</th><th class="gs-text">B against A</th>'
        "<th>Loudness<small>LU</small></th><th>Null<small>dB</small></th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _stage(part: Part) -> str:
    moved = part.change.integrated_lufs.change if part.change else None
    left = part.change.null_residual_db if part.change else None
    parts = [name for name, same in part.parts.items() if same is not Same.IDENTICAL]
    lines = [change_in_words(part.change, "B", "A")] if part.change else []
    lines += [f"Differing: {', '.join(parts)}."] if len(part.parts) > 1 and parts else []
    lines += [f"{note[:1].upper()}{note[1:]}." for note in part.notes]
    detail = "".join(f'<div class="gs-faint">{escape(line)}</div>' for line in lines)
    below = f'<tr><td class="gs-text" colspan="4" {DETAIL}>{detail}</td></tr>' if detail else ""
    open_ended = "border-bottom: 0" if detail else ""
    cells = "".join(
        f'<{tag} class="{kind}" style="white-space: nowrap; {open_ended}">{content}</{tag}>'
        for tag, kind, content in (
            ("th", "", escape(part.title)),
            ("td", "gs-text", _badge(part.same)),
            ("td", "", number(moved)),
            ("td", "", number(left, 0)),
        )
    )
    return f"<tr>{cells}</tr>{below}"


def _badge(same: Same) -> str:
    kind, word = WORDS[same]
    return f'<span class="gs-badge gs-{kind}">{word}</span>'
