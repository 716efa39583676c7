"""Doubles around capture: a source, a window and a screen that do what a test tells them, and a clock that it sets."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pmd_gym.capture.picture_area import Region
from pmd_gym.errors import CaptureError

PATIENCE_S = 20.0
"""Longest wait of a test for a thread; only a failing test waits that long."""


class FakeClock:
    """Monotonic nanoseconds that pass only when told."""

    def __init__(self) -> None:
        self._ns = 0

    def __call__(self) -> int:
        return self._ns

    def pass_s(self, seconds: float) -> None:
        self._ns += int(seconds * 1e9)


def picture(frame: int) -> NDArray[np.uint8]:
    """What a `FakeSource` paints at a frame: every pixel is its number, in base 256."""
    colour = [frame % 256, frame // 256 % 256, 7]
    return np.broadcast_to(np.array(colour, np.uint8), (160, 240, 3))


class FakeSource:
    """Paints its frame number. `frame` is where the console stands; `run_on` makes each picture move it.

    `fail` makes grabs raise after painting; `hold` keeps a grab waiting in the middle of its painting until `go_on`.
    """

    def __init__(self, frame: int = 0, *, run_on: bool = False) -> None:
        self.frame = frame
        self.run_on = run_on
        self.grabs = 0
        self.closed = 0
        self._failure, self._failures = Exception(), 0
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self.waiting = threading.Event()
        self._more = threading.Condition()

    def fail(self, failure: Exception, grabs: int) -> None:
        """The next `grabs` grabs raise `failure`."""
        self._failure, self._failures = failure, grabs

    def hold(self) -> None:
        self.waiting.clear()
        self._may_go_on.clear()

    def go_on(self) -> None:
        self._may_go_on.set()

    def grab(self, out: NDArray[np.uint8]) -> int:
        frame = self.frame
        out[:80] = picture(frame)[:80]
        if not self._may_go_on.is_set():
            self.waiting.set()
            assert self._may_go_on.wait(PATIENCE_S)
        out[80:] = picture(frame)[80:]
        self.frame += self.run_on
        failing, self._failures = self._failures > 0, max(self._failures - 1, 0)
        self._count()
        if failing:
            raise self._failure
        return frame

    def close(self) -> None:
        self.closed += 1

    def wait_for_grabs(self, count: int) -> None:
        """Until so many pictures were begun and ended."""
        with self._more:
            assert self._more.wait_for(lambda: self.grabs >= count, PATIENCE_S), f"{self.grabs} of {count} grabs"

    def _count(self) -> None:
        with self._more:
            self.grabs += 1
            self._more.notify_all()


class FakeWindow:
    """A window at `regions[0]`; each look moves on to the next one, the last one stays."""

    def __init__(self, *regions: Region) -> None:
        self.regions = list(regions)
        self.failure: CaptureError | None = None
        self.closed = 0

    def region(self) -> Region:
        if self.failure is not None:
            raise self.failure
        return self.regions.pop(0) if len(self.regions) > 1 else self.regions[0]

    def close(self) -> None:
        self.closed += 1


class FakeScreen:
    """A screen whose window shows what `paint` draws, (height, width, 4) BGRX; `density` pixels for one (HiDPI)."""

    def __init__(self, paint: Callable[[int, int], NDArray[np.uint8]], density: int = 1) -> None:
        self.paint = paint
        self.density = density
        self.failure: Exception | None = None
        self.closed = 0

    def grab(self, region: Region) -> NDArray[np.uint8]:
        if self.failure is not None:
            raise self.failure
        return self.paint(region.width * self.density, region.height * self.density)

    def close(self) -> None:
        self.closed += 1
