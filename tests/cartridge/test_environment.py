"""The environment over real cores: the explorer clears the cartridge, episodes end and begin as everywhere else."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from numpy.typing import NDArray

from agents.policy import make_policy
from agents.policy.interface import Observations
from agents.runner import Runner
from pmd_gym.emulator import ui
from pmd_gym.emulator.interface import Button, Condition, Frame, Press
from pmd_gym.emulator.libretro import LibretroEmulator
from pmd_gym.env import PMDRedEnv
from pmd_gym.ram import GameStates, decode
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.cartridge.bake_floors import FLOOR_SEEDS, start_image
from tests.cartridge.counter import read_counter
from tests.doubles.cartridge import CartridgeBackend, Console
from tests.test_vector_env import assert_same, reset_ended

GAMES = 2
MAP = ("terrain", "room", "walk", "rooms", "stairs", "traps", "tileset", "floor_count", "turns_left")
WILD = ("species", "level", "x", "y", "facing", "max_hp", "types", "abilities", "moves", "spawn_id")


class Witness:
    """Notes what a console waited for while somebody played it, and keeps the moment of a question."""

    def __init__(self, emulator: LibretroEmulator) -> None:
        self._emulator, self._advance = emulator, emulator.advance
        emulator.advance = self.advance  # type: ignore[method-assign]
        self.met, self.asked = Condition(0), b""

    async def advance(self, press: Press) -> Frame:
        frame = await self._advance(press)
        self.met |= frame.met
        if frame.met & Condition.CHOICE and not self.asked:
            self.asked = await self._emulator.save_state()
        return frame


class Mapping:
    """The explorer, noting the image in which each floor was seen first."""

    def __init__(self, backend: CartridgeBackend) -> None:
        self._explorer, self._backend = make_policy("explorer"), backend
        self.observation = self._explorer.observation
        self.reset = self._explorer.reset
        self.first_seen: dict[int, NDArray[np.uint8]] = {}

    async def act(
        self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        image = self._backend.ram[0]
        self.first_seen.setdefault(int(decode(image[None]).floor[0]), image.copy())
        return await self._explorer.act(env_ids, observations, action_mask)


@pytest.mark.timeout(900)  # run alone, it compiles the simulator
def test_the_explorer_clears_floors_that_are_the_simulators_own() -> None:
    backend = CartridgeBackend(1)
    policy, witness = Mapping(backend), Witness(backend.emulators[0])
    env = PMDRedVectorEnv(1, emulator=backend, observation=policy.observation, max_steps=2000)
    try:
        (episode,) = asyncio.run(Runner(env, policy, seed=1, episodes=range(1)).run())
    finally:
        env.close()
    assert (episode.outcome, episode.cause, episode.floor) == ("cleared", "Cleared Dungeon", len(FLOOR_SEEDS))
    assert sorted(policy.first_seen) == list(range(1, len(FLOOR_SEEDS) + 1))
    for floor, image in policy.first_seen.items():
        check_floor(decode(np.stack([image, start_image(floor)])), floor)
    assert witness.met == ~Condition(0), "a box, a question, a menu and the end were met on the way"
    check_question(witness.asked)


def check_question(asked: bytes) -> None:
    """A yes/no question refuses B and takes A, on either row."""
    console = Console()
    try:
        for presses, row in (((), 0), ((Button.B,), 0), ((Button.DOWN,), 1), ((Button.DOWN, Button.B), 1)):
            console.load(asked)
            for button in presses:
                console.tap(button)
            assert console.press(Button(0), 1).met == Condition.CHOICE
            assert ui.choice_cursor(console.frame.ram) == (row, 2)
        console.tap(Button.A)
        assert console.rest().met == Condition.COMMAND
    finally:
        console.close()


def check_floor(states: GameStates, floor: int) -> None:
    for name in MAP:
        np.testing.assert_array_equal(*getattr(states, name), err_msg=f"{name} of floor {floor}")
    wild = states.monsters[:, 4:]
    for name in WILD:
        np.testing.assert_array_equal(*wild[name], err_msg=f"{name} of the enemies of floor {floor}")
    for name in ("exists", "x", "y"):
        np.testing.assert_array_equal(*states.items[name], err_msg=f"{name} of the items of floor {floor}")
    np.testing.assert_array_equal(*states.items["item"]["id"], err_msg=f"items of floor {floor}")


def test_observations_of_every_kind_fit_their_spaces_and_pictures_their_frames() -> None:
    env = PMDRedEnv(emulator=CartridgeBackend(1), observation=("grid", "map", "text", "pixels"))
    try:
        observation, info = env.reset(seed=1)
        random = np.random.default_rng(6)
        for _ in range(12):
            assert env.observation_space.contains(observation)
            assert read_counter(observation["pixels"]) == info["frame"]
            observation, _, _, _, info = env.step(int(random.choice(np.flatnonzero(info["action_mask"]))))
            assert not info["illegal_action"]
    finally:
        env.close()


@pytest.mark.parametrize("mode", list(AutoresetMode), ids=[mode.value for mode in AutoresetMode])
def test_autoreset_is_gymnasiums_own_in_every_mode(mode: AutoresetMode) -> None:
    native: Any = PMDRedVectorEnv(GAMES, emulator=CartridgeBackend(GAMES), autoreset_mode=mode, max_steps=4)
    single = [lambda: PMDRedEnv(emulator=CartridgeBackend(1), max_steps=4)] * GAMES
    both = native, SyncVectorEnv(single, autoreset_mode=mode)
    try:
        assert_same(*(envs.reset(seed=5) for envs in both), "reset")
        random, ends = np.random.default_rng(4), 0
        for step in range(10):
            actions = random.choice([0, 1, 3, 5, 7, 9, 22], GAMES)
            results = [envs.step(actions) for envs in both]
            assert_same(*results, f"step {step}")
            ended = results[0][2] | results[0][3]
            ends += int(ended.sum())
            if mode == AutoresetMode.DISABLED:
                assert_same(*(reset_ended(envs, ended) for envs in both), f"reset after step {step}")
        assert ends >= 2 * GAMES
    finally:
        for envs in both:
            envs.close()
