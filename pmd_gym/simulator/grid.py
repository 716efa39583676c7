"""The room grid of a floor: its lines, which cells are rooms, and where rooms and anchors lie inside their cells.

Knows nothing of hallways or of what is put into rooms.
Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.plan import SHUFFLE_SIZE
from pmd_gym.simulator.rng import chance, rand_int, rand_range
from pmd_gym.simulator.terrain import ANCHOR, FLOOR, HEIGHT, NO_ROOM, WIDTH, fill_room, set_ground

SMALL, MEDIUM = 1, 2
IMPERFECT_FLAG = 0x4
STRUCTURE_PERCENT = 80


@kernel
def set_even_lines(plan: Any, width: int, height: int) -> None:
    """Grid lines that divide the map evenly into `width` x `height` cells."""
    plan.grid_width, plan.grid_height = width, height
    for i in range(width + 1):
        plan.column_x[i] = i * (WIDTH // width)
    for i in range(height + 1):
        plan.row_y[i] = i * (HEIGHT // height)


@kernel
def set_lines(plan: Any, columns: Any, rows: Any) -> None:
    """Grid lines from two arrays of int64; the grid has one cell fewer than lines in each direction."""
    plan.grid_width, plan.grid_height = len(columns) - 1, len(rows) - 1
    for i in range(len(columns)):
        plan.column_x[i] = columns[i]
    for i in range(len(rows)):
        plan.row_y[i] = rows[i]


@kernel
def reset_cells(plan: Any) -> None:
    """Every cell of the grid becomes an unconnected room; columns beyond the floor's size class are invalid."""
    limit = plan.grid_width
    if plan.floor_size == SMALL:
        limit = plan.grid_width // 2
    elif plan.floor_size == MEDIUM:
        limit = plan.grid_width * 3 // 4
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            _reset_cell(plan.cells[x, y], x < limit)


@kernel
def _reset_cell(cell: Any, valid: bool) -> None:
    cell.x0, cell.y0, cell.x1, cell.y1 = 0, 0, 0, 0
    cell.valid, cell.room = valid, 1
    cell.links, cell.pending, cell.connected = 0, 0, 0
    cell.merged, cell.absorbed = 0, 0
    cell.shop, cell.monster_house = 0, 0
    cell.structured, cell.wants_structure, cell.imperfect = 0, 0, 0


@kernel
def shuffle_choices(plan: Any, chosen: int, count: int) -> None:
    """`plan.shuffled`: the first `chosen` flags set, then 64 swaps among the first `count`."""
    for i in range(SHUFFLE_SIZE):
        plan.shuffled[i] = i < chosen
    for _ in range(64):
        a = rand_int(plan, count)
        b = rand_int(plan, count)
        plan.shuffled[a], plan.shuffled[b] = plan.shuffled[b], plan.shuffled[a]


@kernel
def assign_rooms(plan: Any, density: int) -> None:
    """Choose which valid cells are rooms; a negative density is the exact number, else up to two more are wanted."""
    extra = rand_int(plan, 3)
    shuffle_choices(plan, -density if density < 0 else density + extra, plan.grid_width * plan.grid_height)
    _apply_choices(plan)
    if plan.room_count < 2:
        _force_one_room(plan)


@kernel
def _apply_choices(plan: Any) -> None:
    # The middle cell of row 1 in a grid of odd width stays an anchor, yet counts as a room: a slip of the game.
    middle = (plan.grid_width - 1) // 2 if plan.grid_width % 2 else -1
    plan.room_count = 0
    used = 0
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            cell = plan.cells[x, y]
            if not cell.valid:
                continue
            chosen = plan.shuffled[used] != 0
            used += 1
            plan.room_count += chosen
            cell.room = chosen and not (x == middle and y == 1)


@kernel
def _force_one_room(plan: Any) -> None:
    for _ in range(200):
        for x in range(plan.grid_width):
            for y in range(plan.grid_height):
                cell = plan.cells[x, y]
                if cell.valid and chance(plan, 60):
                    cell.room = 1
                    return


@kernel
def set_frame(plan: Any, column: int, row: int, margin: int, spare_x: int, spare_y: int) -> None:
    """Where a room may lie in a cell: `margin` from its corner, its size less `spare_x` and `spare_y`."""
    plan.frame_x, plan.frame_y = plan.column_x[column] + margin, plan.row_y[row] + margin
    plan.frame_width = plan.column_x[column + 1] - plan.column_x[column] - spare_x
    plan.frame_height = plan.row_y[row + 1] - plan.row_y[row] - spare_y


@kernel
def place_room(plan: Any, cell: Any, x0: int, y0: int, width: int, height: int, number: int) -> None:
    """Write a room's box into its cell and carve it."""
    cell.x0, cell.y0, cell.x1, cell.y1 = x0, y0, x0 + width, y0 + height
    fill_room(plan, cell.x0, cell.y0, cell.x1, cell.y1, number)


@kernel
def place_anchor(plan: Any, cell: Any, x: int, y: int, room: int) -> None:
    """Write an anchor's tile into its cell and carve it with the given room byte."""
    cell.x0, cell.y0, cell.x1, cell.y1 = x, y, x + 1, y + 1
    set_ground(plan, x, y, FLOOR)
    plan.rooms[y, x] = room


@kernel
def draw_room(plan: Any, cell: Any, least_x: int, least_y: int, shaped: bool, number: int) -> None:
    """A room of drawn size at a drawn place of the frame; `shaped` ones have odd sides if possible, at most 3:2."""
    width = rand_range(plan, least_x, plan.frame_width)
    height = rand_range(plan, least_y, plan.frame_height)
    if shaped:
        width = width | 1 if (width | 1) < plan.frame_width else width
        height = height | 1 if (height | 1) < plan.frame_height else height
        width = min(width, height * 3 // 2)
        height = min(height, width * 3 // 2)
    x0 = rand_int(plan, plan.frame_width - width) + plan.frame_x
    y0 = rand_int(plan, plan.frame_height - height) + plan.frame_y
    place_room(plan, cell, x0, y0, width, height, number)


@kernel
def draw_anchor(plan: Any, column: int, row: int, room: int) -> None:
    """An anchor at a drawn tile of the frame, farther from the cell's sides than from the map's."""
    near_x = 1 if column == 0 else 2
    near_y = 1 if row == 0 else 2
    far_x = 2 if column == plan.grid_width - 1 else 4
    far_y = 2 if row == plan.grid_height - 1 else 4
    x = rand_range(plan, plan.frame_x + near_x, plan.frame_x + plan.frame_width - far_x)
    y = rand_range(plan, plan.frame_y + near_y, plan.frame_y + plan.frame_height - far_y)
    place_anchor(plan, plan.cells[column, row], x, y, room)


@kernel
def create_rooms(plan: Any, room_flags: int) -> None:
    """Carve rooms (numbered row by row) and anchors of the standard kind, and mark what rooms may hold later."""
    number = 0
    for y in range(plan.grid_height):
        for x in range(plan.grid_width):
            cell = plan.cells[x, y]
            if not cell.valid:
                continue
            set_frame(plan, x, y, 2, 4, 3)
            if cell.room:
                draw_room(plan, cell, 5, 4, True, number)
                _mark_room(plan, cell, room_flags)
                number += 1
            else:
                draw_anchor(plan, x, y, ANCHOR)


@kernel
def _mark_room(plan: Any, cell: Any, room_flags: int) -> None:
    structure = chance(plan, STRUCTURE_PERCENT) and plan.structure_budget != 0
    imperfect = (room_flags & IMPERFECT_FLAG) != 0
    if imperfect and structure:
        imperfect = not chance(plan, 50)
        structure = not imperfect
    cell.wants_structure, cell.imperfect = structure, imperfect


@kernel
def create_spread_rooms(plan: Any) -> None:
    """Rooms and anchors of the ring and ladder layouts: any shape, and anchors, corridor at once, anywhere."""
    number = 0
    for y in range(plan.grid_height):
        for x in range(plan.grid_width):
            cell = plan.cells[x, y]
            if not cell.valid:
                continue
            if cell.room:
                set_frame(plan, x, y, 2, 3, 3)
                draw_room(plan, cell, 5, 4, False, number)
                number += 1
            else:
                set_frame(plan, x, y, 1, 3, 3)
                anchor_x = rand_range(plan, plan.frame_x, plan.frame_x + plan.frame_width)
                anchor_y = rand_range(plan, plan.frame_y, plan.frame_y + plan.frame_height)
                place_anchor(plan, cell, anchor_x, anchor_y, NO_ROOM)
