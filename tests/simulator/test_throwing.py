"""Throwing: lines, arcs, catching, bouncing, piercing and where things fall, by commands on a floor set up by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import ids
from pmd_gym.simulator.games import commands_one
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena

CHARMANDER, RATTATA = 4, 19
STICK, GEO_PEBBLE = 1, 8
EAST = 2
OTHER = int(Draw.OTHER)
PLACE = (5, 5)


@pytest.fixture
def arena() -> Arena:
    arena = Arena((2, 2, 30, 20))
    arena.world["has_inventory"] = 1
    arena.put(LEADER, CHARMANDER, PLACE, hp=50, max_hp=50, direction=EAST)
    return arena


def foe(arena: Arena, x: int, y: int = PLACE[1], **fields: Any) -> Any:
    return arena.put(FOE, RATTATA, (x, y), hp=200, max_hp=200, cringe_status=ids.PAUSED, cringe_turns=99, **fields)


def fill_bag(arena: Arena, item: int, quantity: int = 0, flags: int = 0) -> Any:
    entry = arena.game["inventory_data"]["bag"][0]
    entry["flags"], entry["id"], entry["quantity"] = ids.ITEM_EXISTS | flags, item, quantity
    return entry


def hold(monster: Any, item: int) -> None:
    monster["held_item"]["flags"], monster["held_item"]["id"] = ids.ITEM_EXISTS, item


def throw(arena: Arena) -> list[tuple[int, int, int]]:
    arena.game["rng_dungeon"] = 1  # the first draw out of 100 is 36: a hit
    commands_one(arena.records, 0, arena.tables, "THROW_ITEM", 0)
    return arena.draws()


def lying(arena: Arena) -> list[tuple[int, int, int]]:
    """(x, y, item) of everything on the floor."""
    entities = arena.world["all_entities"][20:84]
    return [(int(entity["pos"]["x"]), int(entity["pos"]["y"]), int(arena.world["floor_items"][index]["id"]))
            for index, entity in enumerate(entities) if entity["kind"] == ids.ITEM]  # fmt: skip


def test_a_stick_hits_ten_tiles_away_with_one_draw_before_the_blow(arena: Arena) -> None:
    entry, target = fill_bag(arena, STICK, 3), foe(arena, PLACE[0] + 10)
    draws = throw(arena)
    assert draws[0][:2] == (OTHER, 100)
    assert target["hp"] < 200
    assert entry["quantity"] == 2
    assert lying(arena) == []


def test_it_never_reaches_eleven_tiles(arena: Arena) -> None:
    fill_bag(arena, STICK, 3)
    target = foe(arena, PLACE[0] + 11)
    assert (OTHER, 100) not in [draw[:2] for draw in throw(arena)]
    assert target["hp"] == 200
    assert lying(arena) == [(PLACE[0] + 10, PLACE[1], STICK)]


def test_a_wall_stops_it(arena: Arena) -> None:
    arena.lay(9, 5, ids.WALL)
    fill_bag(arena, STICK, 1)
    throw(arena)
    assert lying(arena) == [(8, 5, STICK)]
    assert arena.game["inventory_data"]["bag"][0]["flags"] == 0


@pytest.mark.parametrize(("held", "who"), [(ids.WHIFF_SPECS, LEADER), (ids.DODGE_SCARF, FOE)])
def test_specs_and_scarf_make_it_miss_after_the_draw(arena: Arena, held: int, who: int) -> None:
    fill_bag(arena, STICK, 1)
    target = foe(arena, 8)
    hold(arena.world["monsters"][who], held)
    assert throw(arena)[0][:2] == (OTHER, 100)
    assert target["hp"] == 200
    assert lying(arena) == [(8, 5, STICK)], "a miss falls where the target stands"


def test_a_fixed_stone_flies_in_an_arc_over_the_first_to_a_foe_ahead(arena: Arena) -> None:
    arena.lay(6, 5, ids.WALL)
    fill_bag(arena, GEO_PEBBLE, 2)
    target = foe(arena, 8, 6)
    throw(arena)
    assert target["hp"] == 185


def test_without_a_foe_an_arc_falls_beside_the_second_tile(arena: Arena) -> None:
    fill_bag(arena, GEO_PEBBLE, 1)
    throw(arena)
    assert lying(arena) == [(PLACE[0] + 2, PLACE[1] - 1, GEO_PEBBLE)]


def test_a_foe_catches_an_object_but_not_with_specs_that_never_miss(arena: Arena) -> None:
    entry, target = fill_bag(arena, ids.POWER_BAND), foe(arena, 8)
    target["cringe_status"] = 0
    throw(arena)
    assert target["held_item"]["id"] == ids.POWER_BAND
    assert target["hp"] == 200
    hold(arena.world["monsters"][LEADER], ids.LOCKON_SPECS)
    target["held_item"] = (0, 0, 0)
    entry["flags"], entry["id"] = ids.ITEM_EXISTS, ids.POWER_BAND
    throw(arena)
    assert target["hp"] == 199


def test_a_thrown_berry_heals_whom_it_hits(arena: Arena) -> None:
    fill_bag(arena, ids.ORAN_BERRY)
    target = foe(arena, 8)
    target["hp"] = 50
    throw(arena)
    assert target["hp"] == 150


def test_a_sticky_berry_hurts_two(arena: Arena) -> None:
    fill_bag(arena, ids.ORAN_BERRY, 0, ids.ITEM_STICKY)
    target = foe(arena, 8)
    throw(arena)
    assert target["hp"] == 198


def test_a_sticky_missile_stays_in_the_bag_and_costs_no_turn(arena: Arena) -> None:
    fill_bag(arena, STICK, 3, ids.ITEM_STICKY)
    before = arena.games.save(0)
    commands_one(arena.records, 0, arena.tables, "THROW_ITEM", 0)
    assert arena.games.save(0) == before


def test_a_bounce_band_sends_it_back(arena: Arena) -> None:
    fill_bag(arena, ids.ORAN_BERRY)
    hold(foe(arena, 8), ids.BOUNCE_BAND)
    arena.world["monsters"][LEADER]["hp"] = 10
    throw(arena)
    assert arena.world["monsters"][LEADER]["hp"] >= 50


def test_a_pierce_band_hits_everybody_and_loses_the_item(arena: Arena) -> None:
    arena.lay(7, 5, ids.WALL)
    fill_bag(arena, STICK, 1)
    hold(arena.world["monsters"][LEADER], ids.PIERCE_BAND)
    first = foe(arena, 9)
    second = arena.put(FOE + 1, RATTATA, (12, 5), hp=200, max_hp=200, cringe_status=ids.PAUSED, cringe_turns=99)
    throw(arena)
    assert first["hp"] < 200
    assert second["hp"] < 200
    assert lying(arena) == []


def test_an_item_falls_beside_what_lies_there(arena: Arena) -> None:
    fill_bag(arena, STICK, 2)
    throw(arena)
    throw(arena)
    x, y = PLACE[0] + 10, PLACE[1]
    assert sorted(lying(arena)) == [(x, y - 1, STICK), (x, y, STICK)]
