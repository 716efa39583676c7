"""`PMDRedEnv` over a double and over the simulator: Gymnasium's checker, ends of episodes, masks, wrong arguments."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import pmd_gym  # noqa: F401  (registers)
from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import Outcome
from pmd_gym.env import PMDRedEnv
from pmd_gym.episodes import exit_cause
from pmd_gym.errors import ClosedError, ConfigError, ScenarioError
from pmd_gym.rewards import TERMS
from tests.doubles.backend import OpenFloorBackend
from tests.doubles.scene import dungeon_of

WAIT, ATTACK, STAIRS, MOVE = 0, 9, 22, 18


def make(**kwargs: Any) -> PMDRedEnv:
    turn_limit = kwargs.pop("turn_limit", 1000)
    return PMDRedEnv(emulator=OpenFloorBackend(1, turn_limit=turn_limit), **kwargs)


@pytest.mark.parametrize("observation", ["grid", "map", "pixels", "text", ("grid", "text")])
def test_gymnasiums_checker_is_content_without_a_warning(observation: Any) -> None:
    env = gymnasium.make("PMDRed-v0", observation=observation, render_mode="rgb_array", disable_env_checker=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()


def test_the_first_info_tells_where_one_is() -> None:
    env = make()
    _, info = env.reset(seed=1)
    expected = {
        "dungeon": 0, "floor": 1, "turns_left": 1000, "steps": 0, "frame": 0, "outcome": 0, "illegal_action": False,
    }  # fmt: skip
    assert {key: info[key] for key in expected} == expected
    assert "reason" not in info
    assert info["action_mask"].tolist() == env.action_masks().tolist()
    assert env.action_space.contains(env.action_space.sample(mask=info["action_mask"]))


def test_a_step_counts_frames_and_turns() -> None:
    env = make(reward={"turns": -2.0})
    env.reset(seed=1)
    _, reward, terminated, truncated, info = env.step(WAIT)
    assert (reward, terminated, truncated) == (-2.0, False, False)
    assert (info["turns_left"], info["frame"], info["steps"]) == (999, 24, 1)


def test_an_illegal_action_changes_nothing_and_says_so() -> None:
    env = make(reward={"illegal": -3.0}, reward_terms=True)
    env.reset(seed=1)
    before = env.ram_hash()
    _, reward, terminated, _, info = env.step(STAIRS)
    assert (reward, terminated, info["illegal_action"], info["steps"]) == (-3.0, False, True, 1)
    assert env.ram_hash() == before
    assert info["reward_terms"][list(TERMS).index("illegal")] == 1
    assert not env.step(WAIT)[4]["illegal_action"]


def test_fainting_ends_the_episode_and_a_further_step_is_refused() -> None:
    env = make()
    env.reset(seed=1)
    for _ in range(10):
        _, reward, terminated, truncated, info = env.step(ATTACK)
        if terminated:
            break
    assert (terminated, truncated, info["outcome"], info["reason"]) == (True, False, Outcome.FAINTED, "fainted")
    assert reward < -4
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(WAIT)
    env.reset()
    assert env.step(WAIT)[2] is False


def test_the_turn_limit_loses() -> None:
    env = make(turn_limit=3)
    env.reset(seed=1)
    results = [env.step(WAIT) for _ in range(3)]
    assert [result[2] for result in results] == [False, False, True]
    assert results[-1][4]["reason"] == "lost"


def test_max_steps_truncates() -> None:
    env = make(max_steps=4)
    env.reset(seed=1)
    results = [env.step(WAIT if step % 2 else STAIRS) for step in range(4)]
    assert [(result[2], result[3]) for result in results] == [(False, False)] * 3 + [(False, True)]
    assert results[-1][4]["reason"] == "max_steps"


def test_an_interrupted_emulator_truncates_with_its_reason() -> None:
    backend = OpenFloorBackend(1)
    env = PMDRedEnv(emulator=backend, reward={"lost": -9.0})
    env.reset(seed=1)
    backend.lose_next(0, "the emulator died twice")
    _, reward, terminated, truncated, info = env.step(WAIT)
    assert (reward, terminated, truncated, info["reason"]) == (0.0, False, True, "the emulator died twice")
    env.reset()
    assert env.step(WAIT)[3] is False


def test_a_seed_fixes_the_games_and_the_sequence_of_games() -> None:
    first, second = make(), make()
    hashes = []
    for env in (first, second):
        env.reset(seed=5)
        one = env.ram_hash()
        env.reset()
        hashes.append((one, env.ram_hash()))
    assert hashes[0] == hashes[1]
    assert hashes[0][0] != hashes[0][1]
    first.reset(seed=6)
    assert first.ram_hash() != hashes[0][0]


def test_options_choose_another_start_for_one_episode() -> None:
    env = make(max_steps=None)
    _, info = env.reset(seed=1, options={"dungeon": "Thunderwave Cave", "floor": 2, "team": [("Pikachu", 9)]})
    assert (info["dungeon"], info["floor"], info["hp"]) == (1, 2, 29)
    _, info = env.reset()
    assert (info["dungeon"], info["floor"]) == (0, 1)
    with pytest.raises(ConfigError, match="unknown reset option 'flor'"):
        env.reset(options={"flor": 2})


def test_returned_arrays_are_fresh() -> None:
    env = make()
    observation, info = env.reset(seed=1)
    kept = observation["planes"].copy(), info["action_mask"].copy()
    env.step(ACTIONS.index("step_east"))
    np.testing.assert_array_equal(observation["planes"], kept[0])
    np.testing.assert_array_equal(info["action_mask"], kept[1])


def test_after_close_every_call_says_so_and_closing_again_is_fine() -> None:
    env = make()
    env.reset(seed=1)
    env.close()
    env.close()
    with pytest.raises(ClosedError):
        env.reset()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"dungeon": "Tiny Wood"}, ScenarioError, "did you mean 'Tiny Woods'"),
        ({"dungeon": 97}, ScenarioError, "not a dungeon"),
        ({"floor": 4}, ScenarioError, r"floors 1\.\.3"),
        ({"floor": "1"}, ConfigError, "floor must be a whole number"),
        ({"team": [("Pikachoo", 5)]}, ScenarioError, "did you mean 'Pikachu'"),
        ({"team": [("Pikachu", 0)]}, ScenarioError, "levels are 1..100"),
        ({"team": ["Pikachu"]}, ConfigError, "team must be pairs"),
        ({"team": [{"species": "Pikachu"}]}, ConfigError, "level: is required"),
        ({"bag": ["Appel"]}, ScenarioError, "did you mean 'Apple'"),
        ({"bag": 7}, ConfigError, "bag must be items"),
        ({"money": 1.5}, ConfigError, "money must be a whole number"),
        ({"curriculum": 3}, ConfigError, "curriculum must be"),
        ({"observation": "sound"}, ConfigError, "unknown observation"),
        ({"visibility": "all"}, ConfigError, "visibility must be"),
        ({"reward": "best"}, ConfigError, "unknown reward profile"),
        ({"max_steps": 0}, ConfigError, "max_steps must be at least 1"),
        ({"render_mode": "video"}, ConfigError, "render_mode must be"),
        ({"emulator": "http://x"}, ConfigError, "emulator must be"),
        ({"emulator": ["ws://a:1", "ws://a:2"]}, ConfigError, "1 games need 1"),
        ({"emulator": 5}, ConfigError, "or a Backend"),
    ],
)
def test_wrong_arguments_are_refused_with_a_reason(arguments: dict[str, Any], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        PMDRedEnv(**{"emulator": OpenFloorBackend(1), **arguments})


@pytest.mark.parametrize("action", [-1, 63, 1.5, "wait", None])
def test_wrong_actions_are_refused_and_the_game_is_untouched(action: Any) -> None:
    env = make()
    env.reset(seed=1)
    before = env.ram_hash()
    with pytest.raises(ConfigError):
        env.step(action)
    assert env.ram_hash() == before


def test_human_mode_prints_the_scene_after_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    env = make(render_mode="human")
    env.reset(seed=1)
    assert "Tiny Woods" in capsys.readouterr().out
    env.step(WAIT)
    assert "@" in capsys.readouterr().out
    assert env.render() is None


def test_ansi_and_rgb_array_render() -> None:
    env = make(render_mode="ansi")
    env.reset(seed=1)
    assert "@" in env.render()
    env = make(render_mode="rgb_array")
    env.reset(seed=1)
    assert env.render().shape == (160, 240, 3)


def test_an_environment_travels_through_pickle_as_its_arguments() -> None:
    env = gymnasium.make("PMDRed-v0", max_steps=7, disable_env_checker=True).unwrapped
    twin = pickle.loads(pickle.dumps(env))
    env.reset(seed=3)
    twin.reset(seed=3)
    assert twin.ram_hash() == env.ram_hash()
    env.close()
    twin.close()


@pytest.mark.parametrize(
    ("reason", "words"), [(0, ""), (262, "Felled by Ember"), (529, "Fainted from Hunger"), (551, "Cleared Dungeon")]
)
def test_an_exit_reason_is_told_in_words(reason: int, words: str) -> None:
    assert exit_cause(reason) == words


def test_the_exit_reason_in_the_ram_is_told_when_a_run_ends() -> None:
    backend = OpenFloorBackend(1)
    env = PMDRedEnv(emulator=backend)
    assert env.reset(seed=1)[1]["exit_reason"] == 0
    dungeon_of(backend.console(0))["exit_reason"] = 529
    assert env.step(WAIT)[4]["exit_reason"] == 529
