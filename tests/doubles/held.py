"""The open floor behind the seam of begun and collected calls: a test decides which game is done when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import Finished, Outcome
from pmd_gym.scenario import Scenario
from tests.doubles.backend import OpenFloorBackend


class HeldBackend(OpenFloorBackend):
    """Games named in `held` are never done; the others are done one at a time, in an order drawn from `random`."""

    def __init__(self, num_envs: int, *, turn_limit: int = 1000, seed: int = 0) -> None:
        super().__init__(num_envs, turn_limit=turn_limit)
        self.held: set[int] = set()
        self.random = np.random.default_rng(seed)
        self._under_way: list[Finished] = []
        self._errors: dict[int, Exception] = {}

    def fail_next(self, env_id: int, error: Exception) -> None:
        """The next call of this game ends in an error."""
        self._errors[env_id] = error

    def begin_start(self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]) -> None:
        self.start(env_ids, scenarios, seeds)
        self._begin(env_ids, [Outcome.RUNNING] * len(env_ids))

    def begin_step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> None:
        self._begin(env_ids, [Outcome(outcome) for outcome in self.step(env_ids, commands).tolist()])

    def collect(self, at_least: int) -> list[Finished]:
        done = [game for game in self._under_way if game.env_id not in self.held]
        self.random.shuffle(done)  # type: ignore[arg-type]
        count = int(self.random.integers(at_least, len(done) + 1)) if len(done) > at_least else len(done)
        assert count >= at_least, "the environment waits for a game that will never be done"
        for game in done[:count]:
            self._under_way.remove(game)
        return done[:count]

    def _begin(self, env_ids: NDArray[np.int64], outcomes: Sequence[Outcome]) -> None:
        busy = {game.env_id for game in self._under_way} & set(env_ids.tolist())
        assert not busy, f"games {busy} were sent twice"
        for env_id, outcome in zip(env_ids.tolist(), outcomes, strict=True):
            self._under_way.append(Finished(env_id, outcome, self._errors.pop(env_id, None)))
