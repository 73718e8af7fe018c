"""The writer's store: rhyming couplets and choruses by theme, each line about eight syllables."""

from __future__ import annotations

from dataclasses import dataclass

Couplet = tuple[str, str]


@dataclass(frozen=True)
class Theme:
    """What a song can be about: the words that call for it, its couplets and its choruses."""

    words: frozenset[str]
    couplets: tuple[Couplet, ...]
    choruses: tuple[tuple[str, str, str, str], ...]
    """Four lines; the first is the hook."""


SEA = Theme(
    frozenset(
        [
            "sea",
            "ocean",
            "wave",
            "waves",
            "shore",
            "beach",
            "tide",
            "harbor",
            "sail",
            "ship",
            "island",
            "water",
            "river",
            "lake",
        ]
    ),
    (
        ("The tide comes in on quiet feet", "And writes our names along the street"),
        ("A lantern swings above the bay", "And turns the water into day"),
        ("I left my shoes beside the pier", "The further out, the more I hear"),
        ("The gulls are calling down the wind", "To tell me where the waves begin"),
        ("There is a boat without a crew", "That drifts all night and dreams of you"),
        ("The harbor lights are burning low", "And every rope is letting go"),
    ),
    (
        (
            "Carry me out to the open sea",
            "Where the morning begins",
            "Carry me out, let the water be",
            "The song it sings",
        ),
        (
            "Hold on to the silver tide",
            "It knows the way back home",
            "Hold on with the moon as guide",
            "You never sail alone",
        ),
    ),
)
NIGHT = Theme(
    frozenset(
        [
            "night",
            "city",
            "neon",
            "street",
            "streets",
            "midnight",
            "dark",
            "lights",
            "urban",
            "moon",
            "shadow",
            "shadows",
            "club",
        ]
    ),
    (
        ("The windows hum a yellow tune", "Above the roofs there hangs a moon"),
        ("I know the corners of this town", "The way the rain is running down"),
        ("A taxi turns and slips away", "With all the words I meant to say"),
        ("The last train whispers out of sight", "And leaves its echo in the night"),
        ("The signs are blinking red and blue", "And every color looks like you"),
        ("We walk until the streets are gray", "And share the first light of the day"),
    ),
    (
        (
            "Stay up with me until the dawn",
            "The night is on our side",
            "Stay up with me, the lights are on",
            "There is no need to hide",
        ),
        (
            "We are the city after dark",
            "We shine when no one sees",
            "We are the flame, we are the spark",
            "That runs along the breeze",
        ),
    ),
)
LOVE = Theme(
    frozenset(
        [
            "love",
            "heart",
            "kiss",
            "you",
            "lover",
            "romance",
            "romantic",
            "together",
            "tender",
            "valentine",
            "darling",
        ]
    ),
    (
        ("You laugh and all the room turns gold", "I give you both my hands to hold"),
        ("Your coat still hangs beside the door", "I never felt so rich before"),
        ("I learned your name, I learned it twice", "It fell on me like melting ice"),
        ("You draw a circle in the air", "And when I look, the sun is there"),
        ("The coffee cools, we hardly mind", "The clocks have all gone deaf and blind"),
        ("I kept the ticket and the song", "I think I knew it all along"),
    ),
    (
        (
            "You are the reason that I sing",
            "You are the open door",
            "You are the end of everything",
            "That hurt me so before",
        ),
        (
            "Love me slow and love me long",
            "Let the hours fall",
            "You and I are in this song",
            "You and I are all",
        ),
    ),
)
ROAD = Theme(
    frozenset(
        [
            "road",
            "highway",
            "drive",
            "driving",
            "travel",
            "train",
            "journey",
            "away",
            "wander",
            "miles",
            "car",
            "run",
            "running",
            "freedom",
            "free",
        ]
    ),
    (
        ("The engine hums an easy key", "There is no map, there is no fee"),
        ("The fields are rolling green and wide", "With all my troubles left outside"),
        ("A hundred miles of open ground", "And not a soul but us around"),
        ("I wrote a postcard to the rain", "To say I will not come again"),
        ("The radio is soft and low", "It plays the only song we know"),
        ("The white lines pull me like a thread", "To every word you never said"),
    ),
    (
        (
            "Keep on rolling down the line",
            "The sun is in our eyes",
            "Every mile is yours and mine",
            "Beneath these open skies",
        ),
        (
            "I am going where the wind goes",
            "I will not turn around",
            "I am going where the wind blows",
            "And I will not be found",
        ),
    ),
)
WINTER = Theme(
    frozenset(
        [
            "winter",
            "snow",
            "cold",
            "ice",
            "rain",
            "rainy",
            "storm",
            "autumn",
            "fall",
            "leaves",
            "gray",
            "grey",
            "loss",
            "lost",
            "sad",
            "lonely",
            "alone",
            "goodbye",
        ]
    ),
    (
        ("The rain has settled on the glass", "And counts the hours as they pass"),
        ("The leaves are lying by the gate", "They came too early, I came late"),
        ("I light a candle for the snow", "And tell it things you used to know"),
        ("Your chair is empty in the hall", "Your shadow leans against the wall"),
        ("The kettle sings, the house is still", "A crow is sitting on the sill"),
        ("I fold the letters one by one", "And put them where they meet the sun"),
    ),
    (
        (
            "Let it rain until it clears",
            "Let it wash the pain",
            "I have waited all these years",
            "I can wait again",
        ),
        (
            "Winter never stays for long",
            "Somewhere there is spring",
            "I will leave you with a song",
            "It is all I bring",
        ),
    ),
)
DANCE = Theme(
    frozenset(
        [
            "dance",
            "dancing",
            "party",
            "fire",
            "summer",
            "sun",
            "beach",
            "groove",
            "energy",
            "electric",
            "move",
            "heat",
            "disco",
            "house",
            "techno",
        ]
    ),
    (
        ("The floor is shaking under me", "The beat is all the eye can see"),
        ("Throw up your hands and let them burn", "The record makes another turn"),
        ("The summer sleeps inside the drum", "And when it wakes, the people come"),
        ("We lost the hour, we lost the day", "The bass line came and took it away"),
        ("You move, and all the lights go wild", "You look at me the way you smiled"),
        ("The night is hot, the night is young", "It has a rhythm on its tongue"),
    ),
    (
        (
            "Dance with me, don't let it go",
            "The fire is in the sound",
            "Dance with me, both fast and slow",
            "Until we leave the ground",
        ),
        (
            "Feel it rise and feel it fall",
            "The summer never ends",
            "Feel it rise above us all",
            "Tonight we are all friends",
        ),
    ),
)
STARS = Theme(
    frozenset(
        [
            "star",
            "stars",
            "sky",
            "space",
            "moon",
            "dream",
            "dreams",
            "home",
            "hope",
            "light",
            "heaven",
            "universe",
            "fly",
            "wings",
            "forest",
            "mountain",
        ]
    ),
    (
        ("The stars are hanging on a string", "And if you listen, they will sing"),
        ("I built a ladder made of light", "And climbed it slowly through the night"),
        ("The mountain keeps a silent fire", "It lifts the little houses higher"),
        ("A window glows across the field", "And all my wounds are nearly healed"),
        ("There is a road above the trees", "The birds have walked it on the breeze"),
        ("I kept a piece of morning sky", "To teach my heavy heart to fly"),
    ),
    (
        (
            "Take me home beneath the stars",
            "I know the way by heart",
            "Take me home, it is not far",
            "It never was that far",
        ),
        (
            "We are made of ancient light",
            "We are on our way",
            "We will cross the longest night",
            "And become the day",
        ),
    ),
)
ANY = (
    ("I heard a voice inside the wall", "It said that I should tell you all"),
    ("The world is turning, so are we", "There is no better place to be"),
    ("I count the things that I have known", "And find I never was alone"),
    ("The morning opens like a hand", "And shows me all I never planned"),
    ("I ask the question once again", "The answer comes in like a friend"),
    ("A quiet word, a slower breath", "It takes the little fear of death"),
    ("We lose the thread, we find it soon", "It shines at night, it sleeps at noon"),
    ("The bells are ringing far away", "I hear them better every day"),
    ("Some things are easy to forgive", "And that is how we learn to live"),
    ("I carry nothing in my coat", "But half a line of what you wrote"),
)
THEMES = (SEA, NIGHT, LOVE, ROAD, WINTER, DANCE, STARS)
