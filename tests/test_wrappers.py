"""The mask inside the observation, single and vector."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

from pmd_gym.env import PMDRedEnv
from pmd_gym.errors import ConfigError
from pmd_gym.vector_env import PMDRedVectorEnv
from pmd_gym.wrappers import MaskInObservation, VectorMaskInObservation
from tests.doubles.backend import OpenFloorBackend
from tests.doubles.held import HeldBackend


def test_the_mask_stands_beside_the_observation_of_the_same_moment() -> None:
    env = MaskInObservation(PMDRedEnv(emulator=OpenFloorBackend(1)))
    observation, info = env.reset(seed=1)
    assert env.observation_space.contains(observation)
    for action in (1, 9, 14):
        np.testing.assert_array_equal(observation["action_mask"], info["action_mask"])
        observation, _, _, _, info = env.step(action)
    assert env.observation_space.contains(observation)


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_vector_masks_and_final_observations(mode: str) -> None:
    inner = PMDRedVectorEnv(2, emulator=OpenFloorBackend(2, turn_limit=3), autoreset_mode=mode)
    envs = VectorMaskInObservation(inner)
    observations, infos = envs.reset(seed=1)
    finals = 0
    for _ in range(9):
        assert envs.observation_space.contains(observations)
        np.testing.assert_array_equal(observations["action_mask"], infos["action_mask"])
        observations, _, _, _, infos = envs.step(np.zeros(2, int))
        for final in infos.get("final_obs", []):
            assert envs.single_observation_space.contains(final)
            finals += 1
    assert finals == (6 if mode == "SameStep" else 0)
    envs.close()


def test_masks_stand_beside_the_observations_that_recv_hands_out() -> None:
    inner = PMDRedVectorEnv(3, emulator=HeldBackend(3, turn_limit=2), autoreset_mode="SameStep")
    envs, finals = VectorMaskInObservation(inner), 0
    envs.async_reset(seed=1)
    for _ in range(12):
        observations, _, _, _, infos = envs.recv(max_envs=2)
        np.testing.assert_array_equal(observations["action_mask"], infos["action_mask"])
        assert len(observations["action_mask"]) == len(infos["env_id"]) == len(observations["observation"]["planes"])
        for final in infos.get("final_obs", []):
            if final is not None:
                assert envs.single_observation_space.contains(final)
                finals += 1
        envs.send(np.zeros(len(infos["env_id"]), int), infos["env_id"])
    assert finals > 2
    envs.close()


def test_an_environment_without_masks_is_refused() -> None:
    with pytest.raises(ConfigError, match="action_masks"):
        MaskInObservation(gymnasium.make("CartPole-v1"))
