"""Healing, weather and the burn group: what happens at the start and the end of each own turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.simulator import ids
from tests.doubles.arena import FOE, LEADER, Arena

BULBASAUR, CHARMANDER, SANDSHREW, SEALEO, SKARMORY, ARON = 1, 4, 27, 392, 252, 329
FIRST_TURN = 3
FAR_OFF = (50, 27)


def wait(arena: Arena, turns: int, read: Callable[[], Any]) -> list[Any]:
    """The value of `read` after each of `turns` passed turns."""
    values = []
    for _ in range(turns):
        arena.games.step(np.array([0]), np.array([[CommandKind.WAIT, 0]], np.int16))
        values.append(read())
    return values


def arena_with(**fields: Any) -> tuple[Arena, Any]:
    arena = Arena()
    monster = arena.put(LEADER, BULBASAUR, (20, 15), **fields)
    arena.world["fractional_turn"] = FIRST_TURN
    return arena, monster


def idler(arena: Arena, species: int, slot: int = FOE, **fields: Any) -> Any:
    """A wild monster that does nothing but end its turns."""
    fields = {"hp": 200, "max_hp": 200, "cringe_status": ids.PAUSED, "cringe_turns": ids.FOREVER, **fields}
    x, y = FAR_OFF
    return arena.put(slot, species, (x - 2 * (slot - FOE), y), **fields)


def falls(values: list[int], start: int) -> dict[int, int]:
    """Turn (from 1) -> HP lost in it; HP won are negative."""
    steps = zip([start, *values], values, strict=False)
    return {turn: before - after for turn, (before, after) in enumerate(steps, 1) if before != after}


@pytest.mark.parametrize(
    ("max_hp", "gain", "first"), [(20, 4, 10), (30, 6, 7), (50, 10, 4), (100, 20, 2), (199, 39, 2)]
)
def test_team_members_heal_by_their_maximum_hp(max_hp: int, gain: int, first: int) -> None:
    arena, leader = arena_with(hp=1, max_hp=max_hp)
    values = wait(arena, 40, lambda: int(leader["hp"]))
    assert values[-1] - 1 == gain
    assert values.index(2) + 1 == first


def test_a_heal_ribbon_halves_the_threshold() -> None:
    arena, leader = arena_with(hp=1, max_hp=30)
    leader["held_item"] = (ids.ITEM_EXISTS, 1, ids.HEAL_RIBBON)
    assert wait(arena, 40, lambda: int(leader["hp"]))[-1] == 1 + 12


def test_healing_stops_at_full_hp_and_spares_the_wild() -> None:
    arena, leader = arena_with(hp=99, max_hp=100)
    wild = idler(arena, CHARMANDER, hp=1, max_hp=100)
    assert wait(arena, 6, lambda: int(leader["hp"])) == [99, 100, 100, 100, 100, 100]
    assert wild["hp"] == 1


def test_with_an_empty_belly_nothing_heals() -> None:
    arena, leader = arena_with(hp=10, max_hp=100, belly_empty=1, belly=(0, 0))
    arena.games.step(np.array([0]), np.array([[CommandKind.STEP, 0]], np.int16))
    assert (leader["hp"], leader["belly_empty"]) == (9, 1)


def test_a_burn_hurts_every_twentieth_own_turn_for_ever() -> None:
    arena, _ = arena_with()
    wild = idler(arena, CHARMANDER, burn_status=ids.BURN, burn_turns=128)
    values = wait(arena, 41, lambda: int(wild["hp"]))
    assert falls(values, 200) == {1: 5, 21: 5, 41: 5}
    assert (wild["burn_status"], wild["burn_turns"]) == (ids.BURN, ids.FOREVER)


@pytest.mark.parametrize(
    ("status", "turns", "lost"),
    [(ids.POISONED, 31, {1: 4, 11: 4, 21: 4, 31: 4}), (ids.BADLY_POISONED, 7, {1: 6, 3: 6, 5: 6, 7: 6})],
)
def test_poison_hurts_in_its_rhythm_and_stops_healing(status: int, turns: int, lost: dict[int, int]) -> None:
    arena, leader = arena_with(hp=100, max_hp=200, burn_status=status, burn_turns=ids.FOREVER)
    assert falls(wait(arena, turns, lambda: int(leader["hp"])), 100) == lost


@pytest.mark.parametrize(("weather", "spared"), [(ids.HAIL, {SEALEO}), (ids.SANDSTORM, {SANDSHREW, SKARMORY, ARON})])
def test_hail_and_sand_hurt_at_every_tenth_tick_of_the_weather(weather: int, spared: set[int]) -> None:
    arena, _ = arena_with(hp=100)
    arena.world["natural_weather"], arena.world["weather"] = weather, weather
    kinds = (CHARMANDER, SEALEO, SANDSHREW, SKARMORY, ARON)
    wild = [idler(arena, species, FOE + index) for index, species in enumerate(kinds)]
    played = np.array(wait(arena, 30, lambda: [int(monster["hp"]) for monster in wild]))
    for index, species in enumerate(kinds):
        expected = {} if species in spared else {10: 5, 20: 5, 30: 5}
        assert falls(played[:, index].tolist(), 200) == expected, species


def test_a_weather_band_shelters_from_the_weather() -> None:
    arena, _ = arena_with(hp=100)
    arena.world["natural_weather"], arena.world["weather"] = ids.HAIL, ids.HAIL
    wild = idler(arena, CHARMANDER)
    wild["held_item"] = (ids.ITEM_EXISTS, 1, ids.WEATHER_BAND)
    assert falls(wait(arena, 30, lambda: int(wild["hp"])), 200) == {}


def test_artificial_weather_runs_down_to_the_natural_one() -> None:
    arena, _ = arena_with()
    arena.world["weather_turns"][ids.RAIN] = 4
    assert wait(arena, 5, lambda: int(arena.world["weather"])) == [ids.RAIN] * 3 + [ids.CLEAR] * 2


def test_shed_skin_is_drawn_for_every_turn_and_cures_only_its_owner() -> None:
    arena, _ = arena_with()
    owner = idler(arena, CHARMANDER, FOE, burn_status=ids.PARALYSIS, burn_turns=ids.FOREVER, ability1=ids.SHED_SKIN)
    other = idler(arena, CHARMANDER, FOE + 1, burn_status=ids.PARALYSIS, burn_turns=ids.FOREVER)
    cured = wait(arena, 24, lambda: int(owner["burn_status"] == 0))
    assert cured == sorted(cured) and cured[-1] == 1
    assert other["burn_status"] == ids.PARALYSIS
