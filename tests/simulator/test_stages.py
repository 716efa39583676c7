"""Stages and multipliers: bounds, and all that keeps them from falling (mechanics section 6.1)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids, stages
from tests.doubles.arena import FOE, LEADER, Arena

SQUIRTLE = 7
ATTACK, DEFENSE, HIT, ATTACK_MULT, DEFENSE_MULT = range(5)


@kernel
def lower_in(records: Any, tables: Any, what: int, second: bool, amount: int) -> bool:
    game, rules = records[0], tables[0]
    if what == ATTACK:
        return stages.lower_attack(game, rules, LEADER, FOE, second, amount)
    if what == DEFENSE:
        return stages.lower_defense(game, rules, LEADER, FOE, second, amount)
    if what == ATTACK_MULT:
        return stages.multiply_attack(game, rules, LEADER, FOE, second, amount)
    if what == DEFENSE_MULT:
        return stages.multiply_defense(game, rules, LEADER, FOE, second, amount)
    return stages.lower_hit(game, rules, LEADER, FOE, second)


@kernel
def raise_in(records: Any, tables: Any, what: int, second: bool, amount: int) -> bool:
    game, rules = records[0], tables[0]
    if what == ATTACK:
        return stages.raise_attack(game, rules, FOE, FOE, second, amount)
    if what == DEFENSE:
        return stages.raise_defense(game, rules, FOE, FOE, second, amount)
    return stages.raise_hit(game, rules, FOE, FOE, second)


def foe_with(**fields: Any) -> tuple[Arena, Any]:
    arena = Arena()
    arena.put(LEADER, SQUIRTLE, (20, 15))
    return arena, arena.put(FOE, SQUIRTLE, (21, 15), **fields)


def lower(arena: Arena, what: int, second: bool, amount: int) -> bool:
    return bool(lower_in(arena.records, arena.tables, what, second, amount))


@pytest.mark.parametrize(
    ("what", "second", "field"),
    [
        (ATTACK, False, "attack_stage"), (ATTACK, True, "sp_attack_stage"), (DEFENSE, False, "defense_stage"),
        (DEFENSE, True, "sp_defense_stage"), (HIT, False, "accuracy_stage"), (HIT, True, "evasion_stage"),
    ],
)  # fmt: skip
def test_stages_run_from_0_to_20(what: int, second: bool, field: str) -> None:
    arena, foe = foe_with()
    assert lower(arena, what, second, 1) and foe[field] == 9
    foe[field] = 0
    assert not lower(arena, what, second, 3) and foe[field] == 0
    assert raise_in(arena.records, arena.tables, what, second, 1) and foe[field] == 1
    foe[field] = 20
    assert not raise_in(arena.records, arena.tables, what, second, 2) and foe[field] == 20


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"shield_status": ids.MIST}, {ATTACK, DEFENSE, HIT, ATTACK_MULT, DEFENSE_MULT}),
        ({"ability1": ids.CLEAR_BODY}, {ATTACK, DEFENSE, HIT, ATTACK_MULT, DEFENSE_MULT}),
        ({"ability2": ids.WHITE_SMOKE}, {ATTACK, DEFENSE, HIT, ATTACK_MULT, DEFENSE_MULT}),
        ({"held_item": (ids.ITEM_EXISTS, 1, ids.TWIST_BAND)}, {ATTACK, ATTACK_MULT}),
        ({"ability1": ids.HYPER_CUTTER}, {ATTACK, ATTACK_MULT}),
        ({"ability1": ids.KEEN_EYE}, {HIT}),
        ({"shield_status": ids.SAFEGUARD}, set()),
    ],
)
def test_what_keeps_stages_from_falling(fields: dict[str, Any], kept: set[int]) -> None:
    for what in range(5):
        arena, _ = foe_with(**fields)
        assert lower(arena, what, False, 128 if what >= ATTACK_MULT else 1) == (what not in kept), what


def test_hyper_cutter_and_keen_eye_guard_one_stat_each() -> None:
    arena, _ = foe_with(ability1=ids.HYPER_CUTTER, ability2=ids.KEEN_EYE)
    assert lower(arena, ATTACK, True, 1) and lower(arena, HIT, True, 1)


def test_a_user_that_tires_itself_has_no_protection() -> None:
    arena, foe = foe_with(shield_status=ids.MIST, ability1=ids.CLEAR_BODY)
    assert raise_in(arena.records, arena.tables, ATTACK, True, -2)
    assert foe["sp_attack_stage"] == 8


@pytest.mark.parametrize(
    ("start", "factor", "after"), [(256, 128, 128), (256, 64, 64), (3, 64, 2), (25000, 512, 25597)]
)
def test_multipliers_stay_between_a_hundredth_and_hundred(start: int, factor: int, after: int) -> None:
    arena, foe = foe_with(attack_mult=start, sp_defense_mult=start)
    lower(arena, ATTACK_MULT, False, factor)
    lower(arena, DEFENSE_MULT, True, factor)
    assert (foe["attack_mult"], foe["sp_defense_mult"]) == (after, after)
