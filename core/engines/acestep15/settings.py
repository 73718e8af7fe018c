"""What ACE-Step 1.5 takes beside the plan."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from core.engines.base import EngineSettings
from core.settings import count, knob, machine_line, pick

MOST_LISTENED = 8
LONGEST_S = 600.0
"""What the model was trained on, and as long as its learned silence is."""


class Preset(StrEnum):
    """How many steps and how much guidance; ``auto`` reads from the model which of the two it is."""

    AUTO = "auto"
    TURBO = "turbo"
    BASE = "base"


class Precision(StrEnum):
    """Number format of the weights; ``auto`` takes what the device computes without overflow."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


class Dcw(StrEnum):
    """Correction of each step; ``auto`` is on for turbo models alone, as ACE-Step has it."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Planning(StrEnum):
    """Whether a language model writes the song as audio codes first, as ACE-Step has it by default."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class RepaintMode(StrEnum):
    """For how many steps what lies outside of a repainted part is held to the uploaded song."""

    CONSERVATIVE = "conservative"
    BALANCED = "balanced"
    AGGRESSIVE = "aggressive"


class Task(StrEnum):
    """What is made: a song from words alone, or something of an uploaded song."""

    SONG = "song"
    COVER = "cover"
    REPAINT = "repaint"
    EXTEND = "extend"
    EXTRACT = "extract"
    LEGO = "lego"
    COMPLETE = "complete"


OF_BASE = (Task.EXTRACT, Task.LEGO, Task.COMPLETE)
"""Tasks that base models alone were trained for."""
WINDOWED = (Task.REPAINT, Task.LEGO)
"""Tasks that work on a part of the song, from ``repaint_from_s`` to ``repaint_to_s``."""


class Track(StrEnum):
    """The tracks that base models know (``acestep/constants.py``)."""

    VOCALS = "vocals"
    BACKING_VOCALS = "backing_vocals"
    DRUMS = "drums"
    BASS = "bass"
    GUITAR = "guitar"
    KEYBOARD = "keyboard"
    PERCUSSION = "percussion"
    STRINGS = "strings"
    SYNTH = "synth"
    FX = "fx"
    BRASS = "brass"
    WOODWINDS = "woodwinds"


class AceStepSettings(EngineSettings):
    """ACE-Step's own settings."""

    preset: Preset = pick(
        Preset.AUTO,
        "Preset",
        "turbo: 8 steps, shift 3, no guidance. base (and sft): 50 steps, shift 1, guidance 7. "
        "auto reads from the model which it is.",
    )
    steps: int = count(0, 0, 200, "", "Steps", "More are slower; 0 is the preset's number.")
    guidance: float = knob(
        0,
        0,
        15,
        "",
        "Guidance",
        "How closely the prompt is followed: 1 is off, 0 is the preset's. Turbo takes none.",
        0.5,
    )
    guidance_from: float = knob(
        0, 0, 1, "", "Guidance from", "Where guidance begins on the way from noise (0) to sound (1).", 0.05
    )
    guidance_to: float = knob(1, 0, 1, "", "Guidance to", "Where on that way it ends.", 0.05)
    shift: float = knob(
        0, 0, 5, "", "Shift", "Where the steps lie; a wrong one breaks the sound up. 0 is the preset's.", 0.5
    )
    precision: Precision = pick(
        Precision.AUTO,
        "Precision",
        "auto: bfloat16 on a GPU that has it, else float32. float16 overflows on many cards.",
    )
    dcw: Dcw = pick(
        Dcw.AUTO, "DCW", "A correction of each step: auto is on for turbo. On sft and base it makes noise."
    )
    planner: Planning = pick(
        Planning.AUTO,
        "Planner",
        "A language model plans the sound, five codes a second, before it is made. auto: where it is here.",
    )
    planner_folder: str = machine_line(
        "Planner's folder", "A folder with ACE-Step's planner (acestep-5Hz-lm); empty for the usual places."
    )
    listen_steps: str = Field(
        default="",
        max_length=60,
        title="Steps to listen to",
        description="Steps such as 1, 4, 8, at most eight: two seconds of what the model then expects of the "
        "sound are decoded and put on the panel. Each costs what two seconds of the song cost to decode, and "
        "0.4 MB of disk. Empty for none.",
    )
    tell_plan: bool = pick(
        True, "Add the plan to the prompt", "Adds the plan's genre, moods and instruments to the prompt."
    )
    continuation: bool = pick(
        True,
        "One performance, cut into clips",
        "Off: every clip is a fresh start with its own sections of the words.",
    )
    context_s: float = knob(
        10, 1, 60, "s", "Context", "How much of the preceding audio the model receives when it continues.", 1
    )
    lora: str = machine_line(
        "LoRA", "A .safetensors file, or the folder of one, trained for this model; empty for none."
    )
    lora_weight: float = knob(1, -2, 2, "", "LoRA weight", "How strongly it works; 0 is without it.", 0.05)
    task: Task = pick(
        Task.SONG,
        "Task",
        "What to do with an uploaded song: cover it, repaint a part, or extend it. With a base model also: "
        "extract a track of it, add one to it (lego), or complete it with several.",
    )
    track: Track = pick(Track.VOCALS, "Track", "The track that is extracted, or added by lego.")
    complete_with: tuple[Track, ...] = pick(
        (Track.DRUMS, Track.BASS), "Complete with", "The tracks that are added to an incomplete song."
    )
    cover_strength: float = knob(
        1,
        0,
        1,
        "",
        "Cover strength",
        "The share of the steps that follow the uploaded song; the rest follow the words alone.",
        0.05,
    )
    repaint_from_s: float = knob(
        0,
        0,
        LONGEST_S,
        "s",
        "Repaint from",
        "Where the part begins that is made anew, or that lego adds its track to.",
        0.5,
    )
    repaint_to_s: float = knob(
        0, 0, LONGEST_S, "s", "Repaint to", "Where that part ends; 0 is the song's end.", 0.5
    )
    repaint_mode: RepaintMode = pick(
        RepaintMode.BALANCED,
        "Repaint mode",
        "How the new part hangs together with what is around it: conservative holds the song outside of it "
        "at all steps, balanced at half of them, aggressive at none.",
    )
    extend_s: float = knob(30, 1, 540, "s", "Extend by", "How long the uploaded song is continued.", 0.5)

    @field_validator("listen_steps")
    @classmethod
    def _steps_named(cls, text: str) -> str:
        numbers = [one.strip() for one in text.split(",")] if text.strip() else []
        if len(numbers) > MOST_LISTENED or not all(one.isdecimal() and int(one) > 0 for one in numbers):
            raise ValueError(f"name at most {MOST_LISTENED} steps by their numbers, such as 1, 4, 8")
        return ", ".join(numbers)

    @property
    def listened(self) -> frozenset[int]:
        """The steps to listen to, the first is 1."""
        return frozenset(int(one) for one in self.listen_steps.split(",") if one)
