"""Steps and blows around walls and water, by the mobility of the walker."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.simulator import ids
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.draws import labelled

BULBASAUR, SQUIRTLE, ZUBAT, GASTLY = 1, 7, 41, 92
"""Walkers: regular, through liquid, over crevices, through walls."""
PIDGEY = 16
HERE = (20, 15)
SOUTH, SOUTH_EAST, EAST, NORTH = 0, 1, 2, 4
WALL, WATER = ids.WALL, ids.SECONDARY


def arena_with(species: int, ground: dict[int, int], at: tuple[int, int] = HERE) -> Arena:
    """A leader with special ground around it: direction -> terrain."""
    arena = Arena()
    for direction, terrain in ground.items():
        arena.lay(at[0] + int(ids.DX[direction]), at[1] + int(ids.DY[direction]), terrain)
    arena.put(LEADER, species, at)
    arena.world["fractional_turn"] = 3
    return arena


def command(arena: Arena, kind: CommandKind, argument: int = 0) -> None:
    arena.games.step(np.array([0]), np.array([[kind, argument]], np.int16))


def steps(arena: Arena, direction: int, slot: int = LEADER) -> bool:
    """Whether the leader gets anywhere; where it gets must be the next tile."""
    before = arena.world["entities"][slot]["pos"].item()
    command(arena, CommandKind.STEP, direction)
    after = arena.world["entities"][slot]["pos"].item()
    there = before[0] + int(ids.DX[direction]), before[1] + int(ids.DY[direction])
    assert after in (before, there)
    return after == there


def strikes(arena: Arena, direction: int) -> bool:
    """Whether a blow reaches a sleeping foe on the next tile: only then is a hit drawn."""
    x, y = arena.world["entities"][LEADER]["pos"].item()
    tile = x + int(ids.DX[direction]), y + int(ids.DY[direction])
    foe: Any = arena.put(FOE, PIDGEY, tile, hp=200, max_hp=200, sleep_status=ids.SLEEP, sleep_turns=ids.FOREVER)
    command(arena, CommandKind.FACE, direction)
    command(arena, CommandKind.ATTACK)
    assert foe["hp"] == 200 or labelled(arena.draws(), Draw.HIT)
    return bool(labelled(arena.draws(), Draw.HIT))


@pytest.mark.parametrize("species", [BULBASAUR, SQUIRTLE, ZUBAT])
@pytest.mark.parametrize("wall", [EAST, SOUTH])
def test_no_diagonal_step_or_blow_goes_around_the_corner_of_a_wall(species: int, wall: int) -> None:
    assert not steps(arena_with(species, {wall: WALL}), SOUTH_EAST)
    assert not strikes(arena_with(species, {wall: WALL}), SOUTH_EAST)


def test_a_diagonal_step_may_pass_water() -> None:
    assert steps(arena_with(BULBASAUR, {EAST: WATER}), SOUTH_EAST)
    assert steps(arena_with(BULBASAUR, {EAST: WATER, SOUTH: WATER}), SOUTH_EAST)


@pytest.mark.parametrize(("species", "allowed"), [(BULBASAUR, False), (SQUIRTLE, True), (ZUBAT, True), (GASTLY, True)])
def test_water_bears_those_that_swim_or_fly(species: int, allowed: bool) -> None:
    assert steps(arena_with(species, {SOUTH: WATER}), SOUTH) == allowed


def test_a_blow_may_pass_two_corners_of_water() -> None:
    assert strikes(arena_with(BULBASAUR, {EAST: WATER, SOUTH: WATER}), SOUTH_EAST)


def test_a_walker_strikes_what_swims_though_it_cannot_follow() -> None:
    assert strikes(arena_with(BULBASAUR, {SOUTH: WATER}), SOUTH)


def test_a_ghost_walks_and_strikes_into_walls() -> None:
    assert steps(arena_with(GASTLY, {SOUTH: WALL}), SOUTH)
    assert strikes(arena_with(GASTLY, {SOUTH: WALL}), SOUTH)
    assert steps(arena_with(GASTLY, {EAST: WALL}), SOUTH_EAST)


def test_nobody_else_strikes_into_walls() -> None:
    assert not strikes(arena_with(ZUBAT, {SOUTH: WALL}), SOUTH)


@pytest.mark.parametrize(
    ("corner", "barred"), [((1, 1), (3, 4, 5, 6, 7)), ((54, 30), (0, 1, 2, 3, 7)), ((54, 15), (1, 2, 3))]
)
def test_a_ghost_never_enters_the_outermost_ring(corner: tuple[int, int], barred: tuple[int, ...]) -> None:
    for direction in range(8):
        assert steps(arena_with(GASTLY, {}, corner), direction) == (direction not in barred), direction


def test_an_impassable_tile_stops_even_a_ghost() -> None:
    assert not steps(arena_with(GASTLY, {SOUTH: WALL | ids.IMPASSABLE}), SOUTH)


def test_walking_inside_walls_makes_the_leader_hungry() -> None:
    arena = arena_with(GASTLY, {SOUTH: WALL})
    command(arena, CommandKind.STEP, SOUTH)
    assert arena.world["monsters"][LEADER]["belly"].item() == (94, 900)


def test_water_puts_out_a_burn() -> None:
    arena = arena_with(SQUIRTLE, {SOUTH: WATER})
    leader = arena.world["monsters"][LEADER]
    leader["burn_status"], leader["burn_turns"], leader["burn_damage_countdown"] = ids.BURN, ids.FOREVER, 9
    command(arena, CommandKind.STEP, SOUTH)
    assert leader["burn_status"] == 0


def test_leader_and_partner_change_places() -> None:
    arena = arena_with(BULBASAUR, {})
    arena.put(1, SQUIRTLE, (20, 16), tactic=ids.WAIT_THERE)
    command(arena, CommandKind.STEP, SOUTH)
    assert [arena.world["entities"][slot]["pos"].item() for slot in (0, 1)] == [(20, 16), (20, 15)]
    assert arena.world["turns_left"] == 999


def test_a_sleeping_partner_bars_the_way() -> None:
    arena = arena_with(BULBASAUR, {})
    arena.put(1, SQUIRTLE, (20, 16), sleep_status=ids.SLEEP, sleep_turns=ids.FOREVER)
    assert not steps(arena, SOUTH)
    assert arena.world["turns_left"] == 1000


def test_no_partner_is_dragged_where_it_cannot_stand() -> None:
    arena = arena_with(ZUBAT, {NORTH: WATER})
    arena.put(1, BULBASAUR, (20, 15 + 1))
    assert steps(arena, SOUTH)
    over_water = arena_with(ZUBAT, {})
    over_water.lay(*HERE, WATER)
    over_water.put(1, BULBASAUR, (20, 16))
    assert not steps(over_water, SOUTH)
