"""Seam 1, turn level: what an environment asks of `num_envs` games at once.

A command is what a player decides for one turn of the leader; how it is carried out (one kernel call, or buttons on
an emulator) is the backend's business. This file imports nothing of the project but `Scenario` and errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pmd_gym.errors import ConfigError
from pmd_gym.scenario import Scenario


class CommandKind(IntEnum):
    """What the leader does; the argument's meaning stands behind each kind."""

    WAIT = 0  # pass the turn; no argument
    STEP = 1  # direction 0..7: one step, or swap with a partner in the way; against a wall it only turns
    ATTACK = 2  # regular attack in the facing direction; no argument
    FACE = 3  # direction 0..7: turn in place, costs no turn
    MOVE = 4  # slot 0..3: use that move in the facing direction
    STAIRS = 5  # take the stairs the leader stands on; no argument
    USE_ITEM = 6  # bag slot 0..19: eat, drink or use it
    THROW_ITEM = 7  # bag slot 0..19: throw it in the facing direction


FIRST_SUCCESS = ESCAPED_MIDWAY = 550
OTHER_LOSSES = frozenset({539, 540, 541, 542, 546})
"""Exit reasons that are losses without a faint: gave up, deleted, went away, blown out, client lost."""


class Outcome(IntEnum):
    """How a game stands after a command."""

    RUNNING = 0
    CLEARED = 1  # the last stairs were taken, or the boss fell
    FAINTED = 2  # the leader, or a partner the story cannot spare, fainted
    ESCAPED = 3  # left alive before the end (Escape Orb)
    LOST = 4  # any other loss: wind, giving up, a client lost, or the emulator itself

    @staticmethod
    def of_exit_reason(reason: int) -> Outcome:
        """Outcome of an exit reason as the game writes it (`enums.exit_reason` of the RAM map); 0: the run goes on."""
        if reason == 0:
            return Outcome.RUNNING
        if reason >= FIRST_SUCCESS:
            return Outcome.ESCAPED if reason == ESCAPED_MIDWAY else Outcome.CLEARED
        return Outcome.LOST if reason in OTHER_LOSSES else Outcome.FAINTED

    @staticmethod
    def of_exit_reasons(reasons: NDArray[np.int64]) -> NDArray[np.uint8]:
        """`of_exit_reason` for an array (n,); returns (n,) uint8."""
        outcomes = np.zeros(len(reasons), np.uint8)
        if not np.count_nonzero(reasons):
            return outcomes
        for index in np.flatnonzero(reasons):
            outcomes[index] = Outcome.of_exit_reason(int(reasons[index]))
        return outcomes


class Backend(Protocol):
    """`num_envs` games.

    `ram` is a `(num_envs, 262144)` uint8 mirror of EWRAM, read-only for callers; it may be a strided view. Its rows
    change only inside `start`, `step` and `load`. `commands` are the kinds that this backend can carry out.
    """

    num_envs: int
    commands: frozenset[CommandKind]

    @property
    def ram(self) -> NDArray[np.uint8]:
        """See the class."""

    def start(self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]) -> None:
        """Begin a new run in each game; afterwards its leader may act.

        `scenarios` and `seeds` have the length of `env_ids`; a seed is the state of the game's general generator at the
        moment the dungeon is entered and fixes the whole run.
        """

    def step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> NDArray[np.uint8]:
        """Carry out one command per game: `commands` is (n, 2), kind and argument; returns `Outcome`s, (n,) uint8.

        Afterwards the leader may act again, or the run is over. Raises `UnsupportedRule` for a command that the backend
        cannot carry out, before any game has changed.
        """

    def pixels(self, env_ids: NDArray[np.int64], out: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Write each game's screen to `out`, (n, 160, 240, 3) uint8 RGB; returns the pictures' frame numbers, (n,)."""

    def save(self, env_id: int) -> bytes:
        """The savestate of one game."""

    def load(self, env_id: int, savestate: bytes) -> None:
        """Put one game into a state that `save` gave; SavestateError for anything else."""

    def close(self) -> None:
        """Release everything; idempotent. Other calls raise `ClosedError` afterwards."""


CAPTURES = ("sync", "async")
"""When an emulator's pictures are taken: when they are asked for, or as soon as a game has come to rest."""


def checked_capture(capture: str) -> str:
    """The mode, or ConfigError for one that does not exist."""
    if capture not in CAPTURES:
        raise ConfigError(f"capture must be one of {', '.join(CAPTURES)}, got {capture!r}")
    return capture


class PictureNotes(NamedTuple):
    """What a backend knows of its games' last pictures, if it has a method `picture_notes(env_ids)`.

    `frame` (n,) int64: the emulator's frame that each shows, or the earliest it may show; `stale` (n,) bool: it shows
    an earlier frame than the RAM; `fallback` (n,) text: why it was not taken in the way that was asked for, or empty.
    """

    frame: NDArray[np.int64]
    stale: NDArray[np.bool_]
    fallback: NDArray[np.object_]


class Finished(NamedTuple):
    """A game whose start or step is over: how it stands, or the error that ended the call."""

    env_id: int
    outcome: Outcome
    error: BaseException | None = None


class SplitBackend(Backend, Protocol):
    """A backend whose calls can be begun and collected apart, so that a slow game holds nobody back.

    A game is under way from its `begin_...` until `collect` has handed it out; no other call may name it meanwhile, and
    its row of `ram` may change at any time. The other games stand still.
    """

    def begin_start(
        self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]
    ) -> None:
        """`start`, without waiting for it."""

    def begin_step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> None:
        """`step`, without waiting for it."""

    def collect(self, at_least: int) -> list[Finished]:
        """Games that have finished, in the order in which they did; waits for `at_least` of those under way."""
