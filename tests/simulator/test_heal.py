"""HP, belly, PP and lasting growth (mechanics sections 5.2 and 13)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import heal, ids
from tests.doubles.arena import FOE, LEADER, Arena

SQUIRTLE = 7
HEAL, FEED, HUNGER, LEVELS_UP, LEVELS_DOWN = range(5)
SCRATCH = 260


@kernel
def do_in(records: Any, tables: Any, what: int, slot: int, amount: int, extra: int) -> bool:
    game, rules = records[0], tables[0]
    if what == HEAL:
        return heal.heal(game, rules, slot, slot, amount, extra)
    if what == FEED:
        return heal.feed(game, rules, slot, slot, amount, extra)
    if what == HUNGER:
        return heal.hunger(game, rules, slot, slot, amount, extra)
    if what == LEVELS_UP:
        return heal.gain_levels(game, rules, slot, slot, amount)
    return heal.lose_levels(game, rules, slot, slot, amount)


@kernel
def refresh_in(records: Any, tables: Any, slot: int, pp: int, stat: int, points: int) -> bool:
    if pp:
        return heal.restore_pp(records[0], tables[0], slot, slot, pp)
    return heal.boost_stat(records[0], tables[0], slot, slot, stat, points)


def leader_with(**fields: Any) -> tuple[Arena, Any]:
    arena = Arena()
    return arena, arena.put(LEADER, SQUIRTLE, (20, 15), **fields)


def act(arena: Arena, what: int, amount: int, extra: int = 0, slot: int = LEADER) -> bool:
    return bool(do_in(arena.records, arena.tables, what, slot, amount, extra))


@pytest.mark.parametrize(
    ("hp", "amount", "gain", "after", "changed"),
    [
        (10, 20, 0, (30, 40), True), (30, 100, 3, (40, 40), True), (40, 100, 3, (43, 43), True),
        (40, 100, 0, (40, 40), False), (25, 0, 5, (30, 45), True),
    ],
)  # fmt: skip
def test_healing_fills_up_and_only_the_healthy_grow(
    hp: int, amount: int, gain: int, after: tuple[int, int], changed: bool
) -> None:
    arena, leader = leader_with(hp=hp, max_hp=40)
    assert act(arena, HEAL, amount, gain) == changed
    assert (leader["hp"], leader["max_hp"]) == after


def test_maximum_hp_end_at_999() -> None:
    arena, leader = leader_with(hp=998, max_hp=998)
    assert act(arena, HEAL, 100, 3)
    assert (leader["hp"], leader["max_hp"]) == (999, 999)


@pytest.mark.parametrize(
    ("belly", "limit", "amount", "gain", "after"),
    [
        (80, 100, 50, 5, (100, 100)), (100, 100, 50, 5, (105, 105)), (100, 100, 100, 10, (110, 110)),
        (40, 100, 999, 10, (110, 110)), (199, 199, 50, 5, (200, 200)), (20, 100, 50, 0, (70, 100)),
    ],
)  # fmt: skip
def test_food_fills_the_belly_and_a_full_one_grows(
    belly: int, limit: int, amount: int, gain: int, after: tuple[int, int]
) -> None:
    """With the published cases of the Apple, the Big Apple and the Huge Apple."""
    arena, leader = leader_with(belly=(belly, 0), max_belly=(limit, 0))
    act(arena, FEED, amount, gain)
    assert (leader["belly"]["whole"], leader["max_belly"]["whole"]) == after


def test_a_partner_with_a_diet_ribbon_does_not_eat() -> None:
    arena, _ = leader_with()
    wild = arena.put(FOE, SQUIRTLE, (25, 15), belly=(10, 0), held_item=(ids.ITEM_EXISTS, 1, ids.DIET_RIBBON))
    assert not act(arena, FEED, 50, 5, FOE)
    assert wild["belly"]["whole"] == 10


def test_hunger_empties_and_shrinks_the_belly() -> None:
    arena, leader = leader_with(belly=(20, 500))
    assert act(arena, HUNGER, 50)
    assert (leader["belly"]["whole"], leader["belly"]["thousandths"]) == (0, 0)
    leader["belly"] = (95, 0)
    assert act(arena, HUNGER, 0, 10)
    assert (leader["belly"]["whole"], leader["max_belly"]["whole"]) == (90, 90)


def test_levels_bring_and_take_the_same_growth() -> None:
    arena, leader = leader_with(level=5)
    names = ("max_hp", "attack", "sp_attack", "defense", "sp_defense")
    for name in names:
        leader[name] = 50
    leader["hp"] = 20
    assert act(arena, LEVELS_UP, 1)
    assert leader["level"] == 6 and leader["hp"] > 20
    curve = arena.rules["exp_curves"][arena.rules["species"][SQUIRTLE]["exp_curve"]]
    assert leader["exp"] == curve[6]
    assert act(arena, LEVELS_DOWN, 1)
    assert [int(leader[name]) for name in names] == [50] * 5
    assert (leader["level"], leader["hp"], leader["exp"]) == (5, 20, curve[6] - 1)


def test_levels_end_at_1_and_100() -> None:
    arena, leader = leader_with(level=1)
    assert not act(arena, LEVELS_DOWN, 1)
    leader["level"] = 100
    assert not act(arena, LEVELS_UP, 1)


def test_pp_and_stats_grow_to_their_bounds() -> None:
    arena, leader = leader_with(attack=253)
    leader["moves"][0] = (ids.MOVE_EXISTS, 0, SCRATCH, 1, 0)
    full = arena.rules["moves"][SCRATCH]["pp"]
    assert refresh_in(arena.records, arena.tables, LEADER, 5, 0, 0) and leader["moves"][0]["pp"] == 6
    assert refresh_in(arena.records, arena.tables, LEADER, 200, 0, 0) and leader["moves"][0]["pp"] == full
    assert not refresh_in(arena.records, arena.tables, LEADER, 200, 0, 0)
    assert refresh_in(arena.records, arena.tables, LEADER, 0, heal.ATTACK, 5) and leader["attack"] == 255
    assert not refresh_in(arena.records, arena.tables, LEADER, 0, heal.ATTACK, 5)
