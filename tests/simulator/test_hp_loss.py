"""Taking HP off: what stops damage, what bounds it, and what happens at 0 HP (mechanics section 6)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import harm, hp_loss, ids
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.duel import plain_duel

MATE = 1


def take(arena: Arena, damage: int, kind: int = ids.NO_TYPE, *, spares: bool = False, target: int = FOE) -> bool:
    """A hit of the leader, or of the foe on the leader; True when the target fainted."""
    hit = arena.records[0].hit
    hit.damage, hit.type, hit.code, hit.critical, hit.absorbed = damage, kind, ids.NEUTRAL, 0, 0
    attacker = FOE if target == LEADER else LEADER
    return hp_loss.lose_hp(arena.records[0], arena.tables[0], attacker, target, hit, spares, False, 1, hp_loss.ORDINARY)


@pytest.mark.parametrize(
    ("fields", "damage", "kind", "left"),
    [
        ({"freeze_status": ids.FROZEN}, 20, ids.NO_TYPE, 60), ({"ability1": ids.STURDY}, 9999, ids.NO_TYPE, 60),
        ({"ability1": ids.STURDY}, 20, ids.NO_TYPE, 40), ({"ability1": ids.WATER_ABSORB}, 20, ids.WATER, 80),
        ({"ability1": ids.WATER_ABSORB}, 20, ids.FIRE, 40), ({"ability2": ids.VOLT_ABSORB}, 90, ids.ELECTRIC, 100),
    ],
)  # fmt: skip
def test_ice_sturdy_and_absorbing_abilities_stop_damage(
    fields: dict[str, Any], damage: int, kind: int, left: int
) -> None:
    arena, _, foe = plain_duel(**{"hp": 60, **fields})
    assert not take(arena, damage, kind)
    assert foe["hp"] == left


def test_false_swipe_and_endure_leave_one_hp() -> None:
    arena, _, foe = plain_duel()
    assert not take(arena, 500, spares=True) and foe["hp"] == 1
    arena, _, foe = plain_duel(shield_status=ids.ENDURING)
    assert not take(arena, 500) and foe["hp"] == 1


def test_an_attacker_under_set_damage_does_35() -> None:
    arena, _, foe = plain_duel({"aim_status": ids.SET_DAMAGE})
    take(arena, 3)
    assert foe["hp"] == 65


def test_damage_wakes_whoever_sleeps_for_ever() -> None:
    arena, _, foe = plain_duel(sleep_status=ids.SLEEP, sleep_turns=ids.FOREVER)
    take(arena, 1)
    assert foe["sleep_status"] == 0


def test_bide_counts_what_was_taken_up_to_999() -> None:
    arena, _, foe = plain_duel(bide_damage=990)
    take(arena, 4)
    assert foe["bide_damage"] == 994
    take(arena, 40)
    assert foe["bide_damage"] == 999


def test_a_shopkeeper_turns_against_the_side_that_hurts_it() -> None:
    arena, _, foe = plain_duel(shopkeeper=1)
    take(arena, 4)
    assert foe["shopkeeper"] == 3


def test_the_fallen_leave_the_floor_and_drop_what_they_hold() -> None:
    arena, _, foe = plain_duel(held_item=(ids.ITEM_EXISTS, 0, ids.ORAN_BERRY))
    assert take(arena, 500)
    assert arena.world["entities"][FOE]["kind"] == 0
    assert arena.world["floor_items"][0]["id"] == ids.ORAN_BERRY
    assert foe["held_item"]["flags"] == 0


def test_a_leader_that_falls_ends_the_run_with_the_reason() -> None:
    arena, _, _ = plain_duel()
    assert take(arena, 500, target=LEADER)
    assert arena.world["exit_reason"] == 1


def test_a_reviver_seed_brings_the_team_back_and_turns_plain() -> None:
    arena, leader, _ = plain_duel({"iq_skills": skills_with_item_master(), "burn_status": ids.BURN, "hp": 3})
    arena.game["inventory_data"]["bag"][2] = (ids.ITEM_EXISTS, 0, ids.REVIVER_SEED)
    assert not take(arena, 500, target=LEADER)
    assert (leader["hp"], leader["burn_status"]) == (100, 0)
    assert arena.game["inventory_data"]["bag"][2].item() == (ids.ITEM_EXISTS, 0, ids.PLAIN_SEED)


def skills_with_item_master() -> Any:
    skill = int(ids.ITEM_MASTER)
    return [1 << skill % 8 if index == skill // 8 else 0 for index in range(3)]


def test_falls_and_explosions_ask_wonder_guard_by_their_type() -> None:
    arena, _, foe = plain_duel(ability1=ids.WONDER_GUARD)
    assert not harm.deal(arena.records[0], arena.tables[0], LEADER, FOE, 20, ids.WATER, 1)
    assert foe["hp"] == 100
    assert harm.deal(arena.records[0], arena.tables[0], LEADER, FOE, 20, ids.NO_TYPE, 1)
    assert foe["hp"] == 80
