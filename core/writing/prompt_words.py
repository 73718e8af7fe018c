"""Words of a prompt for tempo and meter, adjectives of genres, and words that say nothing. Pure data."""

from __future__ import annotations

GENRE_ADJECTIVES = {
    "jazzy": "jazz",
    "bluesy": "blues",
    "folky": "folk",
    "folksy": "folk",
    "rocky": "rock",
    "poppy": "pop",
    "soulful": "soul",
    "punky": "punk",
    "swinging": "swing",
    "jazz-like": "jazz",
    "60s": "soul",
    "sixties": "soul",
    "70s": "disco",
    "90s": "grunge",
    "50s": "rock and roll",
    "beats": "hip hop",
}
SPEED = {
    "very slow": -1.6,
    "slow": -1.0,
    "slowly": -1.0,
    "slower": -0.8,
    "downbeat": -0.8,
    "grave": -1.6,
    "largo": -1.6,
    "larghetto": -1.3,
    "adagio": -1.2,
    "adagietto": -1.1,
    "andante": -0.6,
    "andantino": -0.5,
    "mid tempo": 0.0,
    "midtempo": 0.0,
    "medium tempo": 0.0,
    "moderate": 0.0,
    "moderato": 0.0,
    "fast": 1.0,
    "quick": 0.9,
    "faster": 0.9,
    "upbeat": 0.7,
    "up tempo": 0.8,
    "uptempo": 0.8,
    "allegretto": 0.5,
    "allegro": 0.9,
    "vivace": 1.2,
    "presto": 1.6,
    "prestissimo": 1.8,
    "very fast": 1.6,
    "rapid": 1.2,
}
METER_WORDS = {
    "three four": 3,
    "three quarter time": 3,
    "waltz time": 3,
    "four four": 4,
    "common time": 4,
    "six eight": 6,
    "five four": 5,
    "seven eight": 7,
    "triple time": 3,
    "3 4": 3,
}
_EFFECTS_TEXT = """
reverb, reverb-drenched, tape hiss, vinyl crackle, crackle, hiss, gated, wobble, wobbly, autotune,
auto-tune, autotuned, auto-tuned, vocoder, talkbox, talk box, bitcrushed, sidechain, sidechained, wah,
wah-wah, distorted, phaser, flanger, tremolo, falsetto, glitchy, tape saturation, saturation, compressed,
raspy, gravelly, whispered, whispery, breathy, husky
"""
EFFECTS = frozenset(" ".join(word.replace("-", " ").split()) for word in _EFFECTS_TEXT.split(","))
"""What an effect does to a sound, or a voice by itself: no part of a plan."""
HUMMED = ("wordless vocals", "wordless voices", "humming", "hummed", "vocalise")
"""Words for voices without words: a choir's."""
DRUMLESS = (
    "drumless",
    "beatless",
    "a cappella",
    "acapella",
    "unaccompanied",
    "barbershop",
    "barbershop quartet",
)
SPOKEN = (
    "rapper",
    "rapping",
    "rapped",
    "spoken word",
    "growled",
    "growling",
    "screaming",
    "screamed",
    "shouted",
)
INSTRUMENTAL = (
    "instrumental",
    "instrumentals",
    "karaoke",
    "backing track",
    "drumless instrumental",
    "background music",
    "background",
    "underscore",
    "trailer music",
    "film score",
    "film music",
    "movie score",
    "game music",
    "study music",
    "elevator music",
    "piano solo",
    "solo piano",
    "guitar solo piece",
    "solo guitar",
    "wordless",
    "sleep music",
    "yoga music",
    "spa music",
    "meditation music",
    "relaxation music",
    "focus music",
    "podcast intro",
    "podcast music",
    "intro music",
    "hold music",
    "waiting room music",
    "ringtone",
    *HUMMED,
)
"""Words that ask for no voice."""
_SMALL_TEXT = """
a an the and or but of in on at to for from with by as is are was were be been being it its it's this that
these those i i'm me my mine we us our you your he him his she her they them their who whom whose which what
when where why how all any some each every more most very really quite too so just only like style styled
vibe vibes feel feeling feels sound sounds sounding song songs music musical track tune piece make makes
making create generate write compose give want need please something kind sort bit lot about into over under
out up down off then than there here can could would should will shall may might must do does did done have
has had having not no nor if while during before after again own same such both few other another s t let
lets let's get got one two key tempo bpm beats per minute time genre mood instruments instrument featuring
feat ft version type meets similar inspired influenced reminiscent la à chords samples solo trio duo
nothing video podcast youtube lots else anything anyone nobody
nur seulement solamente alleen using use played plays play also plus & without am pls plz thx thanks
"""
SMALL_WORDS = frozenset(_SMALL_TEXT.split())
