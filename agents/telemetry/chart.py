"""The picture of an evaluation: for each dungeon and policy the clear rate with its 95% interval.

Drawn with Pillow, which the project needs anyway, so that an evaluation leaves its picture without another dependency.
Lines are drawn three times as large and reduced, which smooths them; text is drawn at its final size and stays sharp.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from agents.telemetry.scores import Score

SMOOTHING = 3
WIDTH, MARGIN = 1130, 28
LABELS, PLOT, NOTES = 200, 560, 292
"""Widths of the three columns: dungeon, clear rates, how the others ended."""
TOP, BAR, GAP, BOTTOM = 112, 17, 16, 64
INK, FAINT, GRID, PAPER = (32, 36, 44), (112, 118, 128), (226, 229, 234), (255, 255, 255)
COLOURS = ((36, 113, 163), (211, 112, 44), (46, 139, 87), (128, 84, 160), (150, 120, 40), (120, 120, 120))
"""Of the policies in order; the first three are told apart by colour-blind people too."""

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one scenario, drawn together."""

    dungeon: str
    rows: tuple[Score, ...]

    @property
    def height(self) -> int:
        """Pixels from the top of the first bar to the bottom of the last."""
        return BAR * len(self.rows)


def chart(scores: Sequence[Score], title: str, note: str) -> bytes:
    """A PNG of the rows, grouped by scenario in the order of their first appearance; at least one row."""
    groups = _groups(scores)
    policies = tuple(dict.fromkeys(row.policy for row in scores))
    height = TOP + sum(group.height + GAP for group in groups) + BOTTOM
    paper = _Paper(height)
    paper.text((MARGIN, 20), title, 22, INK)
    paper.text((MARGIN, 50), note, 13, FAINT)
    _legend(paper, policies)
    _axis(paper, height)
    y = TOP + GAP // 2
    for group in groups:
        _group(paper, group, policies, y)
        y += group.height + GAP
    return paper.png()


def _groups(scores: Sequence[Score]) -> tuple[Group, ...]:
    names = dict.fromkeys(row.scenario for row in scores)
    chosen = [tuple(row for row in scores if row.scenario == name) for name in names]
    return tuple(Group(rows[0].dungeon, rows) for rows in chosen)


class _Paper:
    """A white page: shapes first, smoothed, and text on top."""

    def __init__(self, height: int) -> None:
        self._image = Image.new("RGB", (WIDTH * SMOOTHING, height * SMOOTHING), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._texts: list[tuple[tuple[float, float], str, int, Colour, str]] = []

    def box(self, box: Box, colour: Colour) -> None:
        """A filled rectangle; (left, top, right, bottom) in pixels of the page."""
        left, top, right, bottom = (round(value * SMOOTHING) for value in box)
        self._draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=colour)

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A filled circle."""
        edges = [value * SMOOTHING for value in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(tuple(edges), fill=colour)

    def text(self, at: tuple[float, float], text: str, size: int, colour: Colour, anchor: str = "la") -> None:
        """A line of text; `anchor` as Pillow names it."""
        self._texts.append((at, text, size, colour, anchor))

    def png(self) -> bytes:
        """The finished page."""
        width, height = self._image.size
        page = self._image.resize((width // SMOOTHING, height // SMOOTHING), Image.Resampling.LANCZOS)
        draw = ImageDraw.Draw(page)
        for at, text, size, colour, anchor in self._texts:
            draw.text(at, text, fill=colour, font=ImageFont.load_default(size), anchor=anchor)
        content = io.BytesIO()
        page.save(content, "PNG", optimize=True)
        return content.getvalue()


def _x(rate: float) -> float:
    return MARGIN + LABELS + rate * PLOT


def _legend(paper: _Paper, policies: Sequence[str]) -> None:
    x = float(MARGIN + LABELS)
    for policy in policies:
        paper.dot(x + 5, 86, 5, _colour(policies, policy))
        paper.text((x + 16, 86), policy, 14, INK, "lm")
        x += 34 + _text_width(policy, 14)


def _axis(paper: _Paper, height: int) -> None:
    for share in (0, 25, 50, 75, 100):
        x = _x(share / 100)
        paper.box((x - 0.5, TOP, x + 0.5, height - BOTTOM + 6), GRID)
        paper.text((x, height - BOTTOM + 12), f"{share}%", 13, FAINT, "ma")
    paper.text((_x(0.5), height - BOTTOM + 32), "cleared, with the 95% interval (Wilson)", 13, FAINT, "ma")
    paper.text((_x(1) + 22, TOP - 10), "floor reached; main cause of loss", 13, FAINT, "ls")


def _group(paper: _Paper, group: Group, policies: Sequence[str], top: int) -> None:
    paper.text((MARGIN + LABELS - 14, top + group.height / 2), group.dungeon, 15, INK, "rm")
    for index, row in enumerate(group.rows):
        _bar(paper, row, _colour(policies, row.policy), top + index * BAR + BAR / 2)


def _bar(paper: _Paper, row: Score, colour: Colour, middle: float) -> None:
    """Bar, whisker and words of one row."""
    paper.box((_x(0), middle - 5, _x(row.clear_rate), middle + 5), _pale(colour))
    paper.box((_x(row.low), middle - 1, _x(row.high), middle + 1), colour)
    for end in (row.low, row.high):
        paper.box((_x(end) - 1, middle - 4, _x(end) + 1, middle + 4), colour)
    paper.dot(_x(row.clear_rate), middle, 4, colour)
    cause = f"; {row.main_cause.lower()} ({row.main_share:.0%})" if row.main_cause else ""
    words = _cut(f"{row.mean_floor:.1f} of {row.floors}{cause}", 13, NOTES)
    paper.text((_x(1) + 22, middle), words, 13, FAINT, "lm")


def _colour(policies: Sequence[str], policy: str) -> Colour:
    return COLOURS[policies.index(policy) % len(COLOURS)]


def _pale(colour: Colour) -> Colour:
    red, green, blue = (value + (255 - value) * 2 // 3 for value in colour)
    return red, green, blue


def _text_width(text: str, size: int) -> float:
    return float(ImageFont.load_default(size).getlength(text))


def _cut(text: str, size: int, width: float) -> str:
    """The text, shortened with dots where it would be wider."""
    if _text_width(text, size) <= width:
        return text
    while text and _text_width(text + "...", size) > width:
        text = text[:-1]
    return text.rstrip() + "..."
