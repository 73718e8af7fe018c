"""From a request to a plan: genre, key, tempo, band and form, as read from the prompt.

The plan is deterministic: the same request gives the same plan, another seed another one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from core.song import Lyrics, Plan, PlanSection, SectionKind, SongRequest
from core.writing import keys
from core.writing.form import Grid, Slot, fit_form, fit_typed, usual_form
from core.writing.form_words import FormWords
from core.writing.genres import BY_NAME as GENRE
from core.writing.genres import Genre
from core.writing.instruments import BY_NAME as INSTRUMENT
from core.writing.progressions import progressions
from core.writing.prompt import meant_in, read_prompt
from core.writing.reading import Reading
from core.writing.titles import title_of
from core.writing.typed import no_voice_asked, speakers_of

LOWEST_BPM, HIGHEST_BPM = 30.0, 300.0
_DEFAULT_GENRES = ("pop", "ballad", "indie", "folk", "soul", "lo-fi")
_BASE_ENERGY = {
    "ambient": -0.25,
    "lullaby": -0.3,
    "lo-fi": -0.12,
    "chillout": -0.1,
    "ballad": -0.12,
    "bossa nova": -0.1,
    "folk": -0.08,
    "classical": -0.05,
    "punk": 0.2,
    "metal": 0.2,
    "rock": 0.08,
    "techno": 0.1,
    "house": 0.08,
    "drum and bass": 0.12,
    "dubstep": 0.1,
    "rock and roll": 0.12,
    "ska": 0.1,
}
_ENERGY = {
    SectionKind.INTRO: 0.3,
    SectionKind.VERSE: 0.48,
    SectionKind.PRE_CHORUS: 0.62,
    SectionKind.CHORUS: 0.85,
    SectionKind.BRIDGE: 0.45,
    SectionKind.SOLO: 0.75,
    SectionKind.OUTRO: 0.5,
}


def ring_out_s(body_s: float) -> float:
    """Return the seconds that the last chord may ring after a form of ``body_s``: 5 %, 0.8 to 3 s."""
    return min(3.0, max(0.8, 0.05 * body_s))


def make_plan(request: SongRequest, typed: Lyrics | None = None) -> Plan:
    """Return the plan of the song that ``request`` asks for; with ``typed`` lyrics the form follows them.

    The form and the last chord's ring together last the requested length, within one bar.
    """
    rng = random.Random(f"plan {request.seed} {request.prompt}")
    reading = read_prompt(request.prompt)
    genre = reading.genre or _unnamed_genre(reading, rng)
    notes = list(reading.notes)
    if reading.length and abs(reading.length[1] - request.duration_s) > 0.1 * request.duration_s:
        notes.append(
            f"The length is set apart from the prompt: {request.duration_s:g} s, not {reading.length[0]}."
        )
    instrumental = _instrumental(request, reading, typed, notes)
    duet = reading.duet or len(speakers_of(request.typed_lyrics)) > 1
    mode = _mode(reading, genre, rng)
    tonic = reading.tonic or rng.choice(keys.USUAL_TONICS["minor" if mode in keys.MINOR_MODES else "major"])
    beats = reading.beats_per_bar or _beats_of(genre, reading.second_genre)
    tempo = _tempo(reading, genre, request.duration_s, beats, rng, notes)
    draft = Plan(
        prompt=request.prompt,
        title=title_of(request.prompt, reading, genre.name, rng, typed),
        genre=genre.name,
        moods=tuple(mood.name for mood in reading.moods),
        tempo_bpm=tempo,
        key=f"{tonic} {mode}",
        beats_per_bar=beats,
        instruments=_band(reading, genre),
        instrumental=instrumental,
        duet=duet and not instrumental,
        low_voice=reading.low_voice and not duet and not instrumental,
        percussion=tuple(reading.percussion),
        solo=reading.solo.name if reading.solo else "",
        fades_in=reading.form.fades_in,
        fades_out=reading.form.fades_out,
        sections=(PlanSection(kind=SectionKind.OUTRO, bars=1, energy=0.5),),
        seed=request.seed,
        understood=tuple(reading.understood),
        not_understood=tuple(reading.not_understood),
        without=tuple(reading.without),
    )
    grid = Grid(_bars(draft, request.duration_s), draft.bars_per_line, draft.bar_s)
    slots = _form(grid, genre, reading.form, typed, instrumental, rng, notes)
    sections = _fill(slots, draft, genre, reading, rng)
    if reading.form.key_shift and not any(section.key_shift for section in sections):
        notes.append("There is no chorus after another section in this length: the key stays.")
    return draft.model_copy(update={"sections": sections, "notes": tuple(notes)})


def _unnamed_genre(reading: Reading, rng: random.Random) -> Genre:
    """Choose a genre for a prompt that names none, leaning on its moods."""
    moods = {mood.name for mood in reading.moods}
    if moods & {"angry", "energetic"}:
        return GENRE["rock"]
    if moods & {"epic", "tense"}:
        return GENRE["cinematic"]
    if moods & {"groovy"}:
        return GENRE["disco"]
    if moods & {"calm", "solemn"}:
        return GENRE[rng.choice(("ballad", "folk", "lo-fi"))]
    if moods & {"dark", "cold", "mysterious"}:
        return GENRE[rng.choice(("synthwave", "cinematic", "indie"))]
    return GENRE[rng.choice(_DEFAULT_GENRES)]


def _instrumental(request: SongRequest, reading: Reading, typed: Lyrics | None, notes: list[str]) -> bool:
    if request.instrumental:
        return True
    if typed is not None and typed.sections:
        if reading.instrumental:
            notes.append("The prompt asks for no voice, but lyrics were typed: they are sung.")
        return False
    if not reading.instrumental and request.typed_lyrics and no_voice_asked(request.typed_lyrics):
        notes.append("The typed lyrics hold no words and ask for an instrumental: there is no vocal.")
        return True
    return bool(reading.instrumental)


def _beats_of(genre: Genre, second: Genre | None) -> int:
    """Return the beats of a bar: a genre in another meter, a waltz, brings it along."""
    if second is not None and second.beats_per_bar != 4:
        return second.beats_per_bar
    return genre.beats_per_bar


def _mode(reading: Reading, genre: Genre, rng: random.Random) -> str:
    if reading.mode:
        return reading.mode
    lean = genre.minor + 0.45 * sum(mood.minor for mood in reading.moods)
    if genre.minor >= 0.99:
        lean = max(lean, 0.6)
    return "minor" if rng.random() < lean else "major"


def _tempo(
    reading: Reading, genre: Genre, duration_s: float, beats: int, rng: random.Random, notes: list[str]
) -> float:
    """Choose the tempo: the one asked for within bounds, else one of the genre's that fills the length."""
    if reading.tempo_bpm is not None:
        return _asked_tempo(reading.tempo_bpm, reading.compound, notes)
    low, high = genre.tempo_bpm
    place = 0.5 + 0.35 * sum(mood.tempo for mood in reading.moods) + rng.uniform(-0.4, 0.4)
    tempo = low + (high - low) * min(1.0, max(0.0, place))
    if reading.speed is not None:
        tempo *= 1.0 + 0.2 * reading.speed
    if reading.compound:
        tempo *= 1.6
    if beats == 3 and genre.beats_per_bar != 3:
        tempo *= 1.1
    return _filling(min(HIGHEST_BPM, max(LOWEST_BPM, tempo)), duration_s, beats)


def _asked_tempo(asked: float, compound: bool, notes: list[str]) -> float:
    tempo = asked
    if compound and 3 * asked <= HIGHEST_BPM:
        tempo = 3 * asked
        notes.append(f"{asked:g} bpm counts dotted beats in this meter: {tempo:g} eighths a minute.")
    bounded = min(HIGHEST_BPM, max(LOWEST_BPM, tempo))
    if bounded != tempo:
        notes.append(f"{asked:g} bpm was asked for; tempos go from 30 to 300, so {bounded:g} is played.")
    return bounded


def _filling(tempo: float, duration_s: float, beats: int) -> float:
    """Bend ``tempo`` by at most 6 % so that a whole, even number of bars fills the length."""
    body_s = _body_s(duration_s)
    best, best_cost = tempo, float("inf")
    exact = body_s * tempo / (60.0 * beats)
    for bars in range(max(1, int(exact * 0.94)), int(exact * 1.06) + 2):
        bent = bars * beats * 60.0 / body_s
        cost = abs(bent / tempo - 1.0) * 40.0 + (0.0 if bars % 4 == 0 else 0.8 if bars % 2 == 0 else 1.8)
        if abs(bent / tempo - 1.0) <= 0.06 and LOWEST_BPM <= bent <= HIGHEST_BPM and cost < best_cost:
            best, best_cost = bent, cost
    return round(best, 2)


def _body_s(duration_s: float) -> float:
    """Solve body + ring_out_s(body) = duration for the body."""
    if duration_s >= 63.0:
        return duration_s - 3.0
    return duration_s - 0.8 if duration_s <= 16.8 else duration_s / 1.05


def _bars(draft: Plan, duration_s: float) -> int:
    return max(1, round(_body_s(duration_s) / draft.bar_s))


def _band(reading: Reading, genre: Genre) -> tuple[str, ...]:
    """Name the players: those asked for first, then the genre's, without what was declined."""
    asked = [tool.name for tool in reading.instruments]
    colour = list(reading.second_genre.band[:1]) if reading.second_genre else []
    band = []
    others = [] if reading.alone else [*genre.band[:1], *colour, *genre.band[1:]]
    solo = [reading.solo.name] if reading.solo else []
    if solo and "chords" in INSTRUMENT[solo[0]].roles and not reading.alone:
        # Named first, it would have the chords to play.
        asked = [name for name in asked if name not in solo]
    for name in [*asked, *others, *solo]:
        declined = name in reading.without or (name in reading.unwanted and name not in asked)
        if name not in band and not declined and name in INSTRUMENT:
            band.append(name)
    return tuple(band)


def _form(
    grid: Grid,
    genre: Genre,
    asked: FormWords,
    typed: Lyrics | None,
    instrumental: bool,
    rng: random.Random,
    notes: list[str],
) -> tuple[Slot, ...]:
    wishes = replace(asked.wishes, choruses=2 if asked.key_shift else asked.wishes.choruses)
    if typed is not None and not instrumental and typed.lines:
        slots, said = fit_typed(typed.sections, grid)
        notes.extend(said)
        if asked.wishes:
            notes.append("The form follows the typed lyrics, not the prompt.")
        return slots
    found = fit_form(grid, sectional=genre.sectional, rng=rng, wishes=wishes) if wishes else None
    if found is None and asked.wishes:
        found = fit_form(grid, sectional=genre.sectional, rng=rng, wishes=asked.wishes)
        if found is None:
            notes.append("The form that was asked for does not fit into this length: the usual one is taken.")
    slots = found or usual_form(grid, sectional=genre.sectional, rng=rng)
    if instrumental:
        return tuple(Slot(slot.kind, slot.bars, False) for slot in slots)
    if not any(slot.sung for slot in slots):
        notes.append("The length is too short for a sung line at this tempo: the song has no words.")
    return slots


@dataclass(frozen=True)
class _Cycles:
    """The chord cycles of one song."""

    verse: tuple[str, ...]
    chorus: tuple[str, ...]
    bridge: tuple[str, ...]
    minor: bool


def _fill(
    slots: tuple[Slot, ...], draft: Plan, genre: Genre, reading: Reading, rng: random.Random
) -> tuple[PlanSection, ...]:
    """Give every section its energy and its chords; the very last bar is the tonic."""
    minor = draft.key.split()[1] in keys.MINOR_MODES
    cycles = _choose_cycles(genre, minor, rng)
    shift = _BASE_ENERGY.get(genre.name, 0.0) + sum(mood.energy for mood in reading.moods)
    choruses = [at for at, slot in enumerate(slots) if slot.kind is SectionKind.CHORUS]
    verses = 0
    shift_of_key = reading.form.key_shift
    shifts_from = _last_block(slots) if shift_of_key else None
    sections = []
    for at, slot in enumerate(slots):
        energy = _ENERGY[slot.kind] + shift
        verses += slot.kind is SectionKind.VERSE
        energy += 0.06 * min(2, verses - 1) if slot.kind is SectionKind.VERSE else 0.0
        energy += 0.1 if len(choruses) > 1 and at == choruses[-1] else 0.0
        if slot.kind is SectionKind.CHORUS:
            energy += 0.1 * (
                reading.form.big_chorus + (bool(reading.form.wishes.wanted & {"D"}) and not slot.sung)
            )
        chords = _chords(slot, cycles, draft, last=at == len(slots) - 1)
        sections.append(
            PlanSection(
                kind=slot.kind,
                bars=slot.bars,
                energy=round(min(1.0, max(0.1, energy)), 2),
                sung=slot.sung,
                chords=chords,
                key_shift=shift_of_key if shifts_from is not None and at >= shifts_from else 0,
                only=_alone_in(slot.kind, reading),
            )
        )
    return tuple(sections)


def _last_block(slots: tuple[Slot, ...]) -> int | None:
    """Return where the last chorus begins (the first of two in a row), None where nothing comes before."""
    choruses = [at for at, slot in enumerate(slots) if slot.kind is SectionKind.CHORUS]
    if not choruses:
        return None
    at = choruses[-1]
    while at - 1 in choruses:
        at -= 1
    return at or None


def _alone_in(kind: SectionKind, reading: Reading) -> tuple[str, ...]:
    """Return who plays an intro or outro alone."""
    word = reading.form.only.get({SectionKind.INTRO: "I", SectionKind.OUTRO: "O"}.get(kind, ""))
    if word is None:
        return ()
    return (meant_in(reading, word),)


def _choose_cycles(genre: Genre, minor: bool, rng: random.Random) -> _Cycles:
    choices = list(progressions(genre.harmony, minor))
    rng.shuffle(choices)
    verse = choices[0]
    chorus = choices[1 % len(choices)]
    away = [cycle for cycle in choices if cycle[0] not in ("I", "i")]
    bridge = (away or choices[2 % len(choices) :] or choices)[-1]
    if genre.harmony == "blues":
        chorus = bridge = verse
    return _Cycles(verse, chorus, bridge, minor)


def _chords(slot: Slot, cycles: _Cycles, draft: Plan, *, last: bool) -> tuple[str, ...]:
    cycle = {
        SectionKind.CHORUS: cycles.chorus,
        SectionKind.SOLO: cycles.chorus,
        SectionKind.BRIDGE: cycles.bridge,
    }.get(slot.kind, cycles.verse)
    if slot.kind is SectionKind.PRE_CHORUS:
        cycle = ("iv", "bVI", "bVII", "V") if cycles.minor else ("ii", "IV", "vi", "V")
    slow_change = draft.bar_s < 1.5 and slot.bars >= 2 * len(cycle) and len(cycle) <= 4
    if slow_change:
        cycle = tuple(chord for chord in cycle for _ in range(2))
    chords = [cycle[bar % len(cycle)] for bar in range(slot.bars)]
    if slot.kind is SectionKind.PRE_CHORUS:
        chords[-1] = "V"
    if last:
        chords[-1] = "i" if cycles.minor else "I"
        if len(chords) > 2:
            chords[-2] = (
                "V7" if draft.genre in ("jazz", "blues", "classical", "waltz", "swing", "bossa nova") else "V"
            )
    return tuple(chords)
