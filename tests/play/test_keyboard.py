"""Keys as buttons: what is held counts, and where nothing can be held there is a key of its own."""

from __future__ import annotations

import pytest

from pmd_gym.actions import DIRECTIONS
from pmd_gym.play.interface import KeyEvent
from pmd_gym.play.keyboard import Command, Do, Keyboard
from tests.doubles.play import taps


def commands(events: list[KeyEvent]) -> list[Command]:
    keyboard = Keyboard()
    return [command for event in events if (command := keyboard.command(event))]


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("up", "north"), ("down", "south"), ("left", "west"), ("right", "east"), ("w", "north"), ("s", "south"),
        ("a", "west"), ("d", "east"), ("y", "northwest"), ("u", "northeast"), ("b", "southwest"), ("n", "southeast"),
        ("home", "northwest"), ("pageup", "northeast"), ("end", "southwest"), ("pagedown", "southeast"),
    ],
)  # fmt: skip
def test_a_direction_key_goes_its_way(name: str, direction: str) -> None:
    assert commands(taps(name)) == [Command(Do.GO, DIRECTIONS.index(direction))]


def test_two_arrows_together_are_a_diagonal() -> None:
    assert commands([KeyEvent("up"), KeyEvent("right")]) == [Command(Do.GO, 4), Command(Do.GO, 3)]


def test_with_r_held_arrows_go_only_diagonally() -> None:
    held = [KeyEvent("r"), KeyEvent("up"), KeyEvent("right"), KeyEvent("up", False), KeyEvent("right")]
    assert commands(held) == [Command(Do.GO, 3)]


def test_opposite_arrows_go_nowhere() -> None:
    assert commands([KeyEvent("left"), KeyEvent("right")]) == [Command(Do.GO, 6)]


@pytest.mark.parametrize(
    "events", [[KeyEvent("up", shift=True)], [KeyEvent("z"), KeyEvent("up"), KeyEvent("z", False)]]
)
def test_shift_or_b_held_runs(events: list[KeyEvent]) -> None:
    assert commands(events) == [Command(Do.RUN, 4)]


def test_b_tapped_cancels_when_it_is_released() -> None:
    assert commands([KeyEvent("z")]) == []
    assert commands(taps("z")) == [Command(Do.CANCEL)]


def test_a_and_b_together_wait() -> None:
    assert commands([KeyEvent("z"), *taps("x"), KeyEvent("z", False)]) == [Command(Do.WAIT)]


@pytest.mark.parametrize("events", [[*taps("t"), *taps("up")], [KeyEvent("up", ctrl=True), KeyEvent("up", False)]])
def test_start_or_ctrl_turns_once(events: list[KeyEvent]) -> None:
    assert commands([*events, *taps("left")]) == [Command(Do.TURN, 4), Command(Do.GO, 6)]


def test_start_twice_is_taken_back() -> None:
    assert commands([*taps("t", "t"), *taps("up")]) == [Command(Do.GO, 4)]


def test_held_directions_repeat_and_held_buttons_do_not() -> None:
    assert commands([KeyEvent("up")] * 3) == [Command(Do.GO, 4)] * 3
    assert commands([KeyEvent("x")] * 3) == [Command(Do.CONFIRM)]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("enter", Command(Do.CONFIRM)), ("space", Command(Do.CONFIRM)), ("escape", Command(Do.CANCEL)),
        (".", Command(Do.WAIT)), ("5", Command(Do.WAIT)), (">", Command(Do.STAIRS)), ("3", Command(Do.MOVE, 2)),
        ("m", Command(Do.MOVES)), ("i", Command(Do.BAG)), ("tab", Command(Do.BAG)), ("l", Command(Do.LOG)),
        ("?", Command(Do.HELP)), ("f1", Command(Do.HELP)), ("q", Command(Do.QUIT)), ("close", Command(Do.CLOSE)),
    ],
)  # fmt: skip
def test_every_other_key_of_the_guide(name: str, command: Command) -> None:
    assert commands(taps(name)) == [command]


def test_an_unknown_key_does_nothing() -> None:
    assert commands(taps("%", "f7")) == []
