"""Where the game is inside a window, and that every console pixel comes back."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.capture.picture_area import Region, Sampler, game_area, menu_bar_of
from pmd_gym.errors import CaptureError, ConfigError

CONSOLE = np.random.default_rng(5).integers(0, 256, (160, 240, 3), dtype=np.uint8)


def drawn(width: int, height: int, area: Region) -> NDArray[np.uint8]:
    """A window that shows `CONSOLE` in `area`, nearest pixel, and noise elsewhere; (height, width, 4) BGRX."""
    shot = np.random.default_rng(6).integers(0, 256, (height, width, 4), dtype=np.uint8)
    rows = (np.arange(area.height) * 2 + 1) * 160 // (2 * area.height)
    columns = (np.arange(area.width) * 2 + 1) * 240 // (2 * area.width)
    game = CONSOLE[rows][:, columns]
    shot[area.top : area.top + area.height, area.left : area.left + area.width, :3] = game[..., ::-1]
    return shot


@pytest.mark.parametrize(
    ("width", "height", "menu_bar"), [(240, 160, 0), (480, 342, 22), (720, 502, 22), (960, 684, 44), (1440, 960, 0)]
)
def test_the_menu_bar_is_what_the_game_leaves(width: int, height: int, menu_bar: int) -> None:
    assert menu_bar_of(width, height) == menu_bar


@pytest.mark.parametrize(("width", "height"), [(1024, 600), (480, 600), (240, 20)])
def test_a_window_that_the_game_does_not_fill_needs_to_be_told(width: int, height: int) -> None:
    with pytest.raises(CaptureError, match="menu_bar_px"):
        menu_bar_of(width, height)


@pytest.mark.parametrize(
    ("width", "height", "menu_bar"),
    [(240, 160, 0), (480, 342, 22), (720, 502, 22), (1000, 342, 22), (480, 700, 22), (601, 423, 22), (333, 251, 0)],
)
def test_every_console_pixel_comes_back(width: int, height: int, menu_bar: int) -> None:
    area = game_area(width, height, menu_bar)
    out = np.zeros((160, 240, 3), np.uint8)
    Sampler(area, width).sample(drawn(width, height, area), out)
    assert np.array_equal(out, CONSOLE)


def test_the_game_is_centred_between_black_bars() -> None:
    assert game_area(1000, 342, 22) == Region(260, 22, 480, 320)
    assert game_area(480, 722, 22) == Region(0, 212, 480, 320)


def test_a_window_smaller_than_the_console_is_refused() -> None:
    with pytest.raises(CaptureError, match="200 x 140 pixels of game"):
        game_area(200, 150, 10)


def test_an_empty_region_is_refused() -> None:
    with pytest.raises(ConfigError):
        Region(0, 0, 0, 160)
