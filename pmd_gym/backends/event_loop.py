"""An asyncio event loop in a thread of its own, for blocking callers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar, cast

Result = TypeVar("Result")


class EventLoopThread:
    """Runs coroutines for callers that are not asynchronous. `run` may be called from any other thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop itself, for `asyncio.run_coroutine_threadsafe`."""
        return self._loop

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Wait for `work` and give its result or raise its error; an interrupt of the caller cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def post(self, function: Callable[[], object]) -> None:
        """Call `function` in the loop's thread, soon; nothing is waited for."""
        self._loop.call_soon_threadsafe(function)

    def close(self) -> None:
        """Stop the loop and end the thread; idempotent. Whatever still runs there is cancelled."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(_cancel(asyncio.all_tasks(self._loop)))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


async def all_of(work: Iterable[Awaitable[Result]]) -> list[Result]:
    """Results in order, or the first error, but only when nothing runs any more."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return cast(list[Result], results)


async def _cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    waiting = list(tasks)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
