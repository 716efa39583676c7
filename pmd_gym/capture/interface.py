"""Seam 3: pictures of one console, taken while something else runs.

A `Source` knows how to take one picture and may be slow; a `Capture` decides when, and hands out the newest. Neither
knows what the picture shows: which RAM image it belongs to is decided by its frame number, elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SHAPE = (160, 240, 3)
"""Rows, columns and RGB of the console's screen."""
UNKNOWN_FRAME = -1
"""Frame of a picture whose source cannot tell; it is older than every frame."""


@dataclass(frozen=True, slots=True)
class Screenshot:
    """One picture.

    `pixels` is (160, 240, 3) uint8 RGB, read-only and never written again. `frame` is the emulator's frame counter: the
    picture shows that frame or, where the emulator runs on by itself, a later one. `time_ns` is the monotonic clock
    when the picture was begun; `dropped` how many pictures were replaced unread so far; `fallback` why this one was
    taken while the caller waited, empty if it was not.
    """

    pixels: NDArray[np.uint8]
    frame: int
    time_ns: int
    dropped: int = 0
    fallback: str = ""


class Source(Protocol):
    """Takes one picture at a time. Used by one thread at a time, not always the same one."""

    def grab(self, out: NDArray[np.uint8]) -> int:
        """Write the screen to `out`, (160, 240, 3) uint8 RGB, and give its frame; blocks. An exception is a failure."""

    def close(self) -> None:
        """Release everything; idempotent."""


class Capture(Protocol):
    """The newest picture of one console."""

    def newest(self) -> Screenshot:
        """The newest picture, at once. StaleScreenshot if the source stopped, ClosedError after `close`."""

    async def since(self, frame: int) -> Screenshot:
        """A picture of `frame` or later; StaleScreenshot where none comes in time."""

    def refresh(self) -> None:
        """The screen has changed: a new picture is due."""

    def forget(self) -> None:
        """What was taken so far, or is being taken, shows another game, whose frames count apart."""

    def close(self) -> None:
        """End; idempotent."""
