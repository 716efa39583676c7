"""Opens the games that a run asks for: in this process, on a fleet of our own, or on servers that run already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agents.config import SCENARIO, RunConfig
from pmd_gym.backends import EmulatorsBackend
from pmd_gym.backends.interface import Backend
from pmd_gym.env import PMDRedEnv
from pmd_gym.vector_env import PMDRedVectorEnv

TOKEN_VARIABLE = "PMD_GYM_TOKEN"
"""Environment variable with the token of servers that ask for one."""


@contextmanager
def open_games(config: RunConfig, num_envs: int, observation: tuple[str, ...]) -> Iterator[PMDRedVectorEnv]:
    """The vector environment of a run, closed at the end with everything it started.

    Raises what opening raises: UnreachableError, BusyError, RefusedError for servers, ConfigError for settings.
    """
    emulator = _emulator(config, num_envs)
    env = PMDRedVectorEnv(
        num_envs, emulator=emulator, **_scenario(config), observation=observation, reward=config.reward,
        max_steps=config.max_steps,
    )  # fmt: skip
    try:
        yield env
    finally:
        env.close()


@contextmanager
def open_replay(config: RunConfig) -> Iterator[PMDRedEnv]:
    """One game to show a finished episode again, rendered as pictures.

    A fleet of our own plays what the simulator plays in this process, so nothing is started for it; servers that run
    already are asked once more.
    """
    emulator = _emulator(config, 1) if config.addresses else "simulator"
    env = PMDRedEnv(
        emulator=emulator, **_scenario(config), max_steps=config.max_steps, render_mode="rgb_array",
    )  # fmt: skip
    try:
        yield env
    finally:
        env.close()


def _scenario(config: RunConfig) -> dict[str, Any]:
    return {name: getattr(config, name) for name in SCENARIO}


def _emulator(config: RunConfig, num_envs: int) -> str | Backend:
    if config.emulator == "simulator":
        return "simulator"
    token = os.environ.get(TOKEN_VARIABLE, "")
    return EmulatorsBackend(num_envs, config.addresses[:num_envs], token=token)
