"""The Kecleon shop: watching, paying, selling, theft; on a floor set up by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids, items, shop
from tests.doubles.arena import FOE, LEADER, Arena

CHARMANDER, KECLEON = 4, 380
APPLE = 82


@kernel
def watch(games: Any, tables: Any) -> None:
    shop.watch_leader(games[0], tables[0], False)


@kernel
def lay(games: Any, tables: Any, x: int, y: int, flags: int) -> None:
    item = games[0].new_item
    item.flags, item.id, item.quantity = flags, APPLE, 0
    items.lay_item(games[0], tables[0], x, y, item)


@kernel
def talk(games: Any, tables: Any) -> None:
    shop.talk(games[0], tables[0])


@pytest.fixture
def arena() -> Arena:
    """A shop of 3 x 3 tiles around (10, 10) with two apples of 25 Poke or so; the leader stands at its edge."""
    arena = Arena((2, 2, 30, 20))
    arena.world["tiles"]["terrain"][9:12, 9:12] |= ids.SHOP
    arena.world["kecleon_shop"] = (9, 9, 11, 11)
    arena.put(LEADER, CHARMANDER, (9, 10))
    arena.put(FOE, KECLEON, (10, 10), shopkeeper=shop.KEEPER)
    for x in (9, 11):
        lay(arena.records, arena.tables, x, 9, ids.ITEM_EXISTS | ids.ITEM_IN_SHOP)
    arena.world["shop_opening_value"] = arena.world["shop_stock_value"]
    watch(arena.records, arena.tables)
    return arena


def price(arena: Arena, kind: str) -> int:
    return int(arena.rules["items"][APPLE][kind])


def take(arena: Arena) -> None:
    """Put the apple at (9, 9) into the bag unpaid."""
    arena.world["tiles"][9, 9]["object"], arena.world["item_entities"][0]["kind"] = 0, 0
    arena.game["inventory_data"]["bag"][0] = (ids.ITEM_EXISTS | ids.ITEM_IN_SHOP, 0, APPLE)
    arena.world["shop_stock_value"] -= price(arena, "buy")


def leave(arena: Arena) -> None:
    arena.world["tiles"][10, 9]["monster"] = 0
    arena.world["entities"][LEADER]["pos"] = (6, 10)
    watch(arena.records, arena.tables)


def test_entering_and_leaving_without_anything_costs_nothing(arena: Arena) -> None:
    assert arena.world["leader_in_shop"] == 1
    leave(arena)
    assert (int(arena.world["leader_in_shop"]), int(arena.world["stole"])) == (0, 0)
    assert arena.world["entities"][FOE]["pos"].item() == (10, 10)


def test_who_leaves_with_a_ware_pays_and_the_keeper_comes_to_ask(arena: Arena) -> None:
    take(arena)
    arena.game["money"] = 1000
    leave(arena)
    assert arena.game["money"] == 1000 - price(arena, "buy")
    assert arena.game["inventory_data"]["bag"][0]["flags"] == ids.ITEM_EXISTS
    x, y = arena.world["entities"][FOE]["pos"].item()
    assert max(abs(x - 6), abs(y - 10)) == 1
    assert arena.world["stole"] == 0


def test_who_cannot_pay_is_a_thief_and_every_keeper_turns_hostile(arena: Arena) -> None:
    take(arena)
    arena.game["money"] = price(arena, "buy") - 1
    leave(arena)
    assert arena.world["stole"] == 1
    assert arena.world["monsters"][FOE]["shopkeeper"] == 0
    assert arena.game["inventory_data"]["bag"][0]["flags"] == ids.ITEM_EXISTS
    assert arena.world["shop_opening_value"] == 0


def test_a_keeper_that_sees_nothing_cannot_be_paid(arena: Arena) -> None:
    take(arena)
    arena.game["money"] = 1000
    arena.world["monsters"][FOE]["sight_status"] = ids.BLINKER
    leave(arena)
    assert arena.world["stole"] == 1


def test_what_is_left_in_the_shop_is_sold(arena: Arena) -> None:
    lay(arena.records, arena.tables, 10, 11, ids.ITEM_EXISTS)
    assert arena.world["shop_sell_offer"] == price(arena, "sell")
    leave(arena)
    assert arena.game["money"] == price(arena, "sell")
    assert arena.world["shop_sell_offer"] == 0
    assert arena.world["shop_opening_value"] == arena.world["shop_stock_value"] == 3 * price(arena, "buy")


def test_talking_settles_the_account_inside_the_shop(arena: Arena) -> None:
    take(arena)
    arena.game["money"] = 1000
    talk(arena.records, arena.tables)
    assert arena.game["money"] == 1000 - price(arena, "buy")
    arena.game["money"] = 0
    take_again = arena.world["shop_stock_value"]
    arena.world["shop_stock_value"] = take_again - 1
    talk(arena.records, arena.tables)
    assert arena.world["stole"] == 0
