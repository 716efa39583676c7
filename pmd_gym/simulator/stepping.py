"""The simulator's two large programs, each with one entry from Python so that its machine code is made once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.simulator.floor_entry import enter_floor
from pmd_gym.simulator.turn import command, run_on

RESUME = -1
"""A command kind for the simulator alone: no command; run from a floor's first tick to the leader's first command."""


@kernel
def command_games(games: Any, tables: Any, env_ids: Any, commands: Any, results: Any) -> bool:
    """Carry out one command, (n, 2) kind and argument, in each game of `env_ids` (n,).

    Fills `results` (n,) with what `turn.command` returns; True when a game has to enter another floor.
    """
    floors_due = False
    for index in range(len(env_ids)):
        game, kind = games[env_ids[index]], commands[index, 0]
        if kind == RESUME:
            results[index] = run_on(game, tables[0])
        else:
            results[index] = command(game, tables[0], kind, commands[index, 1])
        floors_due |= results[index] < 0
    return floors_due


@kernel
def enter(games: Any, env_id: int, tables: Any, is_next: bool, first_only: bool) -> None:
    """Enter the floor named in the world record; see `floor_entry.enter_floor`."""
    enter_floor(games[env_id], tables[0], is_next, first_only)


def resume(games: NDArray[np.void], env_id: int, tables: NDArray[np.void]) -> int:
    """Run from a floor's first tick to the leader's first command; returns what `turn.run_on` returns."""
    results = np.zeros(1, np.int64)
    command_games(games, tables, np.array([env_id], np.int64), np.array([[RESUME, 0]], np.int16), results)
    return int(results[0])
