"""Who is asked next: waiting rows in lanes by kind of call, with turns between kinds and between callers.

Pure bookkeeping: knows no clock, no model and no event loop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Kind(StrEnum):
    """What is asked of a model; a batch is of one kind."""

    CHOOSE = "choose"
    GENERATE = "generate"
    EMBED = "embed"


class Lanes(Generic[Row]):
    """Rows of a caller leave in the order in which they came; callers take turns, and so do kinds.

    A caller who waits with one row is passed by at most one row of every other caller that waits in its lane, however
    many rows they have; a lane that is due is passed by at most one batch of each other lane.
    """

    def __init__(self) -> None:
        self._lanes: dict[Kind, dict[int, deque[Row]]] = {kind: {} for kind in Kind}

    def __len__(self) -> int:
        return sum(map(self.waiting, Kind))

    def waiting(self, kind: Kind) -> int:
        """How many rows of a kind wait."""
        return sum(map(len, self._lanes[kind].values()))

    def rows(self, kind: Kind) -> Iterable[Row]:
        """Every row of a kind that waits, in no particular order."""
        return (row for rows in self._lanes[kind].values() for row in rows)

    def add(self, kind: Kind, caller: int, row: Row) -> None:
        """Put a row behind its caller's others."""
        self._lanes[kind].setdefault(caller, deque()).append(row)

    def remove(self, kind: Kind, caller: int, row: Row) -> None:
        """Take a row out wherever it waits; nothing happens where it does not."""
        rows = self._lanes[kind].get(caller)
        if rows is not None and row in rows:
            rows.remove(row)
            if not rows:
                del self._lanes[kind][caller]

    def due(self, ready: Callable[[Kind], bool]) -> Kind | None:
        """The kind that was served longest ago of those that have rows and are ready; None if there is none."""
        return next((kind for kind in self._lanes if self._lanes[kind] and ready(kind)), None)

    def take(self, kind: Kind, count: int) -> list[Row]:
        """Up to `count` rows, one of each caller in turn; the kind goes behind the others."""
        callers = self._lanes.pop(kind)
        self._lanes[kind] = callers
        taken: list[Row] = []
        while callers and len(taken) < count:
            caller = next(iter(callers))
            rows = callers.pop(caller)
            taken.append(rows.popleft())
            if rows:
                callers[caller] = rows
        return taken
