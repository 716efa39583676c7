"""Pictures from an emulator's own framebuffer: exact, each with the frame it shows.

An emulator lives in an event loop; a source is called from threads. This file is the bridge and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.errors import CaptureError

Screen = Callable[[NDArray[np.uint8]], Coroutine[Any, Any, int]]
"""`Emulator.screen`, or anything that does the same."""


class FramebufferSource:
    """Conforms to `Source`. The emulator is borrowed: closing the source leaves it open."""

    def __init__(self, screen: Screen, loop: asyncio.AbstractEventLoop, timeout_s: float = 5.0) -> None:
        """`loop` runs in another thread than the ones that grab; `timeout_s` is the longest wait for a picture."""
        self._screen = screen
        self._loop = loop
        self._timeout_s = timeout_s

    def grab(self, out: NDArray[np.uint8]) -> int:
        """See `Source.grab`; CaptureError when no picture comes in time, else whatever the emulator raises."""
        if self._loop.is_closed():
            raise CaptureError("the emulator's event loop was closed")
        future = asyncio.run_coroutine_threadsafe(self._screen(out), self._loop)
        try:
            return future.result(self._timeout_s)
        except FutureTimeout as error:
            if future.done():
                raise  # the emulator's own
            future.cancel()
            raise CaptureError(f"the emulator gave no picture within {self._timeout_s:g} s") from error

    def close(self) -> None:
        """Nothing to release."""
