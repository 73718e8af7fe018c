"""A small story that goes from verse to verse: who it is about, where it happens, and what changes.

A verse may begin with a couplet of its stage: the first tells how it began, the second what changed, a later
one how it stands now. Person and place are drawn once a song, so that they come back.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from core.writing.corpus import Couplet

THEME = "story"
"""The theme that its lines are counted under."""


class Stage(StrEnum):
    """How far the story has gone."""

    START = "start"
    TURN = "turn"
    END = "end"


@dataclass(frozen=True)
class Story:
    """Who (empty: the one who is sung to), with the words that stand for them, where and when."""

    who: str
    he: str
    him: str
    his: str
    where: str
    when: str

    def couplets(self, stage: Stage) -> tuple[Couplet, ...]:
        """Return the couplets of a stage, filled in."""
        return _filled(self, stage)


_HE, _SHE = ("he", "him", "his"), ("she", "her", "her")
_PEOPLE = (
    ("my brother", _HE), ("my father", _HE), ("Johnny", _HE), ("Sam", _HE), ("the new boy", _HE),
    ("old Joe", _HE), ("my sister", _SHE), ("my mother", _SHE), ("Maria", _SHE), ("Annie", _SHE),
    ("the new girl", _SHE), ("Rose", _SHE), ("my best friend", _SHE), ("my neighbour", _HE),
)  # fmt: skip
_SUNG_TO = 0.5
"""Share of songs whose story is of the one who is sung to."""
_WHEN = ("in June", "in May", "last spring", "last fall", "that year", "one night", "one day", "at ten")
_WHERE = {
    "city": ("the station", "the corner store", "the crossing", "the square"),
    "dance": ("the dance hall", "the ballroom", "the club", "the fair"),
    "fire": ("the gates", "the square", "the mill", "the yard"),
    "friends": ("the bar", "the park", "the school", "the field"),
    "home": ("the kitchen door", "the gate", "the garden", "the well"),
    "hope": ("the bridge", "the clinic", "the church", "the hill"),
    "legend": ("the tower", "the castle", "the ford", "the gate"),
    "loss": ("the station", "the church", "the bridge", "the bend"),
    "love": ("the bookshop", "the bus stop", "the cafe", "the park"),
    "machine": ("the arcade", "the lab", "the office", "the plant"),
    "morning": ("the bakery", "the market", "the cafe", "the bus stop"),
    "music": ("the record store", "the stage door", "the hall", "the bandstand"),
    "night": ("the diner", "the taxi rank", "the bridge", "the docks"),
    "rain": ("the bus stop", "the bridge", "the arcade", "the porch"),
    "road": ("the diner", "the truck stop", "the border", "the pumps"),
    "sea": ("the harbour", "the pier", "the lighthouse", "the beach"),
    "stars": ("the hilltop", "the roof", "the hangar", "the field"),
    "summer": ("the pool", "the lake", "the orchard", "the fair"),
    "time": ("the schoolyard", "the old mill", "the station", "the bridge"),
    "wild": ("the river", "the cabin", "the creek", "the pass"),
    "winter": ("the pond", "the market", "the ice rink", "the church"),
    "work": ("the factory", "the mill", "the docks", "the yard"),
}
"""Places by theme."""

_OF_ANOTHER = """
== start
{when} {who} came to {where} alone
with (only) a bag and a broken phone
down by {where} I saw {who} stand
{when}, with a (folded) letter in {his} hand
{who} had a room by {where} back then
{he} (always) wrote in green with a fountain pen
{when} at {where} the lights went out
(and) {who} was the one who gave a shout
{who} said at {where}, (said) {when}, (and) at nine
{he} brought {his} (heavy) coat and I brought mine
{who} ran down to {where} (that day) in the rain
{when}, (and) {he} had to catch a train
I was with {who} at {where} {when}, at two
{his} shirt was white, the sky was blue
{who} sold {his} (little) songs at {where} for free
{when}, (and) {he} wrote one just for me
I met {who} {when} by chance
(and) at {where} we began to dance
{who} had a laugh like a bell
(and) at {where} a (long) story to tell
== turn
then {who} left {where} on the train
(and) {he} said {he}'d write, (and) I write again
they closed {where} (for good) that (very) year
& (and) {who} sent word {he} couldn't be here
{who} had news, {he} told it slow
{he}'d sold the car and {he} had to go
I passed by {where}, the sign was down
(and) {who} had moved to another town
+ {who} got the job, {he} danced in the hall
+ (and) we drank to {him} at {where}, one and all
- {who} got the call, {he} sat (down) on the stair
- (and) I couldn't find {him} at {where}, (not) anywhere
{who} had a fall, {he} couldn't see
& (and) I walked {him} to {where}, {him} and me
we heard from {who}, the card was torn
& (and) it showed us {where} at the break of morn
{who} moved out, {he} took the cat
& (and) no one at {where} (ever) spoke of that
{who} fell ill in the (middle of) fall
(and) {where} is closed to one and all
== end
now {who} is back, {he}'s thin and grey
(and) we sit by {where} (at the end of) the day
I took the road to {where} last night
& (and) {who} had left (on) a (kitchen) light
there's a chair for {who} by {where} still
(and) a pot of green on the window sill
{who} came home with a (little) girl of three
(and) she found {where} and she smiled at me
I saw {who}'s name on the wall (there) at {where}, carved deep
(and) there are (some) things you (always) keep
{who} and I go (back) to {where} now
& (and) we laugh at all of it somehow
{who} still writes, the ink is blue
(and) {where} has the same (old) view
(and) {who} came back, {he} wore a ring
& at {where} (now) you can hear us sing
they gave {who} a bench by {where}, painted blue
& (and) there's room on it for me and you
"""
_OF_YOU = """
== start
we met at {where} {when}, you dropped a note
(and) I ran along with your (hat and) coat
{when} at {where}, (you stood) behind the bar
(and) I came in with my (old) guitar
{when} at {where} you asked for a light
(and) we talked (about your town) till the end of night
{when} you were new, you'd lost your way
& (and) I walked you to {where}, you asked me to stay
you stood by {where} with a map upside down
{when}, with no one (else) in (the) town
you waved from {where}, I waved right back
{when}, (and) you wore your (mother's) black
I saw you first at {where} {when}, in red
& (and) I can't remember (now) what we said
{when} at {where} (there) you held the door
(and) I'd never seen you there before
we met at {where}, you wore blue
(and) {when} there was only you
you said at {where} it would snow
(and) {when} we had nowhere to go
== turn
you got the letter, packed in an hour
& (and) I stood at {where} with a (paper) flower
they pulled down {where}, they paved it all
& (and) you took the train (that left) in the fall
you called from {where}, your voice was low
(and) you only said (that) you had to go
we fought at {where}, you threw the key
& (and) it's there in the grass by the (chestnut) tree
+ you came to {where} with news to tell
+ (and) all of the street could hear you yell
I went by {where}, your bike was gone
(and) somebody left (all) the lights (still) on
+ you said it at {where}, you said it twice
+ & (and) I slipped for joy (right there) on the ice
- you changed at {where}, you changed your name
- & (and) nothing that came back was the same
you left from {where}, (you) didn't turn
& (and) I sat and watched the paper burn
they closed up {where} for good
& (and) I would have called if I could
== end
now I'm at {where}, it's half past two
(and) the door swings open, (and) it's you
I went to {where}, (and) no one was there
(and) your name was cut in the (back of a) chair
we're back at {where}, the two of us
& (and) we (very) nearly missed the bus
you'd laugh at {where}, they've painted it red
& (and) I wrote you (all of) the things I said
some nights at {where} I hear your song
& (and) I know I'm back where I belong
I still pass {where}, it's the same
& (and) somebody there says your name
we meet at {where} at (half past) noon
(and) they're (always) playing our (old) tune
your car's at {where}, the lights are low
& (and) I guess we always seem to know
I wait at {where} with a flask of tea
(and) I save the (dry) half of the bench for me
"""


def draw_story(theme: str, rng: random.Random) -> Story:
    """Draw a story for a song of ``theme``."""
    where = rng.choice(_WHERE.get(theme, _WHERE["time"]))
    when = rng.choice(_WHEN)
    who, (he, him, his) = ("", ("you", "you", "your"))
    if rng.random() >= _SUNG_TO:
        who, (he, him, his) = rng.choice(_PEOPLE)
    return Story(who, he, him, his, where, when)


@cache
def _filled(story: Story, stage: Stage) -> tuple[Couplet, ...]:
    frames = _OF_ANOTHER if story.who else _OF_YOU
    body = frames.split(f"== {stage}\n")[1].split("== ")[0]
    lines = [_fill(line, story) for line in body.splitlines() if line]
    first = 1000 * list(Stage).index(stage)
    return tuple(
        Couplet.read(THEME, first + at, lines[at], lines[at + 1]) for at in range(0, len(lines) - 1, 2)
    )


def _fill(line: str, story: Story) -> str:
    for name in ("who", "he", "him", "his", "where", "when"):
        line = line.replace(f"{{{name}}}", getattr(story, name))
    return line
