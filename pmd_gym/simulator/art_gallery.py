"""Sheets of the art for people to look at: every species, every tileset family; and text in the project's font."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator.art import font, outlines, solid, sprites, textures
from pmd_gym.simulator.art import tilesets as families
from pmd_gym.simulator.art.furniture import stairs

Picture = NDArray[np.uint8]

_MEADOW = (120, 168, 104)
_CELL = slice(2, 44)
_SAMPLE = ("######", "##..##", "#>.~~#", "#..~~#", "##..##")
_SOUTH_EAST = 1


def monsters(columns: int) -> Picture:
    """All species in rows, facing south-east, (h, w, 3) uint8."""
    cells = [
        solid.sprite(sprites.model(species), _SOUTH_EAST)[_CELL, _CELL] for species in range(1, sprites.SPECIES_COUNT)
    ]
    return _rgb(_rows(cells, columns), _MEADOW)


def tilesets(columns: int) -> Picture:
    """A small cave of each family: walls, floor, liquid and stairs, (h, w, 3) uint8."""
    return _rgb(_rows([_sample(number) for number in range(len(families.FAMILIES))], columns), _MEADOW)


def write(picture: Picture, text: str, y: int, x: int, ink: tuple[int, int, int]) -> None:
    """Draw a line of text; what would lie outside is left out, and so is what the font lacks."""
    for character in text:
        glyph = font.glyph(character if font.FIRST <= ord(character) <= font.LAST else "?")
        if x + glyph.shape[1] > picture.shape[1] or y + glyph.shape[0] > picture.shape[0]:
            return
        picture[y : y + glyph.shape[0], x : x + glyph.shape[1]][glyph == 1] = ink
        x += glyph.shape[1] + 1


def _sample(number: int) -> NDArray[np.uint32]:
    """The sample cave in one family, 0xAARRGGBB."""
    patterns, style = families.patterns(number), families.FAMILIES[number].wall
    rows, columns = len(_SAMPLE), len(_SAMPLE[0])
    picture = np.zeros((rows * outlines.TILE, columns * outlines.TILE), np.uint32)
    for y in range(rows):
        for x in range(columns):
            top, left = y * outlines.TILE, x * outlines.TILE
            codes = _codes(x, y, style)
            row, column = np.mgrid[top : top + outlines.TILE, left : left + outlines.TILE] % textures.SPAN
            tile = patterns[codes, row, column] | np.uint32(0xFF000000)
            if _SAMPLE[y][x] == ">":
                tile = np.where(stairs(False) >> 24 != 0, stairs(False), tile)
            picture[top : top + outlines.TILE, left : left + outlines.TILE] = tile
    return picture


def _codes(x: int, y: int, style: str) -> NDArray[np.uint8]:
    """Pixel classes of a tile of the sample."""
    around = [_mark(x + dx, y + dy) for dy, dx in outlines.DIRECTIONS]
    if _mark(x, y) == "~":
        return outlines.liquid_shapes()[sum((mark in "#~") << bit for bit, mark in enumerate(around))]
    mask = sum((mark == "#") << bit for bit, mark in enumerate(around))
    return outlines.wall_shapes(style)[int(_mark(x, y) == "#"), mask]


def _mark(x: int, y: int) -> str:
    return _SAMPLE[y][x] if 0 <= y < len(_SAMPLE) and 0 <= x < len(_SAMPLE[0]) else "#"


def _rows(cells: list[NDArray[np.uint32]], columns: int) -> NDArray[np.uint32]:
    cells = cells + [np.zeros_like(cells[0])] * (-len(cells) % columns)
    return np.concatenate(
        [np.concatenate(cells[start : start + columns], axis=1) for start in range(0, len(cells), columns)]
    )


def _rgb(pixels: NDArray[np.uint32], background: tuple[int, int, int]) -> Picture:
    picture = np.stack([pixels >> 16 & 255, pixels >> 8 & 255, pixels & 255], axis=-1).astype(np.uint8)
    picture[pixels >> 24 == 0] = background
    return picture
