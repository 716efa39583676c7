"""Imperfect rooms: corners that are filled with rock (no floor of the game asks for it, the generator can do it).

Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.simulator.rng import chance, rand_int
from pmd_gym.simulator.terrain import FLOOR, NO_ROOM, STEP_X, STEP_Y, WALL, ground, room_at, set_ground

SPARED_PERCENT = 60
SEARCH_TILES = 10
OPEN_SIDES = np.array([0b0011, 0b1001, 0b1100, 0b0110])
"""Corner (0 top left, then clockwise) -> which of south, east, north, west must be floor, bit 0 is south."""


@kernel
def fill_corners(plan: Any) -> None:
    """Fill some corner tiles of every imperfect room that is spared neither by its kind nor by the draw."""
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            cell = plan.cells[x, y]
            plain = cell.valid and cell.room and cell.connected and not cell.merged and not cell.absorbed
            if plain and cell.imperfect and not cell.structured and not chance(plan, SPARED_PERCENT):
                _fill_room_corners(plan, cell)


@kernel
def _fill_room_corners(plan: Any, cell: Any) -> None:
    for _ in range(max(1, (cell.x1 - cell.x0 + cell.y1 - cell.y0) // 4)):
        for clockwise in range(2):
            _fill_from_corner(plan, cell, rand_int(plan, 4), clockwise)


@kernel
def _fill_from_corner(plan: Any, cell: Any, corner: int, clockwise: int) -> None:
    """Walk along the side of the room to its first floor tile and fill that, if nothing is spoilt by it."""
    x = cell.x1 - 1 if corner == 1 or corner == 2 else cell.x0
    y = cell.y1 - 1 if corner >= 2 else cell.y0
    # Clockwise sides: right, down, left, up for corners 0..3; counter-clockwise: down, left, up, right.
    side = corner if clockwise else corner + 1 & 3
    dx, dy = (1 if side == 0 else -1 if side == 2 else 0), (1 if side == 1 else -1 if side == 3 else 0)
    for _ in range(SEARCH_TILES):
        if not (cell.x0 <= x < cell.x1 and cell.y0 <= y < cell.y1):
            return
        if ground(plan, x, y) == FLOOR:
            if not _hallway_near(plan, x, y) and _is_corner(plan, x, y, corner):
                set_ground(plan, x, y, WALL)
            return
        x, y = x + dx, y + dy


@kernel
def _hallway_near(plan: Any, x: int, y: int) -> bool:
    for other_y in range(y - 2, y + 3):
        for other_x in range(x - 2, x + 3):
            if ground(plan, other_x, other_y) == FLOOR and room_at(plan, other_x, other_y) == NO_ROOM:
                return True
    return False


@kernel
def _is_corner(plan: Any, x: int, y: int, corner: int) -> bool:
    sides = 0
    for i in range(4):
        sides |= (ground(plan, x + STEP_X[2 * i], y + STEP_Y[2 * i]) == FLOOR) << i
    return sides == OPEN_SIDES[corner]
