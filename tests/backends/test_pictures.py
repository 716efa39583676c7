"""Every picture belongs to the RAM it is handed out with, or says that it does not; in both ways of taking them.

The double's screen shows the first bytes of the console's RAM, so that a picture of any other state differs.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.backends.emulators import EmulatorsBackend
from pmd_gym.backends.interface import CAPTURES, Backend, Outcome
from pmd_gym.config import EnvConfig, build
from pmd_gym.emulator import Timeouts
from pmd_gym.errors import CaptureError, ConfigError, EmulatorError
from pmd_gym.scenario import Scenario
from tests.backends.conformance import BackendConformance
from tests.backends.test_emulators import COMMAND
from tests.doubles.emulators import OpenFloorGames, ServedBackend

IDS = np.arange(2)
SEEDS = np.array([5, 6], np.uint32)
PIXELS = 160 * 240 * 3


class TestCapturedByThreads(BackendConformance):
    def make(self, num_envs: int) -> Backend:
        return ServedBackend(num_envs, capture="async")


@pytest.fixture(params=CAPTURES)
def backend(request: pytest.FixtureRequest) -> Iterator[ServedBackend]:
    made = ServedBackend(2, capture=request.param)
    made.start(IDS, [Scenario()] * 2, SEEDS)
    yield made
    made.close()


def step(backend: Backend, random: np.random.Generator) -> NDArray[np.uint8]:
    kinds = random.choice([0, 1, 1, 3], len(IDS))
    arguments = random.integers(0, 8, len(IDS)) * np.isin(kinds, (1, 3))
    return backend.step(IDS, np.stack([kinds, arguments], 1).astype(np.int16))


def look(backend: EmulatorsBackend) -> NDArray[np.uint8]:
    """Pictures of both games, which must say of themselves what they are."""
    out = np.full((2, 160, 240, 3), 99, np.uint8)
    frames = backend.pixels(IDS, out)
    assert backend.picture_notes(IDS).frame.tolist() == frames.tolist()
    return out


def check_aligned(backend: EmulatorsBackend) -> None:
    pictures, notes = look(backend), backend.picture_notes(IDS)
    assert np.array_equal(pictures.reshape(2, PIXELS), backend.ram[:, :PIXELS])
    assert notes.frame.tolist() == [game.frame for game in backend._plays]
    assert not notes.stale.any() and notes.fallback.tolist() == ["", ""]


def test_every_picture_shows_the_state_in_ram(backend: ServedBackend) -> None:
    random, seen = np.random.default_rng(1), set()
    for _ in range(100):
        step(backend, random)
        check_aligned(backend)
        seen.add(backend.ram[0, :PIXELS].tobytes())
    assert len(seen) > 50


def test_pictures_now_and_then_are_aligned_too(backend: ServedBackend) -> None:
    random = np.random.default_rng(2)
    for turn in range(60):
        step(backend, random)
        if random.random() < 0.3:
            check_aligned(backend)
        if turn % 20 == 0:
            backend.start(IDS, [Scenario()] * 2, SEEDS + np.uint32(turn))


def test_a_new_run_on_the_same_console_never_shows_the_old_one(backend: ServedBackend) -> None:
    for turn in range(20):
        check_aligned(backend)
        backend.start(IDS, [Scenario()] * 2, SEEDS + np.uint32(turn))
    check_aligned(backend)


def test_threads_take_pictures_only_while_someone_looks() -> None:
    backend = ServedBackend(2, capture="async")
    backend.start(IDS, [Scenario()] * 2, SEEDS)
    random, taken = np.random.default_rng(3), [0, 0]
    for env_id, console in enumerate(backend.consoles):
        console.screen = counted(console.screen, taken, env_id)  # type: ignore[method-assign]
    for _ in range(5):
        step(backend, random)
    assert taken == [0, 0]
    for _ in range(5):
        step(backend, random)
        check_aligned(backend)
    assert taken == [5, 5]
    backend.close()


def counted(screen: Any, taken: list[int], env_id: int) -> Any:
    async def count(out: NDArray[np.uint8]) -> int:
        taken[env_id] += 1
        frame: int = await screen(out)
        return frame

    return count


def failing(error: Exception) -> Any:
    async def fail(_: NDArray[np.uint8]) -> int:
        raise error

    return fail


def test_a_thread_whose_source_fails_is_replaced_by_asking_and_says_so() -> None:
    backend = ServedBackend(2, capture="async")
    backend.start(IDS, [Scenario()] * 2, SEEDS)
    check_aligned(backend)
    backend._pictures._captures[0]._source.grab = broken  # type: ignore[method-assign]
    random = np.random.default_rng(4)
    for _ in range(3):
        step(backend, random)
        pictures, notes = look(backend), backend.picture_notes(IDS)
        assert np.array_equal(pictures.reshape(2, PIXELS), backend.ram[:, :PIXELS])
        assert not notes.stale.any()
        assert "display is gone" in notes.fallback[0] and notes.fallback[1] == ""
    backend.close()


def broken(_: NDArray[np.uint8]) -> int:
    raise CaptureError("display is gone")


def test_an_emulator_without_pictures_gives_black_ones_marked_stale(backend: ServedBackend) -> None:
    check_aligned(backend)
    backend.consoles[0].screen = failing(EmulatorError("the core is broken"))  # type: ignore[method-assign]
    step(backend, np.random.default_rng(5))
    pictures, notes = look(backend), backend.picture_notes(IDS)
    assert not pictures[0].any()
    assert np.array_equal(pictures[1].reshape(PIXELS), backend.ram[1, :PIXELS])
    assert notes.stale.tolist() == [True, False]
    assert "the core is broken" in notes.fallback[0] and notes.frame[0] == -1


@pytest.mark.parametrize("capture", CAPTURES)
def test_an_emulator_that_shows_less_than_it_has_run_is_stale(capture: str) -> None:
    backend = ServedBackend(2, capture=capture, timeouts=replace(Timeouts(), picture_s=0.1))
    backend.start(IDS, [Scenario()] * 2, SEEDS)
    screen = backend.consoles[0].screen

    async def late(out: NDArray[np.uint8]) -> int:
        return await screen(out) - 2

    backend.consoles[0].screen = late  # type: ignore[method-assign]
    step(backend, np.random.default_rng(7))
    look(backend)
    assert backend.picture_notes(IDS).stale.tolist() == [True, False]
    backend.close()


@pytest.mark.parametrize("capture", CAPTURES)
def test_a_killed_server_does_not_mix_up_pictures(capture: str) -> None:
    backend = EmulatorsBackend(2, command=COMMAND, games=OpenFloorGames(1), capture=capture, snapshot_commands=4)
    backend.start(IDS, [Scenario()] * 2, SEEDS)
    random = np.random.default_rng(6)
    for turn in range(12):
        assert step(backend, random).tolist() == [Outcome.RUNNING] * 2
        check_aligned(backend)
        if turn % 5 == 2:
            os.kill(backend.server_pid(0), signal.SIGKILL)
    backend.close()


def test_an_unknown_way_is_refused() -> None:
    with pytest.raises(ConfigError, match="capture must be one of sync, async"):
        EmulatorsBackend(1, ["ws://127.0.0.1:9"], capture="later")
    with pytest.raises(ConfigError, match="capture must be one of"):
        gymnasium.make("pmd_gym:PMDRed-v0", capture="later")
    with pytest.raises(ConfigError, match="capture: expected"):
        build({"capture": "later"}, EnvConfig)


# Through the environments


def infos_agree(observation: Any, ram: NDArray[np.uint8], info: dict[str, Any]) -> None:
    assert np.array_equal(observation.reshape(-1, PIXELS), np.atleast_2d(ram)[:, :PIXELS])
    assert not np.any(info["pixels_stale"])
    assert np.all(np.asarray(info["pixels_fallback"]) == "")
    assert np.all(np.asarray(info["pixels_frame"]) >= 0)


@pytest.mark.parametrize("capture", CAPTURES)
def test_one_environment_pairs_pictures_with_ram(capture: str) -> None:
    env = gymnasium.make("pmd_gym:PMDRed-v0", emulator=ServedBackend(1, capture=capture), observation="pixels")
    game: Any = env.unwrapped
    observation, info = env.reset(seed=1)
    for _ in range(20):
        infos_agree(observation, game.ram, info)
        observation, _, terminated, truncated, info = env.step(env.action_space.sample(info["action_mask"]))
        if terminated or truncated:
            observation, info = env.reset()
    env.close()


def test_games_in_flight_pair_pictures_with_ram() -> None:
    envs: Any = gymnasium.make_vec(
        "pmd_gym:PMDRed-v0", num_envs=3, emulator=ServedBackend(3, capture="async"), observation="pixels"
    )
    random = np.random.default_rng(8)
    envs.async_reset(seed=1)
    for _ in range(40):
        observations, _, _, _, infos = envs.recv(1)
        infos_agree(observations, envs.ram[infos["env_id"]], infos)
        actions = [int(random.choice(np.flatnonzero(mask))) for mask in infos["action_mask"]]
        envs.send(np.array(actions), infos["env_id"])
    while len(envs._flight.games):
        envs.recv(1)
    envs.close()


def test_without_pictures_nothing_is_said_of_them() -> None:
    env = gymnasium.make("pmd_gym:PMDRed-v0", emulator=ServedBackend(1, capture="async"))
    _, info = env.reset(seed=1)
    assert not [key for key in info if key.startswith("pixels")]
    env.close()
