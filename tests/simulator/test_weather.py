"""Weather made by moves and kept up by abilities, and who follows it."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids, weather
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena

CHARMANDER, CASTFORM, RAINY_CASTFORM = 4, 376, 379


@kernel
def set_weather(games: Any, tables: Any, kind: int, turns: int) -> bool:
    return weather.set_weather(games[0], tables[0], kind, turns)


@kernel
def tick(games: Any, tables: Any) -> bool:
    return weather.tick_weather(games[0], tables[0])


@kernel
def start_sport(games: Any, water: bool) -> None:
    weather.start_sport(games[0], water)


@pytest.fixture
def arena() -> Arena:
    arena = Arena((2, 2, 30, 20))
    arena.put(LEADER, CHARMANDER, (5, 5))
    arena.put(FOE, CASTFORM, (8, 5), apparent_species=CASTFORM)
    return arena


def test_rain_of_a_move_lasts_twenty_ticks_the_first_of_them_at_once(arena: Arena) -> None:
    assert set_weather(arena.records, arena.tables, ids.RAIN, weather.MOVE_TURNS)
    assert arena.world["weather"] == ids.RAIN
    for _ in range(18):
        assert not tick(arena.records, arena.tables)
    assert tick(arena.records, arena.tables)
    assert arena.world["weather"] == ids.CLEAR


def test_the_same_weather_again_changes_nothing_in_the_sky(arena: Arena) -> None:
    set_weather(arena.records, arena.tables, ids.RAIN, 20)
    assert not set_weather(arena.records, arena.tables, ids.RAIN, 20)


def test_castform_takes_the_form_and_type_of_the_weather(arena: Arena) -> None:
    set_weather(arena.records, arena.tables, ids.RAIN, 20)
    form = arena.world["monsters"][FOE]
    assert (int(form["apparent_species"]), int(form["type1"])) == (RAINY_CASTFORM, ids.WATER)


def test_air_lock_suppresses_weather_while_it_is_there(arena: Arena) -> None:
    set_weather(arena.records, arena.tables, ids.RAIN, 20)
    arena.world["monsters"][LEADER]["ability1"] = ids.AIR_LOCK
    assert tick(arena.records, arena.tables)
    assert arena.world["weather"] == ids.CLEAR


@pytest.mark.parametrize("water", [False, True])
def test_a_sport_lasts_ten_or_eleven_turns_by_one_draw(arena: Arena, water: bool) -> None:
    start_sport(arena.records, water)
    [(label, bound, value)] = arena.draws()
    assert (label, bound) == (int(Draw.DURATION), 2)
    assert arena.world["water_sport_turns" if water else "mud_sport_turns"] == 10 + value
