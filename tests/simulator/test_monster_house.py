"""A monster house springs once, when a team member stands in it."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids, monster_house
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena

CHARMANDER, RATTATA = 4, 19
OTHER, SPECIES, SLEEP = int(Draw.OTHER), int(Draw.SPAWN_SPECIES), int(Draw.SPAWN_SLEEP)


@kernel
def wake_house(games: Any, tables: Any, slot: int) -> None:
    monster_house.wake_house(games[0], tables[0], slot)


@pytest.fixture
def arena() -> Arena:
    arena = Arena((2, 2, 20, 16))
    arena.put(LEADER, CHARMANDER, (5, 5))
    arena.world["tiles"]["terrain"][2:16, 2:20] |= ids.MONSTER_HOUSE
    arena.world["monster_house_room"] = 0
    arena.world["floor_spawns"][0]["packed"], arena.world["floor_spawn_count"] = RATTATA | 3 << 9, 1
    arena.world["floor_spawns"][0]["weight_house"] = 10000
    return arena


def crowd(arena: Arena) -> list[tuple[int, int]]:
    return [
        arena.world["entities"][slot]["pos"].item() for slot in range(FOE, 20) if arena.world["entities"][slot]["kind"]
    ]


def test_eight_to_eleven_monsters_appear_within_four_tiles_all_awake(arena: Arena) -> None:
    wake_house(arena.records, arena.tables, LEADER)
    draws = arena.draws()
    assert draws[0][:2] == (OTHER, 4)
    assert len(crowd(arena)) == draws[0][2] + 8
    assert all(abs(x - 5) <= 4 and abs(y - 5) <= 4 for x, y in crowd(arena))
    assert draws[1][1] == 8 * 8 - 1  # the free tiles around, cut at the room's border
    assert SLEEP not in [label for label, _, _ in draws]


def test_it_springs_once_and_only_for_the_team(arena: Arena) -> None:
    arena.put(FOE, RATTATA, (9, 9))
    wake_house(arena.records, arena.tables, FOE)
    assert arena.draws() == []
    wake_house(arena.records, arena.tables, LEADER)
    count = len(crowd(arena))
    wake_house(arena.records, arena.tables, LEADER)
    assert len(crowd(arena)) == count


def test_outside_of_it_nothing_happens(arena: Arena) -> None:
    arena.lay(5, 5, ids.NORMAL)
    wake_house(arena.records, arena.tables, LEADER)
    assert crowd(arena) == []
    assert arena.world["monster_house_triggered"] == 0
