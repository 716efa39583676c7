"""How many rows a batch may have: found out from memory that ran out and from how long batches took.

The rule, of which no model and no clock is known here:

- Memory ran out with n rows, or more than `memory_high` of it is in use after n rows: at most n // 2 rows, and no
  growth for the next `CAUTION` batches.
- Full batches of n rows take longer than `target_s`, in the running mean: at most n // 2 rows; unless n // 2 rows are
  known to take more than `WORTH` of the time of n, because then smaller batches cost throughput and gain little.
- `GROWTH` full batches in a row were neither: one row more, up to `most`.
"""

from __future__ import annotations

CAUTION = 64
GROWTH = 8
WORTH = 0.75
SMOOTH = 0.25
"""Weight of the newest measurement in the mean of a batch size's time."""


class BatchSize:
    """The adapted limit, `rows`, between 1 and `most`."""

    def __init__(self, most: int, target_s: float, memory_high: float = 0.9) -> None:
        self.rows = most
        self._most = most
        self._target_s = target_s
        self._memory_high = memory_high
        self._seconds: dict[int, float] = {}
        self._good = 0
        self._caution = 0

    def out_of_memory(self, rows: int) -> None:
        """A batch of `rows` did not fit."""
        self._shrink(rows)
        self._caution = CAUTION

    def took(self, rows: int, seconds: float, memory: float = 0.0) -> None:
        """A batch of `rows` was answered after `seconds`, with the share `memory` of the memory in use."""
        before = self._seconds.get(rows, seconds)
        self._seconds[rows] = before + SMOOTH * (seconds - before)
        self._caution = max(0, self._caution - 1)
        if memory > self._memory_high:
            self.out_of_memory(rows)
        elif rows >= self.rows:
            self._judge(rows)

    def _judge(self, rows: int) -> None:
        if self._seconds[rows] > self._target_s and self._halving_helps(rows):
            self._shrink(rows)
            return
        self._good = 0 if self._caution else self._good + 1
        if self._good >= GROWTH and self._seconds[rows] <= self._target_s:
            self.rows, self._good = min(self._most, self.rows + 1), 0

    def _halving_helps(self, rows: int) -> bool:
        half = self._seconds.get(rows // 2, 0.0)
        return rows > 1 and half <= WORTH * self._seconds[rows]

    def _shrink(self, rows: int) -> None:
        self.rows = max(1, min(self.rows, rows // 2))
        self._good = 0
