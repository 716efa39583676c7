"""Emulators behind the turn-level seam: conformance, equality with the turn level, and every way to lose one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.emulators import EmulatorsBackend
from pmd_gym.backends.interface import Backend, CommandKind, Outcome
from pmd_gym.backends.resumable import outcome_of
from pmd_gym.emulator import Timeouts, ui
from pmd_gym.errors import BusyError, ConfigError, UnreachableError
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario
from tests.backends.conformance import BackendConformance
from tests.doubles.emulators import OpenFloorGames, ServedBackend

COMMAND = (sys.executable, "-m", "tests.doubles.emulators")
IDS = np.arange(2)
SEEDS = np.array([5, 6], np.uint32)


def open_backend(num_envs: int, **options: Any) -> EmulatorsBackend:
    return EmulatorsBackend(num_envs, command=COMMAND, games=OpenFloorGames(1), **options)


class TestEmulators(BackendConformance):
    def make(self, num_envs: int) -> Backend:
        return ServedBackend(num_envs)


class Twins:
    """The backend and the same games at the turn level, given the same commands."""

    def __init__(self, backend: EmulatorsBackend) -> None:
        self.backend, self.games = backend, OpenFloorGames(backend.num_envs)
        self.random = np.random.default_rng(0)
        for side in (self.backend, self.games):
            side.start(IDS, [Scenario()] * 2, SEEDS)

    def play(self, turns: int) -> None:
        """Random commands on both; they must agree after each."""
        for _ in range(turns):
            kinds = self.random.choice([0, 1, 1, 1, 3], 2)
            commands = np.stack([kinds, self.random.integers(0, 8, 2) * np.isin(kinds, (1, 3))], 1).astype(np.int16)
            outcomes = self.backend.step(IDS, commands)
            assert outcomes.tolist() == self.games.step(IDS, commands).tolist()
            assert np.array_equal(self.backend.ram, self.games.ram)


@pytest.fixture
def backend() -> Iterator[EmulatorsBackend]:
    made = open_backend(2, snapshot_commands=8)
    yield made
    made.close()


@pytest.fixture
def twins(backend: EmulatorsBackend) -> Twins:
    return Twins(backend)


def test_it_plays_the_same_games_as_the_turn_level(twins: Twins) -> None:
    twins.play(40)


@pytest.mark.parametrize("turns", [3, 8])
def test_a_killed_server_does_not_change_the_game(twins: Twins, turns: int) -> None:
    twins.play(turns)
    os.kill(twins.backend.server_pid(0), signal.SIGKILL)
    twins.play(5)
    assert not twins.backend.interrupted


def test_all_servers_killed_at_once_do_not_change_the_games(twins: Twins) -> None:
    twins.play(5)
    for env_id in IDS:
        os.kill(twins.backend.server_pid(env_id), signal.SIGKILL)
    twins.play(5)
    assert not twins.backend.interrupted


def test_a_server_that_hangs_is_replaced_and_the_game_goes_on() -> None:
    backend = open_backend(2, timeouts=replace(Timeouts(), reply_s=1.0))
    twins = Twins(backend)
    twins.play(3)
    os.kill(backend.server_pid(1), signal.SIGSTOP)
    twins.play(3)
    assert not backend.interrupted
    backend.close()


def wait(backend: EmulatorsBackend) -> list[int]:
    return backend.step(IDS, np.zeros((2, 2), np.int16)).tolist()


def test_a_game_that_cannot_be_brought_back_is_interrupted_with_the_reason(twins: Twins) -> None:
    backend = twins.backend
    game = backend._plays[0]
    game._snapshot, game._journal = b"not a savestate", []
    os.kill(backend.server_pid(0), signal.SIGKILL)
    assert wait(backend) == [Outcome.LOST, Outcome.RUNNING]
    assert set(backend.interrupted) == {0} and "not brought back" in backend.interrupted[0]
    assert wait(backend) == [Outcome.LOST, Outcome.RUNNING]
    backend.start(IDS[:1], [Scenario()], SEEDS[:1])
    assert not backend.interrupted
    assert wait(backend) == [Outcome.RUNNING, Outcome.RUNNING]


def test_a_game_that_goes_another_way_when_played_again_is_interrupted(twins: Twins) -> None:
    twins.play(3)
    game = twins.backend._plays[0]
    game._journal = [(command, mark + 1) for command, mark in game._journal]
    os.kill(twins.backend.server_pid(0), signal.SIGKILL)
    assert wait(twins.backend) == [Outcome.LOST, Outcome.RUNNING]
    assert "another way" in twins.backend.interrupted[0]


def test_a_command_without_effect_interrupts_only_its_game(twins: Twins) -> None:
    commands = np.array([[CommandKind.STAIRS, 0], [CommandKind.WAIT, 0]], np.int16)
    assert twins.backend.step(IDS, commands).tolist() == [Outcome.LOST, Outcome.RUNNING]
    assert "did not open" in twins.backend.interrupted[0]


def test_servers_that_run_somewhere_can_be_used_and_are_left_running(backend: EmulatorsBackend) -> None:
    addresses = list(backend._addresses)
    with pytest.raises(BusyError):
        EmulatorsBackend(2, addresses, games=OpenFloorGames(1))
    backend._loop.run(_hang_up(backend))
    other = EmulatorsBackend(2, addresses, games=OpenFloorGames(1))
    Twins(other).play(3)
    with pytest.raises(UnreachableError, match="not ours"):
        other.server_pid(0)
    other.close()
    assert all(backend.server_pid(env_id) for env_id in IDS)


async def _hang_up(backend: EmulatorsBackend) -> None:
    for game in backend._plays:
        await game.close()


def test_a_lost_server_of_someone_else_interrupts_the_game(backend: EmulatorsBackend) -> None:
    backend._loop.run(_hang_up(backend))
    quick = Timeouts().scaled(0.02)
    other = EmulatorsBackend(2, list(backend._addresses), games=OpenFloorGames(1), timeouts=quick)
    other.start(IDS, [Scenario()] * 2, SEEDS)
    backend.close()
    assert wait(other) == [Outcome.LOST, Outcome.LOST]
    assert "answer" in other.interrupted[1]
    with pytest.raises(UnreachableError):
        other.start(IDS, [Scenario()] * 2, SEEDS)
    other.close()


def test_addresses_and_games_must_be_as_many() -> None:
    with pytest.raises(ConfigError, match="2 games need 2 addresses"):
        EmulatorsBackend(2, ["ws://127.0.0.1:9"])


def test_nobody_at_the_address_is_said_and_nothing_is_left_behind() -> None:
    with pytest.raises(UnreachableError, match="is its server running"):
        EmulatorsBackend(1, ["ws://127.0.0.1:9"], games=OpenFloorGames(1))


def ended(reason: int, result: int = 0) -> Outcome:
    ram = np.zeros(layout.EWRAM_SIZE, np.uint8)
    console = ram.view(ui.CONSOLE)[0]
    console["world"]["exit_reason"], console["dungeon_result"] = reason, result
    return outcome_of(ram, layout.OBSERVED_DUNGEON_ADDRESS)


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (551, Outcome.CLEARED), (552, Outcome.CLEARED), (553, Outcome.CLEARED), (550, Outcome.ESCAPED),
        (12, Outcome.FAINTED), (355, Outcome.FAINTED), (529, Outcome.FAINTED), (543, Outcome.FAINTED),
        (539, Outcome.LOST), (542, Outcome.LOST), (546, Outcome.LOST),
    ],
)  # fmt: skip
def test_outcomes_are_read_from_the_exit_reason(reason: int, outcome: Outcome) -> None:
    assert ended(reason) is outcome


@pytest.mark.parametrize(
    ("result", "outcome"),
    [(9, Outcome.CLEARED), (10, Outcome.ESCAPED), (11, Outcome.LOST), (12, Outcome.FAINTED), (7, Outcome.LOST)],
)
def test_without_a_reason_the_result_of_the_run_counts(result: int, outcome: Outcome) -> None:
    assert ended(0, result) is outcome


def test_at_the_end_of_a_run_the_dungeon_is_still_in_sight(twins: Twins) -> None:
    commands = np.array([[CommandKind.ATTACK, 0], [CommandKind.WAIT, 0]], np.int16)
    for turn in range(4):  # the double's leader hurts itself when it attacks
        outcomes = twins.backend.step(IDS, commands)
        assert outcomes.tolist() == twins.games.step(IDS, commands).tolist()
        assert outcomes[0] == (Outcome.FAINTED if turn == 3 else Outcome.RUNNING)
        assert np.array_equal(twins.backend.ram, twins.games.ram)
    assert twins.backend.step(IDS, commands).tolist() == [Outcome.FAINTED, Outcome.RUNNING]
    assert not twins.backend.interrupted
