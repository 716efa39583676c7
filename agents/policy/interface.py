"""Seam 4: what the loop asks of a player, whoever it is (a script, a trained network, a vision-language model)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Observations: TypeAlias = Mapping[str, Any]
"""Batched observations by name, each with `num_envs` rows in front, as `PMDRedVectorEnv` gives them."""


class Policy(Protocol):
    """A player of many games at once.

    `observation` names the observations it needs, as the environment's argument of that name takes them. Rows are
    independent: what is decided for one game must not depend on which others are asked in the same call, so that an
    episode comes out the same whatever `num_envs` is.
    """

    observation: tuple[str, ...]

    def reset(self, env_ids: NDArray[np.int64], seeds: NDArray[np.uint32]) -> None:
        """A new episode begins in each of `env_ids` (n,); `seeds` (n,) are all the chance the policy may use in it."""

    async def act(
        self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        """One action for each of `env_ids` (n,).

        `observations` hold n rows in the order of `env_ids`; `action_mask` is (n, actions) int8, 1 is legal. Returns
        (n,) int64 with only legal actions. A cancelled call leaves the policy usable, its memory of the games included.
        """
