"""Which songs of the library are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.runs.record import RunSummary
from core.ui.labels import Label

NEWEST = "newest first"
LEAST_TO_SORT = 2


def _by_title(summary: RunSummary, title: str) -> tuple[object, ...]:
    return (title.casefold(),)


ORDERS: Mapping[str, Callable[[RunSummary, str], tuple[object, ...]] | None] = {
    NEWEST: None,
    "oldest first": lambda summary, title: (summary.created,),
    "by title": _by_title,
    "longest first": lambda summary, title: (-(summary.duration_s or 0),),
    "loudest first": lambda summary, title: (
        -(-999 if summary.integrated_lufs is None else summary.integrated_lufs),
    ),
    "failed first": lambda summary, title: (-summary.verdict.rank, -summary.created.timestamp()),
}


@dataclass(frozen=True)
class Sought:
    """What the person looks for: words of the title or tags, and the order."""

    words: tuple[str, ...]
    order: str

    @property
    def plain(self) -> bool:
        """Whether it is all songs, the newest first: then a page of them is all that is read."""
        return not self.words and self.order == NEWEST

    def among(self, songs: Sequence[RunSummary], labels: Mapping[str, Label]) -> list[RunSummary]:
        """Return the songs whose title or tags hold every word, in the order."""

        def title(song: RunSummary) -> str:
            return labels.get(song.id, Label()).title or song.title

        def fits(song: RunSummary) -> bool:
            text = " ".join((title(song), *labels.get(song.id, Label()).tags)).casefold()
            return all(word in text for word in self.words)

        found = [song for song in songs if fits(song)]
        key = ORDERS[self.order]
        return found if key is None else sorted(found, key=lambda song: key(song, title(song)))


def choose(count: int) -> Sought:
    """Draw the search and the order, where there is anything to choose among."""
    if count < LEAST_TO_SORT:
        return Sought((), NEWEST)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Search", key="library_search", placeholder="Title or tag")
        order = st.selectbox("Order", list(ORDERS), key="library_order", width=180)
    return Sought(tuple(words.casefold().split()), str(order))
