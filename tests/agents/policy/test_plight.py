"""What a router is told about a game: health, enemies near, steps without progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agents.policy.plight import NEAR, WINDOW, Plight
from pmd_gym.ram import decode
from pmd_gym.views import Moment
from tests.doubles import scene


def moment(change: Callable[[Any], None] = lambda dungeon: None) -> Moment:
    ram = scene.scene()
    change(scene.dungeon_of(ram))
    return Moment(decode(ram), steps=(True,) * 8)


def at(x: int, y: int) -> Moment:
    def move(dungeon: Any) -> None:
        dungeon["entities"][0]["pos"] = (x, y)

    return moment(move)


def test_health_is_a_share_of_the_leaders_maximum() -> None:
    shown = moment()
    leader = shown.states.monsters[0, shown.states.leader[0]]

    def wound(dungeon: Any) -> None:
        dungeon["monsters"][0]["hp"] = 1

    assert Plight(3).situation(shown).hp_share == pytest.approx(leader["hp"] / leader["max_hp"])
    assert Plight(3).situation(moment(wound)).hp_share == pytest.approx(1 / leader["max_hp"])
    assert Plight(3).situation(shown).game == 3


def test_enemies_count_when_they_are_near() -> None:
    for x in range(5, 13):
        shown = at(x, 7)
        chart = shown.chart()[0]
        assert chart is not None
        enemies = [figure for figure in chart.figures if figure.side.name == "ENEMY"]
        expected = sum(max(abs(enemy.x - x), abs(enemy.y - 7)) <= NEAR for enemy in enemies)
        assert Plight(0).situation(shown).enemies_near == expected


def test_going_to_and_fro_is_no_progress_and_new_ground_is() -> None:
    plight = Plight(0)
    tiles = [(5, 7), (6, 7), (5, 7), (6, 7), (6, 7), (7, 7), (8, 7)]
    assert [plight.situation(at(*tile)).stuck_steps for tile in tiles] == [0, 0, 1, 2, 3, 0, 0]


def test_a_tile_of_long_ago_is_new_again() -> None:
    plight = Plight(0)
    tiles = [(x, y) for x in range(5, 13) for y in (6, 7, 8)][: WINDOW + 1]
    for tile in [*tiles, tiles[0]]:
        assert plight.situation(at(*tile)).stuck_steps == 0
