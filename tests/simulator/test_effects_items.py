"""Moves and orbs that act on items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.items import FIRST_ITEM
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena, address_of
from tests.doubles.effects import apply_move

RATTATA = 19
APPLE, ORAN_BERRY, GRAVELEROCK = 82, 55, 7
EXISTS, SHOP, STICKY = ids.ITEM_EXISTS, ids.ITEM_IN_SHOP, ids.ITEM_STICKY
EAST = 2


def holding(item: int, flags: int = EXISTS, quantity: int = 0) -> tuple[int, int, int]:
    """An item record: flags, quantity, id."""
    return flags, quantity, item


NOTHING = holding(0, 0)


def duel(foe: dict[str, Any] | None = None, **leader: Any) -> tuple[Arena, Any, Any]:
    """An arena with two plain monsters, and their records."""
    plain = {"ability1": 0, "ability2": 0, "type1": ids.NORMAL_TYPE, "type2": 0, "hp": 300, "max_hp": 300}
    arena = Arena()
    arena.put(LEADER, RATTATA, (10, 10), direction=EAST, **{**plain, **leader})
    arena.put(FOE, RATTATA, (11, 10), **{**plain, "sleep_status": 0, **(foe or {})})
    return arena, arena.world["monsters"][LEADER], arena.world["monsters"][FOE]


def put_item(arena: Arena, index: int, x: int, y: int, item: int = APPLE) -> None:
    """Lay an item on the floor by hand."""
    entity = arena.world["all_entities"][FIRST_ITEM + index]
    entity["kind"], entity["pos"], entity["visible"] = ids.ITEM, (x, y), 1
    arena.world["floor_items"][index] = holding(item, EXISTS, index)
    arena.world["tiles"][y, x]["object"] = address_of(FIRST_ITEM + index)
    arena.world["item_limit"] = max(int(arena.world["item_limit"]), index + 1)


def lying(arena: Arena) -> dict[tuple[int, int], tuple[int, int, int]]:
    """Tile -> item of everything on the floor."""
    found = {}
    for index in range(layout.MAX_ITEMS):
        entity = arena.world["all_entities"][FIRST_ITEM + index]
        if entity["kind"] == ids.ITEM:
            x, y = entity["pos"].tolist()
            assert arena.world["tiles"][y, x]["object"] == address_of(FIRST_ITEM + index)
            found[x, y] = arena.world["floor_items"][index].tolist()
    return found


@pytest.mark.parametrize("key", ["THIEF", "COVET", "TAKEAWAY"])
def test_an_empty_hand_takes_what_the_target_holds(key: str) -> None:
    arena, leader, foe = duel({"held_item": holding(APPLE, EXISTS | STICKY)})
    assert apply_move(arena, key)
    assert leader["held_item"].tolist() == holding(APPLE, EXISTS | STICKY)
    assert foe["held_item"].tolist() == NOTHING
    assert foe["hp"] < 300


@pytest.mark.parametrize(
    ("foe", "leader"),
    [
        ({"ability1": ids.STICKY_HOLD}, {}),
        ({"held_item": holding(ids.ALERT_SPECS)}, {}),
        ({}, {"held_item": holding(ORAN_BERRY)}),
        ({"ability1": ids.SHIELD_DUST}, {}),
    ],
)
def test_what_keeps_its_item_is_struck_all_the_same(foe: dict[str, Any], leader: dict[str, Any]) -> None:
    arena, mine, theirs = duel({"held_item": holding(APPLE), **foe}, **leader)
    before = mine["held_item"].tolist()
    assert apply_move(arena, "THIEF")
    assert mine["held_item"].tolist() == before
    assert theirs["held_item"].tolist() != NOTHING


def test_trick_exchanges_what_both_hold() -> None:
    arena, leader, foe = duel({"held_item": holding(APPLE)}, held_item=holding(GRAVELEROCK, EXISTS, 5))
    assert apply_move(arena, "TRICK")
    assert leader["held_item"].tolist() == holding(APPLE)
    assert foe["held_item"].tolist() == holding(GRAVELEROCK, EXISTS, 5)
    foe["held_item"] = NOTHING
    assert not apply_move(arena, "TRICK")


def test_knock_off_throws_the_item_behind_its_holder() -> None:
    arena, _, foe = duel({"held_item": holding(APPLE)})
    assert apply_move(arena, "KNOCK_OFF")
    assert foe["held_item"].tolist() == NOTHING
    assert lying(arena) == {(12, 10): holding(APPLE)}
    assert foe["hp"] == 300
    assert not apply_move(arena, "KNOCK_OFF")


def test_pay_day_scatters_money_only_over_the_fallen() -> None:
    arena, _, foe = duel()
    arena.world["money_cap"] = 255
    assert apply_move(arena, "PAY_DAY")
    assert lying(arena) == {}
    foe["hp"] = 1
    arena.forget_draws()
    assert apply_move(arena, "PAY_DAY")
    assert [item[2] for item in lying(arena).values()] == [ids.POKE]
    assert list(lying(arena)) == [(11, 10)]
    assert [draw[0] for draw in arena.draws()].count(int(Draw.MONEY)) == 1


def test_recycle_restores_used_tms() -> None:
    arena, leader, _ = duel(held_item=holding(ids.USED_TM, EXISTS, 3))
    bag = arena.game["inventory_data"]["bag"]
    bag[0], bag[1] = holding(ids.USED_TM, EXISTS | STICKY, 40), holding(ids.USED_TM, EXISTS | SHOP, 7)
    assert apply_move(arena, "RECYCLE", target=LEADER)
    assert bag[:2].tolist() == [holding(165), holding(ids.USED_TM, EXISTS | SHOP, 7)]
    assert leader["held_item"].tolist() == holding(128)
    assert not apply_move(arena, "RECYCLE", target=LEADER)


def test_cleanse_wipes_the_teams_things_but_no_wares() -> None:
    arena, leader, foe = duel({"held_item": holding(APPLE, EXISTS | STICKY)}, held_item=holding(APPLE, EXISTS | STICKY))
    bag = arena.game["inventory_data"]["bag"]
    bag[0], bag[1] = holding(APPLE, EXISTS | STICKY), holding(APPLE, EXISTS | STICKY | SHOP)
    assert apply_move(arena, "CLEANSE", target=LEADER)
    assert bag["flags"][:2].tolist() == [EXISTS, EXISTS | STICKY | SHOP]
    assert leader["held_item"]["flags"] == EXISTS
    assert foe["held_item"]["flags"] == EXISTS | STICKY
    assert not apply_move(arena, "CLEANSE", target=LEADER)
    assert not apply_move(arena, "CLEANSE", target=FOE)


def test_trawl_pulls_far_items_and_leaves_near_and_buried_ones() -> None:
    arena, _, _ = duel()
    put_item(arena, 0, 12, 10)
    put_item(arena, 1, 13, 10, ORAN_BERRY)
    put_item(arena, 2, 40, 20, GRAVELEROCK)
    put_item(arena, 3, 1, 1)
    assert apply_move(arena, "TRAWL", target=LEADER)
    assert lying(arena) == {
        (12, 10): holding(APPLE, EXISTS, 0),
        (10, 10): holding(ORAN_BERRY, EXISTS, 1),
        (10, 9): holding(GRAVELEROCK, EXISTS, 2),
        (1, 1): holding(APPLE, EXISTS, 3),
    }
    assert arena.draws() == []


def test_trawl_takes_twenty_five_at_most() -> None:
    arena, _, _ = duel()
    for index in range(30):
        put_item(arena, index, 20 + index, 20, APPLE)
    apply_move(arena, "TRAWL", target=LEADER)
    near = [tile for tile in lying(arena) if max(abs(tile[0] - 10), abs(tile[1] - 10)) <= 2]
    assert len(near) == 25
    assert sorted(item[1] for item in lying(arena).values()) == list(range(30))


def test_itemize_leaves_an_item_and_no_experience() -> None:
    arena, leader, _ = duel()
    spawns = arena.world["item_spawns"][0]
    spawns["category_weights"][arena.tables[0]["items"][APPLE]["category"]] = 10000
    spawns["item_weights"][APPLE] = 10000
    assert apply_move(arena, "ITEMIZE")
    assert arena.world["entities"][FOE]["kind"] == 0
    assert [item[2] for item in lying(arena).values()] == [APPLE]
    assert list(lying(arena)) == [(11, 10)]
    assert leader["pending_exp"] == 0
    assert [draw[0] for draw in arena.draws()] == [int(Draw.ITEM_ROLL), int(Draw.ITEM_ROLL), int(Draw.STICKY)]


def test_bosses_do_not_become_items() -> None:
    arena, _, _ = duel({"behavior": 4})
    assert not apply_move(arena, "ITEMIZE")
    assert arena.world["entities"][FOE]["kind"] == ids.MONSTER
    assert np.all(arena.world["all_entities"]["kind"][FIRST_ITEM : FIRST_ITEM + layout.MAX_ITEMS] == 0)
