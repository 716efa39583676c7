"""Wild monsters that appear in the course of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.draws import labelled

BULBASAUR, PIDGEY, WURMPLE = 1, 16, 290
LEVEL = 7
INTERVAL = 36
HERE = (20, 15)
SPLASH = 254
SPAWN_LABELS = (Draw.SPAWN_SPECIES, Draw.SPAWN_TILE, Draw.SPAWN_RANDOM_WALK, Draw.SPAWN_SLEEP)


def arena_with(alive: int, house: int = layout.CORRIDOR) -> Arena:
    """A leader, wild monsters that do nothing, and a table with one species."""
    arena = Arena()
    arena.put(LEADER, BULBASAUR, HERE, hp=900, max_hp=900)
    for index in range(alive):
        arena.put(FOE + index, PIDGEY, (30 + 2 * index, 5), cringe_status=ids.PAUSED, cringe_turns=ids.FOREVER)
    world: Any = arena.world
    world["fractional_turn"], world["enemy_density"], world["monster_house_room"] = 3, 4, house
    world["floor_spawn_count"] = 1
    world["floor_spawns"][0]["packed"], world["floor_spawns"][0]["weight_floor"] = WURMPLE | LEVEL << 9, 10_000
    template = world["wild_templates"][0]
    template["species"], template["level"], template["max_hp"], template["moves"][0] = WURMPLE, LEVEL, 99, SPLASH
    return arena


def wait(arena: Arena, turns: int) -> list[int]:
    """Number of wild monsters after each of `turns` passed turns."""
    counts = []
    for _ in range(turns):
        arena.games.step(np.array([0]), np.array([[CommandKind.WAIT, 0]], np.int16))
        counts.append(int((arena.world["entities"]["kind"][FOE:] == ids.MONSTER).sum()))
    return counts


@pytest.mark.parametrize(
    ("alive", "house", "appears"),
    [(9, layout.CORRIDOR, True), (10, layout.CORRIDOR, False), (3, 0, True), (4, 0, False)],
)
def test_every_thirty_sixth_turn_one_more_appears_up_to_the_limit(alive: int, house: int, appears: bool) -> None:
    counts = wait(arena_with(alive, house), INTERVAL)
    assert counts == [alive] * (INTERVAL - 1) + [alive + appears]


def test_the_counter_starts_anew_after_each_attempt() -> None:
    arena = arena_with(0)
    numbers = []
    for turns in (INTERVAL - 1, 1, INTERVAL - 1, 1):
        wait(arena, turns)
        numbers.append(int(arena.world["next_spawn_id"]))
    first = numbers[0]
    assert numbers == [first, first + 1, first + 1, first + 2]


def test_a_call_by_illuminate_is_forgotten_once_it_is_answered() -> None:
    arena = arena_with(1)
    arena.world["spawn_counter"], arena.world["illuminate_monster"] = 900, arena.world["wild"][0]
    assert wait(arena, 1) == [2]
    assert (arena.world["spawn_counter"], arena.world["illuminate_monster"]) == (0, 0)


def test_a_new_monster_remembers_nothing_of_the_one_before_in_its_record() -> None:
    arena = arena_with(0)
    arena.world["monsters"][FOE]["took_damage"], arena.world["monsters"][FOE]["held_item_noted"] = 1, 54
    wait(arena, INTERVAL)
    assert arena.world["entities"][FOE]["kind"] == ids.MONSTER
    assert arena.world["monsters"][FOE]["took_damage"] == arena.world["monsters"][FOE]["held_item_noted"] == 0


def test_floors_without_enemies_stay_so() -> None:
    arena = arena_with(0)
    arena.world["enemy_density"] = 0
    assert wait(arena, INTERVAL) == [0] * INTERVAL


def test_the_new_one_is_of_the_table_and_stands_far_from_the_leader() -> None:
    arena = arena_with(0)
    arena.world["spawn_counter"] = INTERVAL - 1
    wait(arena, 1)
    monster, place = arena.world["monsters"][FOE], arena.world["entities"][FOE]["pos"]
    assert (monster["species"], monster["level"], monster["is_enemy"]) == (WURMPLE, LEVEL, 1)
    assert max(abs(int(place["x"]) - HERE[0]), abs(int(place["y"]) - HERE[1])) >= 6


def test_an_appearance_draws_species_tile_wandering_and_sleep() -> None:
    arena = arena_with(0)
    arena.world["spawn_counter"] = INTERVAL - 1
    wait(arena, 1)
    draws = labelled(arena.draws(), *SPAWN_LABELS)
    room, near = 52 * 28, 11 * 11
    assert [draw[:2] for draw in draws] == [
        (Draw.SPAWN_SPECIES, 10_000), (Draw.SPAWN_TILE, 56), (Draw.SPAWN_TILE, 32), (Draw.SPAWN_TILE, room - near),
        (Draw.SPAWN_RANDOM_WALK, 100), (Draw.SPAWN_SLEEP, 100),
    ]  # fmt: skip
