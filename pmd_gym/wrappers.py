"""Wrappers that Gymnasium does not have: the action mask inside the observation.

Algorithms with memory, and learners that see nothing but observations, need the mask there: the observation becomes
`{"observation": ..., "action_mask": (63,) int8}`, 1 is legal, batched in the vector form.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.errors import ConfigError


class MaskInObservation(gymnasium.ObservationWrapper[Any, Any, Any]):
    """Puts the mask into the observation of one environment."""

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        super().__init__(env)
        _require_masks(env.unwrapped)
        self.observation_space = masked_space(env.observation_space)

    def observation(self, observation: Any) -> dict[str, Any]:
        """The observation with the mask of the same moment beside it."""
        return {"observation": observation, "action_mask": _masks(self.unwrapped)}


class VectorMaskInObservation(VectorWrapper[Any, Any, Any, Any, Any]):
    """Puts the masks into the observations of a vector environment, final observations included."""

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        super().__init__(env)
        _require_masks(env.unwrapped)
        self.single_observation_space = masked_space(env.single_observation_space)
        self.observation_space = batch_space(self.single_observation_space, env.num_envs)

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """As the wrapped environment's, with masks."""
        observations, infos = self.env.reset(seed=seed, options=options)
        return {"observation": observations, "action_mask": _masks(self.unwrapped)}, infos

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """As the wrapped environment's, with masks."""
        return _with_masks(self.env.step(actions))

    def async_reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> None:
        """As the wrapped environment's, which must have it; so `send` and `recv`."""
        self._asynchronous.async_reset(seed=seed, options=options)

    def send(self, actions: Any, env_ids: Any = None) -> None:
        """As the wrapped environment's."""
        self._asynchronous.send(actions, env_ids)

    def recv(self, min_envs: int = 1, max_envs: int | None = None) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """As the wrapped environment's, with masks."""
        return _with_masks(self._asynchronous.recv(min_envs, max_envs))

    @property
    def _asynchronous(self) -> Any:
        return self.env


def _with_masks(result: tuple[Any, Any, Any, Any, dict[str, Any]]) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
    """A step's result with the masks of its infos in the observations, final ones included."""
    observations, rewards, terminated, truncated, infos = result
    for row in np.flatnonzero(infos.get("_final_obs", [])):
        mask = infos["final_info"]["action_mask"][row].copy()
        infos["final_obs"][row] = {"observation": infos["final_obs"][row], "action_mask": mask}
    masked = {"observation": observations, "action_mask": infos["action_mask"].copy()}
    return masked, rewards, terminated, truncated, infos


def masked_space(space: spaces.Space[Any]) -> spaces.Dict:
    """Space of an observation with its mask."""
    return spaces.Dict(observation=space, action_mask=spaces.Box(0, 1, (len(ACTIONS),), np.int8))


def _masks(env: Any) -> NDArray[np.int8]:
    masks: NDArray[np.int8] = env.action_masks()
    return masks


def _require_masks(env: Any) -> None:
    if not hasattr(env, "action_masks"):
        raise ConfigError(f"expected an environment with action_masks(), such as PMDRed-v0, got {type(env).__name__}")
