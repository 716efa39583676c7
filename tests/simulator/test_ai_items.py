"""What the AI does with the item it holds: the draws it makes, and what comes of them."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import ids
from pmd_gym.simulator.games import commands_one
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena

CHARMANDER, SQUIRTLE, RATTATA = 4, 7, 19
STICK, GEO_PEBBLE = 1, 8
PARTNER = 1
AI_ITEM, OTHER = int(Draw.AI_ITEM), int(Draw.OTHER)


@pytest.fixture
def arena() -> Arena:
    arena = Arena((2, 2, 30, 20))
    arena.world["fractional_turn"] = 3  # a tick of normal speed
    arena.put(LEADER, CHARMANDER, (5, 5), hp=50, max_hp=50)
    return arena


def clever(monster: Any, item: int, quantity: int = 0, flags: int = 0) -> Any:
    """Give a monster Item Master and an item to hold."""
    monster["iq_skills"][ids.ITEM_MASTER >> 3] |= 1 << (ids.ITEM_MASTER & 7)
    monster["held_item"]["flags"], monster["held_item"]["id"] = ids.ITEM_EXISTS | flags, item
    monster["held_item"]["quantity"] = quantity
    return monster


def wait(arena: Arena, state: int = 1) -> list[tuple[int, int]]:
    """Let the leader pass; (label, value) of the draws about items, hits of throws included."""
    arena.game["rng_dungeon"] = state
    commands_one(arena.records, 0, arena.tables, "WAIT", 0)
    return [(label, value) for label, bound, value in arena.draws() if label == AI_ITEM and bound == 100]


def test_a_weak_partner_beside_a_foe_eats_its_berry(arena: Arena) -> None:
    partner = clever(arena.put(PARTNER, SQUIRTLE, (6, 5), hp=5, max_hp=60), ids.ORAN_BERRY)
    arena.put(FOE, RATTATA, (7, 5), hp=20, max_hp=20, cringe_status=ids.PAUSED, cringe_turns=99)
    assert len(wait(arena)) == 1
    assert partner["hp"] == 60
    assert partner["held_item"]["flags"] == 0


def test_a_healthy_partner_off_the_leaders_lines_draws_nothing(arena: Arena) -> None:
    partner = clever(arena.put(PARTNER, SQUIRTLE, (7, 6), hp=60, max_hp=60), ids.ORAN_BERRY)
    assert wait(arena) == []
    assert partner["held_item"]["id"] == ids.ORAN_BERRY


def test_a_friend_on_a_line_is_drawn_for_even_with_no_chance(arena: Arena) -> None:
    partner = clever(arena.put(PARTNER, SQUIRTLE, (6, 5), hp=60, max_hp=60), ids.ORAN_BERRY)
    assert wait(arena) != []
    assert partner["held_item"]["id"] == ids.ORAN_BERRY


@pytest.mark.parametrize("flags", [ids.ITEM_STICKY, ids.ITEM_IN_SHOP])
def test_sticky_items_and_wares_are_left_alone(arena: Arena, flags: int) -> None:
    clever(arena.put(PARTNER, SQUIRTLE, (6, 5), hp=5, max_hp=60), ids.ORAN_BERRY, 0, flags)
    assert wait(arena) == []


def test_without_item_master_nothing_is_thought_of(arena: Arena) -> None:
    partner = clever(arena.put(PARTNER, SQUIRTLE, (6, 5), hp=5, max_hp=60), ids.ORAN_BERRY)
    partner["iq_skills"] = 0
    assert wait(arena) == []


@pytest.mark.parametrize("state", [1, 3, 77])
def test_a_wild_monster_throws_sticks_along_a_line_at_seventy_percent(arena: Arena, state: int) -> None:
    foe = clever(arena.put(FOE, RATTATA, (9, 5)), STICK, 3)
    [(_, value)] = wait(arena, state)
    assert foe["held_item"]["quantity"] == (2 if value < 70 else 3)
    thrown = [draw for draw in arena.draws() if draw[:2] == (OTHER, 100)]
    assert bool(thrown) == (value < 70), "the hit check of the throw"


def test_nobody_on_a_line_no_draw(arena: Arena) -> None:
    clever(arena.put(FOE, RATTATA, (9, 7)), STICK, 3)
    assert wait(arena) == []


def test_a_stone_is_drawn_for_each_foe_then_one_is_chosen(arena: Arena) -> None:
    arena.put(PARTNER, SQUIRTLE, (6, 9), hp=60, max_hp=60)
    foe = clever(arena.put(FOE, RATTATA, (10, 7)), GEO_PEBBLE, 2)
    arena.game["rng_dungeon"] = 1
    commands_one(arena.records, 0, arena.tables, "WAIT", 0)
    draws = [(bound, value) for label, bound, value in arena.draws() if label == AI_ITEM]
    assert [bound for bound, _ in draws[:2]] == [100, 100]
    passed = sum(value < 70 for _, value in draws[:2])
    assert [bound for bound, _ in draws[2:]] == ([passed] if passed else [])
    assert foe["held_item"]["quantity"] == (1 if passed else 2)
