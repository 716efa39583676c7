"""The layouts of the game: how a floor's grid is cut, linked and decorated for each layout number.

Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.grid import (
    MEDIUM,
    SMALL,
    assign_rooms,
    create_rooms,
    create_spread_rooms,
    draw_plain_room,
    place_room,
    reset_cells,
    set_even_lines,
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
from pmd_gym.simulator.terrain import HEIGHT, NO_ROOM, WIDTH, room_at

SMALL_FLOOR, ONE_ROOM, RING, CROSSROADS, TWO_ROOMS, LINE = 1, 2, 3, 4, 5, 6
CROSS, SMALL_GRID, BEETLE, OUTER_ROOMS, MEDIUM_FLOOR = 7, 8, 9, 10, 11
"""Layout numbers with rules of their own; all others are the standard layout on the whole map."""

RING_COLUMNS, RING_ROWS = (0, 5, 16, 28, 39, 51, 56), (2, 7, 16, 25, 30)
LADDER_COLUMNS, LADDER_ROWS = (0, 11, 22, 33, 44, 56), (1, 9, 16, 23, 31)
LINE_COLUMNS, LINE_ROWS = (0, 11, 22, 33, 44, 56), (4, 15)
CROSS_COLUMNS, CROSS_ROWS = (11, 22, 33, 44), (2, 11, 20, 30)
BEETLE_COLUMNS, BEETLE_ROWS = (5, 15, 35, 50), (2, 11, 20, 30)
TWO_ROOM_COLUMNS, TWO_ROOM_ROWS = (2, 28, 54), (2, 30)


@kernel
def build_layout(plan: Any, floor: Any) -> bool:
    """Draw the grid size and build the floor's layout; True when the layout allows secondary terrain in the rock."""
    kind = floor.layout % 16
    width, height = _draw_grid_size(plan, kind == SMALL_GRID)
    plan.force_monster_house = kind == ONE_ROOM or kind == TWO_ROOMS
    plan.monster_house_room = NO_ROOM
    if kind == ONE_ROOM:
        build_one_room(plan)
    elif kind == RING:
        _build_ring(plan, floor)
    elif kind == CROSSROADS:
        _build_crossroads(plan, floor)
    elif kind == TWO_ROOMS:
        _build_two_rooms(plan)
    elif kind == LINE:
        _build_line(plan, floor)
    elif kind == CROSS:
        _build_cross(plan, floor)
    elif kind == BEETLE:
        _build_beetle(plan, floor)
    elif kind == OUTER_ROOMS:
        _build_outer_rooms(plan, floor, width, height)
    else:
        _build_standard(plan, floor, kind, width, height)
    return not (kind == ONE_ROOM or kind == TWO_ROOMS or kind == CROSS or kind == BEETLE)


@kernel
def _draw_grid_size(plan: Any, small: bool) -> tuple[int, int]:
    """Columns and rows of the grid: drawn up to 32 times until at most 6 x 4, else 4 x 4."""
    for _ in range(32):
        width = rand_range(plan, 2, 5 if small else 9)
        height = rand_range(plan, 2, 4 if small else 8)
        if width <= 6 and height <= 4:
            return width, height
    return 4, 4


@kernel
def _build_standard(plan: Any, floor: Any, kind: int, width: int, height: int) -> None:
    if kind == SMALL_FLOOR or kind == MEDIUM_FLOOR:
        width, height = 4, rand_int(plan, 2) + 2
        plan.floor_size = SMALL if kind == SMALL_FLOOR else MEDIUM
    set_even_lines(plan, width, height)
    reset_cells(plan)
    assign_rooms(plan, int(floor.room_density))
    create_rooms(plan, int(floor.room_flags))
    link_from_random_cell(plan, int(floor.connectivity), int(floor.dead_ends))
    carve_links(plan, True)
    ensure_connected(plan)
    _draw_maze_chance(plan, floor)
    _decorate(plan, floor)
    build_structures(plan)


@kernel
def _draw_maze_chance(plan: Any, floor: Any) -> None:
    """The roll for a maze room; the game then refuses every maze, so only the draw is left."""
    if floor.maze_chance != 0:
        rand_int(plan, 100)


@kernel
def _decorate(plan: Any, floor: Any) -> None:
    choose_shop(plan, int(floor.kecleon_chance))
    choose_monster_house(plan, int(floor.monster_house_chance))
    carve_side_paths(plan, int(floor.extra_hallways))
    fill_corners(plan)


@kernel
def build_one_room(plan: Any) -> None:
    """One room over the whole map, made a monster house unless a shop was placed before: also the last resort."""
    plan.grid_width, plan.grid_height = 1, 1
    reset_cells(plan)
    cell = plan.cells[0, 0]
    cell.valid, cell.connected = 1, 1
    place_room(plan, cell, 2, 2, WIDTH - 4, HEIGHT - 4, 0)
    choose_monster_house(plan, SURE_HOUSE)


@kernel
def _build_two_rooms(plan: Any) -> None:
    set_lines(plan, TWO_ROOM_COLUMNS, TWO_ROOM_ROWS)
    reset_cells(plan)
    range_y = TWO_ROOM_ROWS[1] - TWO_ROOM_ROWS[0] - 3
    for x in range(2):
        range_x = plan.column_x[x + 1] - plan.column_x[x] - 3
        cell = plan.cells[x, 0]
        draw_plain_room(plan, cell, plan.column_x[x] + 1, plan.row_y[0] + 1, range_x, range_y, 10, 16, x)
    link(plan, 0, 0, RIGHT)
    carve_links(plan, True)
    choose_monster_house(plan, SURE_HOUSE)


@kernel
def _build_ring(plan: Any, floor: Any) -> None:
    """Rooms inside, a ring of linked anchors around them."""
    set_lines(plan, RING_COLUMNS, RING_ROWS)
    reset_cells(plan)
    right, bottom = plan.grid_width - 1, plan.grid_height - 1
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            plan.cells[x, y].room = 0 < x < right and 0 < y < bottom
    create_spread_rooms(plan, NO_ROOM)
    for x in range(right):
        link(plan, x, 0, RIGHT)
        link(plan, x, bottom, RIGHT)
    for y in range(bottom):
        link(plan, 0, y, DOWN)
        link(plan, right, y, DOWN)
    link_from_random_cell(plan, int(floor.connectivity), int(floor.dead_ends))
    carve_links(plan, True)
    ensure_connected(plan)
    _decorate(plan, floor)


@kernel
def _build_crossroads(plan: Any, floor: Any) -> None:
    """Rooms around, but not in the corners; straight hallways cross inside."""
    set_lines(plan, LADDER_COLUMNS, LADDER_ROWS)
    reset_cells(plan)
    right, bottom = plan.grid_width - 1, plan.grid_height - 1
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            plan.cells[x, y].room = not (0 < x < right and 0 < y < bottom)
    _cut_corners(plan)
    create_spread_rooms(plan, NO_ROOM)
    for x in range(1, right):
        for y in range(bottom):
            link(plan, x, y, DOWN)
    for y in range(1, bottom):
        for x in range(right):
            link(plan, x, y, RIGHT)
    carve_links(plan, False)
    ensure_connected(plan)
    _decorate(plan, floor)


@kernel
def _cut_corners(plan: Any) -> None:
    """Make the four corner cells of the grid invalid."""
    for x in (0, plan.grid_width - 1):
        for y in (0, plan.grid_height - 1):
            plan.cells[x, y].valid = 0


@kernel
def _build_line(plan: Any, floor: Any) -> None:
    set_lines(plan, LINE_COLUMNS, LINE_ROWS)
    reset_cells(plan)
    assign_rooms(plan, int(floor.room_density))
    create_rooms(plan, int(floor.room_flags))
    link_from_random_cell(plan, int(floor.connectivity), int(floor.dead_ends))
    carve_links(plan, False)
    ensure_connected(plan)
    _decorate(plan, floor)


@kernel
def _build_cross(plan: Any, floor: Any) -> None:
    set_lines(plan, CROSS_COLUMNS, CROSS_ROWS)
    reset_cells(plan)
    _cut_corners(plan)
    create_rooms(plan, int(floor.room_flags))
    for direction in range(4):
        link(plan, 1, 1, direction)
    carve_links(plan, False)
    ensure_connected(plan)
    _decorate(plan, floor)


@kernel
def _build_beetle(plan: Any, floor: Any) -> None:
    """Three by three rooms linked in rows; the middle column becomes one room."""
    set_lines(plan, BEETLE_COLUMNS, BEETLE_ROWS)
    reset_cells(plan)
    create_rooms(plan, int(floor.room_flags))
    for y in range(3):
        link(plan, 0, y, RIGHT)
        link(plan, 1, y, RIGHT)
    carve_links(plan, False)
    body = plan.cells[1, 0]
    room = room_at(plan, body.x0, body.y0)
    merge(plan, body, plan.cells[1, 1], room)
    merge(plan, body, plan.cells[1, 2], room)
    ensure_connected(plan)
    _decorate(plan, floor)


@kernel
def _build_outer_rooms(plan: Any, floor: Any, width: int, height: int) -> None:
    """A ring of rooms around nothing; the one-sided links of the game fail for grids of two columns."""
    set_even_lines(plan, width, height)
    reset_cells(plan)
    for x in range(1, width - 1):
        for y in range(1, height - 1):
            plan.cells[x, y].valid = 0
    create_rooms(plan, int(floor.room_flags))
    for x in range(width - 1):
        _set_links(plan, x, 0, RIGHT, x > 0)
        _set_links(plan, x, height - 1, RIGHT, x > 0)
        _set_links(plan, x + 1, 0, LEFT, x < width - 2)
        _set_links(plan, x + 1, height - 1, LEFT, x < width - 2)
    for y in range(height - 1):
        _set_links(plan, 0, y, UP, y > 0)
        _set_links(plan, width - 1, y, UP, y > 0)
        _set_links(plan, 0, y, DOWN, y < height - 2)
        _set_links(plan, width - 1, y, DOWN, y < height - 2)
    carve_links(plan, True)
    ensure_connected(plan)
    _draw_maze_chance(plan, floor)
    _decorate(plan, floor)
    build_structures(plan)


@kernel
def _set_links(plan: Any, x: int, y: int, direction: int, wanted: bool) -> None:
    """Link a cell with its neighbour from one side only."""
    if wanted:
        plan.cells[x, y].links |= 1 << direction
