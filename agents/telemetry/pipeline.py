"""Tells every backend what happens, from any thread, at the cost of an append.

Each backend has its own queue and thread (`Lane`): one that fails or hangs loses its own records, counted, and slows
neither the loop nor the others.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from agents.telemetry.lane import Backend, Lane, LaneReport
from agents.telemetry.measures import ALL, Measure, Span


class Pipeline:
    """`record` and `span`; `close` (also at the interpreter's end) writes what waits."""

    def __init__(
        self, backends: Sequence[Backend], *, capacity: int = 20_000, batch: int = 100, interval_s: float = 1.0,
        close_s: float = 5.0,
    ) -> None:  # fmt: skip
        """`capacity`: records that may wait for a backend; `close_s`: how long the end waits for all of them."""
        self._lanes = [Lane(backend, capacity=capacity, batch=batch, interval_s=interval_s) for backend in backends]
        self._close_s = close_s
        self._closed = False
        atexit.register(self.close)

    def record(self, measure: Measure) -> None:
        """Tell all backends; never waits, never raises. After `close` nothing is taken."""
        if not self._closed:
            for lane in self._lanes:
                lane.put(measure)

    @contextmanager
    def span(self, stage: str, *, step: int = 0, env_id: int = ALL, rows: int = 1) -> Iterator[None]:
        """Time the body as a `Span`, also when it raises."""
        began = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - began
            self.record(Span(stage=stage, began_s=began, seconds=seconds, env_id=env_id, step=step, rows=rows))

    def close(self) -> None:
        """Write what waits, for `close_s` at most over all backends; idempotent."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        for lane in self._lanes:
            lane.end()
        deadline = time.monotonic() + self._close_s
        for lane in self._lanes:
            lane.join(max(0.0, deadline - time.monotonic()))

    @property
    def reports(self) -> tuple[LaneReport, ...]:
        """What became of the records, backend by backend."""
        return tuple(lane.report for lane in self._lanes)

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
