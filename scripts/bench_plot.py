"""Lines over a logarithmic axis, for benchmarks: series with dots, limits dashed. Drawn with Pillow, twice as large."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

SCALE = 2
PANEL, HEIGHT, LEFT, TOP, BOTTOM, GAP = 430, 300, 78, 132, 62, 92
INK, FAINT, GRID, PAPER = (32, 36, 44), (112, 118, 128), (226, 229, 234), (255, 255, 255)
COLOURS = ((36, 113, 163), (211, 112, 44), (46, 139, 87), (128, 84, 160), (150, 120, 40), (190, 60, 90))
DASH = 7

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """Points (x, y), both positive; `dashed` ones are limits and have no dots. Equal names share a legend."""

    name: str
    points: tuple[Point, ...]
    colour: int
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot with its own y axis."""

    title: str
    series: tuple[Series, ...]


def plot(panels: Sequence[Panel], title: str, note: str, x_title: str) -> bytes:
    """A PNG with the panels side by side and one legend; panels without points say so."""
    width = LEFT + len(panels) * (PANEL + GAP)
    image = Image.new("RGB", (width * SCALE, (TOP + HEIGHT + BOTTOM) * SCALE), PAPER)
    draw = _Draw(ImageDraw.Draw(image))
    draw.text((24, 18), title, 20, INK)
    draw.text((24, 46), note, 12, FAINT)
    _legend(draw, panels)
    for number, panel in enumerate(panels):
        _panel(draw, panel, LEFT + number * (PANEL + GAP), x_title)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


class _Draw:
    """Draws in the picture's final units."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def text(self, at: Point, words: str, size: int, colour: tuple[int, int, int], anchor: str = "la") -> None:
        font = ImageFont.load_default(size * SCALE)
        self._draw.text((at[0] * SCALE, at[1] * SCALE), words, colour, font, anchor)

    def line(self, start: Point, end: Point, colour: tuple[int, int, int], width: float = 1.0) -> None:
        ends = [(x * SCALE, y * SCALE) for x, y in (start, end)]
        self._draw.line(ends, colour, max(1, round(width * SCALE)))

    def dashes(self, start: Point, end: Point, colour: tuple[int, int, int]) -> None:
        count = max(1, round(math.dist(start, end) / DASH))
        at = [(start[0] + (end[0] - start[0]) * n / count, start[1] + (end[1] - start[1]) * n / count)
              for n in range(count + 1)]  # fmt: skip
        for n in range(0, count, 2):
            self.line(at[n], at[n + 1], colour, 1.2)

    def dot(self, at: Point, colour: tuple[int, int, int]) -> None:
        x, y = at[0] * SCALE, at[1] * SCALE
        self._draw.ellipse((x - 3 * SCALE, y - 3 * SCALE, x + 3 * SCALE, y + 3 * SCALE), colour)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Logarithmic, from `low` to `high` over `length` units from `start`."""

    low: float
    high: float
    start: float
    length: float

    def at(self, value: float) -> float:
        return self.start + self.length * math.log(value / self.low) / math.log(self.high / self.low)


def _legend(draw: _Draw, panels: Sequence[Panel]) -> None:
    named = {series.name: series for panel in panels for series in panel.series}
    x = 24.0
    for name, series in named.items():
        colour = FAINT if series.dashed else COLOURS[series.colour % len(COLOURS)]
        (draw.dashes if series.dashed else draw.line)((x, 80), (x + 22, 80), colour)
        draw.text((x + 28, 80), name, 12, INK, "lm")
        x += 52 + ImageFont.load_default(12 * SCALE).getlength(name) / SCALE


def _panel(draw: _Draw, panel: Panel, left: float, x_title: str) -> None:
    points = [point for series in panel.series for point in series.points]
    draw.text((left, TOP - 8), panel.title, 13, INK, "ls")
    if not points:
        draw.text((left + PANEL / 2, TOP + HEIGHT / 2), "nothing was measured", 13, FAINT, "mm")
        return
    x = _Axis(*_range([point[0] for point in points], 2), left, PANEL)
    y = _Axis(*_range([point[1] for point in points], 10), TOP + HEIGHT, -HEIGHT)
    for value in sorted({point[0] for point in points}):
        draw.text((x.at(value), TOP + HEIGHT + 8), f"{value:,.0f}", 11, FAINT, "ma")
    draw.text((left + PANEL / 2, TOP + HEIGHT + 28), x_title, 12, FAINT, "ma")
    power = y.low
    while power <= y.high * 1.001:
        draw.line((left, y.at(power)), (left + PANEL, y.at(power)), GRID)
        draw.text((left - 8, y.at(power)), _short(power), 11, FAINT, "rm")
        power *= 10
    for series in panel.series:
        _series(draw, series, [(x.at(px), y.at(py)) for px, py in series.points])


def _series(draw: _Draw, series: Series, points: Sequence[Point]) -> None:
    colour = COLOURS[series.colour % len(COLOURS)]
    for start, end in pairwise(points):
        if series.dashed:
            draw.dashes(start, end, colour)
        else:
            draw.line(start, end, colour, 1.6)
    for point in points:
        if not series.dashed:
            draw.dot(point, colour)
        elif len(points) == 1:
            draw.dashes((point[0] - 14, point[1]), (point[0] + 14, point[1]), colour)


def _range(values: Sequence[float], base: float) -> tuple[float, float]:
    """Powers of the base around all values."""
    low = base ** math.floor(math.log(min(values), base) + 1e-9)
    high = base ** math.ceil(math.log(max(values), base) - 1e-9)
    return low, high if high > low else low * base


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}" if value % size == 0 else f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
