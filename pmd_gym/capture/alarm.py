"""What wakes the thread that takes pictures: `threading.Event` for one waiter, without what makes that one dear.

An event makes a lock for every wait and takes two for every question; at 60 waits a second that was a fifth of what
the thread costs. Here one lock stands for the alarm: held while all is quiet, let go when it rings.
"""

from __future__ import annotations

import contextlib
import threading


class Alarm:
    """Rings until it is answered. Any thread may ring; only one waits."""

    def __init__(self) -> None:
        self._quiet = threading.Lock()
        self._quiet.acquire()

    def ring(self) -> None:
        """Wake who waits, or who will; ringing twice is ringing once."""
        if self._quiet.locked():
            with contextlib.suppress(RuntimeError):  # another thread was quicker
                self._quiet.release()

    @property
    def rings(self) -> bool:
        """True from a ring until it is answered."""
        return not self._quiet.locked()

    def answer(self, timeout_s: float | None = None) -> bool:
        """Wait for a ring and end it: True; False when none came within `timeout_s` (None: without end)."""
        return self._quiet.acquire(timeout=-1 if timeout_s is None else timeout_s)
