"""Lines derived from two moments, and the game's own log where it has one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmd_gym.play.notices import Narrator, added, notices
from pmd_gym.play.scene import BagItem, Scene
from tests.doubles.play import LEADER, PARTNER, PIDGEY, moment

APPLE = BagItem(0, "Apple", 1, False, True, True)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (moment(), moment(), []),
        (moment(), moment(members=(replace(LEADER, hp=15), PARTNER)), ["Charmander took 5 damage."]),
        (moment(), moment(members=(replace(LEADER, hp=21), PARTNER)), []),
        (moment(), moment(members=(replace(LEADER, hp=24), PARTNER)), ["Charmander recovered 4 HP."]),
        (moment(), moment(members=(replace(LEADER, exp=41, level=6), PARTNER)),
         ["Charmander gained 11 experience.", "Charmander grew to level 6."]),
        (moment(), moment(members=(LEADER, replace(PARTNER, exp=41))), []),
        (moment(), moment(members=(LEADER, replace(PARTNER, statuses=("Burned",)))), ["Squirtle: Burned."]),
        (moment(), moment(members=(LEADER,)), ["Squirtle fainted."]),
        (moment(members=(LEADER,)), moment(), ["Squirtle joined the team."]),
        (moment(), moment(enemies=(PIDGEY,)), ["Pidgey comes into sight."]),
        (moment(enemies=(PIDGEY,)), moment(enemies=(replace(PIDGEY, hp=3),)), ["Pidgey took 9 damage."]),
        (moment(), moment(money=42), ["Found 22 P."]),
        (moment(), moment(bag=(APPLE,)), ["Picked up Apple."]),
        (moment(bag=(APPLE,)), moment(), []),
        (moment(), moment(floor=2), ["Tiny Woods, floor 2."]),
        (moment(), moment(dungeon="", members=()), []),
    ],
)  # fmt: skip
def test_a_difference_is_told(before: Scene, after: Scene, lines: list[str]) -> None:
    assert notices(before, after) == lines


@pytest.mark.parametrize(
    ("before", "after", "fresh"),
    [
        ((), (), ()), ((), ("a",), ("a",)), (("a", "b"), ("a", "b"), ()), (("a", "b"), ("b", "c"), ("c",)),
        (("a", "a"), ("a", "a", "a"), ("a",)), (("a",), ("b",), ("b",)),
    ],
)  # fmt: skip
def test_new_lines_of_a_scrolling_log(before: tuple[str, ...], after: tuple[str, ...], fresh: tuple[str, ...]) -> None:
    assert added(before, after) == fresh


def test_a_silent_game_is_told() -> None:
    narrator = Narrator()
    narrator.begin(moment())
    narrator.follow(moment(), moment(money=42))
    assert narrator.lines == ("Tiny Woods, floor 1.", "Found 22 P.")


def test_a_game_that_speaks_is_not_talked_over() -> None:
    narrator = Narrator()
    narrator.begin(moment())
    narrator.follow(moment(), moment(log=("A coin!",), money=42))
    narrator.follow(moment(log=("A coin!",), money=42), moment(log=("A coin!",), money=62))
    assert narrator.lines == ("Tiny Woods, floor 1.", "A coin!")


def test_a_line_of_our_own_is_not_repeated() -> None:
    narrator = Narrator()
    narrator.say("No.")
    narrator.say("No.")
    assert narrator.lines == ("No.",)
