"""What acts at the end of each own turn: weather, burns, poison, grips, seeds, songs (mechanics section 5.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.simulator import bonds, ids
from tests.doubles.arena import FOE, LEADER
from tests.doubles.waiting import CHARMANDER, arena_with, falls, idler, wait

SANDSHREW, SEALEO, SKARMORY, ARON = 27, 392, 252, 329


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


def test_shed_skin_is_drawn_for_every_turn_and_cures_only_its_owner() -> None:
    arena, _ = arena_with()
    owner = idler(arena, CHARMANDER, FOE, burn_status=ids.PARALYSIS, burn_turns=ids.FOREVER, ability1=ids.SHED_SKIN)
    other = idler(arena, CHARMANDER, FOE + 1, burn_status=ids.PARALYSIS, burn_turns=ids.FOREVER)
    cured = wait(arena, 24, lambda: int(owner["burn_status"] == 0))
    assert cured == sorted(cured) and cured[-1] == 1
    assert other["burn_status"] == ids.PARALYSIS


@pytest.mark.parametrize(
    ("status", "lost"), [(ids.CONSTRICTION, {1: 5, 3: 5, 5: 5}), (ids.WRAPPED, {1: 6, 3: 6, 5: 6}), (ids.INGRAIN, {})]
)
def test_a_grip_hurts_every_second_turn(status: int, lost: dict[int, int]) -> None:
    arena, _ = arena_with()
    wild = idler(arena, CHARMANDER, freeze_status=status, freeze_turns=ids.FOREVER)
    assert falls(wait(arena, 6, lambda: int(wild["hp"])), 200) == lost


def test_roots_heal_every_fifth_turn() -> None:
    arena, _ = arena_with()
    wild = idler(arena, CHARMANDER, hp=100, freeze_status=ids.INGRAIN, freeze_turns=ids.FOREVER)
    assert falls(wait(arena, 11, lambda: int(wild["hp"])), 100) == {1: -10, 6: -10, 11: -10}


def test_a_curse_takes_a_quarter_every_tenth_turn() -> None:
    arena, _ = arena_with()
    wild = idler(arena, CHARMANDER, curse_status=ids.CURSED, curse_turns=ids.FOREVER)
    assert falls(wait(arena, 11, lambda: int(wild["hp"])), 200) == {1: 50, 11: 50}


@pytest.mark.parametrize(("ability", "gained"), [(0, 10), (ids.LIQUID_OOZE, -10)])
def test_a_seed_feeds_its_owner_but_ooze_hurts_it(ability: int, gained: int) -> None:
    arena, leader = arena_with(hp=50, max_hp=100, ability1=0, burn_status=ids.POISONED, burn_damage_countdown=99)
    wild = idler(arena, CHARMANDER, ability1=ability)
    assert bonds.leech_seed(arena.records[0], arena.tables[0], LEADER, FOE)
    assert wait(arena, 1, lambda: (int(wild["hp"]), int(leader["hp"]))) == [(190, 50 + gained)]


@pytest.mark.parametrize(("shield", "kind"), [(0, 0), (ids.PROTECT, ids.MONSTER)])
def test_the_song_of_perishing_ends_whoever_is_not_protected(shield: int, kind: int) -> None:
    arena, _ = arena_with()
    wild = idler(arena, CHARMANDER, perish_turns=3, shield_status=shield, shield_turns=ids.FOREVER)
    assert wait(arena, 2, lambda: int(wild["perish_turns"])) == [2, 1]
    wait(arena, 1, lambda: None)
    assert arena.world["entities"][FOE]["kind"] == kind


def test_speed_boost_comes_every_250th_turn_for_good() -> None:
    arena, _ = arena_with()
    wild = idler(arena, CHARMANDER, ability1=ids.SPEED_BOOST, speed_boost_counter=248)
    timers: list[Any] = wait(arena, 2, lambda: int(wild["speed_up_timers"][0]))
    assert timers == [0, ids.FOREVER]
