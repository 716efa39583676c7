"""Rooms drawn tile by tile: boss floors that fill the map, and chambers inside an otherwise random floor.

Only terrain, stairs, the player's tile and the marked points are written here; who lives in the room and what lies
there is read from the same tile codes when monsters and items are created.
Source: pret/pmd-red 1177316f, src/dungeon_generation.c and src/dungeon_generation_fixed.c (tile codes).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.grid import (
    assign_rooms,
    draw_anchor,
    draw_room,
    place_room,
    reset_cells,
    set_even_lines,
    set_frame,
)
from pmd_gym.simulator.hallways import carve_links, ensure_connected, link_randomly
from pmd_gym.simulator.rng import rand_int
from pmd_gym.simulator.terrain import (
    FIXED_DOOR,
    FIXED_FLOOR,
    FLOODED,
    FLOOR,
    GROUND,
    HEIGHT,
    IMPASSABLE,
    NO_ROOM,
    NOT_GROUND,
    SECONDARY,
    SPAWN_STAIRS,
    UNBREAKABLE,
    WALL,
    WIDTH,
    set_ground,
)

FIRST_CHAMBER = 50
"""Fixed rooms from this number on are one room of a random floor; those below fill the floor."""

MARGIN = 5
MOLTRES_PEAK = 4
FIRST_PAINTED_TILESET = 64
CHAMBER_FLAG = 1
HIDDEN = IMPASSABLE | UNBREAKABLE

PLAYER, FLOODING = 4, 7
SEAL_TRAP, FIRST_MARK, LAST_MARK, FIRST_ENTITY, WATER_ENTITY = 69, 22, 29, 16, 66


@kernel
def draw_tile(plan: Any, x: int, y: int, code: int) -> None:
    """Apply one tile code of a fixed room; every tile becomes unbreakable unless its code says otherwise."""
    plan.flags[y, x] |= UNBREAKABLE
    if code == 3 or code == 15:
        return
    _draw_ground(plan, x, y, code)
    corridor = code in (1, 2, 6, 7, 9, 10, 13, 14)
    plan.rooms[y, x] = NO_ROOM if corridor else 0
    if code == PLAYER:
        plan.player_x, plan.player_y = x, y
    elif code == 8 or code == 67:
        plan.spawns[y, x] = SPAWN_STAIRS
        plan.stairs_x, plan.stairs_y = x, y
    elif code == FLOODING:
        plan.floods = 1
    elif FIRST_MARK <= code <= LAST_MARK:
        plan.points[code - FIRST_MARK, 0], plan.points[code - FIRST_MARK, 1] = x, y


@kernel
def _draw_ground(plan: Any, x: int, y: int, code: int) -> None:
    kind, extra = FLOOR, 0
    if code == 1:
        kind = WALL
        plan.flags[y, x] &= 0xFFFF - UNBREAKABLE
    elif code == 2 or code == 13 or code == 14:
        kind, extra = WALL, IMPASSABLE
    elif code == 5 or code == WATER_ENTITY:
        kind = SECONDARY
    elif code == 6:
        kind = FLOODED
    elif code == 7 or code == 10:
        kind, extra = FLOODED, IMPASSABLE
    elif code == 11 or code == 68:
        extra = FIXED_FLOOR
    elif code == 12:
        extra = FIXED_FLOOR | FIXED_DOOR | IMPASSABLE
    set_ground(plan, x, y, kind)
    plan.flags[y, x] |= extra


@kernel
def fill_floor(plan: Any, number: int, room: Any, tileset: int) -> None:
    """A floor that is nothing but one fixed room with its corner at (5, 5) in impassable rock or water."""
    plan.fixed_x0, plan.fixed_y0 = MARGIN, MARGIN
    plan.fixed_x1, plan.fixed_y1 = MARGIN + room.width, MARGIN + room.height
    for y in range(room.height):
        for x in range(room.width):
            draw_tile(plan, MARGIN + x, MARGIN + y, int(room.cells[y, x]))
    _surround(plan)
    if number == MOLTRES_PEAK:
        for y in range(5, 17):
            for x in range(2, 5):
                plan.flags[y, x] = plan.flags[y, x] & NOT_GROUND | IMPASSABLE
    if tileset >= FIRST_PAINTED_TILESET:
        for y in range(HEIGHT):
            for x in range(WIDTH):
                if plan.flags[y, x] & GROUND == WALL:
                    plan.flags[y, x] |= IMPASSABLE


@kernel
def _surround(plan: Any) -> None:
    around = FLOODED if plan.floods else WALL
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if not (plan.fixed_x0 <= x < plan.fixed_x1 and plan.fixed_y0 <= y < plan.fixed_y1):
                set_ground(plan, x, y, around)
                plan.flags[y, x] |= IMPASSABLE


@kernel
def build_around_chamber(plan: Any, floor: Any, room: Any) -> None:
    """A random floor, one room of which is the fixed one."""
    set_even_lines(plan, max(1, WIDTH // (room.width + 4)), max(1, HEIGHT // (room.height + 4)))
    reset_cells(plan)
    assign_rooms(plan, int(floor.room_density))
    column, row = 0, 0
    for _ in range(64):
        column = rand_int(plan, plan.grid_width)
        row = rand_int(plan, plan.grid_height)
        if plan.cells[column, row].room:
            break
    _create_rooms(plan, column, row, int(room.width), int(room.height))
    if plan.grid_width != 1 or plan.grid_height != 1:
        link_randomly(plan, column, row, int(floor.connectivity), int(floor.dead_ends))
        carve_links(plan, False)
        ensure_connected(plan)
    _draw_chamber(plan, plan.cells[column, row], room)


@kernel
def _create_rooms(plan: Any, chamber_column: int, chamber_row: int, width: int, height: int) -> None:
    """Rooms and anchors; the chamber, if its cell is a room, lies at the least corner of its cell."""
    number = 0
    for y in range(plan.grid_height):
        for x in range(plan.grid_width):
            cell = plan.cells[x, y]
            _set_frame(plan, x, y)
            if not cell.room:
                draw_anchor(plan, x, y, NO_ROOM)
                continue
            if x == chamber_column and y == chamber_row:
                place_room(plan, cell, plan.frame_x, plan.frame_y, width, height, number)
            else:
                least_x = 10 if plan.grid_width <= 2 else 5
                least_y = 16 if plan.grid_height == 1 else 5
                draw_room(plan, cell, least_x, least_y, True, number)
            number += 1


@kernel
def _set_frame(plan: Any, column: int, row: int) -> None:
    """Frame of a cell; large cells use a fixed size."""
    set_frame(plan, column, row, 2, 4, 4)
    if plan.grid_width <= 2:
        plan.frame_width = 14
    if plan.grid_height == 1:
        plan.frame_height = 24


@kernel
def _draw_chamber(plan: Any, cell: Any, room: Any) -> None:
    """Draw the fixed room into its cell; of a locked chamber only the outer two rings are there before it opens."""
    plan.chamber = room.flags & CHAMBER_FLAG
    plan.fixed_x0, plan.fixed_y0, plan.fixed_x1, plan.fixed_y1 = cell.x0, cell.y0, cell.x1, cell.y1
    for y in range(cell.y0, cell.y1):
        for x in range(cell.x0, cell.x1):
            number = plan.rooms[y, x]
            if plan.chamber:
                plan.flags[y, x] = 0
            draw_tile(plan, x, y, int(room.cells[y - cell.y0, x - cell.x0]))
            plan.rooms[y, x] = number
            inner = cell.x0 + 2 <= x < cell.x1 - 2 and cell.y0 + 2 <= y < cell.y1 - 2
            if plan.chamber and inner:
                plan.flags[y, x] = HIDDEN
