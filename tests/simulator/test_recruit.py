"""Who asks to join after its fall, and how it joins (mechanics section 10)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import hp_loss, ids, recruit
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena

CHARMANDER, SQUIRTLE, RATTATA = 4, 7, 19
MT_THUNDER = 5
OTHER = int(Draw.OTHER)


@kernel
def fall(games: Any, tables: Any, attacker: int, target: int) -> bool:
    return hp_loss.fall(games[0], tables[0], attacker, target, True, 0)


@kernel
def is_befriended(games: Any, tables: Any, leader: int, target: int) -> bool:
    return recruit.is_befriended(games[0], tables[0], leader, target)


@pytest.fixture
def arena() -> Arena:
    arena = Arena((2, 2, 30, 20))
    arena.put(LEADER, CHARMANDER, (5, 5), level=20)
    arena.put(FOE, RATTATA, (6, 5), level=7, max_hp=23)
    arena.game["roster_data"]["team"][0]["flags"] = 3
    arena.world["dungeon_id"], arena.world["can_recruit"] = MT_THUNDER, 1
    area = arena.rules["species"][RATTATA]["friend_area"]
    arena.game["friend_areas_data"][area] = 1
    return arena


def draw_below(arena: Arena, below: int) -> None:
    """Set the generator so that the next draw of 1000 is below a number."""
    for state in range(1, 1_000_000):
        if ((((state * 1566083941 + 1) & 0xFFFFFFFF) >> 16) * 1000) >> 16 < below:
            arena.game["rng_dungeon"] = state
            return


def test_one_draw_of_a_thousand_against_the_rate(arena: Arena) -> None:
    draw_below(arena, int(arena.rules["species"][RATTATA]["recruit_rate"]))
    assert is_befriended(arena.records, arena.tables, LEADER, FOE)
    assert [draw[:2] for draw in arena.draws()] == [(OTHER, 1000)]


def test_the_recruit_stands_up_where_it_fell_with_its_own_level_and_full_hp(arena: Arena) -> None:
    draw_below(arena, int(arena.rules["species"][RATTATA]["recruit_rate"]))
    arena.world["monsters"][FOE]["hp"] = 0
    assert fall(arena.records, arena.tables, LEADER, FOE)
    assert arena.world["entities"][FOE]["kind"] == 0
    new = arena.world["monsters"][1]
    assert (int(new["species"]), int(new["level"]), int(new["hp"]), int(new["max_hp"])) == (RATTATA, 7, 23, 23)
    assert arena.world["entities"][1]["pos"].item() == (6, 5)
    assert (int(new["is_enemy"]), int(new["team_index"])) == (0, 1)
    assert arena.game["roster_data"]["team"][1]["flags"] == 3


@pytest.mark.parametrize("reason", ["story", "dungeon", "area", "distance", "unseen", "partner's blow"])
def test_without_these_nothing_is_drawn(arena: Arena, reason: str) -> None:
    attacker = LEADER
    if reason == "story":
        arena.world["can_recruit"] = 0
    elif reason == "dungeon":
        arena.world["dungeon_id"] = 0
    elif reason == "area":
        arena.game["friend_areas_data"][:] = 0
    elif reason == "distance":
        arena.put(FOE + 1, RATTATA, (8, 5))
        assert not is_befriended(arena.records, arena.tables, LEADER, FOE + 1)
    elif reason == "unseen":
        arena.world["monsters"][LEADER]["conceal_status"] = ids.INVISIBLE
    else:
        attacker = 1
        arena.put(1, SQUIRTLE, (6, 6))
    if reason != "distance":
        fall(arena.records, arena.tables, attacker, FOE)
        assert arena.world["entities"][FOE]["kind"] == 0
    assert arena.draws() == []


def test_a_full_team_draws_in_vain(arena: Arena) -> None:
    for slot in range(1, 4):
        arena.put(slot, SQUIRTLE, (10, 4 + slot))
        arena.game["roster_data"]["team"][slot]["flags"] = 3
    draw_below(arena, 1)
    assert not is_befriended(arena.records, arena.tables, LEADER, FOE)
    assert [draw[:2] for draw in arena.draws()] == [(OTHER, 1000)]


@pytest.mark.parametrize(
    ("level", "bonus"), [(29, 0), (30, 50), (49, 75), (50, 100), (79, 150), (89, 175), (90, 240), (100, 240)]
)
def test_the_leaders_level_raises_the_rate(level: int, bonus: int) -> None:
    assert recruit.LEVEL_BONUS[level] == bonus
