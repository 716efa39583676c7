"""Memories of players as bytes: a player in another process goes on exactly as the first would have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pytest

from agents.policy.explorer import Explorer
from agents.policy.interface import Policy
from agents.policy.journey import Journey
from agents.policy.keeping import packed, unpacked
from agents.policy.random_legal import RandomLegal
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.backend import OpenFloorBackend


def actions(policy: Policy, env: PMDRedVectorEnv, steps: int, observations: Any) -> tuple[list[int], Any]:
    taken: list[int] = []
    for _ in range(steps):
        action = asyncio.run(policy.act(np.array([0]), observations, env.action_masks()))
        taken += action.tolist()
        observations = env.step(action)[0]
    return taken, observations


@pytest.mark.parametrize("make", [Explorer, RandomLegal])
def test_a_loaded_player_goes_on_as_the_saved_one(make: Callable[[], Policy]) -> None:
    backend = OpenFloorBackend(1)
    env = PMDRedVectorEnv(1, emulator=backend, observation="map")
    observations, _ = env.reset(seed=3)
    first, second = make(), make()
    first.reset(np.array([0]), np.array([8], np.uint32))
    _, observations = actions(first, env, 25, observations)
    game, memory = backend.save(0), first.save(0)
    expected, _ = actions(first, env, 15, observations)
    backend.load(0, game)
    second.load(0, memory)
    env._episodes.judge(np.array([0]))
    assert actions(second, env, 15, observations)[0] == expected
    env.close()


def test_what_is_no_memory_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        unpacked(b"\xc1nonsense", Journey)
    with pytest.raises(msgspec.ValidationError):
        unpacked(packed({"floor": "two"}), Journey)


def test_what_cannot_be_kept_is_refused() -> None:
    @dataclass
    class Odd:
        thing: object

    with pytest.raises(TypeError, match="object cannot be kept"):
        packed(Odd(object()))
