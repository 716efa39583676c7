"""Moments of real games: what the views draw belongs to the game that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from pmd_gym.vector_env import PMDRedVectorEnv
from pmd_gym.views import VIEWS


@pytest.fixture
def env() -> Iterator[PMDRedVectorEnv]:
    made = PMDRedVectorEnv(3, observation="pixels")
    made.reset(seed=5)
    yield made
    made.close()


def test_each_moment_is_that_of_its_game(env: PMDRedVectorEnv) -> None:
    observations, *_ = env.step([0, 0, 0])
    shown = env.moments(np.array([2, 0]))
    assert np.array_equal(shown[0].pixels, observations[2])
    assert np.array_equal(shown[1].pixels, observations[0])
    masks = env.action_masks()
    assert list(shown[0].steps) == (masks[2, 1:9] == 1).tolist()
    assert list(shown[1].usable_moves) == (masks[0, 18:22] == 1).tolist()
    assert VIEWS["quad"](shown[0]).shape == (320, 480, 3)


def test_without_pixels_no_screen_is_drawn(env: PMDRedVectorEnv) -> None:
    assert env.moments(np.array([1]), pixels=False)[0].pixels is None
