"""Cuts work on a large batch of games into slices that threads carry out side by side.

Compiled kernels run without the interpreter's lock and a game's result depends on its own memory alone, so slicing
changes nothing but the time. Small batches stay in the caller's thread.

The cut is the same each time, so that a core keeps meeting the games that it has in its caches: letting whoever is free
take the next few games costs a third more processor time at 1,024 games than the waiting that it saves.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise

from pmd_gym.errors import ConfigError

GAMES_PER_THREAD = 128
"""Below this many steps, a slice is done sooner than a thread is woken and its result collected."""
STARTS_PER_THREAD = 4
"""The same for new runs, which take thirty times as long as a step."""


class Slices:
    """`threads` workers, started on first use; None takes one for each core and 128 games."""

    def __init__(self, num_envs: int, threads: int | None = None) -> None:
        self.threads = _thread_count(num_envs, threads)
        self._pool: ThreadPoolExecutor | None = None

    def run(self, work: Callable[[slice], object], count: int, least: int = GAMES_PER_THREAD) -> None:
        """Call `work` with slices that cover 0..count-1, and wait; the first error of a slice is raised.

        A slice has `least` items or more; fewer than twice as many stay in the caller's thread.
        """
        parts = min(self.threads, count // least)
        if parts < 2:
            work(slice(0, count))
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, "games")
        edges = [count * part // parts for part in range(parts + 1)]
        waiting = [self._pool.submit(work, slice(*pair)) for pair in pairwise(edges[1:])]
        try:
            work(slice(0, edges[1]))
        finally:
            wait(waiting)
        for future in waiting:
            future.result()

    def close(self) -> None:
        """End the threads; idempotent."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def _thread_count(num_envs: int, threads: int | None) -> int:
    if threads is None:
        return max(1, min(len(os.sched_getaffinity(0)), num_envs // GAMES_PER_THREAD))
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise ConfigError(f"threads must be None or a whole number of at least 1, got {threads!r}")
    return threads
