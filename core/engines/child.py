"""The child's side of the engine host: standard library and numpy only, Python 3.9 syntax.

Any interpreter can run it: ``python child.py <module>``. It imports ``<module>`` and makes its ``Worker``,
then answers one JSON line per request line until its pipe closes.

    -> {"id": 1, "method": "compose", "values": {...}, "sounds": {"mix": ["mix.npy", 44100]}, "folder": "..."}
    <- {"id": 1, "progress": [0.5, "Playing drums"]}
    <- {"id": 1, "values": {...}, "sounds": {...}, "device": "cpu", "precision": "float32"}
    <- {"id": 1, "error": {"kind": "engine", "message": "...", "causes": [], "remedy": "", "detail": "..."}}
    -> {"cancel": 1}
    <- {"id": 1, "cancelled": true}

A worker is a class ``Worker`` whose constructor takes nothing and loads nothing heavy, with ``device`` and
``precision``, and methods ``method(values, sounds, report)`` that return ``(values, sounds)``; a sound is an
array (frames, channels) with its rate. It may raise anything with ``kind``, ``message``, ``causes`` and
``remedy``; other exceptions are told apart here.
"""

import importlib
import json
import os
import queue
import sys
import threading
import traceback


class Stopped(Exception):
    """Raised by ``report`` inside a worker when the person cancelled."""


class Channel:
    """The pipe to the parent. Whatever a library prints goes to the log, not into the messages."""

    def __init__(self):
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        self._lock = threading.Lock()
        self.requests = queue.Queue()
        self.cancelled = set()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, message):
        """Write one message."""
        with self._lock:
            self._out.write(json.dumps(message) + "\n")
            self._out.flush()

    def _read(self):
        for line in sys.stdin:
            message = json.loads(line)
            if "cancel" in message:
                self.cancelled.add(message["cancel"])
            else:
                self.requests.put(message)
        # The parent is gone or wants us to end: nothing that still runs here is of use to anybody.
        os._exit(0)


def answer(worker, request, channel):
    """Run one request and return the last message of its answer."""
    number = request["id"]

    def report(fraction, message):
        if number in channel.cancelled:
            raise Stopped
        channel.send({"id": number, "progress": [float(fraction), str(message)]})

    try:
        method = getattr(worker, request["method"])
        values, sounds = method(request["values"], _load(request), report)
        saved = _save(sounds, request["folder"])
    except Exception as error:
        if number in channel.cancelled:
            return {"id": number, "cancelled": True}
        return {"id": number, "error": describe(error)}
    return {
        "id": number,
        "values": values,
        "sounds": saved,
        "device": getattr(worker, "device", "cpu"),
        "precision": getattr(worker, "precision", "float32"),
    }


def describe(error):
    """Tell an exception's kind from its type and text."""
    detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    kind = getattr(error, "kind", None)
    if isinstance(kind, str):
        return {
            "kind": kind,
            "message": str(getattr(error, "message", error)),
            "causes": list(getattr(error, "causes", ())),
            "remedy": str(getattr(error, "remedy", "")),
            "detail": str(getattr(error, "detail", "")) or detail,
        }
    text = str(error)
    kind = "engine"
    if isinstance(error, MemoryError) or "out of memory" in text.lower():
        kind = "engine_memory"
    elif isinstance(error, (ImportError, FileNotFoundError)):
        kind = "engine_missing"
    said = type(error).__name__ + (": " + text.splitlines()[0] if text else "")
    return {"kind": kind, "message": said, "causes": [], "remedy": "", "detail": detail}


def _load(request):
    import numpy

    return {
        name: (numpy.load(os.path.join(request["folder"], file), mmap_mode="r"), rate)
        for name, (file, rate) in request["sounds"].items()
    }


def _save(sounds, folder):
    import numpy

    saved = {}
    for number, (name, value) in enumerate(sounds.items()):
        samples, rate = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
        if not isinstance(samples, numpy.ndarray):
            saved[name] = {"not_sound": repr(type(samples).__name__), "text": str(samples)[:200]}
            continue
        file = "out-%d.npy" % number
        numpy.save(os.path.join(folder, file), samples)
        saved[name] = {"file": file, "rate": rate}
    return saved


def main():
    """Serve one worker until the pipe closes."""
    channel = Channel()
    try:
        worker = importlib.import_module(sys.argv[1]).Worker()
    except Exception as error:
        channel.send({"id": 0, "error": describe(error)})
        return
    channel.send({"id": 0, "ready": True})
    while True:
        channel.send(answer(worker, channel.requests.get(), channel))


if __name__ == "__main__":
    # The file's own folder would shadow the standard library with our module names.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    main()
