"""What the common checks need to know of a sound's place, and how they word their answers."""

from __future__ import annotations

from core.contract import Case, Material, Severity, Sound, Span
from core.measure import Measurement

AUDIBLE_DBFS = -90.0
"""Peaks under this are digital silence: the last bit of 16 is at -90.3 dBFS (LEVELS: "silent")."""
QUIET_LUFS = -50.0
"""No 400 ms louder than this is too quiet to have been meant as a song."""
VOCALS = "vocals"
"""The stem that is sung."""
SILENCED_BESIDE_S = 0.05
MOST_SPANS = 8
"""Places that a finding points at."""

_OF_FILES = frozenset({"inspect", "chain"})
"""Here a sound goes by its file, which may be named with its folder."""


def is_part(sound: Sound, case: Case) -> bool:
    """Return whether the sound is one stem among others, which may rest, be mono, or sit on one side."""
    if "/" in sound.name and case.stage not in _OF_FILES:
        return True
    return case.delivers is Material.STEMS and len(case.outputs) > 1


def came_in(sound: Sound, case: Case) -> Sound | None:
    """Return the input that this was made from: of the same name, or the only one for an only output."""
    if sound.name in case.inputs:
        return case.inputs[sound.name]
    one_to_one = len(case.inputs) == 1 and len(case.outputs) == 1
    return next(iter(case.inputs.values())) if one_to_one else None


def cut_out(sound: Sound, case: Case) -> bool:
    """Return whether the sound was cut out of a whole song.

    What is odd about it may be the song's own; what the stage did to it shows in the sum of the stems.
    """
    from_song = Material.SONG.main in case.inputs and sound.name not in case.inputs
    return case.delivers is Material.STEMS and from_song


def loudest(reading: Measurement) -> float | None:
    """Return the loudest 400 ms in LUFS, or the RMS in dBFS of a shorter sound; None for silence."""
    if reading.momentary_max_lufs is not None:
        return reading.momentary_max_lufs
    return reading.rms_dbfs


def is_audible(reading: Measurement) -> bool:
    """Return whether there is more than silence or near silence in a sound."""
    level, peak = loudest(reading), reading.sample_peak_dbfs
    return level is not None and level > QUIET_LUFS and peak is not None and peak > AUDIBLE_DBFS


def by_choice(sound: Sound, case: Case) -> bool:
    """Return whether the person, or the plan, wants this sound silent."""
    return sound.name in case.chosen_silent


def silenced(case: Case, start_s: float, stop_s: float) -> bool:
    """Return whether the person had a stretch of the sound made silent; so near beside it is its fade."""
    return any(
        one.start_s - SILENCED_BESIDE_S <= start_s and stop_s <= one.stop_s + SILENCED_BESIDE_S
        for one in case.silenced
    )


def given_silence(case: Case) -> bool:
    """Return whether something came in, and none of it is audible."""
    return bool(case.inputs) and not any(is_audible(s.measurement) for s in case.inputs.values())


def subject(sound: Sound, case: Case) -> str:
    """Return what a sentence calls the sound: an upload is the person's own, else it goes by its name."""
    if not case.is_source or not sound.name.startswith("clip_"):
        return sound.name or "The sound"
    stem = sound.name.partition("/")[2]
    if stem:
        return f"Your stem {stem}"
    return "Your file" if len(case.outputs) == 1 else "The sum of your stems"


def blemish(case: Case) -> Severity:
    """Return what a blemish is that published music lives with: ours fail, an upload's are warnings."""
    return Severity.WARN if case.uploaded else Severity.FAIL


def span(start_s: float, stop_s: float) -> Span:
    """Return a stretch of time rounded to 0.1 ms."""
    return Span(start_s=round(start_s, 4), stop_s=round(stop_s, 4))


def clock(seconds: float) -> str:
    """Return a time as it is read on a page: 0:03.2 or 12:41.0."""
    minutes, rest = divmod(round(seconds * 10), 600)
    return f"{minutes}:{rest / 10:04.1f}"
