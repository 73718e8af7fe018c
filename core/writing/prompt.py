"""Understanding a prompt: which of its words settle genre, mood, tempo, key, meter and band.

Words are matched against the genre, mood and instrument tables, the longest phrase first; terms of other
languages by way of their English ones. Every word that shaped something is returned as understood; figures,
units and artists that change nothing as ignored; every other content word as not understood: it colours the
lyrics.
"""

from __future__ import annotations

import re

from core.writing import ensemble, genres, instruments, keys, moods, percussion
from core.writing.artists import without_artists
from core.writing.dances import DANCES
from core.writing.form_words import read_form
from core.writing.negations import with_plain_negations
from core.writing.prompt_words import (
    DRUMLESS,
    EFFECTS,
    GENRE_ADJECTIVES,
    HUMMED,
    INSTRUMENTAL,
    METER_WORDS,
    SMALL_WORDS,
    SPEED,
    SPOKEN,
)
from core.writing.reading import Reading
from core.writing.singers import read_singers, says_who_sings
from core.writing.spoken_tempo import tempo_in_figures
from core.writing.tempo import tempo_in
from core.writing.tongues import compound, english_of, is_listed, is_small, keys_in_english, negates, parted

_LETTER = r"(?:[^\W_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e4e])"
"""A letter or a figure, or the vowel sign of a script that writes them apart."""
_TOKEN = re.compile(rf"{_LETTER}+(?:['’&]{_LETTER}+)*|&")
_WEIGHT = re.compile(r"(?<=\w):(\d\.\d+)(?=\s*[),]|$)")
"""How much a word of an image program's prompt counts: "(acoustic:1.3)"."""
_METER = re.compile(r"(?<![\d/])(\d{1,2})\s*/\s*(2|4|8|16)(?![\d/])")
_NEGATION = ("no", "without", "minus", "not", "never", "zero", "sans")
_VOICE = ("vocals", "vocal", "voice", "voices", "singing", "singer", "sung", "lyrics", "words", "sing")
_TWO_VOICES = ("duet", "duets", "two voices", "two singers")
_WEAK_GENRE_TEXT = """
acoustic electronic electronica dance orchestral anthem romantic minimal industrial radio acid funky
western children eastern club garage trailer movie soundtrack rave
"""
_SOMETIMES_MOODS = frozenset(("dance", "club"))
"""Words for a genre that only say how another one feels: a "klezmer wedding dance" is no house."""
HARMONY = "harmony"
"""What a band without chords and tune is without."""
_WEAK_GENRE_WORDS = frozenset(_WEAK_GENRE_TEXT.split())
_FIGURE_OR_UNIT = re.compile(
    r"\d+(?:s|sec|secs|m|min|mins|hz|khz|k|kbps|db|bits?|bars?|x|st|nd|rd|th)?|lufs|dbtp|dbfs|db|hz|khz|kbps|wav|mp3|"
    r"flac|seconds?|secs?|minutes|mins?|bars|bits?|stereo|mono|hq|hd|4k"
)


def meant_in(reading: Reading, word: str) -> str:
    """Return the name of the instrument that ``word`` means in the prompt's genre, or "drums"."""
    if word in instruments.DRUM_WORDS or word == "drum":
        return "drums"
    genre = reading.genre.name if reading.genre else ""
    return ensemble.named_by_genre(_INSTRUMENT_WORDS[word].name, word, genre)


def read_prompt(prompt: str) -> Reading:
    """Return what ``prompt`` says; any text of any script is fine, and an empty one says nothing."""
    reading = Reading()
    text, artists = without_artists(prompt.replace("’", "'").replace("‘", "'"))
    for weight in _WEIGHT.findall(text):
        _add(reading.ignored, weight)
    text = _WEIGHT.sub("", text)
    text = _read_figures(with_plain_negations(keys_in_english(tempo_in_figures(text))), reading)
    text = _read_form(text, reading)
    text = _read_singers(text, reading)
    whole = [token.lower() for token in _TOKEN.findall(parted(text))]
    tokens = [part for token in whole for part in _parts(token)]
    abroad = any(english_of(token) and not _take(token, Reading(), False) for token in tokens)
    at = 0
    negated = False
    while at < len(tokens):
        length = _match(tokens, at, reading, negated)
        effect = _effect(tokens, at)
        if effect > length:
            said = " ".join(tokens[at : at + effect])
            if negated:
                _add(reading.understood, f"no {said}")
            else:
                _add(reading.effects, said)
            length = effect
        if length:
            at += length
            negated = negated and at < len(tokens) and tokens[at] in ("or", "and", "nor", "any")
            continue
        word = tokens[at]
        joins = abroad and (is_small(word) or negates(word))
        if word in _NEGATION or (abroad and negates(word)):
            negated = True
        elif word not in ("or", "and", "nor", "any", "the", "a"):
            negated = False
        if _FIGURE_OR_UNIT.fullmatch(word):
            _add(reading.ignored, word)
        elif word not in SMALL_WORDS and word not in _NEGATION and not joins:
            _add(reading.not_understood, word)
        at += 1
    _read_band(text, reading)
    _drop_contradictions(reading)
    _note_ignored(reading, artists)
    return reading


def _note_ignored(reading: Reading, artists: list[str]) -> None:
    """Report what nothing follows."""
    if artists:
        reading.notes.append(
            f"No artist is imitated ({', '.join(dict.fromkeys(artists))}): "
            "name the genre, the instruments and the tempo instead."
        )
    if reading.ignored:
        reading.notes.append(f"Not understood: {', '.join(reading.ignored)}.")
    if reading.effects:
        reading.notes.append(
            f"No player does it, so it is not followed: {', '.join(reading.effects)}."
            " Effects are on the Enhance page."
        )
    reading.ignored = [*dict.fromkeys(artists), *reading.ignored, *reading.effects]


def _effect(tokens: list[str], at: int) -> int:
    """Return how many tokens from one place on name an effect."""
    return next((n for n in (2, 1) if " ".join(tokens[at : at + n]) in EFFECTS), 0)


def _read_figures(text: str, reading: Reading) -> str:
    """Read tempo, meter and key, and return the text without them."""
    if found := tempo_in(text, _GENRE_WORDS):
        reading.tempo_bpm, said, text = found
        reading.understood.append(said)
    reading.length = ensemble.length_s(text)
    if reading.length:
        reading.understood.append(reading.length[0])
        text = text.replace(reading.length[0], " ", 1)
    meter = _METER.search(text)
    if meter and 2 <= int(meter.group(1)) <= 12:
        reading.beats_per_bar = int(meter.group(1))
        reading.compound = meter.group(2) in ("8", "16") and reading.beats_per_bar % 3 == 0
        reading.understood.append(meter.group(0).replace(" ", ""))
        text = _METER.sub(" ", text)
    key = keys.find(text)
    if key:
        reading.tonic, reading.mode = key.tonic, key.mode
        reading.understood.append(key.text)
        text = text[: key.start] + " " + text[key.stop :]
    return text


def _read_form(text: str, reading: Reading) -> str:
    """Read what is said of the form, and return the text without it."""
    reading.form = read_form(text)
    for words in reading.form.words:
        _add(reading.understood, words)
    return reading.form.text


def _read_singers(text: str, reading: Reading) -> str:
    """Read whose voice sings, and return the text without it; both voices make a duet."""
    found = read_singers(text)
    if not found.words:
        return text
    for words in found.words:
        _add(reading.understood, words)
    reading.instrumental = _voice_choice(reading, False)
    reading.duet = reading.duet or (found.low and found.high)
    reading.low_voice = found.low and not found.high
    return found.text


def _read_band(text: str, reading: Reading) -> None:
    """Read who plays alone, and which guitar and horns the genre means."""
    _take_noun(text, reading)
    genre = reading.genre.name if reading.genre else ""
    if reading.form.solo and reading.form.solo not in instruments.DRUM_WORDS:
        tool = _INSTRUMENT_WORDS[reading.form.solo]
        reading.solo = instruments.BY_NAME[ensemble.soloist(tool.name, reading.form.solo, genre)]
    for word in [word for word in reading.understood if word in ("guitar", "guitars", "horns")]:
        tool = _INSTRUMENT_WORDS[word]
        meant = instruments.BY_NAME[ensemble.named_by_genre(tool.name, word, genre)]
        if tool in reading.instruments and meant is not tool:
            place = reading.instruments.index(tool)
            kept = [one for one in reading.instruments if one not in (tool, meant)]
            reading.instruments = [*kept[:place], meant, *kept[place:]]
    found = ensemble.A_CAPPELLA.search(text)
    if found and not (found[0].lower().endswith(("instrument", "instruments")) and reading.instruments):
        reading.alone = True
        reading.instruments = [instruments.BY_NAME["choir"]]
        reading.notes.append("A cappella: a choir of voices is all that accompanies.")
    else:
        said = [word for tool in reading.instruments for word in tool.words if _says(text, word)]
        said += [word for word in reading.understood if _phrase(english_of(word) or "") in _INSTRUMENT_WORDS]
        drums = ("drums", "drum", "percussion", "drum kit", *percussion.words_of(reading.percussion))
        reading.alone = ensemble.plays_alone(text, [*said, *(word for word in drums if _says(text, word))])
        if reading.alone:
            named = [*(tool.name for tool in reading.instruments), *reading.percussion]
            if "drums" not in ensemble.left_out(text):
                named.append("drums")
            reading.notes.append(f"Nobody else plays, as asked: {' and '.join(named)}.")
    if not reading.alone:
        return
    for part in ensemble.left_out(text):
        _add(reading.without, part)
    if all("bass" in tool.roles for tool in reading.instruments):
        _add(reading.without, HARMONY)


def _take_noun(text: str, reading: Reading) -> None:
    """Of two genres in a row, let the noun be the groove: "folk metal" is metal."""
    first, second = reading.genre, reading.second_genre
    if first is None or second is None or not ensemble.is_head(first.name, second.name):
        return
    words = reading.understood
    rows = [
        [re.escape(word).replace(r"\ ", r"[\s-]") for word in words if _GENRE_WORDS.get(word) is genre]
        for genre in (first, second)
    ]
    if all(rows) and re.search(rf"\b(?:{'|'.join(rows[0])})[\s-]+(?:{'|'.join(rows[1])})\b", text, re.I):
        reading.genre, reading.second_genre = second, first
        _note_both(reading)


def _note_both(reading: Reading) -> None:
    assert reading.genre is not None and reading.second_genre is not None
    reading.notes[:] = [note for note in reading.notes if not note.startswith("Both ")]
    reading.notes.append(
        f"Both {reading.genre.name} and {reading.second_genre.name} were named:"
        f" the groove is {reading.genre.name}, and {reading.second_genre.name} lends an instrument."
    )


def _says(text: str, word: str) -> bool:
    return bool(word) and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I) is not None


def _parts(word: str) -> tuple[str, ...]:
    """Return the terms that a word is written together of; the word itself where it is one."""
    if is_listed(word) or _take(word, Reading(), False):
        return (word,)
    return compound(word, _known)


def _known(word: str) -> bool:
    """Whether a word is a term of any table, in any language."""
    return _take(word, Reading(), False) or english_of(word) is not None


def _match(tokens: list[str], at: int, reading: Reading, negated: bool) -> int:
    """Try every table at one place, longest phrase first; return how many tokens it took."""
    for length in range(min(4, len(tokens) - at), 0, -1):
        phrase = " ".join(tokens[at : at + length])
        english = english_of(phrase)
        if _take(phrase, reading, negated) or (english and _take_english(english, reading, negated)):
            _add(reading.understood, f"no {phrase}" if negated else phrase)
            return length
    return 0


def _take_english(english: str, reading: Reading, negated: bool) -> bool:
    """Take what a term of another language means; some hold their own negation."""
    if english.startswith("no "):
        return _take(english[3:], reading, True)
    return _take("vocals" if english == "sung" else _phrase(english), reading, negated)


def _take(phrase: str, reading: Reading, negated: bool) -> bool:
    if negated:
        return _take_negated(phrase, reading)
    if phrase in INSTRUMENTAL:
        reading.instrumental = _voice_choice(reading, True)
        for name in ("piano", "guitar"):
            if name in phrase:
                _add(reading.instruments, _INSTRUMENT_WORDS[name])
        if phrase in HUMMED:
            _add(reading.instruments, _INSTRUMENT_WORDS["choir"])
        for word in (phrase, phrase.split(maxsplit=1)[0]):
            if word in _GENRE_WORDS:
                _take_genre(_GENRE_WORDS[word], word, reading)
                break
    elif phrase in _TWO_VOICES:
        reading.instrumental = _voice_choice(reading, False)
        reading.duet = True
    elif phrase in SPOKEN:
        reading.instrumental = _voice_choice(reading, False)
        reading.notes.append(f'The embedded voice sings, whatever the style: "{phrase}" is not followed.')
    elif says_who_sings(phrase):  # A term of another language.
        _read_singers(phrase, reading)
    elif phrase in _VOICE:
        reading.instrumental = _voice_choice(reading, False)
    elif phrase in DRUMLESS:
        _add(reading.without, "drums")
    elif phrase in SPEED:
        if reading.speed is None:
            reading.speed = SPEED[phrase]
        else:
            reading.notes.append(f'Two tempo words were given: the first was followed, not "{phrase}".')
    elif phrase in METER_WORDS:
        reading.beats_per_bar = reading.beats_per_bar or METER_WORDS[phrase]
        reading.compound = reading.compound or phrase == "six eight"
    elif phrase in _GENRE_WORDS:
        _take_genre(_GENRE_WORDS[phrase], phrase, reading)
    elif phrase in _MOOD_WORDS:
        _add(reading.moods, _MOOD_WORDS[phrase])
    elif phrase in _INSTRUMENT_WORDS:
        _add(reading.instruments, _INSTRUMENT_WORDS[phrase])
    elif phrase in ("minor", "minor key", "major", "major key"):
        reading.mode = reading.mode or phrase.partition(" ")[0]
    elif struck := percussion.named(phrase):
        _add(reading.percussion, struck)
    else:
        return phrase in instruments.DRUM_WORDS
    return True


def _take_negated(phrase: str, reading: Reading) -> bool:
    if phrase in _VOICE:
        reading.instrumental = _voice_choice(reading, True)
    elif piece := percussion.left_out(phrase):
        _add(reading.without, piece)
    elif phrase in instruments.DRUM_WORDS:
        _add(reading.without, "drums")
    elif phrase in _INSTRUMENT_WORDS:
        tool = _INSTRUMENT_WORDS[phrase]
        _add(reading.without, "bass" if "bass" in tool.roles else tool.name)
        reading.unwanted |= set(ensemble.FAMILIES.get(phrase, ()))
    elif phrase not in _GENRE_WORDS and phrase not in _MOOD_WORDS:
        return False
    return True


def _take_genre(genre: genres.Genre, phrase: str, reading: Reading) -> None:
    weak = phrase in _WEAK_GENRE_WORDS or phrase in GENRE_ADJECTIVES
    if phrase in _SOMETIMES_MOODS and reading.genre is not None and not _is_weak(reading):
        _add(reading.moods, _MOOD_WORDS["groovy"])
        return
    if reading.genre is None or (_is_weak(reading) and not weak):
        reading.second_genre = reading.genre
        reading.genre = genre
        reading.notes[:] = [note for note in reading.notes if not note.startswith("Both ")]
    elif genre.name != reading.genre.name and reading.second_genre is None:
        reading.second_genre = genre
    if reading.second_genre and reading.second_genre.name != reading.genre.name:
        _note_both(reading)


def _is_weak(reading: Reading) -> bool:
    """Whether every word that named the present genre was a mere adjective."""
    assert reading.genre is not None
    named = (word if word in _GENRE_WORDS else english_of(word) for word in reading.understood)
    words = [word for word in named if word and _GENRE_WORDS.get(_phrase(word)) is reading.genre]
    return all(word in _WEAK_GENRE_WORDS or word in GENRE_ADJECTIVES for word in words)


def _voice_choice(reading: Reading, instrumental: bool) -> bool:
    if reading.instrumental is not None and reading.instrumental is not instrumental:
        reading.notes.append("The prompt asks for a voice and for none: the song is made instrumental.")
        return True
    return instrumental


def _drop_contradictions(reading: Reading) -> None:
    wanted = [tool for tool in reading.instruments if tool.name in reading.without]
    reading.instruments = [tool for tool in reading.instruments if tool not in wanted]
    struck = [name for name in reading.percussion if name in reading.without]
    reading.percussion = [name for name in reading.percussion if name not in struck]
    for name in (*(tool.name for tool in wanted), *struck):
        reading.notes.append(f"The prompt asks for {name} and for none: it is left out.")
    band = (HARMONY, "drums", "bass")
    if all(name in reading.without for name in band) and not reading.percussion:
        reading.without = [name for name in reading.without if name != HARMONY]
        reading.notes.append("The prompt leaves nobody to play: a piano plays.")


def _add(values: list, value: object) -> None:  # type: ignore[type-arg]
    if value not in values:
        values.append(value)


def _phrase(words: str) -> str:
    return " ".join(token.lower() for token in _TOKEN.findall(words.replace("’", "'")))


_GENRE_WORDS = {_phrase(word): genre for genre in genres.GENRES for word in genre.words}
_GENRE_WORDS.update({_phrase(word): genres.BY_NAME[name] for word, name in GENRE_ADJECTIVES.items()})
_GENRE_WORDS.update({_phrase(word): dance for dance in DANCES for word in dance.words})
_MOOD_WORDS = {_phrase(word): mood for mood in moods.MOODS for word in mood.words}
_INSTRUMENT_WORDS = {_phrase(word): tool for tool in instruments.INSTRUMENTS for word in tool.words if word}
