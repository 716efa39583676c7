"""A backend that finishes every call at once, behind the seam of those whose calls are begun and collected apart.

A simulated game has no stragglers: its step is done when it is begun. So the asynchronous form of the environment works
on any backend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import Backend, Finished, Outcome, SplitBackend
from pmd_gym.scenario import Scenario


class AtOnce:
    """`begin_start`, `begin_step` and `collect` of `SplitBackend` over a plain `Backend`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._finished: list[Finished] = []

    def begin_start(
        self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]
    ) -> None:
        """See `SplitBackend.begin_start`; raises what `start` raises."""
        self._backend.start(env_ids, scenarios, seeds)
        self._finished += [Finished(int(env_id), Outcome.RUNNING) for env_id in env_ids]

    def begin_step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> None:
        """See `SplitBackend.begin_step`; raises what `step` raises."""
        outcomes = self._backend.step(env_ids, commands)
        pairs = zip(env_ids.tolist(), outcomes.tolist(), strict=True)
        self._finished += [Finished(env_id, Outcome(outcome)) for env_id, outcome in pairs]

    def collect(self, at_least: int) -> list[Finished]:
        """See `SplitBackend.collect`; never waits."""
        finished, self._finished = self._finished, []
        return finished


def split(backend: Backend) -> SplitBackend | AtOnce:
    """The backend itself where its calls can be begun and collected apart, else around it what does so at once."""
    return cast(SplitBackend, backend) if hasattr(backend, "begin_step") else AtOnce(backend)
