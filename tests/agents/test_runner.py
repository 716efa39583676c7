"""The loop's promises: the same records for any number of games, nothing lost by an interruption."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.policy.random_legal import RandomLegal
from agents.runner import Runner, episode_seed, rows_of
from agents.telemetry.episodes import Episode
from agents.telemetry.interface import Slot
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.scripted_env import ScriptedVectorEnv


class Story:
    """A watcher that remembers; calls `stop_after` steps, if any, it asks the runner to stop."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.episodes: list[Episode] = []
        self.steps = 0

    def began(self, slot: Slot) -> None:
        self.told.append(("began", slot.episode))

    def stepped(self, slots: Sequence[Slot]) -> None:
        self.steps += 1

    def descended(self, slot: Slot) -> None:
        self.told.append((f"floor {slot.floor}", slot.episode))

    def ended(self, slot: Slot, episode: Episode) -> None:
        self.told.append(("ended", episode.episode))
        self.episodes.append(episode)


def runner(env: ScriptedVectorEnv, episodes: Iterable[int], story: Story) -> Runner:
    return Runner(cast(PMDRedVectorEnv, env), RandomLegal(), seed=5, episodes=episodes, watchers=[story])


def played(num_envs: int, episodes: Iterable[int] = range(12)) -> list[Episode]:
    finished = asyncio.run(runner(ScriptedVectorEnv(num_envs), episodes, Story()).run())
    return sorted(finished, key=lambda episode: episode.episode)


@pytest.mark.parametrize("num_envs", [2, 3, 12, 20])
def test_records_do_not_depend_on_the_number_of_games(num_envs: int) -> None:
    assert played(num_envs) == played(1)


def test_records_do_not_depend_on_what_else_is_played() -> None:
    assert played(2, [3, 8]) == [episode for episode in played(1) if episode.episode in (3, 8)]


def test_every_episode_has_its_own_seed() -> None:
    seeds = [episode_seed(5, number) for number in range(1000)]
    assert len(set(seeds)) == 1000
    assert episode_seed(5, 0) != episode_seed(6, 0)
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_a_record_says_what_happened() -> None:
    for episode in played(3):
        assert episode.seed == episode_seed(5, episode.episode)
        assert episode.steps == len(episode.actions) == episode.seed % 7 + 2
        assert episode.hp == 30 - episode.steps
        assert episode.floor == 1 + episode.steps // 4
        assert episode.reward == sum(episode.actions)
        expected = {0: "cleared", 1: "fainted", 2: "lost"}.get(episode.seed % 5, "truncated")
        assert episode.outcome == expected
        assert episode.reason == {3: "max_steps", 4: "emulator died twice"}.get(episode.seed % 5, "")


def test_watchers_hear_the_whole_story_in_order() -> None:
    story = Story()
    asyncio.run(runner(ScriptedVectorEnv(1), [4, 5], story).run())
    kinds = [kind for kind, episode in story.told if episode == 4]
    assert kinds[0] == "began"
    assert kinds[-1] == "ended"
    assert kinds[1:-1] == [f"floor {floor}" for floor in range(2, 1 + story.episodes[0].floor)]
    assert story.steps == sum(episode.steps for episode in story.episodes)


def test_a_stopped_run_continued_gives_the_records_of_an_unbroken_one() -> None:
    story = Story()
    first = runner(ScriptedVectorEnv(3), range(12), story)

    class Impatient(Story):
        def ended(self, slot: Slot, episode: Episode) -> None:
            first.stop()

    first._watchers = [story, Impatient()]
    done = asyncio.run(first.run())
    assert 0 < len(done) < 12
    rest = played(2, sorted(set(range(12)) - {episode.episode for episode in done}))
    assert sorted(done + rest, key=lambda episode: episode.episode) == played(1)


def test_a_failure_keeps_what_was_told() -> None:
    story = Story()
    with pytest.raises(ConnectionError, match="wire"):
        asyncio.run(runner(ScriptedVectorEnv(2, fail_after=12), range(12), story).run())
    assert story.episodes == [e for e in played(1) if e.episode in {told.episode for told in story.episodes}]
    assert story.episodes


def test_rows_are_taken_from_every_kind_of_observation() -> None:
    observations: dict[str, Any] = {"a": np.arange(6).reshape(3, 2), "b": ("x", "y", "z"), "c": {"d": np.arange(3)}}
    rows: NDArray[np.int64] = np.array([2, 0])
    taken = rows_of(observations, rows)
    assert taken["a"].tolist() == [[4, 5], [0, 1]]
    assert taken["b"] == ("z", "x")
    assert taken["c"]["d"].tolist() == [2, 0]


class Clocked(ScriptedVectorEnv):
    """Tells the clock too: two turns a step, a new dungeon after floor 2, and exit reason 529 at the end."""

    def _info(self) -> dict[str, Any]:
        ages = self._ages
        told = {"dungeon": ages // 8, "floor": 1 + ages % 8 // 4, "turns_left": 100 - 2 * (ages % 4)}
        return super()._info() | told | {"exit_reason": np.where(self._over, 529, 0)}


def test_turns_floors_and_cause_are_read_from_the_infos() -> None:
    story = Story()
    finished = asyncio.run(runner(Clocked(2), range(12), story).run())
    for episode in finished:
        whole, rest = divmod(episode.steps, 4)
        assert episode.floor == 1 + whole  # floors of the second dungeon count on
        assert episode.turns == whole * (3 * 2 + 1) + rest * 2  # entering a floor is one turn
        assert episode.cause == "Fainted from Hunger"


def test_without_an_exit_reason_the_cause_is_what_cut_the_episode_off() -> None:
    causes = {episode.reason or episode.outcome: episode.cause for episode in played(2)}
    assert causes["max_steps"] == "Out of steps"
    assert causes["emulator died twice"] == "Emulator died twice"


def test_seeds_may_follow_another_rule() -> None:
    env = cast(PMDRedVectorEnv, ScriptedVectorEnv(2))
    loop = Runner(env, RandomLegal(), seed=0, episodes=range(4), seed_of=lambda number: 1000 + number)
    assert {(episode.episode, episode.seed) for episode in asyncio.run(loop.run())} == {(n, 1000 + n) for n in range(4)}
