"""Typed lyrics in any layout: every line is classified with its reason, and the words become sections."""

from core.writing.typed.chords_used import with_chords
from core.writing.typed.correct import corrected
from core.writing.typed.headings import kind_of_heading
from core.writing.typed.rows import Row, RowKind, classify, speakers_of
from core.writing.typed.sections import no_voice_asked, parse_typed
from core.writing.typed.times_used import with_times

__all__ = [
    "Row",
    "RowKind",
    "classify",
    "corrected",
    "kind_of_heading",
    "no_voice_asked",
    "parse_typed",
    "speakers_of",
    "with_chords",
    "with_times",
]
