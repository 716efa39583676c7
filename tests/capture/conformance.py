"""What every `Capture` must do, written once. Each check gets a console to look at and a capture of it.

A `Console` is whatever the capture's source looks at; a test moves it on and knows what its picture must be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.capture.interface import SHAPE, Capture, Screenshot
from pmd_gym.errors import ClosedError, StaleScreenshot


class Console(Protocol):
    """What is looked at."""

    def run(self) -> int:
        """Change the screen; returns the frame it shows now."""

    def shows(self, frame: int) -> NDArray[np.uint8]:
        """The picture of that frame, (160, 240, 3) uint8 RGB."""

    def close(self) -> None:
        """The console goes away, after its capture."""


Open = Callable[[], tuple[Console, Capture]]


def seen(console: Console, capture: Capture) -> Screenshot:
    """The console moved on, and a picture of where it is now."""
    frame = console.run()
    capture.refresh()
    return asyncio.run(capture.since(frame))


def pictures_carry_frame_and_time(console: Console, capture: Capture) -> None:
    first, second = seen(console, capture), seen(console, capture)
    for shot in (first, second):
        assert shot.pixels.shape == SHAPE and shot.pixels.dtype == np.uint8
        assert np.array_equal(shot.pixels, console.shows(shot.frame))
    assert second.frame > first.frame
    assert second.time_ns >= first.time_ns


def the_newest_is_what_since_gave(console: Console, capture: Capture) -> None:
    for _ in range(3):
        shot = seen(console, capture)
        newest = capture.newest()
        assert newest.frame >= shot.frame
        assert np.array_equal(newest.pixels, console.shows(newest.frame))


def a_picture_that_was_given_never_changes(console: Console, capture: Capture) -> None:
    shots = [seen(console, capture) for _ in range(5)]
    for shot in shots:
        assert np.array_equal(shot.pixels, console.shows(shot.frame))
        with pytest.raises(ValueError, match="read-only"):
            shot.pixels[0, 0, 0] = 1


def a_frame_that_never_comes_is_stale(console: Console, capture: Capture) -> None:
    shot = seen(console, capture)
    with pytest.raises(StaleScreenshot, match=str(shot.frame + 10**9)):
        asyncio.run(capture.since(shot.frame + 10**9))
    assert np.array_equal(capture.newest().pixels, console.shows(capture.newest().frame))


def what_was_forgotten_does_not_come_back(console: Console, capture: Capture) -> None:
    seen(console, capture)
    frame = console.run()
    capture.forget()
    shot = asyncio.run(capture.since(0))
    assert shot.frame >= frame
    assert np.array_equal(shot.pixels, console.shows(shot.frame))


def a_cancelled_wait_leaves_it_usable(console: Console, capture: Capture) -> None:
    async def cancel() -> None:
        task = asyncio.ensure_future(capture.since(10**9))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cancel())
    pictures_carry_frame_and_time(console, capture)


def several_may_wait_at_once(console: Console, capture: Capture) -> None:
    frame = console.run()

    async def wait() -> list[Screenshot]:
        return await asyncio.gather(*(capture.since(frame) for _ in range(3)))

    for shot in asyncio.run(wait()):
        assert np.array_equal(shot.pixels, console.shows(shot.frame))


def closing_twice_is_fine_and_then_nothing_works(console: Console, capture: Capture) -> None:
    seen(console, capture)
    capture.close()
    capture.close()
    with pytest.raises(ClosedError):
        capture.newest()
    with pytest.raises(ClosedError):
        asyncio.run(capture.since(0))


CHECKS = [
    pictures_carry_frame_and_time,
    the_newest_is_what_since_gave,
    a_picture_that_was_given_never_changes,
    a_frame_that_never_comes_is_stale,
    what_was_forgotten_does_not_come_back,
    a_cancelled_wait_leaves_it_usable,
    several_may_wait_at_once,
    closing_twice_is_fine_and_then_nothing_works,
]
