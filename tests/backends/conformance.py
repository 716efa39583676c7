"""What every `Backend` must do, written once. A backend's test module subclasses `BackendConformance`.

Only the seam is used: scenarios, seeds, commands, RAM. What a command does to the game is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.backends.interface import Backend, CommandKind, Outcome
from pmd_gym.errors import ClosedError, SavestateError, UnsupportedRule
from pmd_gym.ram import Awaiting, awaiting, layout
from pmd_gym.scenario import Scenario
from tests.doubles.scene import dungeon_of

GAMES = 3
ALL = np.arange(GAMES)
SEEDS = np.array([5, 6, 5], np.uint32)
WAIT, FACE_EAST = (CommandKind.WAIT, 0), (CommandKind.FACE, 2)


class BackendConformance:
    """Subclass it, and give `make`."""

    def make(self, num_envs: int) -> Backend:
        """A new backend of so many games."""
        raise NotImplementedError

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        made = self.make(GAMES)
        yield made
        made.close()

    @pytest.fixture
    def started(self, backend: Backend) -> Backend:
        backend.start(ALL, [Scenario()] * GAMES, SEEDS)
        return backend

    def test_after_a_start_every_leader_may_act(self, started: Backend) -> None:
        assert started.ram.shape == (GAMES, layout.EWRAM_SIZE)
        assert started.ram.dtype == np.uint8
        assert [awaiting(image) for image in images(started)] == [Awaiting.COMMAND] * GAMES
        assert [int(floor["floor"]) for floor in dungeons(started)] == [1] * GAMES

    def test_the_ram_cannot_be_written_from_outside(self, started: Backend) -> None:
        with pytest.raises(ValueError, match="read-only"):
            started.ram[0, 0] = 1

    def test_a_seed_fixes_the_run_and_another_seed_gives_another(self, started: Backend) -> None:
        first, second, third = images(started)
        np.testing.assert_array_equal(first, third)
        assert dungeon_of(first)["floor_seed"] != dungeon_of(second)["floor_seed"]

    def test_a_start_leaves_no_trace_of_the_run_before(self, started: Backend) -> None:
        before = images(started)
        steps(started, ALL, [WAIT, FACE_EAST, WAIT])
        started.start(ALL, [Scenario()] * GAMES, SEEDS)
        np.testing.assert_array_equal(images(started), before)

    def test_a_start_touches_only_the_games_it_names(self, started: Backend) -> None:
        before = images(started)
        started.start(np.array([1]), [Scenario(floor=2)], np.array([9], np.uint32))
        after = images(started)
        np.testing.assert_array_equal(after[[0, 2]], before[[0, 2]])
        assert dungeon_of(after[1])["floor"] == 2

    def test_scenarios_are_taken_one_a_game(self, backend: Backend) -> None:
        scenarios = [Scenario(), Scenario(1, 2, ((25, 9),)), Scenario(0, 3, ((1, 7), (4, 8)))]
        backend.start(ALL, scenarios, SEEDS)
        found = [(int(d["dungeon_id"]), int(d["floor"]), team(d)) for d in dungeons(backend)]
        assert found == [(s.dungeon, s.floor, s.team) for s in scenarios]

    def test_waiting_takes_one_turn(self, started: Backend) -> None:
        before = [int(d["turns_left"]) for d in dungeons(started)]
        outcomes = steps(started, ALL, [WAIT] * GAMES)
        assert outcomes.dtype == np.uint8
        assert outcomes.tolist() == [Outcome.RUNNING] * GAMES
        assert [int(d["turns_left"]) for d in dungeons(started)] == [turns - 1 for turns in before]
        assert [awaiting(image) for image in images(started)] == [Awaiting.COMMAND] * GAMES

    def test_turning_takes_no_turn(self, started: Backend) -> None:
        for direction in (3, 6):
            before = [int(d["turns_left"]) for d in dungeons(started)]
            steps(started, ALL, [(CommandKind.FACE, direction)] * GAMES)
            assert [int(d["turns_left"]) for d in dungeons(started)] == before
            assert [int(d["monsters"][0]["direction"]) for d in dungeons(started)] == [direction] * GAMES

    def test_a_step_touches_only_the_games_it_names_in_any_order(self, started: Backend) -> None:
        before = images(started)
        steps(started, np.array([2, 0]), [(CommandKind.FACE, 4), (CommandKind.FACE, 6)])
        np.testing.assert_array_equal(images(started)[1], before[1])
        assert [int(d["monsters"][0]["direction"]) for d in dungeons(started)][::2] == [6, 4]

    def test_a_batch_plays_like_single_games(self, started: Backend) -> None:
        commands = list(walk(12))
        for command in commands:
            steps(started, ALL, [command] * GAMES)
        single = self.make(1)
        single.start(np.zeros(1, np.int64), [Scenario()], SEEDS[1:2])
        for command in commands:
            steps(single, np.zeros(1, np.int64), [command])
        np.testing.assert_array_equal(images(single)[0], images(started)[1])
        single.close()

    def test_what_is_not_offered_is_refused_before_any_game_changes(self, started: Backend) -> None:
        missing = sorted(set(CommandKind) - started.commands)
        if not missing:
            pytest.skip("this backend offers every kind of command")
        before = images(started)
        with pytest.raises(UnsupportedRule):
            steps(started, ALL, [WAIT, (missing[0], 0), WAIT])
        np.testing.assert_array_equal(images(started), before)

    def test_a_savestate_brings_the_game_back_and_its_future(self, started: Backend) -> None:
        for command in walk(3):
            steps(started, ALL, [command] * GAMES)
        saved, at = started.save(1), images(started)
        futures = []
        for _ in range(2):
            for command in walk(4):
                steps(started, ALL, [command] * GAMES)
            futures.append(images(started)[1])
            started.load(1, saved)
            np.testing.assert_array_equal(images(started)[1], at[1])
        np.testing.assert_array_equal(futures[0], futures[1])

    def test_a_savestate_can_be_loaded_into_another_game(self, started: Backend) -> None:
        started.load(0, started.save(1))
        np.testing.assert_array_equal(images(started)[0], images(started)[1])

    @pytest.mark.parametrize("savestate", [b"", b"nonsense", bytes(1000)])
    def test_anything_else_is_no_savestate_and_changes_nothing(self, started: Backend, savestate: bytes) -> None:
        before = images(started)
        with pytest.raises(SavestateError):
            started.load(0, savestate)
        np.testing.assert_array_equal(images(started), before)

    def test_pictures_are_written_for_the_games_asked_for(self, started: Backend) -> None:
        out = np.full((2, layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), 77, np.uint8)
        frames = started.pixels(np.array([2, 0]), out)
        assert frames.shape == (2,)
        assert frames.dtype == np.int64
        assert not (out == 77).all(axis=(1, 2, 3)).any()
        np.testing.assert_array_equal(out[0], out[1])

    def test_closing_twice_is_fine_and_later_calls_say_so(self, started: Backend) -> None:
        started.close()
        started.close()
        with pytest.raises(ClosedError):
            steps(started, ALL, [WAIT] * GAMES)
        with pytest.raises(ClosedError):
            started.start(ALL, [Scenario()] * GAMES, SEEDS)


def images(backend: Backend) -> NDArray[np.uint8]:
    """A copy of all images, (num_envs, 262144)."""
    return np.ascontiguousarray(backend.ram).copy()


def dungeons(backend: Backend) -> list[Any]:
    """Dungeon objects of the images, where the game's pointer says."""
    address = layout.global_variable("dungeon").offset
    return [dungeon_of(image, int(image[address : address + 4].view("<u4")[0])) for image in images(backend)]


def team(dungeon: Any) -> tuple[tuple[int, int], ...]:
    """(species, level) of the living team."""
    return tuple(
        (int(dungeon["monsters"][slot]["species"]), int(dungeon["monsters"][slot]["level"]))
        for slot in range(layout.MAX_TEAM) if dungeon["entities"][slot]["kind"]
    )  # fmt: skip


def steps(backend: Backend, env_ids: NDArray[np.int64], commands: list[tuple[int, int]]) -> NDArray[np.uint8]:
    """One command a game."""
    return backend.step(env_ids, np.array(commands, np.int16))


def walk(count: int) -> Iterator[tuple[int, int]]:
    """A few turns of looking around."""
    for number in range(count):
        yield (CommandKind.STEP, (number * 3) % 8) if number % 3 else (CommandKind.WAIT, 0)
