"""Where walls and liquids end inside a tile: class maps for every combination of the eight neighbours.

A wall is a block seen from the south: its top, a lit rim, a front below it where the ground begins, and the shadow it
casts. Corners come out rounded because the solid area is blurred and cut at a level; the same wobble in every tile
keeps neighbouring edges joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

TILE = 24
FLOOR, SHADOW, TOP, RIM, BRINK, FACE, FOOT, BANK, CARPET = range(9)
"""Pattern of a pixel: floor, floor in shadow, wall top, its lit rim, its dark rim, wall front, foot of the front,
ground beside a liquid, shop carpet."""
DEEP, DROP, FOAM = range(9, 12)
"""Liquid, the dark strip under its northern bank, and its bright edge; three more for each picture of animation."""
CODES = 9
LIQUID_CODES = 3

_MARGIN = 12
_CENTRE = slice(TILE - _MARGIN, 2 * TILE - _MARGIN)
DIRECTIONS = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))  # (dy, dx), 0 is south
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Profile:
    """How a wall is cut: height of its front in pixels, softness of corners, wobble of edges, level of the cut."""

    height: int
    softness: int
    wobble: float
    level: float


PROFILES = {
    "trees": Profile(7, 4, 0.16, 0.46),
    "rocks": Profile(9, 3, 0.12, 0.44),
    "crystals": Profile(9, 2, 0.08, 0.42),
    "bricks": Profile(11, 1, 0.0, 0.40),
    "clouds": Profile(6, 4, 0.10, 0.46),
}


@cache
def wall_shapes(style: str) -> NDArray[np.uint8]:
    """Class of each pixel, (2, 256, 24, 24): [tile itself is wall, bit d = neighbour in direction d is wall]."""
    profile = PROFILES[style]
    solid = _cut(profile)
    shifted = _shift(solid, -profile.height, 0)
    top = solid & shifted
    codes = np.full(solid.shape, FLOOR, dtype=np.uint8)
    codes[~solid & (_shift(solid, 4, 2) | _shift(solid, 2, 1))] = SHADOW
    codes[solid & ~top] = FACE
    codes[solid & ~top & ~_shift(solid, -2, 0)] = FOOT
    codes[top] = TOP
    codes[top & ~(_shift(top, 0, -2) & _shift(top, -1, 0))] = BRINK
    codes[top & ~(_shift(top, 2, 0) & _shift(top, 0, 2))] = RIM
    return np.ascontiguousarray(codes[:, :, _CENTRE, _CENTRE])


@cache
def liquid_shapes() -> NDArray[np.uint8]:
    """Class of each pixel of a liquid tile, (256, 24, 24); bit d = neighbour in direction d is no open ground."""
    wet = _cut(Profile(0, 4, 0.14, 0.5))[1]
    codes = np.full(wet.shape, BANK, dtype=np.uint8)
    codes[wet] = DEEP
    codes[wet & ~(_shift(wet, 0, 2) & _shift(wet, 0, -2) & _shift(wet, -2, 0))] = FOAM
    codes[wet & ~_shift(wet, 4, 0)] = DROP
    return np.ascontiguousarray(codes[:, _CENTRE, _CENTRE])


def _cut(profile: Profile) -> Mask:
    """Solid area of a tile and its neighbourhood, (2, 256, 48, 48)."""
    # Blurring blocks of constant height by a box twice is separable, so each block has one profile along an axis.
    weights = _profiles(profile.softness)
    area = np.einsum("cmij,iy,jx->cmyx", _neighbourhoods(), weights, weights, optimize=True)
    wobble = np.tile(_wobble(), (3, 3)) * profile.wobble
    solid = area + wobble.astype(np.float32) > profile.level
    return np.ascontiguousarray(solid[..., _MARGIN:-_MARGIN, _MARGIN:-_MARGIN])


def _neighbourhoods() -> NDArray[np.float32]:
    """1 where a tile of the 3x3 neighbourhood is solid, (2, 256, 3, 3)."""
    blocks = np.zeros((2, 256, 3, 3), dtype=np.float32)
    blocks[1, :, 1, 1] = 1
    for direction, (dy, dx) in enumerate(DIRECTIONS):
        blocks[:, :, 1 + dy, 1 + dx] = np.arange(256) >> direction & 1
    return blocks


def _profiles(radius: int) -> NDArray[np.float32]:
    """Share of each of three tiles in the twice blurred value at a pixel, (3, 72); the outer tiles go on for ever."""
    box = np.full(2 * radius + 1, 1 / (2 * radius + 1))
    steps = np.eye(3).repeat(TILE, axis=1)
    padded = np.pad(steps, ((0, 0), (2 * radius, 2 * radius)), mode="edge")
    kernel = np.convolve(box, box)
    return np.stack([np.convolve(row, kernel, mode="valid") for row in padded]).astype(np.float32)


def _shift(area: Mask, down: int, right: int) -> Mask:
    """The picture moved, its border repeated; the last two axes are rows and columns."""
    span = area.shape[-1]
    index = np.arange(span)
    if down:
        area = np.take(area, np.clip(index - down, 0, span - 1), axis=-2)
    return np.take(area, np.clip(index - right, 0, span - 1), axis=-1) if right else area


@cache
def _wobble() -> NDArray[np.float64]:
    """Smooth wrapped noise -1..1 of one tile, (24, 24)."""
    random = np.random.default_rng(11)
    spectrum = np.fft.fft2(random.normal(size=(TILE, TILE)))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(TILE), np.fft.fftfreq(TILE)))
    smooth = np.fft.ifft2(spectrum * np.exp(-((frequency * 9) ** 2))).real
    return np.asarray(smooth / np.abs(smooth).max(), dtype=np.float64)
