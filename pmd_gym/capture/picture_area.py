"""Where the console's picture is inside a window of any size, and how it becomes 240 x 160 pixels again.

Pure arithmetic: it knows neither windows nor how pixels are taken. An emulator's window is a menu bar over the game;
the game keeps its 3:2 shape and is centred, with black bars where the window has another shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmd_gym.capture.interface import SHAPE
from pmd_gym.errors import CaptureError, ConfigError

HEIGHT, WIDTH, _ = SHAPE
TALLEST_MENU_BAR = 100
"""Rows; anything taller over the game is not taken for a menu bar."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of the screen, in pixels of the screen; `left` and `top` may be negative (a second monitor)."""

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ConfigError(f"a region has at least one pixel, got {self.width} x {self.height}")


def menu_bar_of(width: int, height: int) -> int:
    """Rows over a game that fills the rest of its window exactly; CaptureError where that cannot be."""
    rows = height - round(width * HEIGHT / WIDTH)
    if not 0 <= rows <= TALLEST_MENU_BAR:
        raise CaptureError(
            f"cannot tell the menu bar of a window of {width} x {height} pixels: the game does not fill it;"
            " set the window to a whole multiple of 240 x 160, or give menu_bar_px"
        )
    return rows


def game_area(width: int, height: int, menu_bar: int) -> Region:
    """The largest 3:2 rectangle under the menu bar, centred, relative to the window; CaptureError if too small."""
    room = height - menu_bar
    scale = min(width / WIDTH, room / HEIGHT)
    if scale < 1:
        raise CaptureError(f"the window shows {width} x {room} pixels of game, less than 240 x 160: enlarge it")
    game_width, game_height = round(WIDTH * scale), round(HEIGHT * scale)
    return Region((width - game_width) // 2, menu_bar + (room - game_height) // 2, game_width, game_height)


class Sampler:
    """Takes the middle of each console pixel out of larger pictures of one size."""

    def __init__(self, area: Region, width: int) -> None:
        """`area`: where the game is in the pictures to come; `width`: of those pictures."""
        rows = area.top + (np.arange(HEIGHT) * 2 + 1) * area.height // (2 * HEIGHT)
        columns = area.left + (np.arange(WIDTH) * 2 + 1) * area.width // (2 * WIDTH)
        self._places = rows[:, np.newaxis] * width + columns[np.newaxis]
        self._picked = np.empty((HEIGHT, WIDTH), np.uint32)

    def sample(self, bgrx: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
        """`bgrx` is (height, width, 4) uint8, contiguous; `out` is (160, 240, 3) uint8 RGB."""
        np.take(bgrx.reshape(-1).view(np.uint32), self._places, out=self._picked, mode="clip")
        channels = self._picked.view(np.uint8).reshape(HEIGHT, WIDTH, 4)
        for rgb, bgr in ((0, 2), (1, 1), (2, 0)):  # one strided copy each is three times faster than a reversed slice
            out[..., rgb] = channels[..., bgr]
