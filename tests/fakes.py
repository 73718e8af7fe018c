"""A band and an effect chain in this process, for tests of the spine: real sounds, no child processes.

What they made of the same they return again, as the same sounds, whose readings travel with them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache

import numpy as np

from core.audio import Audio, Stems
from core.engines.base import Availability, EngineCard, Reply
from core.engines.composer.card import CARD as COMPOSER
from core.engines.effects.card import CARD as EFFECTS
from core.errors import Cancelled, NotFoundError
from tests.remembered import Replies
from tests.sounds import band
from tests.stages.material import EffectsHere

BAND = replace(COMPOSER, sings=False)
"""The band's card: what stands in for it plays slices of a song as its vocals, in which nobody sings."""


class HouseEngines:
    """Engines of a studio in a test. ``harm`` maps an engine's name to a function of its reply.

    ``pace_s`` makes the band report progress for that long, so that a test can cancel it.
    """

    def __init__(self, *, harm=None, pace_s=0.0, ready=True):
        self.harm = harm or {}
        self.pace_s = pace_s
        self.ready = ready
        self.asked = []
        self.told = {}
        """What the band was told last."""
        self._effects = EffectsHere()

    def cards(self, stage):
        return tuple(card for card in (BAND, EFFECTS) if card.stage == stage)

    def card(self, name) -> EngineCard:
        found = {card.name: card for card in (BAND, EFFECTS)}.get(name)
        if found is None:
            raise NotFoundError(f"There is no engine {name}.", remedy="Choose another.")
        return found

    def availability(self, name, checkpoint=""):
        return Availability(self.ready, "it is a test", "none")

    def call(self, engine, method, *, values, sounds, report, first_listen=None):
        self.asked.append((engine, method))
        if engine == "composer":
            self.told = dict(values, first_listen=first_listen)
            reply = self._compose(values, report)
        else:
            reply = self._effected(engine, method, values, sounds, report)
        return self.harm.get(engine, lambda same: same)(reply)

    def prepare(self, name):
        pass

    def memory_mb(self):
        return {}

    def close(self):
        pass

    def _effected(self, engine, method, values, sounds, report):
        def asked():
            return self._effects.call(engine, method, values=values, sounds=sounds, report=report)

        return _replies.of(asked, engine, method, values, sounds)

    def _compose(self, values, report):
        for step in range(int(self.pace_s / 0.02)):
            report(step / 100, "Playing")
            time.sleep(0.02)
        return Reply(values={"notes": [], "chosen_silent": []}, sounds=dict(_played(int(values["seed"]))))


_replies = Replies()


@lru_cache(maxsize=8)
def _played(seed):
    stems = stems_of(band(), seed)
    return {"clip_1": stems.sum()} | {f"clip_1/{name}": audio for name, audio in stems.items()}


@lru_cache(maxsize=8)
def stems_of(song: Audio, seed: int) -> Stems:
    """Four different sounds that add up to about ``song``: its bands' slices, moved by the seed."""
    rng = np.random.default_rng(seed)
    shift = int(rng.integers(1, 200))
    x = np.roll(song.samples, shift, axis=0)
    low = _smooth(x, 200)
    middle = _smooth(x, 20) - low
    top = x - low - middle
    parts = {"bass": low, "vocals": middle * 0.7, "other": middle * 0.3 + _smooth(top, 3), "drums": top}
    order = ("vocals", "drums", "bass", "other")
    return Stems({n: Audio(parts[n].astype(np.float32), song.sample_rate) for n in order})


def _smooth(x, width):
    kernel = np.hanning(2 * width + 1)
    kernel /= kernel.sum()
    return np.stack([np.convolve(x[:, c], kernel, mode="same") for c in range(x.shape[1])], axis=1)


def every_sound(change):
    """A harm that changes every sound of a reply."""

    def harm(reply):
        return replace(reply, sounds={name: change(audio) for name, audio in reply.sounds.items()})

    return harm


def raising(error):
    """A harm that raises instead."""

    def harm(reply):
        raise error

    return harm


def cancelling(reply):
    """A harm that cancels."""
    raise Cancelled
