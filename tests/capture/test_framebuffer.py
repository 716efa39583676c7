"""The bridge from threads to an emulator's event loop: what it gives, and that it never waits for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.capture.framebuffer import FramebufferSource
from pmd_gym.errors import CaptureError, EmulatorTimeout
from tests.doubles.emulators import open_floor_emulator

OUT = np.zeros((160, 240, 3), np.uint8)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever, daemon=True)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.close()


def test_it_gives_the_emulators_screen_and_frame(loop: asyncio.AbstractEventLoop) -> None:
    emulator, expected = open_floor_emulator(), np.zeros_like(OUT)
    frame = asyncio.run_coroutine_threadsafe(emulator.screen(expected), loop).result()
    out = np.zeros_like(OUT)
    assert FramebufferSource(emulator.screen, loop).grab(out) == frame
    assert np.array_equal(out, expected) and out.any()


def test_an_emulator_that_does_not_answer_is_given_up_and_cancelled(loop: asyncio.AbstractEventLoop) -> None:
    cancelled = threading.Event()

    async def hang(_: NDArray[np.uint8]) -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return 0

    with pytest.raises(CaptureError, match=r"within 0\.05 s"):
        FramebufferSource(hang, loop, timeout_s=0.05).grab(OUT)
    assert cancelled.wait(10)


def test_the_emulators_own_error_comes_through(loop: asyncio.AbstractEventLoop) -> None:
    async def fail(_: NDArray[np.uint8]) -> int:
        raise EmulatorTimeout("no reply")

    with pytest.raises(EmulatorTimeout, match="no reply"):
        FramebufferSource(fail, loop).grab(OUT)


def test_a_picture_that_is_cancelled_is_an_error_and_ends_no_thread(loop: asyncio.AbstractEventLoop) -> None:
    async def give_up(_: NDArray[np.uint8]) -> int:
        raise asyncio.CancelledError

    with pytest.raises(CaptureError, match="ending"):
        FramebufferSource(give_up, loop).grab(OUT)


def test_a_loop_that_was_closed_is_an_error(loop: asyncio.AbstractEventLoop) -> None:
    gone = asyncio.new_event_loop()
    gone.close()
    with pytest.raises(CaptureError, match="closed"):
        FramebufferSource(open_floor_emulator().screen, gone).grab(OUT)
