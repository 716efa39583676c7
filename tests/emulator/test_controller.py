"""Commands as buttons: the same game as at the turn level, few requests, and an error where the game does not react."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.emulator import ui
from pmd_gym.emulator.controller import Controller
from pmd_gym.emulator.interface import Button, Condition, Frame, Press
from pmd_gym.emulator.pad import Keys
from pmd_gym.emulator.simulated import SimulatedEmulator
from pmd_gym.errors import ControlError, EmulatorTimeout
from pmd_gym.scenario import Scenario
from tests.doubles.emulators import OpenFloorGames

ENV = np.zeros(1, np.int64)


class PlayingGames(OpenFloorGames):
    """The open floor, with moves and items that do nothing but pass a turn and note what was asked."""

    commands = frozenset(CommandKind)

    def __init__(self, num_envs: int) -> None:
        super().__init__(num_envs)
        self.asked: list[tuple[CommandKind, int]] = []

    def step(self, env_ids: np.ndarray, commands: np.ndarray) -> np.ndarray:
        kind = CommandKind(int(commands[0, 0]))
        self.asked.append((kind, int(commands[0, 1])))
        if kind in (CommandKind.MOVE, CommandKind.USE_ITEM, CommandKind.THROW_ITEM):
            return super().step(env_ids, np.array([[CommandKind.WAIT, 0]], np.int16))
        return super().step(env_ids, commands)


class CountingEmulator(SimulatedEmulator):
    """Counts requests, and can open boxes and choices between the game and the player."""

    requests = 0

    async def advance(self, press: Press) -> Frame:
        self.requests += 1
        return await super().advance(press)


class Played:
    """A controller on a simulated console, and the same game at the turn level."""

    def __init__(self, *, shown: bool = False) -> None:
        self.games, self.twin = PlayingGames(1), PlayingGames(1)
        self.emulator = CountingEmulator(self.games, shown=shown)
        self.emulator.start(Scenario(), 7)
        self.twin.start(ENV, [Scenario()], np.array([7], np.uint32))
        self.controller = Controller(self.emulator)
        self.both(lambda console: console["world"]["team_info"][0]["moves"].__setitem__("flags", [1, 1, 1, 0]))
        asyncio.run(self.controller.come_to_rest())
        self.emulator.requests = 0

    def both(self, change: Callable[[np.void], object]) -> None:
        for ram in (self.emulator.ram, self.twin.ram[0]):
            change(ram.view(ui.CONSOLE)[0])

    def do(self, kind: CommandKind, argument: int = 0) -> Frame:
        return asyncio.run(self.controller.carry_out(kind, argument))

    def do_both(self, kind: CommandKind, argument: int = 0) -> Outcome:
        self.do(kind, argument)
        outcome = Outcome(int(self.twin.step(ENV, np.array([[kind, argument]], np.int16))[0]))
        if outcome is not Outcome.RUNNING:
            self.twin.ram[0].view(ui.CONSOLE)[0]["dungeon"] = 0  # the console clears it
        assert np.array_equal(self.emulator.ram, self.twin.ram[0])
        return outcome

    def give_items(self, count: int, item_id: int = 55, flags: int = 1) -> None:
        def fill(console: np.void) -> None:
            console["inventory_data"]["bag"]["id"][:count] = item_id
            console["inventory_data"]["bag"]["flags"][:count] = flags
            console["world"]["has_inventory"] = 1

        self.both(fill)

    def stand_beside_stairs(self) -> None:
        """The leader stands one tile north of the stairs."""

        def put(console: np.void) -> None:
            world = console["world"]
            x, y = world["stairs"].item()
            old_x, old_y = world["team_entities"][0]["pos"].item()
            monsters = world["tiles"]["monster"]
            monsters[y - 1, x], monsters[old_y, old_x] = monsters[old_y, old_x], 0
            world["team_entities"][0]["pos"] = (x, y - 1)

        self.both(put)


@pytest.fixture
def played() -> Played:
    return Played()


@pytest.mark.parametrize("shown", [False, True])
def test_a_random_walk_is_the_same_game_as_at_the_turn_level(shown: bool) -> None:
    played, rng = Played(shown=shown), np.random.default_rng(3)
    played.give_items(15)
    for _ in range(60):
        kind = CommandKind(int(rng.choice([0, 1, 1, 1, 1, 3])))
        played.do_both(kind, int(rng.integers(8)) if kind in (CommandKind.STEP, CommandKind.FACE) else 0)


@pytest.mark.parametrize(
    ("kind", "argument", "requests"),
    [(CommandKind.STEP, 0, 1), (CommandKind.WAIT, 0, 1), (CommandKind.ATTACK, 0, 1), (CommandKind.FACE, 2, 3)],
)
def test_plain_commands_take_few_round_trips(played: Played, kind: CommandKind, argument: int, requests: int) -> None:
    played.do_both(kind, argument)
    assert played.emulator.requests == requests


def test_facing_where_the_leader_looks_already_asks_nothing(played: Played) -> None:
    played.do_both(CommandKind.FACE, 5)
    played.emulator.requests = 0
    played.do_both(CommandKind.FACE, 5)
    assert played.emulator.requests == 0


def test_a_step_against_a_wall_only_turns(played: Played) -> None:
    for _ in range(12):
        played.do_both(CommandKind.STEP, 6)
    assert played.emulator.requests == 12


@pytest.mark.parametrize("slot", [0, 1, 2])
def test_moves_are_used_through_the_menu(played: Played, slot: int) -> None:
    played.do_both(CommandKind.MOVE, slot)
    assert played.games.asked[-1] == (CommandKind.MOVE, slot)


def test_a_set_move_needs_one_press(played: Played) -> None:
    played.both(lambda console: console["world"]["team_info"][0]["moves"].__setitem__("flags", [1, 9, 0, 0]))
    played.do_both(CommandKind.MOVE, 1)
    assert played.games.asked[-1] == (CommandKind.MOVE, 1)
    assert played.emulator.requests == 1


@pytest.mark.parametrize("slot", [0, 3, 9, 10, 14])
@pytest.mark.parametrize("kind", [CommandKind.USE_ITEM, CommandKind.THROW_ITEM])
def test_items_are_used_and_thrown_through_the_menu(played: Played, kind: CommandKind, slot: int) -> None:
    played.give_items(15)
    played.do_both(kind, slot)
    assert played.games.asked[-1] == (kind, slot)


@pytest.mark.parametrize(
    ("kind", "argument", "flags", "message"),
    [
        (CommandKind.USE_ITEM, 0, 0, "did not open a list"),
        (CommandKind.USE_ITEM, 0, 9, "refuses"),
        (CommandKind.USE_ITEM, 7, 1, "does not go to row 7"),
        (CommandKind.STAIRS, 0, 1, "did not open a list"),
    ],
)
def test_what_the_game_refuses_is_an_error_and_the_leader_may_act_again(
    played: Played, kind: CommandKind, argument: int, flags: int, message: str
) -> None:
    played.give_items(3, flags=flags)
    before = played.emulator.ram.copy()
    with pytest.raises(ControlError, match=message) as error:
        played.do(kind, argument)
    assert "frame" in str(error.value)
    assert np.array_equal(played.emulator.ram, before)
    played.do_both(CommandKind.STEP, 0)


def test_the_prompt_on_the_stairs_is_closed_and_the_stairs_can_be_taken(played: Played) -> None:
    played.stand_beside_stairs()
    played.do_both(CommandKind.STEP, 0)
    played.do_both(CommandKind.FACE, 3)
    played.do_both(CommandKind.STAIRS)
    assert played.emulator.ram.view(ui.CONSOLE)[0]["world"]["floor"] == 2


def test_the_last_stairs_end_the_run(played: Played) -> None:
    played.both(lambda console: console["world"].__setitem__("floor_limit", 2))
    played.stand_beside_stairs()
    played.do_both(CommandKind.STEP, 0)
    frame = played.do(CommandKind.STAIRS)
    assert frame.met & Condition.RUN_OVER


def test_a_fainted_leader_ends_the_run(played: Played) -> None:
    played.both(lambda console: console["world"]["team_info"][0].__setitem__("hp", 1))
    assert played.do_both(CommandKind.ATTACK) is Outcome.FAINTED


def test_attacking_a_friend_talks_and_takes_no_turn(played: Played) -> None:
    class Talking(PlayingGames):
        def step(self, env_ids: np.ndarray, commands: np.ndarray) -> np.ndarray:
            return np.zeros(1, np.uint8) if commands[0, 0] == CommandKind.ATTACK else super().step(env_ids, commands)

    emulator = CountingEmulator(Talking(1))
    emulator.start(Scenario(), 7)
    world, before = emulator.ram.view(ui.CONSOLE)[0]["world"], emulator.ram.copy()
    x, y = world["team_entities"][1]["pos"].item()
    leader_x, leader_y = world["team_entities"][0]["pos"].item()
    assert (leader_x - x, leader_y - y) == (1, 0)
    world["team_info"][0]["direction"] = before.view(ui.CONSOLE)[0]["world"]["team_info"][0]["direction"] = 6
    assert asyncio.run(Controller(emulator).carry_out(CommandKind.ATTACK, 0)).met == Condition.COMMAND
    assert np.array_equal(emulator.ram, before)


def test_with_an_empty_belly_waiting_is_refused_by_the_game(played: Played) -> None:
    played.both(lambda console: console["world"]["team_info"][0]["belly"].__setitem__("whole", 0))
    before = played.emulator.ram.copy()
    assert played.do(CommandKind.WAIT).met == Condition.COMMAND
    assert np.array_equal(played.emulator.ram, before)


class BoxedEmulator(CountingEmulator):
    """After every turn a box opens, as level-ups and cut scenes do."""

    boxes = 0

    def _come_to_rest(self) -> None:
        super()._come_to_rest()
        self._open(lambda: self._menus.open_box("Charmander grew!"))
        type(self).boxes += 1


def test_boxes_after_a_turn_are_dismissed() -> None:
    games = PlayingGames(1)
    emulator = BoxedEmulator(games)
    emulator.start(Scenario(), 7)
    controller = Controller(emulator)
    for _ in range(3):
        assert asyncio.run(controller.carry_out(CommandKind.STEP, 0)).met == Condition.COMMAND
    assert [kind for kind, _ in games.asked] == [CommandKind.STEP] * 3
    assert BoxedEmulator.boxes == 3


class OpeningEmulator(CountingEmulator):
    """Its main menu takes three frames to open, in which nobody looks at the pad."""

    opening = 0

    def _open(self, screen: Callable[[], None]) -> None:
        super()._open(screen)
        self.opening = 3

    def _menu_frame(self, keys: Keys) -> None:
        self.opening -= self.opening > 0
        super()._menu_frame(Keys(0, 0, 0) if self.opening else keys)


def test_a_press_into_a_menu_that_is_still_opening_is_repeated() -> None:
    games = PlayingGames(1)
    emulator = OpeningEmulator(games)
    emulator.start(Scenario(), 7)
    emulator.ram.view(ui.CONSOLE)[0]["world"]["team_info"][0]["moves"]["flags"] = [1, 1, 0, 0]
    asyncio.run(Controller(emulator).carry_out(CommandKind.MOVE, 0))
    assert games.asked == [(CommandKind.MOVE, 0)]


class DeafEmulator(CountingEmulator):
    """A console whose pad is unplugged."""

    async def advance(self, press: Press) -> Frame:
        return await super().advance(Press(Button(0), press.frames, press.until, press.hold, press.settle))


@pytest.mark.parametrize("kind", list(CommandKind))
def test_a_game_that_does_not_react_is_an_error(kind: CommandKind) -> None:
    emulator = DeafEmulator(PlayingGames(1))
    emulator.start(Scenario(), 7)
    with pytest.raises(ControlError, match="seen at frame"):
        asyncio.run(Controller(emulator).carry_out(kind, 2))


def test_a_game_that_never_comes_to_rest_is_a_timeout(played: Played) -> None:
    played.emulator.ram.view(ui.CONSOLE)[0]["world"]["input_wait"] = 0
    with pytest.raises(EmulatorTimeout, match="did not come to rest"):
        asyncio.run(played.controller.come_to_rest())
