"""One backend's way out: a bounded queue and a thread, so that a slow or broken backend holds up nobody.

Knows batches, time and failure; not what the records mean nor where they go.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from agents.telemetry.measures import Dropped, Measure

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 30.0


class Backend(Protocol):
    """Where records go. `write` may block and may raise; it is called from one thread, with the same batch again after
    a failure. `close` comes last, from the same thread."""

    name: str

    def write(self, batch: list[Measure]) -> None:
        """Take all of these, in order."""

    def close(self) -> None:
        """Bring what was taken to where it stays."""


@dataclass(frozen=True, slots=True)
class LaneReport:
    """What became of one backend's records. `dropped`: found the queue full; `lost`: still unwritten at the end."""

    backend: str
    written: int
    dropped: int
    lost: int
    failures: int
    last_error: str


class Lane:
    """Takes records from any thread without waiting; writes every `batch` records, and every `interval_s`."""

    def __init__(self, backend: Backend, *, capacity: int, batch: int, interval_s: float) -> None:
        self._backend = backend
        self._capacity, self._batch, self._interval_s = capacity, batch, interval_s
        self._queue: deque[Measure] = deque()
        self._pending: list[Measure] = []
        self._wake, self._closing, self._counting = threading.Event(), threading.Event(), threading.Lock()
        self._written = self._dropped = self._told = self._failures = 0
        self._last_error = ""
        self._thread = threading.Thread(target=self._run, name=f"telemetry-{backend.name}", daemon=True)
        self._thread.start()

    def put(self, measure: Measure) -> None:
        """Queue one record, or count it as dropped where the queue is full."""
        waiting = len(self._queue)
        if waiting >= self._capacity:
            with self._counting:
                self._dropped += 1
            return
        self._queue.append(measure)
        if waiting + 1 >= self._batch and not self._wake.is_set():
            self._wake.set()

    def end(self) -> None:
        """Have what waits written, then the backend closed; does not wait for either. Idempotent."""
        self._closing.set()
        self._wake.set()

    def join(self, timeout_s: float) -> None:
        """Wait until that is done; a backend that does not come back in time is left behind."""
        self._thread.join(timeout_s)

    @property
    def report(self) -> LaneReport:
        """Counts until now; what waits is lost only once the thread has ended or was left behind."""
        unwritten = len(self._pending) + len(self._queue) if self._closing.is_set() else 0
        return LaneReport(
            self._backend.name, self._written, self._dropped, unwritten, self._failures, self._last_error
        )  # fmt: skip

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._closing.is_set():
            self._wake.wait(self._interval_s)
            self._wake.clear()
            while self._take() and not self._closing.is_set():
                pause_s = FIRST_PAUSE_S if self._flush() else self._back_off(pause_s)
        self._finish()

    def _back_off(self, pause_s: float) -> float:
        """Wait before the next try, unless all ends; returns the next pause."""
        self._closing.wait(pause_s)
        return min(2 * pause_s, LONGEST_PAUSE_S)

    def _take(self) -> bool:
        """Fill the batch in hand from the queue; False if there is nothing to write."""
        if self._dropped > self._told and not self._pending:
            count, self._told = self._dropped - self._told, self._dropped
            self._pending.append(Dropped(backend=self._backend.name, count=count))
        while self._queue and len(self._pending) < self._batch:
            self._pending.append(self._queue.popleft())
        return bool(self._pending)

    def _flush(self) -> bool:
        try:
            self._backend.write(self._pending)
        except Exception as error:  # whatever a backend raises must not end the thread nor reach the loop
            self._failures += 1
            self._last_error = f"{type(error).__name__}: {error}"
            return False
        self._written += len(self._pending)
        self._pending = []
        return True

    def _finish(self) -> None:
        while self._take() and self._flush():
            pass
        try:
            self._backend.close()
        except Exception as error:  # as above; the report names it
            self._failures += 1
            self._last_error = f"{type(error).__name__}: {error}"
