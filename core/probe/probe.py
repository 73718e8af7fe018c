"""The probe: one line after each step of a program that makes sound.

    with gainstage.probe("nightly") as p:
        song = p.step("generate", pipe(prompt).audios[0], 48_000, prompt=prompt)
        stems = p.step("stems", separate(song))
        p.step("master", master(stems))

A step copies its samples and returns; a background thread measures, judges and stores them. What has to be
imported for that is imported when the probe is made, so that no step waits for it. Nothing is raised into the
program unless it asks for it (``on_fail="raise"``); where nothing can be stored, it goes on.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # noqa: F401 - registers its own end before ours, see below
import functools
import importlib
import inspect
import logging
import os
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from core.errors import ErrorReport, GainstageError
from core.probe.handed import handed
from core.probe.outside import ChannelAxis

if TYPE_CHECKING:
    from core.blame.chain import Blame
    from core.probe.recorder import Judged, Recorder

LOG = logging.getLogger("gainstage.probe")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
OnFail = Literal["warn", "raise"] | Callable[["Judged"], object]
CLOSES_WITHIN_S = 60.0
AT_EXIT_S = 10.0
_open: weakref.WeakSet[Probe] = weakref.WeakSet()


class SoundFailed(GainstageError):
    """A step broke the sound, and the program asked to be stopped by that."""

    kind = "sound_failed"
    exit_status = 3


class Probe:
    """Records the steps of one run of a program; starts with its first step, ends with its ``with`` block."""

    def __init__(self, name: str, *, on_fail: OnFail = "warn") -> None:
        importlib.import_module("core.probe.recorder")
        self.name = name
        self._on_fail = on_fail
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._recorder: Recorder | None = None
        self._ended = False
        self._last: float | None = None
        self._said: set[str] = set()

    def step(
        self,
        name: str,
        sound: T,
        rate: Any = None,
        *,
        channels: ChannelAxis | None = None,
        **about: Any,
    ) -> T:
        """Hand over a copy of a step's sound, or its stems by name, and return ``sound`` as it is.

        ``rate`` in Hz; without it, that of the step before. ``about`` is recorded with the step: ``prompt=``,
        ``settings=``. Raises SoundFailed with ``on_fail="raise"`` alone, and waits for the judgement then.
        """
        self._hand(name, sound, rate, channels, about, None)
        return sound

    def failed(self, name: str, error: BaseException, **about: Any) -> None:
        """Record that a step raised ``error`` and made no sound."""
        from core.probe.raised import report_of

        self._hand(name, None, None, None, about, report_of(error, name))

    def watched(self, name: str, rate: Any = None, **about: Any) -> Callable[[F], F]:
        """Return a decorator: what a function returns is a step; what it raises is recorded and raised."""

        def decorate(function: F) -> F:
            if inspect.iscoroutinefunction(function):

                @functools.wraps(function)
                async def awaited(*args: Any, **kwargs: Any) -> Any:
                    try:
                        made = await function(*args, **kwargs)
                    except Exception as error:
                        self.failed(name, error, **about)
                        raise
                    return self.step(name, made, rate, **about)

                return awaited  # type: ignore[return-value]

            @functools.wraps(function)
            def called(*args: Any, **kwargs: Any) -> Any:
                try:
                    made = function(*args, **kwargs)
                except Exception as error:
                    self.failed(name, error, **about)
                    raise
                return self.step(name, made, rate, **about)

            return called  # type: ignore[return-value]

        return decorate

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until all that was handed over is judged and stored; False when the time ran out first."""
        limit_s = CLOSES_WITHIN_S if timeout_s is None else timeout_s
        return self._recorder is None or self._elsewhere() or self._recorder.flush(limit_s)

    def close(self, timeout_s: float | None = None) -> None:
        """End the run: judge what waits, name what is lost, and say where the sound first broke."""
        with self._lock:
            ended, self._ended = self._ended, True
        if ended or self._recorder is None or self._elsewhere():
            return
        self._recorder.close(CLOSES_WITHIN_S if timeout_s is None else timeout_s)
        if self.blame is not None:
            LOG.warning("%s", self.sentence)

    @property
    def run_id(self) -> str:
        """The run's id, as the studio's address takes it; empty before the first step is judged."""
        return self._recorder.run_id if self._recorder else ""

    @property
    def blame(self) -> Blame | None:
        """The first step that broke the sound, of those judged so far."""
        return self._recorder.first_broken if self._recorder else None

    @property
    def missing(self) -> tuple[str, ...]:
        """What the run lacks, one sentence each; empty when everything was judged and stored."""
        return tuple(self._recorder.missing) if self._recorder else ()

    @property
    def sentence(self) -> str:
        """Where the sound first broke, the likely cause and the remedy; or that no step broke it."""
        blame = self.blame
        if blame is None:
            return f"{self.name}: no step broke the sound."
        likely = f" Likely: {blame.causes[0]}." if blame.causes else ""
        return (
            f"{self.name}: first broken at step {blame.position}, {blame.title}: {blame.what}{likely} "
            f"Remedy: {blame.remedy} (gainstage inspect --chain {self.run_id})"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, SoundFailed):
            self.failed("the program", error)
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, trace)

    def _repr_html_(self) -> str:
        from core.probe.shown import table

        self.flush()
        return table(self.sentence, tuple(self._recorder.judged) if self._recorder else ())

    def _hand(
        self,
        name: str,
        sound: Any,
        rate: Any,
        channels: ChannelAxis | None,
        about: dict[str, Any],
        error: ErrorReport | None,
    ) -> None:
        if self._elsewhere():
            self._once("it belongs to the process that made it; make a probe in each process")
            return
        if self._ended:
            self._once(f"its run has ended, and {name} is not recorded")
            return
        try:
            recorder, step = (
                self._started(),
                _copied(name, sound, rate, channels, about, error, self._since()),
            )
            done = recorder.offer(step)
        except Exception as fault:  # noqa: BLE001 - the program goes on, whatever becomes of its probe
            self._once(f"{name} is not recorded: {type(fault).__name__}: {fault}")
            return
        if self._on_fail == "raise" and done is not None:
            done.wait(CLOSES_WITHIN_S)
            if self.blame is not None:
                blame = self.blame
                raise SoundFailed(f"{blame.title}: {blame.what}", causes=blame.causes, remedy=blame.remedy)

    def _started(self) -> Recorder:
        with self._lock:
            if self._recorder is None:
                from core.probe.recorder import Recorder

                self._recorder = Recorder(self.name, self._judged)
                _open.add(self)
            return self._recorder

    def _since(self) -> float:
        from core.probe.recorder import now

        last, self._last = self._last, now()
        return 0.0 if last is None else self._last - last

    def _judged(self, judged: Judged) -> None:
        if judged.blame is not None and callable(self._on_fail):
            self._on_fail(judged)

    def _elsewhere(self) -> bool:
        """Whether this is a child that was forked off: the thread and the index are its parent's."""
        return os.getpid() != self._process

    def _once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            LOG.warning("probe=%s: %s", self.name, sentence)


def _copied(
    name: str,
    sound: Any,
    rate: Any,
    channels: ChannelAxis | None,
    about: dict[str, Any],
    error: ErrorReport | None,
    seconds: float,
) -> Any:
    """Return the step with a copy of its sound; a sound that cannot be copied is the step's error."""
    from core.probe.handed import NoSound
    from core.probe.step import Handed, storable

    try:
        copy = handed(sound)
        given = None if rate is None else float(rate)
    except Exception as fault:  # noqa: BLE001 - a tensor on a device that is gone, no memory left
        copy, given = NoSound(f"what cannot be copied ({type(fault).__name__}: {fault})"), None
    kept = {key: storable({key: value})[key] for key, value in about.items()}
    return Handed(name, copy, given, channels, seconds, kept, error)


def _at_exit() -> None:
    for probe in list(_open):
        probe.close(AT_EXIT_S)


# Before the pools of concurrent.futures are shut down, which judging uses; atexit would come after that.
# What is registered last runs first, so their module is imported above.
getattr(threading, "_register_atexit")(_at_exit)  # noqa: B009 - it has no public name
