"""A batch of simulated games, one console a row: started, commanded, saved, loaded (the simulator's turn level)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.errors import ConfigError, SavestateError, UnsupportedRule
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario
from pmd_gym.simulator.ahead import compile_ahead
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.start import begin_run, go_on, load_scenario, new_console
from pmd_gym.simulator.stepping import command_games

PLAYABLE = frozenset(CommandKind)
"""Command kinds that the simulator carries out: all of them."""

MOVE = int(CommandKind.MOVE)


def carry_out(
    games: NDArray[np.void], tables: NDArray[np.void], env_ids: NDArray[np.int64], commands: NDArray[np.int16]
) -> NDArray[np.int64]:
    """Carry out one command in each game of `env_ids` and enter new floors; returns exit reasons, (n,), 0 for none."""
    results = np.zeros(len(env_ids), np.int64)
    floors_due = command_games(games, tables, env_ids, commands, results)
    while floors_due:
        for index in np.flatnonzero(results < 0):
            results[index] = go_on(games, int(env_ids[index]), tables, int(results[index]))
        floors_due = bool((results < 0).any())
    return results


def commands_one(games: NDArray[np.void], env_id: int, tables: NDArray[np.void], kind: str, argument: int) -> int:
    """One command by the name of its kind in one game; returns the exit reason, 0 while the run goes on."""
    commands = np.array([[CommandKind[kind], argument]], np.int16)
    return int(carry_out(games, tables, np.array([env_id], np.int64), commands)[0])


@lru_cache(maxsize=64)
def loaded_scenario(scenario: Scenario) -> NDArray[np.uint8]:
    """EWRAM image of a console before the dungeon of `scenario` is entered; read-only. Copying it beats writing it."""
    console = new_console(1)
    load_scenario(console, 0, scenario)
    image = console.view(np.uint8)[: layout.EWRAM_SIZE].copy()
    image.flags.writeable = False
    return image


class Games:
    """`num_envs` simulated games.

    `ram` is the (num_envs, 262144) uint8 view of their EWRAM, strided; `records` the same rows as `game.GAME` records.
    An EWRAM image is a whole game: what lies behind it in a row is scratch.
    """

    def __init__(self, num_envs: int) -> None:
        if num_envs < 1:
            raise ConfigError(f"num_envs must be at least 1, got {num_envs}")
        compile_ahead()
        self.num_envs = num_envs
        self.records = new_console(num_envs)
        rows = self.records.view(np.uint8).reshape(num_envs, -1)
        self.ram: NDArray[np.uint8] = rows[:, : layout.EWRAM_SIZE]
        self._rules = rules()

    def start(self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]) -> None:
        """Begin a new run in each game; `seeds` (n,) are states of the general generator at the entrance."""
        for env_id, scenario, seed in zip(env_ids, scenarios, seeds, strict=True):
            self.ram[env_id] = loaded_scenario(scenario)
            begin_run(self.records, int(env_id), self._rules, int(seed))

    def step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> NDArray[np.uint8]:
        """Carry out one command per game, (n, 2) kind and argument; returns `Outcome`s, (n,) uint8.

        Raises UnsupportedRule, before any game changes, for a kind that is not simulated yet.
        """
        self.check(env_ids, commands)
        return Outcome.of_exit_reasons(carry_out(self.records, self._rules, env_ids, commands))

    def check(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> None:
        """Raise UnsupportedRule for the first command that the simulator cannot carry out."""
        kinds = commands[:, 0].view(np.uint16)  # they count up from 0, so a negative one becomes a large one
        if len(kinds) and np.maximum.reduce(kinds) >= len(PLAYABLE):
            kind = next(int(kind) for kind in commands[:, 0] if int(kind) not in PLAYABLE)
            raise UnsupportedRule(f"command kind {kind} is none of `CommandKind`; take one of {len(PLAYABLE)}")

    def usable_moves(self) -> NDArray[np.bool_]:
        """Which move ids, (413,), the leader may use: all of them."""
        return np.ones(len(self._rules[0]["effects"]), np.bool_)

    def save(self, env_id: int) -> bytes:
        """The EWRAM image of one game."""
        return self.ram[env_id].tobytes()

    def load(self, env_id: int, savestate: bytes) -> None:
        """Put a game into a saved state; SavestateError unless it is an EWRAM image with a dungeon in its place."""
        if len(savestate) != layout.EWRAM_SIZE:
            raise SavestateError(f"expected {layout.EWRAM_SIZE} bytes of EWRAM, got {len(savestate)}")
        pointer = layout.global_variable("dungeon")
        address = int.from_bytes(savestate[pointer.offset : pointer.offset + 4], "little")
        if address != layout.OBSERVED_DUNGEON_ADDRESS:
            expected = layout.OBSERVED_DUNGEON_ADDRESS
            raise SavestateError(f"dungeon object at {address:#010x}, the simulator keeps it at {expected:#010x}")
        self.ram[env_id] = np.frombuffer(savestate, np.uint8)
        self.records[env_id]["first_tick"] = 0
