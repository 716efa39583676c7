"""Kernels that put pixels on a picture (160, 240, 3) uint8: fills, sprites, letters. Nothing is written outside it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel

WIDTH, HEIGHT = 240, 160
FULL = 256
"""Light of a pixel that is drawn as it is; 0 is black."""

Pixels = NDArray[np.uint8]
Int: TypeAlias = Any
"""A whole number: an int to a caller in Python, int64 in compiled code."""


@kernel
def put(out: Pixels, y: Int, x: Int, colour: Int) -> None:
    """Set a pixel to 0xRRGGBB."""
    if 0 <= y < HEIGHT and 0 <= x < WIDTH:
        out[y, x, 0] = (colour >> 16) & 255
        out[y, x, 1] = (colour >> 8) & 255
        out[y, x, 2] = colour & 255


@kernel
def mix(out: Pixels, y: Int, x: Int, colour: Int, weight: Int) -> None:
    """Blend `weight`/256 of 0xRRGGBB into a pixel."""
    if 0 <= y < HEIGHT and 0 <= x < WIDTH:
        keep = 256 - weight
        out[y, x, 0] = (out[y, x, 0] * keep + ((colour >> 16) & 255) * weight) >> 8
        out[y, x, 1] = (out[y, x, 1] * keep + ((colour >> 8) & 255) * weight) >> 8
        out[y, x, 2] = (out[y, x, 2] * keep + (colour & 255) * weight) >> 8


@kernel
def fill(out: Pixels, top: Int, bottom: Int, left: Int, right: Int, colour: Int) -> None:
    """Fill rows top..bottom-1, columns left..right-1."""
    for y in range(max(top, 0), min(bottom, HEIGHT)):
        for x in range(max(left, 0), min(right, WIDTH)):
            put(out, y, x, colour)


@kernel
def veil(out: Pixels, top: Int, bottom: Int, left: Int, right: Int, colour: Int, weight: Int) -> None:
    """Blend a colour into a box; bounds as in `fill`."""
    for y in range(max(top, 0), min(bottom, HEIGHT)):
        for x in range(max(left, 0), min(right, WIDTH)):
            mix(out, y, x, colour, weight)


@kernel
def blit(out: Pixels, picture: NDArray[np.uint32], y: Int, x: Int, light: Int) -> None:
    """Copy the opaque pixels of a picture with its corner at (y, x), darkened to `light`."""
    for row in range(max(0, -y), min(picture.shape[0], HEIGHT - y)):
        for column in range(max(0, -x), min(picture.shape[1], WIDTH - x)):
            pixel = np.int64(picture[row, column])
            if pixel >> 24:
                put(out, y + row, x + column, dim(pixel, light))


@kernel
def dim(colour: Int, light: Int) -> Int:
    """0xRRGGBB darkened to `light`/256."""
    red = (((colour >> 16) & 255) * light) >> 8
    green = (((colour >> 8) & 255) * light) >> 8
    blue = ((colour & 255) * light) >> 8
    return (red << 16) | (green << 8) | blue


@kernel
def letter(out: Pixels, atlas: Any, y: Int, x: Int, glyph: Int, colour: Int) -> Int:
    """Draw a glyph with a dark edge, its top left at (y, x); returns the column where the next one starts."""
    width = np.int64(atlas.glyph_widths[glyph])
    for row in range(atlas.glyphs.shape[1]):
        for column in range(width):
            if atlas.glyphs[glyph, row, column]:
                put(out, y + row, x + column, colour)
                put(out, y + row + 1, x + column + 1, 0x101018)
    for row in range(atlas.glyphs.shape[1]):
        for column in range(width):
            if atlas.glyphs[glyph, row, column]:
                put(out, y + row, x + column, colour)
    return x + width + 1


@kernel
def ascii_text(out: Pixels, atlas: Any, y: Int, x: Int, line: NDArray[np.uint8], colour: Int) -> Int:
    """Draw a zero-terminated row of ASCII; returns the column after it."""
    for code in line:
        if code == 0:
            break
        x = letter(out, atlas, y, x, np.int64(atlas.glyph_of_byte[code]), colour)
    return x


@kernel
def number(out: Pixels, atlas: Any, y: Int, x: Int, value: Int, colour: Int) -> Int:
    """Draw a whole number; returns the column after it."""
    if value < 0:
        x = letter(out, atlas, y, x, 13, colour)
        value = -value
    scale = 1
    while value // scale >= 10:
        scale *= 10
    while scale > 0:
        x = letter(out, atlas, y, x, 16 + value // scale % 10, colour)
        scale //= 10
    return x


@kernel
def window(out: Pixels, top: Int, bottom: Int, left: Int, right: Int) -> None:
    """A text window: dark blue glass with a light frame and cut corners."""
    veil(out, top + 1, bottom - 1, left + 1, right - 1, 0x182848, 208)
    for x in range(left + 2, right - 2):
        put(out, top, x, 0xE8F0FF)
        put(out, top + 1, x, 0x7898D0)
        put(out, bottom - 1, x, 0x7898D0)
        put(out, bottom - 2, x, 0x405888)
    for y in range(top + 2, bottom - 2):
        put(out, y, left, 0xE8F0FF)
        put(out, y, left + 1, 0x7898D0)
        put(out, y, right - 1, 0x7898D0)
        put(out, y, right - 2, 0x405888)
    put(out, top + 1, left + 1, 0xE8F0FF)
    put(out, top + 1, right - 2, 0xE8F0FF)
    put(out, bottom - 2, left + 1, 0x7898D0)
    put(out, bottom - 2, right - 2, 0x7898D0)
