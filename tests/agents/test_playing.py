"""Policies, loop and environment together, on drawn floors: no simulator, every rule in plain Python."""

from __future__ import annotations

import asyncio

import pytest

from agents.policy import make_policy
from agents.runner import Runner
from agents.telemetry.episodes import Episode
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.backend import OpenFloorBackend


def played(policy_name: str, num_envs: int, episodes: int = 4, max_steps: int = 900) -> list[Episode]:
    policy = make_policy(policy_name)
    env = PMDRedVectorEnv(
        num_envs, emulator=OpenFloorBackend(num_envs), observation=policy.observation, max_steps=max_steps
    )
    try:
        runner = Runner(env, policy, seed=1, episodes=range(episodes))
        return sorted(asyncio.run(runner.run()), key=lambda episode: episode.episode)
    finally:
        env.close()


def test_the_explorer_clears_the_dungeon() -> None:
    assert {episode.outcome for episode in played("explorer", 2)} == {"cleared"}


@pytest.mark.parametrize("policy", ["explorer", "random"])
def test_records_do_not_depend_on_the_number_of_games(policy: str) -> None:
    assert played(policy, 1, max_steps=60) == played(policy, 3, max_steps=60)


def test_the_random_policy_takes_only_legal_actions_and_differs_by_seed() -> None:
    episodes = played("random", 2, max_steps=50)
    assert len({episode.actions for episode in episodes}) == 4
