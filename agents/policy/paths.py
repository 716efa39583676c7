"""Walking on the known part of a floor: which steps are possible, and how far everything is.

Knows the game's rule for diagonal steps and nothing else of the game; in particular not what stands on the tiles,
which is the caller's to rule out beforehand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

Point = tuple[int, int]
"""(x, y) of a tile; x in 0..55 grows to the east, y in 0..31 to the south."""

DIRECTIONS: tuple[Point, ...] = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))
"""Step of each of the game's directions: S, SE, E, NE, N, NW, W, SW."""

_DIRECTIONS_OF_BITS = tuple(
    tuple(sorted((d for d in range(8) if bits >> d & 1), key=lambda d: d % 2)) for bits in range(256)
)
"""Directions in a step mask, straight ones first, so that equally short ways prefer corridors' axes."""


def shifted(plane: NDArray[np.bool_], direction: int) -> NDArray[np.bool_]:
    """(..., H, W) bool: the value of each tile's neighbour in `direction`, False outside the map."""
    dx, dy = DIRECTIONS[direction]
    height, width = plane.shape[-2:]
    moved = np.zeros_like(plane)
    moved[..., max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)] = plane[
        ..., max(0, dy) : height - max(0, -dy), max(0, dx) : width - max(0, -dx)
    ]
    return moved


def step_bits(walkable: NDArray[np.bool_], hollow: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(..., H, W) uint8: bit d is set where a step in direction d is possible.

    `walkable` (..., H, W): the walker can stand there. `hollow` (..., H, W): the tile is no wall (floor, water, lava or
    chasm); a diagonal step needs both tiles beside it to be hollow (pret/pmd-red 1177316f, src/dungeon_logic.c).
    """
    bits = np.zeros(walkable.shape, np.uint8)
    beside = [shifted(hollow, direction) for direction in range(0, 8, 2)]
    for direction in range(8):
        possible = shifted(walkable, direction)
        if direction % 2:
            possible &= beside[direction // 2] & beside[(direction // 2 + 1) % 4]
        bits |= possible.astype(np.uint8) << np.uint8(direction)
    return bits


@dataclass(frozen=True, slots=True)
class Walks:
    """Shortest walks from one tile: `steps[tile]` counts them, `first[tile]` is the direction of the first step.

    Tiles are numbered y * width + x; -1 marks what cannot be reached.
    """

    width: int
    steps: list[int]
    first: list[int]

    def distance(self, point: Point) -> int:
        """Steps to `point`, -1 if there is no way."""
        return self.steps[point[1] * self.width + point[0]]

    def direction(self, point: Point) -> int:
        """Direction of the first step to `point`, -1 if there is no way or none is needed."""
        return self.first[point[1] * self.width + point[0]]

    def nearest(self, points: Iterable[Point]) -> Point | None:
        """The point with the fewest steps, the first of equals; None if none can be reached."""
        reached = [(self.distance(point), index, point) for index, point in enumerate(points)]
        return min((entry for entry in reached if entry[0] >= 0), default=(0, 0, None))[2]


def walks_from(start: Point, bits: NDArray[np.uint8]) -> Walks:
    """Shortest walks from `start` over a (H, W) uint8 plane of `step_bits`; each step costs 1."""
    height, width = bits.shape
    cells = bits.tobytes()
    steps, first = [-1] * (height * width), [-1] * (height * width)
    offsets = [dy * width + dx for dx, dy in DIRECTIONS]
    origin = start[1] * width + start[0]
    steps[origin] = 0
    queue = deque([origin])
    while queue:
        tile = queue.popleft()
        for direction in _DIRECTIONS_OF_BITS[cells[tile]]:
            target = tile + offsets[direction]
            if steps[target] < 0:
                steps[target] = steps[tile] + 1
                first[target] = direction if tile == origin else first[tile]
                queue.append(target)
    return Walks(width, steps, first)


def way_to(start: Point, goal: Point, bits: NDArray[np.uint8], prices: Mapping[Point, int]) -> list[int]:
    """Directions of the cheapest walk from `start` to `goal`: A* over a (H, W) uint8 plane of `step_bits`.

    A step costs 1 and what `prices` (0 or more) say for the tile it leads to. Empty where there is no way, or none is
    needed. The estimate is the number of steps on an empty floor, which is never too much.
    """
    best: dict[Point, tuple[int, int]] = {start: (0, -1)}  # tile -> cost, and direction of the step that leads there
    queue = [(chebyshev(start, goal), 0, start)]
    while queue:
        _, cost, tile = heappop(queue)
        if tile == goal:
            return _retraced(best, goal)
        if cost > best[tile][0]:
            continue
        for direction in _DIRECTIONS_OF_BITS[bits[tile[1], tile[0]]]:
            dx, dy = DIRECTIONS[direction]
            target = tile[0] + dx, tile[1] + dy
            total = cost + 1 + prices.get(target, 0)
            if target not in best or total < best[target][0]:
                best[target] = total, direction
                heappush(queue, (total + chebyshev(target, goal), total, target))
    return []


def _retraced(best: Mapping[Point, tuple[int, int]], goal: Point) -> list[int]:
    tile, way = goal, list[int]()
    while (direction := best[tile][1]) >= 0:
        way.append(direction)
        tile = tile[0] - DIRECTIONS[direction][0], tile[1] - DIRECTIONS[direction][1]
    return way[::-1]


def direction_between(start: Point, target: Point) -> int:
    """Direction of a neighbouring tile; ValueError if `target` is not one of the eight around `start`."""
    return DIRECTIONS.index((target[0] - start[0], target[1] - start[1]))


def chebyshev(start: Point, target: Point) -> int:
    """Steps between two tiles on an empty floor."""
    return max(abs(target[0] - start[0]), abs(target[1] - start[1]))


def points_of(plane: NDArray[np.bool_]) -> list[Point]:
    """(x, y) of every True in a (H, W) plane, row by row."""
    return [(int(x), int(y)) for y, x in zip(*np.nonzero(plane), strict=True)]
