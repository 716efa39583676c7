"""Seamless 72x72 patterns (three tiles wide) of which floors, walls and liquids are made.

Each maker returns 0xRRGGBB pixels from a few named colours and a seed. Everything wraps around at 72, so any
stretch of a floor can be covered without a seam and without one tile looking like the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator.art import colours

SPAN = 72
"""Width and height of a pattern in pixels: three tiles."""
FRAMES = 4
"""Pictures of an animated liquid."""

Grid = NDArray[np.float64]
Pixels = NDArray[np.uint32]
_ROWS, _COLUMNS = (grid.astype(np.float64) for grid in np.mgrid[0:SPAN, 0:SPAN])


@dataclass(frozen=True, slots=True)
class Cells:
    """A wrapped cell pattern: distance to the nearest and second nearest seed, offset from it, and its number."""

    first: Grid
    second: Grid
    dx: Grid
    dy: Grid
    number: NDArray[np.int64]


def cells(seed: int, across: int, jitter: float = 0.8, squash: float = 1.0) -> Cells:
    """Voronoi cells round `across` x `across` jittered seeds; `squash` below 1 makes them wide."""
    random = np.random.default_rng(seed)
    step = SPAN / across
    base = (np.mgrid[0:across, 0:across].reshape(2, -1).T + 0.5) * step
    base[:, 1] += (base[:, 0] // step % 2) * step / 2
    seeds = (base + random.uniform(-0.5, 0.5, base.shape) * step * jitter) % SPAN
    dy = _wrapped(_ROWS[..., None] - seeds[:, 0])
    dx = _wrapped(_COLUMNS[..., None] - seeds[:, 1])
    distance = np.hypot(dx * squash, dy)
    order = np.argsort(distance, axis=-1)[..., :2]
    near = np.take_along_axis(distance, order, -1)
    chosen = order[..., :1]
    return Cells(near[..., 0], near[..., 1], np.take_along_axis(dx, chosen, -1)[..., 0],
                 np.take_along_axis(dy, chosen, -1)[..., 0], order[..., 0])  # fmt: skip


def noise(seed: int, cell: int) -> Grid:
    """Smooth wrapped noise 0..1 whose blobs are about `cell` pixels wide (a divisor of 72)."""
    count = SPAN // cell
    values = np.random.default_rng(seed).random((count, count))
    y, x = _ROWS / cell, _COLUMNS / cell
    row, column = y.astype(int), x.astype(int)
    fy, fx = (3 * t**2 - 2 * t**3 for t in (y - row, x - column))
    below, right = (row + 1) % count, (column + 1) % count
    top = values[row, column] * (1 - fx) + values[row, right] * fx
    bottom = values[below, column] * (1 - fx) + values[below, right] * fx
    return np.asarray(top * (1 - fy) + bottom * fy, dtype=np.float64)


def grain(seed: int) -> Grid:
    """White noise 0..1."""
    return np.random.default_rng(seed).random((SPAN, SPAN))


def toned(tone: NDArray[np.int64], *palette: int) -> Pixels:
    """Pixels of a palette by tone number, clipped to its ends."""
    return np.array(palette, dtype=np.uint32)[np.clip(tone, 0, len(palette) - 1)]


def shaded(colour: str, light: Grid, seed: int, roughness: float) -> Pixels:
    """Four tones of a colour from a light of about -1..1, roughened by grain."""
    ramp = colours.ramp(colour)
    level = light + (grain(seed) - 0.5) * roughness
    tone = np.digitize(level, [-0.45, 0.05, 0.62])
    return toned(tone, ramp[3], ramp[2], ramp[1], ramp[0])


def trees(colour: str, seed: int) -> Pixels:
    """Crowns of trees seen from above: domes of leaf clumps, lit from the upper left, dark between them."""
    big, small = cells(seed, 4, 0.55), cells(seed + 1, 18, 0.9)
    dome = 0.72 - (big.first / 10.5) ** 2 - (big.dx * 0.5 + big.dy * 0.66) / 12.0
    clump = -(small.dx * 0.6 + small.dy * 0.8) / 5.5
    picture = shaded(colour, dome + clump * 0.75 - 0.1, seed, 0.25)
    gap = (big.second - big.first < 1.6) | (dome + clump * 0.4 < -0.75)
    return np.where(gap, np.uint32(colours.blend(colours.ramp(colour)[3], "black", 0.5)), picture)


def rocks(colour: str, seed: int, across: int = 6) -> Pixels:
    """Boulders packed together, each with a lit and a dark side."""
    big, grit = cells(seed, across, 0.9, 0.85), noise(seed + 3, 3)
    light = -(big.dx * 0.55 + big.dy * 0.85) / (46.0 / across) + (grit - 0.5) * 0.9
    picture = shaded(colour, light, seed, 0.15)
    crack = big.second - big.first < 1.3
    return np.where(crack, np.uint32(colours.blend(colours.ramp(colour)[3], "black", 0.35)), picture)


def crystals(colour: str, seed: int) -> Pixels:
    """Facets: flat tones cut by sharp edges, with glints."""
    big = cells(seed, 6, 0.95)
    facet = np.sign(big.dx * 0.9 + big.dy * 0.3) * 0.5 + np.sign(big.dy - big.dx * 0.4) * -0.45
    variety = (big.number * 37 % 11) / 11.0 - 0.5
    picture = shaded(colour, facet + variety * 0.7 + 0.1, seed, 0.0)
    ramp = colours.ramp(colour)
    picture = np.where(big.second - big.first < 1.1, np.uint32(ramp[0]), picture)
    return np.where((big.first < 1.3) & (big.number % 3 == 0), np.uint32(0xFFFFFF), picture)


def bricks(colour: str, seed: int) -> Pixels:
    """Courses of dressed stone, 12x8, bevelled."""
    row = (_ROWS // 8).astype(np.int64)
    x, y = (_COLUMNS + (row % 2) * 6) % 12, _ROWS % 8
    number = row * 7 + ((_COLUMNS + (row % 2) * 6) // 12).astype(np.int64) % 6
    level = (number * 29 % 7) / 7.0 * 0.5 - 0.1 + (noise(seed, 4) - 0.5) * 0.6
    level = np.where((x == 1) | (y == 1), level + 0.5, np.where((x == 11) | (y == 7), level - 0.5, level))
    picture = shaded(colour, level, seed, 0.1)
    return np.where((x == 0) | (y == 0), np.uint32(colours.blend(colours.ramp(colour)[3], "black", 0.4)), picture)


def clouds(colour: str, seed: int) -> Pixels:
    """Soft billows."""
    big = cells(seed, 5, 0.8)
    light = 0.75 - big.first / 9.5 - (big.dx * 0.3 + big.dy * 0.6) / 9.0
    return shaded(colour, light, seed, 0.12)


def grass(colour: str, seed: int) -> Pixels:
    """Turf: two soft greens and small blades."""
    ramp = colours.ramp(colour)
    light = colours.blend(ramp[1], ramp[0], 0.35)
    dark = colours.blend(ramp[1], ramp[2], 0.55)
    tone = 1 + (noise(seed, 12) > 0.62).astype(np.int64) - (noise(seed + 1, 9) > 0.68)
    blade = grain(seed + 2) > 0.955
    tone[blade] = 2
    tone[np.roll(blade, (1, 1), (0, 1)) | np.roll(blade, (2, 1), (0, 1))] = 0
    return toned(tone, dark, ramp[1], light)


def dirt(colour: str, seed: int) -> Pixels:
    """Trodden earth with pebbles."""
    ramp = colours.ramp(colour)
    dark, light = colours.blend(ramp[1], ramp[2], 0.5), colours.blend(ramp[1], ramp[0], 0.5)
    tone = 1 + (noise(seed, 9) > 0.66).astype(np.int64) - (noise(seed + 1, 6) > 0.7)
    pebble = grain(seed + 2) > 0.985
    tone[pebble] = 2
    tone[np.roll(pebble, (1, 0), (0, 1)) | np.roll(pebble, (1, 1), (0, 1))] = -1
    return toned(tone, dark, ramp[1], light)


def slabs(colour: str, seed: int) -> Pixels:
    """Natural stone floor with faint joints."""
    ramp = colours.ramp(colour)
    big = cells(seed, 5, 0.9)
    dark, light = colours.blend(ramp[1], ramp[2], 0.35), colours.blend(ramp[1], ramp[0], 0.3)
    tone = 1 + (big.number * 13 % 3 == 0).astype(np.int64) - (noise(seed, 6) > 0.7)
    joint = big.second - big.first < 0.9
    return np.where(joint, np.uint32(colours.blend(ramp[1], ramp[2], 0.8)), toned(tone, dark, ramp[1], light))


def sand(colour: str, seed: int) -> Pixels:
    """Ripples of sand or drifted snow."""
    ramp = colours.ramp(colour)
    wave = np.sin(2 * pi * (_ROWS / 12 + noise(seed, 18) * 1.2 + 2 * _COLUMNS / SPAN))
    dark, light = colours.blend(ramp[1], ramp[2], 0.45), colours.blend(ramp[1], ramp[0], 0.6)
    tone = 1 + (wave > 0.88).astype(np.int64) - (wave < -0.93)
    tone[grain(seed) > 0.99] = 0
    return toned(tone, dark, ramp[1], light)


def paving(colour: str, seed: int) -> Pixels:
    """Square flags of a built floor, one a tile, bevelled."""
    ramp = colours.ramp(colour)
    x, y = _COLUMNS % 24, _ROWS % 24
    dark, light = colours.blend(ramp[1], ramp[2], 0.45), colours.blend(ramp[1], ramp[0], 0.35)
    tone = 1 + ((x == 1) | (y == 1)).astype(np.int64) - ((x == 23) | (y == 23) | (noise(seed, 6) > 0.74))
    return np.where(
        (x == 0) | (y == 0), np.uint32(colours.blend(ramp[1], ramp[2], 0.9)), toned(tone, dark, ramp[1], light)
    )


def mist(colour: str, seed: int) -> Pixels:
    """A walkable layer of cloud."""
    ramp = colours.ramp(colour)
    tone = np.digitize(noise(seed, 12) * 0.7 + noise(seed + 1, 6) * 0.3, [0.36, 0.56])
    return toned(tone, colours.blend(ramp[1], ramp[2], 0.3), ramp[1], colours.blend(ramp[1], ramp[0], 0.5))


def water(colour: str, seed: int, frame: int) -> Pixels:
    """Moving net of light on water."""
    ramp = colours.ramp(colour)
    phase = 2 * pi * frame / FRAMES
    x, y = 2 * pi * _COLUMNS / SPAN, 2 * pi * _ROWS / SPAN
    drift = noise(seed, 12) * 5.0
    net = np.sin(3 * x + 2 * y + drift + phase) + np.sin(4 * y - 2 * x + drift * 1.3 - phase)
    tone = 1 + (np.abs(net) < 0.16).astype(np.int64) - (net > 1.25)
    tone[(np.abs(net) < 0.07) & (noise(seed + 5, 9) > 0.55)] = 3
    light = colours.blend(ramp[1], ramp[0], 0.6)
    return toned(tone, colours.blend(ramp[1], ramp[2], 0.6), ramp[1], light, colours.blend(ramp[0], "white", 0.5))


def lava(colour: str, seed: int, frame: int) -> Pixels:
    """Crusts drifting on glowing rock."""
    phase = 2 * pi * frame / FRAMES
    big = cells(seed, 6, 0.9)
    glow = big.second - big.first + np.sin(phase + big.number) * 0.8 + (noise(seed, 6) - 0.5) * 2
    ramp = colours.ramp(colour)
    tone = np.digitize(glow, [1.0, 2.4, 5.0])
    return toned(tone, 0xFFF0A0, colours.NAMES["amber"], ramp[1], ramp[2])


def chasm(colour: str, seed: int, frame: int) -> Pixels:
    """Depth: nearly black, with a slow drift of haze."""
    ramp = colours.ramp(colour)
    haze = noise(seed, 12) + 0.12 * np.sin(2 * pi * (frame / FRAMES + _ROWS / SPAN))
    tone = np.digitize(haze, [0.4, 0.7])
    return toned(tone, colours.blend(ramp[4], "black", 0.6), colours.blend(ramp[4], "black", 0.3), ramp[4])


def _wrapped(delta: Grid) -> Grid:
    return np.asarray((delta + SPAN / 2) % SPAN - SPAN / 2, dtype=np.float64)


WALLS: Mapping[str, Callable[[str, int], Pixels]] = {
    "trees": trees, "rocks": rocks, "crystals": crystals, "bricks": bricks, "clouds": clouds,
}  # fmt: skip
FLOORS: Mapping[str, Callable[[str, int], Pixels]] = {
    "grass": grass, "dirt": dirt, "slabs": slabs, "sand": sand, "paving": paving, "mist": mist,
}  # fmt: skip
LIQUIDS: Mapping[str, Callable[[str, int, int], Pixels]] = {"water": water, "lava": lava, "chasm": chasm}
