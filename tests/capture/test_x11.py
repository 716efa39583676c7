"""Windows and pixels of a real X server: Xvfb, where it is installed, with windows that the test makes itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from pmd_gym.capture import Region, WindowSource
from pmd_gym.errors import CaptureError

if sys.platform != "linux" or shutil.which("Xvfb") is None:
    pytest.skip("needs Xvfb (Debian: apt-get install xvfb)", allow_module_level=True)
xcffib = pytest.importorskip("xcffib", reason="needs the gui extra")
pytest.importorskip("mss", reason="needs the gui extra")

import xcffib.xproto as x  # noqa: E402

from pmd_gym.capture.x11 import REPAINT_S, X11Window  # noqa: E402

RED, GREEN = 0xFF0000, 0x00FF00


class Desk:
    """A connection of another program: opens, moves and closes windows of one colour."""

    def __init__(self, display: str) -> None:
        self.connection: Any = xcffib.connect(display)
        self.screen = self.connection.get_setup().roots[0]

    def open(self, title: str, left: int, top: int, colour: int = RED, width: int = 480, height: int = 342) -> int:
        window: int = self.connection.generate_id()
        self.connection.core.CreateWindow(
            self.screen.root_depth, window, self.screen.root, left, top, width, height, 0,
            x.WindowClass.InputOutput, self.screen.root_visual, x.CW.BackPixel, [colour],
        )  # fmt: skip
        self.title(window, title)
        self.connection.core.MapWindow(window)
        self._done()
        return window

    def title(self, window: int, title: str) -> None:
        core, data = self.connection.core, title.encode()
        name, utf8 = (core.InternAtom(False, len(n), n).reply().atom for n in ("_NET_WM_NAME", "UTF8_STRING"))
        core.ChangeProperty(x.PropMode.Replace, window, name, utf8, 8, len(data), data)
        self._done()

    def place(self, window: int, left: int, top: int) -> None:
        self.connection.core.ConfigureWindow(window, x.ConfigWindow.X | x.ConfigWindow.Y, [left, top])
        self._done()

    def raise_(self, window: int) -> None:
        self.connection.core.ConfigureWindow(window, x.ConfigWindow.StackMode, [x.StackMode.Above])
        self._done()

    def hide(self, window: int) -> None:
        self.connection.core.UnmapWindow(window)
        self._done()

    def close(self, window: int) -> None:
        self.connection.core.DestroyWindow(window)
        self._done()

    def _done(self) -> None:
        self.connection.core.GetInputFocus().reply()  # the server has carried out all that was asked before


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


@pytest.fixture
def desk(display: str) -> Iterator[Desk]:
    made = Desk(display)
    yield made
    made.connection.disconnect()


def colour_of(source: WindowSource) -> set[int]:
    """All colours of the picture, as 0xRRGGBB."""
    out = np.zeros((160, 240, 3), np.uint8)
    source.grab(out)
    return {int(red) << 16 | int(green) << 8 | int(blue) for red, green, blue in np.unique(out.reshape(-1, 3), axis=0)}


def test_a_window_is_found_by_part_of_its_title_and_followed(desk: Desk, display: str) -> None:
    window = desk.open("mGBA - PokéTwin (60.1 fps)", 40, 50)
    found = X11Window("pokétwin", display)
    assert found.region() == Region(40, 50, 480, 342)
    desk.title(window, "mGBA - PokéTwin (59.8 fps)")
    desk.place(window, 100, 200)
    assert found.region() == Region(100, 200, 480, 342)
    found.close()
    found.close()


def test_no_window_and_several_are_errors_that_say_what_is_there(desk: Desk, display: str) -> None:
    desk.open("Game one", 0, 0)
    desk.open("Game two", 500, 0)
    with pytest.raises(CaptureError, match=r"no window has 'chess' in its title; shown are: .*'Game one', 'Game two'"):
        X11Window("chess", display)
    with pytest.raises(CaptureError, match="2 windows fit 'game'"):
        X11Window("game", display)
    X11Window("game TWO", display).close()


def test_no_display_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(CaptureError, match="Xvfb is enough"):
        X11Window("game", ":4242")
    with pytest.raises(CaptureError, match="DISPLAY"):
        WindowSource(Region(0, 0, 240, 160), display=":4242").grab(np.zeros((160, 240, 3), np.uint8))


def test_pixels_of_a_window_and_of_a_region(desk: Desk, display: str) -> None:
    desk.open("Red game", 30, 40)
    source = WindowSource("Red game", display=display)
    assert colour_of(source) == {RED}
    source.close()
    region = WindowSource(Region(30, 40, 480, 320), display=display)
    assert colour_of(region) == {RED}
    region.close()


def test_a_covered_window_is_an_error_until_it_is_on_top_again(desk: Desk, display: str) -> None:
    window = desk.open("Game below", 0, 0)
    source = WindowSource("Game below", display=display)
    assert colour_of(source) == {RED}
    other = desk.open("Another", 200, 100, GREEN)
    with pytest.raises(CaptureError, match="covered"):
        colour_of(source)
    with pytest.raises(CaptureError, match="covered"):
        colour_of(source)  # found anew, and covered from the start
    desk.raise_(window)
    assert colour_of(source) == {RED}
    desk.raise_(other)
    desk.place(other, 600, 400)
    assert colour_of(source) == {RED}
    source.close()


def test_what_was_uncovered_or_resized_is_given_time_to_draw_itself(desk: Desk, display: str) -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    window, other = desk.open("Game to draw", 0, 0), desk.open("Over it", 200, 100)
    desk.place(other, 700, 500)
    found = X11Window("Game to draw", display, clock=lambda: now[0], sleep=sleep)
    found.region()
    found.region()
    assert slept == [REPAINT_S]
    desk.place(other, 0, 0)
    with pytest.raises(CaptureError, match="covered"):
        found.region()
    desk.place(other, 700, 500)
    found.region()
    assert slept == [REPAINT_S] * 2
    desk.connection.core.ConfigureWindow(window, x.ConfigWindow.Width, [600])
    desk.connection.core.GetInputFocus().reply()
    assert found.region().width == 600
    assert slept == [REPAINT_S] * 3
    found.close()


def test_a_hidden_or_closed_window_is_an_error(desk: Desk, display: str) -> None:
    window = desk.open("Game to lose", 0, 0)
    found = X11Window("Game to lose", display)
    desk.hide(window)
    with pytest.raises(CaptureError, match="hidden"):
        found.region()
    desk.close(window)
    with pytest.raises(CaptureError, match="closed"):
        found.region()
    found.close()
