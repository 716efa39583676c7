"""Pictures of an emulator's window, by title or by region of the screen: for emulators that can only be looked at.

| | by title | by region |
|---|---|---|
| Linux, X11 or Xvfb | yes | yes |
| Linux, Wayland | windows of XWayland only | no: a Wayland desktop shows others nothing |
| Windows, macOS | no | as far as mss does it; tried on Linux only |

mss reads the screen, so whatever lies over the window would be in the picture; found by title, a covered, hidden,
closed or moving window is a CaptureError instead (see `x11` for the limit of that). Screens that count several pixels
as one (HiDPI) are fine: the game's area is computed from the picture that came, not from the region asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pmd_gym.capture.interface import UNKNOWN_FRAME
from pmd_gym.capture.picture_area import Region, Sampler, game_area, menu_bar_of
from pmd_gym.errors import CaptureError

LAG_FRAMES = 10
"""Frames by which a window may show less than the emulator has run. Measured with mGBA 0.10 under Xvfb: 1 as a rule, up
to 6 with five times more work than the machine had cores for."""
_TRIES = 3


class Window(Protocol):
    """Where the picture is."""

    def region(self) -> Region:
        """The window's inside now, menu bar included; CaptureError while it cannot be seen."""

    def close(self) -> None:
        """Release it; idempotent."""


class Screen(Protocol):
    """What takes pixels off the screen."""

    def grab(self, region: Region) -> NDArray[np.uint8]:
        """(height, width, 4) uint8 BGRX, the size in the screen's own pixels; any exception is a failure."""

    def close(self) -> None:
        """Release it; idempotent."""


class WindowSource:
    """Conforms to `Source`. Opens nothing until the first picture; after a failure it looks for the window anew."""

    def __init__(
        self, target: str | Region, *, frame_now: Callable[[], int] | None = None, lag_frames: int = LAG_FRAMES,
        menu_bar_px: int | None = None, display: str | None = None,
        open_window: Callable[[], Window] | None = None, open_screen: Callable[[], Screen] | None = None,
    ) -> None:  # fmt: skip
        """`target`: part of a title, or a region of the screen, which then is the window.

        `frame_now` gives the emulator's frame counter, or what is known of it; a picture then shows that frame less
        `lag_frames`, or a later one. None: the pictures' frame is unknown. `menu_bar_px`: rows above the game, in
        pixels of the region; None: what is left of a window whose game fills it. The last two are for tests.
        """
        self._frame_now = frame_now
        self._lag_frames = lag_frames
        self._menu_bar_px = menu_bar_px
        self._open_window = open_window or (lambda: _window(target, display))
        self._open_screen = open_screen or (lambda: MssScreen(display))
        self._window: Window | None = None
        self._screen: Screen | None = None
        self._sampler: tuple[tuple[int, ...], Sampler] | None = None

    def grab(self, out: NDArray[np.uint8]) -> int:
        """See `Source.grab`."""
        try:
            frame, bgrx, region = self._grab_at_rest()
            self._sampler_of(bgrx.shape[:2], region).sample(bgrx, out)
        except BaseException:
            self.close()
            raise
        return frame

    def close(self) -> None:
        """See `Source.close`; a later picture opens everything again."""
        window, screen, self._window, self._screen = self._window, self._screen, None, None
        for opened in (window, screen):
            if opened is not None:
                opened.close()

    def _grab_at_rest(self) -> tuple[int, NDArray[np.uint8], Region]:
        """(frame, pixels, region) of a window that was in one place from before to after."""
        window, screen = self._opened()
        region = window.region()
        for _ in range(_TRIES):
            frame = UNKNOWN_FRAME if self._frame_now is None else self._frame_now() - self._lag_frames
            bgrx = screen.grab(region)
            before, region = region, window.region()
            if region == before:
                return max(frame, UNKNOWN_FRAME), bgrx, region
        raise CaptureError("the window is being moved or resized; its picture would be torn")

    def _opened(self) -> tuple[Window, Screen]:
        if self._window is None:
            self._window = self._open_window()
        if self._screen is None:
            self._screen = self._open_screen()
        return self._window, self._screen

    def _sampler_of(self, size: tuple[int, ...], region: Region) -> Sampler:
        """The one for pictures of this size, (height, width)."""
        if self._sampler is None or self._sampler[0] != size:
            height, width = size
            if self._menu_bar_px is None:
                self._menu_bar_px = round(menu_bar_of(width, height) * region.height / height)
            menu_bar = round(self._menu_bar_px * height / region.height)
            self._sampler = size, Sampler(game_area(width, height, menu_bar), width)
        return self._sampler[1]


class FixedWindow:
    """A region of the screen that nobody looks after."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def region(self) -> Region:
        """The region that was given."""
        return self._region

    def close(self) -> None:
        """Nothing to release."""


class MssScreen:
    """The screen through mss."""

    def __init__(self, display: str | None = None) -> None:
        """`display`: of X11; None takes the environment's. CaptureError where there is no screen."""
        import mss

        options: dict[str, Any] = {} if display is None else {"display": display}
        try:
            self._mss = mss.MSS(**options)
        except mss.ScreenShotError as error:
            raise CaptureError(f"no screen to take pictures of: {error}; is DISPLAY set?") from error

    def grab(self, region: Region) -> NDArray[np.uint8]:
        """See `Screen.grab`."""
        area = {"left": region.left, "top": region.top, "width": region.width, "height": region.height}
        return np.asarray(self._mss.grab(area))

    def close(self) -> None:
        """Hang up; idempotent."""
        self._mss.close()


def _window(target: str | Region, display: str | None) -> Window:
    if isinstance(target, Region):
        return FixedWindow(target)
    try:
        from pmd_gym.capture.x11 import X11Window
    except ImportError as error:
        raise CaptureError(f"finding a window by title needs X11 and the gui extra ({error}); give a Region") from error
    return X11Window(target, display)
