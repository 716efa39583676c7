"""What is seen from where: rooms with their ring, squares in corridors, and the map that the leader draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.compiled import kernel
from pmd_gym.ram import decode, layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.sight import is_in_sight, is_targetable
from tests.doubles.arena import LEADER, Arena

BULBASAUR = 1
ROOM = (5, 4, 12, 10)
EAST = 2
CORRIDOR_ROW, CORRIDOR_START = 20, 25
Box = tuple[int, int, int, int]


@kernel
def seen_from(games: Any, x: int, y: int, seen: Any, targets: Any) -> None:
    """Fill two maps, (32, 56), with what is seen from a tile and what the AI may walk to from there."""
    for row in range(layout.MAP_HEIGHT):
        for column in range(layout.MAP_WIDTH):
            seen[row, column] = is_in_sight(games[0], x, y, column, row)
            targets[row, column] = is_targetable(games[0], x, y, column, row)


def maps(arena: Arena, x: int, y: int) -> tuple[np.ndarray, np.ndarray]:
    shape = (layout.MAP_HEIGHT, layout.MAP_WIDTH)
    seen, targets = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    seen_from(arena.records, x, y, seen, targets)
    return seen, targets


def box_of(grid: np.ndarray) -> Box:
    """x, y of the first tile and of the last one of a full rectangle."""
    ys, xs = np.nonzero(grid)
    box = int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())
    assert grid.sum() == (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
    return box


def arena_with_corridor() -> Arena:
    """The room, and a corridor far from it, ten tiles long."""
    arena = Arena(ROOM)
    arena.world["tiles"]["terrain"][CORRIDOR_ROW, CORRIDOR_START : CORRIDOR_START + 10] = ids.NORMAL
    arena.redraw()
    return arena


def step_into(arena: Arena, tile: tuple[int, int]) -> None:
    """Put the leader one tile west of a tile and let it walk there."""
    arena.put(LEADER, BULBASAUR, (tile[0] - 1, tile[1]))
    arena.games.step(np.array([0]), np.array([[CommandKind.STEP, EAST]], np.int16))
    assert arena.world["entities"][LEADER]["pos"].item() == tile


@pytest.mark.parametrize("tile", [(5, 4), (8, 7), (11, 9)])
def test_a_room_is_seen_with_a_ring_of_one_tile_from_any_place_in_it(tile: tuple[int, int]) -> None:
    seen, _ = maps(Arena(ROOM), *tile)
    assert box_of(seen) == (4, 3, 12, 10)


@pytest.mark.parametrize(("visibility", "radius"), [(0, 2), (1, 1), (2, 2), (3, 3)])
def test_a_corridor_shows_a_square(visibility: int, radius: int) -> None:
    arena = arena_with_corridor()
    arena.world["visibility_range"] = visibility
    x, y = 30, CORRIDOR_ROW
    seen, _ = maps(arena, x, y)
    assert box_of(seen) == (x - radius, y - radius, x + radius, y + radius)


def test_entering_a_room_draws_all_of_it_with_its_ring() -> None:
    arena = Arena(ROOM)
    step_into(arena, (7, 6))
    assert box_of(arena.world["tiles"]["visibility"] & 1) == (4, 3, 12, 10)
    states = decode(np.ascontiguousarray(arena.games.ram))
    assert states.sight[0].tolist() == [4, 3, 12, 10]


@pytest.mark.parametrize(("visibility", "radius"), [(0, 2), (1, 1), (3, 3)])
def test_a_step_in_a_corridor_draws_the_square_around_it(visibility: int, radius: int) -> None:
    arena = arena_with_corridor()
    arena.world["visibility_range"] = visibility
    x, y = 30, CORRIDOR_ROW
    step_into(arena, (x, y))
    square = (x - radius, y - radius, x + radius, y + radius)
    assert box_of(arena.world["tiles"]["visibility"] & 1) == square
    assert decode(np.ascontiguousarray(arena.games.ram)).sight[0].tolist() == list(square)


def test_in_a_corridor_the_ai_walks_to_what_is_two_tiles_away_with_a_free_way() -> None:
    arena = arena_with_corridor()
    x, y = 30, CORRIDOR_ROW
    seen, targets = maps(arena, x, y)
    assert seen[y - 2 : y + 3, x - 2 : x + 3].all()
    assert targets[y - 1 : y + 2, x - 1 : x + 2].all()
    far = [(int(column), int(row)) for row, column in np.argwhere(targets) if max(abs(column - x), abs(row - y)) == 2]
    assert far == [(x - 2, y), (x + 2, y)]


def test_two_tiles_away_behind_a_wall_is_out_of_reach_for_the_ai() -> None:
    arena = arena_with_corridor()
    x, y = 30, CORRIDOR_ROW
    arena.lay(x + 1, y, ids.WALL)
    _, targets = maps(arena, x, y)
    assert not targets[y, x + 2]
    assert targets[y, x - 2]
