"""Hot reload: watches the folders of a `SkillLoader`, and has it look again when a burst of changes has settled.

What kind of change it was does not matter: an event only says that it is time to look, and the loader compares what is
on disk with what it knows. The only file that knows `watchdog`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Condition, Thread

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirModifiedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)  # fmt: skip
from watchdog.observers import Observer

from agents.skills.loader import Change, SkillLoader

SETTLE_S = 0.06
"""Quiet time after an event before the disk is looked at; an editor's save is over by then."""
LIMIT_S = 1.0
"""It is looked at all the same when events have been coming for so long."""
CHANGES = (
    FileClosedEvent, FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent, DirCreatedEvent,
    DirDeletedEvent, DirModifiedEvent, DirMovedEvent,
)  # fmt: skip
"""Events that may be a change; opening and reading, which the loader does itself, are none."""
_LOG = logging.getLogger(__name__)


class Settling:
    """When a burst of events is over. Knows no clock: it is told the time, in seconds."""

    def __init__(self, settle_s: float = SETTLE_S, limit_s: float = LIMIT_S) -> None:
        self._settle_s = settle_s
        self._limit_s = limit_s
        self._first: float | None = None
        self._last = 0.0

    def touched(self, now: float) -> None:
        """An event came."""
        self._first = now if self._first is None else self._first
        self._last = now

    def wait_s(self, now: float) -> float | None:
        """Seconds until the burst is over, 0.0 if it is; None while there is none."""
        if self._first is None:
            return None
        return max(0.0, min(self._last + self._settle_s, self._first + self._limit_s) - now)

    def clear(self) -> None:
        """What came so far is being taken care of."""
        self._first = None


class SkillWatcher:
    """Two threads: watchdog's, which only wakes ours, and ours, which alone has the loader refresh."""

    def __init__(
        self, loader: SkillLoader, roots: Iterable[Path], changed: Callable[[Change], None],
        settling: Settling | None = None,
    ) -> None:  # fmt: skip
        """Starts at once. `changed` is called in our thread after each look that found something."""
        self._loader = loader
        self._changed = changed
        self._settling = settling or Settling()
        self._wake = Condition()
        self._stopping = False
        self._observer = Observer()
        handler = _Handler(self._touched)
        for root in roots:
            root.mkdir(parents=True, exist_ok=True)
            self._observer.schedule(handler, str(root), recursive=True)
        self._observer.start()
        self._thread = Thread(target=self._work, name="skill-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching; a look under way is finished first. Idempotent."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()
        self._thread.join()

    def __enter__(self) -> SkillWatcher:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def _touched(self) -> None:
        with self._wake:
            self._settling.touched(time.monotonic())
            self._wake.notify()

    def _work(self) -> None:
        while self._settled():
            try:
                change = self._loader.refresh()
                if change:
                    self._changed(change)
            except Exception:  # a full disk, a folder without rights: the next event tries again
                _LOG.exception("the skills could not be loaded anew; those in use stay")

    def _settled(self) -> bool:
        """Wait until a burst is over; False when it is time to stop."""
        with self._wake:
            while not self._stopping:
                left_s = self._settling.wait_s(time.monotonic())
                if left_s == 0.0:
                    self._settling.clear()
                    return True
                self._wake.wait(left_s)
        return False


class _Handler(FileSystemEventHandler):
    def __init__(self, touched: Callable[[], None]) -> None:
        self._touched = touched

    def on_any_event(self, event: FileSystemEvent) -> None:
        if isinstance(event, CHANGES):
            self._touched()
