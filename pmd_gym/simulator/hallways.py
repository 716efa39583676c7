"""Which cells of the room grid are linked, and the hallways, merges and repairs that follow from the links.

Directions of links: 0 right, 1 up, 2 left, 3 down. Knows nothing of what rooms hold.
Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.simulator.rng import rand_int, rand_range
from pmd_gym.simulator.terrain import FLOOR, NO_ROOM, NOT_GROUND, WALL, fill_room, ground, room_at, set_ground

RIGHT, UP, LEFT, DOWN = 0, 1, 2, 3
LINK_X = np.array([1, 0, -1, 0])
LINK_Y = np.array([0, -1, 0, 1])
SEARCH_ORDER = np.array([UP, DOWN, LEFT, RIGHT])
MERGE_ORDER = np.array([LEFT, UP, RIGHT, DOWN])
MERGE_PERCENT = 5


@kernel
def in_grid(plan: Any, x: int, y: int) -> bool:
    """True for a cell of the grid, valid or not."""
    return 0 <= x < plan.grid_width and 0 <= y < plan.grid_height


@kernel
def neighbour_in_grid(plan: Any, x: int, y: int, direction: int) -> bool:
    """True when the cell beside (x, y) in that direction is inside the grid."""
    return in_grid(plan, x + LINK_X[direction], y + LINK_Y[direction])


@kernel
def link(plan: Any, x: int, y: int, direction: int) -> None:
    """Link a cell with its neighbour, both ways."""
    plan.cells[x, y].links |= 1 << direction
    plan.cells[x + LINK_X[direction], y + LINK_Y[direction]].links |= 1 << (direction + 2 & 3)


@kernel
def link_from_random_cell(plan: Any, connectivity: int, dead_ends: int) -> None:
    """`link_randomly` from a drawn cell."""
    x = rand_int(plan, plan.grid_width)
    y = rand_int(plan, plan.grid_height)
    link_randomly(plan, x, y, connectivity, dead_ends)


@kernel
def link_randomly(plan: Any, x: int, y: int, connectivity: int, dead_ends: int) -> None:
    """Walk `connectivity` steps over the grid and link what the walk passes; then repair dead ends if not allowed."""
    direction = rand_int(plan, 4)
    for _ in range(connectivity):
        turns = rand_int(plan, 8) < 4
        new_direction = rand_int(plan, 4)
        if turns:
            direction = new_direction
        while not neighbour_in_grid(plan, x, y, direction):
            direction = (direction + 1) & 3
        if plan.cells[x + LINK_X[direction], y + LINK_Y[direction]].valid:
            link(plan, x, y, direction)
            x, y = x + LINK_X[direction], y + LINK_Y[direction]
    if not dead_ends:
        while _link_dead_ends(plan):
            pass


@kernel
def _link_dead_ends(plan: Any) -> bool:
    """One pass over all anchors with a single link; True when a link was added."""
    added = False
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            cell = plan.cells[x, y]
            if cell.valid and not cell.room and cell.links in (1, 2, 4, 8):
                added |= _link_dead_end(plan, x, y)
    return added


@kernel
def _link_dead_end(plan: Any, x: int, y: int) -> bool:
    direction = rand_int(plan, 4)
    for _ in range(8):
        if neighbour_in_grid(plan, x, y, direction) and not plan.cells[x, y].links >> direction & 1:
            # The game looks at the cell to the right, whatever the direction. Beyond the last column it reads
            # stack memory that this call never wrote, taken as valid here.
            if x + 1 < plan.grid_width and not plan.cells[x + 1, y].valid:
                return False
            link(plan, x, y, direction)
            return True
        direction = (direction + 1) & 3
    return False


@kernel
def carve_links(plan: Any, merging: bool) -> None:
    """Carve a hallway for every link; then, where the layout allows it, merge some neighbouring rooms."""
    _copy_links(plan)
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            if plan.cells[x, y].valid:
                _carve_cell(plan, x, y)
    if merging:
        _merge_rooms(plan)


@kernel
def _copy_links(plan: Any) -> None:
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            cell = plan.cells[x, y]
            cell.pending = 0
            if cell.valid:
                for direction in range(4):
                    if not neighbour_in_grid(plan, x, y, direction):
                        cell.links &= 15 - (1 << direction)
                cell.pending = cell.links


@kernel
def _carve_cell(plan: Any, x: int, y: int) -> None:
    cell = plan.cells[x, y]
    from_x, from_y = cell.x0, cell.y0
    if cell.room:
        from_x = rand_range(plan, cell.x0 + 1, cell.x1 - 1)
        from_y = rand_range(plan, cell.y0 + 1, cell.y1 - 1)
    for direction in SEARCH_ORDER:
        if cell.pending >> direction & 1:
            other = plan.cells[x + LINK_X[direction], y + LINK_Y[direction]]
            if other.valid:
                _carve_towards(plan, x, y, direction, from_x, from_y, _draw_entry(plan, other, direction))
            cell.pending &= 15 - (1 << direction)
            other.pending &= 15 - (1 << (direction + 2 & 3))
            cell.connected = 1
            other.connected = 1


@kernel
def _draw_entry(plan: Any, other: Any, direction: int) -> int:
    """Where a hallway enters a neighbour along the shared border: drawn for a room, fixed for an anchor."""
    if direction == UP or direction == DOWN:
        return rand_range(plan, other.x0 + 1, other.x1 - 1) if other.room else other.x0
    return rand_range(plan, other.y0 + 1, other.y1 - 1) if other.room else other.y0


@kernel
def _carve_towards(plan: Any, x: int, y: int, direction: int, from_x: int, from_y: int, entry: int) -> None:
    """Carve from a cell to its neighbour, turning at the line between both cells."""
    cell = plan.cells[x, y]
    other = plan.cells[x + LINK_X[direction], y + LINK_Y[direction]]
    if direction == UP:
        _carve_vertical(plan, from_x, cell.y0, entry, other.y1 - 1, plan.row_y[y])
    elif direction == DOWN:
        _carve_vertical(plan, from_x, cell.y1 - 1, entry, other.y0, plan.row_y[y + 1] - 1)
    elif direction == LEFT:
        # The game aims past the far side of the left room; the hallway ends where it enters the room anyway.
        _carve_horizontal(plan, cell.x0, from_y, other.x0 - 1, entry, plan.column_x[x])
    else:
        _carve_horizontal(plan, cell.x1 - 1, from_y, other.x0, entry, plan.column_x[x + 1] - 1)


@kernel
def _carve_vertical(plan: Any, x: int, y: int, end_x: int, end_y: int, turn_y: int) -> None:
    if _carve_leg(plan, x, y, x, turn_y, x, y) and _carve_leg(plan, x, turn_y, end_x, turn_y, x, y):
        _carve_leg(plan, end_x, turn_y, end_x, end_y, x, y)


@kernel
def _carve_horizontal(plan: Any, x: int, y: int, end_x: int, end_y: int, turn_x: int) -> None:
    if _carve_leg(plan, x, y, turn_x, y, x, y) and _carve_leg(plan, turn_x, y, turn_x, end_y, x, y):
        _carve_leg(plan, turn_x, end_y, end_x, end_y, x, y)


@kernel
def _carve_leg(plan: Any, x: int, y: int, end_x: int, end_y: int, start_x: int, start_y: int) -> bool:
    """Carve one straight leg up to, not including, its end; False when it met open floor and the hallway is done."""
    dx = 1 if end_x > x else -1 if end_x < x else 0
    dy = 1 if end_y > y else -1 if end_y < y else 0
    while x != end_x or y != end_y:
        if ground(plan, x, y) != FLOOR:
            set_ground(plan, x, y, FLOOR)
        elif x != start_x or y != start_y:
            return False
        x, y = x + dx, y + dy
    return True


@kernel
def _merge_rooms(plan: Any) -> None:
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            roll = rand_int(plan, 100)
            if roll < MERGE_PERCENT and _can_merge(plan.cells[x, y]):
                _merge_with_neighbour(plan, x, y, MERGE_ORDER[rand_int(plan, 4)])


@kernel
def _can_merge(cell: Any) -> bool:
    return bool(cell.valid and cell.connected and not cell.merged and not cell.structured and cell.room)


@kernel
def _merge_with_neighbour(plan: Any, x: int, y: int, direction: int) -> None:
    if not neighbour_in_grid(plan, x, y, direction):
        return
    cell = plan.cells[x, y]
    other = plan.cells[x + LINK_X[direction], y + LINK_Y[direction]]
    if not _can_merge(other):
        return
    room = room_at(plan, cell.x0, cell.y0)
    if direction == LEFT or direction == UP:
        merge(plan, other, cell, room)
    else:
        merge(plan, cell, other, room)


@kernel
def merge(plan: Any, kept: Any, absorbed: Any, room: int) -> None:
    """Make one room of the rectangle around two; `kept` gets its bounds, both count as merged."""
    kept.x0, kept.x1 = min(kept.x0, absorbed.x0), max(kept.x1, absorbed.x1)
    kept.y0, kept.y1 = min(kept.y0, absorbed.y0), max(kept.y1, absorbed.y1)
    fill_room(plan, kept.x0, kept.y0, kept.x1, kept.y1, room)
    kept.merged, absorbed.merged = 1, 1
    absorbed.connected, absorbed.absorbed = 0, 1


@kernel
def ensure_connected(plan: Any) -> None:
    """Link every room that has no hallway to a connected neighbour; what stays unconnected becomes wall again."""
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            cell = plan.cells[x, y]
            if cell.valid and not cell.absorbed and not cell.connected:
                if cell.room and not cell.structured:
                    _connect_to_neighbour(plan, x, y)
                else:
                    set_ground(plan, cell.x0, cell.y0, WALL)
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            cell = plan.cells[x, y]
            if cell.valid and not cell.absorbed and not cell.connected:
                _fill_cell(plan, cell)


@kernel
def _connect_to_neighbour(plan: Any, x: int, y: int) -> None:
    cell = plan.cells[x, y]
    from_x = rand_range(plan, cell.x0 + 1, cell.x1 - 1)
    from_y = rand_range(plan, cell.y0 + 1, cell.y1 - 1)
    for direction in SEARCH_ORDER:
        if neighbour_in_grid(plan, x, y, direction):
            other = plan.cells[x + LINK_X[direction], y + LINK_Y[direction]]
            if other.valid and not other.merged and other.connected:
                entry_x, entry_y = other.x0, other.y0
                if other.room:
                    entry_x = rand_range(plan, other.x0 + 1, other.x1 - 1)
                    entry_y = rand_range(plan, other.y0 + 1, other.y1 - 1)
                entry = entry_x if direction == UP or direction == DOWN else entry_y
                _carve_towards(plan, x, y, direction, from_x, from_y, entry)
                cell.connected = 1
                link(plan, x, y, direction)
                return


@kernel
def _fill_cell(plan: Any, cell: Any) -> None:
    for y in range(cell.y0, cell.y1):
        for x in range(cell.x0, cell.x1):
            plan.flags[y, x] &= NOT_GROUND
            plan.rooms[y, x] = NO_ROOM
