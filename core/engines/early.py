"""Which engines are being started before anybody calls them."""

from __future__ import annotations

import threading

from core.errors import Cancelled
from core.progress import Report


class Early:
    """The preparations under way, at most one of an engine, and those that failed. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._called: dict[str, threading.Event] = {}
        """Of each preparation under way: set once somebody calls the engine."""
        self._failed: set[str] = set()

    def begin(self, name: str) -> bool:
        """Note that a preparation begins; False when there is one, or when the last one failed."""
        with self._lock:
            if name in self._called or name in self._failed:
                return False
            self._called[name] = threading.Event()
            return True

    def end(self, name: str) -> None:
        """Ask a preparation to end soon, because the engine is called."""
        with self._lock:
            self._failed.discard(name)
            if name in self._called:
                self._called[name].set()

    def under_way(self, name: str) -> bool:
        """Return whether an engine is being prepared."""
        with self._lock:
            return name in self._called

    def over(self, name: str, *, failed: bool) -> None:
        """Note that a preparation is over; one that failed is not tried again before somebody calls."""
        with self._lock:
            self._called.pop(name)
            if failed:
                self._failed.add(name)

    def until_called(self, name: str) -> Report:
        """Return a preparation's report: it raises Cancelled once the engine is called."""
        called = self._called[name]

        def report(fraction: float, message: str) -> None:
            if called.is_set():
                raise Cancelled

        return report
