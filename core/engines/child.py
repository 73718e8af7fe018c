"""The child's side of the engine host: standard library and numpy only, Python 3.9 syntax.

Any interpreter can run it: ``python child.py <module>``. It imports ``<module>`` and makes its ``Worker``,
then answers one JSON line per request line until its pipe closes.

    -> {"id": 1, "method": "compose", "values": {...}, "sounds": {"mix": ["in-0.npy", 44100]}, "folder": ".."}
    <- {"id": 1, "progress": [0.5, "Playing drums"]}
    <- {"id": 1, "values": {...}, "sounds": {...}, "device": "cpu", "precision": "float32"}
    <- {"id": 1, "error": {"kind": "engine", "message": "...", "causes": [], "remedy": "", "detail": "..."}}
    -> {"cancel": 1}
    <- {"id": 1, "cancelled": true}

A worker is a class ``Worker`` whose constructor takes nothing and loads nothing heavy, with ``device`` and
``precision``, and methods ``method(values, sounds, report)`` that return ``(values, sounds)``: ``values`` a
dict of plain JSON values, ``sounds`` a dict of name to (float32 array (frames, channels), rate in Hz), or to
(:class:`DiskSound`, rate) for what is too long for memory. The arrays it is given are mapped from disk, and
private to it. What it raises is sorted by :func:`describe`; :class:`WorkerError`, or any exception with
its attributes, says it outright.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # This file's own folder would shadow packages of the same names as our engines' folders.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import ctypes
import gc
import importlib
import json
import mmap
import queue
import tempfile
import threading
import traceback
from typing import Any

MEMORY_SIGNS = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "could not create a primitive",  # oneDNN, when it cannot have its buffers
    "could not create a memory object",
)


class Stopped(BaseException):
    """Raised by ``report`` inside a worker when the person cancelled; no library's handler swallows it."""


class WorkerError(Exception):
    """A failure that a worker can explain itself.

    ``kind``: "engine", "engine_missing", "engine_input", "engine_output" or "engine_memory".
    """

    def __init__(
        self,
        message: str,
        remedy: str = "",
        kind: str = "engine",
        causes: tuple[str, ...] = (),
        detail: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.kind = kind
        self.causes = causes
        self.detail = detail


class DiskSound:
    """A sound that a worker writes piece by piece, so that its memory does not grow with the song.

    It lies in the folder of the call that is being answered, else (in a test) in a temporary one.
    """

    folder = ""
    """Folder of the call that is being answered; empty outside a child."""

    def __init__(self, frames: int, channels: int) -> None:
        import numpy

        handle, self.path = tempfile.mkstemp(".npy", "out-", DiskSound.folder or None)
        self.frames, self.channels, self.written = frames, channels, 0
        self._file = os.fdopen(handle, "wb")
        header = {"descr": "<f4", "fortran_order": False, "shape": (frames, channels)}
        numpy.lib.format.write_array_header_1_0(self._file, header)

    def write(self, samples: Any) -> None:
        """Add samples (n, channels) at the end; what goes beyond ``frames`` is dropped."""
        import numpy

        piece = samples[: self.frames - self.written]
        if piece.shape[1:] != (self.channels,):
            raise ValueError("expected " + str(self.channels) + " channels, got " + str(piece.shape))
        self._file.write(numpy.ascontiguousarray(piece, dtype="<f4"))
        self.written += piece.shape[0]

    def close(self) -> None:
        """Finish the file; ValueError when it is shorter than was said."""
        self._file.close()
        if self.written != self.frames:
            raise ValueError("%d of %d frames were written" % (self.written, self.frames))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Return the samples, mapped from disk."""
        import numpy

        self.close()
        return numpy.load(self.path, mmap_mode="r")


def let_go(samples: Any) -> None:
    """Give back the memory that reading ``samples``, a sound a worker was given, has taken so far.

    They are read from disk again when they are needed; what was written into them is lost.
    """
    while samples is not None and not isinstance(samples, mmap.mmap):
        samples = getattr(samples, "base", None)
    if samples is not None and hasattr(mmap, "MADV_DONTNEED"):
        samples.madvise(mmap.MADV_DONTNEED)


class Channel:
    """The pipes to the parent. Whatever a library prints goes to the log, not into the messages."""

    def __init__(self) -> None:
        self._in = os.fdopen(os.dup(0), encoding="utf-8")
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        self._lock = threading.Lock()
        self.requests: queue.Queue[dict[str, Any]] = queue.Queue()
        self.cancelled: set[int] = set()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; TypeError or ValueError, and nothing written, when it is not plain."""
        line = json.dumps(message, default=_plain)
        with self._lock:
            self._out.write(line + "\n")
            self._out.flush()

    def _read(self) -> None:
        try:
            for line in self._in:
                message = json.loads(line)
                if "cancel" in message:
                    self.cancelled.add(message["cancel"])
                else:
                    self.requests.put(message)
        finally:
            # The parent is gone or wants us to end: nothing that still runs here is of use to anybody.
            os._exit(0)


def answer(worker: Any, request: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Run one request and return the last message of its answer."""
    number = request["id"]

    def report(fraction: float, message: str) -> None:
        if number in channel.cancelled:
            raise Stopped
        channel.send({"id": number, "progress": [float(fraction), str(message)]})

    try:
        DiskSound.folder = request["folder"]
        method = getattr(worker, request["method"])
        values, sounds = method(request["values"], _load(request), report)
        saved = _save(sounds, request["folder"])
    except BaseException as error:
        if number in channel.cancelled:
            return {"id": number, "cancelled": True}
        return {"id": number, "error": describe(error)}
    return {
        "id": number,
        "values": values,
        "sounds": saved,
        "device": str(getattr(worker, "device", "cpu")),
        "precision": str(getattr(worker, "precision", "float32")),
    }


def describe(error: BaseException) -> dict[str, Any]:
    """Tell an exception's kind from its attributes, else from its type and text."""
    detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    kind = getattr(error, "kind", None)
    if isinstance(kind, str):
        return {
            "kind": kind,
            "message": str(getattr(error, "message", error)),
            "causes": [str(cause) for cause in getattr(error, "causes", ())],
            "remedy": str(getattr(error, "remedy", "")),
            "detail": str(getattr(error, "detail", "")) or detail,
        }
    kind = "engine"
    if isinstance(error, MemoryError) or _tells_of_memory(str(error)):
        kind = "engine_memory"
    elif isinstance(error, (ImportError, FileNotFoundError)):
        kind = "engine_missing"
    last_line = detail.strip().splitlines()[-1]
    return {"kind": kind, "message": last_line, "causes": [], "remedy": "", "detail": detail}


def _tells_of_memory(text: str) -> bool:
    lowered = text.lower()
    return any(sign in lowered for sign in MEMORY_SIGNS)


def _plain(value: Any) -> Any:
    """Turn a numpy scalar into a number for JSON."""
    if hasattr(value, "dtype") and getattr(value, "ndim", None) == 0:
        return value.item()
    raise TypeError("a value of type " + type(value).__name__ + " cannot be sent")


def _load(request: dict[str, Any]) -> dict[str, Any]:
    """Map the sounds: private pages, so that a worker may write into what it was given."""
    import numpy

    sounds = {}
    for name, (file, rate) in request["sounds"].items():
        path = os.path.join(request["folder"], file)
        sounds[name] = (numpy.asarray(numpy.load(path, mmap_mode="c")), rate)
    return sounds


def _save(sounds: Any, folder: str) -> dict[str, Any]:
    """Write the arrays; what is no array is described, for the parent to refuse."""
    import numpy

    if not isinstance(sounds, dict):
        return {"reply": {"not_sound": type(sounds).__name__, "text": str(sounds)[:200]}}
    saved = {}
    for number, (name, value) in enumerate(sounds.items()):
        samples, rate = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
        if isinstance(samples, DiskSound):
            samples.close()
            saved[str(name)] = {"file": os.path.basename(samples.path), "rate": rate}
            continue
        if not isinstance(samples, numpy.ndarray) or samples.dtype.hasobject:
            saved[str(name)] = {"not_sound": type(samples).__name__, "text": str(samples)[:200]}
            continue
        file = "out-%d.npy" % number
        numpy.save(os.path.join(folder, file), samples, allow_pickle=False)
        saved[str(name)] = {"file": file, "rate": rate}
    return saved


def trim_memory() -> None:
    """Return freed memory to the system, where the C library (glibc) can: this process may now rest."""
    gc.collect()
    trim = None if os.name == "nt" else getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def main(module: str) -> None:
    """Serve one worker until the pipe closes."""
    channel = Channel()
    try:
        worker = importlib.import_module(module).Worker()
    except BaseException as error:
        channel.send({"id": 0, "error": describe(error)})
        return
    channel.send({"id": 0, "ready": True})
    while True:
        request = channel.requests.get()
        try:
            channel.send(answer(worker, request, channel))
        except (TypeError, ValueError) as error:
            reported = describe(error)
            reported["kind"] = "engine_output"
            channel.send({"id": request["id"], "error": reported})
        del request
        trim_memory()


if __name__ == "__main__":
    # So that a worker's ``from core.engines.child import WorkerError`` is this very module.
    sys.modules["core.engines.child"] = sys.modules["__main__"]
    main(sys.argv[1])
