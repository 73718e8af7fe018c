"""What a song is to be, before any sound: the request, the plan and the lyrics."""

from __future__ import annotations

from base64 import b64decode
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

MAX_PROMPT_CHARACTERS = 2_000
MAX_LYRICS_CHARACTERS = 20_000


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class _Grown(_Value):
    """A value whose later fields are written only where they say something: stored keys stay the same."""

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = write(self)
        for name in _LATER_FIELDS:
            if name in fields and not fields[name]:
                del fields[name]
        return fields


_LATER_FIELDS = ("key_shift", "only", "solo", "fades_in", "fades_out", "percussion")


class SectionKind(StrEnum):
    """The parts of a song's form."""

    INTRO = "intro"
    VERSE = "verse"
    PRE_CHORUS = "pre-chorus"
    CHORUS = "chorus"
    BRIDGE = "bridge"
    SOLO = "solo"
    OUTRO = "outro"


class PlanSection(_Grown):
    """One section of the form."""

    kind: SectionKind
    bars: int = Field(ge=1, le=100_000)
    energy: float = Field(ge=0, le=1)
    """How full the band plays, 0 to 1."""
    sung: bool = False
    """Whether a verse of lyrics belongs here."""
    chords: tuple[str, ...] = ()
    """Roman numerals, one a bar, degrees of the major scale ("i", "bVI", "V7"); fewer than ``bars``
    repeat, none leaves them to the composer."""
    key_shift: int = Field(default=0, ge=-6, le=6)
    """Semitones by which the section lies above the song's key."""
    only: tuple[str, ...] = ()
    """Who plays here ("drums" or instruments); empty for everybody."""


class Plan(_Grown):
    """The song to be made, as understood from the prompt; it can be edited before a note is played."""

    prompt: str
    title: str
    genre: str
    moods: tuple[str, ...] = ()
    tempo_bpm: float = Field(ge=30, le=300)
    key: str
    """Tonic and mode, such as "A minor" or "Eb major"."""
    beats_per_bar: int = Field(default=4, ge=2, le=12)
    instruments: tuple[str, ...] = ()
    """Lead instrument first, names as in the composer's palette."""
    instrumental: bool = False
    duet: bool = False
    """Whether two voices share the song: they take turns in the verses and sing the choruses together."""
    low_voice: bool = False
    """Whether a man's voice leads; a duet has both anyway."""
    percussion: tuple[str, ...] = ()
    """What is struck or shaken beside the kit, or in its place where "drums" are left out."""
    solo: str = ""
    """The instrument that plays the solos; empty for the lead instrument."""
    fades_in: bool = False
    fades_out: bool = False
    """Whether the song fades instead of ending."""
    sections: tuple[PlanSection, ...]
    seed: int
    understood: tuple[str, ...] = ()
    """Words of the prompt that shaped the plan."""
    not_understood: tuple[str, ...] = ()
    """Content words of the prompt that did not; they still feed the lyrics' imagery."""
    without: tuple[str, ...] = ()
    """Parts left out on request: "drums", "bass", or an instrument's name."""
    notes: tuple[str, ...] = ()
    """Choices worth a note: a tempo limited to its bounds, a contradiction settled, words that do not fit."""

    @property
    def bar_s(self) -> float:
        """Length of one bar in seconds."""
        return self.beats_per_bar * 60.0 / self.tempo_bpm

    @property
    def bars(self) -> int:
        """Bars in the whole form."""
        return sum(section.bars for section in self.sections)

    @property
    def duration_s(self) -> float:
        """Length of the form in seconds, without the last notes' ring."""
        return self.bars * self.bar_s

    @property
    def bars_per_line(self) -> int:
        """Bars that one sung line takes: as many (1, 2, 4 ...) as last at least 3.2 s."""
        bars = 1
        while bars * self.bar_s < 3.2 and bars < 8:
            bars *= 2
        return bars

    @property
    def syllables_per_line(self) -> int:
        """Syllables that the writer aims at in a line: two a second, 8 to 10."""
        return min(10, max(8, round(2.0 * self.bars_per_line * self.bar_s)))

    def lines_in(self, section: PlanSection) -> int:
        """Lines of lyrics that a sung section has room for; 0 when it is not sung."""
        return section.bars // self.bars_per_line if section.sung else 0


class Line(_Value):
    """One sung line: its text and its words cut into syllables."""

    text: str
    syllables: tuple[str, ...] = ()
    """Written syllables in singing order, e.g. ("morn", "ing", "light")."""


class LyricSection(_Value):
    """The words of one section of the form."""

    kind: SectionKind
    lines: tuple[Line, ...]


class Lyrics(_Value):
    """The words of a song, section by section; no sections for an instrumental."""

    title: str
    sections: tuple[LyricSection, ...]
    language: str = "en"
    source: str
    """Who wrote them: "writer" (embedded), "typed", or a model's name."""
    singable: bool = True
    """Whether the embedded voice can sing this script and language."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in order."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def text(self) -> str:
        """The lyrics as text with ``[section]`` headings."""
        blocks = []
        for section in self.sections:
            blocks.append("\n".join([f"[{section.kind}]", *(line.text for line in section.lines)]))
        return "\n\n".join(blocks)


class Upload(_Value):
    """A sound that was uploaded instead of made: a whole song, or named stems.

    ``sounds`` maps "song" or each stem's name to the artifact key of its decoded samples;
    ``names`` keeps what the person called the files; a name without a sound is a file that was left out.
    """

    sounds: dict[str, str]
    names: dict[str, str]


class Midi(_Value):
    """A MIDI file that was uploaded instead of a prompt: the band plays it."""

    name: str = Field(max_length=200)
    """What the person called the file."""
    base64: str = Field(max_length=1_400_000)
    """Its bytes."""

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return b64decode(self.base64)


class SongRequest(_Value):
    """What a person asks for: a prompt, a sound of their own, or a MIDI file."""

    prompt: str = Field(default="", max_length=MAX_PROMPT_CHARACTERS, title="The prompt")
    typed_lyrics: str = Field(default="", max_length=MAX_LYRICS_CHARACTERS, title="The lyrics")
    instrumental: bool = False
    duration_s: float = Field(default=60.0, ge=3.0, le=1200.0, title="The length in seconds")
    seed: int = Field(default=42, ge=0, le=2**31 - 1, title="The seed")
    sample_rate: int = Field(default=44_100, ge=8_000, le=192_000)
    upload: Upload | None = None
    midi: Midi | None = None

    @property
    def uploaded_names(self) -> tuple[str, ...]:
        """What the person called the uploaded files; none for a song from a prompt."""
        if self.upload:
            return tuple(n for stem, n in self.upload.names.items() if stem in self.upload.sounds)
        return (self.midi.name,) if self.midi else ()
