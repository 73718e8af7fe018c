"""The players' processes: one a core (at most four), started with the first song and reused."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from core.engines.composer.play import player
from core.errors import EngineDiedError, EngineOutputError

_MOST = 4


class Players:
    """A few processes that play MIDI files through one SoundFont."""

    def __init__(self, soundfont: Path, count: int | None = None) -> None:
        self._soundfont = soundfont
        self._count = count or max(1, min(_MOST, os.cpu_count() or 1))
        self._free: queue.SimpleQueue[subprocess.Popen[bytes] | None] = queue.SimpleQueue()
        for _ in range(self._count):
            self._free.put(None)
        self._threads = ThreadPoolExecutor(self._count, thread_name_prefix="player")
        self._all: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        weakref.finalize(self, _end, self._all)

    def play(self, songs: Iterable[bytes]) -> Iterator[bytes]:
        """Yield a WAV file for each MIDI file, in their order, playing ahead while the caller works.

        Raises EngineDiedError or EngineOutputError. What was not yet played when the caller stops is dropped.
        """
        waiting = iter(songs)
        ahead: deque[Future[bytes]] = deque()
        try:
            while True:
                while len(ahead) <= self._count and (song := next(waiting, None)) is not None:
                    ahead.append(self._threads.submit(self._one, song))
                if not ahead:
                    return
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()

    def close(self) -> None:
        """End the processes."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            _end(self._all)

    def _one(self, song: bytes) -> bytes:
        process = self._free.get()
        try:
            if process is None or process.poll() is not None:
                process = self._start()
            answer = self._ask(process, song)
        finally:
            self._free.put(process)
        if answer[:1] == player.FAILED:
            raise EngineOutputError(
                "The SoundFont renderer could not play a part.",
                causes=("the SoundFont is damaged or of a kind that the renderer does not know",),
                remedy="Use the bundled SoundFont (remove GAINSTAGE_SOUNDFONT).",
                detail=answer[1:].decode("utf-8", "replace"),
            )
        return answer[1:]

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, str(Path(player.__file__)), str(self._soundfont)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with self._lock:
            self._all.add(process)
        return process

    def _ask(self, process: subprocess.Popen[bytes], song: bytes) -> bytes:
        assert process.stdin is not None and process.stdout is not None
        try:
            player.write_message(process.stdin, song)
            answer = player.read_message(process.stdout)
        except OSError:
            answer = b""
        if answer:
            return answer
        with self._lock:
            self._all.discard(process)
        _end({process})
        raise EngineDiedError(
            "A player of the built-in band ended in the middle of a part.",
            causes=("the machine ran out of memory", "the SoundFont renderer is not installed or crashed"),
            remedy="Make the song again; if that is no help, shorten it or install the light set again.",
            detail=f"exit status {process.returncode}",
        )


def _end(processes: set[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
    processes.clear()
