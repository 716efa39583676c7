"""Games of a vector environment that were sent somewhere and not yet received: the asynchronous form behind `recv`.

Every game goes its own way: a step that ends an episode in the mode `SAME_STEP` leads over a new start before the game
is handed out, while the others come and go. Which game may be sent is the caller's business (`vector_env.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.at_once import split
from pmd_gym.backends.interface import Finished
from pmd_gym.episodes import Episodes, Ids
from pmd_gym.observations import unbatch
from pmd_gym.vector_infos import Final, Infos, final_infos, join

Results = tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]


class Phase(IntEnum):
    """Where a game is."""

    AT_REST = 0  # with the caller
    STEPPING = 1
    STARTING = 2
    RESTARTING = 3  # its step ended the episode; the next one begins before the game is handed out
    BACK = 4  # finished, and not yet received


class InFlight:
    """`step` and `start` send games away, `collect` hands them out; one caller."""

    def __init__(self, episodes: Episodes, draw_seeds: Callable[[Ids], NDArray[np.uint32]], same_step: bool) -> None:
        """`draw_seeds` gives the seeds of the games' next episodes; `same_step`: an ended game is restarted here."""
        self._episodes = episodes
        self._backend = split(episodes.backend)
        self._draw_seeds = draw_seeds
        self._same_step = same_step
        count = episodes.num_envs
        self._phases = np.zeros(count, np.uint8)
        self._seeds = np.zeros(count, np.uint32)
        self._rewards = np.zeros(count)
        self._terminated, self._truncated = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        self._finals: dict[int, Final] = {}
        self._back: list[int] = []
        self._errors: list[BaseException] = []

    @property
    def any_sent(self) -> bool:
        """True while there are such games."""
        return bool(np.count_nonzero(self._phases))

    @property
    def games(self) -> Ids:
        """Games that were sent and not yet received, ascending."""
        return np.flatnonzero(self._phases)

    def step(self, games: Ids, actions: NDArray[np.int64]) -> None:
        """Send one checked action to each of the games, which are at rest."""
        legal = self._episodes.legal(games, actions)
        if np.count_nonzero(legal):
            self._backend.begin_step(games[legal], ACTIONS.commands.take(actions[legal], axis=0))
        self._phases[games] = Phase.STEPPING
        if np.count_nonzero(~legal):
            self._judge(np.sort(games[~legal]))

    def start(self, games: Ids, options: Mapping[str, Any] | None = None) -> None:
        """Let new episodes begin in the games, which are at rest."""
        self._begin(games, Phase.STARTING, options)
        self._rewards[games], self._terminated[games], self._truncated[games] = 0.0, False, False

    def collect(self, at_least: int, at_most: int) -> Ids:
        """Wait for `at_least` games, or for all there are; those that came first, `at_most` of them, ascending.

        The error of a game's call is raised here, once, and the game is then at rest; the others are kept for later.
        """
        self._take(self._backend.collect(0))
        while len(self._back) < min(at_least, len(self.games)) and not self._errors:
            self._take(self._backend.collect(1))
        if self._errors:
            raise self._errors.pop(0)
        games = np.array(sorted(self._back[:at_most]), np.int64)
        del self._back[:at_most]
        self._phases[games] = Phase.AT_REST
        return games

    def results(self, games: Ids) -> Results:
        """Rewards float64, terminated and truncated bool, each (n,), of games that `collect` gave; fresh arrays."""
        return self._rewards[games], self._terminated[games], self._truncated[games]

    def finals(self, games: Ids) -> Infos:
        """`final_obs` and `final_info` of those whose episode ended on the way; empty without any."""
        rows = np.array([row for row, game in enumerate(games.tolist()) if game in self._finals], np.int64)
        if not len(rows):
            return {}
        finals = [self._finals.pop(int(game)) for game in games[rows]]
        return final_infos([final.observation for final in finals], join(finals, rows, len(games)), rows, len(games))

    def _begin(self, games: Ids, phase: Phase, options: Mapping[str, Any] | None = None) -> None:
        seeds = self._draw_seeds(games)
        self._phases[games] = Phase.AT_REST  # where they stay should the next line refuse
        self._backend.begin_start(games, self._episodes.scenarios(seeds, options), seeds)
        self._seeds[games] = seeds
        self._phases[games] = phase

    def _take(self, finished: Sequence[Finished]) -> None:
        for done in finished:
            if done.error is not None:
                self._errors.append(done.error)
                self._phases[done.env_id] = Phase.AT_REST
        good = sorted(done for done in finished if done.error is None)  # `Episodes` takes games in ascending order
        games = np.array([done.env_id for done in good], np.int64)
        outcomes = np.array([done.outcome for done in good], np.uint8)
        stepped = self._phases[games] == Phase.STEPPING
        self._started(games[~stepped])
        if np.count_nonzero(stepped):
            self._episodes.played(games[stepped], outcomes[stepped])
            self._judge(games[stepped])

    def _started(self, games: Ids) -> None:
        if len(games):
            self._episodes.begun(games, self._seeds[games])
            self._arrive(games)

    def _judge(self, games: Ids) -> None:
        """What the step of these games was worth; whoever's episode goes on, or is the caller's to restart, is back."""
        rewards, terminated, truncated = self._episodes.judge(games)
        self._rewards[games], self._terminated[games], self._truncated[games] = rewards, terminated, truncated
        restart = (terminated | truncated) & self._same_step
        self._arrive(games[~restart])
        if np.count_nonzero(restart):
            self._keep_ends(games[restart])
            self._begin(games[restart], Phase.RESTARTING)

    def _keep_ends(self, games: Ids) -> None:
        observations, facts = self._episodes.observe(games), self._episodes.info(games)
        reasons = self._episodes.reasons(games)
        for row, game in enumerate(games.tolist()):
            alone = slice(row, row + 1)
            own = {key: values[alone] for key, values in facts.items()}
            self._finals[game] = Final(unbatch(observations, row), own, reasons[alone])

    def _arrive(self, games: Ids) -> None:
        self._phases[games] = Phase.BACK
        self._back += games.tolist()
