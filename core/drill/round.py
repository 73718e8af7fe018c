"""The whole drill in the background: its results as they come, for a page that looks in now and then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from core.drill.run import Caught, Cell, CellResult, Drill, Passed, cells
from core.errors import Cancelled, ErrorReport, GainstageError


@dataclass(frozen=True)
class Standing:
    """Where a round stands."""

    live: bool
    doing: str
    fraction: float
    caught: tuple[Caught, ...]
    passed: tuple[Passed, ...]
    error: ErrorReport | None


class DrillSession:
    """One drill for the whole process, used by one caller at a time; made once, closed once.

    The song that everything happens to is made at the first need, by whoever comes first.
    """

    def __init__(self) -> None:
        self._drill: Drill | None = None
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._doing, self._fraction = "", 0.0
        self._caught: list[Caught] = []
        self._passed: list[Passed] = []
        self._error: ErrorReport | None = None

    def listen(self, cell: Cell) -> CellResult:
        """Let one fault happen; waits for a round under way. Raises GainstageError."""
        with self._turn:
            return self._opened().listen(cell)

    def start(self) -> None:
        """Begin a round of every cell, control and good sound; nothing when one is under way."""
        if self.standing().live:
            return
        self._stop.clear()
        self._caught, self._passed, self._error = [], [], None
        self._doing, self._fraction = "Waiting", 0.0
        self._thread = threading.Thread(target=self._go, name="drill", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """End the round after the cell it is at; what it found stays."""
        self._stop.set()

    def standing(self) -> Standing:
        """Return where the round stands: nothing caught and nothing live before the first."""
        live = self._thread is not None and self._thread.is_alive()
        return Standing(
            live, self._doing, self._fraction, tuple(self._caught), tuple(self._passed), self._error
        )

    def close(self) -> None:
        """End everything."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(20.0)
        if self._drill is not None:
            self._drill.close()

    def _opened(self) -> Drill:
        if self._drill is None:
            self._drill = Drill()
        return self._drill

    def _go(self) -> None:
        try:
            with self._turn:
                drill = self._opened()
                drill.prepare(self._report)
                declared = [cell for cell in cells() if not cell.unknowable]
                for number, cell in enumerate(declared):
                    self._report(0.15 + 0.6 * number / len(declared), f"{cell.fault.title} at {cell.stage}")
                    self._caught.append(drill.catch(cell))
                for passed in self._good(drill):
                    self._passed.append(passed)
                    self._report(min(0.99, self._fraction + 0.004), f"{passed.name} is let pass")
                self._doing, self._fraction = "Done", 1.0
        except Cancelled:
            self._doing = "Cancelled"
        except GainstageError as error:
            self._error = error.report()

    def _good(self, drill: Drill) -> Iterator[Passed]:
        yield from drill.controls()
        yield from drill.good_sounds()

    def _report(self, fraction: float, message: str) -> None:
        self._fraction, self._doing = fraction, message
        if self._stop.is_set():
            raise Cancelled
