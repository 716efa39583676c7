"""The seam's suite on every capture there is: at once and by a thread; of a fake, a console, and a window."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.capture import Capture, DirectCapture, FramebufferSource, NewestCapture, Region, Source, WindowSource
from pmd_gym.emulator.interface import Press
from tests.capture.conformance import CHECKS, Console, a_frame_that_never_comes_is_stale
from tests.doubles.capture import FakeScreen, FakeSource, FakeWindow, picture
from tests.doubles.emulators import open_floor_emulator

MAX_AGE_S = 60.0
WAITED_OUT_S = 0.5
"""Only for the check that waits until the time is up."""


class FakeConsole:
    """A fake source is its own console."""

    def __init__(self) -> None:
        self.source: Source
        self.fake = self.source = FakeSource()

    def run(self) -> int:
        self.fake.frame += 3
        return self.fake.frame

    def shows(self, frame: int) -> NDArray[np.uint8]:
        return picture(frame)

    def close(self) -> None:
        pass


class SimulatedConsole:
    """The open floor's emulator in an event loop of its own thread; every frame's picture is remembered."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._emulator = open_floor_emulator(shown=True)
        self._pictures: dict[int, NDArray[np.uint8]] = {}
        self.source: Source = FramebufferSource(self._emulator.screen, self._loop)

    def run(self) -> int:
        return self._do(self._advance())

    def shows(self, frame: int) -> NDArray[np.uint8]:
        return self._pictures[frame]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _advance(self) -> int:
        out = np.empty((160, 240, 3), np.uint8)
        await self._emulator.advance(Press(frames=5))
        frame = await self._emulator.screen(out)
        self._pictures[frame] = out
        return frame

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class WindowConsole:
    """A window of an emulator that paints its frame; it draws two frames late."""

    LAG = 2

    def __init__(self) -> None:
        self._frame = 0
        window = FakeWindow(Region(10, 20, 480, 342))
        self.source: Source = WindowSource(
            "game", frame_now=lambda: self._frame, lag_frames=self.LAG, open_window=lambda: window,
            open_screen=lambda: FakeScreen(self._paint),
        )  # fmt: skip

    def run(self) -> int:
        self._frame += 3
        return self._frame - self.LAG

    def shows(self, frame: int) -> NDArray[np.uint8]:
        return picture(frame)

    def close(self) -> None:
        pass

    def _paint(self, width: int, height: int) -> NDArray[np.uint8]:
        shot = np.zeros((height, width, 4), np.uint8)
        shot[..., 2::-1] = picture(self._frame - self.LAG)[0, 0]
        return shot


def direct(source: Source, max_age_s: float) -> Capture:
    return DirectCapture(source, max_age_s=max_age_s)


def on_demand(source: Source, max_age_s: float) -> Capture:
    return NewestCapture(source, max_age_s=max_age_s)


def paced(source: Source, max_age_s: float) -> Capture:
    return NewestCapture(source, rate_hz=200, max_age_s=max_age_s)


def fallen_back(source: Source, max_age_s: float) -> Capture:
    """Its thread has given up: the source failed at first."""

    class Fails:
        failing = True

        def grab(self, out: NDArray[np.uint8]) -> int:
            if self.failing:
                raise OSError("not yet")
            return source.grab(out)

        def close(self) -> None:
            source.close()

    fails = Fails()
    capture = NewestCapture(fails, max_age_s=max_age_s)
    capture.refresh()
    capture._thread.join(10)
    assert "not yet" in capture.fallback
    fails.failing = False
    return capture


@pytest.mark.parametrize("make", [direct, on_demand, paced, fallen_back])
@pytest.mark.parametrize("console", [FakeConsole, SimulatedConsole, WindowConsole])
@pytest.mark.parametrize("check", CHECKS)
def test_capture(
    check: Callable[[Console, Capture], None], console: Callable[[], Any], make: Callable[[Source, float], Capture]
) -> None:
    looked_at = console()
    capture = make(looked_at.source, WAITED_OUT_S if check is a_frame_that_never_comes_is_stale else MAX_AGE_S)
    try:
        check(looked_at, capture)
    finally:
        capture.close()
        looked_at.close()
