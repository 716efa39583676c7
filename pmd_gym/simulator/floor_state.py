"""Whether the floor is still played; asked after everything that can end it."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.monsters import leader_of


@kernel
def floor_over(game: Any) -> bool:
    """True when nothing more happens on this floor; notes why in `turn_result` (src/dungeon_engine.c, IsFloorOver)."""
    world = game.world
    if world.exit_requested:
        return True
    if leader_of(game) < 0:
        world.turn_result = 1
        return True
    if world.floor_result != 0:
        world.turn_result = 2
        return True
    return False
