"""The explored floor as a picture of its own: ground, things, figures, the way on, and what each colour means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pmd_gym.views import canvas
from pmd_gym.views.canvas import Pixels
from pmd_gym.views.chart import Chart, Point, Side, Thing

WIDTH, HEIGHT = 240, 160
TILE = 4
"""Pixels of a tile."""
LEFT, TOP = (WIDTH - 56 * TILE) // 2, 15

GROUND_COLOURS = np.array([
    (12, 14, 22), (44, 50, 72), (92, 104, 140), (118, 132, 172), (52, 110, 206), (196, 84, 40), (30, 24, 44),
], np.uint8)  # fmt: skip
"""RGB of each `Ground`."""
THING_COLOURS = np.array([(0, 0, 0), (255, 255, 255), (80, 224, 244), (244, 238, 110), (236, 124, 214)], np.uint8)
"""RGB of each `Thing`."""
SIDE_COLOURS = np.array([(112, 255, 132), (255, 164, 44), (252, 78, 62)], np.uint8)
"""RGB of each `Side`."""
ROUTE_COLOUR = (255, 255, 190)
EXIT_COLOUR = (170, 255, 200)

_LEGEND = (
    ("you", SIDE_COLOURS[Side.LEADER]), ("team", SIDE_COLOURS[Side.TEAM]), ("enemy", SIDE_COLOURS[Side.ENEMY]),
    ("stairs", THING_COLOURS[Thing.STAIRS]), ("item", THING_COLOURS[Thing.ITEM]), ("money", THING_COLOURS[Thing.MONEY]),
    ("trap", THING_COLOURS[Thing.TRAP]),
)  # fmt: skip


def map_view(chart: Chart, title: str = "", route: Sequence[Point] = ()) -> Pixels:
    """The whole floor, (160, 240, 3) uint8 RGB: 4 pixels a tile under a title line, a legend below.

    `route` is dotted, exits of the leader's room are marked by a small square.
    """
    picture = np.full((HEIGHT, WIDTH, 3), canvas.GROUND, np.uint8)
    canvas.text(picture, 3, LEFT, title, canvas.INK, 56 * TILE)
    bottom, right = TOP + 32 * TILE, LEFT + 56 * TILE
    picture[TOP:bottom, LEFT:right] = floor_plan(chart, TILE)
    for x, y in chart.exits:
        _dot(picture, x, y, EXIT_COLOUR)
    for x, y in route:
        _dot(picture, x, y, ROUTE_COLOUR)
    _legend(picture, bottom + 4)
    return picture


def floor_plan(chart: Chart, pixels: int) -> Pixels:
    """The tiles alone, `pixels` wide and high each: (32 * pixels, 56 * pixels, 3)."""
    plan = GROUND_COLOURS[chart.ground]
    there = chart.things > 0
    plan[there] = THING_COLOURS[chart.things[there]]
    for figure in chart.figures:
        plan[figure.y, figure.x] = SIDE_COLOURS[figure.side]
    return plan.repeat(pixels, axis=0).repeat(pixels, axis=1)


def _dot(picture: Pixels, x: int, y: int, colour: canvas.Colour) -> None:
    """Two by two pixels in the middle of a tile."""
    top, left = TOP + y * TILE + 1, LEFT + x * TILE + 1
    picture[top : top + 2, left : left + 2] = colour


def _legend(picture: Pixels, top: int) -> None:
    left = LEFT
    for word, colour in _LEGEND:
        picture[top + 1 : top + 6, left : left + 5] = colour
        left = canvas.text(picture, top, left + 7, word, canvas.SOFT) + 5
