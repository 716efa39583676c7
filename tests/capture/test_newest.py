"""The thread that keeps the newest picture: what it counts, and what it does when its source fails, hangs or stops."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from pmd_gym.capture.newest import MAX_FAILURES, NewestCapture
from pmd_gym.errors import CaptureError, ClosedError, StaleScreenshot
from tests.doubles.capture import PATIENCE_S, FakeClock, FakeSource, picture


class Bench:
    """A capture on demand of a fake source, with a clock that stands still."""

    def __init__(self, max_age_s: float = 30.0) -> None:
        self.source, self.clock = FakeSource(1), FakeClock()
        self.capture = NewestCapture(self.source, max_age_s=max_age_s, clock=self.clock)

    def take(self) -> None:
        """One picture, and the thread is done with it."""
        before = self.source.grabs
        self.capture.refresh()
        self.source.wait_for_grabs(before + 1)
        asyncio.run(self.capture.since(self.source.frame))

    def take_unread(self, frame: int) -> None:
        """One picture that nobody looks at."""
        self.source.frame = frame
        before = self.source.grabs
        self.capture.refresh()
        self.source.wait_for_grabs(before + 1)
        self.source.hold()  # a second grab begins only after the first one was published
        self.capture.refresh()
        assert self.source.waiting.wait(PATIENCE_S)
        self.source.go_on()
        self.source.wait_for_grabs(before + 2)

    def hang(self) -> None:
        """The thread is inside a grab that does not end."""
        self.source.hold()
        self.capture.refresh()
        assert self.source.waiting.wait(PATIENCE_S)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.source.go_on()
    made.capture.close()


def test_nothing_is_taken_before_it_is_asked_for(bench: Bench) -> None:
    with pytest.raises(StaleScreenshot, match="no picture was taken yet"):
        bench.capture.newest()
    assert bench.source.grabs == 0


def test_the_newest_is_given_while_the_next_one_is_being_taken(bench: Bench) -> None:
    bench.take()
    bench.source.frame = 2
    bench.hang()  # half of the second picture is painted now
    shot = bench.capture.newest()
    assert shot.frame == 1 and np.array_equal(shot.pixels, picture(1))
    bench.source.go_on()
    assert np.array_equal(asyncio.run(bench.capture.since(2)).pixels, picture(2))
    assert np.array_equal(shot.pixels, picture(1))


def test_pictures_that_nobody_read_are_counted(bench: Bench) -> None:
    bench.take_unread(1)
    bench.take()
    dropped = bench.capture.newest().dropped
    assert dropped == 2
    bench.source.frame = 2
    bench.take()
    assert bench.capture.newest().dropped == dropped, "a picture that was read is not dropped"


def test_two_buffers_are_enough_while_nobody_reads(bench: Bench) -> None:
    bench.take_unread(1)
    bench.take_unread(2)
    bench.take()
    assert bench.capture.dropped == 4


def test_a_source_that_hangs_becomes_stale_after_max_age(bench: Bench) -> None:
    bench.take()
    bench.hang()
    assert bench.capture.newest().frame == 1
    bench.clock.pass_s(29)
    assert bench.capture.newest().frame == 1
    bench.clock.pass_s(2)
    with pytest.raises(StaleScreenshot, match="shows frame 1; a newer one has been due for 31 s"):
        bench.capture.newest()
    bench.source.frame = 2
    bench.source.go_on()
    bench.source.wait_for_grabs(2)
    bench.take()
    assert bench.capture.newest().frame == 2, "it is fresh again once the source goes on"


def test_a_console_that_stands_still_never_becomes_stale(bench: Bench) -> None:
    bench.take()
    bench.clock.pass_s(3600)
    assert bench.capture.newest().frame == 1


def test_a_request_during_a_picture_is_not_lost(bench: Bench) -> None:
    bench.hang()
    bench.source.frame = 2
    bench.capture.refresh()
    bench.source.go_on()
    bench.source.wait_for_grabs(2)
    assert asyncio.run(bench.capture.since(2)).frame == 2


def test_a_picture_begun_before_forget_is_not_kept(bench: Bench) -> None:
    bench.hang()
    bench.source.frame = 2
    bench.capture.forget()
    bench.source.go_on()
    assert asyncio.run(bench.capture.since(0)).frame == 2


def test_a_picture_begun_before_forget_does_not_satisfy_those_who_wait(bench: Bench) -> None:
    async def wait() -> int:
        waiting = asyncio.ensure_future(bench.capture.since(0))
        await asyncio.to_thread(bench.source.waiting.wait, PATIENCE_S)
        bench.source.frame = 2
        bench.capture.forget()
        bench.source.go_on()
        return (await waiting).frame

    bench.source.hold()
    assert asyncio.run(wait()) == 2


def test_a_new_game_is_tried_by_the_thread_again(bench: Bench) -> None:
    bench.source.fail(OSError("lost"), MAX_FAILURES)
    assert "lost" in asyncio.run(bench.capture.since(1)).fallback
    bench.capture.forget()
    assert bench.capture.fallback == "" == asyncio.run(bench.capture.since(1)).fallback


def test_a_frame_that_is_not_shown_yet_is_asked_for_again() -> None:
    source = FakeSource(0, run_on=True)
    capture = NewestCapture(source, max_age_s=60)
    assert asyncio.run(capture.since(5)).frame == 5
    assert source.grabs == 6
    capture.close()


def test_a_source_at_a_pace_that_stops_becomes_stale() -> None:
    source, clock = FakeSource(run_on=True), FakeClock()
    capture = NewestCapture(source, rate_hz=500, max_age_s=1.0, clock=clock)
    source.wait_for_grabs(3)
    source.hold()
    assert source.waiting.wait(PATIENCE_S)
    assert capture.newest().frame >= 1
    clock.pass_s(1.5)
    with pytest.raises(StaleScreenshot, match="the source has stopped"):
        capture.newest()
    source.go_on()
    capture.close()


def test_a_single_failure_is_tried_again(bench: Bench) -> None:
    bench.source.fail(OSError("a hiccup"), MAX_FAILURES - 1)
    assert asyncio.run(bench.capture.since(1)).frame == 1
    assert bench.source.grabs == MAX_FAILURES
    assert not bench.capture.fallback


def test_a_source_that_keeps_failing_is_asked_by_the_caller(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.source.fail(OSError("the display is gone"), MAX_FAILURES + 1)
    with caplog.at_level(logging.WARNING):
        bench.capture.refresh()
        bench.capture._thread.join(PATIENCE_S)
    assert bench.source.grabs == MAX_FAILURES
    with pytest.raises(CaptureError, match="the display is gone"):
        bench.capture.newest()
    shot = bench.capture.newest()
    assert shot.frame == 1 and np.array_equal(shot.pixels, picture(1))
    assert "3 failures in a row, last: OSError: the display is gone" in shot.fallback
    assert shot.fallback == bench.capture.fallback
    assert asyncio.run(bench.capture.since(1)).fallback == shot.fallback
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "the display is gone" in caplog.text


def test_at_a_pace_a_short_failure_is_sat_out() -> None:
    source, clock = FakeSource(run_on=True), FakeClock()
    capture = NewestCapture(source, rate_hz=1000, max_age_s=1.0, clock=clock)
    source.wait_for_grabs(2)
    source.fail(OSError("covered"), 10 * MAX_FAILURES)
    source.wait_for_grabs(10 * MAX_FAILURES)
    assert capture.newest().fallback == "" == capture.fallback
    source.fail(OSError("covered for good"), 10**9)
    clock.pass_s(2.0)
    capture._thread.join(PATIENCE_S)
    assert "covered for good" in capture.fallback
    capture.close()


def test_whoever_waits_is_served_by_the_fallback(bench: Bench) -> None:
    bench.source.fail(OSError("gone"), MAX_FAILURES)
    shot = asyncio.run(bench.capture.since(1))
    assert shot.frame == 1 and "gone" in shot.fallback


def test_what_a_failed_grab_painted_is_never_shown(bench: Bench) -> None:
    bench.take()
    shot = bench.capture.newest()
    bench.source.frame = 9
    bench.source.fail(OSError("torn"), MAX_FAILURES)
    bench.capture.refresh()
    bench.capture._thread.join(PATIENCE_S)
    assert np.array_equal(shot.pixels, picture(1))


def test_closing_leaves_a_hanging_source_behind() -> None:
    bench = Bench(max_age_s=0.01)
    bench.hang()
    bench.capture.close()
    assert bench.source.closed == 0, "it is in use by the thread that hangs"
    bench.source.go_on()
    bench.capture._thread.join(PATIENCE_S)
    assert not bench.capture._thread.is_alive()


def test_closing_wakes_whoever_waits(bench: Bench) -> None:
    async def wait() -> None:
        waiting = asyncio.ensure_future(bench.capture.since(99))
        await asyncio.sleep(0)
        await asyncio.to_thread(bench.capture.close)
        await waiting

    with pytest.raises(ClosedError):
        asyncio.run(wait())


def test_readers_in_many_threads_only_see_whole_pictures() -> None:
    source = FakeSource(1, run_on=True)
    capture = NewestCapture(source, rate_hz=2000, max_age_s=60)
    asyncio.run(capture.since(1))
    torn: list[int] = []

    def read() -> None:
        for _ in range(300):
            shot = capture.newest()
            if not np.array_equal(shot.pixels, picture(shot.frame)):
                torn.append(shot.frame)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    capture.close()
    assert not torn
    assert source.grabs > 1
