"""An event loop of its own in a thread, for what outlives the callers' loops: connections that are kept open."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from pmd_gym.errors import ClosedError

Result = TypeVar("Result")


class LoopThread:
    """Runs coroutines for callers in any loop and any thread, until `close`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._closed = False
        self._thread.start()

    async def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of `work`; a cancelled caller cancels it. ClosedError where the loop is closed before its end."""
        self._check(work)
        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._closed and not (task and task.cancelling()):
                raise ClosedError(f"{self._name} was closed while this was under way") from None
            raise

    def wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        """As `run`, for a caller without a loop; blocks."""
        self._check(work)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self, last: Coroutine[Any, Any, None]) -> None:
        """Cancel what runs, do `last`, stop; call it once."""
        self._closed = True
        asyncio.run_coroutine_threadsafe(self._end(last), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _check(self, work: Coroutine[Any, Any, Any]) -> None:
        if self._closed:
            work.close()
            raise ClosedError(f"{self._name} was closed; open it again")

    def _serve(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    async def _end(self, last: Coroutine[Any, Any, None]) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await last
