"""Marks where rooms open into hallways and where hallways branch, and proves that the whole floor can be walked.

Source: pret/pmd-red 1177316f, src/dungeon_generation.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.terrain import (
    ANCHOR,
    CUTTABLE,
    FLOOR,
    GROUND,
    HEIGHT,
    JUNCTION,
    NO_ROOM,
    SECONDARY,
    STEP_X,
    STEP_Y,
    UNBREAKABLE,
    WIDTH,
    ground,
    inside,
    set_ground,
)


@kernel
def mark_room_exits(plan: Any) -> None:
    """Every tile of a room or anchor beside corridor floor becomes a junction; anchors become corridor.

    Anchors change while the scan goes on (column by column), so that only those scanned after a hallway of theirs
    become junctions, as in the game.
    """
    for x in range(WIDTH):
        for y in range(HEIGHT):
            if ground(plan, x, y) != FLOOR:
                continue
            if plan.rooms[y, x] == NO_ROOM:
                for direction in (6, 4, 0, 2):
                    _mark_exit(plan, x + STEP_X[direction], y + STEP_Y[direction])
            elif plan.rooms[y, x] == ANCHOR:
                plan.rooms[y, x] = NO_ROOM


@kernel
def _mark_exit(plan: Any, x: int, y: int) -> None:
    if inside(x, y) and plan.rooms[y, x] != NO_ROOM:
        plan.flags[y, x] |= JUNCTION
        if ground(plan, x, y) == SECONDARY:
            set_ground(plan, x, y, FLOOR)


@kernel
def mark_branches(plan: Any) -> None:
    """Corridor floor with more than two open sides becomes a junction; no corner stays cuttable.

    The game tests the sides to the right and below against x < 54 and x < 30 (a slip: y was meant).
    """
    for x in range(WIDTH):
        for y in range(HEIGHT):
            plan.flags[y, x] &= 0xFFFF - CUTTABLE
            corridor = plan.rooms[y, x] == NO_ROOM and ground(plan, x, y) == FLOOR
            if corridor and _count_open_sides(plan, x, y) > 2:
                plan.flags[y, x] |= JUNCTION


@kernel
def _count_open_sides(plan: Any, x: int, y: int) -> int:
    sides = 0
    sides += ground(plan, x - 1, y) == FLOOR
    sides += ground(plan, x, y - 1) == FLOOR
    if x < WIDTH - 2:
        sides += ground(plan, x + 1, y) == FLOOR
    if x < HEIGHT - 2:
        sides += ground(plan, x, y + 1) == FLOOR
    return sides


@kernel
def all_reachable(plan: Any) -> bool:
    """True when every open tile that is not unbreakable can be reached from the stairs.

    Open is floor, and anything whose corner may be cut.
    """
    spread_from_stairs(plan)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if is_open(plan, x, y) and not plan.reached[y, x] and not plan.flags[y, x] & UNBREAKABLE:
                return False
    return True


@kernel
def spread_from_stairs(plan: Any) -> None:
    """`plan.reached`: 1 for every tile that can be walked to from the stairs.

    Straight steps reach all: a diagonal one needs both tiles beside it open, and so leads nowhere new.
    """
    for y in range(HEIGHT):
        for x in range(WIDTH):
            plan.reached[y, x] = 0
    plan.reached[plan.stairs_y, plan.stairs_x] = 1
    plan.spots[0] = plan.stairs_x * HEIGHT + plan.stairs_y
    done, count = 0, 1
    while done < count:
        x, y = plan.spots[done] // HEIGHT, plan.spots[done] % HEIGHT
        done += 1
        for direction in range(0, 8, 2):
            next_x, next_y = x + STEP_X[direction], y + STEP_Y[direction]
            if is_open(plan, next_x, next_y) and not plan.reached[next_y, next_x]:
                plan.reached[next_y, next_x] = 1
                plan.spots[count] = next_x * HEIGHT + next_y
                count += 1


@kernel
def is_open(plan: Any, x: int, y: int) -> bool:
    if not inside(x, y):
        return False
    return plan.flags[y, x] & GROUND == FLOOR or plan.flags[y, x] & CUTTABLE != 0
