"""What answers a blow: counters, Rage, Vital Throw, contact abilities (mechanics sections 6 and 9)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import combat, contact, ids
from pmd_gym.simulator.hp_loss import ORDINARY
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.duel import BESIDE, plain_duel

PHYSICAL, SPECIAL = ids.NORMAL_TYPE, ids.WATER
CONTACT = int(Draw.CONTACT)
MATE_PLACE = (30, 15)


def hit(arena: Arena, damage: int, kind: int = PHYSICAL, *, touches: bool = True) -> int:
    """The leader deals fixed damage to the wild monster; what was taken."""
    return combat.deal(
        arena.records[0], arena.tables[0], LEADER, FOE, damage, kind, False, 0, touches, ORDINARY
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "kind", "given_back"),
    [
        ({"shield_status": ids.COUNTER}, PHYSICAL, 20), ({"shield_status": ids.COUNTER}, SPECIAL, 0),
        ({"shield_status": ids.MIRROR_COAT}, SPECIAL, 20), ({"shield_status": ids.MIRROR_COAT}, PHYSICAL, 0),
        ({"shield_status": ids.MINI_COUNTER}, PHYSICAL, 5), ({"ability1": ids.ROUGH_SKIN}, SPECIAL, 10),
        ({"shield_status": ids.COUNTER, "ability1": ids.ROUGH_SKIN}, PHYSICAL, 30), ({}, PHYSICAL, 0),
    ],
)  # fmt: skip
def test_shields_and_rough_skin_give_quarters_back(fields: dict[str, Any], kind: int, given_back: int) -> None:
    arena, leader, foe = plain_duel(**fields)
    assert hit(arena, 20, kind) == 20
    assert (leader["hp"], foe["hp"]) == (100 - given_back, 80)


@pytest.mark.parametrize(
    "fields", [{"sleep_status": ids.SLEEP, "sleep_turns": 5}, {"charge_status": ids.BIDE, "charge_turns": 3}]
)
def test_who_sleeps_or_charges_gives_nothing_back(fields: dict[str, Any]) -> None:
    arena, leader, _ = plain_duel(shield_status=ids.COUNTER, **fields)
    hit(arena, 20)
    assert leader["hp"] == 100


def test_nothing_answers_from_two_tiles_away_or_without_contact() -> None:
    arena, leader, _ = plain_duel(shield_status=ids.COUNTER)
    hit(arena, 20, touches=False)
    assert leader["hp"] == 100
    arena, leader, _ = plain_duel(shield_status=ids.COUNTER)
    arena.world["entities"][FOE]["pos"] = (BESIDE[0] + 1, BESIDE[1])
    hit(arena, 20)
    assert leader["hp"] == 100


def test_rage_grows_with_every_hit_that_hurts() -> None:
    arena, _, foe = plain_duel(charge_status=ids.ENRAGED, charge_turns=5)
    hit(arena, 5)
    hit(arena, 5, touches=False)
    hit(arena, 0)
    assert foe["attack_stage"] == 12


def test_vital_throw_hurls_whoever_strikes_with_its_body() -> None:
    arena, _, _ = plain_duel(shield_status=ids.VITAL_THROW)
    hit(arena, 5, SPECIAL)
    assert arena.world["entities"][LEADER]["pos"].item() == (20, 15)
    hit(arena, 5, PHYSICAL)
    assert arena.world["entities"][LEADER]["pos"].item() != (20, 15)


def test_each_contact_ability_draws_once_and_waits_for_the_moves_end() -> None:
    arena, leader, _ = plain_duel(ability1=ids.STATIC, ability2=ids.POISON_POINT)
    flags = 0
    for _ in range(60):
        arena.forget_draws()
        leader["ability_flags"] = 0
        contact.touch(arena.records[0], arena.tables[0], LEADER, FOE, True)
        assert [draw[:2] for draw in arena.draws()] == [(CONTACT, 100)] * 2
        assert bool(leader["ability_flags"] & contact.STATIC) == (arena.draws()[0][2] < contact.CONTACT_CHANCE)
        flags |= int(leader["ability_flags"])
    assert flags == contact.STATIC | contact.POISON_POINT
    assert leader["burn_status"] == 0


def test_static_needs_a_physical_blow_and_arena_trap_spares_the_flying() -> None:
    arena, _, _ = plain_duel({"type1": ids.FLYING}, ability1=ids.STATIC, ability2=ids.ARENA_TRAP)
    contact.touch(arena.records[0], arena.tables[0], LEADER, FOE, False)
    assert arena.draws() == []
