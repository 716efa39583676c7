"""Memories for tests: keys that lie in clusters, records that say their number, stores over any index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.memory.exact_index import ExactKind
from agents.memory.interface import Record
from agents.memory.store import MemoryStore

DIMENSIONS = 16


def keys(count: int, dimensions: int = DIMENSIONS, seed: int = 0) -> NDArray[np.float32]:
    """(count, dimensions) rows of length 1 in clusters."""
    draw = np.random.default_rng(seed)
    centres = draw.standard_normal((max(1, count // 16), dimensions))
    made = centres[draw.integers(len(centres), size=count)] + 0.4 * draw.standard_normal((count, dimensions))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def record(number: int, *, env_id: int = 0, **more: Any) -> Record:
    """Memory `number`; its moment and step."""
    values = {"episode": 0, "seed": 1, "step": number, "moment": number, "dungeon": 1, "floor": 1}
    return Record(env_id, **{**values, "decision": "attack", "reward": float(number), **more})


def store(path: Path | None, **more: Any) -> MemoryStore:
    """A store of one silo with exact search, unless `more` says otherwise."""
    settings: dict[str, Any] = {"dimensions": DIMENSIONS, "embedder": "test", "intervals": (1,), "kind": ExactKind()}
    return MemoryStore(path, **{**settings, **more})


def fill(memory: MemoryStore, count: int, *, start: int = 0, batch: int = 5) -> NDArray[np.float32]:
    """Add `count` memories in batches and share them; their keys."""
    made = keys(start + count)[start:]
    for first in range(0, count, batch):
        part = made[first : first + batch]
        memory.add(memory.intervals[0], part, [record(start + first + row) for row in range(len(part))])
    memory.share([0])
    return made


def numbers(memory: MemoryStore, asked: NDArray[np.float32]) -> list[int]:
    """Which memory is found first for each key."""
    return [hits[0].record.moment if hits else -1 for hits in memory.search([9] * len(asked), asked, 1)]
