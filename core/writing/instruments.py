"""The palette: instruments by name, their words in a prompt, General MIDI program and what they can play.

Pure data, read by the plan (in the web process) and by the composer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Instrument:
    """One instrument: GM ``program`` from 0, and its good range ``low`` to ``high`` in MIDI keys."""

    name: str
    words: tuple[str, ...]
    program: int
    roles: tuple[str, ...]
    """Any of lead, chords, pad, arp, counter, bass, drums."""
    low: int = 55
    high: int = 84
    sustains: bool = False


def _tool(
    name: str, words: str, program: int, roles: str, low: int = 55, high: int = 84, long: bool = False
) -> Instrument:
    split = tuple(word.strip() for word in words.split(",") if word.strip())
    return Instrument(name, (name, *split), program, tuple(roles.split()), low, high, long)


INSTRUMENTS: tuple[Instrument, ...] = (
    _tool("piano", "pianos, grand piano, upright piano, keys, keyboard", 0, "chords lead arp", 48, 86),
    _tool("electric piano", "rhodes, wurlitzer, e-piano, epiano", 4, "chords lead arp", 48, 84),
    _tool("harpsichord", "cembalo, spinet", 6, "arp chords lead", 48, 84),
    _tool("clavinet", "clavi, clav", 7, "chords arp", 48, 76),
    _tool("glockenspiel", "celesta, glock", 9, "arp counter lead", 72, 96),
    _tool("music box", "musicbox", 10, "lead arp counter", 67, 91),
    _tool("vibraphone", "vibraphones", 11, "counter lead arp chords", 57, 84),
    _tool("marimba", "xylophone, balafon", 12, "arp lead counter", 52, 84),
    _tool(
        "bells", "bell, tubular bells, chimes, singing bowls, tibetan bowls", 14, "lead arp counter", 60, 84
    ),
    _tool("organ", "hammond, organs", 16, "chords pad lead", 48, 79, True),
    _tool("church organ", "pipe organ", 19, "pad chords lead", 48, 79, True),
    _tool("accordion", "bandoneon, concertina", 21, "lead chords pad", 53, 81, True),
    _tool("harmonica", "mouth organ", 22, "lead counter", 60, 81, True),
    _tool(
        "nylon guitar",
        "classical guitar, spanish guitar, flamenco guitar, oud, lute",
        24,
        "chords arp lead",
        45,
        79,
    ),
    _tool("ukulele", "uke", 24, "chords arp", 60, 81),
    _tool(
        "acoustic guitar",
        "acoustic guitars, steel guitar, guitar, guitars, strumming, twelve-string guitar, 12-string guitar,"
        " slack key guitar, fingerstyle guitar",
        25,
        "chords arp lead",
        45,
        79,
    ),
    _tool("mandolin", "bouzouki", 25, "arp chords lead", 55, 84),
    _tool("jazz guitar", "archtop", 26, "chords lead arp", 45, 77),
    _tool(
        "electric guitar",
        "clean guitar, electric guitars, pedal steel, slide guitar, lap steel, telecaster, stratocaster",
        27,
        "chords lead arp",
        45,
        79,
    ),
    _tool(
        "overdriven guitar",
        "overdrive, crunch guitar, lead guitar, rock guitar",
        29,
        "lead chords",
        43,
        81,
        True,
    ),
    _tool(
        "distorted guitar",
        "distortion, fuzz guitar, palm muted guitar, heavy guitar, heavy guitars,"
        " distorted guitars, riffs, riff, shredding, palm-muted riffs",
        30,
        "chords lead",
        40,
        79,
        True,
    ),
    _tool("double bass", "upright bass, contrabass, acoustic bass", 32, "bass", 28, 55),
    _tool("bass guitar", "electric bass, bass, basslines, bassline", 33, "bass", 28, 55),
    _tool("picked bass", "pick bass", 34, "bass", 28, 55),
    _tool("fretless bass", "fretless", 35, "bass", 28, 55),
    _tool("slap bass", "slapped bass, slap", 36, "bass", 28, 55),
    _tool("synth bass", "moog bass, acid bass, 303, reese", 38, "bass", 28, 55),
    _tool("sub bass", "808, 808s, 808 bass, sub", 39, "bass", 26, 50),
    _tool("tuba", "sousaphone", 58, "bass", 28, 55),
    _tool("violin", "violins, solo violin", 40, "lead counter", 57, 88, True),
    _tool("viola", "", 41, "counter lead", 52, 79, True),
    _tool("cello", "cellos, celli", 42, "counter lead pad", 45, 72, True),
    _tool("pizzicato", "pizzicato strings, plucked strings", 45, "arp chords", 52, 84),
    _tool("harp", "harps, lyre", 46, "arp chords lead", 48, 88),
    _tool(
        "strings",
        "string section, orchestra, string quartet, string ensemble",
        48,
        "pad counter lead",
        50,
        84,
        True,
    ),
    _tool("slow strings", "lush strings", 49, "pad counter", 50, 84, True),
    _tool("synth strings", "string machine, solina, mellotron", 50, "pad counter", 50, 84, True),
    _tool("choir", "choirs, chorus of voices, chant, aahs", 52, "pad counter", 50, 79, True),
    _tool("trumpet", "trumpets, cornet, flugelhorn", 56, "lead counter", 58, 82, True),
    _tool("trombone", "trombones", 57, "counter lead", 46, 70, True),
    _tool("muted trumpet", "mute trumpet, muted brass", 59, "lead counter", 58, 82, True),
    _tool("french horn", "horn, horns, french horns", 60, "lead counter pad", 50, 74, True),
    _tool(
        "brass section",
        "brass, horn section, horn stabs, brass stabs",
        61,
        "counter chords lead",
        50,
        79,
        True,
    ),
    _tool("synth brass", "brass synth", 62, "chords pad counter", 50, 79, True),
    _tool("alto saxophone", "alto sax, soprano sax", 64, "lead counter", 56, 80, True),
    _tool("saxophone", "sax, saxophones, tenor sax", 66, "lead counter", 52, 76, True),
    _tool("oboe", "cor anglais", 68, "lead counter", 60, 86, True),
    _tool("bassoon", "", 70, "counter lead", 40, 67, True),
    _tool("clarinet", "clarinets", 71, "lead counter", 55, 84, True),
    _tool("piccolo", "fife", 72, "lead counter", 74, 98, True),
    _tool("flute", "flutes", 73, "lead counter", 62, 91, True),
    _tool("pan flute", "panpipes, shakuhachi", 75, "lead counter", 62, 86, True),
    _tool("whistle", "tin whistle, whistling, theremin", 74, "lead counter", 67, 91, True),
    _tool("ocarina", "", 79, "lead counter", 67, 88, True),
    _tool("square lead", "square wave, pulse wave, bleeps", 80, "lead arp counter", 57, 86, True),
    _tool("saw lead", "sawtooth", 81, "lead arp counter", 55, 84, True),
    _tool(
        "synth lead",
        "synth, synths, synthesizer, synthesiser, synthesizers, analog synth",
        81,
        "lead arp counter",
        57,
        84,
        True,
    ),
    _tool("new age pad", "fantasia", 88, "pad chords", 50, 84, True),
    _tool("synth pad", "pad, pads, warm pad", 89, "pad counter lead", 50, 84, True),
    _tool("polysynth", "arpeggiator, arpeggio, arpeggios, arp, plucks, pluck", 90, "arp chords pad", 50, 86),
    _tool("halo pad", "halo", 94, "pad", 50, 84, True),
    _tool("atmosphere", "textures, atmospheric", 99, "arp pad lead", 50, 84),
    _tool("sitar", "sitars, tanpura", 104, "lead arp", 50, 79),
    _tool("banjo", "banjos", 105, "arp lead chords", 52, 79),
    _tool("koto", "guzheng, shamisen", 107, "arp lead", 52, 84),
    _tool("kalimba", "mbira, thumb piano", 108, "arp counter lead", 60, 86),
    _tool("bagpipes", "bagpipe, pipes", 109, "lead", 58, 76, True),
    _tool("fiddle", "fiddles, erhu, hurdy-gurdy", 110, "lead counter", 57, 86, True),
    _tool("steel drums", "steel drum, steelpan, handpan, hang drum", 114, "lead arp counter", 60, 84),
)

BY_NAME = {instrument.name: instrument for instrument in INSTRUMENTS}

DRUM_WORDS = (
    "drums",
    "drum",
    "percussion",
    "drum kit",
    "drum machine",
    "beats",
    "beat",
    "tabla",
    "djembe",
    "cajon",
    "snare",
    "kick drum",
    "double kick",
    "blast beats",
    "blast beat",
    "taiko",
    "dhol",
    "finger snaps",
    "snaps",
    "brushes",
    "sleigh bells",
    "cymbals",
    "hi hats",
    "hi hat",
    "hihat",
    "hihats",
    "hi hat rolls",
    "kick",
    "909 kick",
    "808 kick",
    "808 drums",
    "909 drums",
    "timpani",
    "castanets",
    "toms",
)
