"""`emulator="mgba"`: the environment on the real core, with the twin as its cartridge."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import pmd_gym  # noqa: F401  # registers
from pmd_gym.backends.opening import open_backend
from pmd_gym.emulator.interface import Button, Condition, Press
from pmd_gym.env import PMDRedEnv
from pmd_gym.errors import ConfigError, CoreError, RomError, SavestateError
from tests.doubles import savestates
from tests.doubles.real_core import TWIN, started_twin, twin_png
from tests.doubles.scene import scene

STEPS = 12


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Arguments for the twin; the files are copied so that relative names and odd letters are tried too."""
    folder = tmp_path_factory.mktemp("a game's files")
    rom, state = Path(shutil.copy(TWIN, folder / "réd.gba")), folder / "twin.ss0"
    state.write_bytes(twin_png())
    return {"emulator": "mgba", "rom": rom, "savestate": str(state), "allow_unknown_rom": True}


@pytest.fixture(scope="module")
def env(game: dict[str, Any]) -> Iterator[gym.Env[Any, Any]]:
    made = gym.make("PMDRed-v0", **game, observation=("grid", "pixels"))
    yield made
    made.close()


def walk(env: gym.Env[Any, Any]) -> list[tuple[str, int, bytes]]:
    """Some legal actions from a reset: hash of the RAM, turns left, and the picture after each."""
    observation, info = env.reset(seed=3)
    seen = [(env.unwrapped.ram_hash(), info["turns_left"], observation["pixels"].tobytes())]  # type: ignore[attr-defined]
    generator = np.random.default_rng(5)
    for _ in range(STEPS):
        action = generator.choice(np.flatnonzero(info["action_mask"][:18]))
        observation, _, terminated, truncated, info = env.step(action)
        assert not (terminated or truncated or info["illegal_action"])
        assert info["unverified"] is True
        seen.append((env.unwrapped.ram_hash(), info["turns_left"], observation["pixels"].tobytes()))  # type: ignore[attr-defined]
    return seen


def test_the_environment_plays_the_real_core_and_is_deterministic(env: gym.Env[Any, Any]) -> None:
    first, second = walk(env), walk(env)
    assert [row[:2] for row in first] == [row[:2] for row in second]
    assert first[0][1] == 1000
    assert first[-1][1] < 1000
    assert len({picture for _, _, picture in first}) > 3


def test_a_reset_may_not_choose_what_the_savestate_decides(env: gym.Env[Any, Any]) -> None:
    with pytest.raises(ConfigError, match=r"floor cannot be chosen with emulator=\"mgba\""):
        env.reset(options={"floor": 2})


def test_a_vector_of_real_games_equals_the_single_one(game: dict[str, Any]) -> None:
    envs = gym.make_vec("PMDRed-v0", num_envs=2, **game)
    _, infos = envs.reset(seed=1)
    assert infos["unverified"].tolist() == infos["_unverified"].tolist() == [True, True]
    for action in (1, 5, 5, 0):
        _, _, _, _, infos = envs.step(np.array([action, action]))
    rams = envs.ram  # type: ignore[attr-defined]
    assert np.array_equal(rams[0], rams[1])
    assert infos["turns_left"].tolist() == [996, 996]
    envs.close()


def test_of_several_states_an_episode_draws_one_by_its_seed(game: dict[str, Any], tmp_path: Path) -> None:
    async def further() -> bytes:
        emulator = started_twin()
        await emulator.advance(Press(Button.DOWN, until=Condition.COMMAND, hold=4, settle=8))
        data = await emulator.save_png()
        await emulator.close()
        return data

    other = tmp_path / "further.ss1"
    other.write_bytes(asyncio.run(further()))
    env = PMDRedEnv(**{**game, "savestate": [game["savestate"], other]})
    turns = [env.reset(seed=seed)[1] for seed in (*range(8), *range(8))]
    env.close()
    assert [info["turns_left"] for info in turns] == [1000 - info["game_seed"] % 2 for info in turns]
    assert {info["turns_left"] for info in turns} == {999, 1000}


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        ({"allow_unknown_rom": False}, RomError, "another game: found 'TWIN DUNGEON' .ZTDE.*needed 'POKE DUNGEON'"),
        ({"rom": "absent.gba"}, RomError, r"absent\.gba: cannot be read"),
        ({"savestate": "absent.ss0"}, SavestateError, r"absent\.ss0: cannot be read"),
        ({"rom": None}, ConfigError, "needs rom=PATH"),
        ({"savestate": None}, ConfigError, "needs savestate=PATH"),
        ({"savestate": []}, ConfigError, "needs savestate=PATH"),
        ({"dungeon": "Mt. Steel"}, ConfigError, "dungeon cannot be chosen"),
        ({"curriculum": ()}, ConfigError, "curriculum"),
        ({"emulator": "simulator"}, ConfigError, 'rom, savestate and allow_unknown_rom are for emulator="mgba"'),
    ],
)
def test_mistakes_are_told_before_anything_starts(
    game: dict[str, Any], change: dict[str, Any], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        PMDRedEnv(**{**game, **change})


def test_without_a_core_the_error_says_how_to_get_one(
    game: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MGBA_CORE", str(tmp_path / "absent.so"))
    with pytest.raises(CoreError, match="MGBA_CORE"):
        PMDRedEnv(**game)


def test_a_state_of_another_game_is_told_before_anything_starts(game: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "red.ss0"
    path.write_bytes(savestates.png(scene()))
    with pytest.raises(SavestateError, match=r"red\.ss0: a state of another game: 'POKE DUNGEON'.*'TWIN DUNGEON'"):
        PMDRedEnv(**{**game, "savestate": path})


def test_a_name_that_is_no_emulator_lists_those_there_are() -> None:
    with pytest.raises(ConfigError, match='"simulator", "embedded", "mgba", "ws://HOST:PORT"'):
        open_backend("mGBA", 1)
