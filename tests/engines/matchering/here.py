"""matchering in this process, by the same messages as in its child."""

from core.engines.base import Availability, Reply
from core.engines.child import WorkerError
from core.engines.executors.door import KINDS
from core.engines.matchering.card import CARD
from core.engines.matchering.worker import Worker
from core.errors import EngineError


class MatcheringHere:
    """The master stage's one engine; ``harm`` changes its reply, ``ready`` is whether it is installed."""

    def __init__(self, harm=None, ready=True):
        self.harm = harm
        self.ready = ready
        self.asked = []

    def cards(self, stage):
        return (CARD,) if stage == "master" else ()

    def card(self, name):
        assert name == CARD.name
        return CARD

    def availability(self, name, checkpoint=""):
        return Availability(self.ready, "it is a test", "" if self.ready else CARD.how_to_add)

    def call(self, engine, method, *, values, sounds, report, first_listen=None):
        self.asked.append((engine, method, sorted(sounds)))
        arrays = {name: (audio.samples, audio.sample_rate) for name, audio in sounds.items()}
        try:
            told, _ = getattr(Worker(), method)(dict(values), arrays, report)
        except WorkerError as error:
            raise KINDS.get(error.kind, EngineError)(
                error.message, remedy=error.remedy, causes=error.causes, detail=error.detail
            ) from error
        return Reply(values=self.harm(told) if self.harm else told)
