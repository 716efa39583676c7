"""What a memory is worth: how age counts in recall, what is kept when a silo is full, what is no news.

All ages are moments, steps of all games together; `interval` is the silo's. Nothing else in the room weighs memories.

- similarity = key . query, both of length 1: the cosine.
- fade(age) = 2 ** (-age / (HALF_LIFE * interval)): slow silos forget slowly.
- score = similarity - FADING * (1 - fade(age)): of equal memories the newer one comes first, and age never weighs
  more than FADING, so that an old memory of this very place beats a fresh one of another.
- value = |reward| + |hp_change| + floors + 1 at an episode's end or for a whole floor: what was eventful.
- keep = (CALM + value) * fade(age): a silo above its capacity gives up the rows with the least.
- no news: similarity >= SAME to a memory of the same episode and silo with the same floor, decision, floors gained and
  end, sign of hp_change, and a reward at most SAME_REWARD apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.memory.interface import WHOLE_FLOOR, Record

HALF_LIFE = 20_000
"""Moments after which a memory of the silo of interval 1 counts half."""
FADING = 0.1
CALM = 0.1
SAME = 0.9995
SAME_REWARD = 0.1


def fade(ages: NDArray[np.int64], interval: int) -> NDArray[np.float64]:
    """Weight 0..1 of memories of the given ages (n,)."""
    return np.exp2(-np.maximum(ages, 0) / (HALF_LIFE * interval))


def scores(similarities: NDArray[np.float32], ages: NDArray[np.int64], interval: int) -> NDArray[np.float64]:
    """Similarities (n,) with the age taken off."""
    return similarities - FADING * (1.0 - fade(ages, interval))


def value(record: Record) -> float:
    """How eventful a memory is, 0 and up."""
    once = bool(record.end) or record.decision == WHOLE_FLOOR
    return abs(record.reward) + abs(record.hp_change) + max(0, record.floors) + once


def keep(values: NDArray[np.float32], ages: NDArray[np.int64], interval: int) -> NDArray[np.float64]:
    """What it is worth to keep memories, (n,)."""
    return (CALM + values) * fade(ages, interval)


def is_news(record: Record, other: Record, similarity: float) -> bool:
    """False if `record` says what `other`, of the same episode and silo, says already."""
    return similarity < SAME or _gist(record) != _gist(other) or abs(record.reward - other.reward) > SAME_REWARD


def _gist(record: Record) -> tuple[object, ...]:
    change = record.hp_change
    return (
        record.episode, record.dungeon, record.floor, record.decision, record.floors, record.end,
        (change > 0) - (change < 0), record.map,
    )  # fmt: skip
