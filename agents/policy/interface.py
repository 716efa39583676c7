"""Seam 4: what the loop asks of a player, whoever it is (a script, a trained network, a vision-language model)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Observations: TypeAlias = Mapping[str, Any]
"""Batched observations by name, each with `num_envs` rows in front, as `PMDRedVectorEnv` gives them."""


@dataclass(frozen=True, slots=True)
class Thought:
    """How a model came to one action; what the record of a step holds beside it."""

    prompt: str
    """Fingerprint of all that the model was told."""
    answer: str
    """All that it said, or that was put into its mouth, the word of the action included."""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    """Of the legal answers, those that are at least 0.1% likely, likeliest first; empty where the model told none."""
    model: str = ""
    reason: str = ""
    """Why this model was asked, where there is a choice."""
    prompt_tokens: int = 0
    """Tokens read, in all calls for this action, those of models that were asked in vain included."""
    tokens: int = 0
    """Tokens written."""
    latency_s: float = 0.0
    cost: float = 0.0
    """In the user's own money."""
    invalid: str = ""
    """What was wrong with what the model wrote before its action; empty if nothing was."""


@runtime_checkable
class Thinker(Protocol):
    """A policy that can say how it came to its actions."""

    def thoughts(self) -> Mapping[int, Thought]:
        """By game, those behind the actions of the last `act`."""


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

    def save(self, env_id: int) -> bytes:
        """All that is remembered of a game's episode; nothing in it is executed when it is loaded."""

    def load(self, env_id: int, state: bytes) -> None:
        """Remember what `save` gave, perhaps in another process, in place of everything known about the game."""
