"""Real buttons on a real core: the cartridge answers with the original's timings (RAM map, `controls`)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.emulator import ui
from pmd_gym.emulator.interface import Button, Condition, Frame
from pmd_gym.emulator.pad import DIRECTION_KEYS
from tests.doubles.cartridge import BOOT_FRAMES, STEPS, Console, start_state

STEP_FRAMES = 24
NO_BUTTON = Button(0)


@pytest.fixture(scope="module")
def shared() -> Iterator[Console]:
    console = Console()
    yield console
    console.close()


@pytest.fixture
def console(shared: Console) -> Console:
    """The console at the leader's first command."""
    shared.load(start_state())
    return shared


def test_it_begins_with_a_box_that_waits_for_a_fresh_press() -> None:
    console = Console(started=False)
    assert console.press(NO_BUTTON, BOOT_FRAMES).met == Condition.MESSAGE
    assert console.press(NO_BUTTON, 100).met == Condition.MESSAGE
    console.press(Button.A, 1)
    assert console.press(NO_BUTTON, 2).met != Condition.MESSAGE
    assert console.rest().met == Condition.COMMAND
    console.close()


@pytest.mark.parametrize("direction", range(8))
def test_a_step_takes_24_frames_and_shows_every_pixel_of_its_way(console: Console, direction: int) -> None:
    console.go_to_open_ground()
    (x, y), pixels = console.standing.tile, []
    console.press(Button(DIRECTION_KEYS[direction]), 2)
    while not console.frame.met & Condition.COMMAND:
        pixel = console.record["world"]["team_entities"][0]["pixel"]
        pixels.append((int(pixel["x"]), int(pixel["y"])))
        console.press(NO_BUTTON, 1)
    assert console.standing.tile == (x + STEPS[direction][0], y + STEPS[direction][1])
    assert len(set(pixels)) == len(pixels) == STEP_FRAMES


def test_r_held_steps_diagonally_only(console: Console) -> None:
    console.go_to_open_ground()
    tile = console.standing.tile
    console.press(Button.R | Button.DOWN, 40)
    assert console.standing.tile == tile and console.record["diagonal_mode"] == 1
    console.press(NO_BUTTON, 20)
    console.press(Button.R | Button.DOWN | Button.RIGHT, 2)
    assert console.rest().met == Condition.COMMAND
    assert console.standing.tile == (tile[0] + 1, tile[1] + 1)


def longest_way(console: Console) -> tuple[int, int]:
    """(direction, steps) of the longest straight walk over plain floor from where the leader stands."""
    terrain = console.record["world"]["tiles"]["terrain"]
    x, y = console.standing.tile

    def length(direction: int) -> int:
        dx, dy = STEPS[direction]
        return next(n for n in range(1, 99) if terrain[y + n * dy, x + n * dx] != 1) - 1

    return max(((direction, length(direction)) for direction in (0, 2, 4, 6)), key=lambda way: way[1])


def test_b_held_dashes_without_showing_steps_until_the_pad_is_let_go(console: Console) -> None:
    console.go_to_open_ground()
    direction, steps = longest_way(console)
    keys, tile = Button.B | Button(DIRECTION_KEYS[direction]), console.standing.tile
    console.press(keys, 2 * steps)
    assert console.record["world"]["dashing"] == 1
    assert max(abs(a - b) for a, b in zip(tile, console.standing.tile, strict=True)) == steps >= 2
    console.press(keys, 40)
    end = console.standing.tile
    assert console.record["world"]["dash_stopped"] == 1 and console.record["world"]["dashing"] == 0
    console.press(keys, 40)
    assert console.standing.tile == end
    console.press(NO_BUTTON, 4)
    assert console.record["world"]["dash_stopped"] == 0
    assert console.frame.met == Condition.COMMAND, "letting B go after a dash opens no menu"


@pytest.mark.parametrize(("frames", "opens"), [(1, False), (2, True), (11, True), (12, False)])
def test_b_held_for_2_to_11_frames_opens_the_main_menu(console: Console, frames: int, opens: bool) -> None:
    frame = console.tap(Button.B, frames)
    assert bool(frame.met & Condition.MENU) is opens
    if opens:
        assert console.record["ui_mode"] == ui.Mode.MAIN_MENU
        assert console.record["dungeon_menu"]["rows_on_page"] == 5
        console.tap(Button.B)
        assert console.rest().met == Condition.COMMAND


@pytest.mark.parametrize("start", [(Button.START, 2), (Button.R, 2), (Button.R, 11)])
def test_in_the_turning_mode_directions_only_turn(console: Console, start: tuple[Button, int]) -> None:
    tile = console.standing.tile
    console.tap(*start)
    assert console.record["world"]["rotate_mode"] == 1 and console.record["rotate_mode_flag"] == 1
    for direction in (2, 3, 6):
        console.tap(Button(DIRECTION_KEYS[direction]))
        assert console.standing.facing == direction
    console.tap(Button.B)
    assert console.record["world"]["rotate_mode"] == 0 and console.frame.met == Condition.COMMAND
    assert console.standing.tile == tile and console.standing.turns_left == 1000


def test_the_items_menu_has_pages_and_shows_what_can_be_done(console: Console) -> None:
    for button in (Button.B, Button.DOWN, Button.A):
        console.tap(button)
    menu = console.record["dungeon_menu"]
    assert (menu["rows_on_page"], menu["page"], menu["pages"]) == (10, 0, 2)
    console.tap(Button.RIGHT)
    menu = console.record["dungeon_menu"]
    assert (menu["rows_on_page"], menu["page"]) == (2, 1)
    console.tap(Button.A)
    assert console.record["dungeon_submenu"]["action"][:2].tolist() == [ui.MenuAction.EAT, ui.MenuAction.GIVE]


def test_a_set_move_is_used_with_l_and_a(console: Console) -> None:
    for button in (Button.B, Button.A, Button.DOWN, Button.A, Button.DOWN, Button.A):
        console.tap(button)
    assert console.record["world"]["team_info"][0]["moves"]["flags"].tolist() == [5, 13, 5, 5]
    for _ in range(2):
        console.tap(Button.B)
    console.rest()
    pp = int(console.record["world"]["team_info"][0]["moves"]["pp"][1])
    console.press(Button.L | Button.A, 3)
    console.rest()
    assert int(console.record["world"]["team_info"][0]["moves"]["pp"][1]) == pp - 1


def test_select_shows_the_map_and_l_with_b_the_log(console: Console) -> None:
    assert console.tap(Button.SELECT).met == Condition.MENU and console.record["world"]["map_screen"] == 1
    console.tap(Button.SELECT)
    assert console.rest().met == Condition.COMMAND
    assert console.tap(Button.L | Button.B).met == Condition.MENU and console.record["ui_mode"] == ui.Mode.LOG
    console.tap(Button.B)
    assert console.rest().met == Condition.COMMAND


def test_idling_opens_the_menu_by_itself(console: Console) -> None:
    console.press(Button.L, 1)
    assert console.press(NO_BUTTON, 1800).met == Condition.COMMAND
    assert console.press(NO_BUTTON, 2).met == Condition.MENU
    assert console.record["ui_mode"] == ui.Mode.IDLE_MENU


def test_talking_opens_a_box_and_takes_no_turn(console: Console) -> None:
    x, y = console.record["world"]["team_entities"][1]["pos"].item()
    leader_x, leader_y = console.standing.tile
    towards = STEPS.index((x - leader_x, y - leader_y))
    console.do(CommandKind.FACE, towards)
    console.press(Button.A, 2)
    assert console.press(NO_BUTTON, 30).met == Condition.MESSAGE
    console.press(Button.B, 40)
    assert console.frame.met == Condition.COMMAND, "a held B confirms, and letting it go opens no menu"
    assert console.standing.turns_left == 1000


def step_onto_the_stairs(console: Console) -> Frame:
    x, y = console.record["world"]["stairs"].item()
    direction = console.go_beside((x, y))
    console.press(Button(DIRECTION_KEYS[direction]), 2)
    return console.press(NO_BUTTON, 60)


def test_the_stairs_prompt_stays_for_b_and_goes_on_with_a_on_row_0(console: Console) -> None:
    assert step_onto_the_stairs(console).met == Condition.MENU
    assert console.record["ui_mode"] == ui.Mode.LIST
    assert console.record["dungeon_submenu"]["action"][0] == ui.MenuAction.STAIRS
    assert console.record["dungeon_menu"]["cursor_row"] == 0
    prompt = console.save()
    console.tap(Button.B)
    assert console.rest().met == Condition.COMMAND and console.record["world"]["floor"] == 1
    console.load(prompt)
    console.tap(Button.A)
    assert console.rest().met == Condition.COMMAND and console.record["world"]["floor"] == 2


def test_after_a_box_eight_frames_look_free_but_are_not(console: Console) -> None:
    for button in (Button.B, Button.UP, Button.A):
        console.tap(button)
    assert console.press(NO_BUTTON, 60).met == Condition.MESSAGE, "there is nothing on the ground"
    console.press(Button.A, 2, Condition.MENU)
    numbers = [console.press(NO_BUTTON, 1).met for _ in range(20)]
    assert Condition.MENU in numbers


def test_the_ram_is_the_same_for_the_same_keys(console: Console) -> None:
    images = []
    for _ in range(2):
        console.load(start_state())
        random = np.random.default_rng(2)
        for _ in range(60):
            console.press(Button(DIRECTION_KEYS[int(random.integers(8))]), int(random.integers(1, 20)))
        images.append(console.frame.ram.tobytes())
    assert images[0] == images[1]
