"""Slices cover every game once, on as many threads as were asked for, and hand errors back."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.slices import GAMES_PER_THREAD, STARTS_PER_THREAD, Slices, shrinking
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
    slices.run(parts.append, 2 * STARTS_PER_THREAD - 1, STARTS_PER_THREAD)
    assert parts == [slice(0, 2 * STARTS_PER_THREAD - 1)]
    slices.run(parts.append, 2 * STARTS_PER_THREAD, STARTS_PER_THREAD)
    slices.close()
    assert len(parts) > 3


@pytest.mark.parametrize("threads", [2, 3])
def test_slices_shrink_to_the_smallest(threads: int) -> None:
    parts = list(shrinking(1000, threads, 32))
    lengths = [part.stop - part.start for part in parts]
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == 1000
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == 1000 // (2 * threads)
    assert lengths[-2] == 32 >= lengths[-1]


def test_nobody_waits_for_a_slow_thread_but_for_its_own_slice() -> None:
    slices, busy, go_on, workers = Slices(2 * GAMES_PER_THREAD, 2), threading.Event(), threading.Event(), set()

    def work(part: slice) -> None:
        if threading.get_ident() != caller:
            busy.set()
            assert go_on.wait(30)
        elif not part.start:
            assert busy.wait(30)
        workers.add(threading.get_ident())
        if part.stop == 2 * GAMES_PER_THREAD:
            go_on.set()

    caller = threading.get_ident()
    slices.run(work, 2 * GAMES_PER_THREAD)
    slices.close()
    assert len(workers) == 2


def test_an_error_in_a_thread_reaches_the_caller() -> None:
    def work(part: slice) -> None:
        if part.start:
            raise ValueError(f"slice from {part.start}")

    slices = Slices(4 * GAMES_PER_THREAD, 2)
    with pytest.raises(ValueError, match="slice from"):
        slices.run(work, 4 * GAMES_PER_THREAD)
    slices.close()
    slices.close()


@pytest.mark.parametrize("threads", [0, -1, 1.5, True])
def test_a_wrong_number_of_threads_is_refused(threads: Any) -> None:
    with pytest.raises(ConfigError, match="threads must be"):
        Slices(1, threads)
