"""The way on: the shortest known walk to the stairs, or to where the known floor ends while they are not known.

Worked out from a `Chart` alone, so it holds nothing that the player could not find with a pencil on the map. It is a
suggestion that the views dot in; nobody is made to follow it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.views.chart import Chart, Ground, Point, Side, Thing

_STEPS = np.array([(0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, -1), (-1, 1)])
"""Straight steps first, so that equally short walks keep to the corridors' axes."""
_MAX_TILES = 56 * 32


def route_of(chart: Chart) -> tuple[Point, ...]:
    """Tiles from the leader's (left out) to the goal; empty on the goal, without a leader, or when there is no way.

    Ways that keep clear of enemies and seen traps come first, then any. Water, lava and chasms are not entered.
    """
    leader = chart.leader
    if leader is None or chart.things[leader.y, leader.x] == Thing.STAIRS:
        return ()
    hollow = chart.ground > Ground.WALL
    for standable in _floors(chart):
        for goals in _goals(chart, standable):
            goals[leader.y, leader.x] = False
            way = np.empty((_MAX_TILES, 2), np.int64)
            length = shortest_walk(standable, hollow, goals, leader.x, leader.y, way)
            if length > 0:
                return tuple(map(tuple, way[:length].tolist()))
    return ()


def _floors(chart: Chart) -> Iterator[NDArray[np.bool_]]:
    """Where one may walk, most careful first."""
    floor = (chart.ground == Ground.ROOM) | (chart.ground == Ground.CORRIDOR)
    clear = floor & (chart.things != Thing.TRAP)
    for figure in chart.figures:
        if figure.side is Side.ENEMY:
            clear[figure.y, figure.x] = False
    yield clear
    yield floor


def _goals(chart: Chart, standable: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """The stairs; else places beside the unknown, better straight than at a corner."""
    stairs = chart.things == Thing.STAIRS
    if stairs.any():
        yield stairs
    unknown = chart.ground == Ground.UNKNOWN
    unknown[[0, -1]] = unknown[:, [0, -1]] = False  # the rim of the map is rock
    straight = np.zeros_like(unknown)
    straight[1:] |= unknown[:-1]
    straight[:-1] |= unknown[1:]
    straight[:, 1:] |= unknown[:, :-1]
    straight[:, :-1] |= unknown[:, 1:]
    yield standable & straight
    beside = straight.copy()
    beside[:, 1:] |= straight[:, :-1]
    beside[:, :-1] |= straight[:, 1:]
    yield standable & beside


@kernel
def shortest_walk(
    standable: NDArray[np.bool_], hollow: NDArray[np.bool_], goals: NDArray[np.bool_], x: int, y: int,
    way: NDArray[np.int64],
) -> int:  # fmt: skip
    """Write the shortest walk from (x, y) to the nearest goal to `way`, (n, 2) x and y; its length, or -1 without one.

    All planes (height, width) bool. A diagonal step needs both tiles beside it to be hollow (mechanics, section 5).
    """
    height, width = standable.shape
    came = np.full((height, width), -1, np.int64)
    queue = np.empty((height * width, 2), np.int64)
    queue[0, 0], queue[0, 1] = x, y
    came[y, x] = len(_STEPS)
    head, tail = 0, 1
    while head < tail:
        at_x, at_y = queue[head, 0], queue[head, 1]
        head += 1
        if goals[at_y, at_x]:
            return _trace(came, at_x, at_y, way)
        for step in range(len(_STEPS)):
            to_x, to_y = at_x + _STEPS[step, 0], at_y + _STEPS[step, 1]
            inside = 0 <= to_x < width and 0 <= to_y < height
            if not inside or came[to_y, to_x] >= 0 or not standable[to_y, to_x]:
                continue
            if hollow[at_y, to_x] and hollow[to_y, at_x]:
                came[to_y, to_x] = step
                queue[tail, 0], queue[tail, 1] = to_x, to_y
                tail += 1
    return -1


@kernel
def _trace(came: NDArray[np.int64], x: int, y: int, way: NDArray[np.int64]) -> int:
    """The walk back from a goal, turned round."""
    length = 0
    while came[y, x] < len(_STEPS):
        way[length, 0], way[length, 1] = x, y
        step = came[y, x]
        x -= _STEPS[step, 0]
        y -= _STEPS[step, 1]
        length += 1
    for index in range(length // 2):
        other = length - 1 - index
        for axis in range(2):
            way[index, axis], way[other, axis] = way[other, axis], way[index, axis]
    return length
