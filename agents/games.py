"""Opens the games that a run asks for: here, on a fleet of our own, on the real game, or on running servers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agents.config import SCENARIO, RunConfig
from pmd_gym.backends import EmulatorsBackend
from pmd_gym.env import PMDRedEnv
from pmd_gym.vector_env import PMDRedVectorEnv

TOKEN_VARIABLE = "PMD_GYM_TOKEN"
"""Environment variable with the token of servers that ask for one."""


@contextmanager
def open_games(config: RunConfig, num_envs: int, observation: tuple[str, ...]) -> Iterator[PMDRedVectorEnv]:
    """The vector environment of a run, closed at the end with everything it started.

    Raises what opening raises: UnreachableError, BusyError, RefusedError for servers, ConfigError for settings.
    """
    env = PMDRedVectorEnv(
        num_envs, **_game(config, num_envs), observation=observation, reward=config.reward, max_steps=config.max_steps,
    )  # fmt: skip
    try:
        yield env
    finally:
        env.close()


@contextmanager
def open_replay(config: RunConfig) -> Iterator[PMDRedEnv]:
    """One game to show a finished episode again, rendered as pictures.

    A fleet of our own plays what the simulator plays in this process, so nothing is started for it; the real game is
    started once more, and servers that run already are asked again.
    """
    game = _game(config, 1) if config.addresses or config.emulator == "mgba" else _simulated(config)
    env = PMDRedEnv(**game, max_steps=config.max_steps, render_mode="rgb_array")
    try:
        yield env
    finally:
        env.close()


def _game(config: RunConfig, num_envs: int) -> dict[str, Any]:
    """The arguments of an environment that say what plays."""
    if config.emulator == "simulator":
        return _simulated(config)
    if config.emulator == "mgba":
        real = {"rom": config.rom, "savestate": config.savestate, "allow_unknown_rom": config.allow_unknown_rom}
        return {"emulator": "mgba", **real, **_scenario(config)}
    token = os.environ.get(TOKEN_VARIABLE, "")
    return {"emulator": EmulatorsBackend(num_envs, config.addresses[:num_envs], token=token), **_scenario(config)}


def _simulated(config: RunConfig) -> dict[str, Any]:
    return {"emulator": "simulator", **_scenario(config)}


def _scenario(config: RunConfig) -> dict[str, Any]:
    return {name: getattr(config, name) for name in SCENARIO}
