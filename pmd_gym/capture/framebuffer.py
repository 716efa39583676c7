"""Pictures from an emulator's own framebuffer: exact, each with the frame it shows.

An emulator lives in an event loop; a source is called from threads. This file is the bridge and nothing else. It waits
on a queue of the interpreter's own: a future that threads share costs as much again as the rest of the bridge.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from queue import Empty, SimpleQueue
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
        taken: list[asyncio.Task[int]] = []
        arrived: SimpleQueue[asyncio.Task[int]] = SimpleQueue()
        self._loop.call_soon_threadsafe(self._take, out, taken, arrived)
        try:
            task = arrived.get(timeout=self._timeout_s)
        except Empty as error:
            with contextlib.suppress(RuntimeError):  # closed meanwhile, and the task with it
                self._loop.call_soon_threadsafe(_cancel, taken)
            raise CaptureError(f"the emulator gave no picture within {self._timeout_s:g} s") from error
        if task.cancelled():
            raise CaptureError("the emulator's event loop is ending")
        return task.result()

    def _take(
        self, out: NDArray[np.uint8], taken: list[asyncio.Task[int]], arrived: SimpleQueue[asyncio.Task[int]]
    ) -> None:  # fmt: skip
        """In the loop."""
        taken.append(self._loop.create_task(self._screen(out)))
        taken[0].add_done_callback(arrived.put)

    def close(self) -> None:
        """Nothing to release."""


def _cancel(taken: list[asyncio.Task[int]]) -> None:
    for task in taken:
        task.cancel()
