"""`send` and `recv` give every game the course that `step` gives it, in any order of arrival, on every backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pmd_gym.backends.emulators import EmulatorsBackend
from pmd_gym.backends.interface import Backend
from pmd_gym.errors import ClosedError, ConfigError, UnreachableError
from pmd_gym.observations import unbatch
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.backend import OpenFloorBackend
from tests.doubles.emulators import ServedBackend
from tests.doubles.held import HeldBackend
from tests.doubles.real_core import TWIN_ARGUMENTS, core_path, twin_png

GAMES = 3
STEPS = 24
MODES = list(AutoresetMode)
ILLEGAL = 22
"""Taking stairs where there are none."""


def on_the_real_core() -> EmulatorsBackend:
    core_path()
    return EmulatorsBackend(GAMES, arguments=TWIN_ARGUMENTS, savestate=twin_png())


BACKENDS: dict[str, Callable[[], str | Backend]] = {
    "double": lambda: OpenFloorBackend(GAMES, turn_limit=9),
    "held": lambda: HeldBackend(GAMES, turn_limit=9, seed=4),
    "simulator": lambda: "simulator",
    "emulators": lambda: ServedBackend(GAMES),
    "real core": on_the_real_core,
}


def make(backend: str | Backend, mode: AutoresetMode = AutoresetMode.NEXT_STEP, **more: Any) -> PMDRedVectorEnv:
    return PMDRedVectorEnv(GAMES, emulator=backend, autoreset_mode=mode, **more)


def row_of(result: tuple[Any, ...], row: int) -> dict[str, Any]:
    """What one game gets of a batch: the same dict whatever the batch."""
    observations, rewards, terminated, truncated, infos = result
    return {
        "observation": unbatch(observations, row), "reward": float(rewards[row]), "info": _info(infos, row),
        "ends": (bool(terminated[row]), bool(truncated[row])),
    }  # fmt: skip


def _info(infos: dict[str, Any], row: int) -> dict[str, Any]:
    """Keys that hold something for the row."""
    held = [key for key in infos if "_" + key in infos and infos["_" + key][row]]
    return {key: _info(infos[key], row) if isinstance(infos[key], dict) else infos[key][row] for key in held}


def courses_by_step(envs: PMDRedVectorEnv, actions: NDArray[np.int64]) -> list[list[dict[str, Any]]]:
    """What each game meets when all are stepped together."""
    observations, infos = envs.reset(seed=5)
    zeros = np.zeros(GAMES), np.zeros(GAMES, np.bool_), np.zeros(GAMES, np.bool_)
    courses = [[row_of((observations, *zeros, infos), game)] for game in range(GAMES)]
    for row in actions:
        result = envs.step(row)
        for game in range(GAMES):
            courses[game].append(row_of(result, game))
        ended = result[2] | result[3]
        if envs.autoreset_mode == AutoresetMode.DISABLED and ended.any():
            observations, infos = envs.reset(options={"reset_mask": ended})
            for game in np.flatnonzero(ended):
                courses[game].append(row_of((observations, *zeros, infos), game))
    return courses


def courses_by_recv(
    envs: PMDRedVectorEnv, actions: NDArray[np.int64], random: np.random.Generator
) -> list[list[dict[str, Any]]]:
    """The same games, each sent on as soon as it is back; batches of any size."""
    courses: list[list[dict[str, Any]]] = [[] for _ in range(GAMES)]
    played = np.zeros(GAMES, np.int64)
    envs.async_reset(seed=5)
    under_way = GAMES
    while under_way:
        least = int(random.integers(1, GAMES + 1))
        result = envs.recv(least, int(random.integers(least, GAMES + 1)))
        ids, ended = result[4]["env_id"], result[2] | result[3]
        assert ids.tolist() == sorted(set(ids.tolist())) and len(ids) >= min(least, under_way)
        for row, game in enumerate(ids):
            courses[game].append(row_of(result, row))
        under_way -= len(ids)
        under_way += send_on(envs, ids, ended, actions, played)
    return courses


def send_on(
    envs: PMDRedVectorEnv, ids: NDArray[np.int64], ended: NDArray[np.bool_], actions: Any, played: Any
) -> int:
    """Give each game its next action or, in `DISABLED`, its reset; how many were sent."""
    reset = ids[ended] if envs.autoreset_mode == AutoresetMode.DISABLED else ids[:0]
    if len(reset):
        envs.async_reset(options={"reset_mask": np.isin(np.arange(GAMES), reset)})
    going = np.array([game for game in ids if game not in reset and played[game] < len(actions)], np.int64)
    if len(going):
        envs.send(actions[played[going], going], going)
        played[going] += 1
    return len(reset) + len(going)


@pytest.mark.parametrize("mode", MODES, ids=[mode.value for mode in MODES])
@pytest.mark.parametrize("backend", BACKENDS)
def test_each_game_goes_its_course_as_in_step(backend: str, mode: AutoresetMode) -> None:
    random = np.random.default_rng(2)
    actions = random.choice([0, 1, 2, 4, 9, 9, 12, ILLEGAL], (STEPS, GAMES))
    pair = [make(BACKENDS[backend](), mode, max_steps=8, reward_terms=True) for _ in range(2)]
    expected = courses_by_step(pair[0], actions)
    found = courses_by_recv(pair[1], actions, random)
    assert sum(any(moment["ends"]) for course in expected for moment in course) > GAMES
    for game in range(GAMES):
        assert len(found[game]) == len(expected[game])
        for index, (one, other) in enumerate(zip(found[game], expected[game], strict=True)):
            assert data_equivalence(one, other, exact=True), f"game {game}, moment {index}: {one} against {other}"
    for envs in pair:
        envs.close()


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.sampled_from(MODES))
def test_the_order_of_arrival_changes_no_games_course(seed: int, mode: AutoresetMode) -> None:
    actions = np.random.default_rng(7).choice([0, 2, 4, 9, ILLEGAL], (9, GAMES))
    envs = [make(HeldBackend(GAMES, turn_limit=4, seed=at), mode) for at in (0, seed)]
    courses = [courses_by_recv(env, actions, np.random.default_rng(at)) for env, at in zip(envs, (0, seed))]  # noqa: B905
    assert data_equivalence(*courses, exact=True)


@pytest.fixture
def held() -> Iterator[tuple[PMDRedVectorEnv, HeldBackend]]:
    backend = HeldBackend(GAMES)
    envs = make(backend)
    envs.reset(seed=1)
    yield envs, backend
    envs.close()


Held = tuple[PMDRedVectorEnv, HeldBackend]


def test_a_straggler_holds_nobody_back(held: Held) -> None:
    envs, backend = held
    backend.held = {1}
    envs.send(np.zeros(GAMES, int))
    for _ in range(10):
        ids = envs.recv(min_envs=2)[4]["env_id"]
        assert ids.tolist() == [0, 2]
        envs.send(np.zeros(2, int), ids)
    backend.held = set()
    infos = envs.recv(min_envs=GAMES)[4]
    assert infos["env_id"].tolist() == [0, 1, 2]
    assert infos["steps"].tolist() == [11, 1, 11]


def test_max_envs_keeps_the_rest_in_the_order_of_arrival(held: Held) -> None:
    envs, _ = held
    order = [2, 0, 1]
    for game in order:
        envs.send([ILLEGAL], [game])  # done at once
    assert [envs.recv(max_envs=1)[4]["env_id"].tolist() for _ in order] == [[2], [0], [1]]


def test_min_envs_beyond_what_was_sent_waits_for_all_of_it(held: Held) -> None:
    envs, _ = held
    envs.send([0, 0], [2, 0])
    assert envs.recv(min_envs=GAMES)[4]["env_id"].tolist() == [0, 2]


@pytest.mark.parametrize("limits", [(0, None), (2, 1), (4, None), (1, 0)])
def test_wrong_limits_are_refused(held: Held, limits: tuple[int, int | None]) -> None:
    with pytest.raises(ConfigError, match="min_envs"):
        held[0].recv(*limits)


@pytest.mark.parametrize("env_ids", [[], [0, 0], [3], [-1], [0.0], [[0]], 1])
def test_wrong_games_are_refused(held: Held, env_ids: Any) -> None:
    with pytest.raises(ConfigError, match="env_ids"):
        held[0].send(np.zeros(np.size(env_ids), int), env_ids)


@pytest.mark.parametrize("actions", [[0], [0, 63], [0.0, 1.0], [-1, 0]])
def test_wrong_actions_are_refused_and_nothing_is_sent(held: Held, actions: Any) -> None:
    envs, _ = held
    with pytest.raises(ConfigError):
        envs.send(actions, [0, 1])
    with pytest.raises(gymnasium.error.NoAsyncCallError):
        envs.recv()


def test_while_games_are_under_way_nothing_else_may_touch_them(held: Held) -> None:
    envs, backend = held
    backend.held = {0}
    envs.send([0, 0], [0, 1])
    calls: list[Callable[[], Any]] = [
        lambda: envs.step(np.zeros(GAMES, int)), envs.reset, envs.async_reset, lambda: envs.send([0], [1]),
        lambda: envs.async_reset(options={"reset_mask": np.array([True, False, False])}),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(gymnasium.error.AlreadyPendingCallError, match=r"\[(0|1|0, 1)\] are under way"):
            call()
    assert envs.recv()[4]["env_id"].tolist() == [1]
    envs.async_reset(options={"reset_mask": np.array([False, True, True])})
    assert envs.recv(min_envs=2)[4]["steps"].tolist() == [0, 0]
    backend.held = set()
    envs.recv()
    envs.step(np.zeros(GAMES, int))


def test_a_picture_of_games_under_way_is_refused() -> None:
    envs = make(HeldBackend(GAMES), render_mode="rgb_array")
    envs.reset(seed=1)
    envs.send([0], [1])
    with pytest.raises(gymnasium.error.AlreadyPendingCallError, match="render"):
        envs.render()
    envs.recv()
    assert envs.render() is not None


def test_a_game_that_never_began_cannot_be_sent() -> None:
    envs = make(HeldBackend(GAMES))
    envs.async_reset(seed=1, options={"reset_mask": np.array([True, True, False])})
    envs.recv(min_envs=2)
    with pytest.raises(gymnasium.error.ResetNeeded, match=r"\[2\] never began"):
        envs.send(np.zeros(GAMES, int))
    envs.send([0, 0], [0, 1])


def test_an_ended_game_is_not_sent_without_a_reset_where_resets_are_the_callers() -> None:
    envs = make(HeldBackend(GAMES, turn_limit=1), AutoresetMode.DISABLED)
    envs.reset(seed=1)
    envs.send([0], [1])
    assert envs.recv()[2].tolist() == [True]
    with pytest.raises(gymnasium.error.ResetNeeded, match=r"\[1\] have ended"):
        envs.send(np.zeros(GAMES, int))


@pytest.mark.parametrize("mode", MODES, ids=[mode.value for mode in MODES])
def test_what_goes_wrong_with_one_game_is_raised_once_and_the_others_are_kept(mode: AutoresetMode) -> None:
    backend = HeldBackend(GAMES, turn_limit=3)
    envs = make(backend, mode)
    envs.reset(seed=1)
    backend.fail_next(1, UnreachableError("gone"))
    envs.send(np.zeros(GAMES, int))
    found: list[int] = []
    errors = 0
    while len(found) < GAMES - 1 or not errors:
        try:
            found += envs.recv()[4]["env_id"].tolist()
        except UnreachableError:
            errors += 1
    assert (sorted(found), errors) == ([0, 2], 1)
    envs.async_reset(options={"reset_mask": np.array([False, True, False])})
    assert envs.recv()[4]["env_id"].tolist() == [1]


def test_a_failed_restart_leaves_the_game_to_be_restarted() -> None:
    backend = HeldBackend(GAMES, turn_limit=1)
    envs = make(backend)
    envs.reset(seed=1)
    envs.send([0], [1])
    assert envs.recv()[2].tolist() == [True]
    backend.fail_next(1, UnreachableError("gone"))
    envs.send([0], [1])
    with pytest.raises(UnreachableError):
        envs.recv()
    envs.send([0], [1])
    _, rewards, terminated, _, infos = envs.recv()
    assert (rewards.tolist(), terminated.tolist(), infos["steps"].tolist()) == ([0.0], [False], [0])


def test_an_interrupted_game_ends_truncated_with_the_reason_and_the_others_go_on(held: Held) -> None:
    envs, backend = held
    backend.lose_next(2, "the server at ws://x was killed")
    envs.send(np.zeros(GAMES, int))
    _, _, terminated, truncated, infos = envs.recv(min_envs=GAMES)
    assert (terminated.tolist(), truncated.tolist()) == ([False] * 3, [False, False, True])
    assert infos["reason"].tolist() == [None, None, "the server at ws://x was killed"]
    envs.send(np.zeros(GAMES, int))
    assert not envs.recv(min_envs=GAMES)[3].any()


def test_arrays_handed_out_are_never_used_again(held: Held) -> None:
    envs, _ = held
    batches = []
    for _ in range(2):
        envs.send(np.full(GAMES, 2))
        batches.append(envs.recv(min_envs=GAMES))
    arrays = [_arrays(batch) for batch in batches]
    assert not any(np.shares_memory(one, other) for one in arrays[0] for other in arrays[1])


def _arrays(data: Any) -> list[NDArray[Any]]:
    if isinstance(data, dict):
        return [array for value in data.values() for array in _arrays(value)]
    if isinstance(data, tuple):
        return [array for value in data for array in _arrays(value)]
    return [data] if isinstance(data, np.ndarray) else []


def test_human_mode_prints_the_games_handed_out(capsys: pytest.CaptureFixture[str]) -> None:
    envs = make(HeldBackend(GAMES), render_mode="human")
    envs.reset(seed=1)
    capsys.readouterr()
    envs.send([0], [1])
    envs.recv()
    assert capsys.readouterr().out.count("Tiny Woods") == 1


def test_closing_while_games_are_under_way_ends_them() -> None:
    envs = make(ServedBackend(GAMES))
    envs.reset(seed=1)
    envs.send(np.zeros(GAMES, int))
    envs.close()
    with pytest.raises((ClosedError, gymnasium.error.ClosedEnvironmentError)):
        envs.recv()
