"""Pictures as a libretro core draws them, turned into RGB bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator.libretro_abi import PixelFormat

_SHIFTS = {
    PixelFormat.XRGB1555: (7, 2, -3),
    PixelFormat.XRGB8888: (16, 8, 0),
    PixelFormat.RGB565: (8, 3, -3),  # green's sixth bit is always 0: the console's colours have five
}
"""By how many bits red, green and blue have to move to the right to end in a byte's uppermost bits."""


class Framebuffer:
    """A core's pixels, which it draws anew in the same place, and the room for turning them into RGB.

    That room is kept: made for every picture, it takes the system a tenth of the time to give and to take back.
    """

    def __init__(self, pixels: NDArray[Any], form: PixelFormat) -> None:
        """`pixels`: the core's own memory, (height, width) uint16, or for `XRGB8888` uint32."""
        self._pixels = pixels
        self._shifts = _SHIFTS[form]
        self._has_five_bits = form is not PixelFormat.XRGB8888
        self._channel, self._upper = np.empty_like(pixels), np.empty_like(pixels)
        self._plane = np.empty(pixels.shape, np.uint8)

    def unpack(self, out: NDArray[np.uint8]) -> None:
        """The picture that is there now, to `out`, (height, width, 3) uint8 RGB."""
        for number, shift in enumerate(self._shifts):
            move = np.right_shift if shift >= 0 else np.left_shift
            move(self._pixels, abs(shift), out=self._channel)
            if self._has_five_bits:
                self._widen()
            self._plane[:] = self._channel  # narrowed first: cheaper than narrowing while spreading
            out[..., number] = self._plane

    def _widen(self) -> None:
        """Five bits become eight by repeating the upper three: 0 stays 0, the brightest becomes 255."""
        np.bitwise_and(self._channel, 0xF8, out=self._channel)
        np.right_shift(self._channel, 5, out=self._upper)
        np.bitwise_or(self._channel, self._upper, out=self._channel)
