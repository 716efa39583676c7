"""One silo: memories sampled at one interval, a base on the disk, what is new in RAM, and what each game lives through.

A search looks into three places: the base (an index of all but the newest, mapped and never changed), the shared rows
since, and the rows of the game's own episode, which become shared when it ends. `settle` writes a new base when enough
is new, and gives up the memories worth least when there are more than `capacity`. Formulas stand in `worth`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.memory import worth
from agents.memory.generation import ROW, Base, Entry, Generation
from agents.memory.interface import Hit, IndexKind, Record
from agents.memory.journal import DamagedMemory, Shape
from agents.memory.rows import Rows
from pmd_gym.errors import MemoryFault

SETTLE_ROWS, SETTLE_SHARE = 4096, 0.25
"""A new base is written when more rows than this, and than this share of the base, are new."""
OVERSAMPLED = 2
"""So many times k are taken by similarity before age is counted."""


class Candidate(NamedTuple):
    """A memory that may be among the best, not read yet: `place` is its record, or where its frame begins."""

    score: float
    similarity: float
    moment: int
    interval: int
    place: Record | int


@dataclass(slots=True)
class Recent:
    """Memories in RAM: keys, records, and the entry of `ROW` of each."""

    keys: Rows
    records: list[Record] = field(default_factory=list)
    rows: list[Entry] = field(default_factory=list)

    def append(self, keys: NDArray[np.float32], records: Sequence[Record], rows: Sequence[Entry]) -> None:
        """Add memories."""
        self.keys.append(keys)
        self.records += records
        self.rows += rows


class Silo:
    """Memories of one interval; `folder` None keeps everything in RAM."""

    def __init__(self, shape: Shape, kind: IndexKind, folder: Path | None, capacity: int, mapped: bool = True) -> None:
        self._shape = shape
        self._capacity = capacity
        self._files = Generation(folder, shape, kind, mapped) if folder else None
        self._base: Base | None = self._files.base if self._files else None
        self._shared = self._empty()
        self._own: dict[int, Recent] = {}
        if self._files:
            self._shared.append(*self._files.newer())
            self.settle(self.newest + 1)

    def __len__(self) -> int:
        recent = (self._shared, *self._own.values())
        return sum(len(part.records) for part in recent) + (len(self._base) if self._base else 0)

    @property
    def newest(self) -> int:
        """Moment of the newest memory, -1 without any."""
        recent = (self._shared, *self._own.values())
        newest = max((moment for part in recent for _, moment, _ in part.rows), default=-1)
        return max(newest, self._base.newest if self._base else -1)

    def add(self, keys: NDArray[np.float32], records: Sequence[Record]) -> int:
        """Keep what is news of `records` (n) under `keys` (n, dimensions); the number kept."""
        news = [row for row, record in enumerate(records) if self._is_news(keys[row], record)]
        kept = [records[row] for row in news]
        if kept:
            offsets = self._files.journal.append(keys[news], kept) if self._files else [0] * len(kept)
            for row, record, offset in zip(news, kept, offsets, strict=True):
                entry = (offset, record.moment, worth.value(record))
                self._own.setdefault(record.env_id, self._empty()).append(keys[row : row + 1], [record], [entry])
        return len(kept)

    def share(self, env_ids: Sequence[int]) -> None:
        """What these games lived through is everybody's from now on."""
        for env_id in env_ids:
            own = self._own.pop(env_id, None)
            if own:
                self._shared.append(own.keys.keys, own.records, own.rows)
        if not self._files and len(self._shared.records) > self._capacity:
            self._shared = self._best_of_shared()

    def search(self, env_ids: Sequence[int], keys: NDArray[np.float32], k: int, now: int) -> list[list[Candidate]]:
        """At most 3 k candidates for each game, in no order, among them the best k."""
        found = [list(line) for line in self._in_base(keys, OVERSAMPLED * k, now)]
        if self._shared.records:
            for line, more in zip(found, self._in_recent(self._shared, keys, k, now), strict=True):
                line += more
        for row, env_id in enumerate(env_ids):
            own = self._own.get(env_id)
            if own:
                found[row] += next(self._in_recent(own, keys[row : row + 1], k, now))
        return found

    def hit(self, candidate: Candidate, key: NDArray[np.float32], now: int) -> Hit | None:
        """The memory behind a candidate of this silo for the query `key`; None, with a warning, if it is damaged."""
        record, similarity, score = candidate.place, candidate.similarity, candidate.score
        if isinstance(record, int):
            assert self._files is not None
            try:
                exact, record = self._files.journal.read(record)
            except MemoryFault as error:
                warnings.warn(str(error), DamagedMemory, stacklevel=2)
                return None
            true = float(exact.astype(np.float32) @ key)
            similarity, score = true, score + true - similarity
        return Hit(record, similarity, score, now - record.moment, self._shape.interval)

    def settle(self, now: int, force: bool = False) -> None:
        """Write a new base if enough is new; memories of running episodes stay in RAM and in the journal."""
        if not self._files:
            return
        self._files.journal.sync()
        new = len(self._shared.records)
        if new > (0 if force else max(SETTLE_ROWS, SETTLE_SHARE * (len(self._base) if self._base else 0))):
            running = [offset for own in self._own.values() for offset, _, _ in own.rows]
            self._base, moved = self._files.renew(lambda rows: self._kept(rows, now), running)
            for own in self._own.values():
                own.rows = [(moved[offset], moment, value) for offset, moment, value in own.rows]
            self._shared = self._empty()

    def close(self) -> None:
        """Force the journal to the disk and release the files; idempotent."""
        if self._files:
            self._files.close()
        self._files = self._base = None

    def _empty(self) -> Recent:
        return Recent(Rows(self._shape.dimensions))

    def _is_news(self, key: NDArray[np.float32], record: Record) -> bool:
        own = self._own.get(record.env_id)
        if own is None or not own.records:
            return True
        similarities = own.keys.keys @ key
        near = np.flatnonzero(similarities >= worth.SAME).tolist()
        return all(worth.is_news(record, own.records[row], float(similarities[row])) for row in near)

    def _in_recent(self, part: Recent, keys: NDArray[np.float32], k: int, now: int) -> Iterator[list[Candidate]]:
        similarities, rows = part.keys.search(keys, OVERSAMPLED * k)
        for near, line in zip(similarities, rows, strict=True):
            at = line[line >= 0].tolist()
            moments = np.array([part.rows[row][1] for row in at], np.int64)
            yield self._best(near[: len(at)], moments, [part.records[row] for row in at], k, now)

    def _in_base(self, keys: NDArray[np.float32], k: int, now: int) -> Iterator[list[Candidate]]:
        if self._base is None:
            yield from ([] for _ in keys)
            return
        similarities, rows = self._base.index.search(keys, k)
        for near, line in zip(similarities, rows, strict=True):
            entries = self._base.rows[line[line >= 0]]
            yield self._best(near[: len(entries)], entries["moment"], entries["offset"].tolist(), k // OVERSAMPLED, now)

    def _best(
        self, similarities: NDArray[np.float32], moments: NDArray[np.int64], places: Sequence[Record | int], k: int,
        now: int,
    ) -> list[Candidate]:  # fmt: skip
        interval = self._shape.interval
        scores = worth.scores(similarities, now - moments, interval)
        best = np.argsort(-scores, kind="stable")[:k].tolist()
        return [
            Candidate(float(scores[at]), float(similarities[at]), int(moments[at]), interval, places[at]) for at in best
        ]

    def _kept(self, rows: NDArray[np.void], now: int) -> NDArray[np.bool_]:
        """Which of the rows to keep, (n,): those worth most, at most `capacity`."""
        chosen = np.ones(len(rows), np.bool_)
        if len(rows) > self._capacity:
            worths = worth.keep(rows["value"], now - rows["moment"], self._shape.interval)
            chosen[np.argsort(-worths, kind="stable")[self._capacity :]] = False
        return chosen

    def _best_of_shared(self) -> Recent:
        shared, best = self._shared, self._empty()
        rows = np.array(shared.rows, ROW)
        at = np.flatnonzero(self._kept(rows, int(rows["moment"].max()) + 1)).tolist()
        best.append(shared.keys.keys[at], [shared.records[row] for row in at], [shared.rows[row] for row in at])
        return best
