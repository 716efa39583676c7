"""Emulators that die, hang or lag under the vector environment: the others go on, and at most one episode is lost.

Server processes of the open floor; nothing waits for a clock but the reply timeout of an emulator that hangs.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from numpy.typing import NDArray

from pmd_gym.backends.emulators import EmulatorsBackend
from pmd_gym.emulator import Timeouts
from pmd_gym.observations import unbatch
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.emulators import OpenFloorGames
from tests.doubles.real_core import TWIN, TWIN_ARGUMENTS, core_path, twin_png

COMMAND = (sys.executable, "-m", "tests.doubles.emulators")
GAMES = 3
VICTIM = 1
SOUTH = 1
ROUNDS = 200


class Fleet:
    """An environment on server processes, and the same games at the turn level to compare them with."""

    def __init__(self, **options: Any) -> None:
        self.backend = EmulatorsBackend(GAMES, command=COMMAND, games=OpenFloorGames(1), **options)
        self.envs = PMDRedVectorEnv(GAMES, emulator=self.backend)
        self.twin = PMDRedVectorEnv(GAMES, emulator=OpenFloorGames(GAMES))
        self.envs.reset(seed=3)
        self.twin.reset(seed=3)
        self.steps = np.zeros(GAMES, np.int64)

    def send(self, games: Any) -> None:
        """One more step for each of these games; nobody's depends on the others'."""
        self.steps[games] += 1
        self.envs.send(np.where(self.steps[games] % 4, 0, SOUTH), games)

    def recv(self, count: int) -> dict[str, NDArray[Any]]:
        infos = self.envs.recv(min_envs=count)[4]
        assert infos["steps"].tolist() == self.steps[infos["env_id"]].tolist()
        return infos

    def recv_all(self) -> None:
        """Wait for whoever is still under way, if anybody is."""
        while len(self.envs._flight.games):
            self.recv(GAMES)

    def signal(self, number: signal.Signals) -> int:
        pid = self.backend.server_pid(VICTIM)
        os.kill(pid, number)
        return pid

    def same_as_twin(self) -> bool:
        """Whether every game stands where the turn level stands after as many steps."""
        images = []
        for step in range(1, int(self.steps.max()) + 1):
            self.twin.step(np.full(GAMES, 0 if step % 4 else SOUTH))
            images.append(self.twin.ram.copy())
        return all(np.array_equal(self.envs.ram[game], images[self.steps[game] - 1][game]) for game in range(GAMES))


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    made = Fleet()
    yield made
    made.envs.close()


def test_an_emulator_that_lags_holds_nobody_back_and_loses_nothing(fleet: Fleet) -> None:
    pid = fleet.signal(signal.SIGSTOP)
    fleet.send(np.arange(GAMES))
    for _ in range(20):
        others = fleet.recv(2)["env_id"]
        assert others.tolist() == [0, 2]
        fleet.send(others)
    os.kill(pid, signal.SIGCONT)
    assert fleet.recv(GAMES)["env_id"].tolist() == [0, 1, 2]
    assert fleet.backend.server_pid(VICTIM) == pid
    assert fleet.same_as_twin()


@pytest.mark.parametrize("in_flight", [False, True])
def test_a_killed_emulator_costs_nobody_a_step(fleet: Fleet, in_flight: bool) -> None:
    for _ in range(5):
        fleet.send(np.arange(GAMES))
        fleet.recv(GAMES)
    if in_flight:
        fleet.signal(signal.SIGSTOP)
    pid = fleet.backend.server_pid(VICTIM)
    fleet.send(np.arange(GAMES))
    os.kill(pid, signal.SIGKILL)
    for _ in range(5):
        others = fleet.recv(2)["env_id"]
        fleet.send(others)
    fleet.recv_all()
    assert fleet.backend.server_pid(VICTIM) != pid
    assert not fleet.backend.interrupted
    assert fleet.same_as_twin()


def test_an_emulator_that_hangs_is_replaced_while_the_others_go_on() -> None:
    fleet = Fleet(timeouts=replace(Timeouts(), reply_s=1.0))
    pid = fleet.signal(signal.SIGSTOP)
    fleet.send(np.arange(GAMES))
    rounds = 0
    while VICTIM not in (back := fleet.recv(1)["env_id"]).tolist():
        if rounds < ROUNDS:  # no more: a game that goes on for a thousand turns is blown out
            fleet.send(back)
        rounds += 1
    fleet.recv_all()
    assert rounds > 2
    assert fleet.backend.server_pid(VICTIM) != pid
    assert fleet.same_as_twin()
    fleet.envs.close()


def test_what_cannot_be_brought_back_costs_one_episode(fleet: Fleet) -> None:
    fleet.send(np.arange(GAMES))
    fleet.recv(GAMES)
    game = fleet.backend._plays[VICTIM]
    game._snapshot, game._journal = b"not a savestate", []
    fleet.signal(signal.SIGKILL)
    fleet.send(np.arange(GAMES))
    _, _, terminated, truncated, infos = fleet.envs.recv(min_envs=GAMES)
    assert (terminated.any(), truncated.tolist()) == (False, [False, True, False])
    assert "not brought back" in infos["reason"][VICTIM]
    fleet.envs.send(np.zeros(GAMES, int))
    _, _, _, truncated, infos = fleet.envs.recv(min_envs=GAMES)
    assert (truncated.any(), infos["steps"].tolist()) == (False, [3, 0, 3])


def test_a_server_over_its_memory_limit_is_replaced_between_two_runs() -> None:
    fleet = Fleet(memory_limit_mib=1.0)
    pids = [fleet.backend.server_pid(game) for game in range(GAMES)]
    fleet.send(np.arange(GAMES))
    fleet.recv(GAMES)
    assert [fleet.backend.server_pid(game) for game in range(GAMES)] == pids, "never in the middle of a run"
    only = np.arange(GAMES) == VICTIM
    fleet.envs.async_reset(options={"reset_mask": only})
    fleet.steps[VICTIM] = 0
    fleet.recv(1)
    assert [fleet.backend.server_pid(game) == pid for game, pid in enumerate(pids)] == (~only).tolist()
    fleet.envs.close()


class RealFleet:
    """Games of the cartridge on the real core, all from one state; each game's n-th step is the same one."""

    ACTIONS = (SOUTH, 0, 5, 9, 0)

    def __init__(self, emulator: Any, **options: Any) -> None:
        core_path()
        self.envs = PMDRedVectorEnv(GAMES, emulator=emulator, observation=("grid", "pixels"), **options)
        self.backend = self.envs._episodes.backend
        assert isinstance(self.backend, EmulatorsBackend)
        self.envs.reset(seed=0)
        self.seen: list[dict[int, Any]] = [{} for _ in range(GAMES)]

    def play(self, steps: int) -> None:
        """Everybody plays until this step, at his own pace."""
        games = self._behind(np.arange(GAMES), steps)
        while len(games) or len(self.envs._flight.games):
            if len(games):
                self.envs.send([self.ACTIONS[len(self.seen[game]) % len(self.ACTIONS)] for game in games], games)
            observations, _, terminated, truncated, infos = self.envs.recv()
            assert not (terminated | truncated).any(), infos.get("reason")
            for row, game in enumerate(infos["env_id"]):
                facts = infos["turns_left"][row], infos["hp"][row], infos["steps"][row]
                self.seen[game][len(self.seen[game])] = unbatch(observations, row) | {"facts": facts}
            games = self._behind(infos["env_id"], steps)

    def _behind(self, games: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
        return np.array([game for game in games if len(self.seen[game]) < steps], np.int64)

    def everybody_saw_the_same(self) -> bool:
        return all(data_equivalence(self.seen[0], other, exact=True) for other in self.seen[1:])


def test_emulator_mgba_starts_a_server_a_game_and_brings_a_killed_one_back(tmp_path: Path) -> None:
    (tmp_path / "start.ss0").write_bytes(twin_png())
    fleet = RealFleet("mgba", rom=TWIN, savestate=tmp_path / "start.ss0", allow_unknown_rom=True)
    pids = [fleet.backend.server_pid(game) for game in range(GAMES)]
    assert len(set(pids)) == GAMES
    fleet.play(6)
    os.kill(pids[VICTIM], signal.SIGKILL)
    fleet.play(12)
    assert [fleet.backend.server_pid(game) == pid for game, pid in enumerate(pids)] == [True, False, True]
    assert fleet.everybody_saw_the_same()
    fleet.envs.close()


def test_a_hung_real_core_is_replaced_and_its_game_goes_on() -> None:
    quick = replace(Timeouts(), reply_s=2.0)
    backend = EmulatorsBackend(GAMES, arguments=TWIN_ARGUMENTS, savestate=twin_png(), timeouts=quick)
    fleet = RealFleet(backend)
    fleet.play(3)
    pid = backend.server_pid(VICTIM)
    os.kill(pid, signal.SIGSTOP)
    fleet.play(8)
    assert backend.server_pid(VICTIM) != pid
    assert fleet.everybody_saw_the_same()
    fleet.envs.close()
