"""What a skill may import: actions, directions, knowledge of items, and the words `GiveUp` and `Sight`.

In a worker nothing can be read from disk any more, so a skill imports these, the modules of `agents.policy` that they
come from, `numpy`, and `PRELOADED` of Python's own.
"""

from __future__ import annotations

from agents.policy import lore
from agents.policy.orders import ATTACK, FACE, MOVE, STAIRS, STEP, THROW_ITEM, USE_ITEM, WAIT
from agents.policy.paths import DIRECTIONS, Point, chebyshev, direction_between, points_of
from agents.skills.sight import Actions, GiveUp, Sight

__all__ = [
    "ATTACK", "DIRECTIONS", "FACE", "MOVE", "PRELOADED", "STAIRS", "STEP", "THROW_ITEM", "USE_ITEM", "WAIT", "Actions",
    "GiveUp", "Point", "Sight", "chebyshev", "direction_between", "lore", "points_of",
]  # fmt: skip

PRELOADED = (
    "bisect", "collections", "collections.abc", "dataclasses", "enum", "functools", "heapq", "itertools", "math",
    "operator", "random", "re", "statistics", "string", "typing", "numpy",
)  # fmt: skip
"""Modules that a worker loads before it locks itself up."""
