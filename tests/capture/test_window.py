"""The window source on windows and screens that a test makes: crops, densities, frames, and all that goes wrong."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.capture import NewestCapture, Region, WindowSource
from pmd_gym.capture.interface import UNKNOWN_FRAME
from pmd_gym.capture.window import LAG_FRAMES
from pmd_gym.errors import CaptureError
from tests.doubles.capture import PATIENCE_S, FakeScreen, FakeWindow

HERE, THERE = Region(10, 20, 480, 342), Region(300, 20, 480, 342)
GAME = np.random.default_rng(3).integers(0, 256, (160, 240, 3), dtype=np.uint8)


def paint(width: int, height: int) -> NDArray[np.uint8]:
    """A window that the game fills but for a menu bar."""
    rows = width * 2 // 3
    shot = np.full((height, width, 4), 200, np.uint8)
    shot[height - rows :, :, :3] = GAME.repeat(width // 240, axis=0).repeat(width // 240, axis=1)[..., ::-1]
    return shot


class Desk:
    """A source with its window and screen; everything opened is remembered."""

    def __init__(self, *regions: Region, density: int = 1, frame: int | None = None, **options: int) -> None:
        self.window, self.screen = FakeWindow(*(regions or (HERE,))), FakeScreen(paint, density)
        self.opened = 0
        self.out = np.zeros((160, 240, 3), np.uint8)
        self.source = WindowSource(
            "game", frame_now=None if frame is None else (lambda: frame), open_window=self._open,
            open_screen=lambda: self.screen, **options,
        )  # fmt: skip

    def _open(self) -> FakeWindow:
        self.opened += 1
        return self.window

    def grab(self) -> int:
        self.out[:] = 0
        frame = self.source.grab(self.out)
        assert np.array_equal(self.out, GAME)
        return frame


@pytest.mark.parametrize("density", [1, 2, 3])
@pytest.mark.parametrize("region", [HERE, Region(-480, 0, 480, 342), Region(0, 0, 240, 182), Region(0, 0, 720, 480)])
def test_the_game_is_cut_out_at_any_density(region: Region, density: int) -> None:
    Desk(region, density=density).grab()


def test_the_frame_is_what_the_window_shows_at_least() -> None:
    assert Desk(frame=100).grab() == 100 - LAG_FRAMES
    assert Desk(frame=100, lag_frames=2).grab() == 98
    assert Desk(frame=3).grab() == UNKNOWN_FRAME
    assert Desk().grab() == UNKNOWN_FRAME


def test_a_window_that_moved_is_followed() -> None:
    desk = Desk(HERE, HERE, THERE, THERE)
    desk.grab()
    desk.grab()
    assert desk.opened == 1


def test_a_window_that_keeps_moving_gives_no_picture() -> None:
    desk = Desk(*(Region(left, 0, 480, 342) for left in range(9)))
    with pytest.raises(CaptureError, match="moved or resized"):
        desk.grab()


def test_a_window_that_was_resized_is_cropped_anew() -> None:
    desk = Desk(HERE, HERE, Region(10, 20, 720, 502))
    desk.grab()
    desk.grab()


def test_a_shape_that_the_game_does_not_fill_is_cropped_with_the_menu_bar_seen_before() -> None:
    desk = Desk()
    desk.grab()
    wide = Region(0, 0, 1000, 342)
    desk.window.regions = [wide]

    def letterbox(width: int, height: int) -> NDArray[np.uint8]:
        shot = np.zeros((height, width, 4), np.uint8)
        shot[:, 260:740] = paint(480, 342)
        return shot

    desk.screen.paint = letterbox
    desk.grab()


def test_an_odd_shape_from_the_start_needs_the_menu_bar() -> None:
    desk = Desk(Region(0, 0, 1000, 342))
    desk.screen.paint = lambda width, height: np.zeros((height, width, 4), np.uint8)
    with pytest.raises(CaptureError, match="menu_bar_px"):
        desk.grab()


@pytest.mark.parametrize("reason", ["was closed", "is covered", "is hidden"])
def test_a_lost_window_is_looked_for_anew(reason: str) -> None:
    desk = Desk()
    desk.grab()
    desk.window.failure = CaptureError(f"the window {reason}")
    with pytest.raises(CaptureError, match=reason):
        desk.grab()
    assert (desk.window.closed, desk.screen.closed) == (1, 1)
    desk.window.failure = None
    desk.grab()
    assert desk.opened == 2


def test_a_failing_screen_is_opened_anew() -> None:
    desk = Desk()
    desk.screen.failure = OSError("XGetImage failed")
    with pytest.raises(OSError, match="XGetImage"):
        desk.grab()
    desk.screen.failure = None
    desk.grab()


def test_a_closed_window_ends_in_the_fallback_that_says_so_and_mends_itself() -> None:
    desk = Desk(frame=10)
    capture = NewestCapture(desk.source, rate_hz=500, max_age_s=0.05)
    try:
        desk.window.failure = CaptureError("the window was closed")
        capture._thread.join(PATIENCE_S)
        with pytest.raises(CaptureError, match="was closed"):
            capture.newest()
        desk.window.failure = None
        assert np.array_equal(capture.newest().pixels, GAME)
        assert "was closed" in capture.newest().fallback
    finally:
        capture.close()
    assert desk.window.closed and desk.screen.closed
