"""Buttons on a simulated console do what they do in the game, and leave RAM as the turn level made it."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.emulator import ui
from pmd_gym.emulator.interface import NOTHING, Button, Condition, Frame, Press
from pmd_gym.emulator.peek import standing
from pmd_gym.emulator.simulated import FRAMES_OF_A_STEP, SimulatedEmulator
from pmd_gym.errors import UnsupportedRule
from pmd_gym.scenario import Scenario
from tests.doubles.emulators import OpenFloorGames, open_floor_emulator

SOUTH, NORTH, EAST, NORTHEAST = 0, 4, 2, 3
ENV = np.zeros(1, np.int64)


class Console:
    """A simulated console with the same game beside it at the turn level."""

    def __init__(self, *, shown: bool = False) -> None:
        self.emulator = open_floor_emulator(shown=shown)
        self.twin = OpenFloorGames(1)
        self.twin.start(ENV, [Scenario()], np.array([7], np.uint32))
        self.record: np.void = self.emulator.ram.view(ui.CONSOLE)[0]

    def press(self, buttons: Button, frames: int, until: Condition = NOTHING) -> Frame:
        return asyncio.run(self.emulator.advance(Press(buttons, frames, until)))

    def tap(self, buttons: Button, frames: int = 3) -> Frame:
        """Down for some frames, then up for as many as the game needs to look twice."""
        self.press(buttons, frames)
        return self.press(Button(0), 3)

    def command(self, buttons: Button) -> Frame:
        """Down until the game takes it, then on until the leader may act again."""
        until = Condition.COMMAND | Condition.MENU | Condition.RUN_OVER
        return asyncio.run(self.emulator.advance(Press(buttons, 200, until, hold=4, settle=8)))

    def rest(self) -> None:
        self.press(Button(0), 200, Condition.COMMAND)

    def play(self, *commands: tuple[CommandKind, int]) -> None:
        """The same at the turn level; then both must have the same RAM."""
        for command in commands:
            self.twin.step(ENV, np.array([command], np.int16))
        assert np.array_equal(self.emulator.ram, self.twin.ram[0])

    @property
    def facing(self) -> int:
        return standing(self.emulator.ram.data).facing

    def put_item(self, slot: int, item_id: int, flags: int = 1) -> None:
        for bag in (
            self.record["inventory_data"]["bag"],
            self.twin.ram[0].view(ui.CONSOLE)[0]["inventory_data"]["bag"],
        ):
            bag[slot]["id"], bag[slot]["flags"] = item_id, flags
        for console in (self.record, self.twin.ram[0].view(ui.CONSOLE)[0]):
            console["world"]["has_inventory"] = 1


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.mark.parametrize(
    ("buttons", "direction"),
    [
        (Button.DOWN, 0),
        (Button.DOWN | Button.RIGHT, 1),
        (Button.RIGHT, 2),
        (Button.LEFT, 6),
        (Button.DOWN | Button.LEFT, 7),
    ],
)
def test_directions_step(console: Console, buttons: Button, direction: int) -> None:
    console.command(buttons)
    console.play((CommandKind.STEP, direction))


def test_a_attacks_and_a_with_b_passes(console: Console) -> None:
    console.command(Button.A)
    console.command(Button.A | Button.B)
    console.play((CommandKind.ATTACK, 0), (CommandKind.WAIT, 0))


def test_one_press_of_a_attacks_once_however_long_it_is_held(console: Console) -> None:
    console.press(Button.A, 300)
    console.rest()
    console.play((CommandKind.ATTACK, 0))


def test_a_held_direction_keeps_walking(console: Console) -> None:
    console.press(Button.DOWN, 7)
    console.rest()
    steps = standing(console.emulator.ram.data).tile[1] - standing(console.twin.ram[0].data).tile[1]
    assert steps > 1
    console.play(*[(CommandKind.STEP, SOUTH)] * steps)


@pytest.mark.parametrize("start", [(Button.START, 2), (Button.R, 2), (Button.R, 11)])
def test_the_turning_mode_only_turns(console: Console, start: tuple[Button, int]) -> None:
    console.tap(*start)
    assert console.record["world"]["rotate_mode"] == 1 and console.record["rotate_mode_flag"] == 1
    console.tap(Button.RIGHT)
    console.tap(Button.UP | Button.RIGHT)
    assert console.record["world"]["rotate_direction"] == NORTHEAST
    console.tap(Button.B)
    assert console.record["world"]["rotate_mode"] == 0
    console.play((CommandKind.FACE, EAST), (CommandKind.FACE, NORTHEAST))


def test_r_held_too_long_is_no_tap(console: Console) -> None:
    console.tap(Button.R, 12)
    assert console.record["world"]["rotate_mode"] == 0


def test_r_held_allows_diagonal_steps_only(console: Console) -> None:
    console.press(Button.R | Button.DOWN, 6)
    console.play()
    console.command(Button.R | Button.DOWN | Button.RIGHT)
    console.play((CommandKind.STEP, 1))


def test_attacking_from_the_turning_mode_leaves_it(console: Console) -> None:
    console.tap(Button.START)
    console.tap(Button.A)
    console.rest()
    console.play((CommandKind.ATTACK, 0))


@pytest.mark.parametrize(("frames", "opens"), [(1, False), (2, True), (11, True), (12, False)])
def test_a_tapped_b_opens_the_main_menu(console: Console, frames: int, opens: bool) -> None:
    frame = console.tap(Button.B, frames)
    assert bool(frame.met & Condition.MENU) is opens
    if opens:
        assert console.record["ui_mode"] == ui.Mode.MAIN_MENU
        assert console.record["dungeon_menu"]["rows_on_page"] == 5
        assert console.tap(Button.B).met & Condition.COMMAND
    console.play()


def test_the_cursor_goes_around(console: Console) -> None:
    console.tap(Button.B)
    rows = []
    for button in (Button.DOWN, Button.DOWN, Button.UP, Button.UP, Button.UP):
        console.tap(button)
        rows.append(int(console.record["dungeon_menu"]["cursor_row"]))
    assert rows == [1, 2, 1, 0, 4]


def test_the_moves_menu_shows_its_rows_and_sets_a_move(console: Console) -> None:
    console.record["world"]["team_info"][0]["moves"][:2]["flags"] = 1
    console.tap(Button.B)
    console.tap(Button.A)
    assert console.record["ui_mode"] == ui.Mode.LIST
    assert console.record["dungeon_menu"]["rows_on_page"] == 2
    console.tap(Button.DOWN)
    console.tap(Button.A)
    assert console.record["dungeon_submenu"]["action"][:3].tolist() == [20, 30, 29]
    console.tap(Button.DOWN)
    console.tap(Button.A)
    assert console.record["world"]["team_info"][0]["moves"]["flags"][:2].tolist() == [1, 9]
    assert console.record["dungeon_submenu_count"] == 0


def test_a_row_that_cannot_be_chosen_stays(console: Console) -> None:
    console.record["world"]["team_info"][0]["moves"][:1]["flags"] = 1
    for button in (Button.B, Button.A, Button.A):
        console.tap(button)
    before = console.emulator.ram.copy()
    assert console.tap(Button.A).met & Condition.MENU  # the double plays no moves
    assert np.array_equal(console.emulator.ram, before)


def test_an_empty_bag_says_so_in_a_box(console: Console) -> None:
    console.tap(Button.B)
    console.tap(Button.DOWN)
    assert console.tap(Button.A).met == Condition.MESSAGE
    text = console.record["text_buffer"].tobytes()
    assert text.startswith(b"You have no items.\x00")
    assert console.tap(Button.A).met == Condition.MENU
    console.tap(Button.B)
    console.play()


def test_the_items_menu_has_pages_of_ten(console: Console) -> None:
    for slot in range(12):
        console.put_item(slot, 55)
    console.tap(Button.B)
    console.tap(Button.DOWN)
    console.tap(Button.A)
    menu = console.record["dungeon_menu"]
    assert (menu["rows_on_page"], menu["page"], menu["pages"]) == (10, 0, 2)
    console.tap(Button.RIGHT)
    assert (menu["rows_on_page"], menu["page"]) == (2, 1)
    console.tap(Button.A)
    assert console.record["dungeon_submenu"]["action"][:2].tolist() == [13, 54]
    for _ in range(3):
        console.tap(Button.B)
    console.play()


def test_nothing_on_the_ground_says_so(console: Console) -> None:
    console.tap(Button.B)
    console.tap(Button.UP)
    assert console.tap(Button.A).met == Condition.MESSAGE


@pytest.mark.parametrize("close", [Button.B, Button.SELECT])
def test_select_shows_the_map(console: Console, close: Button) -> None:
    assert console.tap(Button.SELECT).met == Condition.MENU
    assert console.record["world"]["map_screen"] == 1
    assert console.tap(close).met & Condition.COMMAND
    console.play()


def test_l_with_b_shows_the_log(console: Console) -> None:
    console.tap(Button.L | Button.B)
    assert console.record["ui_mode"] == ui.Mode.LOG
    console.tap(Button.B)
    console.play()


def test_idling_opens_the_menu_by_itself(console: Console) -> None:
    assert console.press(Button(0), 1799).met & Condition.COMMAND
    assert console.press(Button(0), 1).met & Condition.MENU
    assert console.record["ui_mode"] == ui.Mode.IDLE_MENU


def walk_to_stairs(console: Console) -> list[tuple[CommandKind, int]]:
    """Put the leader beside the stairs on both sides; the command that steps on them."""
    for ram in (console.emulator.ram, console.twin.ram[0]):
        world = ram.view(ui.CONSOLE)[0]["world"]
        x, y = world["stairs"].item()
        tile, other = world["team_entities"][0]["pos"].item(), (x, y - 1)
        world["tiles"]["monster"][other[1], other[0]] = world["tiles"]["monster"][tile[1], tile[0]]
        world["tiles"]["monster"][tile[1], tile[0]] = 0
        world["team_entities"][0]["pos"] = other
    return [(CommandKind.STEP, SOUTH)]


def test_stepping_on_the_stairs_opens_their_prompt(console: Console) -> None:
    step = walk_to_stairs(console)
    console.press(Button.DOWN, 3)
    assert console.press(Button(0), 10).met == Condition.MENU
    assert console.record["ui_mode"] == ui.Mode.LIST
    assert console.record["dungeon_submenu"]["action"][:2].tolist() == [38, 12]
    assert console.tap(Button.B).met & Condition.COMMAND
    console.play(*step)


def test_accepting_the_stairs_goes_on(console: Console) -> None:
    step = walk_to_stairs(console)
    console.press(Button.DOWN, 3)
    console.press(Button(0), 10)
    console.tap(Button.A)
    console.rest()
    console.play(*step, (CommandKind.STAIRS, 0))
    assert console.record["world"]["floor"] == 2


def test_the_ground_menu_offers_the_stairs(console: Console) -> None:
    step = walk_to_stairs(console)
    console.press(Button.DOWN, 3)
    console.press(Button(0), 10)
    for button in (Button.B, Button.B, Button.UP, Button.A):
        console.tap(button)
    assert console.record["dungeon_submenu"]["action"][0] == 38
    console.tap(Button.A)
    console.rest()
    console.play(*step, (CommandKind.STAIRS, 0))


def test_the_end_of_the_run_is_seen(console: Console) -> None:
    console.record["world"]["team_info"][0]["hp"] = 1
    assert console.tap(Button.A).met == Condition.RUN_OVER
    assert console.press(Button.DOWN, 50).met == Condition.RUN_OVER


def test_a_shown_step_takes_its_24_frames() -> None:
    console = Console(shown=True)
    console.press(Button.DOWN, 2)
    assert console.record["world"]["input_wait"] == 0
    assert console.press(Button(0), FRAMES_OF_A_STEP - 1).met == Condition(0)
    assert console.press(Button(0), 1).met == Condition.COMMAND
    console.play((CommandKind.STEP, SOUTH))


def test_a_shown_step_glides_over_its_tile() -> None:
    console, places = Console(shown=True), []
    pixel, camera = console.record["world"]["entities"]["pixel"], console.record["world"]["camera_pixel"]
    original_step = console.emulator._games.step

    def step(env_ids: np.ndarray, commands: np.ndarray) -> np.ndarray:
        outcomes = original_step(env_ids, commands)
        pixel["y"][0] += 24 * 256
        camera["y"] += 24
        pixel["x"][1] += 200 * 256  # a warp is not walked
        return outcomes

    console.emulator._games.step = step  # type: ignore[method-assign]
    start, warped = int(pixel["y"][0]), int(pixel["x"][1]) + 200 * 256
    console.press(Button.DOWN, 2)
    for _ in range(FRAMES_OF_A_STEP):
        places.append((int(pixel["y"][0]) - start) // 256)
        assert int(pixel["x"][1]) == warped
        assert int(camera["y"]) == places[-1]
        console.press(Button(0), 1)
    assert places == list(range(FRAMES_OF_A_STEP))
    assert (int(pixel["y"][0]) - start) // 256 == 24


def test_a_state_saved_in_a_menu_or_a_step_is_the_game_at_rest() -> None:
    console = Console(shown=True)
    console.press(Button.DOWN, 5)
    console.twin.step(ENV, np.array([(CommandKind.STEP, SOUTH)], np.int16))
    assert asyncio.run(console.emulator.save_state()) == console.twin.ram[0].tobytes()
    console.rest()
    console.tap(Button.B)
    assert asyncio.run(console.emulator.save_state()) == console.twin.ram[0].tobytes()
    assert console.record["ui_mode"] == ui.Mode.MAIN_MENU


def test_a_choice_that_the_simulator_does_not_play_is_a_typed_error() -> None:
    class Refusing(OpenFloorGames):
        commands = frozenset(CommandKind)

        def step(self, env_ids: np.ndarray, commands: np.ndarray) -> np.ndarray:
            if commands[0, 0] == CommandKind.MOVE:
                raise UnsupportedRule("not yet")
            return super().step(env_ids, commands)

    emulator = SimulatedEmulator(Refusing(1))
    emulator.start(Scenario(), 7)
    emulator.ram.view(ui.CONSOLE)[0]["world"]["team_info"][0]["moves"]["flags"][0] = 9
    before = emulator.ram.copy()
    with pytest.raises(UnsupportedRule):
        asyncio.run(emulator.advance(Press(Button.L | Button.A, 10)))
    assert np.array_equal(emulator.ram, before)
    assert asyncio.run(emulator.advance(Press(frames=1))).met & Condition.COMMAND
