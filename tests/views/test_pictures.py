"""The pictures: sizes, what they must show and hide, and that they can be drawn again from their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.ram import decode
from pmd_gym.views import VIEWS, Moment, canvas, cells_of, chart_of, draw, quad_view
from pmd_gym.views.chart import Thing
from pmd_gym.views.grid import COLUMNS, LETTERS, ROWS, TILE, _figure_tile
from pmd_gym.views.hud import _packed, hud_view
from pmd_gym.views.minimap import LEFT, SIDE_COLOURS, THING_COLOURS, TOP
from pmd_gym.views.minimap import TILE as MAP_TILE
from tests.doubles import scene


def moment(fair: bool = True, **more: Any) -> Moment:
    return Moment(decode(scene.scene()), fair=fair, steps=(True,) * 8, **more)


def map_colour(picture: np.ndarray, tile: tuple[int, int]) -> list[int]:
    x, y = tile
    return picture[TOP + y * MAP_TILE, LEFT + x * MAP_TILE].tolist()


@pytest.mark.parametrize("name", ["screen", "map", "grid", "hud"])
@pytest.mark.parametrize("ram", [scene.scene(), np.zeros((1, 262144), np.uint8)], ids=["dungeon", "nowhere"])
def test_each_view_is_one_screen_large(name: str, ram: np.ndarray) -> None:
    picture = VIEWS[name](Moment(decode(ram)))
    assert (picture.shape, picture.dtype) == ((160, 240, 3), np.uint8)


def test_four_views_make_one_picture() -> None:
    shown = moment(pixels=np.full((160, 240, 3), 77, np.uint8))
    picture = quad_view(shown)
    assert picture.shape == (320, 480, 3)
    assert (picture[:160, :240] == 77).all()
    for name, corner in (("map", picture[:160, 240:]), ("grid", picture[160:, :240]), ("hud", picture[160:, 240:])):
        assert np.array_equal(corner, VIEWS[name](shown))


def test_the_map_shows_what_is_known_and_no_more() -> None:
    fair, full = VIEWS["map"](moment()), VIEWS["map"](moment(fair=False))
    assert map_colour(fair, scene.ITEM) == THING_COLOURS[Thing.ITEM].tolist()
    assert map_colour(full, scene.STAIRS) == THING_COLOURS[Thing.STAIRS].tolist()
    assert map_colour(fair, scene.STAIRS) != THING_COLOURS[Thing.STAIRS].tolist()
    assert map_colour(fair, scene.LEADER) == SIDE_COLOURS[0].tolist()


def test_the_grid_has_the_leader_in_the_middle_and_marks_his_steps() -> None:
    picture = VIEWS["grid"](moment())
    middle = picture[(ROWS // 2 + 1) * TILE :, COLUMNS // 2 * TILE :][:TILE, :TILE]
    assert (middle == SIDE_COLOURS[0]).all(axis=-1).sum() > 60
    beside = picture[(ROWS // 2) * TILE :, COLUMNS // 2 * TILE :][:TILE, :TILE]
    assert (beside[1, 1] == SIDE_COLOURS[0]).all()
    walled = VIEWS["grid"](Moment(decode(scene.scene())))[(ROWS // 2) * TILE :, COLUMNS // 2 * TILE :]
    assert not (walled[1, 1] == SIDE_COLOURS[0]).all()


def test_the_grid_is_drawn_again_from_its_numbers() -> None:
    chart = chart_of(decode(scene.scene()))
    assert chart is not None
    cells = cells_of(chart, ((scene.LEADER[0] + 1, scene.LEADER[1]),), (True,) * 8)
    again = type(cells)(
        cells.ground.copy(), cells.marks.copy(), cells.route.copy(), cells.steps.copy(), cells.left, cells.top
    )
    assert np.array_equal(draw(cells), draw(again))


def test_the_grid_reaches_beyond_the_edge_of_the_map() -> None:
    ram = scene.scene()
    dungeon = scene.dungeon_of(ram)
    dungeon["entities"][0]["pos"] = (1, 1)
    chart = chart_of(decode(ram))
    assert chart is not None
    cells = cells_of(chart)
    assert (cells.left, cells.top) == (1 - COLUMNS // 2, 1 - ROWS // 2)
    assert (cells.ground[0] == 255).all()
    assert draw(cells).shape == (160, 240, 3)


def test_every_letter_has_a_picture_of_its_own() -> None:
    tiles = {_figure_tile(((letter * 2) * 8) * 3 + 2)[0].tobytes() for letter in range(len(LETTERS))}
    assert len(tiles) == len(LETTERS)


def test_the_panel_tells_hp_hunger_moves_and_bag() -> None:
    ram = scene.scene()
    states = decode(ram)
    healthy = hud_view(states)
    scene.dungeon_of(ram)["monsters"][0]["hp"] = 2
    hurt = hud_view(decode(ram))
    assert not np.array_equal(healthy, hurt)
    assert (hurt == canvas.RED).all(axis=-1).any()
    grey = hud_view(states, usable_moves=(False,) * 4)
    assert (grey == canvas.DIM).all(axis=-1).sum() > (healthy == canvas.DIM).all(axis=-1).sum()


def test_the_panel_keeps_the_newest_lines() -> None:
    states = decode(scene.scene())
    first, last = hud_view(states, messages=["one", "two", "three"]), hud_view(states, messages=["two", "three"])
    assert np.array_equal(first, last)
    assert not np.array_equal(last, hud_view(states, messages=["two", "three"], memories=["beware"]))


def test_a_full_bag_says_how_many_items_are_left_out() -> None:
    lines = _packed([f"{slot} Petrify Orb" for slot in range(1, 21)])
    assert len(lines) == 3
    assert lines[-1].endswith("+11")
