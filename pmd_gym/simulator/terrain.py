"""Terrain bits, spawn bits and the few map accesses that every step of the floor generator shares.

Outside the map every tile reads as a plain wall that is no room, and writes are lost (pret/pmd-red 1177316f,
src/dungeon_map_access.c, GetTile and GetTileMut).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout

WIDTH = layout.MAP_WIDTH
HEIGHT = layout.MAP_HEIGHT

GROUND = 0x3
WALL, FLOOR, SECONDARY, FLOODED = 0, 1, 2, 3
CUTTABLE = 0x4
JUNCTION = 0x8
IMPASSABLE = 0x10
SHOP = 0x20
MONSTER_HOUSE = 0x40
DIVIDED = 0x80
UNBREAKABLE = 0x100
STAIRS = 0x200
FIXED_FLOOR = 0x800
FIXED_DOOR = 0x1000
NOT_GROUND = 0xFFFC

NO_ROOM = 0xFF
ANCHOR = 0xFE

SPAWN_STAIRS = 0x1
SPAWN_ITEM = 0x2
SPAWN_TRAP = 0x4
SPAWN_MONSTER = 0x8
SPAWN_SPECIAL = 0x10
SPAWN_STRUCTURE = 0x20
SPAWN_WARP = 0x40

STEP_X = np.array([0, 1, 1, 1, 0, -1, -1, -1])
STEP_Y = np.array([1, 1, 0, -1, -1, -1, 0, 1])
"""Offsets of the eight directions: south, then counter-clockwise on the screen."""


@kernel
def inside(x: int, y: int) -> bool:
    """True for a tile of the map."""
    return 0 <= x < WIDTH and 0 <= y < HEIGHT


@kernel
def ground(plan: Any, x: int, y: int) -> int:
    """Ground of a tile, 0..3; wall outside the map."""
    if not inside(x, y):
        return WALL
    return plan.flags[y, x] & GROUND


@kernel
def room_at(plan: Any, x: int, y: int) -> int:
    """Room byte of a tile; 0xFF outside the map."""
    if not inside(x, y):
        return NO_ROOM
    return plan.rooms[y, x]


@kernel
def set_ground(plan: Any, x: int, y: int, kind: int) -> None:
    """Change the ground of a tile and keep its other bits; nothing happens outside the map."""
    if inside(x, y):
        plan.flags[y, x] = (plan.flags[y, x] & NOT_GROUND) | kind


@kernel
def fill_room(plan: Any, x0: int, y0: int, x1: int, y1: int, room: int) -> None:
    """Make a box floor of one room."""
    for y in range(y0, y1):
        for x in range(x0, x1):
            set_ground(plan, x, y, FLOOR)
            plan.rooms[y, x] = room


@kernel
def reset_tile(plan: Any, x: int, y: int) -> None:
    """A wall that belongs to no room and awaits nothing; the outermost ring cannot be passed."""
    border = x == 0 or y == 0 or x == WIDTH - 1 or y == HEIGHT - 1
    plan.flags[y, x] = IMPASSABLE if border else 0
    plan.rooms[y, x] = NO_ROOM
    plan.spawns[y, x] = 0


@kernel
def reset_map(plan: Any) -> None:
    """Solid rock with its border; the stairs are forgotten."""
    for y in range(HEIGHT):
        for x in range(WIDTH):
            reset_tile(plan, x, y)
    plan.stairs_x, plan.stairs_y = -1, -1
