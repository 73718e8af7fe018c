"""The genres that a prompt may name: their words, tempo, mode, harmony family and band.

Pure data, read by the plan (in the web process) and by the composer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Genre:
    """What a genre word settles. ``minor`` is the share of songs in minor; ``band`` names the lead first."""

    name: str
    words: tuple[str, ...]
    tempo_bpm: tuple[float, float]
    minor: float
    harmony: str
    band: tuple[str, ...]
    beats_per_bar: int = 4
    sectional: bool = True
    """Whether a pre-chorus and a bridge suit it."""


def _genre(
    name: str, words: str, low: float, high: float, minor: float, harmony: str, band: str, beats: int = 4
) -> Genre:
    split = tuple(word.strip() for word in words.split(",") if word.strip())
    players = tuple(player.strip() for player in band.split(","))
    return Genre(name, (name, *split), (low, high), minor, harmony, players, beats, harmony in _SECTIONAL)


_SECTIONAL = ("pop", "rock", "soul", "synth", "country", "dance", "gospel")

GENRES: tuple[Genre, ...] = (
    _genre(
        "pop",
        "pop music, radio, c pop, mandopop, cantopop",
        96,
        122,
        0.3,
        "pop",
        "piano, acoustic guitar, synth pad, strings",
    ),
    _genre("ballad", "power ballad, love song", 62, 78, 0.3, "pop", "piano, acoustic guitar, strings, cello"),
    _genre(
        "indie",
        "indie pop, indie rock, alternative, shoegaze, dream pop",
        104,
        132,
        0.3,
        "pop",
        "electric guitar, acoustic guitar, synth pad, glockenspiel",
    ),
    _genre(
        "rock",
        "classic rock, prog rock, prog, psychedelic rock, hard rock, rock music, soft rock, post-rock,"
        " progressive rock, pop rock, math rock, folk rock, country rock",
        108,
        138,
        0.35,
        "rock",
        "overdriven guitar, electric guitar, organ, piano",
    ),
    _genre(
        "rock and roll",
        "rock n roll, rock 'n' roll, rock'n'roll, rockabilly, fifties",
        150,
        176,
        0.0,
        "blues",
        "electric guitar, piano, saxophone",
    ),
    _genre(
        "punk",
        "punk rock, pop punk, emo, hardcore",
        164,
        192,
        0.15,
        "punk",
        "distorted guitar, overdriven guitar",
    ),
    _genre("grunge", "nineties rock", 100, 124, 0.6, "rock", "distorted guitar, electric guitar"),
    _genre(
        "metal",
        "heavy metal, progressive metal, prog metal, power metal, nu metal, thrash,"
        " death metal, metalcore, doom, doom metal, drone metal, black metal",
        120,
        168,
        1.0,
        "metal",
        "distorted guitar, overdriven guitar, strings",
    ),
    _genre(
        "folk",
        "indie folk, singer-songwriter, songwriter, acoustic, unplugged",
        84,
        112,
        0.3,
        "folk",
        "acoustic guitar, nylon guitar, fiddle, accordion",
    ),
    _genre(
        "celtic",
        "irish, scottish, jig, reel",
        100,
        124,
        0.4,
        "folk",
        "whistle, acoustic guitar, fiddle, harp",
    ),
    _genre(
        "country",
        "americana, western",
        96,
        126,
        0.05,
        "country",
        "acoustic guitar, electric guitar, fiddle, banjo",
    ),
    _genre("bluegrass", "hoedown", 116, 138, 0.1, "country", "banjo, acoustic guitar, fiddle"),
    _genre(
        "blues",
        "delta blues, twelve-bar, 12-bar",
        74,
        104,
        0.1,
        "blues",
        "electric guitar, organ, piano, harmonica",
    ),
    _genre(
        "jazz",
        "bebop, cool jazz, smooth jazz, jazz fusion, acid jazz, gypsy jazz",
        104,
        148,
        0.35,
        "jazz",
        "saxophone, jazz guitar, piano, vibraphone",
    ),
    _genre(
        "swing", "big band, electro swing", 132, 172, 0.2, "jazz", "trumpet, piano, brass section, clarinet"
    ),
    _genre("bossa nova", "bossa", 112, 138, 0.35, "bossa", "nylon guitar, electric piano, flute"),
    _genre(
        "latin",
        "reggaeton, latino, latin pop",
        96,
        116,
        0.6,
        "latin",
        "trumpet, piano, nylon guitar, brass section",
    ),
    _genre(
        "reggae", "dub, roots reggae, dancehall", 72, 92, 0.4, "reggae", "organ, electric guitar, trombone"
    ),
    _genre("ska", "two tone, 2 tone", 134, 162, 0.15, "ska", "trumpet, electric guitar, organ, trombone"),
    _genre("funk", "funky, boogie", 98, 116, 0.75, "funk", "electric guitar, clavinet, brass section, organ"),
    _genre(
        "soul",
        "motown, neo soul",
        84,
        108,
        0.2,
        "soul",
        "electric piano, electric guitar, brass section, organ",
    ),
    _genre(
        "r&b",
        "rnb, r and b, contemporary r&b",
        68,
        92,
        0.45,
        "soul",
        "electric piano, electric guitar, synth pad, bells",
    ),
    _genre("gospel", "choir song, spiritual", 72, 100, 0.1, "gospel", "organ, piano, choir"),
    _genre(
        "disco",
        "nu disco, seventies",
        112,
        124,
        0.6,
        "dance",
        "strings, electric guitar, electric piano, brass section",
    ),
    _genre(
        "house",
        "deep house, edm, dance, electronic, electronica, club, dance music, big beat",
        118,
        127,
        0.65,
        "dance",
        "synth lead, piano, synth pad, synth strings",
    ),
    _genre(
        "techno",
        "minimal, acid, industrial, gabber, hardstyle, hard techno",
        126,
        138,
        1.0,
        "techno",
        "square lead, synth pad, polysynth",
    ),
    _genre(
        "trance",
        "psytrance, eurodance, rave",
        132,
        141,
        0.9,
        "synth",
        "synth lead, polysynth, synth strings, synth pad",
    ),
    _genre(
        "drum and bass",
        "drum & bass, drum n bass, dnb, d&b, jungle, breakbeat, breakbeats, garage",
        168,
        176,
        0.9,
        "synth",
        "synth lead, electric piano, synth pad, polysynth",
    ),
    _genre("dubstep", "bass music, future bass", 138, 144, 0.9, "synth", "synth lead, polysynth, synth pad"),
    _genre(
        "hip hop",
        "hip-hop, hiphop, rap, boom bap, jazz rap",
        84,
        98,
        0.8,
        "hiphop",
        "electric piano, jazz guitar, strings, vibraphone",
    ),
    _genre(
        "trap",
        "drill, phonk, emo rap, cloud rap",
        132,
        150,
        1.0,
        "trap",
        "bells, synth pad, music box, strings",
    ),
    _genre(
        "lo-fi",
        "lofi, lo fi, lo-fi hip hop, chillhop, study music, chill beats",
        70,
        88,
        0.45,
        "lofi",
        "electric piano, jazz guitar, vibraphone, synth pad",
    ),
    _genre(
        "chillout",
        "chill-out, downtempo, trip hop, trip-hop, lounge",
        80,
        100,
        0.6,
        "lofi",
        "electric piano, synth pad, electric guitar, flute",
    ),
    _genre(
        "ambient",
        "drone, new age, meditation, soundscape, space music",
        60,
        76,
        0.4,
        "ambient",
        "synth pad, atmosphere, slow strings, bells",
    ),
    _genre(
        "classical",
        "baroque, chamber, sonata, nocturne, fugue, romantic era, symphonic, symphony",
        76,
        112,
        0.4,
        "classical",
        "violin, piano, strings, oboe",
    ),
    _genre(
        "waltz", "viennese, valse, ländler", 132, 168, 0.3, "waltz", "accordion, piano, strings, clarinet", 3
    ),
    _genre(
        "march",
        "anthem, military, marching band",
        104,
        120,
        0.1,
        "classical",
        "trumpet, brass section, piccolo, french horn",
    ),
    _genre(
        "cinematic",
        "film score, soundtrack, orchestral, trailer, movie",
        80,
        112,
        0.9,
        "cinematic",
        "french horn, strings, choir, cello",
    ),
    _genre(
        "lullaby", "cradle song, children, nursery", 66, 84, 0.05, "folk", "music box, nylon guitar, harp"
    ),
    _genre(
        "chiptune",
        "8-bit, 8 bit, 8bit, video game, game music, retro game, nes",
        128,
        160,
        0.5,
        "synth",
        "square lead, polysynth, saw lead",
    ),
    _genre(
        "synthwave",
        "retrowave, vaporwave, outrun, eighties, 80s, synthpop, synth-pop, new wave, electropop",
        88,
        118,
        0.75,
        "synth",
        "synth lead, polysynth, synth pad, synth strings",
    ),
    _genre(
        "afrobeat",
        "afrobeats, highlife, amapiano",
        100,
        118,
        0.5,
        "funk",
        "saxophone, electric guitar, marimba, brass section",
    ),
    _genre(
        "world",
        "eastern, oriental, indian, japanese, arabic, ethnic, turkish, persian, middle eastern",
        88,
        108,
        0.9,
        "metal",
        "sitar, koto, pan flute, strings",
    ),
)
"""Every genre by name; the first is what an unnamed song becomes when nothing else decides."""

BY_NAME = {genre.name: genre for genre in GENRES}
