"""The native vector form equals Gymnasium's `SyncVectorEnv` of single environments, event for event, in all modes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.slices import GAMES_PER_THREAD
from pmd_gym.env import PMDRedEnv
from pmd_gym.errors import ClosedError, ConfigError
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.backend import OpenFloorBackend

GAMES = 3
MODES = list(AutoresetMode)
ATTACK = 9


def native(mode: AutoresetMode = AutoresetMode.NEXT_STEP, **kwargs: Any) -> PMDRedVectorEnv:
    backend = OpenFloorBackend(GAMES, turn_limit=kwargs.pop("turn_limit", 1000))
    return PMDRedVectorEnv(GAMES, emulator=backend, autoreset_mode=mode, **kwargs)


def sync(mode: AutoresetMode = AutoresetMode.NEXT_STEP, **kwargs: Any) -> SyncVectorEnv:
    limit = kwargs.pop("turn_limit", 1000)
    make: Callable[[], PMDRedEnv] = lambda: PMDRedEnv(emulator=OpenFloorBackend(1, turn_limit=limit), **kwargs)  # noqa: E731
    return SyncVectorEnv([make] * GAMES, autoreset_mode=mode)


def assert_same(first: Any, second: Any, where: str) -> None:
    """Equal values, shapes, dtypes and keys all the way down."""
    if isinstance(first, dict):
        assert first.keys() == second.keys(), f"{where}: {sorted(first)} against {sorted(second)}"
        for key in first:
            assert_same(first[key], second[key], f"{where}.{key}")
    elif isinstance(first, np.ndarray):
        assert first.dtype == second.dtype, where
        assert first.shape == second.shape, where
        if first.dtype == object:
            for index, (one, other) in enumerate(zip(first, second, strict=True)):
                assert_same(one, other, f"{where}[{index}]")
        else:
            np.testing.assert_array_equal(first, second, err_msg=where)
    else:
        assert data_equivalence(first, second, exact=True), f"{where}: {first!r} against {second!r}"


def reset_ended(envs: Any, ended: NDArray[np.bool_]) -> Any:
    return envs.reset(options={"reset_mask": ended.copy()}) if ended.any() else None


@pytest.mark.parametrize("observation", ["grid", ("text", "pixels")])
@pytest.mark.parametrize("mode", MODES, ids=[mode.value for mode in MODES])
def test_every_step_equals_gymnasiums_own_vector_form(mode: AutoresetMode, observation: Any) -> None:
    arguments = {"turn_limit": 9, "max_steps": 11, "observation": observation, "reward_terms": True}
    pair = native(mode, **arguments), sync(mode, **arguments)
    assert pair[0].observation_space == pair[1].observation_space
    assert pair[0].action_space == pair[1].action_space
    assert_same(*(envs.reset(seed=7) for envs in pair), "reset")
    random = np.random.default_rng(1)
    ends = 0
    for step in range(60 if observation == "grid" else 25):
        actions = random.choice([0, 1, 2, 4, 9, 9, 12, 22], GAMES)
        results = [envs.step(actions) for envs in pair]
        assert_same(*results, f"step {step}")
        ended = results[0][2] | results[0][3]
        ends += int(ended.sum())
        if mode == AutoresetMode.DISABLED:
            assert_same(*(reset_ended(envs, ended) for envs in pair), f"reset after step {step}")
    assert ends > 3
    for envs in pair:
        envs.close()


@pytest.mark.parametrize("seed", [7, [3, 9, 3], [5, None, 6], None])
def test_seeding_as_int_list_and_none_equals_gymnasiums_own_vector_form(seed: Any) -> None:
    first, second = native(), sync()
    assert_same(first.reset(seed=1), second.reset(seed=1), "first reset")
    assert_same(first.reset(seed=seed), second.reset(seed=seed), "second reset")
    assert first.np_random_seed == second.np_random_seed


def test_vector_seeds_are_those_of_single_games_with_seed_plus_i() -> None:
    envs = native()
    _, infos = envs.reset(seed=40)
    for index in range(GAMES):
        single = PMDRedEnv(emulator=OpenFloorBackend(1))
        _, info = single.reset(seed=40 + index)
        assert info["game_seed"] == infos["game_seed"][index]
        assert hashlib.sha256(envs.ram[index].tobytes()).hexdigest() == single.ram_hash()


def test_same_step_hands_the_end_of_the_old_episode_over() -> None:
    envs = native(AutoresetMode.SAME_STEP)
    envs.reset(seed=1)
    for _ in range(12):
        observations, _, terminated, _, infos = envs.step(np.array([ATTACK, 0, 0]))
        if terminated[0]:
            break
    assert terminated.tolist() == [True, False, False]
    assert infos["_final_obs"].tolist() == [True, False, False]
    assert infos["final_info"]["reason"][0] == "fainted"
    assert infos["final_info"]["hp"][0] == 0
    assert infos["hp"][0] > 0
    assert infos["final_obs"][1] is None
    assert infos["final_obs"][0] in envs.single_observation_space
    assert not np.array_equal(infos["final_obs"][0]["planes"], observations["planes"][0])


def test_next_step_ignores_the_action_after_an_end() -> None:
    envs = native(turn_limit=1)
    envs.reset(seed=1)
    assert envs.step(np.zeros(GAMES, int))[2].all()
    _, rewards, terminated, truncated, infos = envs.step(np.full(GAMES, ATTACK))
    assert not rewards.any()
    assert not (terminated | truncated).any()
    assert infos["steps"].tolist() == [0] * GAMES


def test_disabled_refuses_to_step_an_ended_game_until_it_is_reset() -> None:
    envs = native(AutoresetMode.DISABLED, turn_limit=1)
    envs.reset(seed=1)
    envs.step(np.zeros(GAMES, int))
    with pytest.raises(gymnasium.error.ResetNeeded, match=r"\[0, 1, 2\]"):
        envs.step(np.zeros(GAMES, int))
    options = {"reset_mask": np.array([True, True, True]), "floor": 2}
    _, infos = envs.reset(options=options)
    assert set(options) == {"reset_mask", "floor"}, "the caller's options are left as they are"
    assert infos["floor"].tolist() == [2] * GAMES


def test_a_reset_of_some_games_leaves_the_others_where_they_are() -> None:
    envs = native(AutoresetMode.DISABLED)
    envs.reset(seed=1)
    before = envs.step(np.array([1, 1, 1]))[0]
    ram = envs.ram.copy()
    observations, infos = envs.reset(options={"reset_mask": np.array([False, True, False])})
    np.testing.assert_array_equal(observations["planes"][[0, 2]], before["planes"][[0, 2]])
    np.testing.assert_array_equal(envs.ram[[0, 2]], ram[[0, 2]])
    assert infos["_steps"].tolist() == [False, True, False]


@pytest.mark.parametrize(
    "mask", [[True] * GAMES, np.ones(GAMES), np.ones(GAMES - 1, np.bool_), np.zeros(GAMES, np.bool_)]
)
def test_a_wrong_reset_mask_is_refused(mask: Any) -> None:
    with pytest.raises(ConfigError, match="reset_mask"):
        native().reset(options={"reset_mask": mask})


@pytest.mark.parametrize("actions", [[0, 1], np.zeros(GAMES), [0, 1, 63], [[0], [0], [0]]])
def test_wrong_actions_are_refused(actions: Any) -> None:
    envs = native()
    envs.reset(seed=1)
    with pytest.raises(ConfigError):
        envs.step(np.asarray(actions))


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ConfigError, match="num_envs must be"):
        PMDRedVectorEnv(0)
    with pytest.raises(ConfigError, match="autoreset_mode must be one of 'NextStep', 'SameStep', 'Disabled'"):
        PMDRedVectorEnv(1, emulator=OpenFloorBackend(1), autoreset_mode="Never")
    with pytest.raises(ConfigError, match="the backend plays 2 games"):
        PMDRedVectorEnv(3, emulator=OpenFloorBackend(2))
    with pytest.raises(ConfigError, match="3 seeds"):
        PMDRedVectorEnv(2, emulator=OpenFloorBackend(2)).reset(seed=[1, 2, 3])


def test_stepping_before_reset_and_after_close_is_refused() -> None:
    envs = native()
    with pytest.raises(gymnasium.error.ResetNeeded):
        envs.step(np.zeros(GAMES, int))
    envs.close()
    envs.close()
    with pytest.raises(ClosedError):
        envs.reset()


def test_arrays_handed_out_are_never_used_again() -> None:
    envs = native()
    first = envs.reset(seed=1)
    second = envs.step(np.full(GAMES, 2))
    third = envs.step(np.full(GAMES, 2))
    arrays = [list(_arrays(result)) for result in (first, second, third)]
    for one in range(3):
        for other in range(one):
            assert not any(np.shares_memory(a, b) for a in arrays[one] for b in arrays[other])


def _arrays(data: Any) -> list[NDArray[Any]]:
    if isinstance(data, dict):
        return [array for value in data.values() for array in _arrays(value)]
    if isinstance(data, tuple):
        return [array for value in data for array in _arrays(value)]
    return [data] if isinstance(data, np.ndarray) else []


def test_render_gives_one_picture_a_game() -> None:
    envs = native(render_mode="rgb_array")
    envs.reset(seed=1)
    pictures = envs.render()
    assert pictures is not None
    assert [picture.shape for picture in pictures] == [(160, 240, 3)] * GAMES
    assert native().render() is None


def play(envs: Any, actions: NDArray[np.int64], hashes: Callable[[], list[str]]) -> list[list[str]]:
    envs.reset(seed=123)
    seen = [hashes()]
    for row in actions:
        envs.step(row)
        seen.append(hashes())
    return seen


def test_the_same_seed_and_actions_give_the_same_ram_in_every_form() -> None:
    """1,000 steps on the simulator: single, sync, async and native, compared by the hash of the whole EWRAM."""
    random = np.random.default_rng(9)
    actions = random.choice([0, *range(1, 9), 9, 9, 10, 12, 14, 16, 22], (1000, GAMES))
    arguments: dict[str, Any] = {"max_steps": 300}
    many = PMDRedVectorEnv(GAMES, **arguments)
    expected = play(many, actions, lambda: [hashlib.sha256(image.tobytes()).hexdigest() for image in many.ram])
    assert len({row[0] for row in expected}) > 500
    many.close()
    for vector in (SyncVectorEnv, AsyncVectorEnv):
        envs = vector([lambda: PMDRedEnv(**arguments)] * GAMES)
        assert play(envs, actions, lambda envs=envs: list(envs.call("ram_hash"))) == expected, vector.__name__
        envs.close()
    single = PMDRedEnv(**arguments)
    single.reset(seed=123)
    hashes, ended = [single.ram_hash()], False
    for action in actions[:, 0]:
        ended = bool(single.reset() and False) if ended else any(single.step(action)[2:4])
        hashes.append(single.ram_hash())
    assert hashes == [row[0] for row in expected]
    single.close()


def test_the_same_seed_and_actions_give_the_same_ram_over_the_websocket() -> None:
    """1,000 steps of two games, in this process and on two servers of our own."""
    games, limit = 2, 400
    pair = [PMDRedVectorEnv(games, emulator=emulator, max_steps=limit) for emulator in ("simulator", "embedded")]
    random = np.random.default_rng(17)
    for envs in pair:
        envs.reset(seed=31)
    for step in range(1000):
        masks = pair[0].action_masks()
        np.testing.assert_array_equal(masks, pair[1].action_masks(), err_msg=f"step {step}")
        actions = np.array([random.choice(np.flatnonzero(mask)) for mask in masks])
        results = [envs.step(actions) for envs in pair]
        hashes = [[hashlib.sha256(image.tobytes()).hexdigest() for image in envs.ram] for envs in pair]
        assert hashes[0] == hashes[1], f"step {step}, actions {actions.tolist()}"
        assert_same(*results, f"step {step}")
    for envs in pair:
        envs.close()


def test_threads_change_nothing_but_the_time() -> None:
    count, random = 2 * GAMES_PER_THREAD, np.random.default_rng(3)
    one, two = (
        PMDRedVectorEnv(count, emulator=OpenFloorBackend(count), threads=number, max_steps=2, autoreset_mode="SameStep")
        for number in (1, 2)
    )
    one.reset(seed=5), two.reset(seed=5)
    for _ in range(4):
        actions = random.integers(0, len(ACTIONS), count)
        for ours, theirs in zip(one.step(actions)[:4], two.step(actions)[:4], strict=True):
            assert data_equivalence(ours, theirs)
        np.testing.assert_array_equal(one.ram, two.ram)
    one.close(), two.close()
