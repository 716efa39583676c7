"""A run that is broken off goes on in the middle of its episodes, and plays what it would have played unbroken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.budget import Budget, Stopwatch
from agents.inference.interface import Choice, ChoiceRequest, Use
from agents.policy.explorer import Explorer
from agents.policy.interface import Policy
from agents.policy.random_legal import RandomLegal
from agents.policy.vlm import VisionLanguagePolicy
from agents.runner import Runner
from agents.saving import FILE, Keeper, SavedGame, SavedRun, read_saved
from agents.telemetry.episodes import Episode
from pmd_gym.errors import ConfigError, SavestateError, UnreachableError
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.backend import OpenFloorBackend
from tests.doubles.models import FakeModel

EPISODES, MAX_STEPS, SEED = 5, 40, 2


class Reader(FakeModel):
    """A model whose answer follows from all it is told, earlier answers included."""

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        return [self._of(request) for request in requests]

    @staticmethod
    def _of(request: ChoiceRequest) -> Choice:
        index = sum(request.prompt.text.encode()) % len(request.answers)
        return Choice(index, np.zeros(len(request.answers), np.float32), 10)


def looking(env: PMDRedVectorEnv) -> Callable[[NDArray[np.int64]], list[object]]:
    return lambda env_ids: env.moments(env_ids, pixels=False)  # type: ignore[return-value]


SEATS: dict[str, Callable[[PMDRedVectorEnv], Policy]] = {
    "explorer": lambda env: Explorer(), "random": lambda env: RandomLegal(),
    "vlm": lambda env: VisionLanguagePolicy(Reader(), looking(env)),  # type: ignore[arg-type]
}  # fmt: skip


class Killed(BaseException):
    """The process is gone."""


def play(
    player: str, num_envs: int, folder: Path, *, kill_after: int = 0, done: Sequence[Episode] = (), every: int = 1
) -> list[Episode]:
    """Play what is left, saving after every `every` steps, killed without warning after `kill_after` (0: never)."""
    env = PMDRedVectorEnv(num_envs, emulator=OpenFloorBackend(num_envs), observation="map", max_steps=MAX_STEPS)
    finished: list[Episode] = []
    steps = 0

    def between() -> str:
        nonlocal steps
        if kill_after and steps == kill_after:
            raise Killed
        steps += 1
        return keeper()

    keeper = Keeper(
        folder, lambda: runner.under_way(), lambda: (Use(), 0), Budget(), Stopwatch(clock=lambda: float(steps)), every
    )
    left = [number for number in range(EPISODES) if number not in {episode.episode for episode in done}]
    restored = [game for game in read_saved(folder).games if game.slot.episode in left]
    runner = Runner(env, SEATS[player](env), seed=SEED, episodes=left, between=between, restored=restored)
    runner._watchers = [Collecting(finished)]
    try:
        asyncio.run(runner.run())
    except Killed:
        pass
    finally:
        env.close()
    return sorted([*done, *finished], key=lambda episode: episode.episode)


class Collecting:
    """A watcher that keeps finished episodes, as the log does."""

    def __init__(self, episodes: list[Episode]) -> None:
        self._episodes = episodes

    def began(self, slot: object) -> None: ...

    def stepped(self, slots: object) -> None: ...

    def descended(self, slot: object) -> None: ...

    def ended(self, slot: object, episode: Episode) -> None:
        self._episodes.append(episode)


@pytest.mark.parametrize("player", SEATS)
@pytest.mark.parametrize(("kill_after", "every"), [(1, 1), (25, 1), (58, 7), (50, 1000)])
def test_a_killed_run_goes_on_to_the_same_records(player: str, kill_after: int, every: int, tmp_path: Path) -> None:
    whole = play(player, 1, tmp_path / "none", every=10**6)
    done = play(player, 2, tmp_path, kill_after=kill_after, every=every)
    assert len(done) < EPISODES
    again = play(player, 3, tmp_path, done=done, every=5)
    assert again == whole


def test_a_kill_loses_no_more_than_the_steps_since_the_last_save(tmp_path: Path) -> None:
    play("explorer", 1, tmp_path, kill_after=20, every=6)
    (game,) = read_saved(tmp_path).games
    assert 20 - 6 <= len(game.slot.actions) + 1 <= 20


def test_a_state_is_read_back_whole(tmp_path: Path) -> None:
    assert read_saved(tmp_path) == SavedRun()
    keeper = Keeper(tmp_path, lambda: (), lambda: (Use("m", 10, 2, 0.5), 3), Budget(), Stopwatch(before_s=60.0), 1e9)
    keeper.save()
    saved = read_saved(tmp_path)
    assert (saved.used, saved.repaired, saved.games) == (Use("m", 10, 2, 0.5), 3, ())
    assert saved.seconds >= 60
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("content", [b"", b"\x00", b"not a state", b"\x81\xa7version\x63"])
def test_a_file_that_is_no_state_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ConfigError, match=r"state\.bin .*delete it to begin") as error:
        read_saved(tmp_path)
    assert "\n" not in str(error.value)


def test_a_damaged_game_is_named(tmp_path: Path) -> None:
    play("explorer", 1, tmp_path, kill_after=5)
    (game,) = read_saved(tmp_path).games
    with pytest.raises(ConfigError, match="episode 0 is damaged"):
        SavedGame(game.slot, game.game[:50], game.memory).state()


def test_an_environment_refuses_what_is_no_game() -> None:
    env = PMDRedVectorEnv(1, emulator=OpenFloorBackend(1))
    env.reset(seed=1)
    before = env.save(0)
    for wrong in (b"", before[:100], before + b"\0"):
        with pytest.raises(SavestateError):
            env.load(0, wrong)
    assert env.save(0) == before
    env.close()


def test_a_game_that_cannot_be_saved_ends_no_run(tmp_path: Path) -> None:
    class Half(OpenFloorBackend):
        def save(self, env_id: int) -> bytes:
            if env_id == 0:
                raise UnreachableError("no emulator answers")
            return super().save(env_id)

    env = PMDRedVectorEnv(2, emulator=Half(2), observation="map", max_steps=MAX_STEPS)
    told = iter(["", "", "enough"])
    runner = Runner(env, Explorer(), seed=SEED, episodes=range(2), between=lambda: next(told))
    asyncio.run(runner.run())
    assert [game.slot.episode for game in runner.under_way()] == [1]
    env.close()


def test_a_budget_ends_the_run_and_says_why(tmp_path: Path) -> None:
    def run_with(budget: Budget, used: Use, seconds: float) -> str:
        watch = Stopwatch(before_s=seconds, clock=lambda: 0.0)
        return Keeper(tmp_path, lambda: (), lambda: (used, 0), budget, watch, 1e9)()

    used = Use("m", 90, 10, 0.25)
    assert run_with(Budget(), used, 1e9) == ""
    assert run_with(Budget(101, 0.26, 2.0), used, 119) == ""
    assert run_with(Budget(100), used, 0) == "max_tokens: 100 of 100 are used up"
    assert run_with(Budget(max_cost=0.25), used, 0) == "max_cost: 0.25 of 0.25 are used up"
    assert run_with(Budget(max_minutes=2), used, 120) == "max_minutes: 2 of 2 are used up"


def test_a_run_that_must_end_keeps_its_episodes_under_way(tmp_path: Path) -> None:
    env = PMDRedVectorEnv(2, emulator=OpenFloorBackend(2), observation="map", max_steps=MAX_STEPS)
    told = iter(["", "", "max_tokens: enough"])
    runner = Runner(env, Explorer(), seed=SEED, episodes=range(3), between=lambda: next(told))
    assert asyncio.run(runner.run()) == []
    assert runner.ended_by == "max_tokens: enough"
    assert [len(game.slot.actions) for game in runner.under_way()] == [2, 2]
    env.close()
