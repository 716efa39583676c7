"""Slices cover every game once, on as many threads as were asked for, and hand errors back."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.slices import GAMES_PER_THREAD, STARTS_PER_THREAD, Slices
from pmd_gym.errors import ConfigError


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, GAMES_PER_THREAD - 1, 2 * GAMES_PER_THREAD, 5 * GAMES_PER_THREAD + 1])
def test_every_game_is_worked_on_once(threads: int, count: int) -> None:
    slices, hits, workers = Slices(count or 1, threads), np.zeros(count, int), set()

    def work(part: slice) -> None:
        hits[part] += 1
        workers.add(threading.get_ident())

    slices.run(work, count)
    slices.close()
    assert (hits == 1).all()
    assert len(workers) <= max(1, min(threads, count // GAMES_PER_THREAD))


def test_small_batches_stay_in_the_callers_thread() -> None:
    slices, workers = Slices(8, 4), set()
    slices.run(lambda part: workers.add(threading.get_ident()), 8)
    assert workers == {threading.get_ident()}


def test_longer_work_is_shared_out_in_smaller_slices() -> None:
    slices, parts = Slices(2 * GAMES_PER_THREAD, 2), list[slice]()
    slices.run(parts.append, 2 * STARTS_PER_THREAD, STARTS_PER_THREAD)
    slices.run(parts.append, 2 * STARTS_PER_THREAD - 1, STARTS_PER_THREAD)
    slices.close()
    lengths = sorted(part.stop - part.start for part in parts)
    assert lengths == [STARTS_PER_THREAD, STARTS_PER_THREAD, 2 * STARTS_PER_THREAD - 1]


def test_an_error_in_a_thread_reaches_the_caller() -> None:
    def work(part: slice) -> None:
        if part.start:
            raise ValueError(f"slice from {part.start}")

    slices = Slices(4 * GAMES_PER_THREAD, 2)
    with pytest.raises(ValueError, match=f"slice from {2 * GAMES_PER_THREAD}"):
        slices.run(work, 4 * GAMES_PER_THREAD)
    slices.close()
    slices.close()


def test_an_error_of_the_caller_waits_for_the_threads() -> None:
    begun, done = threading.Event(), list[int]()

    def work(part: slice) -> None:
        if not part.start:
            assert begun.wait(30)
            raise ValueError("slice from 0")
        begun.set()
        done.append(part.start)

    slices = Slices(2 * GAMES_PER_THREAD, 2)
    with pytest.raises(ValueError, match="slice from 0"):
        slices.run(work, 2 * GAMES_PER_THREAD)
    assert done == [GAMES_PER_THREAD]
    slices.close()


@pytest.mark.parametrize("threads", [0, -1, 1.5, True])
def test_a_wrong_number_of_threads_is_refused(threads: Any) -> None:
    with pytest.raises(ConfigError, match="threads must be"):
        Slices(1, threads)
