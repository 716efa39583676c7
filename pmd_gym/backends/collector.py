"""Work of single games under way in an event loop, collected by a caller outside of it as it finishes.

One lock and one wake-up a collection: the loop wakes the caller only when as many games as it waits for are there.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any

from pmd_gym.backends.event_loop import EventLoopThread
from pmd_gym.backends.interface import Finished, Outcome
from pmd_gym.errors import ClosedError

Work = Coroutine[Any, Any, Outcome]


class Collector:
    """`begin` and `collect` belong to one caller; the work runs in the thread of `loop`."""

    def __init__(self, loop: EventLoopThread) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Task[Outcome]] = set()
        self._news = threading.Condition()
        self._under_way: set[int] = set()
        self._finished: list[Finished] = []
        self._wanted = 0

    @property
    def under_way(self) -> frozenset[int]:
        """Games that were begun and not yet handed out."""
        return frozenset(self._under_way)

    def begin(self, work: Mapping[int, Work]) -> None:
        """Let the work of these games run, all of it at once."""
        self._under_way.update(work)
        self._loop.post(partial(self._run, work))

    def collect(self, at_least: int) -> list[Finished]:
        """What has finished, in that order; waits until so many have, or all that are under way."""
        with self._news:
            self._wanted = min(at_least, len(self._under_way))
            self._news.wait_for(lambda: len(self._finished) >= self._wanted)
            finished, self._finished = self._finished, []
        self._under_way.difference_update(done.env_id for done in finished)
        return finished

    async def cancel(self) -> None:
        """End whatever still runs; called in the loop."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self, work: Mapping[int, Work]) -> None:
        for env_id, coroutine in work.items():
            task = asyncio.ensure_future(coroutine)
            self._tasks.add(task)
            task.add_done_callback(partial(self._take, env_id))

    def _take(self, env_id: int, task: asyncio.Task[Outcome]) -> None:
        self._tasks.discard(task)
        with self._news:
            self._finished.append(_finished(env_id, task))
            if len(self._finished) >= self._wanted:
                self._news.notify_all()


def _finished(env_id: int, task: asyncio.Task[Outcome]) -> Finished:
    error = ClosedError("the backend was closed meanwhile") if task.cancelled() else task.exception()
    return Finished(env_id, Outcome.LOST, error) if error else Finished(env_id, task.result())
