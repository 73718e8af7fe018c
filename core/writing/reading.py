"""What a prompt was understood to say."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.writing.form_words import FormWords
from core.writing.genres import Genre
from core.writing.instruments import Instrument
from core.writing.moods import Mood


@dataclass
class Reading:
    """What a prompt was understood to say; None or empty where it said nothing."""

    genre: Genre | None = None
    second_genre: Genre | None = None
    moods: list[Mood] = field(default_factory=list)
    instruments: list[Instrument] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    unwanted: set[str] = field(default_factory=set)
    """Instruments that are left out of the genre's band, with the others of their family."""
    instrumental: bool | None = None
    """True or False when the prompt says so."""
    duet: bool = False
    low_voice: bool = False
    """Whether a man's voice is asked for."""
    alone: bool = False
    """Whether nobody plays but those named."""
    length: tuple[str, float] | None = None
    """The length that is named, in its words and in seconds."""
    form: FormWords = field(default_factory=lambda: FormWords(""))
    """What is said of the form."""
    percussion: list[str] = field(default_factory=list)
    """What is struck or shaken beside the kit."""
    solo: Instrument | None = None
    """Who plays the solo."""
    tempo_bpm: float | None = None
    speed: float | None = None
    """Tempo word, -1.6 very slow to 1.6 very fast."""
    tonic: str | None = None
    mode: str | None = None
    beats_per_bar: int | None = None
    compound: bool = False
    """Whether the meter counts eighths (6/8, 12/8)."""
    understood: list[str] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    """Content words that settled nothing: they colour the lyrics."""
    effects: list[str] = field(default_factory=list)
    """Words for what an effect does."""
    ignored: list[str] = field(default_factory=list)
    """Figures, units and artists: nothing follows them."""
    notes: list[str] = field(default_factory=list)
