"""Pages: what opens what, what the mask forbids cannot be chosen, and what can be chosen is the right action."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmd_gym.actions import ACTIONS
from pmd_gym.play.keyboard import Command, Do
from pmd_gym.play.menus import PLAYING, Act, Again, Dash, Intent, Leave, Menu, Page, Refuse, react, rows, title
from pmd_gym.play.scene import BagItem, Scene
from tests.doubles.play import mask, moment

UP, DOWN, RIGHT = Command(Do.GO, 4), Command(Do.GO, 0), Command(Do.GO, 2)
OK, BACK = Command(Do.CONFIRM), Command(Do.CANCEL)
APPLE = BagItem(0, "Apple", 1, False, True, False)
THORNS = BagItem(1, "Geo Pebble", 7, True, False, False)
FULL = moment(bag=(APPLE, THORNS), mask=mask("wait", "use_item_1", "stairs"))


def went(scene: Scene, *commands: Command, menu: Menu = PLAYING) -> tuple[Menu, Intent]:
    """Page and last intent after these commands."""
    intent: Intent = None
    for command in commands:
        menu, intent = react(menu, command, scene)
    return menu, intent


def act(name: str) -> Act:
    return Act(ACTIONS.index(name))


@pytest.mark.parametrize(
    ("command", "intent"),
    [
        (RIGHT, act("step_east")), (OK, act("attack")), (Command(Do.WAIT), act("wait")),
        (Command(Do.MOVE, 0), act("move_1")), (Command(Do.TURN, 4), act("face_north")), (Command(Do.RUN, 2), Dash(2)),
        (UP, act("face_north")), (DOWN, None), (Command(Do.MOVE, 1), Refuse("This move cannot be used now.")),
        (Command(Do.STAIRS), Refuse("There are no stairs here.")),
    ],
)  # fmt: skip
def test_while_playing_commands_are_actions_of_the_mask(command: Command, intent: Intent) -> None:
    assert went(moment(), command) == (PLAYING, intent)


@pytest.mark.parametrize(
    ("command", "page"),
    [
        (BACK, Page.MAIN), (Command(Do.BAG), Page.BAG), (Command(Do.MOVES), Page.MOVES), (Command(Do.LOG), Page.LOG),
        (Command(Do.HELP), Page.HELP), (Command(Do.QUIT), Page.LEAVE),
    ],
)  # fmt: skip
def test_pages_open_and_close_without_a_turn(command: Command, page: Page) -> None:
    assert went(moment(), command) == (Menu(page), None)
    assert went(moment(), command, BACK) == (PLAYING, None)
    assert went(moment(), command, command)[0].page in (PLAYING.page, Page.MAIN if command == BACK else PLAYING.page)


def test_moves_without_points_are_shown_and_cannot_be_chosen() -> None:
    first, second = rows(Menu(Page.MOVES), moment())
    assert (first.label, first.detail, first.enabled) == ("1 Scratch", "35 PP", True)
    assert (second.label, second.enabled) == ("2 Growl", False)
    assert went(moment(), Command(Do.MOVES), OK) == (PLAYING, act("move_1"))
    menu, intent = went(moment(), Command(Do.MOVES), DOWN, OK)
    assert menu.page is Page.MOVES
    assert isinstance(intent, Refuse)


def test_the_bag_leads_to_an_item_and_the_item_to_its_actions() -> None:
    menu, _ = went(FULL, Command(Do.BAG), OK)
    assert menu == Menu(Page.ITEM, slot=0)
    assert title(menu, FULL) == "Apple"
    assert [row.enabled for row in rows(menu, FULL)] == [True, False, True]
    assert went(FULL, OK, menu=menu) == (PLAYING, act("use_item_1"))
    stayed, intent = went(FULL, DOWN, OK, menu=menu)
    assert stayed.page is Page.ITEM
    assert intent == Refuse("Not possible now.")
    assert went(FULL, BACK, menu=menu)[0].page is Page.BAG


def test_a_stack_shows_its_number_and_a_sticky_item_says_so() -> None:
    rock = rows(Menu(Page.BAG), FULL)[1]
    assert (rock.label, rock.detail) == ("Geo Pebble x7", "sticky")
    menu, _ = went(FULL, Command(Do.BAG), DOWN, OK)
    assert menu.slot == 1
    assert not any(row.enabled for row in rows(menu, FULL)[:2])


def test_an_empty_bag_closes_again() -> None:
    assert went(moment(), Command(Do.BAG), OK) == (PLAYING, None)


def test_stairs_ask_first() -> None:
    assert went(FULL, OK) == (Menu(Page.STAIRS), None)
    assert went(FULL, OK, OK) == (PLAYING, act("stairs"))
    assert went(FULL, OK, DOWN, OK) == (PLAYING, None)
    assert [row.enabled for row in rows(Menu(Page.MAIN), moment())][2] is False


def test_the_cursor_goes_round_and_jumps() -> None:
    main = Menu(Page.MAIN)
    assert went(moment(), UP, menu=main)[0].cursor == 5
    assert went(moment(), RIGHT, menu=main)[0].cursor == 5
    assert went(moment(), *[DOWN] * 6, menu=main)[0].cursor == 0
    assert went(moment(), Command(Do.GO, 3), menu=main)[0].cursor == 0


def test_leaving_asks_and_closing_does_not() -> None:
    assert went(moment(), Command(Do.QUIT), OK) == (PLAYING, None)
    assert went(moment(), Command(Do.QUIT), DOWN, OK)[1] == Leave()
    assert went(moment(), Command(Do.CLOSE))[1] == Leave()
    assert went(FULL, Command(Do.CLOSE), menu=Menu(Page.ITEM))[1] == Leave()


def test_after_the_end_nothing_but_again_and_leave() -> None:
    over = Menu(Page.OVER, note="The dungeon is cleared!")
    for command in (BACK, Command(Do.BAG), Command(Do.WAIT), Command(Do.MOVE, 0), Command(Do.STAIRS)):
        assert went(FULL, command, menu=over) == (over, None)
    assert went(FULL, OK, menu=over) == (PLAYING, Again())
    assert went(FULL, DOWN, OK, menu=over)[1] == Leave()
    assert went(FULL, Command(Do.QUIT), menu=over)[1] == Leave()


def test_a_cursor_behind_a_list_that_shrank_chooses_the_last_row() -> None:
    shorter = replace(FULL, bag=(APPLE,))
    assert went(shorter, OK, menu=Menu(Page.BAG, cursor=1))[0] == Menu(Page.ITEM, slot=0)
