"""The simulator behind the turn-level seam: conformance, and threads that change nothing but the time."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.actions import ACTIONS, action_mask
from pmd_gym.backends.interface import Backend
from pmd_gym.backends.simulator import SimulatorBackend
from pmd_gym.backends.slices import GAMES_PER_THREAD
from pmd_gym.errors import UnsupportedRule
from pmd_gym.scenario import Scenario
from tests.backends.conformance import BackendConformance


class TestSimulator(BackendConformance):
    def make(self, num_envs: int) -> Backend:
        return SimulatorBackend(num_envs)


def test_threads_change_nothing_but_the_time() -> None:
    count = 2 * GAMES_PER_THREAD
    games, random = np.arange(count), np.random.default_rng(2)
    backends = [SimulatorBackend(count, threads=threads) for threads in (1, 3)]
    for backend in backends:
        backend.start(games, [Scenario()] * count, games.astype(np.uint32))
    for _ in range(12):
        masks = action_mask(backends[0])
        actions = np.array([random.choice(np.flatnonzero(mask)) for mask in masks])
        outcomes = [backend.step(games, ACTIONS.commands[actions]) for backend in backends]
        np.testing.assert_array_equal(*outcomes)
        if outcomes[0].any():
            break
    np.testing.assert_array_equal(*(backend.ram for backend in backends))
    for backend in backends:
        backend.close()


def test_with_threads_too_a_refused_command_changes_no_game() -> None:
    count = 2 * GAMES_PER_THREAD
    backend = SimulatorBackend(count, threads=2)
    missing = sorted(set(range(8)) - {int(kind) for kind in backend.commands})
    if not missing:
        pytest.skip("the simulator plays every kind of command")
    games = np.arange(count)
    backend.start(games, [Scenario()] * count, games.astype(np.uint32))
    before = backend.ram.copy()
    commands = np.zeros((count, 2), np.int16)
    commands[-1, 0] = missing[0]
    with pytest.raises(UnsupportedRule):
        backend.step(games, commands)
    np.testing.assert_array_equal(backend.ram, before)
    backend.close()
