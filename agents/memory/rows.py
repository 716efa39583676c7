"""Keys that grow row by row in RAM and are searched exactly: what is new since the base was written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.memory.exact_index import best_rows

FIRST_ROOM = 64


class Rows:
    """A `VectorIndex` that takes more rows; doubles its room when it is full."""

    def __init__(self, dimensions: int) -> None:
        self._keys = np.empty((FIRST_ROOM, dimensions), np.float32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def keys(self) -> NDArray[np.float32]:
        """The rows so far, a view."""
        return self._keys[: self._count]

    def append(self, keys: NDArray[np.float32]) -> None:
        """Add rows (n, dimensions)."""
        needed = self._count + len(keys)
        if needed > len(self._keys):
            grown = np.empty((max(needed, 2 * len(self._keys)), self._keys.shape[1]), np.float32)
            grown[: self._count] = self.keys
            self._keys = grown
        self._keys[self._count : needed] = keys
        self._count = needed

    def search(self, keys: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """See `VectorIndex.search`."""
        return best_rows(keys @ self.keys.T, k)
