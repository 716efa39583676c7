"""The floor in numbers: what is known, what lies there, who stands where."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.ram import decode
from pmd_gym.views import Ground, Side, Thing, chart_of
from tests.doubles import scene


def test_a_fair_chart_holds_what_was_explored_and_seen() -> None:
    chart = chart_of(decode(scene.scene()))
    assert chart is not None
    x, y = scene.LEADER
    assert chart.ground[y, x] == Ground.ROOM
    assert chart.ground[scene.CORRIDOR_Y, 20] == Ground.UNKNOWN
    assert chart.things[scene.ITEM[1], scene.ITEM[0]] == Thing.ITEM
    assert not (chart.things == Thing.STAIRS).any()
    assert [figure.side for figure in chart.figures] == [Side.TEAM, Side.ENEMY, Side.LEADER]
    assert chart.leader is not None
    assert (chart.leader.x, chart.leader.y, chart.leader.letter) == (x, y, "@")


def test_a_full_chart_holds_everything() -> None:
    chart = chart_of(decode(scene.scene()), fair=False)
    assert chart is not None
    assert not (chart.ground == Ground.UNKNOWN).any()
    assert chart.things[scene.STAIRS[1], scene.STAIRS[0]] == Thing.STAIRS
    assert chart.things[scene.MONEY[1], scene.MONEY[0]] == Thing.MONEY
    assert len(chart.figures) == 4


@pytest.mark.parametrize(("status", "asleep"), [(0, False), (1, True), (2, False), (3, True), (5, True)])
def test_sleep_shows(status: int, asleep: bool) -> None:
    ram = scene.scene()
    scene.dungeon_of(ram)["monsters"][4]["sleep_status"] = status
    chart = chart_of(decode(ram))
    assert chart is not None
    assert [figure.asleep for figure in chart.figures if figure.side is Side.ENEMY] == [asleep]


def test_outside_dungeons_there_is_no_chart() -> None:
    assert chart_of(decode(np.zeros((1, 262144), np.uint8))) is None
