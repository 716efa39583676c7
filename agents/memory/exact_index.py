"""Exact search with NumPy: the oracle of the other indices, and what is used where none of them is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK = 8192
"""Rows compared at once; 12 MiB of float32 with 384 dimensions."""


def best_rows(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The `k` best columns of each row of `scores` (n, m), best first, equal ones in order; padded as `VectorIndex`."""
    count, wide = scores.shape[0], min(k, scores.shape[1])
    best = np.full((count, k), -np.inf, np.float32)
    rows = np.full((count, k), -1, np.int64)
    if wide:
        worst = np.partition(scores, scores.shape[1] - wide, axis=1)[:, scores.shape[1] - wide]
        for at in range(count):
            near = np.flatnonzero(scores[at] >= worst[at])
            order = near[np.argsort(-scores[at, near], kind="stable")[:wide]]
            best[at, :wide], rows[at, :wide] = scores[at, order], order
    return best, rows


class ExactIndex:
    """Rows (m, dimensions) of float16 or float32, compared one by one."""

    def __init__(self, keys: NDArray[np.float16] | NDArray[np.float32]) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def search(self, keys: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """See `VectorIndex.search`."""
        found = [self._block(keys, start, k) for start in range(0, len(self._keys), BLOCK)]
        if not found:
            return best_rows(np.empty((len(keys), 0), np.float32), k)
        scores, rows = (np.concatenate(part, axis=1) for part in zip(*found, strict=True))
        best, order = best_rows(scores, k)
        return best, np.where(order >= 0, np.take_along_axis(rows, np.maximum(order, 0), axis=1), -1)

    def _block(self, keys: NDArray[np.float32], start: int, k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        block = self._keys[start : start + BLOCK].astype(np.float32, copy=False)
        best, rows = best_rows(keys @ block.T, k)
        return best, np.where(rows >= 0, rows + start, -1)


class ExactKind:
    """Keys in a NumPy file, float16: half the size, and 5e-4 off at most in a cosine."""

    name = "exact"

    def build(self, keys: NDArray[np.float32], path: Path) -> None:
        """See `IndexKind.build`."""
        with path.open("wb") as file:
            np.save(file, keys.astype(np.float16), allow_pickle=False)

    def open(self, path: Path, mapped: bool) -> ExactIndex:
        """See `IndexKind.open`."""
        return ExactIndex(np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False))
