"""The way on: always as short as the plainest search finds, never through walls, and towards what helps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmd_gym.ram import decode
from pmd_gym.views import Chart, Ground, Side, Thing, chart_of, route_of
from pmd_gym.views.chart import Figure
from pmd_gym.views.route import shortest_walk
from tests.doubles import scene

Plane = np.ndarray


def leader(x: int, y: int) -> Figure:
    return Figure(x, y, "@", "leader", 0, Side.LEADER, 0, False)


def chart(*lines: str, enemies: tuple[tuple[int, int], ...] = ()) -> Chart:
    """A chart from letters: `#` wall, `.` room, `~` water, ` ` unknown, `>` stairs, `^` trap, `@` the leader."""
    ground, things = np.full((32, 56), Ground.WALL, np.uint8), np.zeros((32, 56), np.uint8)
    kinds = {"#": Ground.WALL, "~": Ground.WATER, " ": Ground.UNKNOWN}
    start = (0, 0)
    for y, line in enumerate(lines, 4):
        for x, letter in enumerate(line, 4):
            ground[y, x] = kinds.get(letter, Ground.ROOM)
            things[y, x] = {">": Thing.STAIRS, "^": Thing.TRAP}.get(letter, Thing.NOTHING)
            start = (x, y) if letter == "@" else start
    figures = tuple(Figure(x, y, "e", "enemy", 4, Side.ENEMY, 0, False) for x, y in enemies)
    return Chart(ground, things, (*figures, leader(*start)), ())


def plain_distance(standable: Plane, hollow: Plane, goals: Plane, x: int, y: int) -> int:
    """Steps to the nearest goal by growing a set of tiles; -1 without one."""
    height, width = standable.shape
    reached, edge, steps = {(x, y)}, {(x, y)}, 0
    while edge:
        if any(goals[b, a] for a, b in edge):
            return steps
        near = {
            (a + dx, b + dy)
            for a, b in edge
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            if 0 <= a + dx < width and 0 <= b + dy < height
            if standable[b + dy, a + dx] and hollow[b, a + dx] and hollow[b + dy, a]
        }
        edge, steps = near - reached, steps + 1
        reached |= near
    return -1


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_walk_is_shorter(seed: int) -> None:
    random = np.random.default_rng(seed)
    standable = random.random((9, 13)) < 0.6
    hollow = standable | (random.random((9, 13)) < 0.2)
    goals = random.random((9, 13)) < 0.05
    standable[4, 6] = hollow[4, 6] = True
    way = np.empty((9 * 13, 2), np.int64)
    length = shortest_walk(standable, hollow, goals, 6, 4, way)
    assert length == plain_distance(standable, hollow, goals & (standable | (length == 0)), 6, 4)
    steps = [(6, 4), *map(tuple, way[: max(length, 0)].tolist())]
    for (x, y), (to_x, to_y) in pairwise(steps):
        assert max(abs(x - to_x), abs(y - to_y)) == 1
        assert standable[to_y, to_x]
        assert hollow[y, to_x]
        assert hollow[to_y, x]
    assert length <= 0 or goals[steps[-1][1], steps[-1][0]]


def test_known_stairs_are_the_goal() -> None:
    assert route_of(chart("#####", "#@.>#", "#####")) == ((6, 5), (7, 5))


def test_on_the_stairs_nothing_is_left_to_walk() -> None:
    found = chart("####", "#@ .", "####")
    found.things[5, 5] = Thing.STAIRS
    assert route_of(found) == ()


def test_without_stairs_the_nearest_end_of_the_known_floor_is_the_goal() -> None:
    assert route_of(chart("########", "#@...   ", "########")) == ((6, 5), (7, 5), (8, 5))


def test_seen_traps_and_enemies_are_walked_around_where_that_is_possible() -> None:
    around = route_of(chart("######", "#@^.>#", "#....#", "######"))
    assert (6, 5) not in around
    assert route_of(chart("#####", "#@^>#", "#####")) == ((6, 5), (7, 5))
    assert route_of(chart("#####", "#@.>#", "#####", enemies=((6, 5),))) == ((6, 5), (7, 5))


def test_water_is_not_entered() -> None:
    assert route_of(chart("#####", "#@~>#", "#####")) == ()


@pytest.mark.parametrize("fair", [True, False])
def test_a_decoded_game_has_a_way_on(fair: bool) -> None:
    found = chart_of(decode(scene.scene()), fair=fair)
    assert found is not None
    way = route_of(found)
    assert way
    if not fair:
        assert way[-1] == scene.STAIRS
