"""All silos of a memory, opened side by side: the `Memory` that runs use.

One process owns a folder; a second one is refused while the first lives. Silos are opened when the store is made, in
threads: hashing reads every page of their files, so the first query finds them in RAM.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from agents.memory.interface import INTERVALS, Hit, IndexKind, Record
from agents.memory.journal import MAX_DIMENSIONS, Shape
from agents.memory.kinds import index_kind
from agents.memory.silo import Candidate, Silo
from pmd_gym.errors import ClosedError, ConfigError

CAPACITY = 100_000
MAX_K = 256


class MemoryStore:
    """See `Memory`. `path` None keeps everything in RAM, for tests and for runs that leave nothing."""

    def __init__(
        self, path: Path | None, *, dimensions: int, embedder: str, intervals: Sequence[int] = INTERVALS,
        kind: IndexKind | None = None, capacity: int = CAPACITY, mapped: bool = True, threads: int | None = None,
    ) -> None:  # fmt: skip
        """Open or begin the memory in the folder `path`.

        `embedder` is the name of what makes the keys; `capacity` rows a silo; `threads` 1 opens one silo after the
        other. ConfigError for impossible settings or a folder in use, WrongKeys for one of another embedder.
        """
        _check(dimensions, embedder, intervals, capacity)
        self.intervals, self.dimensions = tuple(intervals), dimensions
        kind = kind or index_kind()
        self._lock = _locked(path) if path else None

        def opened(interval: int) -> Silo:
            folder = path / f"silo_{interval:03d}" if path else None
            return Silo(Shape(interval, dimensions, embedder), kind, folder, capacity, mapped)

        try:
            with ThreadPoolExecutor(threads or len(self.intervals), thread_name_prefix="silo") as pool:
                self._silos = dict(zip(self.intervals, pool.map(opened, self.intervals), strict=True))
        except BaseException:
            _unlock(self._lock)
            raise
        self.moment = 1 + max(silo.newest for silo in self._silos.values())
        self._closed = False

    def __len__(self) -> int:
        return sum(map(len, self._silos.values()))

    def add(self, interval: int, keys: NDArray[np.float32], records: Sequence[Record]) -> None:
        """See `Memory.add`."""
        self._check_keys(keys, len(records))
        self._silo(interval).add(keys, records)
        self.moment = max([self.moment, *(record.moment + 1 for record in records)])

    def share(self, env_ids: Sequence[int]) -> None:
        """See `Memory.share`; a new base is written where enough is new and no episode runs."""
        for silo in self._open().values():
            silo.share(env_ids)
            silo.settle(self.moment)

    def search(
        self, env_ids: Sequence[int], keys: NDArray[np.float32], k: int, silos: Sequence[int] | None = None
    ) -> list[list[Hit]]:
        """See `Memory.search`; one pass over the whole batch in each silo."""
        self._check_keys(keys, len(env_ids))
        if not 1 <= k <= MAX_K:
            raise ConfigError(f"k must be 1..{MAX_K}, got {k}")
        asked = self.intervals if silos is None else tuple(silos)
        found = [self._silo(interval).search(env_ids, keys, k, self.moment) for interval in asked]
        return [self._hits(best_of([line[row] for line in found], k), keys[row]) for row in range(len(env_ids))]

    def save(self) -> None:
        """See `Memory.save`; writes a new base of everything that is shared."""
        for silo in self._open().values():
            silo.settle(self.moment, force=True)

    def close(self) -> None:
        """See `Memory.close`."""
        if not self._closed:
            self._closed = True
            for silo in self._silos.values():
                silo.settle(self.moment)
                silo.close()
            _unlock(self._lock)

    def __enter__(self) -> MemoryStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _hits(self, best: Sequence[Candidate], key: NDArray[np.float32]) -> list[Hit]:
        hits = (self._silos[candidate.interval].hit(candidate, key, self.moment) for candidate in best)
        return sorted((hit for hit in hits if hit), key=lambda hit: -hit.score)

    def _open(self) -> dict[int, Silo]:
        if self._closed:
            raise ClosedError("the memory was closed; open it again")
        return self._silos

    def _silo(self, interval: int) -> Silo:
        silos = self._open()
        if interval not in silos:
            raise ConfigError(f"no silo of interval {interval}; there are {list(silos)}")
        return silos[interval]

    def _check_keys(self, keys: NDArray[np.float32], count: int) -> None:
        if keys.shape != (count, self.dimensions) or keys.dtype != np.float32:
            raise ConfigError(f"keys must be ({count}, {self.dimensions}) float32, got {keys.shape} {keys.dtype}")
        if not np.isfinite(keys).all():
            raise ConfigError("keys must be finite; an embedder gave NaN or infinity")


def best_of(found: Sequence[Sequence[Candidate]], k: int) -> list[Candidate]:
    """The best `k` of several silos, best first; what is in several of them counts once."""
    best: dict[int, Candidate] = {}
    for candidate in (candidate for line in found for candidate in line):
        known = best.get(candidate.moment)
        if known is None or candidate.score > known.score:
            best[candidate.moment] = candidate
    return sorted(best.values(), key=lambda candidate: -candidate.score)[:k]


def _check(dimensions: int, embedder: str, intervals: Sequence[int], capacity: int) -> None:
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise ConfigError(f"dimensions must be 1..{MAX_DIMENSIONS}, got {dimensions}")
    if not embedder.isascii() or not embedder or len(embedder) > 48:
        raise ConfigError(f"embedder must be a name of 1..48 ASCII characters, got {embedder!r}")
    if not intervals or len(set(intervals)) != len(intervals) or not all(1 <= number <= 999 for number in intervals):
        raise ConfigError(f"intervals must be different numbers of steps 1..999, got {list(intervals)}")
    if capacity < 1:
        raise ConfigError(f"capacity must be at least 1, got {capacity}")


def _locked(path: Path) -> IO[bytes]:
    """The lock of a folder, let go by the system if this process dies; ConfigError if another one holds it."""
    path.mkdir(parents=True, exist_ok=True)
    lock = (path / "lock").open("a+b")
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise ConfigError(f"{path} is in use by another process; close it, or give another folder") from error
    return lock


def _unlock(lock: IO[bytes] | None) -> None:
    if lock:
        lock.close()
