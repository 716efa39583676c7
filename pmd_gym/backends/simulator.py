"""`num_envs` simulated games in this process, behind the turn-level seam.

A thin adapter: the rules, the memory and what can be commanded are those of `simulator.games`. Added here are threads
over large batches, and pictures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind
from pmd_gym.backends.slices import GAMES_PER_THREAD, STARTS_PER_THREAD, Slices
from pmd_gym.errors import ClosedError
from pmd_gym.scenario import Scenario
from pmd_gym.simulator import render_batch
from pmd_gym.simulator.games import PLAYABLE, Games


class SimulatorBackend:
    """Conforms to `Backend`. `threads`: how many step a large batch; None takes one a core and 128 games."""

    commands: frozenset[CommandKind] = PLAYABLE

    def __init__(self, num_envs: int, *, threads: int | None = None) -> None:
        self.num_envs = num_envs
        self._slices = Slices(num_envs, threads)
        self._games = Games(num_envs)
        self.usable_moves: NDArray[np.bool_] = self._games.usable_moves()
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

        def begin(part: slice) -> None:
            self._games.start(env_ids[part], scenarios[part], seeds[part])

        self._slices.run(begin, len(env_ids), STARTS_PER_THREAD)

    def step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> NDArray[np.uint8]:
        """See `Backend.step`."""
        self._check_open()
        if len(env_ids) < 2 * GAMES_PER_THREAD:
            return self._games.step(env_ids, commands)
        self._games.check(env_ids, commands)  # all games before any of them changes
        outcomes = np.empty(len(env_ids), np.uint8)

        def play(part: slice) -> None:
            outcomes[part] = self._games.step(env_ids[part], commands[part])

        self._slices.run(play, len(env_ids))
        return outcomes

    def pixels(self, env_ids: NDArray[np.int64], out: NDArray[np.uint8]) -> NDArray[np.int64]:
        """See `Backend.pixels`; the frame numbers are the consoles' counters of logic frames."""
        self._check_open()
        render_batch(self._games.ram[env_ids], out)
        return self._games.records["logic_frames"][env_ids].astype(np.int64)

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
        self._slices.close()

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the backend was closed; make a new one")
