"""The page of the terminal: everything is on it at 80 by 24, and it fits every size."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from pmd_gym.play.interface import View
from pmd_gym.play.menus import PLAYING, Menu, Page
from pmd_gym.play.scene import BagItem
from pmd_gym.play.terminal_page import page
from tests.doubles.play import LEADER, PARTNER, moment

FLOOR = tuple(
    row[:9] + "@" + row[10:12] + "p" + row[13:] if number == 8 else row for number, row in enumerate(moment().tiles)
)
SCENE = moment(tiles=FLOOR, letters={**moment().letters, "p": "Pidgey"})


def drawn(view: View, width: int = 80, height: int = 24) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, height=height).print(page(view, width, height), end="")
    return out.getvalue().rstrip("\n").split("\n")


def shown(menu: Menu, width: int = 80, height: int = 24) -> str:
    return "\n".join(drawn(View(SCENE, menu, ("First.", "Last."), "REC"), width, height))


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (132, 43), (200, 60), (60, 18)])
@pytest.mark.parametrize("which", list(Page))
def test_it_fills_the_terminal_and_no_more(which: Page, size: tuple[int, int]) -> None:
    lines = drawn(View(SCENE, Menu(which), ("A line that is too long for most terminals. " * 9,)), *size)
    assert len(lines) == size[1]
    assert {len(line) for line in lines} == {size[0]}


def test_everything_is_seen_at_80_by_24() -> None:
    text = shown(PLAYING)
    for part in (
        "Tiny Woods, floor 1", "of 3 floors", "Clear  990 turns  20 P", "Charmander  5", "20/24", "Squirtle", "18/25",
        "Belly", "87/100", "1 Scratch", "35 PP", "2 Growl", "First.", "Last.", "REC", ".@..p", "▀",
    ):  # fmt: skip
        assert part in text


def test_a_full_team_with_four_moves_still_shows_everybody() -> None:
    team = tuple(replace(PARTNER, slot=slot, name=f"Member{slot}") for slot in (1, 2, 3))
    text = "\n".join(drawn(View(replace(SCENE, members=(LEADER, *team)), PLAYING, ())))
    assert all(f"Member{slot}" in text for slot in (1, 2, 3))


def test_tiles_are_twice_as_wide_where_there_is_room() -> None:
    assert ". @ . . p" in shown(PLAYING, 132, 40)


def test_a_long_bag_scrolls_with_the_cursor() -> None:
    bag = tuple(BagItem(slot, f"Item{slot}", 1, False, False, False) for slot in range(20))
    scene = replace(SCENE, bag=bag)
    text = "\n".join(drawn(View(scene, Menu(Page.BAG, cursor=19), ())))
    assert "Item19" in text
    assert "Item0 " not in text


def test_outside_of_dungeons_there_is_a_page_too() -> None:
    outside = replace(SCENE, dungeon="", tiles=(), letters={}, members=(), moves=(), place=(-1, -1))
    assert len(drawn(View(outside, PLAYING, ()))) == 24
