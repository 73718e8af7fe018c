"""The engines behind :class:`core.engines.base.Engines`: one open session per engine, wherever it runs.

A session is opened at its first call and serves every song; it is ended when it has been idle for long, so
that its memory is free again, and sooner when another engine's model does not fit in beside its own, or when
memory is short anyway.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from core.audio import Audio
from core.engines.base import Availability, EngineCard, FirstListen, Registered, Reply
from core.engines.early import Early
from core.engines.executors.base import Executor, Session
from core.engines.memory_budget import MemoryBudget
from core.errors import Cancelled, EngineDiedError, EngineMemoryError, GainstageError, NotFoundError
from core.progress import Report, silent
from core.values import Json

POLL_S = 0.2
"""How often a caller that waits is asked whether to go on."""
logger = logging.getLogger("gainstage.engine")


class EngineHosts:
    """Every engine's way in; made once, closed once, safe to call from any thread.

    ``idle_limit_s``: an engine that nobody called for so long is unloaded. ``budget`` says what fits in.
    """

    def __init__(
        self,
        executor: Executor,
        registered: tuple[Registered, ...],
        idle_limit_s: float,
        budget: MemoryBudget,
    ) -> None:
        self._executor = executor
        self._budget = budget
        self._registered = {engine.card.name: engine for engine in registered}
        self._idle_limit_s = idle_limit_s
        self._sessions: dict[str, Session] = {}
        self._last_used: dict[str, float] = {}
        self._locks = {name: threading.Lock() for name in self._registered}
        self._early = Early()
        self._closed = threading.Event()
        self._janitor = threading.Thread(target=self._unload_idle, daemon=True, name="engine-janitor")
        self._janitor.start()

    def cards(self, stage: str) -> tuple[EngineCard, ...]:
        """Return the engines of a stage, the preferred first."""
        return tuple(e.card for e in self._registered.values() if e.card.stage == stage)

    def card(self, name: str) -> EngineCard:
        """Return one engine's card; raises NotFoundError."""
        return self._engine(name).card

    def availability(self, name: str, checkpoint: str = "") -> Availability:
        """Return whether the engine can run here now, from ``checkpoint`` or the usual places."""
        return self._executor.availability(self._engine(name), checkpoint)

    def call(
        self,
        engine: str,
        method: str,
        *,
        values: Mapping[str, Json],
        sounds: Mapping[str, Audio],
        report: Report,
        first_listen: FirstListen | None = None,
    ) -> Reply:
        """Run ``Worker.<method>`` of the engine; see :meth:`core.engines.base.Engines.call`.

        When memory runs out, it is tried once more without the engines that rest. After a crash the next call
        opens a new session.
        """
        card = self.card(engine)

        def answer() -> Reply:
            with self._in_order_after(card):
                session = self._open(card, str(values.get("checkpoint") or ""), report)
                return session.call(method, values, sounds, report, first_listen)

        with self._turn(card, report):
            try:
                return answer()
            except EngineMemoryError:
                if not self._unload_resting(card):
                    raise
                report(0.0, "Memory ran out; once more without the engines that rested")
                return answer()
            finally:
                if self._budget.short():
                    logger.info("engine=%s state=unloaded reason=memory-is-short", engine)
                    self._end(engine)

    def prepare(self, name: str) -> None:
        """Open an engine's session, and let its worker load what its first call needs; returns at once.

        Only an engine whose card says that it may be started early is. Nothing happens while its session is
        open, while it is being prepared, after a preparation that failed, or where it does not fit in beside
        the others. A failure is logged, and the first call raises it. A call that comes meanwhile goes on
        in the same session. Raises NotFoundError.
        """
        card = self.card(name)
        if card.may_start_early and name not in self.loaded() and self._early.begin(name):
            threading.Thread(target=self._prepare, args=(card,), daemon=True, name=f"{name}-prepare").start()

    def unload(self, name: str) -> None:
        """End an engine's session, after the call it may be busy with; its memory is free then."""
        self._engine(name)
        with self._locks[name]:
            self._end(name)

    def loaded(self) -> dict[str, int]:
        """Return the engines that are open, with the ids of their sessions."""
        return {name: session.id for name, session in list(self._sessions.items()) if session.alive}

    def memory_mb(self) -> dict[str, int | None]:
        """Return the megabytes of main memory that each open engine holds."""
        return {name: session.memory_mb() for name, session in list(self._sessions.items())}

    def close(self) -> None:
        """End every session at once; a call that is under way ends as Cancelled."""
        self._closed.set()
        for name in list(self._sessions):
            self._end(name)
        self._janitor.join(1.0)

    def _engine(self, name: str) -> Registered:
        if name not in self._registered:
            raise NotFoundError(
                f"There is no engine {name} here.",
                causes=("the package that provided it was uninstalled", "its name is misspelt"),
                remedy=f"Install it, or choose one of {', '.join(self._registered)}.",
            )
        return self._registered[name]

    @contextmanager
    def _turn(self, card: EngineCard, report: Report) -> Iterator[None]:
        """Wait until nobody else uses the engine; the waiting can be cancelled."""
        lock = self._locks[card.name]
        self._early.end(card.name)
        while not lock.acquire(timeout=POLL_S):
            early = self._early.under_way(card.name)
            busy = f"Waiting for {card.title}, which is busy with another song"
            report(0.0, f"Starting {card.title}" if early else busy)
        try:
            yield
        finally:
            lock.release()

    def _prepare(self, card: EngineCard) -> None:
        """Do what was begun; a call that is there first does it all by itself.

        Who holds the lock need not be a call: an engine that is being unloaded is started again after that.
        """
        failed = False
        lock = self._locks[card.name]
        called = self._early.until_called(card.name)
        try:
            while not lock.acquire(timeout=POLL_S):
                called(0.0, "")
            try:
                self._start_early(card, called)
            finally:
                lock.release()
        except Cancelled:
            logger.info("engine=%s state=prepared-in-part", card.name)
        except GainstageError as error:
            failed = True
            line = "engine=%s state=not-prepared kind=%s reason=%s"
            logger.warning(line, card.name, error.kind, error.message)
        finally:
            self._early.over(card.name, failed=failed)

    def _start_early(self, card: EngineCard, called: Report) -> None:
        if self._closed.is_set() or card.name in self.loaded() or not self._budget.enter(card, ""):
            return
        with self._in_order_after(card):
            self._open(card, "", silent).call("prepare", {}, {}, called)
            logger.info("engine=%s state=prepared", card.name)

    @contextmanager
    def _in_order_after(self, card: EngineCard) -> Iterator[None]:
        """Leave the books right after an engine was used, however that ends."""
        try:
            yield
        except EngineDiedError:
            if self._closed.is_set():
                raise Cancelled from None
            raise
        except EngineMemoryError:
            # What it still holds would only make the next call fail as well.
            self._end(card.name)
            raise
        finally:
            self._budget.loaded(card.name)
            self._last_used[card.name] = time.monotonic()
            if card.name in self._sessions and not self._sessions[card.name].alive:
                self._end(card.name)

    def _open(self, card: EngineCard, checkpoint: str, report: Report) -> Session:
        """Return the engine's session, opened if it is not."""
        session = self._sessions.get(card.name)
        if session is None or not session.alive:
            self._end(card.name)
            self._unload_others(card, checkpoint, report)
            session = self._executor.open(card, self._until_closed(report))
            self._sessions[card.name] = session
            if self._closed.is_set():
                self._end(card.name)
                raise Cancelled
        return session

    def _until_closed(self, report: Report) -> Report:
        def watching(fraction: float, message: str) -> None:
            if self._closed.is_set():
                raise Cancelled
            report(fraction, message)

        return watching

    def _unload_others(self, card: EngineCard, checkpoint: str, report: Report) -> None:
        """Unload what rests, and wait for what works, until this engine's model fits in beside the others."""
        while not self._budget.enter(card, checkpoint):
            if not self._unload_resting(card):
                busy = ", ".join(self.card(name).title for name in self._budget.holders(card.name))
                report(0.0, f"Waiting for {busy}: both do not fit into memory together")
                time.sleep(POLL_S)

    def _unload_resting(self, card: EngineCard) -> bool:
        """End the engine that has rested longest and holds a model; return whether there was one."""
        resting = [name for name in self._budget.holders(card.name) if name in self._sessions]
        for name in sorted(resting, key=lambda one: self._last_used.get(one, 0.0)):
            if not self._locks[name].acquire(blocking=False):
                continue
            try:
                logger.info("engine=%s state=unloaded reason=memory-for-%s", name, card.name)
                self._end(name)
                return True
            finally:
                self._locks[name].release()
        return False

    def _end(self, name: str) -> None:
        self._budget.left(name)
        session = self._sessions.get(name)
        if session is not None:
            session.kill()
            self._sessions.pop(name, None)

    def _unload_idle(self) -> None:
        while not self._closed.wait(min(5.0, self._idle_limit_s)):
            for name in list(self._sessions):
                if not self._locks[name].acquire(blocking=False):
                    continue
                try:
                    if time.monotonic() - self._last_used[name] > self._idle_limit_s:
                        self._end(name)
                finally:
                    self._locks[name].release()
