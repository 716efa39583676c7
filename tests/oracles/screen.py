"""The screen's plain twins: what a tile's pixels should be, and what text can be read on a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator.art import font, outlines, tilesets

STEPS = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))  # (dy, dx) by direction, 0 south
TILE = 24


def tile_pixels(dungeon: Any, x: int, y: int, frame: int) -> NDArray[np.uint8]:
    """A fully lit tile without things on it, (24, 24, 3), looked up pixel by pixel."""
    family = int(tilesets.family_of_tileset()[int(dungeon["tileset"])])
    patterns = tilesets.patterns(family)
    ground = int(dungeon["tiles"]["terrain"][y, x]) & 3
    shop = int(dungeon["tiles"]["terrain"][y, x]) & 0x20
    around = [_ground(dungeon, x + dx, y + dy) for dy, dx in STEPS]
    if ground >= 2:
        shape = outlines.liquid_shapes()[sum((other != 1) << bit for bit, other in enumerate(around))]
    else:
        mask = sum((other == 0) << bit for bit, other in enumerate(around))
        shape = outlines.wall_shapes(tilesets.FAMILIES[family].wall)[int(ground == 0), mask]
    picture = np.zeros((TILE, TILE, 3), np.uint8)
    for row in range(TILE):
        for column in range(TILE):
            code = int(shape[row, column])
            if code == outlines.FLOOR and ground < 2 and shop:
                code = outlines.CARPET
            elif code >= outlines.CODES:
                code += frame * outlines.LIQUID_CODES
            pixel = int(patterns[code, (y * TILE + row) % 72, (x * TILE + column) % 72])
            picture[row, column] = pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255
    return picture


def _ground(dungeon: Any, x: int, y: int) -> int:
    if not (0 <= x < 56 and 0 <= y < 32) or not int(dungeon["tiles"]["visibility"][y, x]) & 3:
        return 0
    return int(dungeon["tiles"]["terrain"][y, x]) & 3


def read_text(picture: NDArray[np.uint8], y: int, x: int, inks: tuple[int, ...]) -> str:
    """The text whose glyphs start at (y, x), read letter by letter; ends at the first column where none fits."""
    colours = [np.array([ink >> 16 & 255, ink >> 8 & 255, ink & 255]) for ink in inks]
    ink_at = np.any([np.all(picture == colour, axis=-1) for colour in colours], axis=0)
    text = ""
    while (character := _glyph_at(ink_at, y, x)) is not None:
        text += character
        x += int(font.widths()[ord(character) - font.FIRST]) + 1
    return text.rstrip()


def _glyph_at(ink_at: NDArray[np.bool_], y: int, x: int) -> str | None:
    """The widest glyph whose dots are exactly the ink of its cell."""
    found, widest = None, 0
    for code in range(font.FIRST, font.LAST + 1):
        glyph = font.glyph(chr(code)).astype(bool)
        cell = ink_at[y : y + glyph.shape[0], x : x + glyph.shape[1] + 1]
        if cell.shape[1] <= glyph.shape[1] or cell[:, -1].any():
            continue
        if (
            np.array_equal(cell[:, :-1], glyph)
            and glyph.shape[1] > widest
            and (glyph.any() or not _blank_ahead(ink_at, y, x))
        ):
            found, widest = chr(code), glyph.shape[1]
    return found


def _blank_ahead(ink_at: NDArray[np.bool_], y: int, x: int) -> bool:
    return not ink_at[y : y + font.HEIGHT, x : x + 10].any()
