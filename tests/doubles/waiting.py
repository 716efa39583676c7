"""Games in which the leader only waits, for tests of what every turn does by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pmd_gym.backends.interface import CommandKind
from pmd_gym.simulator import ids
from tests.doubles.arena import FOE, LEADER, Arena

BULBASAUR, CHARMANDER = 1, 4
FIRST_TURN = 3
FAR_OFF = (50, 27)


def wait(arena: Arena, turns: int, read: Callable[[], Any]) -> list[Any]:
    """The value of `read` after each of `turns` passed turns."""
    values = []
    for _ in range(turns):
        arena.games.step(np.array([0]), np.array([[CommandKind.WAIT, 0]], np.int16))
        values.append(read())
    return values


def arena_with(**fields: Any) -> tuple[Arena, Any]:
    arena = Arena()
    monster = arena.put(LEADER, BULBASAUR, (20, 15), **fields)
    arena.world["fractional_turn"] = FIRST_TURN
    return arena, monster


def idler(arena: Arena, species: int, slot: int = FOE, **fields: Any) -> Any:
    """A wild monster that does nothing but end its turns."""
    fields = {"hp": 200, "max_hp": 200, "cringe_status": ids.PAUSED, "cringe_turns": ids.FOREVER, **fields}
    x, y = FAR_OFF
    return arena.put(slot, species, (x - 2 * (slot - FOE), y), **fields)


def falls(values: list[int], start: int) -> dict[int, int]:
    """Turn (from 1) -> HP lost in it; HP won are negative."""
    steps = zip([start, *values], values, strict=False)
    return {turn: before - after for turn, (before, after) in enumerate(steps, 1) if before != after}
