"""The picture: the screen is in it unchanged, every part reacts to what it shows, nothing overflows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pmd_gym.play import picture
from pmd_gym.play.interface import View
from pmd_gym.play.menus import PLAYING, Menu, Page
from pmd_gym.play.minimap import COLOURS, Ground, grounds, halved
from pmd_gym.play.scene import BagItem, Member
from pmd_gym.views import canvas
from tests.doubles.play import LEADER, MOVES, PARTNER, moment

SCREEN = np.random.default_rng(1).integers(0, 256, (160, 240, 3), np.uint8)
USUAL = View(moment(), PLAYING, ("Hello.",), "", SCREEN)
SIDE = np.s_[:, picture.SIDE :]


def changed(view: View) -> set[str]:
    """Parts of the picture that differ from the usual one."""
    rows = {
        "place": np.s_[: picture.MAP_TOP, picture.SIDE :],
        "map": np.s_[picture.MAP_TOP : picture.TEAM_TOP, picture.SIDE :],
        "team": np.s_[picture.TEAM_TOP : picture.MOVES_TOP, picture.SIDE :],
        "moves": np.s_[picture.MOVES_TOP :, picture.SIDE :],
        "screen": np.s_[: picture.MESSAGES_TOP, : picture.SIDE],
        "messages": np.s_[picture.MESSAGES_TOP :, : picture.SIDE],
    }
    before, after = picture.compose(USUAL), picture.compose(view)
    return {name for name, where in rows.items() if (before[where] != after[where]).any()}


def test_the_screen_is_in_it_unchanged() -> None:
    drawn = picture.compose(USUAL)
    assert (drawn.shape, drawn.dtype) == ((240, 428, 3), np.uint8)
    assert (drawn[6:166, 6:246] == SCREEN).all()


@pytest.mark.parametrize(
    ("view", "parts"),
    [
        (USUAL, set()),
        (replace(USUAL, messages=("Hello.", "And more.")), {"messages"}),
        (replace(USUAL, status="REC"), {"messages"}),
        (replace(USUAL, scene=moment(turns_left=50)), {"place"}),
        (replace(USUAL, scene=moment(floor=2)), {"place"}),
        (replace(USUAL, scene=moment(members=(replace(LEADER, hp=3), PARTNER))), {"team"}),
        (replace(USUAL, scene=moment(members=(replace(LEADER, belly=3), PARTNER))), {"team"}),
        (replace(USUAL, scene=moment(members=(LEADER, replace(PARTNER, statuses=("Burned",))))), {"team"}),
        (replace(USUAL, scene=moment(moves=MOVES[:1])), {"moves"}),
        (replace(USUAL, scene=moment(tiles=moment().tiles[::-1])), {"map"}),
        (replace(USUAL, pixels=SCREEN // 2), {"screen"}),
    ],
)
def test_each_part_shows_its_own(view: View, parts: set[str]) -> None:
    assert changed(view) == parts


def test_a_page_lies_over_a_dimmed_game() -> None:
    for page in (Page.MAIN, Page.HELP, Page.LOG):
        drawn = picture.compose(replace(USUAL, menu=Menu(page)))
        assert drawn[SIDE].mean() < picture.compose(USUAL)[SIDE].mean() or page is Page.HELP


def test_long_names_and_full_lists_stay_inside() -> None:
    team = tuple(
        Member(slot, "W" * 30, 100, 999, 999, 100, 100, 9_999_999, ("W" * 30,), slot == 0) for slot in range(4)
    )
    bag = tuple(BagItem(slot, "W" * 30, 99, True, True, True) for slot in range(20))
    moves = tuple(replace(MOVES[0], slot=slot, name="W" * 30, pp=99) for slot in range(4))
    scene = moment(members=team, bag=bag, moves=moves, dungeon="W" * 60, weather="W" * 9, money=99_999)
    crowded = View(scene, PLAYING, ("W" * 300, "w " * 300), "", SCREEN)
    drawn = picture.compose(crowded)
    gap = picture.compose(USUAL)[0, 0]
    for lines in (drawn[:5], drawn[-5:], drawn[:, :5].swapaxes(0, 1), drawn[:, -5:].swapaxes(0, 1)):
        assert (lines == gap).all(), "something is drawn over the margin"
    for page in Page:
        assert picture.compose(replace(crowded, menu=Menu(page, 19, 19))).shape == drawn.shape


def test_the_minimap_knows_what_letters_mean() -> None:
    letters = {
        "#": "wall", ".": "room", ",": "corridor", "~": "water", "^": "trap", "!": "item", "$": "money", ">": "stairs",
        "@": "Charmander (leader)", "S": "Squirtle (team)", "p": "Pidgey",
    }  # fmt: skip
    line = " #.,~^!$>@Sp".ljust(56)
    chart = grounds(moment(tiles=(line, *[" " * 56] * 31), letters=letters))
    assert chart.shape == (32, 56)
    assert [Ground(value).name for value in chart[0, :12]] == [
        "UNKNOWN", "WALL", "ROOM", "CORRIDOR", "LIQUID", "TRAP", "ITEM", "ITEM", "STAIRS", "LEADER", "TEAM", "ENEMY",
    ]  # fmt: skip
    assert not chart[1:].any()
    assert halved(chart).shape == (16, 28)
    assert Ground(halved(chart)[0, 4]) is Ground.LEADER
    assert len(COLOURS) == len(Ground)


def test_text_is_cut_and_broken_to_its_width() -> None:
    assert canvas.fitted("Charmander", 30).endswith("..")
    assert canvas.text_width(canvas.fitted("Charmander", 30)) <= 30
    assert all(canvas.text_width(line) <= 60 for line in canvas.wrapped("a line that is far too long for it", 60))
    assert " ".join(canvas.wrapped("nothing is lost", 40)) == "nothing is lost"
    assert canvas.wrapped("", 40) == []


def test_letters_that_the_font_lacks_have_a_stand_in() -> None:
    assert canvas.plain("Poké Nidoran♀ ← …") == "Poke Nidoran(f) ? ..."


@pytest.mark.parametrize(("share", "columns"), [(0.0, 0), (0.001, 1), (0.5, 19), (1.0, 38), (2.0, 38)])
def test_a_bar_is_as_long_as_its_share(share: float, columns: int) -> None:
    drawn = np.zeros((5, 40, 3), np.uint8)
    canvas.bar(drawn, 0, 0, 40, share, canvas.RED)
    assert int((drawn[2] == canvas.RED).all(axis=-1).sum()) == columns
