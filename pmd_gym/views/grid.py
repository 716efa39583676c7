"""The tiles around the leader, large, with coordinates: who and what stands where, which steps are possible.

Tiles are 16 pixels and begin at multiples of 16, so that a model with patches of 16 pixels sees each tile whole. The
picture is made of two small arrays (`cells_of`), from which it can be drawn again at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.views import canvas
from pmd_gym.views.canvas import Pixels
from pmd_gym.views.chart import Chart, Figure, Ground, Point, Side, Thing
from pmd_gym.views.minimap import GROUND_COLOURS, ROUTE_COLOUR, SIDE_COLOURS, THING_COLOURS

TILE = 16
COLUMNS, ROWS = 15, 9
"""Tiles shown; the leader stands in the middle."""
WIDTH, HEIGHT = COLUMNS * TILE, (ROWS + 1) * TILE
LETTERS = "@ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789?"

_STEPS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))
_OUTSIDE = (4, 4, 8)


@dataclass(frozen=True, slots=True)
class Cells:
    """What the picture shows, in numbers.

    `ground` (9, 15) uint8, `Ground` of each tile, 255 beyond the map. `marks` (9, 15) uint16: 0 for nothing, `Thing`,
    or 8 + a figure's code (`figure_code`). `route` and `steps` (9, 15) bool: the way on, and where the leader may
    step. `left` and `top` are the map's coordinates of the first cell.
    """

    ground: NDArray[np.uint8]
    marks: NDArray[np.uint16]
    route: NDArray[np.bool_]
    steps: NDArray[np.bool_]
    left: int
    top: int


def grid_view(chart: Chart, route: Sequence[Point] = (), steps: Sequence[bool] = ()) -> Pixels:
    """(160, 240, 3) uint8 RGB: one row of column numbers, then 9 rows of 15 tiles; row numbers stand in the first tile.

    `steps`: for each of the 8 directions of the action table, whether the leader may step there now.
    """
    return draw(cells_of(chart, route, steps))


def cells_of(chart: Chart, route: Sequence[Point] = (), steps: Sequence[bool] = ()) -> Cells:
    """The window of 15 by 9 tiles around the leader; around (0, 0) where there is none."""
    leader = chart.leader
    x, y = (leader.x, leader.y) if leader else (0, 0)
    left, top = x - COLUMNS // 2, y - ROWS // 2
    ground, marks = np.full((ROWS, COLUMNS), 255, np.uint8), np.zeros((ROWS, COLUMNS), np.uint16)
    into, source = _overlap(left, top)
    ground[into], marks[into] = chart.ground[source], chart.things[source]
    for figure in chart.figures:
        if 0 <= figure.y - top < ROWS and 0 <= figure.x - left < COLUMNS:
            marks[figure.y - top, figure.x - left] = 8 + figure_code(figure)
    may = [(x + dx, y + dy) for (dx, dy), legal in zip(_STEPS, steps, strict=False) if legal]
    return Cells(ground, marks, _points(route, left, top), _points(may, left, top), left, top)


def figure_code(figure: Figure) -> int:
    """Side, facing, sleep and letter as one number, 0..3071."""
    letter = LETTERS.index(figure.letter) if figure.letter in LETTERS else len(LETTERS) - 1
    return ((letter * 2 + figure.asleep) * 8 + (figure.facing & 7)) * 3 + int(figure.side)


def draw(cells: Cells) -> Pixels:
    """The picture of `cells`, (160, 240, 3) uint8."""
    picture = np.full((HEIGHT, WIDTH, 3), canvas.GROUND, np.uint8)
    tiles = _ground_tiles()[np.minimum(cells.ground, len(Ground))]
    picture[TILE:] = tiles.transpose(0, 2, 1, 3, 4).reshape(ROWS * TILE, WIDTH, 3)
    for row, column in zip(*np.nonzero(cells.steps), strict=True):
        _notches(_cell(picture, row, column))
    for row, column in zip(*np.nonzero(cells.marks), strict=True):
        _mark(_cell(picture, row, column), int(cells.marks[row, column]))
    for row, column in zip(*np.nonzero(cells.route), strict=True):
        _cell(picture, row, column)[6:10, 6:10] = ROUTE_COLOUR
    _coordinates(picture, cells)
    return picture


def _overlap(left: int, top: int) -> tuple[Any, Any]:
    """Slices of the window and of the map that cover the same tiles."""
    x0, x1, y0, y1 = max(left, 0), min(left + COLUMNS, 56), max(top, 0), min(top + ROWS, 32)
    return np.s_[y0 - top : y1 - top, x0 - left : x1 - left], np.s_[y0:y1, x0:x1]


def _points(points: Sequence[Point], left: int, top: int) -> NDArray[np.bool_]:
    plane = np.zeros((ROWS, COLUMNS), bool)
    for x, y in points:
        if 0 <= y - top < ROWS and 0 <= x - left < COLUMNS:
            plane[y - top, x - left] = True
    return plane


def _cell(picture: Pixels, row: Any, column: Any) -> Pixels:
    top, left = (int(row) + 1) * TILE, int(column) * TILE
    return picture[top : top + TILE, left : left + TILE]


@cache
def _ground_tiles() -> Pixels:
    """(8, 16, 16, 3): one tile for each `Ground` and one for what lies beyond the map, each with a thin lower edge."""
    colours = np.vstack([GROUND_COLOURS, np.array([_OUTSIDE], np.uint8)])
    tiles = np.broadcast_to(colours[:, None, None], (len(colours), TILE, TILE, 3)).copy()
    for ground in (Ground.CORRIDOR, Ground.ROOM, Ground.WATER, Ground.LAVA):
        edge = (colours[ground] * 0.82).astype(np.uint8)
        tiles[ground, -1], tiles[ground, :, -1] = edge, edge
    tiles[Ground.WALL, ::4] = tiles[Ground.WALL, 0] // 4 * 3
    return tiles


def _notches(cell: Pixels) -> None:
    """A tile that the leader may step on has bright corners."""
    for rows in (slice(1, 3), slice(-4, -2)):
        for columns in (slice(1, 3), slice(-4, -2)):
            cell[rows, columns] = SIDE_COLOURS[Side.LEADER]


def _mark(cell: Pixels, mark: int) -> None:
    tile, opaque = _figure_tile(mark - 8) if mark >= 8 else _thing_tile(mark)
    cell[opaque] = tile[opaque]


@cache
def _thing_tile(thing: int) -> tuple[Pixels, NDArray[np.bool_]]:
    """Stairs as steps, items as a disc, money as a diamond, traps as a cross; pixels and which of them count."""
    y, x = np.mgrid[:TILE, :TILE] - 7.5
    shapes = {
        Thing.STAIRS: (abs(x) < 7) & (abs(y) < 7) & (np.mgrid[:TILE, :TILE][0] % 4 < 3),
        Thing.ITEM: x**2 + y**2 < 30,
        Thing.MONEY: abs(x) + abs(y) < 6,
        Thing.TRAP: (abs(abs(x) - abs(y)) < 2) & (abs(x) < 6),
    }
    opaque = shapes[Thing(thing)]
    return np.broadcast_to(THING_COLOURS[thing], (TILE, TILE, 3)).copy(), opaque


@cache
def _figure_tile(code: int) -> tuple[Pixels, NDArray[np.bool_]]:
    """A disc in the side's colour with the figure's letter; a bar at the side it faces; pale while it sleeps."""
    code, side = divmod(code, 3)
    code, facing = divmod(code, 8)
    letter, asleep = divmod(code, 2)
    colour = SIDE_COLOURS[side].astype(int)
    tile = np.broadcast_to(colour * 3 // 5 if asleep else colour, (TILE, TILE, 3)).astype(np.uint8)
    y, x = np.mgrid[:TILE, :TILE] - 7.5
    opaque = x**2 + y**2 < 52
    dx, dy = _STEPS[facing]
    front = ((x - 6.5 * dx) ** 2 + (y - 6.5 * dy) ** 2 < 6) & (x**2 + y**2 < 64 + 40 * abs(dx * dy))
    tile[front] = (255, 255, 255)
    glyph_width = canvas.text_width(LETTERS[letter])
    canvas.text(tile, 4, (TILE - glyph_width) // 2, LETTERS[letter], canvas.SHADOW)
    return tile, opaque | front


def _coordinates(picture: Pixels, cells: Cells) -> None:
    for column in range(COLUMNS):
        if 0 <= cells.left + column < 56:
            canvas.text(picture, 5, column * TILE + 3, str(cells.left + column), canvas.SOFT)
    for row in range(ROWS):
        if 0 <= cells.top + row < 32:
            canvas.text(picture, (row + 1) * TILE + 5, 1, str(cells.top + row), canvas.INK)
