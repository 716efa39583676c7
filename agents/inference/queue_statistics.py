"""What a queue did and how long requests waited, as figures for a report. Knows neither queue nor model."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

KEPT = 4096
"""So many of the newest waits and batch sizes are kept; older ones no longer count in means and percentiles."""

End = Literal["answered", "failed", "expired", "dropped"]


@dataclass(frozen=True, slots=True)
class QueueStatistics:
    """Counts since the queue was made; waits, from the call to the model's start, in milliseconds, of the newest rows.

    `retries` are the calls made again with fewer rows, `out_of_memory` those of them that memory was the reason for;
    `batch_rows` is the mean number of rows per call of the model, `batch_limit` the adapted limit at this moment.
    """

    answered: int
    failed: int
    expired: int
    dropped: int
    batches: int
    retries: int
    out_of_memory: int
    batch_rows: float
    batch_limit: int
    wait_p50_ms: float
    wait_p99_ms: float


class Tally:
    """Counts while a queue runs."""

    def __init__(self) -> None:
        self.ends: dict[End, int] = {"answered": 0, "failed": 0, "expired": 0, "dropped": 0}
        self.batches = self.retries = self.out_of_memory = 0
        self._waits_s: deque[float] = deque(maxlen=KEPT)
        self._rows: deque[int] = deque(maxlen=KEPT)

    def waited(self, waits_s: list[float]) -> None:
        """Rows that waited so long go to the model for the first time."""
        self._waits_s.extend(waits_s)

    def called(self, rows: int) -> None:
        """The model is called with so many rows."""
        self.batches += 1
        self._rows.append(rows)

    def snapshot(self, batch_limit: int) -> QueueStatistics:
        """The figures of this moment; zeros where nothing was measured."""
        p50, p99 = np.percentile(list(self._waits_s) or [0.0], (50, 99)) * 1000
        rows = sum(self._rows) / max(1, len(self._rows))
        return QueueStatistics(
            **self.ends, batches=self.batches, retries=self.retries, out_of_memory=self.out_of_memory,
            batch_rows=rows, batch_limit=batch_limit, wait_p50_ms=float(p50), wait_p99_ms=float(p99),
        )  # fmt: skip
