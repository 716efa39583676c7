"""Abilities beside the damage formula: answers to a move that reached its target, and forms (mechanics section 9)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import abilities, contact, ids
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.duel import plain_duel

CASTFORM, RAINY_CASTFORM = 376, 379


def answer(arena: Arena, kind: int = ids.NORMAL_TYPE, felt: int = ids.NORMAL_TYPE) -> None:
    """The answers to a move of the leader that is over for the wild monster."""
    abilities.after_hit(arena.records[0], arena.tables[0], LEADER, FOE, kind, felt)


@pytest.mark.parametrize(
    ("flag", "field", "status"),
    [
        (contact.STATIC, "burn_status", ids.PARALYSIS), (contact.POISON_POINT, "burn_status", ids.POISONED),
        (contact.FLAME_BODY, "burn_status", ids.BURN), (contact.SPORE_SLEEP, "sleep_status", ids.SLEEP),
        (contact.CUTE_CHARM, "cringe_status", ids.INFATUATED), (contact.STENCH, "terrified_turns", 3),
        (contact.TRAPPED_ARENA, "freeze_status", ids.SHADOW_HOLD),
    ],
)  # fmt: skip
def test_what_a_touch_noted_comes_when_the_move_is_over(flag: int, field: str, status: int) -> None:
    arena, leader, _ = plain_duel({"ability_flags": flag})
    answer(arena)
    assert (leader[field], leader["ability_flags"]) == (status, 0)


@pytest.mark.parametrize(("theirs", "taken"), [((ids.LIMBER, 0), ids.LIMBER), ((0, ids.STATIC), ids.STATIC)])
def test_trace_takes_the_ability_of_whoever_used_the_move(theirs: tuple[int, int], taken: int) -> None:
    arena, _, foe = plain_duel({"ability1": theirs[0], "ability2": theirs[1]}, ability2=ids.TRACE)
    foe["burn_status"], foe["burn_turns"] = ids.PARALYSIS, 5
    answer(arena)
    assert foe["ability2"] == taken
    assert foe["burn_status"] == (0 if taken == ids.LIMBER else ids.PARALYSIS)


def test_trace_draws_between_two_abilities() -> None:
    arena, _, foe = plain_duel({"ability1": ids.LIMBER, "ability2": ids.STATIC}, ability1=ids.TRACE)
    answer(arena)
    assert [draw[1] for draw in arena.draws()] == [2]
    assert foe["ability1"] in (ids.LIMBER, ids.STATIC)


@pytest.mark.parametrize(("damaged", "types"), [(1, (ids.WATER, ids.NO_TYPE)), (0, (ids.NORMAL_TYPE, ids.NO_TYPE))])
def test_color_change_follows_the_type_that_hurt(damaged: int, types: tuple[int, int]) -> None:
    arena, _, foe = plain_duel(ability1=ids.COLOR_CHANGE, damaged_by_move=damaged)
    answer(arena, ids.WATER, ids.WATER)
    assert (foe["type1"], foe["type2"], foe["color_changed"]) == (*types, damaged)


@pytest.mark.parametrize("kind", [ids.FIRE, ids.WATER, ids.ELECTRIC, ids.GHOST, ids.STEEL])
def test_conversion_2_takes_a_type_that_resists(kind: int) -> None:
    arena, _, foe = plain_duel(shield_status=ids.CONVERSION2)
    answer(arena, kind)
    assert arena.rules["type_chart"][kind, foe["type1"]] < ids.NEUTRAL
    assert foe["type2"] == ids.NO_TYPE


@pytest.mark.parametrize(
    ("ability", "fields", "field"),
    [
        (ids.WATER_VEIL, {"burn_status": ids.BURN}, "burn_status"),
        (ids.IMMUNITY, {"burn_status": ids.BADLY_POISONED}, "burn_status"),
        (ids.OBLIVIOUS, {"cringe_status": ids.INFATUATED}, "cringe_status"),
        (ids.VITAL_SPIRIT, {"sleep_status": ids.YAWNING}, "sleep_status"),
        (ids.MAGMA_ARMOR, {"freeze_status": ids.FROZEN}, "freeze_status"),
        (ids.FORECAST, {"shield_status": ids.CONVERSION2}, "shield_status"),
    ],
)
def test_a_new_ability_ends_what_it_would_have_kept_off(ability: int, fields: dict[str, Any], field: str) -> None:
    arena, _, foe = plain_duel(ability1=ability, **fields)
    abilities.shake_off(arena.records[0], arena.tables[0], FOE)
    assert foe[field] == 0


def test_only_the_own_status_ends() -> None:
    arena, _, foe = plain_duel(ability1=ids.WATER_VEIL, burn_status=ids.PARALYSIS)
    abilities.shake_off(arena.records[0], arena.tables[0], FOE)
    assert foe["burn_status"] == ids.PARALYSIS


def test_forecast_follows_the_weather() -> None:
    arena, _, foe = plain_duel(ability1=ids.FORECAST)
    foe["species"], foe["apparent_species"] = CASTFORM, CASTFORM
    arena.world["weather"] = ids.RAIN
    abilities.refresh_form(arena.records[0], arena.tables[0], FOE)
    assert (foe["apparent_species"], foe["type1"]) == (RAINY_CASTFORM, ids.WATER)
    arena.world["weather"] = ids.CLEAR
    abilities.refresh_form(arena.records[0], arena.tables[0], FOE)
    assert (foe["apparent_species"], foe["type1"]) == (CASTFORM, ids.NORMAL_TYPE)
