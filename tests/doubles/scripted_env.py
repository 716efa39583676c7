"""A vector environment without a game: an episode lasts as long, and ends as, its seed says.

Speaks the parts of `PMDRedVectorEnv` that the runner uses, in the NEXT_STEP mode, and refuses the same misuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

ENDS = ("cleared", "fainted", "lost", "max_steps", "emulator died twice")


class ScriptedVectorEnv:
    """Floor 1 + step // 4; HP 30 - step; reward = action; every third action number is legal."""

    def __init__(self, num_envs: int, *, fail_after: int = 0) -> None:
        """After `fail_after` steps (0: never) a step raises ConnectionError."""
        self.num_envs = num_envs
        self._fail_after = fail_after
        self._steps = 0
        self._seeds = np.zeros(num_envs, np.int64)
        self._ages = np.full(num_envs, -1)
        self._over = np.zeros(num_envs, np.bool_)

    def reset(self, *, seed: Sequence[int | None], options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Begin episodes where the mask says."""
        for env_id in np.flatnonzero(options["reset_mask"]):
            self._seeds[env_id], self._ages[env_id], self._over[env_id] = seed[env_id] or 0, 0, False
        return self._observations(), self._info()

    def step(self, actions: NDArray[np.int64]) -> tuple[Any, ...]:
        """One action a game; a game that ended begins again by itself."""
        assert (self._ages >= 0).all(), "step before reset"
        self._steps += 1
        if self._steps == self._fail_after:
            raise ConnectionError("the wire was cut")
        self._ages = np.where(self._over, 0, self._ages + 1)
        self._over = self._ages >= self._seeds % 7 + 2
        truncated = self._over & (self._seeds % 5 >= 3)
        info = self._info()
        if self._over.any():
            info["reason"] = np.where(self._over, np.array(ENDS, object)[self._seeds % 5], None)
        return self._observations(), actions.astype(np.float64), self._over & ~truncated, truncated, info

    def action_masks(self) -> NDArray[np.int8]:
        """(num_envs, 63) int8."""
        return np.tile((np.arange(63) % 3 == 0).astype(np.int8), (self.num_envs, 1))

    def close(self) -> None:
        """Nothing to release."""

    def _observations(self) -> dict[str, Any]:
        return {"age": self._ages.copy(), "text": tuple(f"age {age}" for age in self._ages)}

    def _info(self) -> dict[str, Any]:
        return {"floor": 1 + self._ages // 4, "hp": 30 - self._ages}
