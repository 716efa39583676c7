"""`num_envs` simulated games in this process, behind the turn-level seam.

A thin adapter: the rules, the memory and what can be commanded are `pmd_gym.simulator.Games`'s. Added here are threads:
kernels run without the interpreter's lock, so a large batch is cut into slices that are stepped side by side. A game's
outcome depends on its own memory alone, so the number of threads never changes a result.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind
from pmd_gym.errors import ClosedError, ConfigError
from pmd_gym.scenario import Scenario
from pmd_gym.simulator import Games

GAMES_PER_THREAD = 128
"""Below this a slice is stepped faster than a thread is woken and its result collected."""


class SimulatorBackend:
    """Conforms to `Backend`. `threads`: how many step a large batch; None takes one a core and 128 games."""

    def __init__(self, num_envs: int, *, threads: int | None = None) -> None:
        self.num_envs = num_envs
        self._threads = _thread_count(num_envs, threads)
        self._games = Games(num_envs)
        self._pool = ThreadPoolExecutor(self._threads, "simulator") if self._threads > 1 else None
        self.commands: frozenset[CommandKind] = self._games.commands
        self.usable_moves: NDArray[np.bool_] | None = self._games.usable_moves
        self._closed = False

    @property
    def ram(self) -> NDArray[np.uint8]:
        """(num_envs, 262144) uint8, a strided view of the games themselves; read-only."""
        view = self._games.ram.view()
        view.flags.writeable = False
        return view

    def start(self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]) -> None:
        """See `Backend.start`."""
        self._check_open()
        self._games.start(env_ids, scenarios, seeds)

    def step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> NDArray[np.uint8]:
        """See `Backend.step`."""
        self._check_open()
        if self._pool is None or len(env_ids) < 2 * GAMES_PER_THREAD:
            return self._games.step(env_ids, commands)
        self._games.check(env_ids, commands)
        slices = zip(np.array_split(env_ids, self._threads), np.array_split(commands, self._threads), strict=True)
        return np.concatenate(list(self._pool.map(lambda part: self._games.step(*part), slices)))

    def pixels(self, env_ids: NDArray[np.int64], out: NDArray[np.uint8]) -> NDArray[np.int64]:
        """See `Backend.pixels`; the frame numbers are the consoles' counters of logic frames."""
        self._check_open()
        return self._games.pixels(env_ids, out)

    def save(self, env_id: int) -> bytes:
        """See `Backend.save`: the EWRAM image, which is the whole game."""
        self._check_open()
        return self._games.save(env_id)

    def load(self, env_id: int, savestate: bytes) -> None:
        """See `Backend.load`."""
        self._check_open()
        self._games.load(env_id, savestate)

    def close(self) -> None:
        """See `Backend.close`."""
        self._closed = True
        if self._pool is not None:
            self._pool.shutdown()

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the backend was closed; make a new one")


def _thread_count(num_envs: int, threads: int | None) -> int:
    if threads is None:
        return max(1, min(len(os.sched_getaffinity(0)), num_envs // GAMES_PER_THREAD))
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise ConfigError(f"threads must be None or a whole number of at least 1, got {threads!r}")
    return threads
