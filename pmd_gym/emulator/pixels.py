"""Pictures as a libretro core draws them, turned into RGB bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator.libretro_abi import PixelFormat


def unpack(pixels: NDArray[Any], form: PixelFormat, out: NDArray[np.uint8]) -> None:
    """Pixels (height, width), uint16 or for `XRGB8888` uint32, to RGB in `out`, (height, width, 3) uint8.

    Five bits become eight by repeating the upper three: 0 stays 0, the brightest becomes 255.
    """
    _UNPACK[form](pixels, out)


def _from_565(pixels: NDArray[Any], out: NDArray[np.uint8]) -> None:
    _from_fives(pixels, (11, 6, 0), out)  # green's sixth bit is always 0: the console's colours have five


def _from_1555(pixels: NDArray[Any], out: NDArray[np.uint8]) -> None:
    _from_fives(pixels, (10, 5, 0), out)


def _from_fives(pixels: NDArray[Any], shifts: tuple[int, int, int], out: NDArray[np.uint8]) -> None:
    for channel, shift in enumerate(shifts):
        five = pixels >> shift & 31
        out[..., channel] = five << 3 | five >> 2


def _from_8888(pixels: NDArray[Any], out: NDArray[np.uint8]) -> None:
    for channel, shift in enumerate((16, 8, 0)):
        out[..., channel] = pixels >> shift & 255


_UNPACK: dict[PixelFormat, Callable[[NDArray[Any], NDArray[np.uint8]], None]] = {
    PixelFormat.XRGB1555: _from_1555, PixelFormat.XRGB8888: _from_8888, PixelFormat.RGB565: _from_565,
}  # fmt: skip
