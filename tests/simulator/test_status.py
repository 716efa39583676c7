"""The start of each own turn: natural healing, and timers that fall (mechanics section 5.1)."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.simulator import ids
from tests.doubles.waiting import CHARMANDER, arena_with, idler, wait


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


def test_artificial_weather_runs_down_to_the_natural_one() -> None:
    arena, _ = arena_with()
    arena.world["weather_turns"][ids.RAIN] = 4
    assert wait(arena, 5, lambda: int(arena.world["weather"])) == [ids.RAIN] * 3 + [ids.CLEAR] * 2
