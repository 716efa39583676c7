"""Rivers and lakes of secondary terrain in the rock between rooms.

Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.simulator.rng import chance, rand_int, rand_range
from pmd_gym.simulator.terrain import (
    FLOOR,
    GROUND,
    HEIGHT,
    IMPASSABLE,
    MONSTER_HOUSE,
    SECONDARY,
    SHOP,
    SPAWN_STAIRS,
    STEP_X,
    STEP_Y,
    UNBREAKABLE,
    WALL,
    WIDTH,
    ground,
    inside,
    set_ground,
)

RIVERS = np.array([1, 1, 1, 2, 2, 2, 3, 3])
POND = 10


@kernel
def flood_rock(plan: Any, lakes: int) -> None:
    """One to three rivers with a lake each, `lakes` tries of a separate lake, then tidy up."""
    for _ in range(RIVERS[rand_int(plan, 8)]):
        _run_river(plan)
    for _ in range(lakes):
        _dig_pond(plan)
    _tidy(plan)


@kernel
def _flood(plan: Any, x: int, y: int) -> None:
    """Turn a breakable wall into secondary terrain."""
    if inside(x, y) and plan.flags[y, x] & (GROUND | IMPASSABLE) == WALL:
        set_ground(plan, x, y, SECONDARY)


@kernel
def _run_river(plan: Any) -> None:
    """From the lower or upper edge to the other one, in chunks that alternate between straight and sideways."""
    upwards = chance(plan, 50)
    y, flow = (HEIGHT - 1, -1) if upwards else (0, 1)
    until_lake = rand_int(plan, 50) + 10
    x = rand_range(plan, 2, WIDTH - 2)
    dx, dy = 0, flow
    while 0 <= y < HEIGHT:
        for _ in range(rand_int(plan, 6) + 2):
            if 0 <= x < WIDTH:
                if ground(plan, x, y) == SECONDARY:
                    return
                _flood(plan, x, y)
            x, y = x + dx, y + dy
            if not 0 <= y < HEIGHT:
                break
            until_lake -= 1
            if until_lake == 0:
                _widen_to_lake(plan, x, y)
        if dx != 0:
            dx, dy = 0, flow
        else:
            dx, dy = (-1 if chance(plan, 50) else 1), 0


@kernel
def _widen_to_lake(plan: Any, x: int, y: int) -> None:
    """Grow the river around a tile at random, then fill what is half surrounded."""
    for _ in range(64):
        lake_x = x + rand_int(plan, 7) - 3
        lake_y = y + rand_int(plan, 7) - 3
        if _may_hold_lake(lake_x, lake_y) and _wet_neighbours(plan, lake_x, lake_y) > 0:
            _flood(plan, lake_x, lake_y)
    for lake_x in range(x - 3, x + 4):
        for lake_y in range(y - 3, y + 4):
            if _may_hold_lake(lake_x, lake_y) and _wet_neighbours(plan, lake_x, lake_y) >= 4:
                _flood(plan, lake_x, lake_y)


@kernel
def _may_hold_lake(x: int, y: int) -> bool:
    return 2 <= x < WIDTH - 2 and 2 <= y < HEIGHT - 2


@kernel
def _wet_neighbours(plan: Any, x: int, y: int) -> int:
    count = 0
    for direction in range(8):
        count += ground(plan, x + STEP_X[direction], y + STEP_Y[direction]) == SECONDARY
    return count


@kernel
def _dig_pond(plan: Any) -> None:
    """A separate lake of at most 8 x 8 tiles around a drawn tile of the map's interior."""
    for _ in range(200):
        x = rand_range(plan, 0, WIDTH)
        y = rand_range(plan, 0, HEIGHT)
        if 1 <= x < WIDTH - 1 and 1 <= y < HEIGHT - 1:
            _shape_pond(plan)
            _fill_pond(plan, x - 5, y - 5)
            return


@kernel
def _shape_pond(plan: Any) -> None:
    """`plan.pond`: dry land creeps in from the border of the mask, 80 draws."""
    pond = plan.pond
    for a in range(POND):
        for b in range(POND):
            pond[a, b] = a == 0 or b == 0 or a == POND - 1 or b == POND - 1
    for _ in range(80):
        a = rand_int(plan, 8) + 1
        b = rand_int(plan, 8) + 1
        if pond[a - 1, b] or pond[a + 1, b] or pond[a, b - 1] or pond[a, b + 1]:
            pond[a, b] = 1


@kernel
def _fill_pond(plan: Any, left: int, top: int) -> None:
    for a in range(POND):
        for b in range(POND):
            if not plan.pond[a, b]:
                _flood(plan, left + a, top + b)


@kernel
def _tidy(plan: Any) -> None:
    """Secondary terrain leaves special floor and the two outer rings of the map (the right side has one only)."""
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if ground(plan, x, y) != SECONDARY:
                continue
            if plan.flags[y, x] & (SHOP | MONSTER_HOUSE | UNBREAKABLE) or plan.spawns[y, x] & SPAWN_STAIRS:
                set_ground(plan, x, y, FLOOR)
            elif x <= 1 or x >= WIDTH - 1 or y <= 1 or y >= HEIGHT - 1:
                set_ground(plan, x, y, WALL)
