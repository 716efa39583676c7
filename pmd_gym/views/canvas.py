"""Drawing on an RGB array in the game's pixels: boxes, bars, text in the project's font. Knows nothing of the game."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator import glyph

Pixels: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]

GROUND: Colour = (15, 17, 27)
PANEL: Colour = (25, 29, 46)
EDGE: Colour = (66, 78, 116)
INK: Colour = (238, 240, 248)
SOFT: Colour = (152, 163, 194)
DIM: Colour = (88, 97, 126)
GOLD: Colour = (255, 216, 92)
GREEN: Colour = (88, 214, 110)
AMBER: Colour = (240, 196, 60)
RED: Colour = (244, 84, 66)
SHADOW: Colour = (8, 9, 16)

_SIGNS = str.maketrans({"♀": "(f)", "♂": "(m)", "’": "'", "–": "-", "…": "...", "“": '"', "”": '"'})


def box(canvas: Pixels, top: int, left: int, height: int, width: int, inside: Colour = PANEL) -> None:
    """A panel with a thin edge and cut corners."""
    canvas[top : top + height, left + 1 : left + width - 1] = EDGE
    canvas[top + 1 : top + height - 1, left : left + width] = EDGE
    canvas[top + 1 : top + height - 1, left + 1 : left + width - 1] = inside


def bar(canvas: Pixels, top: int, left: int, width: int, share: float, colour: Colour, height: int = 5) -> None:
    """A gauge that is filled to `share` (0..1); anything above nothing shows at least one column."""
    canvas[top : top + height, left : left + width] = SHADOW
    filled = min(width - 2, max(round((width - 2) * share), int(share > 0)))
    canvas[top + 1 : top + height - 1, left + 1 : left + width - 1] = (48, 55, 82)
    canvas[top + 1 : top + height - 1, left + 1 : left + 1 + filled] = colour
    canvas[top + 1, left + 1 : left + 1 + filled] = tuple(part + (255 - part) // 2 for part in colour)


def health(share: float) -> Colour:
    """Green, yellow from a half, red from a quarter, as on the console."""
    return RED if share <= 0.25 else AMBER if share <= 0.5 else GREEN


def text(canvas: Pixels, top: int, left: int, line: str, ink: Colour = INK, width: int | None = None) -> int:
    """Write a line, cut with dots to `width` pixels; the column behind it."""
    shown = plain(line)
    if width is not None and text_width(shown) > width:
        shown = fitted(shown, width)
    for character in shown:
        bitmap = _bitmap(character)
        right = left + bitmap.shape[1]
        if right > canvas.shape[1]:
            break
        canvas[top : top + bitmap.shape[0], left:right][bitmap[: canvas.shape[0] - top]] = ink
        left = right + 1
    return left


def right_text(canvas: Pixels, top: int, right: int, line: str, ink: Colour = INK) -> int:
    """Write a line that ends before column `right`; its first column."""
    left = right - text_width(plain(line))
    text(canvas, top, left, line, ink)
    return left


def text_width(line: str) -> int:
    """Pixels of a line without the gap behind its last letter."""
    return max(0, sum(int(_bitmap(character).shape[1]) + 1 for character in plain(line)) - 1)


def fitted(line: str, width: int) -> str:
    """As much of a line as fits into `width` pixels, with dots where something is missing."""
    if text_width(line) <= width:
        return line
    while line and text_width(line + "..") > width:
        line = line[:-1]
    return line.rstrip() + ".."


def wrapped(line: str, width: int) -> list[str]:
    """A line broken between words to lines of at most `width` pixels."""
    lines: list[str] = []
    for word in line.split():
        if lines and text_width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(fitted(word, width))
    return lines


def plain(line: str) -> str:
    """A line in the font's letters: accents off, what it lacks as `?`."""
    letters = unicodedata.normalize("NFKD", line.translate(_SIGNS))
    return "".join(letter if " " <= letter <= "~" else "?" for letter in letters if not unicodedata.combining(letter))


@cache
def _bitmap(character: str) -> NDArray[np.bool_]:
    ink: NDArray[np.bool_] = glyph(character) == 1
    return ink
