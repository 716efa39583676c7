"""`Games`: simulated games started, commanded, saved and loaded, as the backends use them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.errors import ConfigError, SavestateError, UnsupportedRule
from pmd_gym.ram import Awaiting, awaiting, decode, layout
from pmd_gym.scenario import Scenario
from pmd_gym.simulator import Games

SEED = 20060131
MOVES = layout.enum("move")


def started(count: int = 1, seed: int = SEED, scenario: Scenario | None = None) -> Games:
    games = Games(count)
    seeds = np.arange(seed, seed + count, dtype=np.uint32)
    games.start(np.arange(count), [scenario or Scenario()] * count, seeds)
    return games


def commands(*pairs: tuple[CommandKind, int]) -> NDArray[np.int16]:
    return np.array(pairs, np.int16)


def play(games: Games, env_id: int, orders: NDArray[np.int16]) -> list[int]:
    return [int(games.step(np.array([env_id]), order[None])[0]) for order in orders]


def some_orders(count: int = 40) -> NDArray[np.int16]:
    """Steps in drawn directions, with a blow or a pause now and then."""
    rng = np.random.default_rng(7)
    kinds = rng.choice([CommandKind.STEP] * 4 + [CommandKind.ATTACK, CommandKind.WAIT], count)
    return np.stack([kinds, rng.integers(0, 8, count)], axis=1).astype(np.int16)


def test_a_batch_needs_a_game() -> None:
    with pytest.raises(ConfigError, match="num_envs must be at least 1, got 0"):
        Games(0)


def test_started_games_await_a_command_on_the_scenarios_floor() -> None:
    games = started(3, scenario=Scenario(dungeon=1, floor=2))
    assert (games.ram.shape, games.ram.dtype) == ((3, 262144), np.uint8)
    assert all(awaiting(row) is Awaiting.COMMAND for row in games.ram)
    states = decode(np.ascontiguousarray(games.ram))
    assert states.dungeon_id.tolist() == [1, 1, 1]
    assert states.floor.tolist() == [2, 2, 2]
    assert len(set(states.seeds["floor"].tolist())) == 3


def test_a_seed_fixes_the_whole_run() -> None:
    first, second = started(), started()
    assert first.save(0) == second.save(0)
    assert play(first, 0, some_orders()) == play(second, 0, some_orders())
    assert first.save(0) == second.save(0)
    assert first.save(0) != started().save(0)


def test_a_run_leaves_no_trace_in_the_next() -> None:
    games = started()
    play(games, 0, some_orders())
    games.start(np.array([0]), [Scenario()], np.array([SEED], np.uint32))
    assert games.save(0) == started().save(0)


def test_only_the_named_games_are_commanded() -> None:
    games = started(3)
    before = [games.save(env_id) for env_id in range(3)]
    outcomes = games.step(np.array([2, 0]), commands((CommandKind.WAIT, 0), (CommandKind.WAIT, 0)))
    assert outcomes.dtype == np.uint8
    assert outcomes.tolist() == [Outcome.RUNNING, Outcome.RUNNING]
    assert [games.save(env_id) == before[env_id] for env_id in range(3)] == [False, True, False]
    turns = decode(np.ascontiguousarray(games.ram)).turns_left
    assert turns.tolist() == [999, 1000, 999]


def test_turning_costs_no_turn() -> None:
    games = started()
    for direction in range(8):
        play(games, 0, commands((CommandKind.FACE, direction)))
        states = decode(np.ascontiguousarray(games.ram))
        assert states.monsters[0, states.leader[0]]["facing"] == direction
    assert states.turns_left[0] == 1000


def test_a_loaded_game_has_the_same_future_in_any_row() -> None:
    games = started(2)
    play(games, 0, some_orders()[:15])
    saved = games.save(0)
    assert len(saved) == layout.EWRAM_SIZE
    outcomes = play(games, 0, some_orders()[15:])
    future = games.save(0)
    games.load(1, saved)
    assert games.save(1) == saved
    assert play(games, 1, some_orders()[15:]) == outcomes
    assert games.save(1) == future


def test_a_game_loaded_at_its_very_first_turn_has_the_same_future() -> None:
    games = started(2)
    saved = games.save(0)
    games.load(1, saved)
    assert play(games, 0, some_orders()) == play(games, 1, some_orders())
    assert games.save(0) == games.save(1)


@pytest.mark.parametrize("size", [0, layout.EWRAM_SIZE - 1, layout.EWRAM_SIZE + 1])
def test_a_savestate_of_the_wrong_size_is_refused_and_changes_nothing(size: int) -> None:
    games = started()
    before = games.save(0)
    with pytest.raises(SavestateError, match=f"expected 262144 bytes of EWRAM, got {size}"):
        games.load(0, bytes(size))
    assert games.save(0) == before


def test_an_image_without_a_dungeon_in_place_is_refused_and_changes_nothing() -> None:
    games = started()
    before = games.save(0)
    with pytest.raises(SavestateError, match="dungeon object at 0x00000000, the simulator keeps it at 0x02003af4"):
        games.load(0, bytes(layout.EWRAM_SIZE))
    assert games.save(0) == before


def test_an_unknown_kind_of_command_is_refused_before_any_game_changes() -> None:
    games = started(2)
    before = [games.save(0), games.save(1)]
    with pytest.raises(UnsupportedRule, match="command kind 99"):
        games.step(np.array([0, 1]), np.array([[int(CommandKind.WAIT), 0], [99, 0]], np.int16))
    assert [games.save(0), games.save(1)] == before


def test_usable_moves_is_one_flag_for_each_move_and_holds_the_common_ones() -> None:
    usable = started().usable_moves()
    assert (usable.shape, usable.dtype) == ((413,), np.bool_)
    names = {layout.enum_name("move", move): move for move in MOVES}
    assert usable.all() and {"Scratch", "Tackle", "Growl"} <= set(names)


def test_the_end_of_a_run_is_reported_and_lasts() -> None:
    games = started()
    games.records[0]["world"]["turns_left"] = 1
    games.records[0]["world"]["wind_phase"] = 3
    assert play(games, 0, commands((CommandKind.WAIT, 0), (CommandKind.WAIT, 0))) == [Outcome.LOST, Outcome.LOST]
