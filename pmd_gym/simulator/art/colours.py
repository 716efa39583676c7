"""Named colours of the art and the shading ramps built from them; every picture draws from here, so they agree."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

NAMES = {
    "red": 0xD84838, "crimson": 0xA82838, "orange": 0xF08838, "amber": 0xE8A830, "yellow": 0xF8D848,
    "gold": 0xD8A838, "cream": 0xF8E8B8, "tan": 0xD8B078, "brown": 0xA06838, "umber": 0x704828,
    "green": 0x58B050, "leaf": 0x78C850, "lime": 0xB0D848, "forest": 0x388048, "mint": 0x90D8B0,
    "teal": 0x58B0A0, "cyan": 0x70D0E0, "sky": 0x78B8F0, "blue": 0x4880D8, "navy": 0x405090,
    "indigo": 0x6060B8, "violet": 0x9068C0, "purple": 0xA050A8, "mauve": 0xC088C8, "lilac": 0xC0A8E0,
    "pink": 0xF098B0, "rose": 0xE06890, "magenta": 0xC84090, "white": 0xF0F0F0, "ivory": 0xE8E0D0,
    "silver": 0xB8C0D0, "grey": 0x909098, "slate": 0x687080, "coal": 0x484850, "black": 0x303038,
    "rock": 0xA89878, "sand": 0xE0C888, "rust": 0xB85830, "flame": 0xF8A030, "ice": 0xA8D8F0,
    "ember": 0xF06028, "olive": 0x889848, "peach": 0xF8C8A0, "steel": 0x8898B8, "aqua": 0x58C8C8,
    "meadow": 0x88BC58, "pine": 0x40807A, "clay": 0xA06850,
}  # fmt: skip
"""Name -> 0xRRGGBB."""

_TONES = (("light", 1.12, 0.24), ("base", 1.0, 0.0), ("shade", 0.78, 0.0), ("deep", 0.58, 0.0), ("line", 0.30, 0.0))
_COOL = np.array([0.94, 0.96, 1.10])
_WARM = np.array([255.0, 250.0, 225.0])
LIGHT, BASE, SHADE, DEEP, LINE = range(5)


def rgb(colour: str | int) -> NDArray[np.float64]:
    """Red, green, blue 0..255 of a named colour or of 0xRRGGBB, (3,)."""
    value = NAMES[colour] if isinstance(colour, str) else colour
    return np.array([value >> 16 & 255, value >> 8 & 255, value & 255], dtype=np.float64)


def packed(colour: NDArray[np.float64] | str | int) -> int:
    """0xRRGGBB of a colour, clipped."""
    if isinstance(colour, str | int):
        colour = rgb(colour)
    red, green, blue = (int(part) for part in np.clip(np.rint(colour), 0, 255))
    return red << 16 | green << 8 | blue


@cache
def ramp(colour: str | int) -> tuple[int, ...]:
    """Five tones of a colour, 0xRRGGBB: light, base, shade, deep, outline.

    Light leans to warm white and shade to blue, as painters do; equal factors would look like dirt.
    """
    base = rgb(colour)
    tones = []
    for _, factor, warmth in _TONES:
        tone = base * factor * (_COOL if factor < 1 else 1.0)
        tones.append(packed(tone * (1 - warmth) + _WARM * warmth))
    return tuple(tones)


def blend(first: str | int, second: str | int, weight: float) -> int:
    """`first` with `weight` (0..1) of `second` mixed in, 0xRRGGBB."""
    return packed(rgb(first) * (1 - weight) + rgb(second) * weight)
