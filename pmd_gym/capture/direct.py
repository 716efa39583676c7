"""Pictures taken while the caller waits: the plain way, and what is left when a thread's source keeps failing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import numpy as np

from pmd_gym.capture.interface import SHAPE, Screenshot, Source
from pmd_gym.errors import CaptureError, ClosedError, PmdGymError, StaleScreenshot


class DirectCapture:
    """Conforms to `Capture`, but `newest` takes as long as the source does. Nothing is kept and nothing is dropped."""

    def __init__(
        self, source: Source, *, max_age_s: float = 1.0, clock: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """`source` is closed with the capture; `max_age_s`: how long `since` tries."""
        self._source = source
        self._max_age_s = max_age_s
        self._clock = clock
        self._closed = False

    def newest(self) -> Screenshot:
        """A picture of now; CaptureError when the source fails."""
        if self._closed:
            raise ClosedError("the capture was closed; make a new one")
        pixels, begun = np.empty(SHAPE, np.uint8), self._clock()
        try:
            frame = self._source.grab(pixels)
        except PmdGymError:
            raise
        except Exception as error:  # sources are many; their failure is one kind here
            raise CaptureError(f"no picture: {type(error).__name__}: {error}") from error
        pixels.flags.writeable = False
        return Screenshot(pixels, frame, begun)

    async def since(self, frame: int) -> Screenshot:
        """See `Capture.since`; the source is asked again and again, in a thread."""
        deadline = self._clock() + int(self._max_age_s * 1e9)
        while True:
            shot = await asyncio.to_thread(self.newest)
            if shot.frame >= frame:
                return shot
            if self._clock() >= deadline:
                raise StaleScreenshot(f"no picture of frame {frame} within {self._max_age_s:g} s; got {shot.frame}")

    def refresh(self) -> None:
        """Nothing to do: every picture is taken when it is asked for."""

    def forget(self) -> None:
        """Nothing to do: nothing is kept."""

    def close(self) -> None:
        """Close the source; idempotent."""
        if not self._closed:
            self._closed = True
            self._source.close()
