"""Cuts work on a large batch of games into slices that threads carry out side by side.

Compiled kernels run without the interpreter's lock and a game's result depends on its own memory alone, so slicing
changes nothing but the time. Whoever is free takes the next slice, the caller too: a thread that is woken late costs
nothing but its help. Small batches stay in the caller's thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

from pmd_gym.errors import ConfigError

GAMES_PER_THREAD = 128
"""Below this many steps, a share is done sooner than a thread is woken and its result collected."""
STARTS_PER_THREAD = 4
"""The same for new runs, which take thirty times as long as a step."""
SLICES_PER_SHARE = 4
"""The smallest slice is this part of the least share, so that all threads are done at nearly the same time."""


class Slices:
    """`threads` workers, started on first use; None takes one for each core and 128 games."""

    def __init__(self, num_envs: int, threads: int | None = None) -> None:
        self.threads = _thread_count(num_envs, threads)
        self._pool: ThreadPoolExecutor | None = None

    def run(self, work: Callable[[slice], object], count: int, least: int = GAMES_PER_THREAD) -> None:
        """Call `work` with slices that cover 0..count-1, and wait; an error of a slice is raised.

        A thread is asked for each `least` items; fewer than twice as many stay in the caller's thread.
        """
        threads = min(self.threads, count // least)
        if threads < 2:
            work(slice(0, count))
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, "games")
        left = iter(list(shrinking(count, threads, max(1, least // SLICES_PER_SHARE))))  # whose `next` is atomic

        def take() -> None:
            for part in left:
                work(part)

        helpers = [self._pool.submit(take) for _ in range(threads - 1)]
        try:
            take()
        finally:
            wait([helper for helper in helpers if not helper.cancel()])
        for helper in helpers:
            if not helper.cancelled():
                helper.result()

    def close(self) -> None:
        """End the threads; idempotent."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def shrinking(count: int, threads: int, smallest: int) -> Iterator[slice]:
    """Slices that cover 0..count-1, each half of a fair share of what is left, down to `smallest` items."""
    begin = 0
    while begin < count:
        end = min(begin + max((count - begin) // (2 * threads), smallest), count)
        yield slice(begin, end)
        begin = end


def _thread_count(num_envs: int, threads: int | None) -> int:
    if threads is None:
        return max(1, min(len(os.sched_getaffinity(0)), num_envs // GAMES_PER_THREAD))
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise ConfigError(f"threads must be None or a whole number of at least 1, got {threads!r}")
    return threads
