"""Reads the frame counter that the cartridge draws, so that a picture can be held against the RAM of its frame.

The drawing is described in README.md ("The counter"). Needs NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 240, 160
BLOCK = 4
LEFT, TOP, BOTTOM = 176, 0, 152
"""Upper left corners of the two drawings, in pixels of the console's screen."""
DIGITS = 8
_BRIGHT = 128
_BITS_OF_A_DIGIT = ((0, 0, 3), (0, 1, 2), (1, 0, 1), (1, 1, 0))  # block row, block column, bit


class TornPictureError(ValueError):
    """The two drawings of the counter do not fit together: a picture of two frames, or of something else."""


def read_counter(pixels: NDArray[np.uint8]) -> int:
    """Frame number 0..2**32-1 in a picture, (160k, 240k, 3) uint8 RGB for a whole k >= 1.

    It is the value of `logic_frames` in the RAM of the same frame. Raises TornPictureError when the drawing at the
    bottom is not the complement of the one at the top.
    """
    above, below = read_both(pixels)
    if above != below:
        raise TornPictureError(f"the counter reads {above:#010x} at the top, {below:#010x} at the bottom")
    return above


def read_both(pixels: NDArray[np.uint8]) -> tuple[int, int]:
    """What the drawings at the top and at the bottom say; a window on a screen may show parts of two frames."""
    scale = pixels.shape[0] // HEIGHT
    if scale < 1 or pixels.shape != (HEIGHT * scale, WIDTH * scale, 3):
        raise ValueError(f"a picture is ({HEIGHT}k, {WIDTH}k, 3), got {pixels.shape}")
    return _number(pixels, TOP, scale), _number(pixels, BOTTOM, scale) ^ 0xFFFFFFFF


def _number(pixels: NDArray[np.uint8], top: int, scale: int) -> int:
    number = 0
    for digit in range(DIGITS):
        value = 0
        for row, column, bit in _BITS_OF_A_DIGIT:
            y, x = top + row * BLOCK, LEFT + (2 * digit + column) * BLOCK
            value |= _is_bright(pixels, y, x, scale) << bit
        number = number << 4 | value
    return number


def _is_bright(pixels: NDArray[np.uint8], y: int, x: int, scale: int) -> bool:
    """Whether the inner half of a block is white; its rim may be blurred by scaling."""
    inner = pixels[(y + 1) * scale : (y + BLOCK - 1) * scale, (x + 1) * scale : (x + BLOCK - 1) * scale]
    return bool(inner.mean() >= _BRIGHT)
