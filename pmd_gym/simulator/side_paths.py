"""Extra hallways: random walks that leave a room and tunnel until they meet something open.

Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.grid import MEDIUM, SMALL
from pmd_gym.simulator.rng import chance, rand_int, rand_range
from pmd_gym.simulator.terrain import (
    FLOOR,
    HEIGHT,
    IMPASSABLE,
    SECONDARY,
    STEP_X,
    STEP_Y,
    WIDTH,
    ground,
    room_at,
    set_ground,
)

SOUTH, EAST, NORTH, WEST = 0, 2, 4, 6
SMALL_LIMIT = 32
MEDIUM_LIMIT = 48


@kernel
def carve_side_paths(plan: Any, count: int) -> None:
    """Try `count` extra hallways, each from a drawn cell; cells without a connected room are skipped."""
    for _ in range(count):
        column = rand_int(plan, plan.grid_width)
        row = rand_int(plan, plan.grid_height)
        cell = plan.cells[column, row]
        if cell.room and cell.connected and cell.valid:
            x = rand_range(plan, cell.x0, cell.x1)
            y = rand_range(plan, cell.y0, cell.y1)
            direction = _turn_inwards(plan, column, row, rand_int(plan, 4) * 2)
            x, y = _leave_open_floor(plan, x, y, direction)
            if _may_start(plan, x, y, direction):
                _tunnel(plan, x, y, direction)


@kernel
def _turn_inwards(plan: Any, column: int, row: int, direction: int) -> int:
    """Rotate a direction that leads from an outer cell to the map's edge."""
    for _ in range(3):
        if direction == SOUTH and row >= plan.grid_height - 1:
            direction = EAST
        if direction == EAST and column >= plan.grid_width - 1:
            direction = NORTH
        if direction == NORTH and row <= 0:
            direction = WEST
        if direction == WEST and column <= 0:
            direction = SOUTH
    return direction


@kernel
def _leave_open_floor(plan: Any, x: int, y: int, direction: int) -> tuple[int, int]:
    """First tile outside the room in that direction which is no floor."""
    room = room_at(plan, x, y)
    while room_at(plan, x, y) == room:
        x, y = x + STEP_X[direction], y + STEP_Y[direction]
    while ground(plan, x, y) == FLOOR:
        x, y = x + STEP_X[direction], y + STEP_Y[direction]
    return x, y


@kernel
def _may_start(plan: Any, x: int, y: int, direction: int) -> bool:
    if ground(plan, x, y) == SECONDARY or x < 2 or y < 2 or x > WIDTH - 3 or y > HEIGHT - 3:
        return False
    return not _open_beside(plan, x, y, direction)


@kernel
def _open_beside(plan: Any, x: int, y: int, direction: int) -> bool:
    """True when the tile to the left or to the right of the walker is floor."""
    left, right = (direction + 2) & 6, (direction - 2) & 6
    return (
        ground(plan, x + STEP_X[left], y + STEP_Y[left]) == FLOOR
        or ground(plan, x + STEP_X[right], y + STEP_Y[right]) == FLOOR
    )


@kernel
def _tunnel(plan: Any, x: int, y: int, direction: int) -> None:
    """Carve in strides of 3 to 5 tiles with a turn after each, until the walk is stopped."""
    stride = rand_int(plan, 3) + 3
    while not _is_stopped(plan, x, y):
        if not _would_open_square(plan, x, y):
            set_ground(plan, x, y, FLOOR)
        if _open_beside(plan, x, y, direction):
            return
        stride -= 1
        if stride == 0:
            stride = rand_int(plan, 3) + 3
            direction = (direction + 2 if chance(plan, 50) else direction - 2) & 6
            if direction == EAST and _leaves_used_part(plan, x):
                return
        x, y = x + STEP_X[direction], y + STEP_Y[direction]


@kernel
def _is_stopped(plan: Any, x: int, y: int) -> bool:
    if x <= 1 or y <= 1 or x >= WIDTH - 1 or y >= HEIGHT - 1:
        return True
    return ground(plan, x, y) == FLOOR or plan.flags[y, x] & IMPASSABLE != 0


@kernel
def _would_open_square(plan: Any, x: int, y: int) -> bool:
    """True when the tile is the last one missing in a 2 x 2 square of floor."""
    for dx in (-1, 1):
        for dy in (-1, 1):
            if (
                ground(plan, x + dx, y) == FLOOR
                and ground(plan, x + dx, y + dy) == FLOOR
                and ground(plan, x, y + dy) == FLOOR
            ):
                return True
    return False


@kernel
def _leaves_used_part(plan: Any, x: int) -> bool:
    if plan.floor_size == SMALL:
        return x >= SMALL_LIMIT
    return plan.floor_size == MEDIUM and x >= MEDIUM_LIMIT
