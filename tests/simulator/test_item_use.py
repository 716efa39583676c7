"""Eating, reading and using what the bag holds, by commands on a floor set up by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import heal, ids
from pmd_gym.simulator.games import commands_one
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import LEADER, Arena

CHARMANDER = 4
FLAMETHROWER, DRAGON_CLAW_TM, DRAGON_CLAW = 53, 126, 208
RED_GUMMI = 87


@pytest.fixture
def arena() -> Arena:
    arena = Arena((2, 2, 30, 20))
    arena.world["has_inventory"] = 1
    arena.put(LEADER, CHARMANDER, (5, 5), hp=30, max_hp=200, moves=(FLAMETHROWER,))
    return arena


def fill_bag(arena: Arena, *items: tuple[int, int, int]) -> Any:
    """Put (id, quantity, more flags) into the bag; returns it."""
    bag = arena.game["inventory_data"]["bag"]
    for index, (item, quantity, flags) in enumerate(items):
        bag[index]["flags"], bag[index]["id"], bag[index]["quantity"] = ids.ITEM_EXISTS | flags, item, quantity
    return bag


def use(arena: Arena, slot: int = 0) -> None:
    commands_one(arena.records, 0, arena.tables, "USE_ITEM", slot)


def belly(arena: Arena) -> tuple[int, int]:
    """Belly and its limit in thousandths."""
    monster = arena.records[0].world.monsters[LEADER]
    return heal.thousandths(monster.belly), heal.thousandths(monster.max_belly)


def test_an_oran_berry_heals_a_hundred_and_feeds_a_little(arena: Arena) -> None:
    bag = fill_bag(arena, (ids.ORAN_BERRY, 0, 0), (ids.APPLE, 0, 0))
    arena.world["monsters"][LEADER]["belly"] = (50, 0)
    turns = int(arena.world["turns_left"])
    use(arena)
    assert arena.world["monsters"][LEADER]["hp"] in (130, 131), "131 when it regenerates in the same turn"
    assert belly(arena) == (54_900, 100_000)
    assert (bag[0]["id"], bag[1]["flags"]) == (ids.APPLE, 0), "the bag closes its gap"
    assert arena.world["turns_left"] == turns - 1


def test_an_apple_fills_and_then_stretches_the_belly(arena: Arena) -> None:
    fill_bag(arena, (ids.APPLE, 0, 0), (ids.APPLE, 0, 0))
    arena.world["monsters"][LEADER]["belly"] = (80, 0)
    use(arena)
    assert belly(arena) == (99_900, 100_000), "full, less one turn"
    arena.world["monsters"][LEADER]["belly"] = (100, 0)
    use(arena)
    assert belly(arena) == (104_900, 105_000)


@pytest.mark.parametrize(("item", "before", "after"), [(ids.BIG_APPLE, 100, 110), (ids.HUGE_APPLE, 40, 110)])
def test_bigger_apples(arena: Arena, item: int, before: int, after: int) -> None:
    fill_bag(arena, (item, 0, 0))
    arena.world["monsters"][LEADER]["belly"] = (before, 0)
    use(arena)
    assert belly(arena) == (after * 1000 - 100, after * 1000)


def test_a_gummi_of_its_own_type_makes_it_clever(arena: Arena) -> None:
    fill_bag(arena, (RED_GUMMI, 0, 0))
    arena.world["monsters"][LEADER]["belly"] = (20, 0)
    use(arena)
    assert arena.world["monsters"][LEADER]["iq"] == 1 + 7
    assert belly(arena)[0] == 79_900


@pytest.mark.parametrize(("iq", "in_force"), [(998, [2, 0, 0]), (999, [0, 0, 0])])
def test_skills_are_looked_up_anew_only_when_the_iq_changes(arena: Arena, iq: int, in_force: list[int]) -> None:
    fill_bag(arena, (RED_GUMMI, 0, 0))
    leader = arena.world["monsters"][LEADER]
    leader["iq"], leader["iq_skills_menu"][0] = iq, 1 << ids.TYPE_ADVANTAGE_MASTER
    leader["iq_skills"] = 0
    use(arena)
    assert leader["iq_skills"].tolist() == in_force


def test_of_a_group_of_skills_only_the_last_is_in_force(arena: Arena) -> None:
    fill_bag(arena, (RED_GUMMI, 0, 0))
    leader = arena.world["monsters"][LEADER]
    chosen = (ids.TYPE_ADVANTAGE_MASTER, ids.SURE_HIT_ATTACKER, ids.NONTRAITOR)
    leader["iq"], leader["iq_skills_menu"][0] = 900, sum(1 << skill for skill in chosen)
    use(arena)
    assert leader["iq_skills"][0] == 1 << ids.SURE_HIT_ATTACKER | 1 << ids.NONTRAITOR


@pytest.mark.parametrize(("item", "stat"), [(78, "attack"), (79, "sp_attack"), (80, "defense"), (81, "sp_defense")])
def test_vitamins_last(arena: Arena, item: int, stat: str) -> None:
    fill_bag(arena, (item, 0, 0))
    before = int(arena.world["monsters"][LEADER][stat])
    use(arena)
    assert arena.world["monsters"][LEADER][stat] == before + 3


def test_a_life_seed_and_a_full_sitrus_berry_raise_the_limit_of_hp(arena: Arena) -> None:
    fill_bag(arena, (ids.LIFE_SEED, 0, 0), (ids.SITRUS_BERRY, 0, 0))
    arena.world["monsters"][LEADER]["hp"] = 200
    use(arena)
    assert arena.world["monsters"][LEADER]["max_hp"] == 203
    use(arena)
    assert arena.world["monsters"][LEADER]["max_hp"] == 205


def test_ginseng_draws_and_sharpens_only_set_moves(arena: Arena) -> None:
    fill_bag(arena, (ids.GINSENG, 0, 0), (ids.GINSENG, 0, 0))
    move = arena.world["monsters"][LEADER]["moves"][0]
    use(arena)
    assert move["boost"] == 0
    assert arena.draws()[0][:2] == (int(Draw.OTHER), 100)
    move["flags"] |= ids.MOVE_SET
    use(arena)
    assert move["boost"] == (3 if arena.draws()[0][2] < 12 else 1)


@pytest.mark.parametrize(
    ("item", "status", "cured"),
    [(ids.RAWST_BERRY, ids.BURN, True), (ids.RAWST_BERRY, ids.PARALYSIS, False), (ids.CHERI_BERRY, ids.PARALYSIS, True),
     (ids.PECHA_BERRY, ids.BADLY_POISONED, True), (ids.PECHA_BERRY, ids.BURN, False)],
)  # fmt: skip
def test_berries_cure_their_own_status(arena: Arena, item: int, status: int, cured: bool) -> None:
    fill_bag(arena, (item, 0, 0))
    arena.world["monsters"][LEADER]["burn_status"], arena.world["monsters"][LEADER]["burn_turns"] = status, 9
    use(arena)
    assert arena.world["monsters"][LEADER]["burn_status"] == (0 if cured else status)


def test_a_quick_seed_gives_the_next_turn_at_once(arena: Arena) -> None:
    fill_bag(arena, (ids.QUICK_SEED, 0, 0))
    turns = int(arena.world["turns_left"])
    use(arena)
    assert arena.world["turns_left"] == turns, "the turn goes on"
    assert arena.world["fractional_turn"] == 0
    assert arena.world["monsters"][LEADER]["speed_stage"] == 2


def test_a_tm_teaches_and_is_used_up(arena: Arena) -> None:
    bag = fill_bag(arena, (DRAGON_CLAW_TM, 0, 0))
    turns = int(arena.world["turns_left"])
    use(arena)
    assert arena.world["monsters"][LEADER]["moves"][1]["id"] == DRAGON_CLAW
    assert (bag[0]["id"], bag[0]["quantity"]) == (ids.USED_TM, DRAGON_CLAW_TM - ids.FIRST_TM)
    assert arena.world["turns_left"] == turns - 1


@pytest.mark.parametrize(
    ("item", "flags", "field", "value"),
    [(ids.ORAN_BERRY, ids.ITEM_STICKY, "muzzled", 0), (ids.ORAN_BERRY, 0, "muzzled", 1),
     (ids.ORAN_BERRY, 0, "terrified_turns", 5), (ids.POWER_BAND, 0, "muzzled", 0), (1, 0, "muzzled", 0),
     (ids.LINK_BOX, 0, "muzzled", 0), (225, 0, "muzzled", 0)],
)  # fmt: skip
def test_what_cannot_be_used_costs_no_turn(arena: Arena, item: int, flags: int, field: str, value: int) -> None:
    fill_bag(arena, (item, 1, flags))
    arena.world["monsters"][LEADER][field] = value
    before = arena.games.save(0)
    use(arena)
    assert arena.games.save(0) == before
