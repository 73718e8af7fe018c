"""Artists whose names hold words that mean something else in a prompt: a name is no genre and no mood.

A name that is not listed is recognised by what stands in front of it: "in the style of Aretha Lane".
"""

from __future__ import annotations

import re

_NAMES = """
daft punk, pop smoke, iggy pop, kid rock, chris rock, aesop rock, asap rocky, a$ap rocky, pop will eat
itself, house of pain, swedish house mafia, crowded house, beach house, animal house, disco biscuits,
panic at the disco, soul asylum, collective soul, de la soul, soul ii soul, soul coughing, grand funk
railroad, blues traveler, moody blues, blues brothers, metal church, hot chip, chemical brothers, big
country, swing out sister, dream theater, dream theatre, imagine dragons, cold war kids, tame impala,
green day, happy mondays, massive attack, deep purple, bad bunny, electric light orchestra, jimmy eat
world, children of bodom, acid bath, acid mothers temple, culture club, bombay bicycle club, two door
cinema club, jungle brothers, beat happening, celtic frost, celtic woman, salsa celtica, old crow
medicine show, violent femmes, bright eyes, sunny day real estate, quiet riot, loud luxury, soft cell,
soft machine, gentle giant, wild nothing, piano guys, the drums, world party, march violets, rage
against the machine, love and rockets, courtney love, blue october, blue swede, black country new road,
folk implosion, trampled by turtles, public enemy, jazz cartier, dj jazzy jeff, jazzy jeff, bowling for
soup, five finger death punch, modern baseball, death cab for cutie, drum corps, steely dan, guns n
roses, guitar wolf, bass communion, bass nectar, bassnectar, hard fi, cool kids, noir desir, mellow man
ace, the weeknd, taylor swift, billie eilish, kanye west, ed sheeran, lana del rey, the beatles,
beatles, pink floyd, radiohead, nirvana, coldplay, metallica, iron maiden, linkin park, frank ocean,
hans zimmer, john williams, ludovico einaudi, johann sebastian bach, bob marley, bob dylan, david bowie,
michael jackson, miles davis, john coltrane, aphex twin, boards of canada, fleetwood mac, arctic
monkeys, eminem, kendrick lamar, drake, adele, rihanna, beyonce, beyoncé, depeche mode, new order, joy
division, led zeppelin, black sabbath, rolling stones, elton john, stevie wonder, marvin gaye, james
brown, fela kuti, bon iver, sufjan stevens, sigur rós, sigur ros, max richter, nils frahm, brian eno,
vangelis, jean-michel jarre, tiësto, tiesto, skrillex, deadmau5, avicii, calvin harris, blackpink, bts,
stray kids, ariana grande, bruno mars, abba, the cure, the smiths, oasis, blur, gorillaz, muse, u2, ac
dc, ac/dc, johnny cash, dolly parton, willie nelson
"""
_LISTED = tuple(sorted((" ".join(n.split()) for n in _NAMES.split(",")), key=len, reverse=True))
_ANY_LISTED = "|".join(re.escape(name).replace(r"\ ", r"[\s-]+") for name in _LISTED)
_FIND = re.compile(rf"(?<!\w)(?:{_ANY_LISTED})(?!\w)", re.I)
_NAME_WORD = r"(?:[A-Z][\w.'’-]*|[A-Z]{2,}|[IVX]+|&|of|the|and|de|la|del|van|von)"
_INTRODUCED = re.compile(
    r"(?i:\b(?:in the (?:style|manner|vein|spirit) of|sound(?:s|ing)? like|similar to|reminiscent of|"
    rf"inspired by|influenced by|a la|à la))\s+(?P<name>[A-Z][\w.'’-]*(?:\s+{_NAME_WORD})*)"
)
_JOINS = re.compile(r"(?:\s+(?:of|the|and|de|la|del|van|von|&))+$")
COMMON_WORDS = frozenset({"drake", "muse", "blur", "oasis", "adele", "the cure", "nirvana", "the drums"})
"""Names that are words, too: names only with a capital."""


def without_artists(text: str) -> tuple[str, list[str]]:
    """Return a prompt without the artists that it names, and their names as they were typed."""
    names: list[str] = []

    def listed(found: re.Match[str]) -> str:
        name = found.group()
        if name.casefold() in COMMON_WORDS and name.casefold() == name:
            return name
        names.append(name)
        return " , "

    def introduced(found: re.Match[str]) -> str:
        name = _JOINS.sub("", found["name"])
        if _is_music(name):
            return found.group()
        names.append(name)
        return found.group().replace(name, " , ", 1)

    return _INTRODUCED.sub(introduced, _FIND.sub(listed, text)), names


def _is_music(name: str) -> bool:
    """Whether what follows "in the style of" is a genre with a capital, as "Bossa Nova" and "80s Pop" are."""
    from core.writing.genres import GENRES

    words = {word for genre in GENRES for word in genre.words}
    return name.casefold() in words or all(part in words for part in name.casefold().split())
