"""The weakest player that never breaks a rule: any legal action with equal chance. The baseline of every figure."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from agents.policy.interface import Observations


class RandomLegal:
    """Uniform over the legal actions; one generator for each game, seeded by its episode."""

    observation: tuple[str, ...] = ("grid",)

    def __init__(self) -> None:
        self._generators: dict[int, np.random.Generator] = {}

    def reset(self, env_ids: NDArray[np.int64], seeds: NDArray[np.uint32]) -> None:
        """See `Policy.reset`."""
        for env_id, seed in zip(env_ids.tolist(), seeds.tolist(), strict=True):
            self._generators[env_id] = np.random.default_rng(seed)

    def save(self, env_id: int) -> bytes:
        """See `Policy.save`."""
        return json.dumps(self._generators[env_id].bit_generator.state).encode()

    def load(self, env_id: int, state: bytes) -> None:
        """See `Policy.load`."""
        self._generators[env_id] = np.random.default_rng()
        self._generators[env_id].bit_generator.state = json.loads(state)

    async def act(
        self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        """See `Policy.act`."""
        rows = zip(env_ids.tolist(), action_mask, strict=True)
        return np.array([self._generators[env_id].choice(np.flatnonzero(mask)) for env_id, mask in rows], np.int64)
