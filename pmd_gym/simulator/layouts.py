"""The layouts of the game: how a floor's grid is cut, linked and decorated for each layout number.

Every layout goes through the same phases; the tables below say which of them it takes part in.
Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.simulator.grid import (
    MEDIUM,
    SMALL,
    assign_rooms,
    create_rooms,
    create_spread_rooms,
    draw_room,
    place_room,
    reset_cells,
    set_even_lines,
    set_frame,
    set_lines,
)
from pmd_gym.simulator.hallways import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    carve_links,
    ensure_connected,
    link,
    link_from_random_cell,
    merge,
)
from pmd_gym.simulator.imperfections import fill_corners
from pmd_gym.simulator.rng import rand_int, rand_range
from pmd_gym.simulator.side_paths import carve_side_paths
from pmd_gym.simulator.special_rooms import SURE_HOUSE, choose_monster_house, choose_shop
from pmd_gym.simulator.structures import build_structures
from pmd_gym.simulator.terrain import HEIGHT, WIDTH, room_at

STANDARD, SMALL_FLOOR, ONE_ROOM, RING, CROSSROADS, TWO_ROOMS, LINE = 0, 1, 2, 3, 4, 5, 6
CROSS, SMALL_GRID, BEETLE, OUTER_ROOMS, MEDIUM_FLOOR = 7, 8, 9, 10, 11

RING_COLUMNS, RING_ROWS = np.array([0, 5, 16, 28, 39, 51, 56]), np.array([2, 7, 16, 25, 30])
LADDER_COLUMNS, LADDER_ROWS = np.array([0, 11, 22, 33, 44, 56]), np.array([1, 9, 16, 23, 31])
LINE_COLUMNS, LINE_ROWS = np.array([0, 11, 22, 33, 44, 56]), np.array([4, 15])
CROSS_COLUMNS, CROSS_ROWS = np.array([11, 22, 33, 44]), np.array([2, 11, 20, 30])
BEETLE_COLUMNS, BEETLE_ROWS = np.array([5, 15, 35, 50]), np.array([2, 11, 20, 30])
TWO_ROOM_COLUMNS, TWO_ROOM_ROWS = np.array([2, 28, 54]), np.array([2, 30])


@kernel
def layout_kind(floor: Any) -> int:
    """Layout number of a floor; all numbers without rules of their own are the standard layout."""
    kind = floor.layout % 16
    return STANDARD if kind > MEDIUM_FLOOR else kind


@kernel
def floods_rock(kind: int) -> bool:
    """True for layouts whose rock may hold rivers and lakes."""
    return not (kind == ONE_ROOM or kind == TWO_ROOMS or kind == CROSS or kind == BEETLE)


@kernel
def build_layout(plan: Any, floor: Any, kind: int) -> None:
    """Cut, link and decorate the grid of one layout; `plan.grid_width` and `grid_height` hold the drawn size.

    `ONE_ROOM` is also the last resort of any floor: one room over the whole map, made a monster house unless a shop
    was placed before.
    """
    plan.force_monster_house = kind == ONE_ROOM or kind == TWO_ROOMS
    _prepare_grid(plan, kind)
    _create_rooms(plan, floor, kind)
    if kind != ONE_ROOM:
        _connect_rooms(plan, floor, kind)
    if plan.force_monster_house:
        choose_monster_house(plan, SURE_HOUSE)
    else:
        _decorate(plan, floor, kind)


@kernel
def draw_grid_size(plan: Any, small: bool) -> None:
    """Columns and rows of the grid: drawn up to 32 times until at most 6 x 4, else 4 x 4."""
    for _ in range(32):
        plan.grid_width = rand_range(plan, 2, 5 if small else 9)
        plan.grid_height = rand_range(plan, 2, 4 if small else 8)
        if plan.grid_width <= 6 and plan.grid_height <= 4:
            return
    plan.grid_width, plan.grid_height = 4, 4


@kernel
def _prepare_grid(plan: Any, kind: int) -> None:
    """Grid lines and fresh cells."""
    if kind == ONE_ROOM:
        plan.grid_width, plan.grid_height = 1, 1
    elif kind == RING:
        set_lines(plan, RING_COLUMNS, RING_ROWS)
    elif kind == CROSSROADS:
        set_lines(plan, LADDER_COLUMNS, LADDER_ROWS)
    elif kind == TWO_ROOMS:
        set_lines(plan, TWO_ROOM_COLUMNS, TWO_ROOM_ROWS)
    elif kind == LINE:
        set_lines(plan, LINE_COLUMNS, LINE_ROWS)
    elif kind == CROSS:
        set_lines(plan, CROSS_COLUMNS, CROSS_ROWS)
    elif kind == BEETLE:
        set_lines(plan, BEETLE_COLUMNS, BEETLE_ROWS)
    else:
        if kind == SMALL_FLOOR or kind == MEDIUM_FLOOR:
            plan.grid_width, plan.grid_height = 4, rand_int(plan, 2) + 2
            plan.floor_size = SMALL if kind == SMALL_FLOOR else MEDIUM
        set_even_lines(plan, plan.grid_width, plan.grid_height)
    reset_cells(plan)


@kernel
def _create_rooms(plan: Any, floor: Any, kind: int) -> None:
    """Decide which cells are rooms, and carve rooms and anchors."""
    if kind == ONE_ROOM:
        cell = plan.cells[0, 0]
        cell.valid, cell.connected = 1, 1
        place_room(plan, cell, 2, 2, WIDTH - 4, HEIGHT - 4, 0)
    elif kind == TWO_ROOMS:
        for x in range(2):
            set_frame(plan, x, 0, 1, 3, 3)
            draw_room(plan, plan.cells[x, 0], 10, 16, False, x)
    elif kind == RING or kind == CROSSROADS:
        _assign_outer_cells(plan, kind == CROSSROADS)
        create_spread_rooms(plan)
    else:
        if kind == CROSS:
            _cut_corners(plan)
        elif kind == OUTER_ROOMS:
            _cut_inside(plan)
        elif kind != BEETLE:
            assign_rooms(plan, int(floor.room_density))
        create_rooms(plan, int(floor.room_flags))


@kernel
def _assign_outer_cells(plan: Any, rooms_outside: bool) -> None:
    """Rooms on the border of the grid without its corners, and anchors inside; or anchors around rooms."""
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            inner = 0 < x < plan.grid_width - 1 and 0 < y < plan.grid_height - 1
            plan.cells[x, y].room = inner != rooms_outside
    if rooms_outside:
        _cut_corners(plan)


@kernel
def _cut_corners(plan: Any) -> None:
    """Make the four corner cells of the grid invalid."""
    for x in (0, plan.grid_width - 1):
        for y in (0, plan.grid_height - 1):
            plan.cells[x, y].valid = 0


@kernel
def _cut_inside(plan: Any) -> None:
    """Make all cells but those on the border of the grid invalid."""
    for x in range(1, plan.grid_width - 1):
        for y in range(1, plan.grid_height - 1):
            plan.cells[x, y].valid = 0


@kernel
def _connect_rooms(plan: Any, floor: Any, kind: int) -> None:
    """Fixed links, random links, hallways, merges."""
    _link_by_plan(plan, kind)
    standard = kind == STANDARD or kind == SMALL_FLOOR or kind == MEDIUM_FLOOR or kind == SMALL_GRID
    if standard or kind == RING or kind == LINE:
        link_from_random_cell(plan, int(floor.connectivity), int(floor.dead_ends))
    carve_links(plan, standard or kind == RING or kind == OUTER_ROOMS or kind == TWO_ROOMS)
    if kind == BEETLE:
        _merge_beetle_body(plan)
    if kind != TWO_ROOMS:
        ensure_connected(plan)


@kernel
def _link_by_plan(plan: Any, kind: int) -> None:
    right, bottom = plan.grid_width - 1, plan.grid_height - 1
    if kind == TWO_ROOMS:
        link(plan, 0, 0, RIGHT)
    elif kind == CROSS:
        for direction in range(4):
            link(plan, 1, 1, direction)
    elif kind == BEETLE:
        for y in range(3):
            link(plan, 0, y, RIGHT)
            link(plan, 1, y, RIGHT)
    elif kind == RING:
        for x in range(right):
            link(plan, x, 0, RIGHT)
            link(plan, x, bottom, RIGHT)
        for y in range(bottom):
            link(plan, 0, y, DOWN)
            link(plan, right, y, DOWN)
    elif kind == CROSSROADS:
        for x in range(1, right):
            for y in range(bottom):
                link(plan, x, y, DOWN)
        for y in range(1, bottom):
            for x in range(right):
                link(plan, x, y, RIGHT)
    elif kind == OUTER_ROOMS:
        _link_outer_rooms(plan, right, bottom)


@kernel
def _link_outer_rooms(plan: Any, right: int, bottom: int) -> None:
    """The ring of rooms is linked from one side only; grids of two columns or rows fall apart, a slip of the game."""
    for x in range(right + 1):
        for y in (0, bottom):
            if 0 < x < right:
                plan.cells[x, y].links |= 1 << RIGHT
                plan.cells[x, y].links |= 1 << LEFT
    for y in range(bottom):
        for x in (0, right):
            if y > 0:
                plan.cells[x, y].links |= 1 << UP
            if y < bottom - 1:
                plan.cells[x, y].links |= 1 << DOWN


@kernel
def _merge_beetle_body(plan: Any) -> None:
    """The middle column of the beetle becomes one room."""
    body = plan.cells[1, 0]
    room = room_at(plan, body.x0, body.y0)
    merge(plan, body, plan.cells[1, 1], room)
    merge(plan, body, plan.cells[1, 2], room)


@kernel
def _decorate(plan: Any, floor: Any, kind: int) -> None:
    """Shop, monster house, extra hallways, filled corners and structures."""
    gridded = kind <= SMALL_FLOOR or kind == MEDIUM_FLOOR or kind == SMALL_GRID or kind == OUTER_ROOMS
    if gridded and floor.maze_chance != 0:
        rand_int(plan, 100)  # the roll for a maze room; the game then refuses every maze
    choose_shop(plan, int(floor.kecleon_chance))
    choose_monster_house(plan, int(floor.monster_house_chance))
    carve_side_paths(plan, int(floor.extra_hallways))
    fill_corners(plan)
    if gridded:
        build_structures(plan)
