"""Ways over a known floor: the corner rule, shortest walks, and a plain search as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from agents.policy.paths import DIRECTIONS, direction_between, points_of, shifted, step_bits, walks_from, way_to


def plane(*rows: str) -> NDArray[np.bool_]:
    return np.array([[sign == "." for sign in row] for row in rows])


def test_shifted_reads_the_neighbour_and_nothing_outside() -> None:
    start = plane("#####", "##.##", "#####")
    for direction, (dx, dy) in enumerate(DIRECTIONS):
        assert points_of(shifted(start, direction)) == [(2 - dx, 1 - dy)]
    assert not shifted(plane("..."), 0).any()


def test_no_diagonal_step_around_a_wall_corner() -> None:
    floor = plane("####", "#.##", "#..#", "####")
    bits = step_bits(floor, floor)
    assert not bits[1, 1] >> 1 & 1
    assert bits[1, 1] >> 0 & 1


def test_a_corner_over_water_may_be_cut() -> None:
    walkable = plane("####", "#.##", "##.#", "####")
    water = plane("####", "#..#", "#..#", "####")
    assert step_bits(walkable, water)[1, 1] >> 1 & 1


def test_the_first_step_leads_the_shortest_way() -> None:
    floor = plane("#######", "#.....#", "#.###.#", "#.#...#", "#######")
    walks = walks_from((1, 3), step_bits(floor, floor))
    assert walks.distance((3, 3)) == 10
    assert DIRECTIONS[walks.direction((3, 3))] == (0, -1)
    assert walks.direction((1, 3)) == -1
    assert walks.distance((3, 2)) == -1
    assert walks.nearest([(3, 2), (3, 3), (5, 1)]) == (5, 1)
    assert walks.nearest([(3, 2)]) is None


@given(st.lists(st.integers(0, 3), min_size=8 * 9, max_size=8 * 9))
def test_walks_agree_with_relaxation(cells: list[int]) -> None:
    grid = np.array(cells).reshape(8, 9)
    grid[[0, -1], :] = grid[:, [0, -1]] = 0
    grid[4, 4] = 1
    walkable, hollow = (grid == 1) | (grid == 3), grid > 0
    walks = walks_from((4, 4), step_bits(walkable, hollow))
    assert np.array_equal(np.array(walks.steps).reshape(8, 9), relaxed(walkable, hollow, (4, 4)))


def relaxed(walkable: NDArray[np.bool_], hollow: NDArray[np.bool_], start: tuple[int, int]) -> NDArray[np.int64]:
    """Bellman-Ford over the rule as it is written in the game's facts."""
    far = 10_000
    distance = np.full(walkable.shape, far)
    distance[start[1], start[0]] = 0
    for _ in range(walkable.size):
        before = distance.copy()
        for y, x in zip(*np.nonzero(before < far), strict=True):
            for dx, dy in DIRECTIONS:
                if walkable[y + dy, x + dx] and (not (dx and dy) or (hollow[y, x + dx] and hollow[y + dy, x])):
                    distance[y + dy, x + dx] = min(distance[y + dy, x + dx], before[y, x] + 1)
        if np.array_equal(before, distance):
            break
    return np.where(distance < far, distance, -1)


def test_direction_between_neighbours() -> None:
    assert [direction_between((5, 5), (5 + dx, 5 + dy)) for dx, dy in DIRECTIONS] == list(range(8))


@pytest.mark.parametrize("seed", range(20))
def test_a_star_finds_ways_as_short_as_the_search_of_all_ways(seed: int) -> None:
    generator = np.random.default_rng(seed)
    hollow = generator.random((12, 16)) < 0.7
    hollow[[0, -1], :] = hollow[:, [0, -1]] = False
    hollow[1, 1] = True
    bits = step_bits(hollow, hollow)
    walks = walks_from((1, 1), bits)
    for goal in points_of(hollow):
        way = way_to((1, 1), goal, bits, {})
        assert len(way) == max(0, walks.distance(goal))
        x, y = 1, 1
        for direction in way:
            assert bits[y, x] >> direction & 1
            x, y = x + DIRECTIONS[direction][0], y + DIRECTIONS[direction][1]
        assert (x, y) == goal or not way


def test_a_star_pays_for_expensive_tiles_only_if_the_way_around_costs_more() -> None:
    hollow = np.zeros((5, 12), bool)
    hollow[1, 1:11] = hollow[3, 1:11] = hollow[2, [1, 10]] = True
    bits = step_bits(hollow, hollow)
    straight = way_to((1, 1), (10, 1), bits, {})
    assert len(straight) == 9
    assert way_to((1, 1), (10, 1), bits, {(5, 1): 3}) == straight
    assert len(way_to((1, 1), (10, 1), bits, {(5, 1): 30})) == 13
