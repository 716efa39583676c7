"""Pictures taken while the caller waits: errors, and how long `since` tries."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pmd_gym.capture.direct import DirectCapture
from pmd_gym.errors import CaptureError, StaleScreenshot
from tests.doubles.capture import FakeClock, FakeSource


def test_a_failing_source_is_a_capture_error_with_its_cause() -> None:
    source = FakeSource()
    source.fail(OSError("no display"), 1)
    capture = DirectCapture(source)
    with pytest.raises(CaptureError, match="OSError: no display") as caught:
        capture.newest()
    assert isinstance(caught.value.__cause__, OSError)
    assert capture.newest().frame == 0


def test_since_asks_again_until_the_frame_is_shown() -> None:
    source = FakeSource(run_on=True)
    assert asyncio.run(DirectCapture(source, clock=FakeClock()).since(7)).frame == 7
    assert source.grabs == 8


def test_since_gives_up_after_max_age() -> None:
    clock = FakeClock()

    class Slow(FakeSource):
        def grab(self, out: Any) -> int:
            clock.pass_s(0.4)
            return super().grab(out)

    source = Slow()
    with pytest.raises(StaleScreenshot, match="frame 5 within 1 s; got 0"):
        asyncio.run(DirectCapture(source, clock=clock).since(5))
    assert source.grabs == 3
