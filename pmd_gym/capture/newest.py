"""A thread that keeps the newest picture of one console, so that whoever wants one never waits for it.

Two buffers: the source writes to one while the other holds the newest picture; afterwards they change places. A picture
that was handed out is never written again: the thread takes a fresh buffer instead. The lock is held for that exchange
of two references only, so `newest` takes microseconds whatever the source does. What the pictures show, and whether a
reader may use one, is not known here.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pmd_gym.capture.alarm import Alarm
from pmd_gym.capture.direct import DirectCapture
from pmd_gym.capture.interface import SHAPE, Screenshot, Source
from pmd_gym.errors import ClosedError, StaleScreenshot

MAX_FAILURES = 3
"""Failures in a row after which the thread gives up and pictures are taken while the caller waits."""
_RETRY_S = 0.004
"""Pause between two pictures while someone waits for a frame that the source does not show yet."""
_NS = 1_000_000_000

_log = logging.getLogger(__name__)

Waiter = tuple[int, asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class NewestCapture:
    """Conforms to `Capture`.

    With `rate_hz` 0 a picture is taken when `refresh` or `since` asks for one, which suits an emulator that stands
    still between requests; else that many a second are taken as well. `dropped` counts pictures replaced unread.

    A source that fails `MAX_FAILURES` times in a row (at a pace: and for `max_age_s`) is not asked by the thread any
    more: until `forget` has it try again, every picture is taken by the caller, and `fallback` says why, as does a
    warning in the log. A source that hangs makes `newest` raise StaleScreenshot once a picture has been due for
    `max_age_s`.
    """

    def __init__(
        self, source: Source, *, rate_hz: float = 0.0, max_age_s: float = 1.0,
        clock: Callable[[], int] = time.monotonic_ns, name: str = "capture",
    ) -> None:  # fmt: skip
        """`source` is closed with the capture; `clock` gives monotonic nanoseconds."""
        self._source = source
        self._direct = DirectCapture(source, max_age_s=max_age_s, clock=clock)
        self._interval_s = 1.0 / rate_hz if rate_hz else 0.0
        self._max_age_s = max_age_s
        self._clock = clock
        self._lock = threading.Lock()
        self._wake = Alarm()
        self._front: Screenshot | None = None
        self._front_was_read = False
        self._dropped = 0
        self._game = 0  # counts `forget`: a picture begun before it is not kept
        # since when a newer picture is due; None: the newest is as good as it gets
        self._due_ns: int | None = clock() if rate_hz else None
        self._waiters: list[Waiter] = []
        self._failures = 0
        self._fallback = ""
        self._closed = False
        self._name = name
        self._start()

    @property
    def fallback(self) -> str:
        """Why pictures are taken by the caller; empty while the thread takes them."""
        return self._fallback

    @property
    def dropped(self) -> int:
        """Pictures that were replaced unread."""
        return self._dropped

    def newest(self) -> Screenshot:
        """The newest picture, within microseconds; see the class for a source that fails or hangs."""
        if self._closed:
            raise ClosedError("the capture was closed; make a new one")
        if self._fallback:
            return replace(self._direct.newest(), dropped=self._dropped, fallback=self._fallback)
        with self._lock:
            shot, due_ns, self._front_was_read = self._front, self._due_ns, True
        waited_s = 0.0 if due_ns is None else (self._clock() - due_ns) / _NS
        if shot is None or waited_s > self._max_age_s:
            raise StaleScreenshot(self._complaint(shot, waited_s))
        return shot

    async def since(self, frame: int) -> Screenshot:
        """See `Capture.since`: at most `max_age_s` until the picture is there."""
        while not self._fallback:
            if self._closed:
                raise ClosedError("the capture was closed; make a new one")
            arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            shot = self._read_or_wait(frame, arrived)
            if shot is not None:
                return shot
            await self._arrival(frame, arrived)
        return replace(await self._direct.since(frame), dropped=self._dropped, fallback=self._fallback)

    def refresh(self) -> None:
        """See `Capture.refresh`; wakes the thread and returns at once."""
        with self._lock:
            self._ask()

    def forget(self) -> None:
        """See `Capture.forget`; the thread tries again with a source on which it had given up."""
        with self._lock:
            self._front, self._game = None, self._game + 1
        if self._fallback and not self._closed:
            self._thread.join(self._max_age_s)  # it has nothing left to do
            self._fallback, self._failures = "", 0
            self._due_ns = self._clock() if self._interval_s else None
            self._start()

    def close(self) -> None:
        """End the thread and close the source; idempotent. A source that hangs is left behind with its thread."""
        if self._closed:
            return
        self._closed = True
        self._wake.ring()
        self._release_waiters()
        self._thread.join(self._max_age_s)
        if self._thread.is_alive():
            _log.warning("%s: its source hangs; left behind", self._thread.name)
        else:
            self._direct.close()

    # In the caller

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def _read_or_wait(self, frame: int, arrived: asyncio.Future[None]) -> Screenshot | None:
        """The newest picture if it is new enough; else None, and `arrived` is set once there may be one."""
        with self._lock:
            if self._front is not None and self._front.frame >= frame:
                self._front_was_read = True
                return self._front
            if self._fallback or self._closed:
                arrived.set_result(None)
            else:
                self._waiters.append((frame, asyncio.get_running_loop(), arrived))
            if self._due_ns is None:  # else one is being taken, or about to be
                self._ask()
            return None

    def _ask(self) -> None:
        """Have a picture taken; the caller holds the lock."""
        if self._due_ns is None:
            self._due_ns = self._clock()
        self._wake.ring()

    async def _arrival(self, frame: int, arrived: asyncio.Future[None]) -> None:
        try:
            async with asyncio.timeout(self._max_age_s):
                await arrived
        except TimeoutError as error:
            raise StaleScreenshot(f"no picture of frame {frame} or later within {self._max_age_s:g} s") from error
        finally:
            with self._lock:
                self._waiters = [waiter for waiter in self._waiters if waiter[2] is not arrived]

    def _complaint(self, shot: Screenshot | None, waited_s: float) -> str:
        if shot is None:
            return f"no picture was taken yet, asked for {waited_s:.3g} s ago; call refresh() first"
        late = f"a newer one has been due for {waited_s:.3g} s (max_age_s is {self._max_age_s:g})"
        return f"the newest picture shows frame {shot.frame}; {late}: the source has stopped"

    # In the thread

    def _run(self) -> None:
        back, due = np.empty(SHAPE, np.uint8), time.monotonic()
        while self._pause_until(due):
            due = max(due + self._interval_s, time.monotonic())
            back = self._take_one(back)

    def _pause_until(self, due: float) -> bool:
        """Wait for the next turn; False when it is time to end."""
        if self._interval_s:
            self._wake.answer(max(0.0, due - time.monotonic()))
        else:
            self._wake.answer(_RETRY_S if self._waiters else None)
        return not (self._closed or self._fallback)

    def _take_one(self, back: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Have the source fill `back`; returns the buffer for the next picture."""
        game, begun = self._game, self._clock()
        try:
            frame = self._source.grab(back)
        except Exception as error:  # whatever a source does, the reader must not hang
            self._count_failure(error)
            return np.empty(SHAPE, np.uint8)  # whoever failed may still be writing to the old one
        self._failures = 0
        return self._publish(back, frame, begun, game)

    def _publish(self, back: NDArray[np.uint8], frame: int, begun: int, game: int) -> NDArray[np.uint8]:
        pixels = back.view()
        pixels.flags.writeable = False
        with self._lock:
            if game != self._game:  # it shows a game that was left meanwhile
                self._ask()
                return back
            old, unread = self._front, not self._front_was_read
            self._dropped += old is not None and unread
            self._front, self._front_was_read = Screenshot(pixels, frame, begun, self._dropped), False
            arrived = [waiter for waiter in self._waiters if waiter[0] <= frame]
            self._waiters = [waiter for waiter in self._waiters if waiter[0] > frame]
            self._due_ns = begun if self._interval_s or self._waiters or self._wake.rings else None
        _tell(arrived)
        buffer = old.pixels.base if old is not None and unread else None
        return buffer if buffer is not None else np.empty(SHAPE, np.uint8)

    def _count_failure(self, error: Exception) -> None:
        self._failures += 1
        if self._is_hopeless() and not self._closed:
            self._fallback = f"{self._failures} failures in a row, last: {type(error).__name__}: {error}"
            _log.warning("%s: pictures are taken while the caller waits: %s", self._thread.name, self._fallback)
            self._release_waiters()
            self._wake.ring()  # to end
        elif not self._interval_s:
            self._wake.ring()  # to try again; at a pace the next turn comes by itself

    def _is_hopeless(self) -> bool:
        if self._failures < MAX_FAILURES or not self._interval_s:
            return self._failures >= MAX_FAILURES
        with self._lock:
            return self._due_ns is None or self._clock() - self._due_ns >= self._max_age_s * _NS

    def _release_waiters(self) -> None:
        with self._lock:
            waiters, self._waiters = self._waiters, []
        _tell(waiters)


def _tell(waiters: list[Waiter]) -> None:
    for _, loop, arrived in waiters:
        if not loop.is_closed():
            loop.call_soon_threadsafe(_set, arrived)


def _set(arrived: asyncio.Future[None]) -> None:
    if not arrived.done():
        arrived.set_result(None)
