"""A plan that was edited, or uploaded as a file: read, checked before a note is played, and written."""

from __future__ import annotations

import json

from pydantic import ValidationError

from core.errors import InputError, SettingsError
from core.sentences import sentences
from core.song import Plan, SongRequest
from core.values import bounded_json
from core.writing import keys
from core.writing.chords import SUFFIXES, is_chord
from core.writing.genres import BY_NAME as GENRES
from core.writing.instruments import BY_NAME as INSTRUMENTS
from core.writing.percussion import NAMES as PERCUSSION

VERSION = 1
FILE = "plan.json"
LONGEST_S = 1200.0
LONGEST_TEXT = 4_000_000
"""Characters; a plan of 20 minutes has under 100,000."""
AGAIN = "Correct the plan, or make it afresh from the prompt."


def plan_text(plan: Plan) -> str:
    """Return a plan as the content of its file."""
    return json.dumps({"version": VERSION, **plan.model_dump(mode="json")}, ensure_ascii=False, indent=1)


def read_plan(text: str) -> Plan:
    """Return the plan that a file holds; raises InputError for what is no plan, or one of a newer studio."""
    try:
        parsed = bounded_json(text, most_characters=LONGEST_TEXT)
    except ValueError as error:
        raise InputError(
            "The plan cannot be read: it is no JSON.",
            causes=("the file was cut off or edited by hand", "it is another file"),
            remedy="Take the plan.json that a song was delivered with.",
            detail=str(error),
        ) from error
    if not isinstance(parsed, dict) or not isinstance(parsed.get("version"), int):
        raise InputError("The file is no plan.", remedy="Take the plan.json that a song was delivered with.")
    version = parsed.pop("version")
    if version > VERSION:
        raise InputError(
            f"The plan is of version {version}; this studio reads up to {VERSION}.",
            remedy="Update the studio, or make the plan again here.",
        )
    try:
        return playable(Plan.model_validate(parsed))
    except ValidationError as error:
        raise InputError(f"The plan cannot be played. {sentences(error, Plan)[0]}", remedy=AGAIN) from error
    except SettingsError as error:
        raise InputError(error.message, remedy=error.remedy) from error


def playable(plan: Plan) -> Plan:
    """Return ``plan`` when the band can play it; raises SettingsError that names what it cannot."""
    try:
        keys.split(plan.key)
    except ValueError as error:
        raise SettingsError(f"{plan.key!r} is no key.", remedy="Write one such as Eb major.") from error
    if plan.genre not in GENRES:
        raise SettingsError(f"There is no genre {plan.genre!r}.", remedy=f"Genres are {', '.join(GENRES)}.")
    unknown = [name for name in plan.instruments if name not in INSTRUMENTS]
    if unknown:
        raise SettingsError(
            f"There is no instrument {unknown[0]!r}.", remedy=f"Instruments are {', '.join(INSTRUMENTS)}."
        )
    unknown = [name for name in plan.percussion if name not in PERCUSSION]
    if unknown:
        raise SettingsError(
            f"There is no percussion {unknown[0]!r}.", remedy=f"There are {', '.join(PERCUSSION)}."
        )
    if plan.solo and plan.solo not in INSTRUMENTS:
        raise SettingsError(
            f"There is no instrument {plan.solo!r}.", remedy=f"Instruments are {', '.join(INSTRUMENTS)}."
        )
    if not plan.sections:
        raise SettingsError("The plan has no section.", remedy="Give it a section with bars.")
    for number, section in enumerate(plan.sections, 1):
        strangers = [name for name in section.only if name != "drums" and name not in INSTRUMENTS]
        if strangers:
            raise SettingsError(
                f"There is no instrument {strangers[0]!r} to play section {number} ({section.kind}).",
                remedy=f"Write drums, or some of {', '.join(INSTRUMENTS)}.",
            )
        wrong = [chord for chord in section.chords if not is_chord(chord)]
        if wrong:
            raise SettingsError(
                f"{wrong[0]!r} in section {number} ({section.kind}) is no chord.",
                remedy="Write roman numerals such as i, bVI or V7; behind them may stand "
                f"{', '.join(suffix for suffix in SUFFIXES if suffix)}.",
            )
    if plan.duration_s > LONGEST_S:
        raise SettingsError(
            f"The plan lasts {plan.duration_s / 60:.0f} min; at most {LONGEST_S / 60:.0f} min are played.",
            remedy="Take bars away, or raise the tempo.",
        )
    return plan


def played(plan: Plan, request: SongRequest) -> Plan:
    """Return a given plan as it is played for a request: with its seed, and without a voice if it says so."""
    instrumental = plan.instrumental or request.instrumental
    said = (f"The plan was given: {plan.bars} bars, {plan.duration_s:.1f} s.",)
    return playable(plan).model_copy(
        update={"seed": request.seed, "instrumental": instrumental, "notes": said}
    )
