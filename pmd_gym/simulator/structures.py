"""Structures of secondary terrain inside rooms: maze, cross, checkerboard, pool, island, divider.

Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.hallways import LINK_X, LINK_Y
from pmd_gym.simulator.rng import rand_int, rand_range
from pmd_gym.simulator.terrain import (
    CUTTABLE,
    DIVIDED,
    FLOOR,
    NO_ROOM,
    SECONDARY,
    SPAWN_ITEM,
    SPAWN_SPECIAL,
    SPAWN_STRUCTURE,
    SPAWN_TRAP,
    SPAWN_WARP,
    WALL,
    ground,
    room_at,
    set_ground,
)

MAZE, CHECKERBOARD, POOL, ISLAND, DIVIDER = 1, 2, 3, 4, 5


@kernel
def build_structures(plan: Any) -> None:
    """Draw a structure for every room that wants one; rooms too small for theirs stay as they are."""
    for y in range(plan.grid_height):
        for x in range(plan.grid_width):
            cell = plan.cells[x, y]
            plain = cell.valid and cell.room and not cell.merged and not cell.monster_house
            if plain and cell.wants_structure and not cell.imperfect:
                _build(plan, cell, rand_int(plan, 6))


@kernel
def _build(plan: Any, cell: Any, kind: int) -> None:
    odd = (cell.x1 - cell.x0) % 2 == 1 and (cell.y1 - cell.y0) % 2 == 1
    least = min(cell.x1 - cell.x0, cell.y1 - cell.y0)
    if kind == POOL and least >= 5:
        _build_pool(plan, cell)  # draws before it looks at the budget
    elif plan.structure_budget == 0:
        return
    elif kind == MAZE:
        _build_maze_or_cross(plan, cell, odd, least)
    elif kind == CHECKERBOARD and odd:
        _build_checkerboard(plan, cell)
    elif kind == ISLAND and least >= 6:
        _build_island(plan, cell)
    elif kind == DIVIDER:
        _build_divider(plan, cell)


@kernel
def _claim(plan: Any, cell: Any) -> None:
    """Pay for a structure and mark the tiles of its room."""
    plan.structure_budget -= 1
    for y in range(cell.y0, cell.y1):
        for x in range(cell.x0, cell.x1):
            plan.spawns[y, x] |= SPAWN_STRUCTURE


@kernel
def _build_pool(plan: Any, cell: Any) -> None:
    xa = rand_range(plan, cell.x0 + 2, cell.x1 - 3)
    ya = rand_range(plan, cell.y0 + 2, cell.y1 - 3)
    xb = rand_range(plan, cell.x0 + 2, cell.x1 - 3)
    yb = rand_range(plan, cell.y0 + 2, cell.y1 - 3)
    if plan.structure_budget == 0:
        return
    _claim(plan, cell)
    cell.structured = 1
    for y in range(min(ya, yb), max(ya, yb) + 1):
        for x in range(min(xa, xb), max(xa, xb) + 1):
            set_ground(plan, x, y, SECONDARY)


@kernel
def _build_checkerboard(plan: Any, cell: Any) -> None:
    _claim(plan, cell)
    cell.structured = 1
    for _ in range(64):
        dx = rand_int(plan, cell.x1 - cell.x0)
        dy = rand_int(plan, cell.y1 - cell.y0)
        if (dx + dy) % 2:
            set_ground(plan, cell.x0 + dx, cell.y0 + dy, SECONDARY)


@kernel
def _build_island(plan: Any, cell: Any) -> None:
    """A 4 x 4 moat around a warp trap (upper left) and three items."""
    _claim(plan, cell)
    cell.structured = 1
    middle_x, middle_y = (cell.x0 + cell.x1) // 2, (cell.y0 + cell.y1) // 2
    for y in range(middle_y - 2, middle_y + 2):
        for x in range(middle_x - 2, middle_x + 2):
            if middle_x - 1 <= x <= middle_x and middle_y - 1 <= y <= middle_y:
                plan.spawns[y, x] |= SPAWN_ITEM | SPAWN_SPECIAL
            else:
                set_ground(plan, x, y, SECONDARY)
                plan.flags[y, x] |= CUTTABLE
    warp = plan.spawns[middle_y - 1, middle_x - 1]
    plan.spawns[middle_y - 1, middle_x - 1] = warp & (0xFF - SPAWN_ITEM) | SPAWN_TRAP | SPAWN_WARP


@kernel
def _build_divider(plan: Any, cell: Any) -> None:
    """A line through the middle, given up (but paid) if it would touch a hallway."""
    _claim(plan, cell)
    vertical = rand_int(plan, 2) != 0
    x0, y0, x1, y1 = cell.x0, cell.y0, cell.x1, cell.y1
    if vertical:
        x0 = (cell.x0 + cell.x1) // 2
        x1 = x0 + 1
    else:
        y0 = (cell.y0 + cell.y1) // 2
        y1 = y0 + 1
    for y in range(y0, y1):
        for x in range(x0, x1):
            if _touches_hallway(plan, x, y):
                return
    cell.structured = 1
    for y in range(y0, y1):
        for x in range(x0, x1):
            set_ground(plan, x, y, SECONDARY)
    for y in range(cell.y0, cell.y1 if vertical else y0):
        for x in range(cell.x0, x0 if vertical else cell.x1):
            plan.flags[y, x] |= DIVIDED


@kernel
def _touches_hallway(plan: Any, x: int, y: int) -> bool:
    """True when the tile or one of its four neighbours is corridor floor."""
    if _is_corridor(plan, x, y):
        return True
    for direction in range(4):
        if _is_corridor(plan, x + LINK_X[direction], y + LINK_Y[direction]):
            return True
    return False


@kernel
def _is_corridor(plan: Any, x: int, y: int) -> bool:
    return ground(plan, x, y) == FLOOR and room_at(plan, x, y) == NO_ROOM


@kernel
def _build_maze_or_cross(plan: Any, cell: Any, odd: bool, least: int) -> None:
    """A maze in rooms with odd sides, else a cross, or a single tile in rooms that are too small for one."""
    cell.structured = 1
    if odd:
        _claim(plan, cell)
        _build_maze(plan, cell)
        return
    plan.structure_budget -= 1
    middle_x, middle_y = (cell.x0 + cell.x1) // 2, (cell.y0 + cell.y1) // 2
    set_ground(plan, middle_x, middle_y, SECONDARY)
    if least >= 5:
        for direction in range(4):
            set_ground(plan, middle_x + LINK_X[direction], middle_y + LINK_Y[direction], SECONDARY)


@kernel
def _build_maze(plan: Any, cell: Any) -> None:
    """Walks from every second tile of the border (top, right, bottom, left), then from inner tiles still open."""
    for x in range(cell.x0 + 1, cell.x1 - 1, 2):
        _walk_from_border(plan, cell, x, cell.y0 - 1)
    for y in range(cell.y0 + 1, cell.y1 - 1, 2):
        _walk_from_border(plan, cell, cell.x1, y)
    for x in range(cell.x0 + 1, cell.x1 - 1, 2):
        _walk_from_border(plan, cell, x, cell.y1)
    for y in range(cell.y0 + 1, cell.y1 - 1, 2):
        _walk_from_border(plan, cell, cell.x0 - 1, y)
    for x in range(cell.x0 + 3, cell.x1 - 3, 2):
        for y in range(cell.y0 + 3, cell.y1 - 3, 2):
            if ground(plan, x, y) == FLOOR:
                set_ground(plan, x - 1, y, SECONDARY)
                _walk_maze(plan, cell, x, y)


@kernel
def _walk_from_border(plan: Any, cell: Any, x: int, y: int) -> None:
    if ground(plan, x, y) != FLOOR:
        _walk_maze(plan, cell, x, y)


@kernel
def _walk_maze(plan: Any, cell: Any, x: int, y: int) -> None:
    """Put obstacles along a random walk in steps of two until no open tile of the room is in reach."""
    room = room_at(plan, cell.x0, cell.y0)
    while True:
        direction = rand_int(plan, 4)
        _put_obstacle(plan, x, y, room)
        for _ in range(4):
            if _open_in_room(plan, cell, x + 2 * LINK_X[direction], y + 2 * LINK_Y[direction]):
                break
            direction = direction + 1 & 3
        else:
            return
        _put_obstacle(plan, x + LINK_X[direction], y + LINK_Y[direction], room)
        x, y = x + 2 * LINK_X[direction], y + 2 * LINK_Y[direction]


@kernel
def _open_in_room(plan: Any, cell: Any, x: int, y: int) -> bool:
    return cell.x0 <= x < cell.x1 and cell.y0 <= y < cell.y1 and ground(plan, x, y) == FLOOR


@kernel
def _put_obstacle(plan: Any, x: int, y: int, room: int) -> None:
    set_ground(plan, x, y, SECONDARY if room_at(plan, x, y) == room else WALL)
