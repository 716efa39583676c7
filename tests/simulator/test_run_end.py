"""What the end of a floor and of a run does: defeat, unpaid wares, the second part of a dungeon."""

from __future__ import annotations

import numpy as np

from pmd_gym.backends.interface import CommandKind
from pmd_gym.scenario import Member, Scenario
from pmd_gym.simulator import ids
from pmd_gym.simulator.games import Games
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.start import begin_floor, load_scenario

MT_THUNDER, MT_THUNDER_PEAK, TINY_WOODS = 5, 6, 0
ORAN, APPLE = 55, 82
TEAM = (Member(4, 20, hp=7, held=(APPLE, 1)), Member(7, 20))
ONE = np.array([0], np.int64)


def on_floor(dungeon: int, floor: int) -> Games:
    games = Games(1)
    load_scenario(games.records, 0, Scenario(dungeon, floor, TEAM, bag=((ORAN, 1),) * 16, money=500))
    begin_floor(games.records, 0, rules(), 4242)
    return games


def take_stairs(games: Games) -> None:
    world = games.records[0]["world"]
    x, y = world["entities"][0]["pos"].item()
    world["tiles"][y, x]["terrain"] |= ids.STAIRS
    games.step(ONE, np.array([[CommandKind.STAIRS, 0]], np.int16))


def test_the_last_floor_of_mt_thunder_leads_to_its_peak_with_a_rested_team() -> None:
    games = on_floor(MT_THUNDER, 10)
    take_stairs(games)
    world = games.records[0]["world"]
    assert (int(world["dungeon_id"]), int(world["floor"]), int(world["exit_reason"])) == (MT_THUNDER_PEAK, 1, 0)
    leader = world["monsters"][0]
    assert leader["hp"] == leader["max_hp"]
    assert leader["held_item"]["id"] == APPLE
    assert world["dungeon_seed"] != 0
    assert games.records[0]["money"] == 500


def test_unpaid_wares_stay_behind() -> None:
    games = on_floor(TINY_WOODS, 1)
    bag = games.records[0]["inventory_data"]["bag"]
    bag[1]["flags"] |= ids.ITEM_IN_SHOP
    games.records[0]["world"]["monsters"][0]["held_item"]["flags"] |= ids.ITEM_IN_SHOP
    take_stairs(games)
    assert sum(bag["flags"] & ids.ITEM_EXISTS) == 15
    assert games.records[0]["world"]["monsters"][0]["held_item"]["flags"] == 0
    assert games.records[0]["world"]["floor"] == 2


def test_a_defeat_costs_money_held_items_and_about_half_of_the_bag() -> None:
    games = on_floor(TINY_WOODS, 1)
    world, game = games.records[0]["world"], games.records[0]
    world["turns_left"] = 1
    games.step(ONE, np.array([[CommandKind.WAIT, 0]], np.int16))
    assert world["exit_reason"] == ids.BLOWN_AWAY
    assert game["money"] == 0
    left = int(sum(game["inventory_data"]["bag"]["flags"] & ids.ITEM_EXISTS))
    assert 0 < left < 16
    assert [int(member["held_item"]["flags"]) for member in game["roster_data"]["team"]] == [0, 0, 0, 0]


def test_stolen_goods_turn_to_plain_seeds_in_a_defeat() -> None:
    games = on_floor(TINY_WOODS, 1)
    world, game = games.records[0]["world"], games.records[0]
    world["stole"], world["turns_left"] = 1, 1
    games.step(ONE, np.array([[CommandKind.WAIT, 0]], np.int16))
    kept = [int(item["id"]) for item in game["inventory_data"]["bag"] if item["flags"] & ids.ITEM_EXISTS]
    assert set(kept) == {ids.PLAIN_SEED}
