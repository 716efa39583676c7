"""The signals of the RAM map, and the rule that ends an `advance`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pmd_gym.emulator import ui
from pmd_gym.emulator.conditions import StopRule, Watch, condition_bits, conditions
from pmd_gym.emulator.interface import Button, Condition, Press
from pmd_gym.emulator.peek import NOBODY, standing
from tests.doubles.emulators import open_floor_emulator

C, X, M = int(Condition.COMMAND), 0, int(Condition.MENU)


@pytest.fixture
def console() -> np.void:
    record: np.void = open_floor_emulator().ram.copy().view(ui.CONSOLE)[0]
    return record


def found(console: np.void) -> Condition:
    return conditions(np.frombuffer(console.tobytes(), np.uint8))


def set_field(path: str, value: int) -> Callable[[np.void], None]:
    def change(console: np.void) -> None:
        *parents, name = path.split(".")
        record = console
        for parent in parents:
            record = record[parent]
        record[name] = value

    return change


def test_a_floor_at_rest_waits_for_a_command(console: np.void) -> None:
    assert found(console) == Condition.COMMAND


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("floor_shown", 0), ("fading", 1), ("brightness", 30), ("world.floor_ready", 0), ("world.input_wait", 0),
        ("ui_mode", 2), ("ui_mode", 4), ("text_state", 1), ("text_state", 10),
    ],
)  # fmt: skip
def test_a_busy_game_meets_nothing(console: np.void, path: str, value: int) -> None:
    set_field(path, value)(console)
    assert found(console) == Condition(0)


def test_a_watch_sees_every_change_that_counts(console: np.void) -> None:
    ram = np.frombuffer(bytearray(console.tobytes()), np.uint8)
    live, random, seen = ram.view(ui.CONSOLE)[0], np.random.default_rng(3), set()
    watch, dungeon = Watch(ram.data), int(console["dungeon"])
    paths = ["floor_shown", "text_state", "ui_mode", "world.input_wait", "world.dungeon_id", "dungeon", "fading"]
    values = [(0, 1), (0, 7, 4), (0, 7), (0, 1), (0, 255), (0, dungeon, dungeon + 4), (0, 1)]
    for _ in range(600):
        which = int(random.integers(len(paths)))
        set_field(paths[which], int(random.choice(values[which])))(live)
        ram[int(random.integers(len(ram) // 2, len(ram) // 2 + 1000))] ^= 1
        assert watch() == condition_bits(ram.data)
        seen.add(watch())
    assert len(seen) >= 4


def test_a_leader_with_an_action_may_not_act(console: np.void) -> None:
    console["world"]["team_info"][0]["action"] = 1
    assert found(console) == Condition(0)


def test_the_message_strip_does_not_stop_the_leader(console: np.void) -> None:
    console["ui_mode"] = 3
    assert found(console) == Condition.COMMAND


@pytest.mark.parametrize("mode", [6, 7, 8, 9, 10])
def test_menus_are_seen(console: np.void, mode: int) -> None:
    console["ui_mode"] = mode
    assert found(console) == Condition.MENU


def test_the_map_counts_as_a_menu(console: np.void) -> None:
    console["world"]["map_screen"] = 1
    assert found(console) == Condition.MENU


@pytest.mark.parametrize(
    ("state", "flags", "met"),
    [
        (7, 1, Condition.MESSAGE), (8, 1, Condition.MESSAGE), (9, 1, Condition.MESSAGE), (9, 3, Condition(0)),
        (9, 0, Condition(0)), (4, 0, Condition.CHOICE), (6, 1, Condition(0)),
    ],
)  # fmt: skip
def test_boxes_and_choices_are_seen(console: np.void, state: int, flags: int, met: Condition) -> None:
    console["text_state"], console["text_flags"] = state, flags
    assert found(console) == met


@pytest.mark.parametrize("pointer", [0, 0x02003AF5, 0x02000000, 0x0203FFF0, 0xFFFFFFFC])
def test_no_plausible_dungeon_means_the_run_is_over(console: np.void, pointer: int) -> None:
    console["dungeon"] = pointer
    assert found(console) == Condition.RUN_OVER
    assert standing(console.tobytes()) == NOBODY


def test_the_leader_is_found_without_its_cached_pointer(console: np.void) -> None:
    with_pointer = standing(console.tobytes())
    console["leader_entity"] = 0
    assert standing(console.tobytes()) == with_pointer
    assert found(console) == Condition.COMMAND


def frames_until_end(press: Press, before: int, after: list[int]) -> int:
    """Number of frames run when the console meets `after`, frame by frame."""
    rule = StopRule(press, before)
    for count, bits in enumerate(after, start=1):
        if rule.ends(bits):
            return count
    return len(after) + 1


PRESS = Press(Button.DOWN, until=Condition.COMMAND | Condition.MENU, hold=4, settle=6)


def test_a_condition_that_held_before_the_press_does_not_end_it() -> None:
    assert frames_until_end(PRESS, C, [C, C, X, X, C, C, C]) == 6


def test_a_press_without_effect_ends_when_it_has_settled() -> None:
    assert frames_until_end(PRESS, C, [C] * 20) == 6


def test_a_new_condition_ends_it_at_once() -> None:
    assert frames_until_end(PRESS, C, [C, M, M]) == 2


def test_without_settling_the_first_frames_count() -> None:
    assert frames_until_end(Press(until=Condition.COMMAND), C, [C, C, C]) == 2


def test_a_flicker_is_no_command() -> None:
    assert frames_until_end(PRESS, C, [X, C, X, C, X, C, C]) == 7


def test_after_a_box_the_leader_must_be_free_for_ten_frames() -> None:
    box = int(Condition.MESSAGE)
    assert frames_until_end(Press(until=Condition.COMMAND), box, [box, *[C] * 20]) == 11


def test_other_conditions_do_not_end_it() -> None:
    assert frames_until_end(Press(until=Condition.RUN_OVER), X, [C, M, C]) == 4


def held_frames(press: Press, before: int, after: list[int]) -> list[bool]:
    rule, held = StopRule(press, before), []
    for bits in after:
        held.append(rule.holds())
        rule.ends(bits)
    return held


def test_buttons_are_let_go_when_the_game_took_them() -> None:
    assert held_frames(PRESS, C, [C, X, X, X, X]) == [True, True, False, False, False]


def test_buttons_without_effect_are_let_go_after_the_hold() -> None:
    assert held_frames(PRESS, C, [C] * 6) == [True] * 4 + [False] * 2


def test_without_a_hold_buttons_stay_down() -> None:
    assert held_frames(Press(Button.DOWN), C, [C, X, C]) == [True] * 3
