"""Dances and styles played on another genre's groove, with a band and a tempo of their own. Pure data."""

from __future__ import annotations

from dataclasses import replace

from core.writing.genres import BY_NAME, Genre


def _dance(
    words: str, genre: str, low: float, high: float, minor: float, band: str, beats: int | None = None
) -> Genre:
    base = BY_NAME[genre]
    return replace(
        base,
        words=tuple(word.strip() for word in words.split(",")),
        tempo_bpm=(low, high),
        minor=minor,
        band=tuple(player.strip() for player in band.split(",")),
        beats_per_bar=beats or base.beats_per_bar,
    )


DANCES: tuple[Genre, ...] = (
    _dance("polka, oompah", "march", 112, 124, 0.05, "accordion, clarinet, trumpet, tuba"),
    _dance("klezmer, hora, freylekhs", "march", 112, 138, 0.9, "clarinet, violin, accordion, tuba"),
    _dance("mariachi, ranchera", "latin", 100, 122, 0.1, "trumpet, nylon guitar, violin, acoustic guitar"),
    _dance("balkan brass, balkan", "march", 120, 150, 0.8, "trumpet, clarinet, accordion, tuba"),
    _dance("cuban son, son cubano, cuban, afro-cuban", "latin", 96, 116, 0.5, "trumpet, piano, nylon guitar"),
    _dance("hawaiian, hula", "folk", 84, 104, 0.0, "ukulele, electric guitar, vibraphone, acoustic guitar"),
    _dance("greek", "folk", 96, 124, 0.5, "mandolin, accordion, acoustic guitar"),
    _dance("flamenco, fandango, bulerias", "latin", 104, 124, 1.0, "nylon guitar, acoustic guitar"),
    _dance("tango, milonga", "latin", 112, 124, 0.9, "accordion, violin, piano, strings"),
    _dance("bolero, boleros", "latin", 78, 92, 0.5, "nylon guitar, piano, strings"),
    _dance("salsa, mambo", "latin", 100, 116, 0.6, "piano, trumpet, trombone, brass section"),
    _dance("rumba, cha cha cha, cha cha, cha-cha", "latin", 104, 122, 0.4, "piano, flute, trumpet"),
    _dance("merengue", "latin", 120, 148, 0.2, "accordion, saxophone, piano"),
    _dance("cumbia, vallenato", "latin", 88, 104, 0.5, "accordion, trumpet, electric guitar"),
    _dance("zouk, kompa", "latin", 86, 100, 0.4, "electric guitar, synth pad, brass section"),
    _dance("samba", "bossa nova", 124, 140, 0.2, "nylon guitar, flute, trombone"),
    _dance("forro, baiao", "latin", 100, 120, 0.3, "accordion, flute, nylon guitar"),
    _dance("fado", "ballad", 64, 84, 0.9, "nylon guitar, mandolin, violin"),
    _dance("mazurka", "waltz", 116, 144, 0.3, "piano, violin, clarinet"),
    _dance("minuet, menuet", "classical", 104, 122, 0.2, "violin, harpsichord, strings, flute", 3),
    _dance("tarantella", "celtic", 132, 152, 0.9, "mandolin, accordion, violin, acoustic guitar"),
    _dance("csardas, czardas", "folk", 96, 128, 0.9, "violin, clarinet, accordion, acoustic guitar"),
    _dance("sirtaki, syrtaki, rebetiko", "folk", 96, 128, 0.5, "mandolin, accordion, acoustic guitar"),
    _dance("hopak, kalinka", "folk", 112, 140, 0.8, "mandolin, accordion, violin, acoustic guitar"),
    _dance("sea shanty, shanty, shanties", "celtic", 96, 116, 0.3, "accordion, fiddle, acoustic guitar"),
    _dance("hornpipe, ceilidh", "celtic", 108, 124, 0.1, "fiddle, whistle, accordion, acoustic guitar"),
    _dance("square dance, barn dance", "bluegrass", 118, 132, 0.0, "fiddle, banjo, acoustic guitar"),
    _dance("soca, carnival music", "afrobeat", 118, 136, 0.1, "brass section, steel drums, electric guitar"),
    _dance("calypso, steel band", "afrobeat", 104, 120, 0.0, "steel drums, acoustic guitar, trumpet"),
    _dance("bollywood, filmi", "world", 96, 116, 0.6, "strings, sitar, flute, synth pad"),
    _dance("bhangra", "world", 98, 112, 0.5, "sitar, synth lead, accordion, strings"),
    _dance("qawwali", "world", 88, 104, 0.7, "accordion, sitar, choir"),
    _dance("raga, hindustani, carnatic", "world", 72, 96, 0.6, "sitar, pan flute, synth pad"),
    _dance("gamelan", "world", 72, 96, 0.5, "vibraphone, marimba, bells, flute"),
    _dance(
        "gregorian chant, gregorian, plainchant, plainsong", "ambient", 60, 70, 0.8, "choir, church organ"
    ),
    _dance("doo-wop, doo wop", "soul", 96, 118, 0.0, "saxophone, piano, electric guitar, choir"),
    _dance("ragtime", "swing", 96, 116, 0.0, "piano, clarinet, banjo, tuba"),
    _dance("dixieland, new orleans jazz", "swing", 132, 168, 0.0, "trumpet, clarinet, trombone, banjo, tuba"),
    _dance("surf rock, surf music", "rock", 144, 168, 0.4, "electric guitar, organ, saxophone"),
    _dance("post-punk, post punk", "indie", 124, 148, 0.8, "electric guitar, synth pad, saw lead"),
    _dance("k-pop, kpop", "pop", 112, 128, 0.5, "synth lead, polysynth, electric guitar, synth pad"),
    _dance("j-pop, jpop, city pop", "pop", 116, 138, 0.3, "electric guitar, piano, synth pad, strings"),
    _dance("hyperpop", "pop", 148, 168, 0.4, "saw lead, polysynth, synth lead, synth pad"),
    _dance("afro house", "house", 118, 124, 0.8, "marimba, synth pad, kalimba, polysynth"),
    _dance(
        "children's song, childrens song, kids song, kids' song, nursery rhyme, children's",
        "folk",
        104,
        126,
        0.0,
        "ukulele, glockenspiel, piano, whistle",
    ),
)  # fmt: skip
